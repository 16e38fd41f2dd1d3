import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.cells.spelling import exact, joined, short, spelled


@pytest.mark.parametrize(
    ("number", "decimals", "text"),
    [
        (0.2729542, 6, "0.272954"),
        (6771.137931, 6, "6771.137931"),
        (9999999.0, 3, "9999999.000"),
        (1e7, 6, "1.0E+07"),
        (3.64295e303, 6, "3.6E+303"),
        (-4.4e255, 3, "-4.4E+255"),
        (-0.5, 3, "-0.500"),
        (math.inf, 6, "inf"),
    ],
)
def test_a_number_is_spelled_with_its_decimals_or_in_powers_of_ten(number, decimals, text):
    assert spelled(number, decimals) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (3.0, "3"),
        (0.0, "0"),
        (-0.0, "-0.0"),
        (0.1 + 0.2, "0.30000000000000004"),
        (2.0**53, "9007199254740992"),
        (2.0**53 + 2, "9007199254740994.0"),
        (1e300, "1e+300"),
        (np.float64(-0.25), "-0.25"),
    ],
)
def test_a_number_in_a_file_has_all_its_bits(number, text):
    assert exact(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back_from_its_text(number):
    assert repr(float(exact(number))) == repr(number)


@pytest.mark.parametrize(("number", "text"), [(2.0, "2"), (0.1 + 0.2, "0.3"), (1e300, "1e+300"), (-7, "-7")])
def test_a_typed_number_is_quoted_as_it_was_typed(number, text):
    assert short(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2.0, "2"),
        (-7, "-7"),
        (0.1 + 0.2, "0.3"),
        (1 / 3, "0.333333333333333"),
        (-1e-5, "-0.00001"),
        (0.000012345678901234, "0.000012345678901234"),
        (1e15, "1000000000000000"),
        (1.5e300, "1.5E+300"),
        (1e-100, "1E-100"),
    ],
)
def test_a_number_is_joined_to_a_text_as_calc_does(number, text):
    assert joined(number) == text
