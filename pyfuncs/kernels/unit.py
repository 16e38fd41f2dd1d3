"""A network of a single unit (linear or logistic regression) under plain SGD, one row a step: all in one pass.

Here the general way spends more on finding out what to do than on doing it.
"""

import numpy as np

from pyfuncs.kernels.activations import IDENTITY, activate, activate_grad
from pyfuncs.kernels.arrays import ONE, ZERO, Index, Matrix, Order, Vector
from pyfuncs.kernels.jit import borrowing
from pyfuncs.kernels.losses import MSE, SIGMOID_BCE, joined, loss_row_grad, mse_grad_scalar
from pyfuncs.kernels.network import Network
from pyfuncs.kernels.optimizers import LR, SGD, WEIGHT_DECAY, decayed
from pyfuncs.kernels.rows import strided_dot


@borrowing
def is_unit(network: Network, optimizer: int) -> bool:
    """Tell whether `sgd_by_rows` can train the network."""
    return network.size == 1 and network[0].fan_out == ONE and optimizer == SGD


@borrowing
def unit_delta(
    activation: int, loss: int, output: float, targets: Matrix, row: Index, values: Vector, deltas: Vector
) -> float:
    """Return the gradient of one row's loss by the pre-activation of a unit."""
    loss = joined(loss, activation)
    values[ZERO] = output
    activate(activation, values, ZERO, ONE)
    loss_row_grad(loss, values, deltas, ZERO, ONE, targets, row, 1.0)
    if loss != SIGMOID_BCE:
        activate_grad(activation, values, deltas, ZERO, ONE)
    return deltas[ZERO]


@borrowing
def sgd_by_rows(
    network: Network,
    params: Vector,
    inputs: Vector,
    targets: Matrix,
    rows: Order,
    first: Index,
    stop: Index,
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
    has_bias = unit.has_bias
    at_bias = unit.bias
    is_plain = activation == IDENTITY and loss == MSE
    lr = hyper[LR]
    decay = hyper[WEIGHT_DECAY]
    for r in range(first, stop):
        row = np.uint64(rows[r])
        begin = row * fan_in
        bias = params[at_bias] if has_bias else 0.0
        output = strided_dot(bias, inputs, begin, fan_in, params, weight, ONE)
        # Written out for the linear model, which has to wait for this at every step.
        if is_plain:
            delta = mse_grad_scalar(output, targets[row, ZERO])
        else:
            delta = unit_delta(activation, loss, output, targets, row, values, deltas)
        if trains_weight:
            for i in range(fan_in):
                params[weight + i] -= lr * decayed(inputs[begin + i] * delta, decay, params[weight + i])
        if trains_bias:
            params[at_bias] -= lr * decayed(delta, decay, bias)
