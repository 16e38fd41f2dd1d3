"""A network of linear layers, each with its activation, over one flat vector of parameters: forward and backward.

Small layers run row by row in plain loops, for a view of an array costs more than the arithmetic there. Large batches
go to BLAS a layer at a time. Which way is taken depends on the sizes alone, so the same call gives the same bits.

A network is a vector of `LAYER` records. Their sizes and places are unsigned, which spares Numba the test for a
negative index at every access (a third of the time of a row, measured on 10-2-1).
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyfuncs.kernels.activations import SIGMOID, activate, activate_grad
from pyfuncs.kernels.arrays import FOUR, ONE, THREE, TWO, ZERO, Matrix, Order, Vector
from pyfuncs.kernels.jit import inlined, kernel
from pyfuncs.kernels.losses import BCE, loss_row_grad

LAYER = np.dtype(
    [
        ("fan_in", np.uint64),
        ("fan_out", np.uint64),
        ("weight", np.uint64),  # where the weight begins among the parameters
        ("bias", np.uint64),
        ("has_bias", np.bool_),
        ("values", np.uint64),  # where the outputs begin among one row's outputs of all layers
        ("activation", np.int64),
        ("trains_weight", np.bool_),
        ("trains_bias", np.bool_),
    ],
    align=True,
)
Network: TypeAlias = NDArray[Any]

# Multiply-adds of a batch's forward pass from which BLAS beats the loops, and from how many units on a layer's
# loops run along the units instead of along the inputs.
BLAS_PAYS_FROM = 8192
WIDE_FROM = np.uint64(5)


@kernel
def values_width(network: Network) -> int:
    """Return how many outputs all layers have together."""
    return np.int64(network[-1].values + network[-1].fan_out)


@kernel
def batched_from(network: Network) -> int:
    """Return from how many rows on a batch goes to BLAS; its workspace must then have room for all of them."""
    multiply_adds = 0
    for k in range(network.size):
        multiply_adds += np.int64(network[k].fan_in * network[k].fan_out)
    return max(2, (BLAS_PAYS_FROM + multiply_adds - 1) // multiply_adds)


@kernel
def lowest_trained(network: Network) -> int:
    """Return the first layer of which anything trains, or the last layer."""
    for k in range(network.size):
        if network[k].trains_weight or (network[k].has_bias and network[k].trains_bias):
            return k
    return network.size - 1


@inlined
def linear_row(layer: Any, params: Vector, source: Vector, first: int, values: Vector) -> None:
    """Fill a layer's pre-activations from its inputs, which begin at source[first]."""
    fan_in = layer.fan_in
    fan_out = layer.fan_out
    start = layer.values
    if fan_out < WIDE_FROM:
        # Four running sums: an addition need not wait for the one before it.
        whole = fan_in - fan_in % FOUR
        for j in range(fan_out):
            s0 = params[layer.bias + j] if layer.has_bias else 0.0
            s1 = 0.0
            s2 = 0.0
            s3 = 0.0
            at = layer.weight + j
            for i in range(ZERO, whole, FOUR):
                s0 += source[first + i] * params[at]
                s1 += source[first + i + ONE] * params[at + fan_out]
                s2 += source[first + i + TWO] * params[at + TWO * fan_out]
                s3 += source[first + i + THREE] * params[at + THREE * fan_out]
                at += FOUR * fan_out
            for i in range(whole, fan_in):
                s0 += source[first + i] * params[at]
                at += fan_out
            values[start + j] = (s0 + s1) + (s2 + s3)
    else:
        for j in range(fan_out):
            values[start + j] = params[layer.bias + j] if layer.has_bias else 0.0
        at = layer.weight
        for i in range(fan_in):
            x = source[first + i]
            for j in range(fan_out):
                values[start + j] += x * params[at + j]
            at += fan_out


@inlined
def forward_row(network: Network, params: Vector, inputs: Vector, first: int, values: Vector) -> None:
    """Fill values with every layer's outputs for the row that begins at inputs[first]."""
    linear_row(network[0], params, inputs, first, values)
    activate(network[0].activation, values, network[0].values, network[0].fan_out, ONE)
    for k in range(1, network.size):
        layer = network[k]
        linear_row(layer, params, values, network[k - 1].values, values)
        activate(layer.activation, values, layer.values, layer.fan_out, ONE)


@inlined
def output_delta(
    layer: Any, loss: int, values: Vector, deltas: Vector, start: int, targets: Matrix, row: int, scale: float
) -> None:
    """Fill deltas with scale times the gradient of one row's loss by the last layer's pre-activations."""
    if loss == BCE and layer.activation == SIGMOID:
        # The product of the two gradients, in the form that stays right where the sigmoid rounds to 0 or 1.
        for j in range(layer.fan_out):
            deltas[start + j] = scale / layer.fan_out * (values[start + j] - targets[row, j])
    else:
        loss_row_grad(loss, values, deltas, start, layer.fan_out, targets, row, scale)
        activate_grad(layer.activation, values, deltas, start, layer.fan_out, ONE)


@inlined
def parameter_grad_row(layer: Any, source: Vector, first: int, deltas: Vector, grads: Vector, fresh: bool) -> None:
    """Add one row's share to the gradient of a layer's weight and bias; `fresh` starts the sum."""
    start = layer.values
    fan_out = layer.fan_out
    if layer.trains_weight:
        at = layer.weight
        for i in range(layer.fan_in):
            x = source[first + i]
            if fresh:
                for j in range(fan_out):
                    grads[at + j] = x * deltas[start + j]
            else:
                for j in range(fan_out):
                    grads[at + j] += x * deltas[start + j]
            at += fan_out
    if layer.has_bias and layer.trains_bias:
        for j in range(fan_out):
            if fresh:
                grads[layer.bias + j] = deltas[start + j]
            else:
                grads[layer.bias + j] += deltas[start + j]


@inlined
def input_grad_row(layer: Any, params: Vector, deltas: Vector, below: int) -> None:
    """Fill deltas[below:] with the gradient by a layer's inputs, given that by its pre-activations."""
    start = layer.values
    fan_out = layer.fan_out
    at = layer.weight
    for i in range(layer.fan_in):
        total = 0.0
        for j in range(fan_out):
            total += params[at + j] * deltas[start + j]
        deltas[below + i] = total
        at += fan_out


@inlined
def gradient_by_rows(
    network: Network,
    params: Vector,
    inputs: Vector,
    targets: Matrix,
    rows: Order,
    first: int,
    count: int,
    loss: int,
    lowest: int,
    values: Vector,
    deltas: Vector,
    grads: Vector,
) -> None:
    """Fill grads with the gradient of the mean loss over rows[first : first+count], one row after the other.

    The inputs lie row after row in a flat vector.
    """
    bottom = network[0]
    last = network[network.size - 1]
    scale = 1.0 / count
    for i in range(count):
        row = np.uint64(rows[first + i])
        begin = row * bottom.fan_in
        forward_row(network, params, inputs, begin, values)
        output_delta(last, loss, values, deltas, last.values, targets, row, scale)
        for k in range(network.size - 1, lowest, -1):
            below = network[k - 1]
            parameter_grad_row(network[k], values, below.values, deltas, grads, i == 0)
            input_grad_row(network[k], params, deltas, below.values)
            activate_grad(below.activation, values, deltas, below.values, below.fan_out, ONE)
        if lowest == 0:
            parameter_grad_row(bottom, inputs, begin, deltas, grads, i == 0)
        else:
            parameter_grad_row(network[lowest], values, network[lowest - 1].values, deltas, grads, i == 0)
