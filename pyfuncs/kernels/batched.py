"""The same forward and backward pass for large batches, a layer at a time, each product one BLAS call."""

from typing import Any

import numpy as np

from pyfuncs.kernels.activations import activate_grad_rows, activate_rows
from pyfuncs.kernels.arrays import Index, Matrix, Vector
from pyfuncs.kernels.jit import inlined, kernel
from pyfuncs.kernels.losses import SIGMOID_BCE, joined, loss_row_grad
from pyfuncs.kernels.network import Network, lowest_trained
from pyfuncs.kernels.passes import Batches, Parameters, Pass


@kernel
def weight_view(network: Network, params: Vector, k: int) -> Matrix:
    """Return layer k's weight as a matrix that shares memory with params."""
    start = np.int64(network[k].weight)
    fan_in = np.int64(network[k].fan_in)
    fan_out = np.int64(network[k].fan_out)
    return params[start : start + fan_in * fan_out].reshape((fan_in, fan_out))


@kernel
def layer_view(network: Network, buffer: Vector, k: int, rows: Index) -> Matrix:
    """Return layer k's outputs for a batch of `rows` rows as a matrix that shares memory with buffer."""
    start = rows * np.int64(network[k].values)
    width = np.int64(network[k].fan_out)
    return buffer[start : start + rows * width].reshape((rows, width))


@kernel
def forward_batch(network: Network, params: Vector, inputs: Matrix, z: Vector, h: Vector) -> None:
    """Fill h with every layer's outputs for all rows of inputs, and z as `activate` does."""
    rows = inputs.shape[0]
    source = inputs
    for k in range(network.size):
        linear = layer_view(network, h, k, rows)
        np.dot(source, weight_view(network, params, k), linear)
        if network[k].has_bias:
            for i in range(rows):
                for j in range(linear.shape[1]):
                    linear[i, j] += params[network[k].bias + np.uint64(j)]
        height = np.uint64(rows)
        activate_rows(network[k].activation, z, h, height * network[k].values, network[k].fan_out, height)
        source = linear


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
        activate_grad_rows(layer.activation, work.z, work.h, work.deltas, start, layer.fan_out, height)


@kernel
def gradient_by_layers(
    network: Network, loss: int, parameters: Parameters, batches: Batches, work: Pass, first: Index, count: int
) -> None:
    """Fill the gradient with that of the mean loss over order[first : first+count], one layer after the other."""
    params = parameters.values
    grads = parameters.grads
    last = network.size - 1
    lowest = lowest_trained(network)
    height = np.uint64(count)
    gathered = work.batch[:count]
    for i in range(count):
        for j in range(batches.inputs.shape[1]):
            gathered[i, j] = batches.inputs[batches.order[first + i], j]
    forward_batch(network, params, gathered, work.z, work.h)
    at = height * network[last].values
    output_delta_rows(network[last], loss, batches, work, at, first, count, 1.0 / count)
    for k in range(last, lowest - 1, -1):
        delta = layer_view(network, work.deltas, k, count)
        source = layer_view(network, work.h, k - 1, count) if k > 0 else gathered
        if network[k].trains_weight:
            np.dot(source.T, delta, weight_view(network, grads, k))
        if network[k].has_bias and network[k].trains_bias:
            bias = np.int64(network[k].bias)
            grads[bias : bias + delta.shape[1]] = 0.0
            for i in range(count):
                for j in range(delta.shape[1]):
                    grads[bias + j] += delta[i, j]
        if k > lowest:
            below = layer_view(network, work.deltas, k - 1, count)
            np.dot(delta, weight_view(network, params, k).T, below)
            lower = network[k - 1]
            start = height * lower.values
            activate_grad_rows(lower.activation, work.z, work.h, work.deltas, start, lower.fan_out, height)
