"""A network of a single unit (linear or logistic regression) under plain SGD, one row a step: all in one pass.

Here the general way spends more on finding out what to do than on doing it.
"""

import numpy as np

from pyfuncs.kernels.activations import activate, activate_grad
from pyfuncs.kernels.arrays import ONE, ZERO, Matrix, Order, Vector
from pyfuncs.kernels.jit import borrowing
from pyfuncs.kernels.losses import SIGMOID_BCE, joined, loss_row_grad
from pyfuncs.kernels.network import Network, strided_dot
from pyfuncs.kernels.optimizers import LR, SGD, WEIGHT_DECAY


@borrowing
def is_unit(network: Network, optimizer: int) -> bool:
    """Tell whether `sgd_by_rows` can train the network."""
    return network.size == 1 and network[0].fan_out == ONE and optimizer == SGD


@borrowing
def sgd_by_rows(
    network: Network,
    params: Vector,
    inputs: Vector,
    targets: Matrix,
    rows: Order,
    first: int,
    stop: int,
    loss: int,
    hyper: Vector,
    values: Vector,
    deltas: Vector,
) -> None:
    """Take one step for each of rows[first:stop]: the same bits as the general way, but no gradient is kept."""
    unit = network[0]
    fan_in = unit.fan_in
    weight = unit.weight
    activation = unit.activation
    trains_weight = unit.trains_weight
    trains_bias = unit.has_bias and unit.trains_bias
    loss = joined(loss, activation)
    lr = hyper[LR]
    decay = hyper[WEIGHT_DECAY]
    for r in range(first, stop):
        row = np.uint64(rows[r])
        begin = row * fan_in
        bias = params[unit.bias] if unit.has_bias else 0.0
        values[ZERO] = strided_dot(bias, inputs, begin, fan_in, params, weight, ONE)
        activate(activation, values, ZERO, ONE)
        loss_row_grad(loss, values, deltas, ZERO, ONE, targets, row, 1.0)
        if loss != SIGMOID_BCE:
            activate_grad(activation, values, deltas, ZERO, ONE)
        delta = deltas[ZERO]
        if trains_weight:
            for i in range(fan_in):
                params[weight + i] -= lr * (inputs[begin + i] * delta + decay * params[weight + i])
        if trains_bias:
            params[unit.bias] -= lr * (delta + decay * bias)
