"""Losses, each beside its gradient, by row of a flat buffer for training and by matrix for the formulas.

A row's loss is the mean over its columns (cross-entropy: over the classes' probabilities, one number a row by itself),
so the mean over rows is PyTorch's "mean" reduction.
"""

import math
from dataclasses import dataclass

import numpy as np

from pyfuncs.kernels.activations import SIGMOID
from pyfuncs.kernels.arrays import Index, Matrix, Vector
from pyfuncs.kernels.exponential import exp
from pyfuncs.kernels.jit import inlined, kernel, without_refcounts
from pyfuncs.kernels.metrics import largest

MSE, L1, BCE, CROSS_ENTROPY = range(4)
SIGMOID_BCE = 4  # bce behind a sigmoid, whose gradients are taken together; see `joined`


@dataclass(frozen=True)
class Loss:
    """A loss as training and formulas know it; `code` is what the kernels branch on."""

    code: int
    takes: str = "numbers"
    """What the last layer must give: numbers, probabilities, or logits with the softmax inside the loss."""


LOSSES = {
    "mse": Loss(MSE),
    "l1": Loss(L1),
    "bce": Loss(BCE, takes="probabilities"),
    "cross_entropy": Loss(CROSS_ENTROPY, takes="logits"),
}

NONE, SUM, MEAN = range(3)
REDUCTIONS = {"mean": MEAN, "sum": SUM, "none": NONE}

# PyTorch's bounds: the logarithm in the loss, and p·(1-p) in its gradient.
LOG_FLOOR = -100.0
VARIANCE_FLOOR = 1e-12


@inlined
def mse_scalar(output: float, target: float) -> float:
    """Return the squared error; there is no half in front, as in PyTorch and in the lesson."""
    return (output - target) * (output - target)


@inlined
def mse_grad_scalar(output: float, target: float) -> float:
    """Return the derivative of the squared error by the output."""
    return 2.0 * (output - target)


@inlined
def l1_grad_scalar(output: float, target: float) -> float:
    """Return the sign of the error, 0 where there is none, NaN where it is NaN."""
    error = output - target
    return 1.0 if error > 0.0 else -1.0 if error < 0.0 else error


@inlined
def bce_scalar(output: float, target: float) -> float:
    """Return the binary cross-entropy of a probability, each logarithm at least -100."""
    log_p = max(math.log(output), LOG_FLOOR) if output > 0.0 else LOG_FLOOR if output == 0.0 else math.nan
    log_q = max(math.log1p(-output), LOG_FLOOR) if output < 1.0 else LOG_FLOOR if output == 1.0 else math.nan
    return -(target * log_p + (1.0 - target) * log_q)


@inlined
def bce_grad_scalar(output: float, target: float) -> float:
    """Return the derivative of the binary cross-entropy by the probability."""
    return (output - target) / max(output * (1.0 - output), VARIANCE_FLOOR)


@inlined
def joined(loss: int, activation: int) -> int:
    """Return SIGMOID_BCE where the last layer's activation and the loss are to be one step backward, else the loss.

    The product of the two gradients is output - target, a form that stays right where the sigmoid rounds to 0 or 1.
    """
    return SIGMOID_BCE if loss == BCE and activation == SIGMOID else loss


@inlined
def loss_row(loss: int, values: Vector, start: Index, width: Index, targets: Matrix, row: Index) -> float:
    """Return one row's loss for the outputs values[start : start+width]."""
    total = 0.0
    if loss == CROSS_ENTROPY:
        top = largest(values, start, width)
        peak = values[start + top]
        others = 0.0
        for j in range(width):
            if j != top:
                others += exp(values[start + j] - peak)
        log_others = math.log1p(others)
        for j in range(width):
            if targets[row, j] != 0.0:
                total += targets[row, j] * ((peak - values[start + j]) + log_others)
        return total
    for j in range(width):
        if loss == MSE:
            total += mse_scalar(values[start + j], targets[row, j])
        elif loss == L1:
            total += abs(values[start + j] - targets[row, j])
        else:
            total += bce_scalar(values[start + j], targets[row, j])
    return total / width


