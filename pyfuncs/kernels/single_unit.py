"""A network of a single unit (linear or logistic regression) under plain SGD, one row a step: all in one pass.

The general loop spends more on finding out what to do than on doing it.
"""

import numpy as np

from pyfuncs.kernels.activations import IDENTITY, activate, activate_grad
from pyfuncs.kernels.arrays import ONE, ZERO, Index, Vector
from pyfuncs.kernels.jit import without_refcounts
from pyfuncs.kernels.losses import MSE, SIGMOID_BCE, joined, loss_row_grad, mse_grad_scalar
from pyfuncs.kernels.network import Network
from pyfuncs.kernels.optimizers import LR, SGD, WEIGHT_DECAY, decayed
from pyfuncs.kernels.passes import Batches, Pass
from pyfuncs.kernels.rows import strided_dot


@without_refcounts
def is_unit(network: Network, optimizer: int) -> bool:
    """Tell whether `sgd_by_rows` can train the network."""
    return network.size == 1 and network[0].fan_out == ONE and optimizer == SGD


@without_refcounts
def unit_delta(activation: int, loss: int, output: float, batches: Batches, row: Index, work: Pass) -> float:
    """Return the gradient of one row's loss by the pre-activation of a unit."""
    loss = joined(loss, activation)
    work.h[ZERO] = output
    activate(activation, work.z, work.h, ZERO, ONE)
    loss_row_grad(loss, work.h, work.deltas, ZERO, ONE, batches.targets, row, 1.0)
    if loss != SIGMOID_BCE:
        activate_grad(activation, work.z, work.h, work.deltas, ZERO, ONE)
    return work.deltas[ZERO]


@without_refcounts
def sgd_by_rows(
    network: Network, loss: int, hyper: Vector, params: Vector, batches: Batches, work: Pass, first: Index, stop: Index
) -> None:
    """Take one step for each of order[first:stop]: the same bits as by `run_steps`, but no gradient is kept."""
    unit = network[0]
    fan_in = unit.fan_in
    weight = unit.weight
    activation = unit.activation
    trains_weight = unit.trains_weight
    trains_bias = unit.has_bias and unit.trains_bias
    has_bias = unit.has_bias
    at_bias = unit.bias
    is_plain = activation == IDENTITY and loss == MSE
    inputs = batches.flat
    lr = hyper[LR]
    decay = hyper[WEIGHT_DECAY]
    for r in range(first, stop):
        row = np.uint64(batches.order[r])
        begin = row * fan_in
        bias = params[at_bias] if has_bias else 0.0
        output = strided_dot(bias, inputs, begin, fan_in, params, weight, ONE)
        # Written out for the linear model, which has to wait for this at every step.
        if is_plain:
            delta = mse_grad_scalar(output, batches.targets[row, ZERO])
        else:
            delta = unit_delta(activation, loss, output, batches, row, work)
        if trains_weight:
            for i in range(fan_in):
                params[weight + i] -= lr * decayed(inputs[begin + i] * delta, decay, params[weight + i])
        if trains_bias:
            params[at_bias] -= lr * decayed(delta, decay, bias)
