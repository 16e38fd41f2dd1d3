"""The training loop: one kernel serves a Step, an Epoch and a long run, so all of them give the same bits."""

from typing import NamedTuple

import numpy as np

from pyfuncs.kernels.arrays import Matrix, Order, Vector
from pyfuncs.kernels.batched import gradient_by_layers
from pyfuncs.kernels.jit import kernel
from pyfuncs.kernels.network import Network, batched_from, gradient_by_rows, lowest_trained, values_width
from pyfuncs.kernels.optimizers import update
from pyfuncs.kernels.random import shuffle


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
    """Everything a step changes: the parameters, their gradient and the optimizer's state, one row a slot."""

    values: Vector
    grads: Vector
    state: Matrix


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
    if shuffles:
        shuffle(order, seed, epoch)
        for i in range(rows.size):
            order[i] = rows[order[i]]
    else:
        order[:] = rows


@kernel
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
    # Every field is taken out once: doing so at each step would count references longer than a small batch takes.
    inputs = batches.inputs
    targets = batches.targets
    order = batches.order
    values = parameters.values
    grads = parameters.grads
    state = parameters.state
    batch = work.batch
    row_values = work.values
    deltas = work.deltas
    flat = inputs.reshape(inputs.size)
    batch_size = batches.batch_size
    dealt = batches.dealt
    lowest = lowest_trained(network)
    smallest_batched = batched_from(network)
    n = batches.rows.size
    per_epoch = steps_per_epoch(n, batch_size)
    for _ in range(count):
        if dealt[0] != epoch:
            deal(batches.rows, batches.shuffles, batches.seed, epoch, order)
            dealt[0] = epoch
        first = step * batch_size
        rows = min(batch_size, n - first)
        if rows >= smallest_batched:
            gradient_by_layers(
                network, values, inputs, targets, order, first, rows, loss, lowest, batch, row_values, deltas, grads
            )
        else:
            gradient_by_rows(
                network, values, flat, targets, order, first, rows, loss, lowest, row_values, deltas, grads
            )
        for k in range(network.size):
            layer = network[k]
            if layer.trains_weight:
                size = layer.fan_in * layer.fan_out
                update(optimizer, hyper, values, grads, state, layer.weight, layer.weight + size)
            if layer.has_bias and layer.trains_bias:
                update(optimizer, hyper, values, grads, state, layer.bias, layer.bias + layer.fan_out)
        step += 1
        if step == per_epoch:
            step = 0
            epoch += 1


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
    parameters = Parameters(params, np.zeros(params.size), np.zeros((slots, params.size)))
    batches = Batches(inputs, targets, rows, batch_size, shuffles, seed, np.empty(rows.size, np.int64), np.full(1, -1))
    work = Workspace(np.empty((room, inputs.shape[1])), np.empty(room * width), np.empty(room * width))
    return Run(parameters, batches, work)
