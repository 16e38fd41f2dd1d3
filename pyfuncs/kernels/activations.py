"""Activation functions, each beside its gradient: grad_input = grad_output times the derivative at the inputs.

Training works in place on one row of a flat buffer at a time, with `activate` and `activate_grad`; the formulas work
on whole matrices and call the same scalar functions, so both give the same bits.
"""

import math

import numpy as np

from pyfuncs.kernels.arrays import Index, Matrix, Vector
from pyfuncs.kernels.jit import borrowing, inlined, kernel

IDENTITY, RELU, LEAKY_RELU, SIGMOID, TANH, SOFTMAX = range(6)
ACTIVATIONS = {
    "identity": IDENTITY,
    "relu": RELU,
    "leaky_relu": LEAKY_RELU,
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "softmax": SOFTMAX,
}
NEGATIVE_SLOPE = 0.01


@inlined
def leaky_relu_scalar(x: float, negative_slope: float) -> float:
    """Return x where it is positive, and negative_slope·x elsewhere; NaN stays NaN."""
    return negative_slope * x if x <= 0.0 else x


@inlined
def sigmoid_scalar(x: float) -> float:
    """Return 1 / (1 + e^-x) without overflow on either side."""
    power = math.exp(-abs(x))
    return (1.0 if x >= 0.0 else power) / (1.0 + power)


@kernel
def relu(inputs: Matrix) -> Matrix:
    """Return max(inputs, 0) element by element."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            result[i, j] = 0.0 if inputs[i, j] <= 0.0 else inputs[i, j]
    return result


@kernel
def relu_grad(inputs: Matrix, grad_output: Matrix) -> Matrix:
    """Return grad_output where inputs is positive, 0 elsewhere (at 0 too)."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            result[i, j] = 0.0 if inputs[i, j] <= 0.0 else grad_output[i, j]
    return result


@kernel
def leaky_relu(inputs: Matrix, negative_slope: float) -> Matrix:
    """Return inputs where it is positive, negative_slope·inputs elsewhere."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            result[i, j] = leaky_relu_scalar(inputs[i, j], negative_slope)
    return result


@kernel
def leaky_relu_grad(inputs: Matrix, grad_output: Matrix, negative_slope: float) -> Matrix:
    """Return grad_output where inputs is positive, negative_slope·grad_output elsewhere (at 0 too)."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            result[i, j] = grad_output[i, j] * (negative_slope if inputs[i, j] <= 0.0 else 1.0)
    return result


@kernel
def sigmoid(inputs: Matrix) -> Matrix:
    """Return 1 / (1 + e^-inputs) element by element."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            result[i, j] = sigmoid_scalar(inputs[i, j])
    return result


@kernel
def sigmoid_grad(inputs: Matrix, grad_output: Matrix) -> Matrix:
    """Return grad_output · s · (1 - s) with s the sigmoid of inputs; 1 - s is taken as the sigmoid of -inputs."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            x = inputs[i, j]
            result[i, j] = grad_output[i, j] * sigmoid_scalar(x) * sigmoid_scalar(-x)
    return result


@kernel
def tanh(inputs: Matrix) -> Matrix:
    """Return the hyperbolic tangent element by element."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            result[i, j] = math.tanh(inputs[i, j])
    return result


@kernel
def tanh_grad(inputs: Matrix, grad_output: Matrix) -> Matrix:
    """Return grad_output · (1 - tanh²), taken as 4·s(2x)·s(-2x) so that no digits cancel far from 0."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            x = 2.0 * inputs[i, j]
            result[i, j] = grad_output[i, j] * (4.0 * sigmoid_scalar(x) * sigmoid_scalar(-x))
    return result


@kernel
def softmax(inputs: Matrix) -> Matrix:
    """Return e^x over the row's sum of e^x, each row shifted by its largest element so that nothing overflows."""
    result = inputs.copy()
    flat = result.reshape(result.size)
    width = np.uint64(inputs.shape[1])
    for i in range(inputs.shape[0]):
        softmax_row(flat, np.uint64(i) * width, width)
    return result


