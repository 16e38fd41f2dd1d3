"""The training loop: one kernel serves a Step, an Epoch and a long run, so all of them give the same bits."""

from typing import NamedTuple

import numpy as np

from pyfuncs.kernels.arrays import Matrix, Order, Runs, Vector
from pyfuncs.kernels.batched import gradient_by_layers
from pyfuncs.kernels.blocks import gradient_by_blocks
from pyfuncs.kernels.jit import borrowing, kernel
from pyfuncs.kernels.network import (
    Network,
    batched_from,
    is_narrow,
    lowest_trained,
    trained_runs,
    values_width,
)
from pyfuncs.kernels.optimizers import (
    BASE_LR,
    EVE,
    LR,
    MOST_SHARED,
    SCHEDULE,
    SCHEDULE_EPOCHS,
    SCHEDULE_GAMMA,
    begin_step,
    update,
)
from pyfuncs.kernels.random import shuffle_in_place
from pyfuncs.kernels.rows import gradient_by_rows, loss_by_rows
from pyfuncs.kernels.schedules import scheduled
from pyfuncs.kernels.unit import is_unit, sgd_by_rows


class Batches(NamedTuple):
    """The rows to train on and how each epoch deals them out."""

    inputs: Matrix
    targets: Matrix
    rows: Order
    """The training rows, in the sheet's order."""
    batch_size: int
    shuffles: bool
    seed: int
    order: Order
    """The training rows in the order of the epoch named by `dealt`."""
    dealt: Order
    """One number: the epoch that `order` belongs to, -1 for none."""


class Parameters(NamedTuple):
    """Everything a step changes: the parameters, their gradient and the optimizer's memory.

    `state` has one row a slot, `shared` the numbers that belong to all parameters together.
    """

    values: Vector
    grads: Vector
    state: Matrix
    shared: Vector


class Workspace(NamedTuple):
    """Room for a batch's rows, every layer's outputs for them, and the gradients with respect to those."""

    batch: Matrix
    values: Vector
    deltas: Vector


@kernel
def steps_per_epoch(rows: int, batch_size: int) -> int:
    """Return how many batches an epoch has; the last one may be smaller."""
    return (rows + batch_size - 1) // batch_size


@kernel
def deal(rows: Order, shuffles: bool, seed: int, epoch: int, order: Order) -> None:
    """Fill `order` with the rows in the order in which the epoch visits them."""
    for i in range(rows.size):
        order[i] = rows[i]
    if shuffles:
        shuffle_in_place(order, seed, epoch)


@borrowing
def train(
    network: Network,
    runs: Runs,
    parameters: Parameters,
    batches: Batches,
    flat: Vector,
    loss: int,
    optimizer: int,
    hyper: Vector,
    work: Workspace,
    block: Vector,
    epoch: int,
    step: int,
    count: int,
) -> None:
    """Take the steps of `run_steps`; flat and block are its inputs and batch as vectors, runs what is to change."""
    values = parameters.values
    grads = parameters.grads
    targets = batches.targets
    order = batches.order
    lowest = lowest_trained(network)
    narrow = is_narrow(network)
    smallest_batched = batched_from(network)
    batch_loss = 0.0
    n = batches.rows.size
    per_epoch = steps_per_epoch(n, batches.batch_size)
    in_one_pass = batches.batch_size == 1 and is_unit(network, optimizer)
    while count > 0:
        if batches.dealt[0] != epoch:
            deal(batches.rows, batches.shuffles, batches.seed, epoch, order)
            batches.dealt[0] = epoch
            hyper[LR] = scheduled(
                int(hyper[SCHEDULE]), hyper[BASE_LR], epoch, hyper[SCHEDULE_EPOCHS], hyper[SCHEDULE_GAMMA]
            )
        if in_one_pass:
            # All but the last of the epoch or the call, which goes the general way so that its gradient is kept.
            ahead = min(count, per_epoch - step) - 1
            sgd_by_rows(
                network, values, flat, targets, order, step, step + ahead, loss, hyper, work.values, work.deltas
            )
            step += ahead
            count -= ahead
        first = step * batches.batch_size
        rows = min(batches.batch_size, n - first)
        for r in range(runs.shape[0]):
            for i in range(runs[r, 0], runs[r, 1]):
                grads[i] = 0.0
        if rows < smallest_batched:
            gradient_by_rows(
                network, values, flat, targets, order, first, rows, loss, lowest, work.values, work.deltas, grads
            )
        elif narrow:
            gradient_by_blocks(
                network, values, flat, targets, order, first, rows, loss, lowest, block, work.values, work.deltas, grads
            )
        else:
            gradient_by_layers(
                network,
                values,
                batches.inputs,
                targets,
                order,
                first,
                rows,
                loss,
                lowest,
                work.batch,
                work.values,
                work.deltas,
                grads,
            )
        if optimizer == EVE:
            # Eve alone asks for the loss, so nobody else pays for it.
            batch_loss = loss_by_rows(network, values, flat, targets, order, first, rows, loss, work.values)
        begin_step(optimizer, hyper, parameters.shared, batch_loss)
        for r in range(runs.shape[0]):
            update(optimizer, hyper, values, grads, parameters.state, parameters.shared, runs[r, 0], runs[r, 1])
        step += 1
        count -= 1
        if step == per_epoch:
            step = 0
            epoch += 1


def run_steps(
    network: Network,
    parameters: Parameters,
    batches: Batches,
    loss: int,
    optimizer: int,
    hyper: Vector,
    work: Workspace,
    epoch: int,
    step: int,
    count: int,
) -> None:
    """Take `count` steps in place, from step `step` (from 0) of epoch `epoch` on, over as many epochs as it takes."""
    # Not a kernel itself, for Numba would optimise all of `train` a second time inside it.
    runs = trained_runs(network)
    flat = batches.inputs.reshape(-1)
    block = work.batch.reshape(-1)
    train(network, runs, parameters, batches, flat, loss, optimizer, hyper, work, block, epoch, step, count)


@kernel
def batch_mask(rows: Order, total: int, batch_size: int, shuffles: bool, seed: int, epoch: int, step: int) -> Matrix:
    """Return a total×1 mask with 1 at the rows of the given step's batch."""
    order = np.empty(rows.size, np.int64)
    deal(rows, shuffles, seed, epoch, order)
    mask = np.zeros((total, 1))
    first = step * batch_size
    for i in range(first, min(first + batch_size, rows.size)):
        mask[order[i], 0] = 1.0
    return mask


class Run(NamedTuple):
    """What `run_steps` works on."""

    parameters: Parameters
    batches: Batches
    work: Workspace


def start(
    network: Network,
    params: Vector,
    inputs: Matrix,
    targets: Matrix,
    rows: Order,
    batch_size: int,
    shuffles: bool,
    seed: int,
    slots: int,
) -> Run:
    """Return all that `run_steps` needs, allocated once; `params` is changed in place, the rest is left alone.

    A batch size above the number of rows means all of them.
    """
    batch_size = min(batch_size, rows.size)
    room = batch_size if batch_size >= batched_from(network) else 1
    width = values_width(network)
    parameters = Parameters(params, np.zeros(params.size), np.zeros((slots, params.size)), np.zeros(MOST_SHARED))
    batches = Batches(inputs, targets, rows, batch_size, shuffles, seed, np.empty(rows.size, np.int64), np.full(1, -1))
    work = Workspace(np.empty((room, inputs.shape[1])), np.empty(room * width), np.empty(room * width))
    return Run(parameters, batches, work)
