from collections.abc import Callable
from functools import partial
from types import ModuleType

import numpy as np
import pytest
import scipy.special
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from pyfuncs.kernels import activations
from pyfuncs.kernels.activations import ACTIVATIONS

ELEMENTWISE = [name for name, rule in ACTIVATIONS.items() if not rule.by_row and name != "identity"]

# A slope of ours beside the default keeps the two from being mixed up.
FORWARD = {
    **{name: partial(activations.elementwise, ACTIVATIONS[name].code) for name in ELEMENTWISE},
    "leaky_relu": lambda x: activations.leaky_relu(x, 0.2),
    "softmax": activations.softmax,
}
GRADIENT = {
    **{name: partial(activations.elementwise_grad, ACTIVATIONS[name].code) for name in ELEMENTWISE},
    "leaky_relu": lambda x, grad: activations.leaky_relu_grad(x, grad, 0.2),
    "softmax": activations.softmax_grad,
}
REFERENCE = {
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x: np.where(x > 0.0, x, 0.2 * x),
    "sigmoid": scipy.special.expit,
    "tanh": np.tanh,
    "gelu": lambda x: x * scipy.special.ndtr(x),
    "silu": lambda x: x * scipy.special.expit(x),
    "softmax": lambda x: scipy.special.softmax(x, axis=1),
}
NAMES = list(FORWARD)
matrices = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(-800.0, 800.0))


def in_torch(torch: ModuleType, name: str) -> Callable:
    functional = torch.nn.functional
    return {
        "relu": functional.relu,
        "leaky_relu": lambda x: functional.leaky_relu(x, 0.2),
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "gelu": functional.gelu,
        "silu": functional.silu,
        "softmax": lambda x: torch.softmax(x, dim=1),
    }[name]


def sample(seed: int, scale: float = 2.0) -> np.ndarray:
    """Numbers of both signs, none so near to 0 that a difference would step over the kink."""
    numbers = np.random.default_rng(seed).normal(scale=scale, size=(6, 4))
    return np.where(np.abs(numbers) < 0.05, 0.5, numbers)


