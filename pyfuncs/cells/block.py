"""Blocks of cells to float64 matrices, under the one rule that every host follows.

A host hands over a formula's argument as a number, text, boolean, date, `ErrorCode`, None for a blank cell, or rows of
those. Whatever is not a number, a boolean or a date raises a `CellError` that says where it stands.
"""

import datetime
import functools
import struct
from collections.abc import Callable, Sequence
from itertools import chain
from typing import SupportsFloat, TypeAlias

import numpy as np

from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels.arrays import Matrix

CellValue: TypeAlias = float | bool | str | datetime.date | ErrorCode | None
CellBlock: TypeAlias = CellValue | Sequence[CellValue] | Sequence[Sequence[CellValue]] | Matrix

DAY_ZERO = datetime.datetime(1899, 12, 30)
LONGEST_QUOTE = 40


def where(name: str, row: int, column: int) -> str:
    """Name the cell at a row and column (from 0) of an argument, as people count."""
    return f"{name}, row {row + 1}, column {column + 1},"


def to_matrix(block: CellBlock, name: str, place: Callable[[str, int, int], str] = where) -> Matrix:
    """Return a block of cells as a C-contiguous float64 matrix that shares no memory with it.

    Dates become their serial number, TRUE and FALSE 1 and 0. A single cell is 1×1, a flat sequence one row.
    `place` names a cell in the sentence of an error.

    Raises:
        CellError: #VALUE! for a blank, text, ragged or empty block; an error cell's own code for an error.

    """
    array = block if isinstance(block, np.ndarray) else rows_of_numbers(block)
    if array is None:
        try:
            array = np.array(block)
        except ValueError:
            raise CellError(ErrorCode.VALUE, f"{name} has rows of different lengths.") from None
    if array.dtype.kind not in "fiub":
        array = np.array(
            [
                [to_number(cell, functools.partial(place, name, i, j)) for j, cell in enumerate(row)]
                for i, row in enumerate(to_rows(block, name))
            ]
        )
    if array.ndim > 2:
        raise CellError(ErrorCode.VALUE, f"{name} is not a block of cells.")
    matrix = np.array(array, dtype=np.float64, order="C", ndmin=2)
    if matrix.size == 0:
        raise CellError(ErrorCode.VALUE, f"{name} is empty: at least one cell is needed.")
    return matrix


def rows_of_numbers(block: CellBlock) -> Matrix | None:
    """Return rows of equal length as a read-only matrix where all their cells are numbers, None for other blocks.

    It takes a third of the time that NumPy takes to look at each cell.
    """
    if not isinstance(block, list | tuple) or not block or not isinstance(block[0], list | tuple) or not block[0]:
        return None
    try:
        (width,) = set(map(len, block))
        packed = struct.pack(f"{len(block) * width}d", *chain.from_iterable(block))
    except (struct.error, TypeError, ValueError, OverflowError):
        return None
    return np.frombuffer(packed).reshape(len(block), width)


def to_rows(block: CellBlock, name: str) -> list[list[CellValue]]:
    """Return a block of cells as a list of rows, whatever the cells hold.

    Raises:
        CellError: #VALUE! for a ragged or empty block.

    """
    if isinstance(block, np.ndarray):
        rows: list[list[CellValue]] = np.array(block, ndmin=2).tolist()
    elif isinstance(block, str) or not isinstance(block, Sequence):
        rows = [[block]]
    else:
        nested = [row for row in block if isinstance(row, Sequence) and not isinstance(row, str)]
        rows = [list(row) for row in nested] if len(nested) == len(block) else [list(block)]  # type: ignore[arg-type]
    if not rows or not rows[0]:
        raise CellError(ErrorCode.VALUE, f"{name} is empty: at least one cell is needed.")
    if len({len(row) for row in rows}) > 1:
        raise CellError(ErrorCode.VALUE, f"{name} has rows of different lengths.")
    return rows


def to_number(cell: CellValue, place: str | Callable[[], str]) -> float:
    """Return the number in one cell.

    `place` names the cell in the sentence of an error; where naming it takes work, a function does it when it must.

    Raises:
        CellError: #VALUE! for a blank or text, an error cell's own code for an error; the sentence names `place`.

    """
    if isinstance(cell, float):
        return float(cell)
    if isinstance(cell, datetime.date):
        return serial_number(cell)
    if isinstance(cell, SupportsFloat):
        return float(cell)
    named = place if isinstance(place, str) else place()
    if isinstance(cell, ErrorCode):
        raise CellError(cell, f"{named} holds the error {cell}: mend that cell first.")
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        raise CellError(ErrorCode.VALUE, f"{named} is blank: a number is needed there.")
    if isinstance(cell, str):
        raise CellError(ErrorCode.VALUE, f'{named} holds the text "{quoted(cell)}": a number is needed there.')
    raise CellError(ErrorCode.VALUE, f"{named} holds a {type(cell).__name__}: a number is needed there.")


def quoted(text: str) -> str:
    """Return a text as a sentence quotes it: on one line, and cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def serial_number(date: datetime.date) -> float:
    """Return the spreadsheet's number of a date or a date with time: days since 1899-12-30."""
    if isinstance(date, datetime.datetime):
        return (date.replace(tzinfo=None) - DAY_ZERO) / datetime.timedelta(days=1)
    return float((date - DAY_ZERO.date()).days)


def shape_text(matrix: Matrix) -> str:
    """Return a matrix's shape as people write it: "712×10"."""
    return f"{matrix.shape[0]}×{matrix.shape[1]}"


def to_cells(matrix: Matrix) -> list[list[float | ErrorCode]]:
    """Return a matrix as rows of cells, with #NUM! where a number is not finite."""
    rows: list[list[float | ErrorCode]] = matrix.tolist()
    if not np.isfinite(matrix).all():
        for i, j in np.argwhere(~np.isfinite(matrix)):
            rows[i][j] = ErrorCode.NUM
    return rows
