"""Products in tiles, with every number of rows, inputs and columns that does not fill them, against NumPy."""

import numpy as np
import pytest

from pyfuncs.kernels.arrays import CACHE_LINE, aligned_copy
from pyfuncs.kernels.products import VectorRows, add_product, add_transposed_product
from pyfuncs.kernels.simd import LANES

SHAPES = [
    *((n, 5, LANES) for n in range(1, 18)),
    *((3, k, 2 * LANES) for k in range(1, 18)),
    *((9, 11, m) for m in range(1, 3 * LANES)),
    (64, 784, 16),
]


class Case:
    """Rows that lie in any order in a larger matrix, and targets with neighbours that are to stay."""

    def __init__(self, n, k, m):
        rng = np.random.default_rng([n, k, m])
        self.n, self.k, self.m = n, k, m
        data = rng.normal(size=(2 * n, k))
        chosen = rng.permutation(2 * n)[:n]
        self.matrix = data[chosen]
        self.rows = VectorRows(data.ravel(), (chosen * k).astype(np.uint64), np.uint64(n), np.uint64(k))
        self.other = rng.normal(size=3 + max(n, k) * m)
        self.before = rng.normal(size=max(n, k) * m + 5)

    def check(self, product, inner, outer, left):
        target = self.before.copy()
        product(self.rows, self.other, np.uint64(3), target, np.uint64(2), np.uint64(self.m))
        expected = self.before.copy()
        right = self.other[3 : 3 + inner * self.m].reshape(inner, self.m)
        expected[2 : 2 + outer * self.m] += (left @ right).ravel()
        np.testing.assert_allclose(target, expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("n", "k", "m"), SHAPES)
def test_rows_times_weights(n, k, m):
    case = Case(n, k, m)
    case.check(add_product, k, n, case.matrix)


@pytest.mark.parametrize(("n", "k", "m"), SHAPES)
def test_transposed_rows_times_deltas(n, k, m):
    case = Case(n, k, m)
    case.check(add_transposed_product, n, k, case.matrix.T)


def test_a_row_has_the_same_bits_wherever_it_stands():
    """Neither its neighbours nor the tile that it falls into change the order of its sums."""
    case = Case(13, 40, LANES + 3)
    whole = np.zeros(13 * case.m)
    add_product(case.rows, case.other, np.uint64(0), whole, np.uint64(0), np.uint64(case.m))
    for i in range(13):
        alone = np.zeros(case.m)
        row = case.rows._replace(starts=case.rows.starts[i : i + 1], count=np.uint64(1))
        add_product(row, case.other, np.uint64(0), alone, np.uint64(0), np.uint64(case.m))
        assert alone.tobytes() == whole[i * case.m : (i + 1) * case.m].tobytes()


@pytest.mark.parametrize("size", [1, 7, 8, 12_810])
def test_parameters_begin_with_a_cache_line(size):
    numbers = np.random.default_rng(size).normal(size=size + 1)[1:]
    copy = aligned_copy(numbers)
    assert copy.ctypes.data % CACHE_LINE == 0
    assert copy.tobytes() == numbers.tobytes()
    assert not np.shares_memory(copy, numbers)
