"""The exponential function in plain arithmetic, the same bits on every system, and for a whole register at once.

A loop that calls the C library's takes one number after the other, and each system's library rounds in its own way.
"""

import math

import numpy as np

from pyfuncs.kernels.jit import inlined
from pyfuncs.kernels.simd import multiply_add

# Below the one, e^x rounds to 0, and above the other it is infinite.
LOWEST, HIGHEST = -746.0, 710.0
LOG2_E = 1.0 / math.log(2.0)
# ln 2 in two parts; the first has so many zeros at its end that n times it is exact (fdlibm, e_exp.c).
LN_2_HIGH, LN_2_LOW = float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33")
# Adding it rounds to a whole number, which then stands in the last bits.
SHIFTER = 1.5 * 2.0**52
SHIFTER_BITS = int(np.float64(SHIFTER).view(np.int64))
EXPONENT_BIAS, EXPONENT_AT = 1023, 52
C2, C3, C4, C5, C6, C7, C8, C9, C10, C11, C12, C13 = (1.0 / math.factorial(k) for k in range(2, 14))


@inlined
def power_of_two(exponent: np.int64) -> float:
    """Return 2 to a whole exponent from -1022 to 1023."""
    power: float = np.int64((exponent + EXPONENT_BIAS) << EXPONENT_AT).view(np.float64)
    return power


@inlined
def exp(x: float) -> float:
    """Return e^x, at most 1 unit in the last place off; NaN stays NaN.

    x = n·ln 2 + r with a whole n and |r| at most ln 2 / 2; e^r is Taylor's sum, whose next term is below 2^-57.
    """
    x = LOWEST if x < LOWEST else HIGHEST if x > HIGHEST else x
    shifted = np.float64(multiply_add(x, LOG2_E, SHIFTER))
    n = shifted - SHIFTER
    r = multiply_add(-n, LN_2_LOW, multiply_add(-n, LN_2_HIGH, x))
    total = multiply_add(r, C13, C12)
    total = multiply_add(r, total, C11)
    total = multiply_add(r, total, C10)
    total = multiply_add(r, total, C9)
    total = multiply_add(r, total, C8)
    total = multiply_add(r, total, C7)
    total = multiply_add(r, total, C6)
    total = multiply_add(r, total, C5)
    total = multiply_add(r, total, C4)
    total = multiply_add(r, total, C3)
    total = multiply_add(r, total, C2)
    total = multiply_add(r, total, 1.0)
    total = multiply_add(r, total, 1.0)
    whole = shifted.view(np.int64) - SHIFTER_BITS
    # Two factors: 2^n itself may be too large or too small for one number.
    half = whole >> 1
    return total * power_of_two(half) * power_of_two(whole - half)
