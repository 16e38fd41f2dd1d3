"""A network of a single unit (linear or logistic regression) under plain SGD, one row a step: all in one pass.

The general loop spends more on finding out what to do than on doing it.
"""

import numpy as np

from pyfuncs.kernels.activations import IDENTITY, activate, activate_grad
from pyfuncs.kernels.arrays import ONE, ZERO, Index, Vector
from pyfuncs.kernels.jit import without_refcounts
from pyfuncs.kernels.losses import MSE, SIGMOID_BCE, joined, loss_row_grad, mse_grad_scalar
from pyfuncs.kernels.network import Network
from pyfuncs.kernels.optimizers import LR, WEIGHT_DECAY, sgd_step
from pyfuncs.kernels.passes import Batches, Pass, Rules
from pyfuncs.kernels.rows import strided_dot
from pyfuncs.kernels.simd import multiply_add


@without_refcounts
def is_unit(network: Network) -> bool:
    """Tell whether `sgd_on_unit` can train the network."""
    return network.size == 1 and network[0].fan_out == ONE


@without_refcounts
def unit_delta(activation: int, loss: int, output: float, batches: Batches, row: Index, work: Pass) -> float:
    """Return the gradient of one row's loss by the pre-activation of a unit."""
    loss = joined(loss, activation)
    work.h[ZERO] = output
    activate(activation, work.slopes, work.h, ZERO, ONE)
    loss_row_grad(loss, work.h, work.deltas, ZERO, ONE, batches.targets, row, 1.0)
    if loss != SIGMOID_BCE:
        activate_grad(activation, work.slopes, work.h, work.deltas, ZERO, ONE)
    return work.deltas[ZERO]


@without_refcounts
def sgd_on_unit(
    network: Network, rules: Rules, params: Vector, batches: Batches, work: Pass, first: int, stop: int
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
    inputs = batches.flat
    loss = rules.loss
    is_plain = activation == IDENTITY and loss == MSE
    lr = rules.hyper[LR]
    decay = rules.hyper[WEIGHT_DECAY]
    for r in range(first, stop):
        row = np.uint64(batches.order[r])
        begin = row * fan_in
        bias = params[at_bias] if has_bias else 0.0
        output = strided_dot(0.0, bias, inputs, begin, fan_in, params, weight, ONE)
        # Written out for the linear model, which has to wait for this at every step.
        if is_plain:
            delta = mse_grad_scalar(output, batches.targets[row, ZERO])
        else:
            delta = unit_delta(activation, loss, output, batches, row, work)
        if trains_weight:
            for i in range(fan_in):
                grad = multiply_add(inputs[begin + i], delta, 0.0)
                params[weight + i] = sgd_step(params[weight + i], grad, lr, decay)
        if trains_bias:
            params[at_bias] = sgd_step(bias, 0.0 + delta, lr, decay)
