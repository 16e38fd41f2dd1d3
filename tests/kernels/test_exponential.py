"""The exponential function against 50 digits of the decimal module."""

import decimal

import numpy as np
import pytest

from pyfuncs.kernels.exponential import exp
from pyfuncs.kernels.jit import kernel


@kernel
def of_all(numbers):
    result = np.empty(numbers.size)
    for i in range(numbers.size):
        result[i] = exp(numbers[i])
    return result


@pytest.mark.parametrize(("low", "high"), [(-1.0, 1.0), (-50.0, 0.0), (-708.0, 709.7), (-1e-9, 1e-9), (-745.1, -708.4)])
def test_it_is_less_than_one_unit_in_the_last_place_off(low, high):
    numbers = np.random.default_rng(0).uniform(low, high, 2000)
    with decimal.localcontext(prec=50):
        for x, found in zip(numbers.tolist(), of_all(numbers).tolist(), strict=True):
            assert abs(decimal.Decimal(found) - decimal.Decimal(x).exp()) < decimal.Decimal(np.spacing(found).item()), x


def test_it_ends_as_ieee_754_asks():
    numbers = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 709.782712893384, 709.7827128933841, 1e300, -745.2, -1e300])
    expected = [1.0, 1.0, np.inf, 0.0, np.nan, 1.797693134862273e308, np.inf, np.inf, 0.0, 0.0]
    np.testing.assert_allclose(of_all(numbers), expected, rtol=1e-15, atol=0)


def test_it_rises_everywhere():
    numbers = np.linspace(-1.0, 1.0, 100_001)
    assert (np.diff(of_all(numbers)) > 0.0).all()
