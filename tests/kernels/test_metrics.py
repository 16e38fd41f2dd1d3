import numpy as np
import pytest
import sklearn.metrics
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.kernels import metrics


@given(st.lists(st.tuples(st.floats(0.0, 1.0), st.booleans()), min_size=1, max_size=40))
def test_accuracy_of_one_column_equals_scikit_learn(cases: list[tuple[float, bool]]) -> None:
    inputs = np.array([[probability] for probability, _ in cases])
    target = np.array([[float(truth)] for _, truth in cases])
    expected = sklearn.metrics.accuracy_score(target[:, 0] > 0.5, inputs[:, 0] > 0.5)
    assert metrics.accuracy(inputs, target, 0.5)[0, 0] == pytest.approx(expected, rel=1e-15)
    assert metrics.error_rate(inputs, target, 0.5)[0, 0] == pytest.approx(1.0 - expected, abs=1e-15)


@given(st.integers(1, 30), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_accuracy_of_several_columns_compares_the_largest_places(rows: int, classes: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    inputs = rng.integers(0, 4, (rows, classes)).astype(np.float64)  # with equals: the first of them counts
    truth = rng.integers(0, classes, rows)
    expected = sklearn.metrics.accuracy_score(truth, inputs.argmax(axis=1))
    assert metrics.accuracy(inputs, np.eye(classes)[truth], 0.5)[0, 0] == pytest.approx(expected, rel=1e-15)


def test_a_prediction_on_the_threshold_is_a_no() -> None:
    inputs = np.array([[0.5], [np.nextafter(0.5, 1.0)]])
    assert metrics.accuracy(inputs, np.array([[0.0], [1.0]]), 0.5)[0, 0] == 1.0
    assert metrics.error_rate(inputs, np.array([[1.0], [0.0]]), 0.5)[0, 0] == 1.0
