"""A network of linear layers, each with its activation, over one flat vector of parameters: forward and backward.

Small layers run row by row in plain loops, for a view of an array costs more than the arithmetic there. Large batches
go to BLAS a layer at a time. Which way is taken depends on the sizes alone, so the same call gives the same bits.

A network is a vector of `LAYER` records. Their sizes and places are unsigned, which spares Numba the test for a
negative index at every access (a third of the time of a row, measured on 10-2-1).
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyfuncs.kernels.activations import SOFTMAX, activate, activate_grad
from pyfuncs.kernels.arrays import FOUR, ONE, THREE, TWO, ZERO, Index, Matrix, Order, Runs, Vector
from pyfuncs.kernels.jit import borrowing, inlined, kernel
from pyfuncs.kernels.losses import SIGMOID_BCE, joined, loss_row_grad

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

# Rows from which blocks of them beat single rows, and what makes a network narrow: beyond so many units in a layer BLAS
# beats the blocks, and beyond so many inputs a block of them leaves the first-level cache.
BLOCKS_PAY_FROM = 12
NARROW_BELOW = np.uint64(5)
NARROW_INPUTS = np.uint64(64)


@kernel
def values_width(network: Network) -> Index:
    """Return how many outputs all layers have together."""
    return np.int64(network[-1].values + network[-1].fan_out)


@kernel
def is_narrow(network: Network) -> bool:
    """Tell whether batches go by blocks of rows: few inputs, few units in each layer, a softmax at most in the last."""
    if network[0].fan_in > NARROW_INPUTS:
        return False
    for k in range(network.size):
        if network[k].fan_out >= NARROW_BELOW:
            return False
        if network[k].activation == SOFTMAX and k < network.size - 1:
            return False
    return True


@kernel
def batched_from(network: Network) -> int:
    """Return from how many rows on a batch goes through together; its workspace must then have room for all of it."""
    return BLOCKS_PAY_FROM if is_narrow(network) else blas_from(network)


@kernel
def blas_from(network: Network) -> int:
    """Return from how many rows on BLAS beats the loops over single rows."""
    multiply_adds: Index = 0
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


@kernel
def trained_runs(network: Network) -> Runs:
    """Return where the parameters that train begin and end, one row for each run of adjacent ones."""
    runs = np.empty((2 * network.size, 2), np.uint64)
    count = 0
    for k in range(network.size):
        layer = network[k]
        for part in range(2):
            trains = layer.trains_weight if part == 0 else layer.has_bias and layer.trains_bias
            start = layer.weight if part == 0 else layer.bias
            size = layer.fan_in * layer.fan_out if part == 0 else layer.fan_out
            if not trains:
                continue
            if count > 0 and runs[count - 1, 1] == start:
                runs[count - 1, 1] = start + size
            else:
                runs[count, 0] = start
                runs[count, 1] = start + size
                count += 1
    return runs[:count]


@inlined
def linear_row(layer: Any, params: Vector, source: Vector, first: Index, values: Vector) -> None:
    """Fill a layer's pre-activations from its inputs, which begin at source[first]."""
    fan_in = layer.fan_in
    fan_out = layer.fan_out
    if fan_out >= WIDE_FROM:
        linear_row_wide(layer, params, source, first, values)
        return
    # Two units at a time, or one, and several running sums: an addition need not wait for the one before it.
    pairs = fan_out - fan_out % TWO
    even = fan_in - fan_in % TWO
    for j in range(ZERO, pairs, TWO):
        a0 = params[layer.bias + j] if layer.has_bias else 0.0
        a1 = params[layer.bias + j + ONE] if layer.has_bias else 0.0
        b0 = 0.0
        b1 = 0.0
        at = layer.weight + j
        for i in range(ZERO, even, TWO):
            x = source[first + i]
            a0 += x * params[at]
            a1 += x * params[at + ONE]
            at += fan_out
            x = source[first + i + ONE]
            b0 += x * params[at]
            b1 += x * params[at + ONE]
            at += fan_out
        if even < fan_in:
            x = source[first + even]
            a0 += x * params[at]
            a1 += x * params[at + ONE]
        values[layer.values + j] = a0 + b0
        values[layer.values + j + ONE] = a1 + b1
    if pairs < fan_out:
        bias = params[layer.bias + pairs] if layer.has_bias else 0.0
        at = layer.weight + pairs
        values[layer.values + pairs] = strided_dot(bias, source, first, fan_in, params, at, fan_out)