@kernel
def softmax_grad(inputs: Matrix, grad_output: Matrix) -> Matrix:
    """Return s · (grad_output - the row's sum of grad_output·s), with s the softmax of the row."""
    result = softmax(inputs)
    for i in range(inputs.shape[0]):
        inner = 0.0
        for j in range(inputs.shape[1]):
            inner += grad_output[i, j] * result[i, j]
        for j in range(inputs.shape[1]):
            result[i, j] *= grad_output[i, j] - inner
    return result


@inlined
def softmax_row(values: Vector, start: Index, width: Index) -> None:
    """Replace values[start : start+width] by their softmax."""
    largest = values[start]
    for j in range(width):
        largest = max(largest, values[start + j])
    total = 0.0
    for j in range(width):
        values[start + j] = math.exp(values[start + j] - largest)
        total += values[start + j]
    for j in range(width):
        values[start + j] /= total


@inlined
def activate(activation: int, values: Vector, start: Index, width: Index) -> None:
    """Replace the pre-activations values[start : start+width] of a row by their activations."""
    if activation == RELU:
        for j in range(width):
            values[start + j] = 0.0 if values[start + j] <= 0.0 else values[start + j]
    elif activation != IDENTITY:
        activate_dearly(activation, values, start, width)


@borrowing
def activate_dearly(activation: int, values: Vector, start: Index, width: Index) -> None:
    """Do as `activate` for all but the cheapest activations, which alone are worth a copy in every caller."""
    if activation == SIGMOID:
        for j in range(width):
            values[start + j] = sigmoid_scalar(values[start + j])
    elif activation == TANH:
        for j in range(width):
            values[start + j] = math.tanh(values[start + j])
    elif activation == LEAKY_RELU:
        for j in range(width):
            values[start + j] = leaky_relu_scalar(values[start + j], NEGATIVE_SLOPE)
    elif activation == SOFTMAX:
        softmax_row(values, start, width)


@inlined
def activate_grad(activation: int, values: Vector, deltas: Vector, start: Index, width: Index) -> None:
    """Turn a row's deltas from gradients by activation into those by pre-activation, given the activations in values.

    A delta is written whether it changes or not: which units of a relu are off is nothing a processor can foresee.
    """
    if activation == RELU:
        for j in range(width):
            deltas[start + j] = 0.0 if values[start + j] <= 0.0 else deltas[start + j]
    elif activation != IDENTITY:
        activate_grad_dearly(activation, values, deltas, start, width)


@borrowing
def activate_grad_dearly(activation: int, values: Vector, deltas: Vector, start: Index, width: Index) -> None:
    """Do as `activate_grad` for all but the cheapest activations."""
    if activation == SIGMOID:
        for j in range(width):
            deltas[start + j] *= values[start + j] * (1.0 - values[start + j])
    elif activation == TANH:
        for j in range(width):
            deltas[start + j] *= (1.0 - values[start + j]) * (1.0 + values[start + j])
    elif activation == LEAKY_RELU:
        for j in range(width):
            deltas[start + j] *= NEGATIVE_SLOPE if values[start + j] <= 0.0 else 1.0
    elif activation == SOFTMAX:
        inner = 0.0
        for j in range(width):
            inner += deltas[start + j] * values[start + j]
        for j in range(width):
            deltas[start + j] = values[start + j] * (deltas[start + j] - inner)


@borrowing
def activate_rows(activation: int, values: Vector, start: Index, width: Index, rows: Index) -> None:
    """Activate `rows` rows of `width`, one after the other from start."""
    if activation == SOFTMAX:
        for i in range(rows):
            softmax_row(values, start + i * width, width)
    else:
        activate(activation, values, start, rows * width)


@borrowing
def activate_grad_rows(
    activation: int, values: Vector, deltas: Vector, start: Index, width: Index, rows: Index
) -> None:
    """Do as `activate_grad` for `rows` rows of `width`, one after the other from start."""
    if activation == SOFTMAX:
        for i in range(rows):
            activate_grad_dearly(activation, values, deltas, start + i * width, width)
    else:
        activate_grad(activation, values, deltas, start, rows * width)
