"""The gradient of a whole network against automatic differentiation and central differences, on both ways."""

from collections.abc import Sequence
from itertools import pairwise
from types import ModuleType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.layout import bias_of, build_network, pack, weight_of
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.model import gradient, numeric_gradient
from pyfuncs.kernels.network import WIDE_BLOCKS_FROM

NAMES = list(ACTIVATIONS)
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


def target_for(loss: str, rows: int, width: int) -> np.ndarray:
    rng = np.random.default_rng(rows)
    if loss == "cross_entropy":
        return np.eye(width)[rng.integers(0, width, rows)]
    return rng.uniform(0.0, 1.0, (rows, width)).round() if loss == "bce" else rng.normal(size=(rows, width))


def torch_gradient(
    torch: ModuleType,
    weights: list,
    biases: list,
    names: Sequence[str],
    loss: str,
    inputs: np.ndarray,
    target: np.ndarray,
) -> np.ndarray:
    functional = torch.nn.functional
    act = {
        "identity": lambda x: x,
        "relu": functional.relu,
        "leaky_relu": functional.leaky_relu,
        "sigmoid": torch.sigmoid,
        "tanh": torch.tanh,
        "gelu": functional.gelu,
        "silu": functional.silu,
        "softmax": lambda x: torch.softmax(x, dim=1),
    }
    losses = {
        "mse": functional.mse_loss,
        "l1": functional.l1_loss,
        "bce": functional.binary_cross_entropy,
        "cross_entropy": functional.cross_entropy,
    }
    leaves = []
    x = torch.tensor(inputs)
    for weight, bias, name in zip(weights, biases, names, strict=True):
        w = torch.tensor(weight, requires_grad=True)
        leaves.append(w)
        x = x @ w
        if bias is not None:
            b = torch.tensor(bias, requires_grad=True)
            leaves.append(b)
            x = x + b
        x = act[name](x)
    losses[loss](x, torch.tensor(target)).backward()
    return np.concatenate([leaf.grad.numpy().ravel() for leaf in leaves])


@sizes
@pytest.mark.parametrize("depth", [1, 2, 3, 4])
@pytest.mark.parametrize("name", NAMES)
def test_gradient_equals_torch_autograd_for_every_activation(torch: ModuleType, size, depth: int, name: str) -> None:
    rows, widths = size
    weights, biases = layers(widths[: depth + 1], seed=depth)
    names = [name, "tanh", "sigmoid", name][:depth] if depth != 2 else [name, name]
    network, params = network_of(weights, biases, names)
    inputs = np.random.default_rng(9).normal(size=(rows, widths[0]))
    target = target_for("mse", rows, widths[depth])
    expected = torch_gradient(torch, weights, biases, names, "mse", inputs, target)
    found = gradient(network, params, inputs, target, np.arange(rows), LOSSES["mse"].code)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10 * np.abs(expected).max())


@sizes
@pytest.mark.parametrize(
    ("loss", "last"),
    [
        ("mse", "identity"),
        ("mse", "softmax"),
        ("l1", "identity"),
        ("l1", "relu"),
        ("bce", "sigmoid"),
        ("bce", "softmax"),
        ("cross_entropy", "identity"),
        ("cross_entropy", "tanh"),
    ],
)
@pytest.mark.parametrize("biased", [[True, True], [False, True], [True, False], [False, False]])
def test_gradient_equals_torch_autograd_for_every_loss(
    torch: ModuleType, size, loss: str, last: str, biased: list[bool]
) -> None:
    rows, widths = size
    weights, biases = layers([widths[0], widths[1], 3], seed=11, biased=biased)
    names = ["relu", last]
    network, params = network_of(weights, biases, names)
    inputs, target = np.random.default_rng(12).normal(size=(rows, widths[0])), target_for(loss, rows, 3)
    expected = torch_gradient(torch, weights, biases, names, loss, inputs, target)
    found = gradient(network, params, inputs, target, np.arange(rows), LOSSES[loss].code)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-10 * np.abs(expected).max())


