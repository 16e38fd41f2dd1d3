"""The same forward and backward pass for large batches, a layer at a time, each product one BLAS call."""

from typing import Any

import numpy as np

from pyfuncs.kernels.activations import activate_grad_rows, activate_rows
from pyfuncs.kernels.arrays import Index, Matrix, Order, Vector
from pyfuncs.kernels.jit import borrowing, kernel
from pyfuncs.kernels.losses import SIGMOID_BCE, joined, loss_row_grad
from pyfuncs.kernels.network import Network


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
def forward_batch(network: Network, params: Vector, inputs: Matrix, values: Vector) -> None:
    """Fill values with every layer's outputs for all rows of inputs."""
    rows = inputs.shape[0]
    source = inputs
    for k in range(network.size):
        output = layer_view(network, values, k, rows)
        np.dot(source, weight_view(network, params, k), output)
        if network[k].has_bias:
            for i in range(rows):
                for j in range(output.shape[1]):
                    output[i, j] += params[network[k].bias + np.uint64(j)]
        height = np.uint64(rows)
        activate_rows(network[k].activation, values, height * network[k].values, network[k].fan_out, height)
        source = output


@borrowing
def output_delta_rows(
    layer: Any,
    loss: int,
    values: Vector,
    deltas: Vector,
    start: Index,
    targets: Matrix,
    rows: Order,
    first: Index,
    count: Index,
    scale: float,
) -> None:
    """Fill deltas with scale times the gradient of each row's loss by the last layer's pre-activations."""
    loss = joined(loss, layer.activation)
    at = start
    for i in range(first, first + count):
        loss_row_grad(loss, values, deltas, at, layer.fan_out, targets, np.uint64(rows[i]), scale)
        at += layer.fan_out
    if loss != SIGMOID_BCE:
        activate_grad_rows(layer.activation, values, deltas, start, layer.fan_out, np.uint64(count))


@kernel
def gradient_by_layers(
    network: Network,
    params: Vector,
    inputs: Matrix,
    targets: Matrix,
    rows: Order,
    first: Index,
    count: int,
    loss: int,
    lowest: int,
    batch: Matrix,
    values: Vector,
    deltas: Vector,
    grads: Vector,
) -> None:
    """Fill grads with the gradient of the mean loss over rows[first : first+count], one layer after the other."""
    last = network.size - 1
    height = np.uint64(count)
    gathered = batch[:count]
    for i in range(count):
        for j in range(inputs.shape[1]):
            gathered[i, j] = inputs[rows[first + i], j]
    forward_batch(network, params, gathered, values)
    at = height * network[last].values
    output_delta_rows(network[last], loss, values, deltas, at, targets, rows, first, count, 1.0 / count)
    for k in range(last, lowest - 1, -1):
        delta = layer_view(network, deltas, k, count)
        source = layer_view(network, values, k - 1, count) if k > 0 else gathered
        if network[k].trains_weight:
            np.dot(source.T, delta, weight_view(network, grads, k))
        if network[k].has_bias and network[k].trains_bias:
            bias = np.int64(network[k].bias)
            grads[bias : bias + delta.shape[1]] = 0.0
            for i in range(count):
                for j in range(delta.shape[1]):
                    grads[bias + j] += delta[i, j]
        if k > lowest:
            below = layer_view(network, deltas, k - 1, count)
            np.dot(delta, weight_view(network, params, k).T, below)
            lower = network[k - 1]
            activate_grad_rows(lower.activation, values, deltas, height * lower.values, lower.fan_out, height)
