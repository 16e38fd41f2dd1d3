"""The cells that a formula works on, and how a spreadsheet reads them as numbers, texts and truths.

A value has four axes: the rows and columns of the cells that the formula stands in, then the rows and columns of the
range that it reads at each of them. So one evaluation serves a formula filled down, with references that move along,
and an array formula, with ranges that stay.
"""

import math
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyfuncs.cells.spelling import joined

Cells: TypeAlias = NDArray[Any]
"""Four axes: rows and columns of cells, rows and columns of a range; float64 where all are numbers, else objects."""


def as_cells(rows: object) -> Cells:
    """Return a value, or rows of values, as a range that is the same at every cell."""
    cells = np.asarray(rows) if not isinstance(rows, str | bool) else np.array([[rows]], dtype=object)
    if cells.dtype.kind in "US":
        cells = cells.astype(object)
    return cells.reshape((1, 1, *cells.shape) if cells.ndim == 2 else (1, 1, 1, 1))


def placed(values: NDArray[Any], part: str | None) -> Cells:
    """Return a block's values as a formula sees them that is filled into cells: see `Operand`."""
    rows, columns = values.shape
    if part == "row":
        return values.reshape(rows, 1, 1, columns)
    if part == "column":
        return np.ascontiguousarray(values.T).reshape(1, columns, rows, 1)
    return values.reshape(1, 1, rows, columns) if part == "all" else values.reshape(rows, columns, 1, 1)


def numbers(cells: Any) -> Cells:
    """Return cells as numbers: a blank is 0, TRUE is 1, a text is none."""
    if cells is None:
        return np.zeros((1, 1, 1, 1))
    if cells.dtype == object:
        flat = cells.ravel().tolist()
        if any(issubclass(kind, str) for kind in set(map(type, flat))):
            return np.array([number(cell) for cell in flat], dtype=np.float64).reshape(cells.shape)
        return np.array([0.0 if cell is None else cell for cell in flat], dtype=np.float64).reshape(cells.shape)
    return np.asarray(cells, dtype=np.float64)


def number(cell: Any) -> float:
    """Return one cell as a number, NaN for a text."""
    if cell is None:
        return 0.0
    return math.nan if isinstance(cell, str) else float(cell)


NO_NUMBER = (str, bool, type(None))


def counted(*ranges: Any) -> Any:
    """Return the cells of ranges side by side as a masked array: texts, blanks and the FALSE of an IF masked."""
    parts = []
    for cells in ranges:
        skipped = np.zeros(cells.shape, dtype=bool)
        if cells.dtype == object:
            found = [isinstance(cell, NO_NUMBER) for cell in cells.ravel().tolist()]
            skipped = np.array(found, dtype=bool).reshape(cells.shape)
        parts.append(np.ma.array(numbers(cells), mask=skipped).reshape(*cells.shape[:2], 1, -1))
    shape = np.broadcast_shapes(*(part.shape[:2] for part in parts))
    values, skipped = (
        np.concatenate([np.broadcast_to(find(part), (*shape, *part.shape[2:])) for part in parts], axis=3)
        for find in (np.ma.getdata, np.ma.getmaskarray)
    )
    return np.ma.array(values, mask=skipped)


COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}


def compared(operator: str, left: Any, right: Any) -> Cells:
    """Compare cell by cell; texts without regard to case, a blank as an empty text or as 0."""
    if left.dtype != object and right.dtype != object:
        return np.asarray(COMPARISONS[operator](left, right))
    shape = np.broadcast_shapes(left.shape, right.shape)
    for cells, other, turned in ((left, right, operator), (right, left, TURNED[operator])):
        if isinstance(word := other.flat[0], str) and other.size == 1:
            return compared_with_word(turned, cells, word).reshape(shape)
    left, right = np.broadcast_arrays(left, right)
    found = [COMPARISONS[operator](*alike(a, b)) for a, b in zip(left.flat, right.flat, strict=True)]
    return np.array(found, dtype=bool).reshape(left.shape)


TURNED = {"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
"""Each operator as it is with its sides changed."""


def compared_with_word(operator: str, cells: Any, word: str) -> Cells:
    """Compare every cell with one text: many cells hold the same, and all numbers compare alike."""

    def is_true(cell: Any) -> bool:
        return bool(COMPARISONS[operator](*alike(cell, word)))

    of_number = is_true(0.0)
    if cells.dtype != object:
        return np.full(cells.shape, of_number)
    flat = cells.ravel().tolist()
    known = {cell: is_true(cell) for cell in set(flat) if cell is None or isinstance(cell, str)}
    return np.array([known.get(cell, of_number) for cell in flat], dtype=bool)


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Return two cells so that Python compares them as a spreadsheet does: numbers come before texts."""
    if left is None and right is None:
        return 0.0, 0.0
    if left is None:
        left = "" if isinstance(right, str) else 0.0
    if right is None:
        right = "" if isinstance(left, str) else 0.0
    if isinstance(left, str) and isinstance(right, str):
        return (left.casefold() > right.casefold()) - (left.casefold() < right.casefold()), 0
    words = isinstance(left, str), isinstance(right, str)
    return words if words[0] != words[1] else (left, right)


def text(cell: Any) -> str:
    """Return a cell as & joins it."""
    if cell is None:
        return ""
    if isinstance(cell, bool | np.bool_):
        return "TRUE" if cell else "FALSE"
    return cell if isinstance(cell, str) else joined(cell)


def together(*ranges: Cells) -> list[Cells]:
    """Return ranges made as large as the largest: a single row or column is repeated, beyond others stands NaN."""
    sizes = [max(cells.shape[axis] for cells in ranges) for axis in (2, 3)]
    found = []
    for cells in ranges:
        beyond = [0 if cells.shape[2 + k] in (1, size) else size - cells.shape[2 + k] for k, size in enumerate(sizes)]
        if any(beyond):
            filler = math.nan if cells.dtype != bool else False
            wide = cells if cells.dtype in (object, bool) else cells.astype(np.float64)
            cells = np.pad(wide, ((0, 0), (0, 0), (0, beyond[0]), (0, beyond[1])), constant_values=filler)
        found.append(cells)
    return found


def mixed(condition: Cells, yes: Cells, no: Cells) -> Cells:
    """Return cells of one range where a condition holds, and of the other elsewhere; beyond a range stands NaN."""
    condition, yes, no = together(condition, yes, no)
    if yes.dtype == object or no.dtype == object:
        yes, no = yes.astype(object), no.astype(object)
    return np.where(condition, yes, no)


def broken(cells: Any) -> Cells:
    """Return which cells are numbers that do not exist."""
    if cells.dtype != object:
        return np.asarray(~np.isfinite(cells.astype(np.float64)))
    found = [isinstance(cell, float) and not math.isfinite(cell) for cell in cells.flat]
    return np.array(found, dtype=bool).reshape(cells.shape)
