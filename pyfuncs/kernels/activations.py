"""The table of activation functions, and each one's value and slope: the formulas and training call the same ones.

Training works on rows of flat buffers, with `activate` and `activate_grad`, the formulas on whole matrices.
"""

import math
from dataclasses import dataclass

import numpy as np

from pyfuncs.kernels.arrays import Index, Matrix, Vector
from pyfuncs.kernels.exponential import exp
from pyfuncs.kernels.jit import inlined, kernel, without_refcounts

IDENTITY, RELU, LEAKY_RELU, SIGMOID, TANH, SOFTMAX, GELU, SILU = range(8)
NEGATIVE_SLOPE = 0.01
ROOT_HALF = math.sqrt(0.5)
NORMAL_PEAK = 1.0 / math.sqrt(2.0 * math.pi)


@dataclass(frozen=True)
class Activation:
    """An activation as training and formulas know it; `code` is what the kernels branch on."""

    code: int
    zero_at_zero: bool = True
    """Whether 0 stays 0, so that a unit without weights does nothing."""
    by_row: bool = False
    """Whether an output depends on the whole row and not on its own pre-activation alone."""
    gives_probabilities: bool = False
    """Whether every output lies between 0 and 1."""


ACTIVATIONS = {
    "identity": Activation(IDENTITY),
    "relu": Activation(RELU),
    "leaky_relu": Activation(LEAKY_RELU),
    "gelu": Activation(GELU),
    "silu": Activation(SILU),
    "sigmoid": Activation(SIGMOID, zero_at_zero=False, gives_probabilities=True),
    "tanh": Activation(TANH),
    "softmax": Activation(SOFTMAX, zero_at_zero=False, by_row=True, gives_probabilities=True),
}


@inlined
def leaky_relu_scalar(x: float, negative_slope: float) -> float:
    """Return x where it is positive, and negative_slope·x elsewhere; NaN stays NaN."""
    return negative_slope * x if x <= 0.0 else x


@inlined
def sigmoid_scalar(x: float) -> float:
    """Return 1 / (1 + e^-x) without overflow on either side."""
    power = exp(-abs(x))
    return (1.0 if x >= 0.0 else power) / (1.0 + power)


@inlined
def sigmoid_slope(x: float) -> float:
    """Return the derivative of the sigmoid, s(x)·s(-x), with all its digits however far x is from 0."""
    power = exp(-abs(x))
    return power / ((1.0 + power) * (1.0 + power))


@inlined
def normal_cdf(x: float) -> float:
    """Return the share of the standard normal distribution below x, with all its digits on the left."""
    return 0.5 * math.erfc(-x * ROOT_HALF)


@inlined
def scalar(activation: int, z: float) -> float:
    """Return the output of an activation that works element by element for the pre-activation z."""
    if activation == RELU:
        return 0.0 if z <= 0.0 else z
    if activation == LEAKY_RELU:
        return leaky_relu_scalar(z, NEGATIVE_SLOPE)
    if activation == SIGMOID:
        return sigmoid_scalar(z)
    if activation == TANH:
        return math.tanh(z)
    if activation == GELU:
        return z * normal_cdf(z)
    if activation == SILU:
        return z * sigmoid_scalar(z)
    return z


@inlined
def slope(activation: int, z: float) -> float:
    """Return the derivative of an activation that works element by element at the pre-activation z.

    At a kink it is that of the negative side. tanh: 1 - tanh², taken as 4·s(2z)·s(-2z), so that no digits cancel.
    """
    if activation == RELU:
        return 0.0 if z <= 0.0 else 1.0
    if activation == LEAKY_RELU:
        return NEGATIVE_SLOPE if z <= 0.0 else 1.0
    if activation == SIGMOID:
        return sigmoid_slope(z)
    if activation == TANH:
        return 4.0 * sigmoid_slope(2.0 * z)
    if activation == GELU:
        return normal_cdf(z) + z * (NORMAL_PEAK * exp(-0.5 * z * z))
    if activation == SILU:
        return sigmoid_scalar(z) + z * sigmoid_slope(z)
    return 1.0


