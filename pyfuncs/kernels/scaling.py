"""Columns brought to a common scale, with the statistics of other rows where asked."""

import math

import numpy as np

from pyfuncs.kernels.arrays import Matrix
from pyfuncs.kernels.jit import kernel


@kernel
def standardize(inputs: Matrix, reference: Matrix) -> Matrix:
    """Return (inputs - mean) / deviation by column, both of reference; a constant column gives 0 for its own value.

    The deviation divides by n. Sums are taken over scaled numbers, so that their squares do not overflow.
    """
    n = reference.shape[0]
    result = np.empty(inputs.shape)
    for j in range(inputs.shape[1]):
        size = 0.0
        for i in range(n):
            size = max(size, abs(reference[i, j]))
        if size == 0.0 or not math.isfinite(size):
            size = 1.0
        first = reference[0, j] / size
        shift = 0.0
        for i in range(n):
            shift += (reference[i, j] / size - first) / n
        mean = first + shift
        variance = 0.0
        for i in range(n):
            distance = reference[i, j] / size - mean
            variance += distance * distance / n
        deviation = math.sqrt(variance)
        # What is left of equal numbers after rounding is no spread.
        if deviation <= 4.0 * np.finfo(np.float64).eps * abs(mean):
            deviation = 1.0 / size
        for i in range(inputs.shape[0]):
            result[i, j] = (inputs[i, j] / size - mean) / deviation
    return result


@kernel
def minmax(inputs: Matrix, reference: Matrix) -> Matrix:
    """Return (inputs - least) / (greatest - least) by column, both of reference; a constant column gives 0."""
    result = np.empty(inputs.shape)
    for j in range(inputs.shape[1]):
        least = reference[0, j]
        greatest = reference[0, j]
        for i in range(reference.shape[0]):
            least = min(least, reference[i, j])
            greatest = max(greatest, reference[i, j])
        # Halved, for the distance between numbers of opposite sign may overflow.
        spread = greatest / 2.0 - least / 2.0
        for i in range(inputs.shape[0]):
            result[i, j] = (inputs[i, j] / 2.0 - least / 2.0) / spread if spread > 0.0 else 0.0
    return result
