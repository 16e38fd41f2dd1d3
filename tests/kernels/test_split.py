from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.kernels.split import split_rows


@given(st.integers(1, 500), st.floats(0.0, 0.999), st.integers(-100, 2**40))
def test_the_fraction_rounded_down_is_kept_aside(count: int, fraction: float, seed: int) -> None:
    trains = split_rows(count, fraction, seed)
    kept = count - int(trains.sum())
    assert trains.shape == (count,)
    assert kept == pytest.approx(count * fraction, abs=1.0)
    assert kept < count


@pytest.mark.parametrize(
    ("count", "fraction"), [(100, "0.29"), (100, "0.57"), (1000, "0.019"), (891, "0.2"), (10, "0.3")]
)
def test_a_decimal_fraction_is_not_a_row_short(count: int, fraction: str) -> None:
    kept = count - int(split_rows(count, float(fraction), 0).sum())
    assert kept == count * Fraction(fraction) // 1


def test_a_fraction_of_zero_keeps_no_row_aside() -> None:
    assert split_rows(712, 0.0, 3).all()


def test_the_same_seed_deals_the_same_rows_and_another_seed_others() -> None:
    first = split_rows(200, 0.25, 5)
    np.testing.assert_array_equal(split_rows(200, 0.25, 5), first)
    assert len({split_rows(200, 0.25, seed).tobytes() for seed in range(50)}) == 50


def test_every_row_is_kept_aside_about_equally_often() -> None:
    times, count = 2000, 20
    kept = sum((~split_rows(count, 0.25, seed)).astype(int) for seed in range(times))
    deviation = np.sqrt(times * 0.25 * 0.75)
    assert np.abs(kept - times * 0.25).max() < 4.0 * deviation
