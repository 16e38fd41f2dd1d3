"""Neurons that fire or do not, from before gradient descent: thresholds, McCulloch and Pitts, the perceptron."""

import numpy as np

from pyfuncs.kernels.arrays import Matrix
from pyfuncs.kernels.jit import kernel
from pyfuncs.kernels.linear import linear


@kernel
def heaviside(inputs: Matrix, at_zero: float) -> Matrix:
    """Return 1 where inputs are positive, 0 where they are negative, at_zero at 0; NaN stays NaN."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            x = inputs[i, j]
            result[i, j] = 1.0 if x > 0.0 else 0.0 if x < 0.0 else at_zero if x == 0.0 else x
    return result


@kernel
def mcculloch_pitts(excitatory: Matrix, inhibitory: Matrix, threshold: float) -> Matrix:
    """Return, n×1, 1 where no inhibitory input of the row is active and the excitatory ones add up to the threshold."""
    n = excitatory.shape[0]
    result = np.zeros((n, 1))
    for i in range(n):
        inhibited = False
        for j in range(inhibitory.shape[1]):
            if inhibitory[i, j] != 0.0:
                inhibited = True
        total = 0.0
        for j in range(excitatory.shape[1]):
            total += excitatory[i, j]
        if not inhibited and total >= threshold:
            result[i, 0] = 1.0
    return result


@kernel
def perceptron(inputs: Matrix, weight: Matrix, bias: Matrix) -> Matrix:
    """Return 1 where inputs·weight + bias is 0 or more, else 0."""
    return heaviside(linear(inputs, weight, bias), 1.0)


@kernel
def perceptron_step(stacked: Matrix, inputs: Matrix, target: Matrix, lr: float) -> Matrix:
    """Return the weights over the bias, (in+1)×out, after the rule w ← w + lr·(target - output)·x, row after row."""
    result = stacked.copy()
    n, fan_in = inputs.shape
    for i in range(n):
        for j in range(target.shape[1]):
            total = result[fan_in, j]
            for k in range(fan_in):
                total += inputs[i, k] * result[k, j]
            change = lr * (target[i, j] - (1.0 if total >= 0.0 else 0.0))
            for k in range(fan_in):
                result[k, j] += change * inputs[i, k]
            result[fan_in, j] += change
    return result
