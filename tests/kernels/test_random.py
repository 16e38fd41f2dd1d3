import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.kernels.random import next_uniform, next_word, normal, shuffle, stream, uniform

# The first outputs that the generator's authors and its many ports publish for the seed 1234567.
PUBLISHED = [6457827717110365317, 3203168211198807973, 9817491932198370423, 4593380528125082431, 16408922859458223821]

seeds = st.integers(-(2**31), 2**53)


def shuffled(n: int, seed: int, number: int) -> np.ndarray:
    order = np.full(n, -7, np.int64)
    shuffle(order, seed, number)
    return order


def test_the_generator_gives_the_published_words() -> None:
    state = np.array([1234567], np.uint64)
    assert [int(next_word(state)) for _ in PUBLISHED] == PUBLISHED


def test_uniform_numbers_are_the_top_53_bits_of_the_words() -> None:
    state = np.array([1234567], np.uint64)
    assert [next_uniform(state) for _ in PUBLISHED] == [(word >> 11) / 2**53 for word in PUBLISHED]


@given(st.integers(0, 200), seeds, st.integers(-1, 10**6))
def test_a_shuffle_is_a_permutation_for_every_length(n: int, seed: int, number: int) -> None:
    assert sorted(shuffled(n, seed, number)) == list(range(n))


@given(st.integers(1, 100), seeds, st.integers(0, 10**6))
def test_a_shuffle_depends_on_length_seed_and_number_alone(n: int, seed: int, number: int) -> None:
    first = shuffled(n, seed, number)
    dirty = np.random.default_rng(n).integers(0, n, n)
    shuffle(dirty, seed, number)
    np.testing.assert_array_equal(dirty, first)


def test_other_seeds_and_other_numbers_shuffle_otherwise() -> None:
    orders = {tuple(shuffled(50, seed, number)) for seed in range(-5, 25) for number in range(30)}
    assert len(orders) == 900


def test_every_element_comes_to_every_place_about_equally_often() -> None:
    n, times = 8, 8000
    counts = np.zeros((n, n))
    for number in range(times):
        counts[np.arange(n), shuffled(n, 1, number)] += 1
    statistic = ((counts - times / n) ** 2 / (times / n)).sum()
    assert 0.001 < scipy.stats.chi2.cdf(statistic, (n - 1) ** 2) < 0.999


def test_every_order_of_four_is_about_equally_likely_over_seeds() -> None:
    times = 4800
    orders = [tuple(shuffled(4, seed, 0)) for seed in range(times)]
    _, counts = np.unique(orders, axis=0, return_counts=True)
    assert counts.size == 24
    assert scipy.stats.chisquare(counts).pvalue > 0.001


def test_a_stream_is_one_word_of_its_own_for_every_seed_and_number() -> None:
    states = {int(stream(seed, number)[0]) for seed in range(-50, 50) for number in range(-1, 50)}
    assert len(states) == 100 * 51


@pytest.mark.parametrize("bound", [1.0, 0.25, 3.0])
def test_uniform_numbers_fill_their_range_evenly(bound: float) -> None:
    numbers = uniform(400, 250, bound, 7, 1).ravel()
    assert -bound <= numbers.min() < -0.999 * bound
    assert 0.999 * bound < numbers.max() < bound
    deviation = bound / np.sqrt(3.0)
    assert abs(numbers.mean()) < 4.0 * deviation / np.sqrt(numbers.size)
    assert numbers.std() == pytest.approx(deviation, rel=0.01)
    assert scipy.stats.kstest((numbers / bound + 1.0) / 2.0, "uniform").pvalue > 0.001


@pytest.mark.parametrize("deviation", [1.0, 0.1])
def test_normal_numbers_are_normal(deviation: float) -> None:
    numbers = normal(400, 250, deviation, 7, 1).ravel()
    assert abs(numbers.mean()) < 4.0 * deviation / np.sqrt(numbers.size)
    assert numbers.std() == pytest.approx(deviation, rel=0.01)
    assert scipy.stats.kstest(numbers / deviation, "norm").pvalue > 0.001
    neighbours = np.corrcoef(numbers[:-1], numbers[1:])[0, 1]
    assert abs(neighbours) < 4.0 / np.sqrt(numbers.size)
