import numpy as np
import pytest
import sklearn.preprocessing
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.kernels.scaling import minmax, standardize


def sample(seed: int, rows: int, columns: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.normal(rng.uniform(-5, 5, columns), rng.uniform(0.1, 30, columns), (rows, columns))


@given(st.integers(2, 40), st.integers(1, 5), st.integers(0, 1000))
def test_scales_equal_scikit_learn(rows: int, columns: int, seed: int) -> None:
    reference, inputs = sample(seed, rows, columns), sample(seed + 1, 7, columns)
    expected = sklearn.preprocessing.StandardScaler().fit(reference).transform(inputs)
    np.testing.assert_allclose(standardize(inputs, reference), expected, rtol=1e-10, atol=1e-12)
    expected = sklearn.preprocessing.MinMaxScaler().fit(reference).transform(inputs)
    np.testing.assert_allclose(minmax(inputs, reference), expected, rtol=1e-10, atol=1e-12)


def test_rows_scaled_by_themselves_have_mean_zero_and_deviation_one_or_fill_zero_to_one() -> None:
    inputs = sample(1, 50, 3)
    scaled = standardize(inputs, inputs)
    np.testing.assert_allclose(scaled.mean(axis=0), 0.0, atol=1e-14)
    np.testing.assert_allclose(scaled.std(axis=0), 1.0, rtol=1e-14)
    scaled = minmax(inputs, inputs)
    np.testing.assert_array_equal([scaled.min(axis=0), scaled.max(axis=0)], [[0.0] * 3, [1.0] * 3])


@pytest.mark.parametrize("value", [0.0, 5.0, 0.1, -1e300])
def test_a_constant_column_becomes_zero(value: float) -> None:
    column = np.full((7, 1), value)
    np.testing.assert_array_equal(standardize(column, column), np.zeros((7, 1)))
    np.testing.assert_array_equal(minmax(column, column), np.zeros((7, 1)))


def test_another_value_in_a_constant_column_is_its_distance_as_in_scikit_learn() -> None:
    reference, inputs = np.full((4, 1), 5.0), np.array([[5.0], [7.0]])
    expected = sklearn.preprocessing.StandardScaler().fit(reference).transform(inputs)
    np.testing.assert_allclose(standardize(inputs, reference), expected, rtol=1e-15)


def test_enormous_numbers_have_finite_scales() -> None:
    inputs = np.array([[-1e300], [1e300]])
    np.testing.assert_allclose(standardize(inputs, inputs), [[-1.0], [1.0]], rtol=1e-14)
    inputs = np.array([[-1e308], [0.0], [1e308]])
    np.testing.assert_allclose(minmax(inputs, inputs), [[0.0], [0.5], [1.0]], rtol=1e-14)
