"""Products of rows with a layer's weights, in tiles of eight registers that hold the sums.

A BLAS is made for square matrices, for which a layer of 784×16 is too narrow. Rows are read where they lie. Where fewer
than eight rows or inputs are left, the last one fills up the tile and is written more than once; columns that do not
fill a register go one by one. Every sum takes its terms in their order.
"""

from typing import NamedTuple, TypeAlias

from pyfuncs.kernels.arrays import EIGHT, FIVE, FOUR, ONE, SEVEN, SIX, THREE, TWO, ZERO, Index, Places, Vector
from pyfuncs.kernels.jit import inlined, without_refcounts
from pyfuncs.kernels.simd import WIDTH, Lanes, lanes, load, multiply_add, store

EightPlaces: TypeAlias = tuple[Index, Index, Index, Index, Index, Index, Index, Index]
EightSums: TypeAlias = tuple[Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes]


class VectorRows(NamedTuple):
    """Rows of numbers anywhere in a vector."""

    values: Vector
    starts: Places
    """Where each row begins."""
    count: Index
    width: Index


@inlined
def evenly_spaced(starts: Places, first: Index, width: Index, height: Index) -> None:
    """Fill starts with where rows of a width begin that follow each other from `first` on."""
    for r in range(height):
        starts[r] = first + r * width


@inlined
def upto(i: Index, last: Index) -> Index:
    """Return i, at most last."""
    return i if i < last else last


@inlined
def eight_from(first: Index, count: Index) -> EightPlaces:
    """Return first and the seven numbers that follow it, none beyond the last of `count`."""
    last = count - ONE
    return (
        first,
        upto(first + ONE, last),
        upto(first + TWO, last),
        upto(first + THREE, last),
        upto(first + FOUR, last),
        upto(first + FIVE, last),
        upto(first + SIX, last),
        upto(first + SEVEN, last),
    )


@inlined
def eight_starts(starts: Places, r: EightPlaces) -> EightPlaces:
    """Return where eight rows begin."""
    return (
        starts[r[0]],
        starts[r[1]],
        starts[r[2]],
        starts[r[3]],
        starts[r[4]],
        starts[r[5]],
        starts[r[6]],
        starts[r[7]],
    )


@inlined
def load_eight(values: Vector, at: Index, i: EightPlaces, stride: Index, like: Lanes) -> EightSums:
    """Return the numbers that stand at eight multiples of a stride from `at` on."""
    return (
        load(values, at + i[0] * stride, like),
        load(values, at + i[1] * stride, like),
        load(values, at + i[2] * stride, like),
        load(values, at + i[3] * stride, like),
        load(values, at + i[4] * stride, like),
        load(values, at + i[5] * stride, like),
        load(values, at + i[6] * stride, like),
        load(values, at + i[7] * stride, like),
    )


@inlined
def store_eight(values: Vector, at: Index, i: EightPlaces, stride: Index, sums: EightSums) -> None:
    """Write sums to where `load_eight` takes them from."""
    store(values, at + i[0] * stride, sums[0])
    store(values, at + i[1] * stride, sums[1])
    store(values, at + i[2] * stride, sums[2])
    store(values, at + i[3] * stride, sums[3])
    store(values, at + i[4] * stride, sums[4])
    store(values, at + i[5] * stride, sums[5])
    store(values, at + i[6] * stride, sums[6])
    store(values, at + i[7] * stride, sums[7])


@inlined
def add_to_eight(factors: Vector, at: Index, i: EightPlaces, numbers: Lanes, sums: EightSums) -> EightSums:
    """Return eight sums, to each of which the numbers times a factor of its own are added."""
    return (
        multiply_add(factors[at + i[0]], numbers, sums[0]),
        multiply_add(factors[at + i[1]], numbers, sums[1]),
        multiply_add(factors[at + i[2]], numbers, sums[2]),
        multiply_add(factors[at + i[3]], numbers, sums[3]),
        multiply_add(factors[at + i[4]], numbers, sums[4]),
        multiply_add(factors[at + i[5]], numbers, sums[5]),
        multiply_add(factors[at + i[6]], numbers, sums[6]),
        multiply_add(factors[at + i[7]], numbers, sums[7]),
    )


@inlined
def product_columns(
    like: Lanes, rows: VectorRows, weights: Vector, weight: Index, target: Vector, start: Index, stride: Index
) -> None:
    """Do `add_product` for the columns of one register, the first of which stand at `weight` and `start`."""
    for r in range(ZERO, rows.count, EIGHT):
        eight = eight_from(r, rows.count)
        starts = eight_starts(rows.starts, eight)
        sums = load_eight(target, start, eight, stride, like)
        at = weight
        for i in range(rows.width):
            sums = add_to_eight(rows.values, i, starts, load(weights, at, like), sums)
            at += stride
        store_eight(target, start, eight, stride, sums)


@without_refcounts
def add_product(rows: VectorRows, weights: Vector, weight: Index, target: Vector, start: Index, width: Index) -> None:
    """Add rows (n×k) times the k×width matrix at weights[weight:] to the n×width matrix at target[start:]."""
    whole = width - width % WIDTH
    for j in range(ZERO, whole, WIDTH):
        product_columns(lanes(0.0), rows, weights, weight + j, target, start + j, width)
    for j in range(whole, width):
        product_columns(0.0, rows, weights, weight + j, target, start + j, width)


@inlined
def outer_columns(
    like: Lanes,
    rows: VectorRows,
    first: Index,
    deltas: Vector,
    delta: Index,
    target: Vector,
    start: Index,
    stride: Index,
) -> None:
    """Do `add_transposed_product` for eight inputs from `first` on and the columns of one register."""
    eight = eight_from(first, rows.width)
    sums = load_eight(target, start, eight, stride, like)
    at = delta
    for r in range(rows.count):
        sums = add_to_eight(rows.values, rows.starts[r], eight, load(deltas, at, like), sums)
        at += stride
    store_eight(target, start, eight, stride, sums)


@without_refcounts
def add_transposed_product(
    rows: VectorRows, deltas: Vector, delta: Index, target: Vector, start: Index, width: Index
) -> None:
    """Add rows (n×k) transposed times the n×width matrix at deltas[delta:] to the k×width one at target[start:]."""
    whole = width - width % WIDTH
    for i in range(ZERO, rows.width, EIGHT):
        for j in range(ZERO, whole, WIDTH):
            outer_columns(lanes(0.0), rows, i, deltas, delta + j, target, start + j, width)
        for j in range(whole, width):
            outer_columns(0.0, rows, i, deltas, delta + j, target, start + j, width)
