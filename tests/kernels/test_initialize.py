import numpy as np
import pytest

from pyfuncs.kernels.initialize import METHODS, initialize

SIZES = [(1, 1), (10, 2), (3, 200), (400, 100)]


@pytest.mark.parametrize(("rows", "columns"), SIZES)
@pytest.mark.parametrize("method", list(METHODS))
def test_every_method_gives_the_shape_asked_for_and_the_same_numbers_again(
    method: str, rows: int, columns: int
) -> None:
    first = initialize(rows, columns, 42, METHODS[method], 1)
    assert first.shape == (rows, columns)
    assert np.isfinite(first).all()
    assert first.tobytes() == initialize(rows, columns, 42, METHODS[method], 1).tobytes()


@pytest.mark.parametrize(("rows", "columns"), SIZES)
@pytest.mark.parametrize(
    ("method", "bound"),
    [("uniform", lambda rows, columns: rows**-0.5), ("xavier", lambda rows, columns: (6.0 / (rows + columns)) ** 0.5)],
)
def test_uniform_methods_stay_within_their_bound_and_nearly_reach_it(
    method: str, bound, rows: int, columns: int
) -> None:
    numbers = initialize(rows, columns, 1, METHODS[method], 1)
    limit = bound(rows, columns)
    assert np.abs(numbers).max() <= limit
    if numbers.size > 100:
        assert np.abs(numbers).max() > 0.95 * limit


def test_kaiming_has_the_deviation_that_keeps_a_relus_variance() -> None:
    numbers = initialize(400, 100, 1, METHODS["kaiming"], 1)
    assert numbers.std() == pytest.approx((2.0 / 400) ** 0.5, rel=0.02)
    assert abs(numbers.mean()) < 4.0 * (2.0 / 400) ** 0.5 / 200.0


def test_zeros_are_zeros() -> None:
    assert not initialize(3, 4, 1, METHODS["zeros"], 1).any()


@pytest.mark.parametrize("method", ["uniform", "xavier", "kaiming"])
def test_seeds_and_layers_draw_other_numbers(method: str) -> None:
    drawn = {
        initialize(3, 2, seed, METHODS[method], layer).tobytes() for seed in (-1, 0, 1, 2) for layer in range(1, 7)
    }
    assert len(drawn) == 24
