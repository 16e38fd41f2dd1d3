from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pyfuncs.kernels import linear

SHAPES = [(1, 1, 1), (5, 3, 2), (1, 10, 4), (712, 10, 1), (712, 10, 2), (64, 33, 17), (16, 16, 16), (3, 2000, 3)]


def sample(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize(("n", "k", "m"), SHAPES)
def test_matmul_is_the_matrix_product_for_small_and_large_shapes(n: int, k: int, m: int) -> None:
    a, b = sample(1, n, k), sample(2, k, m)
    np.testing.assert_allclose(linear.matmul(a, b), a @ b, rtol=1e-12, atol=1e-12)


@given(
    st.tuples(st.integers(1, 6), st.integers(1, 6), st.integers(1, 6)).flatmap(
        lambda sizes: st.tuples(
            arrays(np.int64, sizes[:2], elements=st.integers(-1000, 1000)),
            arrays(np.int64, sizes[1:], elements=st.integers(-1000, 1000)),
        )
    )
)
def test_matmul_of_whole_numbers_is_exact(pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    np.testing.assert_array_equal(linear.matmul(a.astype(np.float64), b.astype(np.float64)), a @ b)


def test_matmul_gives_the_same_bits_on_every_call() -> None:
    a, b = sample(1, 200, 50), sample(2, 50, 20)
    first = linear.matmul(a, b)
    assert all(linear.matmul(a.copy(), b.copy()).tobytes() == first.tobytes() for _ in range(5))


def test_matmul_of_enormous_numbers_is_finite_where_the_product_is() -> None:
    np.testing.assert_allclose(linear.matmul(np.array([[1e300, -1e300]]), np.array([[2.0], [3.0]])), [[-1e300]])


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (40, 7)])
def test_transpose_is_a_contiguous_copy(shape: tuple[int, int]) -> None:
    a = sample(3, *shape)
    result = linear.transpose(a)
    np.testing.assert_array_equal(result, a.T)
    assert result.flags.c_contiguous
    assert not np.shares_memory(result, a)


@pytest.mark.parametrize(("n", "fan_in", "fan_out"), SHAPES)
def test_linear_and_its_three_gradients_equal_torch(torch: ModuleType, n: int, fan_in: int, fan_out: int) -> None:
    inputs, weight, bias, grad = (
        sample(1, n, fan_in),
        sample(2, fan_in, fan_out),
        sample(3, 1, fan_out),
        sample(4, n, fan_out),
    )
    x, w, b = (torch.tensor(part, requires_grad=True) for part in (inputs, weight, bias))
    output = torch.nn.functional.linear(x, w.T, b[0])
    output.backward(torch.tensor(grad))
    close = {"rtol": 1e-10, "atol": 1e-11}
    np.testing.assert_allclose(linear.linear(inputs, weight, bias), output.detach().numpy(), **close)
    np.testing.assert_allclose(linear.linear_grad_input(grad, weight), x.grad.numpy(), **close)
    np.testing.assert_allclose(linear.linear_grad_weight(inputs, grad), w.grad.numpy(), **close)
    np.testing.assert_allclose(linear.linear_grad_bias(grad), b.grad.numpy(), **close)


def test_linear_gradients_equal_central_differences(by_differences) -> None:
    inputs, weight, bias, grad = sample(1, 4, 3), sample(2, 3, 2), sample(3, 1, 2), sample(4, 4, 2)

    def inner(output: np.ndarray) -> float:
        return float((output * grad).sum())

    for found, expected in (
        (
            linear.linear_grad_input(grad, weight),
            by_differences(lambda x: inner(linear.linear(x, weight, bias)), inputs),
        ),
        (
            linear.linear_grad_weight(inputs, grad),
            by_differences(lambda w: inner(linear.linear(inputs, w, bias)), weight),
        ),
        (linear.linear_grad_bias(grad), by_differences(lambda b: inner(linear.linear(inputs, weight, b)), bias)),
    ):
        np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-9)