@pytest.mark.parametrize("name", NAMES)
@given(inputs=matrices)
def test_forward_equals_scipy(name: str, inputs: np.ndarray) -> None:
    np.testing.assert_allclose(FORWARD[name](inputs), REFERENCE[name](inputs), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("name", NAMES)
def test_forward_and_gradient_equal_torch(torch: ModuleType, name: str) -> None:
    inputs, grad = sample(1), sample(2)
    x = torch.tensor(inputs, requires_grad=True)
    output = in_torch(torch, name)(x)
    output.backward(torch.tensor(grad))
    np.testing.assert_allclose(FORWARD[name](inputs), output.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(GRADIENT[name](inputs, grad), x.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_gradient_equals_central_differences(name: str, by_differences) -> None:
    inputs, grad = sample(3), sample(4)
    expected = by_differences(lambda x: float((FORWARD[name](x) * grad).sum()), inputs)
    np.testing.assert_allclose(GRADIENT[name](inputs, grad), expected, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize(("name", "at_zero"), [("relu", 0.0), ("leaky_relu", 0.2)])
def test_the_gradient_at_the_kink_is_that_of_the_negative_side(torch: ModuleType, name: str, at_zero: float) -> None:
    x = torch.zeros((1, 1), dtype=torch.float64, requires_grad=True)
    in_torch(torch, name)(x).sum().backward()
    for zero in (0.0, -0.0):
        assert GRADIENT[name](np.array([[zero]]), np.ones((1, 1)))[0, 0] == at_zero == x.grad.item()


def test_sigmoid_saturates_without_nan_or_overflow() -> None:
    inputs = np.array([[-1e300, -1000.0, -700.0, -40.0, 0.0, 40.0, 1000.0, 1e300]])
    result = FORWARD["sigmoid"](inputs)
    np.testing.assert_allclose(result, scipy.special.expit(inputs), rtol=1e-12, atol=0)
    assert result[0, 1] == 0.0
    assert result[0, 4] == 0.5
    assert result[0, -2] == 1.0


def test_sigmoid_gradient_keeps_its_digits_where_the_sigmoid_rounds_to_one() -> None:
    inputs = np.array([[-600.0, -50.0, 50.0, 600.0]])
    expected = np.exp(-np.abs(inputs))  # s·(1-s) = e^-|x| / (1 + e^-|x|)², whose denominator is 1 here
    np.testing.assert_allclose(GRADIENT["sigmoid"](inputs, np.ones((1, 4))), expected, rtol=1e-12)


def test_tanh_gradient_keeps_its_digits_where_tanh_rounds_to_one() -> None:
    inputs = np.array([[-300.0, -25.0, 25.0, 300.0]])
    expected = 4.0 * np.exp(-2.0 * np.abs(inputs))  # 1 - tanh² = 4·e^-2|x| / (1 + e^-2|x|)²
    np.testing.assert_allclose(GRADIENT["tanh"](inputs, np.ones((1, 4))), expected, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_enormous_inputs_give_what_mathematics_gives(name: str) -> None:
    inputs = np.array([[-1e300, 1e300], [1e300, 1e300], [0.0, -1e300]])
    expected = {
        "relu": [[0, 1e300], [1e300, 1e300], [0, 0]],
        "leaky_relu": [[-2e299, 1e300], [1e300, 1e300], [0, -2e299]],
        "sigmoid": [[0, 1], [1, 1], [0.5, 0]],
        "tanh": [[-1, 1], [1, 1], [0, -1]],
        "gelu": [[0, 1e300], [1e300, 1e300], [0, 0]],
        "silu": [[0, 1e300], [1e300, 1e300], [0, 0]],
        "softmax": [[0, 1], [0.5, 0.5], [1, 0]],
    }[name]
    np.testing.assert_allclose(FORWARD[name](inputs), expected, rtol=1e-15)
    assert np.isfinite(GRADIENT[name](inputs, np.ones_like(inputs))).all()


@pytest.mark.parametrize("name", NAMES)
def test_an_enormous_gradient_passes_where_its_product_is_finite(name: str) -> None:
    inputs, grad = np.array([[0.0, 0.0]]), np.array([[1e308, -1e308]])
    expected = {
        "relu": [[0, 0]],
        "leaky_relu": [[2e307, -2e307]],
        "sigmoid": [[2.5e307, -2.5e307]],
        "tanh": [[1e308, -1e308]],
        "gelu": [[5e307, -5e307]],
        "silu": [[5e307, -5e307]],
        "softmax": [[5e307, -5e307]],
    }[name]
    np.testing.assert_allclose(GRADIENT[name](inputs, grad), expected, rtol=1e-12)


@given(matrices)
def test_every_row_of_a_softmax_is_a_probability_distribution(inputs: np.ndarray) -> None:
    result = activations.softmax(inputs)
    assert ((result >= 0.0) & (result <= 1.0)).all()
    np.testing.assert_allclose(result.sum(axis=1), 1.0, rtol=1e-14)


@pytest.mark.parametrize(
    "row", [[1000.0, -1000.0, 0.0], [-1000.0, -1000.0, -1001.0], [1000.0, 999.0, 1000.0], [-1e300, 0.0, 700.0]]
)
def test_softmax_of_large_numbers_equals_that_of_their_distances_to_the_largest(row: list[float]) -> None:
    shares = np.exp(np.array([row]) - max(row))
    np.testing.assert_allclose(activations.softmax(np.array([row])), shares / shares.sum(), rtol=1e-14)
    np.testing.assert_allclose(activations.softmax(np.array([row])), scipy.special.softmax([row], axis=1), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(FORWARD[name](np.array([[np.nan]]))[0, 0])


def test_training_and_the_formulas_use_one_value_and_one_slope() -> None:
    inputs, grad = sample(5), sample(6)
    for name in ELEMENTWISE:
        code = ACTIVATIONS[name].code
        h, slopes, deltas = inputs.ravel().copy(), np.empty(inputs.size), grad.ravel().copy()
        places = np.uint64(0), np.uint64(h.size), np.uint64(1)
        activations.activate_rows(code, slopes, h, *places)
        assert h.tobytes() == activations.elementwise(code, inputs).tobytes(), name
        activations.activate_grad_rows(code, slopes, h, deltas, *places)
        expected = activations.elementwise_grad(code, inputs, grad)
        assert deltas.tobytes() == expected.tobytes(), name
