"""Predictions, loss and accuracy of a whole network; the sizes choose between row by row and the batched way."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
import scipy.special
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.layout import bias_of, build_network, pack, weight_of
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.model import evaluate, predict
from pyfuncs.kernels.network import BLOCK, WIDE_BLOCKS_FROM

REFERENCE: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "identity": lambda x: x,
    "relu": lambda x: np.maximum(x, 0.0),
    "leaky_relu": lambda x: np.where(x > 0.0, x, 0.01 * x),
    "sigmoid": scipy.special.expit,
    "tanh": np.tanh,
    "gelu": lambda z: z * scipy.special.ndtr(z),
    "silu": lambda z: z * scipy.special.expit(z),
    "softmax": lambda x: scipy.special.softmax(x, axis=1),
}
NAMES = list(ACTIVATIONS)
# Few rows go row by row; 600 rows of wide layers go by more than one block.
SMALL, LARGE = (WIDE_BLOCKS_FROM - 1, [3, 2, 6, 4, 2]), (600, [20, 30, 7, 40, 3])
sizes = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["by rows", "batched"])


def layers(widths: Sequence[int], seed: int, biased: Sequence[bool] | None = None) -> tuple[list, list]:
    rng = np.random.default_rng(seed)
    pairs = list(pairwise(widths))
    weights = [rng.normal(scale=1.0 / np.sqrt(below), size=(below, above)) for below, above in pairs]
    biases = [rng.normal(scale=0.5, size=(1, above)) for _, above in pairs]
    return weights, [bias if keep else None for bias, keep in zip(biases, biased or [True] * len(pairs), strict=True)]


def network_of(weights: list, biases: list, names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    trains = [True] * len(weights)
    return build_network(weights, biases, [ACTIVATIONS[name].code for name in names], trains, trains), pack(
        weights, biases
    )


def by_numpy(inputs: np.ndarray, weights: list, biases: list, names: Sequence[str]) -> np.ndarray:
    for weight, bias, name in zip(weights, biases, names, strict=True):
        inputs = REFERENCE[name](inputs @ weight + (0.0 if bias is None else bias))
    return inputs


def in_torch(torch: ModuleType, weights: list, biases: list, names: Sequence[str]) -> ModuleType:
    nn = torch.nn
    modules = {
        "identity": nn.Identity,
        "relu": nn.ReLU,
        "leaky_relu": nn.LeakyReLU,
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
        "softmax": lambda: nn.Softmax(dim=1),
    }
    model = nn.Sequential()
    for weight, bias, name in zip(weights, biases, names, strict=True):
        linear = nn.Linear(*weight.shape, bias=bias is not None, dtype=torch.float64)
        with torch.no_grad():
            linear.weight.copy_(torch.tensor(weight.T))
            if bias is not None:
                linear.bias.copy_(torch.tensor(bias[0]))
        model.extend([linear, modules[name]()])
    return model


@sizes
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("name", NAMES)
def test_predictions_equal_torchs_sequential(torch: ModuleType, size, depth: int, name: str) -> None:
    rows, widths = size
    weights, biases = layers(widths[: depth + 1], seed=depth)
    # The activation under test stands in the first layer and, with several layers, in the last one too.
    names = [name, "tanh", "sigmoid", name][:depth] if depth != 2 else [name, name]
    inputs = np.random.default_rng(9).normal(size=(rows, widths[0]))
    network, params = network_of(weights, biases, names)
    with torch.no_grad():
        expected = in_torch(torch, weights, biases, names)(torch.tensor(inputs)).numpy()
    np.testing.assert_allclose(predict(network, params, inputs), expected, rtol=1e-10, atol=1e-12)


@given(st.data())
def test_predictions_equal_numpy_for_any_architecture(data: st.DataObject) -> None:
    depth = data.draw(st.integers(1, 6))
    widths = data.draw(st.lists(st.integers(1, 9), min_size=depth + 1, max_size=depth + 1))
    names = data.draw(st.lists(st.sampled_from(NAMES), min_size=depth, max_size=depth))
    biased = data.draw(st.lists(st.booleans(), min_size=depth, max_size=depth))
    rows = data.draw(st.sampled_from([1, 2, 5, 30, BLOCK - 1, BLOCK, BLOCK + 1, 700]))
    weights, biases = layers(widths, data.draw(st.integers(0, 1000)), biased)
    inputs = np.random.default_rng(rows).normal(size=(rows, widths[0]))
    network, params = network_of(weights, biases, names)
    expected = by_numpy(inputs, weights, biases, names)
    np.testing.assert_allclose(predict(network, params, inputs), expected, rtol=1e-11, atol=1e-12)


def test_a_row_is_predicted_the_same_alone_and_among_many() -> None:
    weights, biases = layers([10, 16, 3], seed=1)
    network, params = network_of(weights, biases, ["relu", "softmax"])
    inputs = np.random.default_rng(2).normal(size=(600, 10))
    together = predict(network, params, inputs)
    for row in (0, BLOCK - 1, BLOCK, 599):
        alone = predict(network, params, inputs[row : row + 1].copy())
        np.testing.assert_allclose(alone[0], together[row], rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("rows", [1, 600])
@pytest.mark.parametrize("units", [1, 3, 21])
def test_an_infinite_bias_is_added_as_numpy_does(rows: int, units: int) -> None:
    weights, biases = layers([10, units], seed=1)
    biases[0][0, ::2] = np.inf
    inputs = np.random.default_rng(2).normal(size=(rows, 10))
    network, params = network_of(weights, biases, ["identity"])
    expected = by_numpy(inputs, weights, biases, ["identity"])
    np.testing.assert_allclose(predict(network, params, inputs), expected, rtol=1e-11, atol=1e-12)


@sizes
def test_the_same_prediction_gives_the_same_bits(size) -> None:
    rows, widths = size
    weights, biases = layers(widths, seed=1)
    network, params = network_of(weights, biases, ["tanh", "sigmoid", "relu", "softmax"])
    inputs = np.random.default_rng(2).normal(size=(rows, widths[0]))
    first = predict(network, params, inputs).tobytes()
    assert all(predict(network, params, inputs.copy()).tobytes() == first for _ in range(3))


@sizes
@pytest.mark.parametrize(("loss", "last"), [("mse", "identity"), ("l1", "tanh"), ("bce", "sigmoid")])
def test_loss_and_accuracy_equal_scikit_learn(size, loss: str, last: str) -> None:
    rows, widths = size
    weights, biases = layers([widths[0], widths[1], 1], seed=3)
    network, params = network_of(weights, biases, ["relu", last])
    rng = np.random.default_rng(4)
    inputs, target = rng.normal(size=(rows, widths[0])), (np.arange(rows).reshape(-1, 1) % 3 == 0).astype(np.float64)
    output = predict(network, params, inputs)
    expected = {
        "mse": sklearn.metrics.mean_squared_error,
        "l1": sklearn.metrics.mean_absolute_error,
        "bce": sklearn.metrics.log_loss,
    }[loss](target, output)
    value, accuracy = evaluate(network, params, inputs, target, np.arange(rows), LOSSES[loss].code, 0.5)
    assert value == pytest.approx(expected, rel=1e-12)
    assert accuracy == pytest.approx(sklearn.metrics.accuracy_score(target > 0.5, output > 0.5), rel=1e-15)


@sizes
def test_cross_entropy_and_accuracy_of_classes_equal_scikit_learn(size) -> None:
    rows, widths = size
    weights, biases = layers([widths[0], 5, 3], seed=5)
    network, params = network_of(weights, biases, ["tanh", "identity"])
    inputs = np.random.default_rng(6).normal(size=(rows, widths[0]))
    classes = np.arange(rows) % 3
    shares = scipy.special.softmax(predict(network, params, inputs), axis=1)
    value, accuracy = evaluate(
        network, params, inputs, np.eye(3)[classes], np.arange(rows), LOSSES["cross_entropy"].code, 0.5
    )
    assert value == pytest.approx(sklearn.metrics.log_loss(classes, shares), rel=1e-12)
    assert accuracy == pytest.approx(sklearn.metrics.accuracy_score(classes, shares.argmax(axis=1)), rel=1e-15)


@sizes
def test_only_the_rows_asked_for_count(size) -> None:
    rows, widths = size
    weights, biases = layers([widths[0], 4, 1], seed=7)
    network, params = network_of(weights, biases, ["relu", "identity"])
    rng = np.random.default_rng(8)
    inputs, target = rng.normal(size=(rows, widths[0])), rng.normal(size=(rows, 1))
    some = rng.permutation(rows)[: rows // 2]
    found = evaluate(network, params, inputs, target, some, LOSSES["mse"].code, 0.0)
    alone = evaluate(network, params, inputs[some], target[some], np.arange(some.size), LOSSES["mse"].code, 0.0)
    np.testing.assert_allclose(found, alone, rtol=1e-12)


def test_layers_lie_in_one_vector_and_come_out_as_they_went_in() -> None:
    weights, biases = layers([4, 3, 2, 5], seed=9, biased=[True, False, True])
    network, params = network_of(weights, biases, ["relu", "tanh", "identity"])
    assert params.size == 4 * 3 + 3 + 3 * 2 + 2 * 5 + 5
    for k in range(3):
        np.testing.assert_array_equal(weight_of(network, params, k), weights[k])
    np.testing.assert_array_equal(bias_of(network, params, 0), biases[0])
    assert bias_of(network, params, 1) is None
    np.testing.assert_array_equal(bias_of(network, params, 2), biases[2])
    weight_of(network, params, 1)[0, 0] = 7.0
    assert params[4 * 3 + 3] == 7.0
    assert not np.shares_memory(params, weights[0])


def test_saturated_sigmoids_and_enormous_logits_stay_finite() -> None:
    inputs = np.array([[1.0], [-1.0]])
    for name, expected in (("sigmoid", [[1.0], [0.0]]), ("tanh", [[1.0], [-1.0]]), ("softmax", [[1.0], [1.0]])):
        network, params = network_of([np.array([[1e300]])], [None], [name])
        np.testing.assert_array_equal(predict(network, params, inputs), expected)
