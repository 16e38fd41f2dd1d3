from types import ModuleType

import numpy as np
import pytest
import scipy.special
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.kernels import losses
from pyfuncs.kernels.losses import REDUCTIONS

LOSS = {
    "mse": (losses.mse_loss, losses.mse_loss_grad),
    "l1": (losses.l1_loss, losses.l1_loss_grad),
    "bce": (losses.bce_loss, losses.bce_loss_grad),
    "cross_entropy": (losses.cross_entropy, losses.cross_entropy_grad),
}
SHAPES = [(1, 1), (7, 1), (5, 3), (40, 10)]
each_loss = pytest.mark.parametrize("name", list(LOSS))
each_reduction = pytest.mark.parametrize("reduction", list(REDUCTIONS))
each_shape = pytest.mark.parametrize("shape", SHAPES)


def sample(name: str, shape: tuple[int, int], seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and target that suit the loss, no error nearer to 0 than a difference steps."""
    rng = np.random.default_rng(seed)
    if name == "bce":
        return rng.uniform(0.2, 0.8, shape), rng.uniform(0.0, 1.0, shape).round()
    if name == "cross_entropy":
        return rng.normal(scale=3.0, size=shape), rng.dirichlet(np.ones(shape[1]), shape[0])
    inputs = rng.normal(size=shape)
    return inputs, inputs + rng.choice([-1.0, 1.0], shape) * rng.uniform(0.1, 2.0, shape)


def elements(name: str, inputs: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The loss of every element, for cross-entropy every class's share of the row's, from NumPy and SciPy alone."""
    if name == "mse":
        return (inputs - target) ** 2
    if name == "l1":
        return np.abs(inputs - target)
    if name == "bce":
        return -(scipy.special.xlogy(target, inputs) + scipy.special.xlog1py(1.0 - target, -inputs))
    return -target * scipy.special.log_softmax(inputs, axis=1)


def reference(name: str, inputs: np.ndarray, target: np.ndarray, reduction: str) -> np.ndarray:
    each = elements(name, inputs, target)
    rows = each.sum(axis=1) if name == "cross_entropy" else each.mean(axis=1)
    if reduction == "none":
        return rows.reshape(-1, 1)
    return np.array([[each.sum() if reduction == "sum" else rows.mean()]])


@each_loss
@each_reduction
@each_shape
def test_loss_equals_numpy_and_scipy(name: str, reduction: str, shape: tuple[int, int]) -> None:
    inputs, target = sample(name, shape)
    found = LOSS[name][0](inputs, target, REDUCTIONS[reduction])
    np.testing.assert_allclose(found, reference(name, inputs, target, reduction), rtol=1e-12, atol=1e-15)


@each_loss
@each_reduction
@each_shape
def test_loss_and_gradient_equal_torch(torch: ModuleType, name: str, reduction: str, shape: tuple[int, int]) -> None:
    inputs, target = sample(name, shape, seed=2)
    function = {
        "mse": torch.nn.functional.mse_loss,
        "l1": torch.nn.functional.l1_loss,
        "bce": torch.nn.functional.binary_cross_entropy,
        "cross_entropy": torch.nn.functional.cross_entropy,
    }[name]
    x = torch.tensor(inputs, requires_grad=True)
    value = function(x, torch.tensor(target), reduction=reduction)
    if reduction == "none" and name != "cross_entropy":
        value = value.mean(dim=1)  # one number a row
    value.sum().backward()
    loss, gradient = LOSS[name]
    code = REDUCTIONS[reduction]
    found = loss(inputs, target, code)
    np.testing.assert_allclose(found, value.detach().numpy().reshape(found.shape), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(gradient(inputs, target, code), x.grad.numpy(), rtol=1e-10, atol=1e-14)


@each_loss
@each_reduction
@each_shape
def test_gradient_equals_central_differences(name: str, reduction: str, shape: tuple[int, int], by_differences) -> None:
    inputs, target = sample(name, (min(shape[0], 6), shape[1]), seed=3)
    loss, gradient = LOSS[name]
    code = REDUCTIONS[reduction]
    expected = by_differences(lambda x: float(loss(x, target, code).sum()), inputs)
    scale = np.abs(expected).max()
    np.testing.assert_allclose(gradient(inputs, target, code), expected, rtol=1e-7, atol=1e-7 * scale)


@each_loss
def test_the_mean_is_the_mean_of_the_rows(name: str) -> None:
    inputs, target = sample(name, (9, 4))
    rows = LOSS[name][0](inputs, target, REDUCTIONS["none"])
    assert rows.shape == (9, 1)
    np.testing.assert_allclose(LOSS[name][0](inputs, target, REDUCTIONS["mean"]), [[rows.mean()]], rtol=1e-14)


def test_losses_equal_scikit_learn() -> None:
    mean = REDUCTIONS["mean"]
    inputs, target = sample("mse", (30, 1))
    assert losses.mse_loss(inputs, target, mean)[0, 0] == pytest.approx(
        sklearn.metrics.mean_squared_error(target, inputs), rel=1e-12
    )
    assert losses.l1_loss(inputs, target, mean)[0, 0] == pytest.approx(
        sklearn.metrics.mean_absolute_error(target, inputs), rel=1e-12
    )
    inputs, target = sample("bce", (30, 1))
    assert losses.bce_loss(inputs, target, mean)[0, 0] == pytest.approx(
        sklearn.metrics.log_loss(target[:, 0], inputs[:, 0]), rel=1e-12
    )
    logits = np.random.default_rng(5).normal(size=(30, 3))
    classes = np.arange(30) % 3
    assert losses.cross_entropy(logits, np.eye(3)[classes], mean)[0, 0] == pytest.approx(
        sklearn.metrics.log_loss(classes, scipy.special.softmax(logits, axis=1)), rel=1e-12
    )


def test_bce_at_certainty_stops_the_logarithm_at_minus_100(torch: ModuleType) -> None:
    inputs = np.array([[0.0], [1.0], [0.0], [1.0], [1e-300]])
    target = np.array([[1.0], [0.0], [0.0], [1.0], [1.0]])
    found = losses.bce_loss(inputs, target, REDUCTIONS["none"])
    np.testing.assert_array_equal(found, [[100.0], [100.0], [0.0], [0.0], [100.0]])
    there = torch.nn.functional.binary_cross_entropy(torch.tensor(inputs), torch.tensor(target), reduction="none")
    np.testing.assert_allclose(found, there.numpy(), rtol=1e-15)


def test_bce_gradient_at_certainty_is_finite_and_that_of_torch(torch: ModuleType) -> None:
    inputs = np.array([[0.0], [1.0], [0.0], [1.0], [1e-14]])
    target = np.array([[1.0], [0.0], [0.0], [1.0], [1.0]])
    x = torch.tensor(inputs, requires_grad=True)
    torch.nn.functional.binary_cross_entropy(x, torch.tensor(target), reduction="sum").backward()
    found = losses.bce_loss_grad(inputs, target, REDUCTIONS["sum"])
    assert np.isfinite(found).all()
    np.testing.assert_allclose(found, x.grad.numpy(), rtol=1e-8)  # torch's floor of p(1-p) is 1e-12 in single precision


def test_bce_near_certainty_keeps_its_digits() -> None:
    inputs = np.array([[1e-17], [1e-12], [1.0 - 2.0**-53]])
    target = np.array([[0.0], [0.0], [1.0]])
    expected = -np.log1p([[-1e-17], [-1e-12], [-(2.0**-53)]])
    np.testing.assert_allclose(losses.bce_loss(inputs, target, REDUCTIONS["none"]), expected, rtol=1e-14)


def test_bce_outside_zero_to_one_is_nan() -> None:
    inputs, target = np.array([[-0.1], [1.1]]), np.array([[0.0], [1.0]])
    assert np.isnan(losses.bce_loss(inputs, target, REDUCTIONS["none"])).all()


@pytest.mark.parametrize(
    ("logits", "true", "loss"),
    [
        ([1000.0, -1000.0], 0, 0.0),
        ([1000.0, -1000.0], 1, 2000.0),
        ([-1000.0, -1000.0], 0, np.log(2.0)),
        ([1000.0, 1000.0, 1000.0], 2, np.log(3.0)),
        ([1000.0, 999.0], 0, np.log1p(np.exp(-1.0))),
        ([1e300, 0.0], 1, 1e300),
        ([50.0, 0.0], 0, np.exp(-50.0)),  # log(1 + e^-50), lost where 1 + e^-50 is rounded
    ],
)
def test_cross_entropy_of_large_logits_is_exact(logits: list[float], true: int, loss: float) -> None:
    inputs, target = np.array([logits]), np.eye(len(logits))[[true]]
    found = losses.cross_entropy(inputs, target, REDUCTIONS["mean"])[0, 0]
    assert found == pytest.approx(loss, rel=1e-14)
    assert found == pytest.approx(scipy.special.logsumexp(logits) - logits[true], rel=1e-12, abs=1e-15)
    gradient = losses.cross_entropy_grad(inputs, target, REDUCTIONS["mean"])
    np.testing.assert_allclose(gradient, scipy.special.softmax(inputs, axis=1) - target, rtol=1e-12, atol=1e-16)


@given(st.lists(st.floats(-1000.0, 1000.0), min_size=2, max_size=6), st.data())
def test_cross_entropy_equals_scipys_log_softmax(logits: list[float], data: st.DataObject) -> None:
    true = data.draw(st.integers(0, len(logits) - 1))
    found = losses.cross_entropy(np.array([logits]), np.eye(len(logits))[[true]], REDUCTIONS["mean"])[0, 0]
    assert found >= 0.0
    assert found == pytest.approx(-scipy.special.log_softmax(logits)[true], rel=1e-12, abs=1e-12)


def test_cross_entropy_takes_targets_that_do_not_add_up_to_one(torch: ModuleType, by_differences) -> None:
    inputs, target = sample("mse", (4, 3))
    x = torch.tensor(inputs, requires_grad=True)
    value = torch.nn.functional.cross_entropy(x, torch.tensor(target))
    value.backward()
    mean = REDUCTIONS["mean"]
    assert losses.cross_entropy(inputs, target, mean)[0, 0] == pytest.approx(value.item(), rel=1e-12)
    np.testing.assert_allclose(losses.cross_entropy_grad(inputs, target, mean), x.grad.numpy(), rtol=1e-10, atol=1e-14)


def test_enormous_errors_are_finite_where_the_loss_is() -> None:
    inputs, target = np.array([[1e300, -1e300], [1e300, 0.0]]), np.array([[-1e300, 1e300], [1e300, 0.0]])
    for reduction, expected in (("mean", [[1e300]]), ("sum", [[4e300]]), ("none", [[2e300], [0.0]])):
        np.testing.assert_allclose(losses.l1_loss(inputs, target, REDUCTIONS[reduction]), expected, rtol=1e-14)
    gradient = losses.mse_loss_grad(inputs, target, REDUCTIONS["mean"])
    np.testing.assert_allclose(gradient, [[1e300, -1e300], [0.0, 0.0]], rtol=1e-14)
    huge = losses.mse_loss(np.array([[1e150]]), np.array([[-1e150]]), REDUCTIONS["mean"])
    np.testing.assert_allclose(huge, [[4e300]], rtol=1e-14)


def test_the_l1_gradient_is_zero_where_the_prediction_is_right() -> None:
    result = losses.l1_loss_grad(np.array([[2.0, 1.0, 3.0]]), np.full((1, 3), 2.0), REDUCTIONS["sum"])
    np.testing.assert_array_equal(result, [[0.0, -1.0, 1.0]])