@inlined
def strided_dot(
    begin: float, source: Vector, first: Index, count: Index, params: Vector, start: Index, stride: Index
) -> float:
    """Return begin plus the inner product of source[first : first+count] and every stride-th of params from start."""
    whole = count - count % FOUR
    rest = count - whole
    s0: Any = 0.0
    s1: Any = 0.0
    s2: Any = 0.0
    s3: Any = begin
    at = start
    if whole > ZERO:
        # No sum waits for an addition to 0: 1.5 of the 20 ns of a step of the linear model.
        s0 = source[first] * params[at]
        s1 = source[first + ONE] * params[at + stride]
        s2 = source[first + TWO] * params[at + TWO * stride]
        s3 = begin + source[first + THREE] * params[at + THREE * stride]
        at += FOUR * stride
    for i in range(FOUR, whole, FOUR):
        s0 += source[first + i] * params[at]
        s1 += source[first + i + ONE] * params[at + stride]
        s2 += source[first + i + TWO] * params[at + TWO * stride]
        s3 += source[first + i + THREE] * params[at + THREE * stride]
        at += FOUR * stride
    if rest > ZERO:
        s0 += source[first + whole] * params[at]
    if rest > ONE:
        s1 += source[first + whole + ONE] * params[at + stride]
    if rest > TWO:
        s2 += source[first + whole + TWO] * params[at + TWO * stride]
    return (s0 + s1) + (s2 + s3)


@borrowing
def linear_row_wide(layer: Any, params: Vector, source: Vector, first: Index, values: Vector) -> None:
    """Do as `linear_row`, along the units."""
    fan_out = layer.fan_out
    start = layer.values
    for j in range(fan_out):
        values[start + j] = params[layer.bias + j] if layer.has_bias else 0.0
    at = layer.weight
    for i in range(layer.fan_in):
        x = source[first + i]
        for j in range(fan_out):
            values[start + j] += x * params[at + j]
        at += fan_out


@inlined
def forward_row(network: Network, params: Vector, inputs: Vector, first: Index, values: Vector) -> None:
    """Fill values with every layer's outputs for the row that begins at inputs[first]."""
    for k in range(network.size):
        layer = network[k]
        if k == 0:
            linear_row(layer, params, inputs, first, values)
        else:
            linear_row(layer, params, values, network[k - 1].values, values)
        activate(layer.activation, values, layer.values, layer.fan_out)


@inlined
def parameter_grad_row(layer: Any, source: Vector, first: Index, deltas: Vector, grads: Vector) -> None:
    """Add one row's share to the gradient of a layer's weight and bias."""
    start = layer.values
    fan_out = layer.fan_out
    if layer.has_bias and layer.trains_bias:
        for j in range(fan_out):
            grads[layer.bias + j] += deltas[start + j]
    if not layer.trains_weight:
        return
    if fan_out >= WIDE_FROM:
        weight_grad_row_wide(layer, source, first, deltas, grads)
        return
    pairs = fan_out - fan_out % TWO
    for j in range(ZERO, pairs, TWO):
        d0 = deltas[start + j]
        d1 = deltas[start + j + ONE]
        at = layer.weight + j
        for i in range(layer.fan_in):
            x = source[first + i]
            grads[at] += x * d0
            grads[at + ONE] += x * d1
            at += fan_out
    if pairs < fan_out:
        d0 = deltas[start + pairs]
        at = layer.weight + pairs
        for i in range(layer.fan_in):
            grads[at] += source[first + i] * d0
            at += fan_out


@borrowing
def weight_grad_row_wide(layer: Any, source: Vector, first: Index, deltas: Vector, grads: Vector) -> None:
    """Add one row's share to the gradient of a layer's weight, along the units."""
    start = layer.values
    fan_out = layer.fan_out
    at = layer.weight
    for i in range(layer.fan_in):
        x = source[first + i]
        for j in range(fan_out):
            grads[at + j] += x * deltas[start + j]
        at += fan_out


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
    first: Index,
    count: int,
    loss: int,
    lowest: int,
    values: Vector,
    deltas: Vector,
    grads: Vector,
) -> None:
    """Add to grads the gradient of the mean loss over rows[first : first+count], one row after the other.

    The inputs lie row after row in a flat vector.
    """
    last = network[network.size - 1]
    loss = joined(loss, last.activation)
    for i in range(first, first + count):
        row = np.uint64(rows[i])
        begin = row * network[0].fan_in
        forward_row(network, params, inputs, begin, values)
        loss_row_grad(loss, values, deltas, last.values, last.fan_out, targets, row, 1.0 / count)
        for k in range(network.size - 1, lowest - 1, -1):
            layer = network[k]
            if k < network.size - 1 or loss != SIGMOID_BCE:
                activate_grad(layer.activation, values, deltas, layer.values, layer.fan_out)
            if k == 0:
                parameter_grad_row(layer, inputs, begin, deltas, grads)
            else:
                below = network[k - 1].values
                parameter_grad_row(layer, values, below, deltas, grads)
                if k > lowest:
                    input_grad_row(layer, params, deltas, below)
