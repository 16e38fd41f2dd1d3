"""The linear layer y = x·W + b with weight (in, out), and its gradients."""

import numpy as np

from pyfuncs.kernels.arrays import ZERO, Matrix
from pyfuncs.kernels.jit import kernel
from pyfuncs.kernels.products import VectorRows, add_product, evenly_spaced


@kernel
def matmul(a: Matrix, b: Matrix) -> Matrix:
    """Return the matrix product of a (n×k) and b (k×m), n×m."""
    n, k = a.shape
    m = b.shape[1]
    starts = np.empty(n, np.uint64)
    evenly_spaced(starts, ZERO, np.uint64(k), np.uint64(n))
    rows = VectorRows(a.reshape(a.size), starts, np.uint64(n), np.uint64(k))
    result = np.zeros((n, m))
    add_product(rows, b.reshape(b.size), ZERO, result.reshape(result.size), ZERO, np.uint64(m))
    return result


@kernel
def transpose(a: Matrix) -> Matrix:
    """Return a C-contiguous copy of a's transpose."""
    n, m = a.shape
    result = np.empty((m, n))
    for i in range(n):
        for j in range(m):
            result[j, i] = a[i, j]
    return result


@kernel
def linear(inputs: Matrix, weight: Matrix, bias: Matrix) -> Matrix:
    """Return inputs (n×in) · weight (in×out) + bias (1×out) on every row, n×out."""
    result = matmul(inputs, weight)
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            result[i, j] += bias[0, j]
    return result


@kernel
def linear_grad_input(grad_output: Matrix, weight: Matrix) -> Matrix:
    """Return the gradient with respect to the layer's inputs: grad_output (n×out) · weightᵀ, n×in."""
    return matmul(grad_output, transpose(weight))


@kernel
def linear_grad_weight(inputs: Matrix, grad_output: Matrix) -> Matrix:
    """Return the gradient with respect to the weight: inputᵀ · grad_output, in×out."""
    return matmul(transpose(inputs), grad_output)


@kernel
def linear_grad_bias(grad_output: Matrix) -> Matrix:
    """Return the gradient with respect to the bias: the column sums of grad_output, 1×out."""
    result = np.zeros((1, grad_output.shape[1]))
    for i in range(grad_output.shape[0]):
        for j in range(grad_output.shape[1]):
            result[0, j] += grad_output[i, j]
    return result
