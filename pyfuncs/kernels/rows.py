"""Forward and backward through a network one row at a time, in plain loops: for small batches and narrow layers."""

from typing import Any

import numpy as np

from pyfuncs.kernels.activations import activate, activate_grad
from pyfuncs.kernels.arrays import FOUR, ONE, THREE, TWO, ZERO, Index, Vector
from pyfuncs.kernels.jit import inlined, without_refcounts
from pyfuncs.kernels.losses import SIGMOID_BCE, joined, loss_row, loss_row_grad
from pyfuncs.kernels.network import Network, lowest_trained
from pyfuncs.kernels.optimizers import LR, WEIGHT_DECAY, sgd_step
from pyfuncs.kernels.passes import Batches, Parameters, Pass, Rules
from pyfuncs.kernels.simd import WIDTH, Lanes, lanes, load, multiply, multiply_add, store

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
            a0 = multiply_add(x, params[at], a0)
            a1 = multiply_add(x, params[at + ONE], a1)
            at += fan_out
            x = source[first + i + ONE]
            b0 = multiply_add(x, params[at], b0)
            b1 = multiply_add(x, params[at + ONE], b1)
            at += fan_out
        if even < fan_in:
            x = source[first + even]
            a0 = multiply_add(x, params[at], a0)
            a1 = multiply_add(x, params[at + ONE], a1)
        h[layer.values + j] = a0 + b0
        h[layer.values + j + ONE] = a1 + b1
    if pairs < fan_out:
        bias = params[layer.bias + pairs] if layer.has_bias else 0.0
        at = layer.weight + pairs
        h[layer.values + pairs] = strided_dot(bias, source, first, fan_in, params, at, fan_out)


@inlined
def strided_dot(
    begin: Lanes, source: Vector, first: Index, count: Index, params: Vector, start: Index, stride: Index
) -> Lanes:
    """Return begin plus the inner product of source[first : first+count] and every stride-th of params from start.

    With `begin` a register's numbers, the products are with as many numbers side by side.
    """
    whole = count - count % FOUR
    rest = count - whole
    s0 = begin
    s1 = multiply(0.0, begin)
    s2 = s1
    s3 = s1
    at = start
    for i in range(ZERO, whole, FOUR):
        s0 = multiply_add(source[first + i], load(params, at, begin), s0)
        s1 = multiply_add(source[first + i + ONE], load(params, at + stride, begin), s1)
        s2 = multiply_add(source[first + i + TWO], load(params, at + TWO * stride, begin), s2)
        s3 = multiply_add(source[first + i + THREE], load(params, at + THREE * stride, begin), s3)
        at += FOUR * stride
    if rest > ZERO:
        s0 = multiply_add(source[first + whole], load(params, at, begin), s0)
    if rest > ONE:
        s1 = multiply_add(source[first + whole + ONE], load(params, at + stride, begin), s1)
    if rest > TWO:
        s2 = multiply_add(source[first + whole + TWO], load(params, at + TWO * stride, begin), s2)
    return multiply_add(1.0, multiply_add(1.0, s0, s1), multiply_add(1.0, s2, s3))


@without_refcounts
def linear_row_wide(layer: Any, params: Vector, source: Vector, first: Index, h: Vector) -> None:
    """Do as `linear_row`, a register of units at a time."""
    fan_in = layer.fan_in
    fan_out = layer.fan_out
    for j in range(fan_out):
        h[layer.values + j] = params[layer.bias + j] if layer.has_bias else 0.0
    whole = fan_out - fan_out % WIDTH
    for j in range(ZERO, whole, WIDTH):
        begin = load(h, layer.values + j, lanes(0.0))
        sums = strided_dot(begin, source, first, fan_in, params, layer.weight + j, fan_out)
        store(h, layer.values + j, sums)
    for j in range(whole, fan_out):
        at = layer.values + j
        h[at] = strided_dot(h[at], source, first, fan_in, params, layer.weight + j, fan_out)


@inlined
def forward_row(network: Network, params: Vector, inputs: Vector, first: Index, slopes: Vector, h: Vector) -> None:
    """Fill h with every layer's outputs for the row that begins at inputs[first], and slopes as `activate` does."""
    for k in range(network.size):
        layer = network[k]
        if k == 0:
            linear_row(layer, params, inputs, first, h)
        else:
            linear_row(layer, params, h, network[k - 1].values, h)
        activate(layer.activation, slopes, h, layer.values, layer.fan_out)


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
            grads[at] = multiply_add(x, d0, grads[at])
            grads[at + ONE] = multiply_add(x, d1, grads[at + ONE])
            at += fan_out
    if pairs < fan_out:
        d0 = deltas[start + pairs]
        at = layer.weight + pairs
        for i in range(layer.fan_in):
            grads[at] = multiply_add(source[first + i], d0, grads[at])
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
            grads[at + j] = multiply_add(x, deltas[start + j], grads[at + j])
        at += fan_out


