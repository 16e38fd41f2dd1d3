"""Numbers side by side in a vector register of the processor (SIMD), for loops whose sums are to stay in registers.

The same functions take a single number in place of `LANES` of them, so that one loop serves whole registers and what is
left over. A multiply-add rounds once where the processor can (all with AVX2 or NEON), and twice elsewhere.
Each number's sum is its own, so how many lie in a register does not change the bits.
"""

from typing import Any, TypeAlias

import numpy as np
from llvmlite import binding

from pyfuncs.kernels.arrays import Index, Vector

FEATURES = binding.get_host_cpu_features()
LANES = 8 if FEATURES.get("avx512f") else 4 if FEATURES.get("avx") else 2
"""How many numbers of float64 a vector register of this processor holds."""

WIDTH = np.uint64(LANES)
"""The same, for places in arrays."""

Lanes: TypeAlias = Any
"""The numbers in a register, or a single one."""


def lanes(number: float) -> Lanes:
    """Return `LANES` times the same number."""
    return np.full(LANES, number)


def two_lanes(number: float) -> Lanes:
    """Return the same number twice."""
    return np.full(2, number)


def eight_lanes(number: float) -> Lanes:
    """Return eight times the same number, in one register or several: sums over them have the same order everywhere."""
    return np.full(8, number)


def sum_of_eight(n: Lanes) -> float:
    """Return the sum of eight lanes, taken by halves."""
    total: float = ((n[0] + n[4]) + (n[2] + n[6])) + ((n[1] + n[5]) + (n[3] + n[7]))
    return total


def load(array: Vector, at: Index, like: Lanes) -> Lanes:
    """Return the numbers from array[at] on, as many as `like` has."""
    return array[at : int(at) + like.size].copy() if isinstance(like, np.ndarray) else array[at]


def store(array: Vector, at: Index, numbers: Lanes) -> None:
    """Write the numbers from array[at] on."""
    array[at : int(at) + np.size(numbers)] = numbers


def multiply_add(factor: Lanes, numbers: Lanes, total: Lanes) -> Lanes:
    """Return total + factor·numbers."""
    return total + factor * numbers
