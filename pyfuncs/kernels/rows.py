"""Forward and backward through a network one row at a time, in plain loops: for small batches and narrow layers."""

from typing import Any

import numpy as np

from pyfuncs.kernels.activations import activate, activate_grad
from pyfuncs.kernels.arrays import FOUR, ONE, THREE, TWO, ZERO, Index, Vector
from pyfuncs.kernels.jit import inlined, without_refcounts
from pyfuncs.kernels.losses import SIGMOID_BCE, joined, loss_row, loss_row_grad
from pyfuncs.kernels.network import Network, lowest_trained
from pyfuncs.kernels.passes import Batches, Parameters, Pass

# From how many units on a layer's loops run along the units instead of along the inputs.
WIDE_FROM = np.uint64(5)


@inlined
def linear_row(layer: Any, params: Vector, source: Vector, first: Index, h: Vector) -> None:
    """Fill a layer's pre-activations from its inputs, which begin at source[first]."""
    fan_in = layer.fan_in
    fan_out = layer.fan_out
    if fan_out >= WIDE_FROM:
        linear_row_wide(layer, params, source, first, h)
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
        h[layer.values + j] = a0 + b0
        h[layer.values + j + ONE] = a1 + b1
    if pairs < fan_out:
        bias = params[layer.bias + pairs] if layer.has_bias else 0.0
        at = layer.weight + pairs
        h[layer.values + pairs] = strided_dot(bias, source, first, fan_in, params, at, fan_out)


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


@without_refcounts
def linear_row_wide(layer: Any, params: Vector, source: Vector, first: Index, h: Vector) -> None:
    """Do as `linear_row`, along the units."""
    fan_out = layer.fan_out
    start = layer.values
    for j in range(fan_out):
        h[start + j] = params[layer.bias + j] if layer.has_bias else 0.0
    at = layer.weight
    for i in range(layer.fan_in):
        x = source[first + i]
        for j in range(fan_out):
            h[start + j] += x * params[at + j]
        at += fan_out


@inlined
def forward_row(network: Network, params: Vector, inputs: Vector, first: Index, z: Vector, h: Vector) -> None:
    """Fill h with every layer's outputs for the row that begins at inputs[first], and z as `activate` does."""
    for k in range(network.size):
        layer = network[k]
        if k == 0:
            linear_row(layer, params, inputs, first, h)
        else:
            linear_row(layer, params, h, network[k - 1].values, h)
        activate(layer.activation, z, h, layer.values, layer.fan_out)


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


@without_refcounts
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
    network: Network, loss: int, parameters: Parameters, batches: Batches, work: Pass, first: Index, count: int
) -> None:
    """Add to the gradient that of the mean loss over order[first : first+count], one row after the other."""
    params = parameters.values
    grads = parameters.grads
    z = work.z
    h = work.h
    deltas = work.deltas
    inputs = batches.flat
    lowest = lowest_trained(network)
    last = network[network.size - 1]
    loss = joined(loss, last.activation)
    for i in range(first, first + count):
        row = np.uint64(batches.order[i])
        begin = row * network[0].fan_in
        forward_row(network, params, inputs, begin, z, h)
        loss_row_grad(loss, h, deltas, last.values, last.fan_out, batches.targets, row, 1.0 / count)
        for k in range(network.size - 1, lowest - 1, -1):
            layer = network[k]
            if k < network.size - 1 or loss != SIGMOID_BCE:
                activate_grad(layer.activation, z, h, deltas, layer.values, layer.fan_out)
            if k == 0:
                parameter_grad_row(layer, inputs, begin, deltas, grads)
            else:
                below = network[k - 1].values
                parameter_grad_row(layer, h, below, deltas, grads)
                if k > lowest:
                    input_grad_row(layer, params, deltas, below)


@without_refcounts
def loss_by_rows(
    network: Network, loss: int, params: Vector, batches: Batches, work: Pass, first: Index, count: int
) -> float:
    """Return the mean loss over order[first : first+count]."""
    last = network[network.size - 1]
    total = 0.0
    for i in range(first, first + count):
        row = np.uint64(batches.order[i])
        forward_row(network, params, batches.flat, row * network[0].fan_in, work.z, work.h)
        total += loss_row(loss, work.h, last.values, last.fan_out, batches.targets, row)
    return total / count