@inlined
def loss_row_grad(
    loss: int, values: Vector, deltas: Vector, start: Index, width: Index, targets: Matrix, row: Index, scale: float
) -> None:
    """Fill deltas[start : start+width] with scale times the gradient of the row's loss by its outputs.

    For SIGMOID_BCE it is the gradient by what goes into the sigmoid.
    """
    if loss == MSE:
        factor = scale / width
        for j in range(width):
            deltas[start + j] = factor * mse_grad_scalar(values[start + j], targets[row, j])
    else:
        loss_row_grad_other(loss, values, deltas, start, width, targets, row, scale)


@without_refcounts
def loss_row_grad_other(
    loss: int, values: Vector, deltas: Vector, start: Index, width: Index, targets: Matrix, row: Index, scale: float
) -> None:
    """Do as `loss_row_grad` for all losses but mse, which alone is worth a copy in every caller."""
    if loss == CROSS_ENTROPY:
        peak = values[start + largest(values, start, width)]
        total = 0.0
        mass = 0.0
        for j in range(width):
            deltas[start + j] = exp(values[start + j] - peak)
            total += deltas[start + j]
            mass += targets[row, j]
        for j in range(width):
            deltas[start + j] = scale * (mass * deltas[start + j] / total - targets[row, j])
        return
    factor = scale / width
    for j in range(width):
        if loss == SIGMOID_BCE:
            deltas[start + j] = factor * (values[start + j] - targets[row, j])
        elif loss == L1:
            deltas[start + j] = factor * l1_grad_scalar(values[start + j], targets[row, j])
        else:
            deltas[start + j] = factor * bce_grad_scalar(values[start + j], targets[row, j])


@kernel
def reduced_loss(loss: int, inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the loss of every row (n×1) for NONE, their sum over all elements or their mean (1×1) for SUM and MEAN."""
    n = inputs.shape[0]
    width = np.uint64(inputs.shape[1])
    flat = inputs.reshape(inputs.size)
    rows = np.empty((n, 1))
    for i in range(n):
        rows[i, 0] = loss_row(loss, flat, np.uint64(i) * width, width, target, i)
    if reduction == NONE:
        return rows
    total = np.zeros((1, 1))
    for i in range(n):
        total[0, 0] += rows[i, 0]
    if reduction == MEAN:
        total[0, 0] /= n
    elif loss != CROSS_ENTROPY:
        total[0, 0] *= width
    return total


@kernel
def reduced_loss_grad(loss: int, inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the gradient of `reduced_loss` by inputs, n×width (for NONE, of each row's own loss)."""
    n = inputs.shape[0]
    width = np.uint64(inputs.shape[1])
    scale = 1.0
    if reduction == MEAN:
        scale = 1.0 / n
    elif reduction == SUM and loss != CROSS_ENTROPY:
        scale = float(width)
    flat = inputs.reshape(inputs.size)
    result = np.empty(inputs.size)
    for i in range(n):
        loss_row_grad(loss, flat, result, np.uint64(i) * width, width, target, i, scale)
    return result.reshape(inputs.shape)


@kernel
def mse_loss(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the mean squared error of inputs against target, reduced as asked."""
    return reduced_loss(MSE, inputs, target, reduction)


@kernel
def mse_loss_grad(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the gradient of the mean squared error by inputs."""
    return reduced_loss_grad(MSE, inputs, target, reduction)


@kernel
def l1_loss(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the mean absolute error of inputs against target, reduced as asked."""
    return reduced_loss(L1, inputs, target, reduction)


@kernel
def l1_loss_grad(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the gradient of the mean absolute error by inputs; 0 where the error is 0."""
    return reduced_loss_grad(L1, inputs, target, reduction)


@kernel
def bce_loss(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the binary cross-entropy of the probabilities inputs against target, reduced as asked."""
    return reduced_loss(BCE, inputs, target, reduction)


@kernel
def bce_loss_grad(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the gradient of the binary cross-entropy by the probabilities."""
    return reduced_loss_grad(BCE, inputs, target, reduction)


@kernel
def cross_entropy(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the cross-entropy of the softmax of inputs (logits) against target probabilities, reduced as asked."""
    return reduced_loss(CROSS_ENTROPY, inputs, target, reduction)


@kernel
def cross_entropy_grad(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
    """Return the gradient of the cross-entropy by inputs."""
    return reduced_loss_grad(CROSS_ENTROPY, inputs, target, reduction)
