"""Accuracy and its kin: how often the predictions are right."""

import numpy as np

from pyfuncs.kernels.arrays import ZERO, Index, Matrix, Order, Vector
from pyfuncs.kernels.jit import inlined, kernel


@inlined
def largest(values: Vector, start: Index, width: Index) -> Index:
    """Return the place (from 0) of the largest of values[start : start+width], the first of equals."""
    best: Index = ZERO
    peak = values[start]
    for j in range(width):
        if values[start + j] > peak:
            best = j
            peak = values[start + j]
    return best


@inlined
def row_is_right(values: Vector, start: Index, width: Index, targets: Matrix, row: Index, threshold: float) -> bool:
    """Tell whether a row is classified as its target.

    One column: the output lies above the threshold where the target is above a half. Several: the largest output is at
    the place of the largest target.
    """
    if width == 1:
        return (values[start] > threshold) == (targets[row, 0] > 0.5)
    best: Index = ZERO
    for j in range(width):
        if targets[row, j] > targets[row, best]:
            best = j
    return largest(values, start, width) == best


@kernel
def accuracy(inputs: Matrix, target: Matrix, threshold: float) -> Matrix:
    """Return the share of rows classified as their target, 1×1, in [0, 1]."""
    n = inputs.shape[0]
    width = np.uint64(inputs.shape[1])
    flat = inputs.reshape(inputs.size)
    right = 0
    for i in range(n):
        if row_is_right(flat, np.uint64(i) * width, width, target, i, threshold):
            right += 1
    result = np.empty((1, 1))
    result[0, 0] = right / n
    return result


@kernel
def error_rate(inputs: Matrix, target: Matrix, threshold: float) -> Matrix:
    """Return the share of rows not classified as their target, 1×1, in [0, 1]."""
    return 1.0 - accuracy(inputs, target, threshold)


def classes_of(values: Matrix, threshold: float) -> Order:
    """Return the class, from 0, that each row is of: one column: 1 above the threshold; of several the largest."""
    if values.shape[1] == 1:
        return (values[:, 0] > threshold).astype(np.int64)
    return np.argmax(values, axis=1)


def confusion_matrix(inputs: Matrix, target: Matrix, threshold: float) -> Matrix:
    """Return how many rows of each true class (down) were given each class (across)."""
    classes = max(inputs.shape[1], 2)
    result = np.zeros((classes, classes))
    np.add.at(result, (classes_of(target, 0.5), classes_of(inputs, threshold)), 1.0)
    return result
