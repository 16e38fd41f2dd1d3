import math

import pytest

from pyfuncs.cells.spelling import spelled


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
