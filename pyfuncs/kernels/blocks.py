"""The same forward and backward pass for batches in narrow networks, a block of rows at a time.

Within a block the numbers of one unit lie side by side, one a row, so that every inner loop runs along the rows: a
unit's few weights do not fill a vector register, 64 rows do.
"""

from typing import Any

import numpy as np

from pyfuncs.kernels.activations import activate_grad_rows, activate_rows
from pyfuncs.kernels.arrays import EIGHT, ONE, TWO, ZERO, Index, Vector
from pyfuncs.kernels.batched import output_delta_rows
from pyfuncs.kernels.jit import inlined, without_refcounts
from pyfuncs.kernels.network import BLOCK, Network, lowest_trained
from pyfuncs.kernels.passes import Batches, Parameters, Pass
from pyfuncs.kernels.simd import Lanes, eight_lanes, load, multiply_add, store, sum_of_eight


@inlined
def transpose_block(source: Vector, start: Index, rows: Index, columns: Index, target: Vector) -> None:
    """Write the rows×columns matrix at source[start:] transposed to the same place in target."""
    for i in range(rows):
        for j in range(columns):
            target[start + j * rows + i] = source[start + i * columns + j]


@inlined
def unit_of_block(
    begin: Lanes, layer: Any, unit: Index, params: Vector, source: Vector, first: Index, height: Index
) -> Lanes:
    """Return begin plus a unit's weights times its inputs, for as many rows as begin has numbers."""
    total = begin
    at = layer.weight + unit
    for i in range(layer.fan_in):
        total = multiply_add(params[at], load(source, first + i * height, begin), total)
        at += layer.fan_out
    return total


@without_refcounts
def linear_block(layer: Any, params: Vector, source: Vector, first: Index, height: Index, h: Vector) -> None:
    """Fill a layer's pre-activations for a block of rows, given its inputs from source[first] on."""
    whole = height - height % EIGHT
    for j in range(layer.fan_out):
        out = height * layer.values + j * height
        bias = params[layer.bias + j] if layer.has_bias else 0.0
        for r in range(ZERO, whole, EIGHT):
            store(h, out + r, unit_of_block(eight_lanes(bias), layer, j, params, source, first + r, height))
        for r in range(whole, height):
            h[out + r] = unit_of_block(bias, layer, j, params, source, first + r, height)


@inlined
def dot(a: Vector, first: Index, b: Vector, start: Index, size: Index) -> float:
    """Return the inner product of a[first : first+size] and b[start : start+size], in eight running sums."""
    whole = size - size % EIGHT
    sums = eight_lanes(0.0)
    for r in range(ZERO, whole, EIGHT):
        sums = multiply_add(load(a, first + r, sums), load(b, start + r, sums), sums)
    total = sum_of_eight(sums)
    for r in range(whole, size):
        total = multiply_add(a[first + r], b[start + r], total)
    return total


@without_refcounts
def parameter_grad_block(
    layer: Any, source: Vector, first: Index, height: Index, deltas: Vector, grads: Vector
) -> None:
    """Add a block's share to the gradient of a layer's weight and bias."""
    start = height * layer.values
    if layer.has_bias and layer.trains_bias:
        for j in range(layer.fan_out):
            for r in range(height):
                grads[layer.bias + j] += deltas[start + j * height + r]
    if layer.trains_weight:
        at = layer.weight
        for i in range(layer.fan_in):
            for j in range(layer.fan_out):
                grads[at] += dot(source, first + i * height, deltas, start + j * height, height)
                at += ONE


@without_refcounts
def input_grad_block(layer: Any, params: Vector, deltas: Vector, below: int, height: Index) -> None:
    """Fill deltas[below:] with the gradient by a layer's inputs, given that by its pre-activations."""
    for i in range(layer.fan_in):
        out = below + i * height
        for r in range(height):
            deltas[out + r] = 0.0
        for j in range(layer.fan_out):
            weight = params[layer.weight + i * layer.fan_out + j]
            at = height * layer.values + j * height
            for r in range(height):
                deltas[out + r] += weight * deltas[at + r]


@inlined
def output_delta_block(
    layer: Any, loss: int, batches: Batches, work: Pass, first: Index, height: Index, scale: float
) -> None:
    """Activate the last layer and fill its deltas; a softmax and a loss take a row at a time, hence the transposing."""
    fan_out = layer.fan_out
    start = height * layer.values
    if fan_out > ONE:
        transpose_block(work.h, start, fan_out, height, work.deltas)
        for r in range(height * fan_out):
            work.h[start + r] = work.deltas[start + r]
    activate_rows(layer.activation, work.slopes, work.h, start, fan_out, height)
    output_delta_rows(layer, loss, batches, work, start, first, np.int64(height), scale)
    if fan_out > ONE:
        transpose_block(work.deltas, start, height, fan_out, work.h)
        for r in range(height * fan_out):
            work.deltas[start + r] = work.h[start + r]


@inlined
def gather_block(batches: Batches, first: Index, height: Index, fan_in: Index, block: Vector) -> None:
    """Fill the block with the inputs of order[first : first+height], one feature after the other."""
    for i in range(ZERO, fan_in - fan_in % TWO, TWO):
        for r in range(height):
            at = np.uint64(batches.order[first + np.int64(r)]) * fan_in + i
            block[i * height + r] = batches.flat[at]
            block[(i + ONE) * height + r] = batches.flat[at + ONE]
    for i in range(fan_in - fan_in % TWO, fan_in):
        for r in range(height):
            block[i * height + r] = batches.flat[np.uint64(batches.order[first + np.int64(r)]) * fan_in + i]


@without_refcounts
def gradient_by_blocks(
    network: Network, loss: int, parameters: Parameters, batches: Batches, work: Pass, first: Index, count: int
) -> None:
    """Add to the gradient that of the mean loss over order[first : first+count].

    No layer but the last may be a softmax.
    """
    params = parameters.values
    grads = parameters.grads
    last = network.size - 1
    lowest = lowest_trained(network)
    for begin in range(first, first + count, BLOCK):
        height = np.uint64(min(BLOCK, first + count - begin))
        gather_block(batches, begin, height, network[0].fan_in, work.block)
        for k in range(network.size):
            layer = network[k]
            if k == 0:
                linear_block(layer, params, work.block, ZERO, height, work.h)
            else:
                linear_block(layer, params, work.h, height * network[k - 1].values, height, work.h)
            if k < last:
                activate_rows(layer.activation, work.slopes, work.h, height * layer.values, height * layer.fan_out, ONE)
        output_delta_block(network[last], loss, batches, work, begin, height, 1.0 / count)
        for k in range(last, lowest - 1, -1):
            layer = network[k]
            if k == 0:
                parameter_grad_block(layer, work.block, ZERO, height, work.deltas, grads)
                continue
            below = network[k - 1]
            at = height * below.values
            parameter_grad_block(layer, work.h, at, height, work.deltas, grads)
            if k > lowest:
                input_grad_block(layer, params, work.deltas, at, height)
                activate_grad_rows(below.activation, work.slopes, work.h, work.deltas, at, height * below.fan_out, ONE)