@inlined
def sgd_columns(
    zero: Lanes, layer: Any, column: Index, source: Vector, first: Index, deltas: Vector, params: Vector, hyper: Vector
) -> None:
    """Do `sgd_row` for the weights of as many units from a column on as zero has numbers."""
    lr = hyper[LR]
    decay = hyper[WEIGHT_DECAY]
    delta = load(deltas, layer.values + column, zero)
    at = layer.weight + column
    for i in range(layer.fan_in):
        grad = multiply_add(source[first + i], delta, zero)
        store(params, at, sgd_step(load(params, at, zero), grad, lr, decay))
        at += layer.fan_out


@inlined
def sgd_row(layer: Any, source: Vector, first: Index, deltas: Vector, params: Vector, hyper: Vector) -> None:
    """Take a step of SGD on a layer's weight and bias with the gradient of one row, which is not written."""
    start = layer.values
    fan_out = layer.fan_out
    if layer.has_bias and layer.trains_bias:
        for j in range(fan_out):
            # Added to 0, as to a gradient that is kept: of -0 that makes 0.
            params[layer.bias + j] = sgd_step(
                params[layer.bias + j], 0.0 + deltas[start + j], hyper[LR], hyper[WEIGHT_DECAY]
            )
    if not layer.trains_weight:
        return
    whole = fan_out - fan_out % WIDTH
    for j in range(ZERO, whole, WIDTH):
        sgd_columns(lanes(0.0), layer, j, source, first, deltas, params, hyper)
    for j in range(whole, fan_out):
        sgd_columns(0.0, layer, j, source, first, deltas, params, hyper)


@inlined
def input_grad_row(layer: Any, params: Vector, deltas: Vector, below: Index) -> None:
    """Fill deltas[below:] with the gradient by a layer's inputs, given that by its pre-activations."""
    start = layer.values
    fan_out = layer.fan_out
    at = layer.weight
    for i in range(layer.fan_in):
        total = 0.0
        for j in range(fan_out):
            total = multiply_add(params[at + j], deltas[start + j], total)
        deltas[below + i] = total
        at += fan_out


@inlined
def gradient_of_row(
    network: Network,
    rules: Rules,
    parameters: Parameters,
    batches: Batches,
    work: Pass,
    row: Index,
    scale: float,
    steps: bool,
) -> None:
    """Add to the gradient scale times that of a row's loss, or, where it steps, take a step of SGD with it at once."""
    params = parameters.values
    h = work.h
    deltas = work.deltas
    inputs = batches.flat
    lowest = lowest_trained(network)
    last = network[network.size - 1]
    loss = joined(rules.loss, last.activation)
    begin = row * network[0].fan_in
    forward_row(network, params, inputs, begin, work.slopes, h)
    loss_row_grad(loss, h, deltas, last.values, last.fan_out, batches.targets, row, scale)
    for k in range(network.size - 1, lowest - 1, -1):
        layer = network[k]
        if k < network.size - 1 or loss != SIGMOID_BCE:
            activate_grad(layer.activation, work.slopes, h, deltas, layer.values, layer.fan_out)
        below = network[k - 1].values if k > 0 else ZERO
        if k > lowest:
            input_grad_row(layer, params, deltas, below)
        source, at = (h, below) if k > 0 else (inputs, begin)
        if steps:
            sgd_row(layer, source, at, deltas, params, rules.hyper)
        else:
            parameter_grad_row(layer, source, at, deltas, parameters.grads)


@without_refcounts
def gradient_by_rows(
    network: Network, rules: Rules, parameters: Parameters, batches: Batches, work: Pass, first: int, count: int
) -> None:
    """Add to the gradient that of the mean loss over order[first : first+count], one row after the other."""
    for i in range(first, first + count):
        row = np.uint64(batches.order[i])
        gradient_of_row(network, rules, parameters, batches, work, row, 1.0 / count, False)


@without_refcounts
def sgd_by_rows(
    network: Network, rules: Rules, parameters: Parameters, batches: Batches, work: Pass, first: int, stop: int
) -> None:
    """Take one step of SGD for each of order[first:stop]: the same bits as by `run_steps`, but no gradient is kept."""
    for i in range(first, stop):
        gradient_of_row(network, rules, parameters, batches, work, np.uint64(batches.order[i]), 1.0, True)


@without_refcounts
def loss_by_rows(
    network: Network, loss: int, params: Vector, batches: Batches, work: Pass, first: Index, count: int
) -> float:
    """Return the mean loss over order[first : first+count]."""
    last = network[network.size - 1]
    total = 0.0
    for i in range(first, first + count):
        row = np.uint64(batches.order[i])
        forward_row(network, params, batches.flat, row * network[0].fan_in, work.slopes, work.h)
        total += loss_row(loss, work.h, last.values, last.fan_out, batches.targets, row)
    return total / count