@given(st.data())
def test_gradient_equals_central_differences_for_any_architecture(data: st.DataObject) -> None:
    # Smooth activations only: a difference must not step over a kink.
    smooth = ["identity", "sigmoid", "tanh", "softmax"]
    depth = data.draw(st.integers(1, 4))
    widths = data.draw(st.lists(st.integers(1, 7), min_size=depth + 1, max_size=depth + 1))
    names = data.draw(st.lists(st.sampled_from(smooth), min_size=depth, max_size=depth))
    biased = data.draw(st.lists(st.booleans(), min_size=depth, max_size=depth))
    weights, biases = layers(widths, data.draw(st.integers(0, 1000)), biased)
    loss = data.draw(st.sampled_from(["mse", "cross_entropy"]))
    rows = data.draw(st.integers(1, 12))
    network, params = network_of(weights, biases, names)
    inputs, target = np.random.default_rng(rows).normal(size=(rows, widths[0])), target_for(loss, rows, widths[-1])
    every = np.arange(rows)
    exact = gradient(network, params, inputs, target, every, LOSSES[loss].code)
    numeric = numeric_gradient(network, params, inputs, target, every, LOSSES[loss].code, 0, params.size)
    np.testing.assert_allclose(exact, numeric, rtol=1e-7, atol=1e-8)


@sizes
def test_gradient_equals_central_differences_on_both_ways(size) -> None:
    rows, widths = size
    weights, biases = layers([widths[0], widths[1], 1], seed=13)
    network, params = network_of(weights, biases, ["tanh", "sigmoid"])
    inputs, target = np.random.default_rng(14).normal(size=(rows, widths[0])), target_for("bce", rows, 1)
    every = np.arange(rows)
    exact = gradient(network, params, inputs, target, every, LOSSES["bce"].code)
    first, count = params.size // 2, min(20, params.size - params.size // 2)
    numeric = numeric_gradient(network, params, inputs, target, every, LOSSES["bce"].code, first, count)
    np.testing.assert_allclose(exact[first : first + count], numeric, rtol=1e-7, atol=1e-8)


@sizes
def test_the_gradient_of_some_rows_is_that_of_these_rows_alone(size) -> None:
    rows, widths = size
    weights, biases = layers([widths[0], widths[1], 2], seed=15)
    network, params = network_of(weights, biases, ["relu", "identity"])
    inputs, target = np.random.default_rng(16).normal(size=(rows, widths[0])), target_for("mse", rows, 2)
    some = np.random.default_rng(17).permutation(rows)[: rows - 2]
    found = gradient(network, params, inputs, target, some, LOSSES["mse"].code)
    alone = gradient(network, params, inputs[some], target[some], np.arange(some.size), LOSSES["mse"].code)
    np.testing.assert_allclose(found, alone, rtol=1e-12, atol=1e-15)


@sizes
@pytest.mark.parametrize("trains", [(True, False), (False, True), (False, False)])
def test_a_fixed_parameter_has_gradient_zero_and_the_others_keep_theirs(size, trains: tuple[bool, bool]) -> None:
    rows, widths = size
    weights, biases = layers([widths[0], widths[1], 2], seed=18)
    codes = [ACTIVATIONS["tanh"].code, ACTIVATIONS["identity"].code]
    whole, params = network_of(weights, biases, ["tanh", "identity"])
    part = build_network(weights, biases, codes, trains, [True, trains[1]])
    inputs, target = np.random.default_rng(19).normal(size=(rows, widths[0])), target_for("mse", rows, 2)
    every = np.arange(rows)
    full = gradient(whole, params, inputs, target, every, LOSSES["mse"].code)
    found = gradient(part, params, inputs, target, every, LOSSES["mse"].code)
    for k, trained in enumerate(trains):
        expected = weight_of(whole, full, k) if trained else np.zeros_like(weights[k])
        np.testing.assert_allclose(weight_of(part, found, k), expected, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(bias_of(part, found, 0), bias_of(whole, full, 0), rtol=1e-12, atol=1e-15)
    second = bias_of(whole, full, 1) if trains[1] else np.zeros((1, 2))
    np.testing.assert_allclose(bias_of(part, found, 1), second, rtol=1e-12, atol=1e-15)


def test_the_gradient_of_a_saturated_classifier_does_not_vanish() -> None:
    # The sigmoid rounds to 1 while the truth is 0: the product of the two gradients is exactly prediction - target.
    network, params = network_of([np.array([[100.0]])], [None], ["sigmoid"])
    one = np.ones((1, 1))
    found = gradient(network, params, one, np.zeros((1, 1)), np.arange(1), LOSSES["bce"].code)
    np.testing.assert_allclose(found, [1.0], rtol=1e-12)


def test_the_gradient_at_a_relu_of_exactly_zero_is_zero() -> None:
    network, params = network_of([np.zeros((1, 1))], [None], ["relu"])
    found = gradient(network, params, np.ones((1, 1)), np.ones((1, 1)), np.arange(1), LOSSES["mse"].code)
    assert found[0] == 0.0
