"""What one asks of a network: predictions, loss, accuracy, the gradient by backpropagation or finite differences."""

import numpy as np

from pyfuncs.kernels.arrays import Matrix, Order, Vector
from pyfuncs.kernels.batched import forward_block
from pyfuncs.kernels.jit import kernel
from pyfuncs.kernels.losses import loss_row
from pyfuncs.kernels.metrics import row_is_right
from pyfuncs.kernels.network import BLOCK, WIDE_BLOCKS_FROM, Network, is_narrow, values_width
from pyfuncs.kernels.optimizers import HYPERPARAMETERS, NO_OPTIMIZER
from pyfuncs.kernels.passes import Rules, batches_of, parameters_of, room_for
from pyfuncs.kernels.products import evenly_spaced
from pyfuncs.kernels.rows import forward_row
from pyfuncs.kernels.steps import run_steps


@kernel
def predict(network: Network, params: Vector, inputs: Matrix) -> Matrix:
    """Return the network's outputs for every row of inputs."""
    n = inputs.shape[0]
    last = network.size - 1
    width = np.int64(network[last].fan_out)
    result = np.empty((n, width))
    flat = inputs.reshape(inputs.size)
    if n >= WIDE_BLOCKS_FROM and not is_narrow(network):
        work = room_for(network, n)
        for first in range(0, n, BLOCK):
            rows = min(BLOCK, n - first)
            evenly_spaced(work.starts, np.uint64(first * inputs.shape[1]), network[0].fan_in, np.uint64(rows))
            forward_block(network, params, flat, np.uint64(rows), work)
            start = rows * np.int64(network[last].values)
            result[first : first + rows] = work.h[start : start + rows * width].reshape((rows, width))
        return result
    slopes = np.empty(values_width(network))
    h = np.empty(slopes.size)
    start = np.int64(network[last].values)
    for i in range(n):
        forward_row(network, params, flat, np.uint64(i * inputs.shape[1]), slopes, h)
        for j in range(width):
            result[i, j] = h[start + j]
    return result


@kernel
def evaluate(
    network: Network, params: Vector, inputs: Matrix, targets: Matrix, rows: Order, loss: int, threshold: float
) -> tuple[float, float]:
    """Return the mean loss over the given rows and the share of them classified as their target."""
    output = predict(network, params, inputs)
    width = np.uint64(output.shape[1])
    flat = output.reshape(output.size)
    total = 0.0
    right = 0
    for i in range(rows.size):
        row = np.uint64(rows[i])
        total += loss_row(loss, flat, row * width, width, targets, row)
        if row_is_right(flat, row * width, width, targets, row, threshold):
            right += 1
    return total / rows.size, right / rows.size


def gradient(network: Network, params: Vector, inputs: Matrix, targets: Matrix, rows: Order, loss: int) -> Vector:
    """Return the gradient of the mean loss over the given rows by every parameter that trains, 0 for the others.

    It is that of a training step over all of them, taken without an optimizer.
    """
    parameters = parameters_of(params, 0)
    batches = batches_of(inputs, targets, rows, rows.size)
    rules = Rules(loss, NO_OPTIMIZER, np.zeros(HYPERPARAMETERS))
    run_steps(network, rules, parameters, batches, room_for(network, rows.size), 0, 0, 1)
    return parameters.grads


@kernel
def numeric_gradient(
    network: Network,
    params: Vector,
    inputs: Matrix,
    targets: Matrix,
    rows: Order,
    loss: int,
    first: int,
    count: int,
) -> Vector:
    """Return the gradient of the mean loss by params[first : first+count], by central differences.

    The difference is the cube root of the machine epsilon times the parameter's size, at least that root itself.
    """
    moved = params.copy()
    result = np.empty(count)
    root = np.finfo(np.float64).eps ** (1.0 / 3.0)
    for i in range(count):
        value = params[first + i]
        difference = root * max(1.0, abs(value))
        up = value + difference
        down = value - difference
        moved[first + i] = up
        above = evaluate(network, moved, inputs, targets, rows, loss, 0.0)[0]
        moved[first + i] = down
        below = evaluate(network, moved, inputs, targets, rows, loss, 0.0)[0]
        moved[first + i] = value
        result[i] = (above - below) / (up - down)
    return result
