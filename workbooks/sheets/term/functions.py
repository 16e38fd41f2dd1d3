"""The spreadsheet's own functions that the workbooks' formulas use, each over cells."""

import datetime
import math
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np

from pyfuncs.cells.block import DAY_ZERO
from pyfuncs.cells.errors import CellError, ErrorCode
from workbooks.sheets.term.cells import COMPARISONS, Cells, as_cells, broken, compared, counted, mixed, numbers, text


def joined(left: Any, right: Any) -> Cells:
    """Return texts, one after the other."""
    left, right = np.broadcast_arrays(left, right)
    found = [text(a) + text(b) for a, b in zip(left.flat, right.flat, strict=True)]
    return np.array(found, dtype=object).reshape(left.shape)


def textwise(function: Callable[..., Any]) -> Callable[..., Cells]:
    """Return a function of texts that works cell by cell; NaN where it fails, None of a cell that is None."""

    def of_one(*given: Any) -> Any:
        if None in given:
            return None
        try:
            return function(*map(text, given))
        except ValueError:
            return math.nan

    def of_all(*given: Any) -> Cells:
        ranges = np.broadcast_arrays(*(np.asarray(cells, dtype=object) for cells in given))
        found = [of_one(*each) for each in zip(*(cells.flat for cells in ranges), strict=True)]
        return np.array(found, dtype=object).reshape(ranges[0].shape)

    return of_all


def matches(cells: Any, criterion: Any) -> Cells:
    """Return which cells COUNTIF counts: those equal to a criterion, or as far from it as its operator says."""
    criterion = np.broadcast_to(criterion, (*np.broadcast_shapes(cells.shape[:2], criterion.shape[:2]), 1, 1))
    flat = criterion.reshape(*criterion.shape[:2], 1, 1)
    word = flat.flat[0]
    if flat.size == 1 and isinstance(word, str) and (split := re.match(r"(<=|>=|<>|<|>|=)(.*)", word)):
        operator, rest = split.groups()
        try:
            return compared(operator, cells, as_cells(float(rest)))
        except ValueError:
            return compared(operator, cells, as_cells(rest))
    return compared("=", cells, flat)


def added(cells: Any) -> Cells:
    """Return the sum of each range, exactly rounded, which is what Calc's compensated sum comes to; NaN spoils it."""
    rows = np.ma.filled(cells, 0.0).reshape(*cells.shape[:2], -1)
    sums = [math.fsum(row.tolist()) if np.isfinite(row).all() else math.nan for row in rows.reshape(-1, rows.shape[2])]
    return np.array(sums).reshape(*cells.shape[:2], 1, 1)


def average(*ranges: Any) -> Cells:
    """Return the mean of the numbers in all ranges, as AVERAGE does: 1×1, or a cell each where it is filled."""
    cells = counted(*ranges)
    return added(cells) / np.ma.count(cells, axis=(2, 3)).reshape(*cells.shape[:2], 1, 1)


def reduced(function: Callable[..., Any], *ranges: Any) -> Cells:
    """Return one number over all cells of some ranges that are numbers."""
    if all(cells.dtype != object for cells in ranges) and len(ranges) == 1:
        return np.asarray(function(ranges[0], axis=(2, 3), keepdims=True))
    return np.ma.filled(function(counted(*ranges), axis=(2, 3), keepdims=True), 0.0)


def over_rows(count: Callable[[Any], int]) -> Callable[[Any], Cells]:
    """Return a function that gives a size of a range."""
    return lambda cells: as_cells(float(count(cells)))


def indexed(cells: Any, row: Any, column: Any = None) -> Cells:
    """Return INDEX: a cell of a range by its row and column from 1; in a single row or column, by its place."""
    row = numbers(row)
    if column is None:
        flat = cells.reshape(*cells.shape[:2], -1)
        return picked(flat, row)
    column = numbers(column)
    if row.size == 1 and row.flat[0] == 0:
        return np.asarray(cells[:, :, :, int(column.flat[0]) - 1][..., np.newaxis])
    if column.size == 1 and column.flat[0] == 0:
        return np.asarray(cells[:, :, int(row.flat[0]) - 1, np.newaxis, :])
    width = cells.shape[3]
    return picked(cells.reshape(*cells.shape[:2], -1), (row - 1) * width + column)


