"""The same forward and backward pass for batches in wide networks, a layer at a time for a block of rows."""

from typing import Any

import numpy as np

from pyfuncs.kernels.activations import activate_grad_rows, activate_rows
from pyfuncs.kernels.arrays import ZERO, Index, Places, Vector
from pyfuncs.kernels.jit import inlined, without_refcounts
from pyfuncs.kernels.losses import SIGMOID_BCE, joined, loss_row_grad
from pyfuncs.kernels.network import BLOCK, Network, lowest_trained
from pyfuncs.kernels.passes import Batches, Parameters, Pass
from pyfuncs.kernels.products import VectorRows, add_product, add_transposed_product, evenly_spaced


@inlined
def input_starts(batches: Batches, first: int, height: Index, starts: Places) -> None:
    """Fill starts with where the inputs of order[first : first+height] begin."""
    for r in range(height):
        starts[r] = np.uint64(batches.order[first + np.int64(r)]) * np.uint64(batches.inputs.shape[1])


@without_refcounts
def forward_block(network: Network, params: Vector, inputs: Vector, height: Index, work: Pass) -> None:
    """Fill h with every layer's outputs for a block of rows, given where their inputs begin, and slopes."""
    for k in range(network.size):
        layer = network[k]
        start = height * layer.values
        for r in range(height):
            for j in range(layer.fan_out):
                work.h[start + r * layer.fan_out + j] = params[layer.bias + j] if layer.has_bias else 0.0
        source = VectorRows(inputs if k == 0 else work.h, work.starts, height, layer.fan_in)
        add_product(source, params, layer.weight, work.h, start, layer.fan_out)
        activate_rows(layer.activation, work.slopes, work.h, start, layer.fan_out, height)
        evenly_spaced(work.starts, start, layer.fan_out, height)


@inlined
def output_delta_rows(
    layer: Any, loss: int, batches: Batches, work: Pass, start: Index, first: Index, count: Index, scale: float
) -> None:
    """Fill deltas with scale times the gradient of each row's loss by the last layer's pre-activations."""
    loss = joined(loss, layer.activation)
    at = start
    for i in range(first, first + count):
        row = np.uint64(batches.order[i])
        loss_row_grad(loss, work.h, work.deltas, at, layer.fan_out, batches.targets, row, scale)
        at += layer.fan_out
    if loss != SIGMOID_BCE:
        height = np.uint64(count)
        activate_grad_rows(layer.activation, work.slopes, work.h, work.deltas, start, layer.fan_out, height)


@without_refcounts
def parameter_grad_rows(layer: Any, source: VectorRows, deltas: Vector, start: Index, grads: Vector) -> None:
    """Add the rows' share to the gradient of a layer's weight and bias, given the deltas from start on."""
    if layer.has_bias and layer.trains_bias:
        for r in range(source.count):
            for j in range(layer.fan_out):
                grads[layer.bias + j] += deltas[start + r * layer.fan_out + j]
    if layer.trains_weight:
        add_transposed_product(source, deltas, start, grads, layer.weight, layer.fan_out)


@without_refcounts
def input_grad_rows(layer: Any, params: Vector, height: Index, start: Index, below: Index, work: Pass) -> None:
    """Fill deltas[below:] with the gradient by a layer's inputs, given that by pre-activations in deltas[start:]."""
    fan_in = layer.fan_in
    for i in range(fan_in):
        for j in range(layer.fan_out):
            work.block[j * fan_in + i] = params[layer.weight + i * layer.fan_out + j]
    for i in range(height * fan_in):
        work.deltas[below + i] = 0.0
    evenly_spaced(work.starts, start, layer.fan_out, height)
    add_product(
        VectorRows(work.deltas, work.starts, height, layer.fan_out), work.block, ZERO, work.deltas, below, fan_in
    )


@without_refcounts
def gradient_by_layers(
    network: Network, loss: int, parameters: Parameters, batches: Batches, work: Pass, first: int, count: int
) -> None:
    """Add to the gradient that of the mean loss over order[first : first+count], a block of rows after the other."""
    params = parameters.values
    grads = parameters.grads
    last = network.size - 1
    lowest = lowest_trained(network)
    for begin in range(first, first + count, BLOCK):
        rows = min(BLOCK, first + count - begin)
        height = np.uint64(rows)
        input_starts(batches, begin, height, work.starts)
        forward_block(network, params, batches.flat, height, work)
        output_delta_rows(network[last], loss, batches, work, height * network[last].values, begin, rows, 1.0 / count)
        for k in range(last, lowest - 1, -1):
            layer = network[k]
            start = height * layer.values
            below = height * network[k - 1].values if k > 0 else ZERO
            if k == 0:
                input_starts(batches, begin, height, work.starts)
            else:
                evenly_spaced(work.starts, below, layer.fan_in, height)
            source = VectorRows(batches.flat if k == 0 else work.h, work.starts, height, layer.fan_in)
            parameter_grad_rows(layer, source, work.deltas, start, grads)
            if k > lowest:
                activation = network[k - 1].activation
                input_grad_rows(layer, params, height, start, below, work)
                activate_grad_rows(activation, work.slopes, work.h, work.deltas, below, layer.fan_in, height)
