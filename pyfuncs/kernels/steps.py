"""The training loop: one kernel serves a Step, an Epoch and a long run, so all of them give the same bits."""

import numpy as np

from pyfuncs.kernels.arrays import Matrix, Order, Ranges, Vector
from pyfuncs.kernels.batched import gradient_by_layers
from pyfuncs.kernels.blocks import gradient_by_blocks
from pyfuncs.kernels.jit import inlined, kernel, without_refcounts
from pyfuncs.kernels.network import Network, batched_from, is_narrow
from pyfuncs.kernels.optimizers import (
    BASE_LR,
    LR,
    NEEDING_LOSS,
    SCHEDULE,
    SCHEDULE_EPOCHS,
    SCHEDULE_GAMMA,
    SGD,
    begin_step,
    update,
)
from pyfuncs.kernels.passes import Batches, Parameters, Pass, Rules
from pyfuncs.kernels.random import shuffle_in_place
from pyfuncs.kernels.rows import gradient_by_rows, loss_by_rows, sgd_by_rows
from pyfuncs.kernels.schedules import scheduled
from pyfuncs.kernels.single_unit import is_unit, sgd_on_unit


@kernel
def steps_per_epoch(rows: int, batch_size: int) -> int:
    """Return how many batches an epoch has; the last one may be smaller."""
    return (rows + batch_size - 1) // batch_size


@kernel
def order_epoch(rows: Order, shuffles: bool, seed: int, epoch: int, order: Order) -> None:
    """Fill `order` with the rows in the order in which the epoch visits them."""
    for i in range(rows.size):
        order[i] = rows[i]
    if shuffles:
        shuffle_in_place(order, seed, epoch)


@inlined
def begin_epoch(hyper: Vector, batches: Batches, shuffles: bool, epoch: int) -> None:
    """Put the rows into the order of an epoch, and its learning rate into the settings."""
    order_epoch(batches.rows, shuffles, batches.seed, epoch, batches.order)
    batches.ordered[0] = epoch
    hyper[LR] = scheduled(int(hyper[SCHEDULE]), hyper[BASE_LR], epoch, hyper[SCHEDULE_EPOCHS], hyper[SCHEDULE_GAMMA])


@inlined
def clear(grads: Vector, trained: Ranges) -> None:
    """Set the gradients of the parameters that train to 0; `trained` holds a row start | stop for each run of them."""
    for r in range(trained.shape[0]):
        for i in range(trained[r, 0], trained[r, 1]):
            grads[i] = 0.0


@inlined
def step_by_gradient(
    network: Network,
    rules: Rules,
    parameters: Parameters,
    batches: Batches,
    work: Pass,
    step: int,
    narrow: bool,
    smallest_batched: int,
) -> None:
    """Take a step of the present epoch and keep its gradient."""
    values = parameters.values
    grads = parameters.grads
    trained = work.trained
    batch_loss = 0.0
    first = step * batches.batch_size
    rows = min(batches.batch_size, batches.rows.size - first)
    clear(grads, trained)
    if rows < smallest_batched:
        gradient_by_rows(network, rules.loss, parameters, batches, work, first, rows)
    elif narrow:
        gradient_by_blocks(network, rules.loss, parameters, batches, work, first, rows)
    else:
        gradient_by_layers(network, rules.loss, parameters, batches, work, first, rows)
    if rules.optimizer in NEEDING_LOSS:
        # Few optimizers ask for the loss, so the others do not pay for it.
        batch_loss = loss_by_rows(network, rules.loss, values, batches, work, first, rows)
    begin_step(rules.optimizer, rules.hyper, parameters.shared, batch_loss)
    for r in range(trained.shape[0]):
        start, stop = trained[r, 0], trained[r, 1]
        update(rules.optimizer, rules.hyper, values, grads, parameters.state, parameters.shared, start, stop)


@without_refcounts
def run_steps(
    network: Network,
    rules: Rules,
    parameters: Parameters,
    batches: Batches,
    work: Pass,
    epoch: int,
    step: int,
    count: int,
) -> None:
    """Take `count` steps in place, from step `step` (from 0) of epoch `epoch` on, over as many epochs as it takes."""
    narrow = is_narrow(network)
    smallest_batched = batched_from(network)
    per_epoch = steps_per_epoch(batches.rows.size, batches.batch_size)
    # A single batch has the same rows in any order.
    shuffles = batches.shuffles and per_epoch > 1
    in_one_pass = batches.batch_size == 1 and rules.optimizer == SGD
    unit = is_unit(network)
    while count > 0:
        if batches.ordered[0] != epoch:
            begin_epoch(rules.hyper, batches, shuffles, epoch)
        # All but the last of the call, for that one's gradient is kept.
        stop = min(step + count - 1, per_epoch) if in_one_pass else step
        if unit:
            sgd_on_unit(network, rules, parameters.values, batches, work, step, stop)
        else:
            sgd_by_rows(network, rules, parameters, batches, work, step, stop)
        count -= stop - step
        step = stop
        if step < per_epoch:
            step_by_gradient(network, rules, parameters, batches, work, step, narrow, smallest_batched)
            step += 1
            count -= 1
        if step == per_epoch:
            step = 0
            epoch += 1


@kernel
def batch_mask(rows: Order, total: int, batch_size: int, shuffles: bool, seed: int, epoch: int, step: int) -> Matrix:
    """Return a total×1 mask with 1 at the rows of the given step's batch."""
    order = np.empty(rows.size, np.int64)
    order_epoch(rows, shuffles, seed, epoch, order)
    mask = np.zeros((total, 1))
    first = step * batch_size
    for i in range(first, min(first + batch_size, rows.size)):
        mask[order[i], 0] = 1.0
    return mask