def picked(flat: Cells, places: Cells) -> Cells:
    """Return the cells at places (from 1) of a range laid out in one row."""
    if flat.shape[:2] != (1, 1):
        flat = np.broadcast_to(flat, (*np.broadcast_shapes(flat.shape[:2], places.shape[:2]), flat.shape[2]))
        places = np.broadcast_to(places, (*flat.shape[:2], *places.shape[2:]))
        chosen = np.take_along_axis(flat, places.reshape(*flat.shape[:2], -1).astype(int) - 1, axis=2)
        return np.asarray(chosen.reshape(places.shape))
    known = np.isfinite(places) & (places >= 1) & (places <= flat.shape[2])
    found = flat[0, 0][np.where(known, places, 1).astype(int) - 1]
    return np.asarray(found if known.all() else mixed(known, found, np.full(found.shape, math.nan)))


def matched(value: Any, cells: Any, kind: Any = None) -> Cells:
    """Return MATCH: the place, from 1, of the first equal cell, or (kind 1) of the last one that is not larger."""
    flat = cells.reshape(*cells.shape[:2], 1, -1)
    if kind is not None and numbers(kind).flat[0] == 0:
        equal = compared("=", flat, value.reshape(*value.shape[:2], -1, 1))
        found = equal.argmax(axis=3) + 1.0
        found = np.where(equal.any(axis=3), found, np.nan)
    else:
        found = (numbers(flat) <= numbers(value).reshape(*value.shape[:2], -1, 1)).sum(axis=3).astype(float)
        found = np.where(found == 0, np.nan, found)
    return np.asarray(found[..., np.newaxis] if found.ndim == 3 else found)


def ordered(cells: Any, place: Any, *, largest: bool) -> Cells:
    """Return SMALL or LARGE: the n-th number of a range from one end."""
    flat = np.sort(counted(cells)[0, 0, 0].compressed())
    flat = flat[::-1] if largest else flat
    return np.asarray(flat[numbers(place).astype(int) - 1])


def elementwise(function: Callable[..., Any]) -> Callable[..., Cells]:
    """Return a function of numbers that works cell by cell."""
    return lambda *given: np.asarray(function(*(numbers(cells) for cells in given)))


def rounded(cells: Any, digits: Any) -> Cells:
    """Return ROUND: halves go away from 0."""
    scale = 10.0 ** numbers(digits)
    scaled = numbers(cells) * scale
    whole = np.sign(scaled) * np.floor(np.abs(scaled) + 0.5) / scale
    return np.asarray(np.where(np.isfinite(scaled), whole, numbers(cells)))  # so large that nothing is left to round


def exactly(function: Callable[..., float]) -> Callable[..., Cells]:
    """Return a function of numbers that works cell by cell, and gives the same bits on every processor."""

    def safe(*given: float) -> float:
        try:
            return function(*given)
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    return elementwise(np.vectorize(safe, otypes=[float]))


POWER = exactly(math.pow)


def power(base: Cells, exponent: Cells) -> Cells:
    """Return powers; a square is a product, which is exact to the last bit."""
    return base * base if exponent.size == 1 and exponent.flat[0] == 2.0 else POWER(base, exponent)


def sum_where(cells: Any, criterion: Any, summed: Any) -> Cells:
    """Return SUMIF."""
    return np.asarray((numbers(summed) * matches(cells, criterion)).sum(axis=(2, 3), keepdims=True))


def most_common(cells: Any) -> Cells:
    """Return MODE.MULT: the numbers that come most often, in the order in which they come first.

    Raises:
        CellError: #N/A where none comes twice.

    """
    found = counted(cells)[0, 0, 0].compressed()
    values, first, counts = np.unique(found, return_index=True, return_counts=True)
    if not counts.size or counts.max() == 1:
        return not_available()
    best = np.flatnonzero(counts == counts.max())
    return as_cells(values[best[first[best].argsort()]][:, np.newaxis])


def r_squared(y: Any, x: Any) -> Cells:
    """Return RSQ: the square of the correlation of two ranges."""
    y, x = (numbers(cells) - numbers(cells).mean() for cells in (y, x))
    return as_cells(float((x * y).sum() ** 2 / ((x * x).sum() * (y * y).sum())))


def not_available() -> Cells:
    """Return NA(), which is an error.

    Raises:
        CellError: #N/A.

    """
    raise CellError(ErrorCode.NA, "a formula says #N/A")


