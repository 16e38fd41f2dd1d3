import itertools

import numpy as np
import pytest

from pyfuncs.kernels.neurons import heaviside, mcculloch_pitts, perceptron, perceptron_step

PAIRS = np.array(list(itertools.product([0.0, 1.0], repeat=2)))
AND, OR, XOR = (np.array([[0.0], *rest]) for rest in ([[0.0], [0.0], [1.0]], [[1.0]] * 3, [[1.0], [1.0], [0.0]]))


@pytest.mark.parametrize("at_zero", [0.0, 0.5, 1.0])
def test_heaviside_equals_numpy(at_zero: float) -> None:
    inputs = np.array([[-1e300, -1.0, -5e-324, -0.0, 0.0, 5e-324, 1.0, 1e300, np.nan]])
    np.testing.assert_array_equal(heaviside(inputs, at_zero), np.heaviside(inputs, at_zero))


@pytest.mark.parametrize(("threshold", "truth"), [(2.0, AND), (1.0, OR)])
def test_mcculloch_and_pitts_compute_and_and_or(threshold: float, truth: np.ndarray) -> None:
    none = np.empty((4, 0))
    np.testing.assert_array_equal(mcculloch_pitts(PAIRS, none, threshold), truth)


def test_one_active_inhibitory_input_forbids_firing() -> None:
    excitatory, inhibitory = np.ones((4, 3)), PAIRS
    np.testing.assert_array_equal(mcculloch_pitts(excitatory, inhibitory, 1.0), [[1.0], [0.0], [0.0], [0.0]])


def test_a_perceptron_fires_from_a_sum_of_exactly_zero_on() -> None:
    weight, bias = np.array([[1.0], [2.0]]), np.array([[-2.0]])
    np.testing.assert_array_equal(perceptron(PAIRS, weight, bias), [[0.0], [1.0], [0.0], [1.0]])


def learned(truth: np.ndarray, epochs: int) -> np.ndarray:
    stacked = np.zeros((3, 1))
    for _ in range(epochs):
        stacked = perceptron_step(stacked, PAIRS, truth, 1.0)
    return perceptron(PAIRS, stacked[:2].copy(), stacked[2:].copy())


@pytest.mark.parametrize("truth", [AND, OR, 1.0 - AND])
def test_the_perceptron_rule_learns_what_a_line_separates(truth: np.ndarray) -> None:
    np.testing.assert_array_equal(learned(truth, 20), truth)


def test_the_perceptron_rule_never_learns_exclusive_or() -> None:
    assert (learned(XOR, 1000) != XOR).any()


def test_the_perceptron_rule_moves_the_weights_row_after_row() -> None:
    rng = np.random.default_rng(1)
    inputs, target = rng.normal(size=(30, 3)), rng.integers(0, 2, (30, 2)).astype(np.float64)
    expected = rng.normal(size=(4, 2))
    found = perceptron_step(expected, inputs, target, 0.25)
    expected = expected.copy()
    for x, t in zip(np.column_stack([inputs, np.ones(30)]), target, strict=True):
        expected += 0.25 * np.outer(x, t - (x @ expected >= 0.0))
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-14)
