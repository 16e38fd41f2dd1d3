"""How numbers are spelled: with all their bits for files and formulas, with fewer for & and people."""

import math
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyfuncs.kernels.arrays import Vector

LARGE = 1e7
"""From here on a sentence gives a number in powers of ten: its decimals say nothing."""
LEAST_DECIMAL, LEAST_POWER = 1e-10, 1e16
"""Between them & joins a number without a power of ten."""
LARGEST_EXACT_INTEGER = 2**53
"""Above it doubles skip integers, so that the digits of one would say more than is known."""


def exact(number: float) -> str:
    """Return the shortest text of a finite number from which all its bits come back: whole numbers have no point."""
    is_negative_zero = number == 0 and math.copysign(1, number) < 0
    if float(number).is_integer() and abs(number) <= LARGEST_EXACT_INTEGER and not is_negative_zero:
        return str(int(number))
    return repr(float(number))  # a NumPy number's own repr is not a number's


def exact_texts(numbers: "Vector") -> list[str]:
    """Return the texts of many finite numbers, as `exact` has them."""
    import numpy as np  # the help of the command needs none

    whole = (numbers == np.floor(numbers)) & (np.abs(numbers) <= LARGEST_EXACT_INTEGER)
    if whole.all():
        return list(map(exact, numbers.tolist()))
    texts = list(map(repr, numbers.tolist()))
    for place in np.flatnonzero(whole).tolist():
        texts[place] = exact(numbers[place])
    return texts


def short(number: float) -> str:
    """Return a number that somebody has typed, for a sentence: 12 digits at most, a whole number without a point."""
    return f"{number:.12g}"


def joined(number: float) -> str:
    """Return a number as a spreadsheet's & joins it to a text: 15 digits at most, a whole number without a point.

    Each program has its own way with numbers below 1E-10 and from 1E+16 on: they are in powers of ten here.
    """
    text = f"{float(number):.15g}"
    return f"{Decimal(text):f}" if LEAST_DECIMAL <= abs(number) < LEAST_POWER else text.replace("e", "E")


def spelled(number: float, decimals: int) -> str:
    """Return a computed number for a sentence, with so many decimals or in powers of ten: 3.6E+303."""
    return f"{number:.1e}".replace("e", "E") if abs(number) >= LARGE else f"{number:.{decimals}f}"