def last_number(_: Any, cells: Any) -> Cells:
    """Return LOOKUP of a number beyond all others: the last number of a range."""
    return as_cells(float(counted(cells)[0, 0, 0].compressed()[-1]))


def everywhere(function: Callable[..., Any]) -> Callable[..., Cells]:
    """Return AND or OR over all cells of its arguments."""
    return lambda *given: np.asarray(function(counted(*map(numbers, given)) != 0, axis=(2, 3), keepdims=True))


def sum_of_products(*ranges: Any) -> Cells:
    """Return SUMPRODUCT; unlike SUM it takes a text for 0."""
    product = np.nan_to_num(numbers(ranges[0])) if ranges[0].dtype == object else numbers(ranges[0])
    for cells in ranges[1:]:
        product = product * numbers(cells)
    return added(product)


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{operator: partial(compared, operator) for operator in COMPARISONS},
    "+": elementwise(np.add),
    "-": elementwise(np.subtract),
    "*": elementwise(np.multiply),
    "/": elementwise(np.divide),
    "^": lambda base, exponent: power(numbers(base), numbers(exponent)),
    "&": joined,
    "FIND": textwise(lambda part, whole: whole.index(part) + 1.0),
    "SUBSTITUTE": textwise(lambda whole, old, new: whole.replace(old, new)),
    "NEGATIVE": elementwise(np.negative),
    "AND": everywhere(np.all),
    "OR": everywhere(np.any),
    "NOT": lambda cells: numbers(cells) == 0,
    "ISNUMBER": lambda cells: ~np.ma.getmaskarray(counted(cells)).reshape(cells.shape) & ~broken(cells),
    "ABS": elementwise(np.abs),
    "SIGN": elementwise(np.sign),
    "SQRT": elementwise(np.sqrt),
    "EXP": exactly(math.exp),
    "LN": exactly(math.log),
    "LOG10": exactly(math.log10),
    "SIN": exactly(math.sin),
    "COS": exactly(math.cos),
    "TANH": exactly(math.tanh),
    "NORMSDIST": exactly(lambda z: 0.5 * math.erfc(-z * math.sqrt(0.5))),
    "INT": elementwise(np.floor),
    "MOD": elementwise(np.mod),
    "ROUND": rounded,
    "ROUNDUP": lambda cells, digits: np.ceil(numbers(cells) * 10.0 ** numbers(digits)) / 10.0 ** numbers(digits),
    "NA": not_available,
    "NOW": lambda: as_cells((datetime.datetime.now() - DAY_ZERO) / datetime.timedelta(days=1)),
    "PI": lambda: as_cells(math.pi),
    "SUM": lambda *ranges: added(counted(*ranges)),
    "AVERAGE": average,
    "MEDIAN": lambda *ranges: reduced(np.ma.median, *ranges),
    "MAX": lambda *ranges: reduced(np.ma.max, *ranges),
    "MIN": lambda *ranges: reduced(np.ma.min, *ranges),
    "VARP": lambda *ranges: reduced(np.ma.var, *ranges),
    "SUMPRODUCT": sum_of_products,
    "SUMIF": sum_where,
    "MODE": lambda cells: most_common(cells)[:, :, :1],
    "MODE.MULT": most_common,
    "ISBLANK": lambda cells: np.asarray(cells.astype(object) == np.array(None)),
    "COUNTA": lambda cells: (cells.astype(object) != np.array(None)).sum(axis=(2, 3), keepdims=True).astype(float),
    "COUNTBLANK": lambda cells: compared("=", cells, as_cells("")).sum(axis=(2, 3), keepdims=True).astype(float),
    "RSQ": r_squared,
    "LOOKUP": last_number,
    "COUNTIF": lambda cells, criterion: matches(cells, criterion).sum(axis=(2, 3), keepdims=True).astype(float),
    "MMULT": lambda left, right: numbers(left) @ numbers(right),
    "TRANSPOSE": lambda cells: np.swapaxes(cells, 2, 3),
    "ROWS": over_rows(lambda cells: cells.shape[2]),
    "COLUMNS": over_rows(lambda cells: cells.shape[3]),
    "INDEX": indexed,
    "MATCH": matched,
    "SMALL": lambda cells, place: ordered(cells, place, largest=False),
    "LARGE": lambda cells, place: ordered(cells, place, largest=True),
}
