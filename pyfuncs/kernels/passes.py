"""What a forward and a backward pass through a network work on, each made once for a whole training run."""

from typing import NamedTuple

import numpy as np

from pyfuncs.kernels.arrays import Matrix, Order, Places, Ranges, Vector, aligned_copy
from pyfuncs.kernels.jit import kernel
from pyfuncs.kernels.network import BLOCK, Network, batched_from, block_size, trained_ranges, values_width
from pyfuncs.kernels.optimizers import MOST_SHARED


class Rules(NamedTuple):
    """What training does with a batch: the codes of loss and optimizer, and the optimizer's settings."""

    loss: int
    optimizer: int
    hyper: Vector


class Batches(NamedTuple):
    """The rows to train on, and the order in which each epoch takes them."""

    inputs: Matrix
    flat: Vector
    """The inputs, row after row, in the same memory."""
    targets: Matrix
    rows: Order
    """The training rows, in the sheet's order."""
    batch_size: int
    shuffles: bool
    seed: int
    order: Order
    """The training rows in the order of the epoch `ordered`."""
    ordered: Order
    """One number: the epoch that `order` belongs to, -1 for none."""


class Parameters(NamedTuple):
    """Everything a step changes: the parameters, their gradient and the optimizer's memory.

    `state` has one row a slot, `shared` the numbers that belong to all parameters together.
    """

    values: Vector
    grads: Vector
    state: Matrix
    shared: Vector


class Pass(NamedTuple):
    """Room for a block of rows, and for what every layer makes of them.

    h holds the outputs, deltas the gradients by outputs or pre-activations, slopes the derivatives of activations that
    the outputs do not tell, at the same places.
    """

    block: Vector
    """The inputs, one feature after the other, in a narrow network; in another the transpose of a layer's weight."""
    starts: Places
    """Where the rows begin that a product takes."""
    slopes: Vector
    h: Vector
    deltas: Vector
    trained: Ranges
    """Where the parameters that train lie."""


@kernel
def room_for(network: Network, rows: int) -> Pass:
    """Return the room that a pass over batches of so many rows takes."""
    rows = min(rows, BLOCK) if rows >= batched_from(network) else 1
    size = rows * values_width(network)
    block = np.empty(block_size(network, rows))
    starts = np.empty(rows, np.uint64)
    return Pass(block, starts, np.empty(size), np.empty(size), np.empty(size), trained_ranges(network))


def batches_of(
    inputs: Matrix, targets: Matrix, rows: Order, batch_size: int, *, shuffles: bool = False, seed: int = 0
) -> Batches:
    """Return batches of `rows` of inputs (n×in) and targets (n×out); a size above their number means all of them."""
    size = min(batch_size, rows.size)
    order = np.empty(rows.size, np.int64)
    return Batches(inputs, inputs.reshape(-1), targets, rows, size, shuffles, seed, order, np.full(1, -1))


def parameters_of(params: Vector, slots: int) -> Parameters:
    """Return parameters, which training changes in place, with a gradient of 0 and an empty memory."""
    return Parameters(
        params, aligned_copy(np.zeros(params.size)), np.zeros((slots, params.size)), np.zeros(MOST_SHARED)
    )
