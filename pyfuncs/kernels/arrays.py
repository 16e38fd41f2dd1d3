"""The array types that kernels take and return, and the numbers their inner loops count with."""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Matrix: TypeAlias = NDArray[np.float64]
"""A two-dimensional C-contiguous float64 array."""

Vector: TypeAlias = NDArray[np.float64]
"""A one-dimensional C-contiguous float64 array."""

Order: TypeAlias = NDArray[np.int64]
"""Row numbers, counted from 0."""

Places: TypeAlias = NDArray[np.uint64]
"""Places in a vector, counted from 0."""

Words: TypeAlias = NDArray[np.uint64]
"""The state of a random stream."""

Ranges: TypeAlias = NDArray[np.uint64]
"""Ranges of parameters, one a row: its first place, and the place behind its last (k×2)."""

Index: TypeAlias = Any
"""A place in an array or a number of places: an int, in inner loops a numpy.uint64."""

ZERO, ONE, TWO, THREE, FOUR, FIVE, SIX, SEVEN, EIGHT = (np.uint64(number) for number in range(9))
"""Unsigned numbers: an unsigned index spares Numba the test for a negative one, but must not meet a signed number."""

CACHE_LINE = 64
"""Bytes."""


def aligned_copy(numbers: Vector) -> Vector:
    """Return a copy that begins with a cache line, so that no register is loaded from two.

    A step of 784-16-16-10 takes half as long again with weights that begin elsewhere.
    """
    room = np.empty(numbers.size + CACHE_LINE // numbers.itemsize)
    start = -room.ctypes.data % CACHE_LINE // numbers.itemsize
    room[start : start + numbers.size] = numbers
    return room[start : start + numbers.size]
