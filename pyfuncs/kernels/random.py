"""Random numbers from SplitMix64, the same on every machine and in every host.

Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
A stream is named by whole numbers (a seed and an epoch, say), so any epoch's shuffle can be had without the earlier.
"""

import math

import numpy as np

from pyfuncs.kernels.arrays import ONE, Matrix, Order, Words
from pyfuncs.kernels.jit import kernel

GOLDEN_GAMMA = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
MIX_2 = np.uint64(0x94D049BB133111EB)
S30, S27, S31, S32, S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(32), np.uint64(11)


@kernel
def mix(word: np.uint64) -> np.uint64:
    """Return SplitMix64's output function of a 64-bit word."""
    word = (word ^ (word >> S30)) * MIX_1
    word = (word ^ (word >> S27)) * MIX_2
    return word ^ (word >> S31)


@kernel
def first_word(seed: int, number: int) -> np.uint64:
    """Return the first state of the stream that belongs to a seed and a number within it."""
    # NumPy's uint64 takes a negative number as an int64 alone.
    word = mix(np.uint64(np.int64(seed)) + GOLDEN_GAMMA)
    return mix(word + np.uint64(np.int64(number)) * GOLDEN_GAMMA)


@kernel
def stream(seed: int, number: int) -> Words:
    """Return the state (one 64-bit word) of the stream that belongs to a seed and a number within it."""
    state = np.empty(1, np.uint64)
    state[0] = first_word(seed, number)
    return state


@kernel
def next_word(state: Words) -> np.uint64:
    """Advance the stream and return its next 64 bits."""
    state[0] += GOLDEN_GAMMA
    return mix(state[0])


@kernel
def next_uniform(state: Words) -> float:
    """Advance the stream and return a number in [0, 1) with 53 random bits."""
    return float(next_word(state) >> S11) * 2.0**-53


@kernel
def shuffle(order: Order, seed: int, number: int) -> None:
    """Fill `order` with a permutation of 0 ... n-1 that depends on (n, seed, number) alone."""
    for i in range(order.size):
        order[i] = i
    shuffle_in_place(order, seed, number)


@kernel
def shuffle_in_place(order: Order, seed: int, number: int) -> None:
    """Put the numbers in `order` into the order that `shuffle` gives to 0 ... n-1.

    Fisher and Yates from the end; the 32-bit multiply-and-shift draw is biased by at most n / 2^32.
    """
    word = first_word(seed, number)
    for done in range(order.size - 1):
        size = np.uint64(order.size - done)
        word += GOLDEN_GAMMA
        i = size - ONE
        j = ((mix(word) >> S32) * size) >> S32
        order[i], order[j] = order[j], order[i]


@kernel
def uniform(rows: int, columns: int, bound: float, seed: int, number: int) -> Matrix:
    """Return a rows×columns matrix of numbers uniform in [-bound, bound)."""
    state = stream(seed, number)
    result = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            result[i, j] = bound * (2.0 * next_uniform(state) - 1.0)
    return result


@kernel
def normal(rows: int, columns: int, deviation: float, seed: int, number: int) -> Matrix:
    """Return a rows×columns matrix of normal numbers with mean 0, by the method of Box and Muller (1958)."""
    state = stream(seed, number)
    result = np.empty((rows, columns))
    for i in range(rows):
        for j in range(columns):
            radius = math.sqrt(-2.0 * math.log(1.0 - next_uniform(state)))
            result[i, j] = deviation * radius * math.cos(2.0 * math.pi * next_uniform(state))
    return result
