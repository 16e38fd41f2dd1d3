"""Cells between the office and the catalogue: what goes out of a formula, and what is behind a range."""

import struct
from itertools import chain

import numpy as np

from pyfuncs.catalogue.call import Cells
from pyfuncs.cells.block import to_cells
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels.arrays import Matrix

OfficeCells = tuple[tuple[float | str, ...], ...]

# The office keeps an error in a cell as a NaN with the error's number in its last bits.
QUIET_NAN = 0x7FF8000000000000
ERROR_NUMBERS = {
    ErrorCode.NUM: 503,
    ErrorCode.VALUE: 519,
    ErrorCode.NULL: 521,
    ErrorCode.REF: 524,
    ErrorCode.NAME: 525,
    ErrorCode.DIV0: 532,
    ErrorCode.NA: 32767,
}
ERRORS_OF_NUMBERS = {number: code for code, number in ERROR_NUMBERS.items()}


def error_value(code: ErrorCode) -> float:
    """Return the number that a cell shows as an error."""
    value: float = struct.unpack("<d", struct.pack("<Q", QUIET_NAN | ERROR_NUMBERS[code]))[0]
    return value


ERROR_VALUES = {code: error_value(code) for code in ErrorCode}


def error_of_number(number: int) -> ErrorCode:
    """Return the error behind the office's number for it; those that only the office has are #VALUE!."""
    return ERRORS_OF_NUMBERS.get(number, ErrorCode.VALUE)


def to_office(found: Matrix | Cells) -> OfficeCells:
    """Return what a formula gives as the office takes it."""
    if isinstance(found, np.ndarray) and np.isfinite(found).all():
        return tuple(map(tuple, found.tolist()))
    cells: Cells = to_cells(found) if isinstance(found, np.ndarray) else found  # type: ignore[assignment]
    if ErrorCode not in set(map(type, chain.from_iterable(cells))):
        return tuple(map(tuple, cells))
    return tuple(tuple(ERROR_VALUES[cell] if isinstance(cell, ErrorCode) else cell for cell in row) for row in cells)
