"""Deal rows into those that train and those that validate."""

import math

import numpy as np
from numpy.typing import NDArray

from pyfuncs.kernels.random import shuffle

TRAIN, VALID = "train", "valid"

# A stream of its own: epochs count up from 0.
SPLIT_STREAM = -1


def split_rows(count: int, valid_fraction: float, seed: int) -> NDArray[np.bool_]:
    """Return which of `count` rows train; the fraction of them, rounded down, is kept aside at random."""
    order = np.empty(count, np.int64)
    shuffle(order, seed, SPLIT_STREAM)
    trains = np.ones(count, np.bool_)
    trains[order[: math.floor(count * valid_fraction + 1e-9)]] = False
    return trains