@inlined
def chained(slope: float, grad: float) -> float:
    """Return slope times gradient, and 0 where the slope is 0 whatever the gradient is."""
    return 0.0 if slope == 0.0 else grad * slope


@kernel
def elementwise(activation: int, inputs: Matrix) -> Matrix:
    """Return an activation of every element of inputs (n×out), which are pre-activations."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            result[i, j] = scalar(activation, inputs[i, j])
    return result


@kernel
def elementwise_grad(activation: int, inputs: Matrix, grad_output: Matrix) -> Matrix:
    """Return grad_output (n×out) times the activation's slope at inputs (n×out)."""
    result = np.empty(inputs.shape)
    for i in range(inputs.shape[0]):
        for j in range(inputs.shape[1]):
            result[i, j] = chained(slope(activation, inputs[i, j]), grad_output[i, j])
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
        values[start + j] = exp(values[start + j] - largest)
        total += values[start + j]
    for j in range(width):
        values[start + j] /= total


@inlined
def activate(activation: int, slopes: Vector, h: Vector, start: Index, width: Index) -> None:
    """Turn a row's pre-activations h[start : start+width] into its outputs, and keep their slopes at the same places.

    Of a relu and an identity the outputs tell the slope: a second array costs narrow networks a tenth of an epoch.
    """
    if activation == RELU:
        for j in range(width):
            h[start + j] = 0.0 if h[start + j] <= 0.0 else h[start + j]
    elif activation != IDENTITY:
        activate_other(activation, slopes, h, start, width)


@without_refcounts
def activate_other(activation: int, slopes: Vector, h: Vector, start: Index, width: Index) -> None:
    """Do as `activate` for all but the cheapest activations, which alone are worth a copy in every caller."""
    if activation == SOFTMAX:
        softmax_row(h, start, width)
    elif activation == SIGMOID:
        # By itself, for a loop without branches takes several units at once.
        for j in range(width):
            slopes[start + j] = sigmoid_slope(h[start + j])
            h[start + j] = sigmoid_scalar(h[start + j])
    else:
        for j in range(width):
            slopes[start + j] = slope(activation, h[start + j])
            h[start + j] = scalar(activation, h[start + j])


@inlined
def activate_grad(activation: int, slopes: Vector, h: Vector, deltas: Vector, start: Index, width: Index) -> None:
    """Turn a row's deltas from gradients by outputs h into those by pre-activations z.

    A delta is written whether it changes or not: which units of a relu are off is nothing a processor can foresee.
    """
    if activation == RELU:
        for j in range(width):
            deltas[start + j] = 0.0 if h[start + j] <= 0.0 else deltas[start + j]
    elif activation != IDENTITY:
        activate_grad_other(activation, slopes, h, deltas, start, width)


@without_refcounts
def activate_grad_other(activation: int, slopes: Vector, h: Vector, deltas: Vector, start: Index, width: Index) -> None:
    """Do as `activate_grad` for all but the cheapest activations."""
    if activation == SOFTMAX:
        inner = 0.0
        for j in range(width):
            inner += deltas[start + j] * h[start + j]
        for j in range(width):
            deltas[start + j] = h[start + j] * (deltas[start + j] - inner)
        return
    for j in range(width):
        deltas[start + j] = chained(slopes[start + j], deltas[start + j])


@without_refcounts
def activate_rows(activation: int, slopes: Vector, h: Vector, start: Index, width: Index, rows: Index) -> None:
    """Activate `rows` rows of `width`, one after the other from start."""
    if activation == SOFTMAX:
        for i in range(rows):
            activate_other(activation, slopes, h, start + i * width, width)
    else:
        activate(activation, slopes, h, start, rows * width)


@without_refcounts
def activate_grad_rows(
    activation: int, slopes: Vector, h: Vector, deltas: Vector, start: Index, width: Index, rows: Index
) -> None:
    """Do as `activate_grad` for `rows` rows of `width`, one after the other from start."""
    if activation == SOFTMAX:
        for i in range(rows):
            activate_grad_other(activation, slopes, h, deltas, start + i * width, width)
    else:
        activate_grad(activation, slopes, h, deltas, start, rows * width)
