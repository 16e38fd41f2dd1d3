"""Cells between Excel and the catalogue, as xlwings hands them over and as the VBA wrappers take them."""

from collections.abc import Mapping, Sequence
from typing import Any

from pyfuncs.catalogue.call import Cells
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.training.named_cells import Rows

READ = {"ndim": 2, "err_to_str": True}
"""How xlwings reads a block: rows of cells whatever its size, an error as its text."""

TEXTS = frozenset(ErrorCode)

ERROR_NUMBERS: Mapping[ErrorCode, int] = {
    ErrorCode.NULL: 2000,
    ErrorCode.DIV0: 2007,
    ErrorCode.VALUE: 2015,
    ErrorCode.REF: 2023,
    ErrorCode.NAME: 2029,
    ErrorCode.NUM: 2036,
    ErrorCode.NA: 2042,
}
"""What VBA's CVErr takes (Excel's XlCVError)."""

CODES = {number: code for code, number in ERROR_NUMBERS.items()}
FIRST_NUMBER = 2000
FIRST_SCODE = -0x7FF60000 + FIRST_NUMBER
"""What COM makes of CVErr(2000): an error of the facility 0x800A."""
SCODES = 100


def rows_of(value: Any) -> Rows:
    """Return what COM gives for some cells, a value, a row or rows, as rows; an error's number becomes the error."""
    if not isinstance(value, list | tuple):
        value = ((value,),)
    elif not value or not isinstance(value[0], list | tuple):
        value = (value,)
    return rows_from_excel(value)


def rows_from_excel(rows: Sequence[Sequence[CellValue]]) -> Rows:
    """Return the rows of a block with its error cells as errors; xlwings gives their text, or a number."""
    return [row_from_excel(row) for row in rows]


def row_from_excel(row: Sequence[CellValue]) -> list[CellValue]:
    """Return a row of cells with its error cells as errors."""
    return list(row) if set(map(type, row)) == {float} else [cell_from_excel(cell) for cell in row]


def cell_from_excel(cell: CellValue) -> CellValue:
    """Return the error that a text or a whole number stands for, or the cell as it is.

    Excel's own numbers are never integers. Errors that only Excel has, #SPILL! for instance, are #VALUE!.
    """
    if isinstance(cell, str):
        return ErrorCode(cell) if cell in TEXTS else cell
    if isinstance(cell, int) and 0 <= cell - FIRST_SCODE < SCODES:
        return CODES.get(cell - FIRST_SCODE + FIRST_NUMBER, ErrorCode.VALUE)
    return cell


def to_excel(cells: Cells) -> list[list[float | str]]:
    """Return what a formula gives as the VBA wrapper takes it: an error is its text, which becomes a real error."""
    return [[str(cell) if isinstance(cell, ErrorCode) else cell for cell in row] for row in cells]


def failure(error: CellError) -> list[list[float | str]]:
    """Return what stands for a call that failed: the error, a space and the sentence."""
    return [[f"{error.code} {error}"]]
