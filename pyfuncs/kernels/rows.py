"""Forward and backward through a network one row at a time, several units side by side: for small batches."""

from typing import Any

import numpy as np

from pyfuncs.kernels.activations import activate, activate_grad
from pyfuncs.kernels.arrays import FOUR, ONE, THREE, TWO, ZERO, Index, Vector
from pyfuncs.kernels.jit import inlined, without_refcounts
from pyfuncs.kernels.losses import SIGMOID_BCE, joined, loss_row, loss_row_grad
from pyfuncs.kernels.network import Network, lowest_trained
from pyfuncs.kernels.optimizers import LR, WEIGHT_DECAY, sgd_step
from pyfuncs.kernels.passes import Batches, Parameters, Pass, Rules
from pyfuncs.kernels.simd import WIDTH, Lanes, lanes, load, multiply_add, store, two_lanes


@inlined
def linear_row(layer: Any, params: Vector, source: Vector, first: Index, h: Vector) -> None:
    """Fill a layer's pre-activations from its inputs, which begin at source[first]."""
    whole = layer.fan_out - layer.fan_out % WIDTH
    pairs = layer.fan_out - layer.fan_out % TWO
    if whole > ZERO:
        linear_row_wide(layer, params, source, first, h)
    for j in range(whole, pairs, TWO):
        linear_units(two_lanes(0.0), layer, j, params, source, first, h)
    if pairs < layer.fan_out:
        linear_units(0.0, layer, pairs, params, source, first, h)


@without_refcounts
def linear_row_wide(layer: Any, params: Vector, source: Vector, first: Index, h: Vector) -> None:
    """Do as `linear_row` for the units that fill registers."""
    for j in range(ZERO, layer.fan_out - layer.fan_out % WIDTH, WIDTH):
        linear_units(lanes(0.0), layer, j, params, source, first, h)


@inlined
def linear_units(zero: Lanes, layer: Any, unit: Index, params: Vector, source: Vector, first: Index, h: Vector) -> None:
    """Do `linear_row` for as many units, from one on, as zero has numbers."""
    begin = load(params, layer.bias + unit, zero) if layer.has_bias else zero
    total = strided_dot(zero, begin, source, first, layer.fan_in, params, layer.weight + unit, layer.fan_out)
    store(h, layer.values + unit, total)


@inlined
def strided_dot(
    zero: Lanes,
    begin: Lanes,
    source: Vector,
    first: Index,
    count: Index,
    params: Vector,
    start: Index,
    stride: Index,
) -> Lanes:
    """Return begin plus the inner product of source[first : first+count] and every stride-th of params from start.

    With registers for zero and begin, the products are with as many numbers side by side.
    """
    whole = count - count % FOUR
    rest = count - whole
    s0 = begin
    s1 = zero
    s2 = zero
    s3 = zero
    at = start
    for i in range(ZERO, whole, FOUR):
        s0 = multiply_add(source[first + i], load(params, at, zero), s0)
        s1 = multiply_add(source[first + i + ONE], load(params, at + stride, zero), s1)
        s2 = multiply_add(source[first + i + TWO], load(params, at + TWO * stride, zero), s2)
        s3 = multiply_add(source[first + i + THREE], load(params, at + THREE * stride, zero), s3)
        at += FOUR * stride
    if rest > ZERO:
        s0 = multiply_add(source[first + whole], load(params, at, zero), s0)
    if rest > ONE:
        s1 = multiply_add(source[first + whole + ONE], load(params, at + stride, zero), s1)
    if rest > TWO:
        s2 = multiply_add(source[first + whole + TWO], load(params, at + TWO * stride, zero), s2)
    return multiply_add(1.0, multiply_add(1.0, s0, s1), multiply_add(1.0, s2, s3))


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
def weight_grad_units(
    zero: Lanes,
    layer: Any,
    unit: Index,
    source: Vector,
    first: Index,
    deltas: Vector,
    parameters: Parameters,
    hyper: Vector | None,
) -> None:
    """Do `parameter_grad_row` for the weights of as many units, from one on, as zero has numbers."""
    params = parameters.values
    grads = parameters.grads
    delta = load(deltas, layer.values + unit, zero)
    at = layer.weight + unit
    for i in range(layer.fan_in):
        if hyper is None:
            store(grads, at, multiply_add(source[first + i], delta, load(grads, at, zero)))
        else:
            grad = multiply_add(source[first + i], delta, zero)
            store(params, at, sgd_step(load(params, at, zero), grad, hyper[LR], hyper[WEIGHT_DECAY]))
        at += layer.fan_out


@inlined
def parameter_grad_row(
    layer: Any, source: Vector, first: Index, deltas: Vector, parameters: Parameters, hyper: Vector | None
) -> None:
    """Add a row's share to the gradient of a layer's parameters; given hyperparameters, take SGD's step instead."""
    start = layer.values
    if layer.has_bias and layer.trains_bias:
        for j in range(layer.fan_out):
            at = layer.bias + j
            if hyper is None:
                parameters.grads[at] += deltas[start + j]
            else:
                # Added to 0 as a gradient that is kept, which makes 0 of -0.
                param = parameters.values[at]
                parameters.values[at] = sgd_step(param, 0.0 + deltas[start + j], hyper[LR], hyper[WEIGHT_DECAY])
    if not layer.trains_weight:
        return
    whole = layer.fan_out - layer.fan_out % WIDTH
    pairs = layer.fan_out - layer.fan_out % TWO
    for j in range(ZERO, whole, WIDTH):
        weight_grad_units(lanes(0.0), layer, j, source, first, deltas, parameters, hyper)
    for j in range(whole, pairs, TWO):
        weight_grad_units(two_lanes(0.0), layer, j, source, first, deltas, parameters, hyper)
    if pairs < layer.fan_out:
        weight_grad_units(0.0, layer, pairs, source, first, deltas, parameters, hyper)


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
    loss: int,
    parameters: Parameters,
    batches: Batches,
    work: Pass,
    row: Index,
    scale: float,
    hyper: Vector | None,
) -> None:
    """Add to the gradient scale times that of a row's loss; given hyperparameters, take SGD's step instead."""
    params = parameters.values
    h = work.h
    deltas = work.deltas
    inputs = batches.flat
    lowest = lowest_trained(network)
    last = network[network.size - 1]
    loss = joined(loss, last.activation)
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
        parameter_grad_row(layer, source, at, deltas, parameters, hyper)


@without_refcounts
def gradient_by_rows(
    network: Network, loss: int, parameters: Parameters, batches: Batches, work: Pass, first: int, count: int
) -> None:
    """Add to the gradient that of the mean loss over order[first : first+count], one row after the other."""
    for i in range(first, first + count):
        row = np.uint64(batches.order[i])
        gradient_of_row(network, loss, parameters, batches, work, row, 1.0 / count, None)


@without_refcounts
def sgd_by_rows(
    network: Network, rules: Rules, parameters: Parameters, batches: Batches, work: Pass, first: int, stop: int
) -> None:
    """Take one step of SGD for each of order[first:stop]: the same bits as by `run_steps`, but no gradient is kept."""
    for i in range(first, stop):
        row = np.uint64(batches.order[i])
        gradient_of_row(network, rules.loss, parameters, batches, work, row, 1.0, rules.hyper)


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
