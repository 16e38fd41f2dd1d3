"""Read cells exactly as they are stored, formula and value in one pass."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from lxml.etree import _Element

from pyfuncs.cells.block import CellValue as BlockValue
from pyfuncs.cells.errors import ErrorCode
from workbooks.xlsx.area import Area
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.namespaces import IS, V
from workbooks.xlsx.package import Package
from workbooks.xlsx.text import decode, rich_text

StoredValue = float | bool | str | ErrorCode | None
"""What a cell holds; None is a blank, a date its serial number."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as stored: a formula without its equals sign, and whether a value was stored with it."""

    value: StoredValue
    formula: str | None
    has_value: bool


class Uncalculated(Enum):
    """What stands for the value of a formula that no program has calculated yet."""

    UNCALCULATED = "no value"


ShownValue = BlockValue | datetime.time
"""What a cell shows: beside the values that formulas know, a time of day."""
UNCALCULATED = Uncalculated.UNCALCULATED
UNREADABLE = (ValueError, IndexError, OverflowError)
_BLANK = Cell(None, None, has_value=False)


def read_area(package: Package, area: Area) -> list[list[Cell]]:
    """Read the cells of an area, row by row; every cell of an array formula carries the array's formula.

    Raises:
        FileProblem: there is no such sheet, or a stored value is not what its type says.

    """
    grid = package.grid(area.sheet)
    formulas = grid.formula_texts(area)
    strings = package.shared_strings
    block = []
    for row in range(area.top, area.bottom + 1):
        elements = grid.cells(row)
        line = []
        for column in range(area.left, area.right + 1):
            formula = formulas.get((row, column))
            element = elements.get(column)
            if element is None:
                line.append(_BLANK if formula is None else Cell(None, formula, has_value=False))
                continue
            try:
                value, has_value = stored_value(element, strings, package.epoch)
            except UNREADABLE as error:
                address = area.cell_address(row - area.top, column - area.left)
                raise unreadable(address, package.path) from error
            line.append(Cell(value, formula, has_value))
        block.append(line)
    return block


def unreadable(address: str, path: Path) -> FileProblem:
    """Return the error that a cell's stored value is not what its type says."""
    return FileProblem(
        f"The value stored in {address} of {path} cannot be read; type it again in a spreadsheet program and save."
    )


def stored_value(element: _Element, strings: Sequence[str], epoch: datetime.datetime) -> tuple[StoredValue, bool]:
    """Return the value stored in a cell's XML, None for none, and whether there is one: a formula's can be missing.

    `epoch` is the day from which the workbook counts its dates.

    Raises:
        ValueError, IndexError, OverflowError: the value is not what its type says (`UNREADABLE`).

    """
    kind = element.get("t", "n")
    for child in element:
        if child.tag == V:
            text = child.text or ""
            if kind == "str":  # the one type whose empty value is a value: ""
                return decode(text), True
            return (_convert(kind, text, strings, epoch), True) if text else (None, False)
        if child.tag == IS and kind == "inlineStr":
            return rich_text(child), True
    return None, False


def error_code(text: str) -> ErrorCode:
    """Return the error that a cell shows as `text`."""
    try:
        return ErrorCode(text)
    except ValueError:
        return ErrorCode.VALUE  # newer errors, #SPILL! or #CALC!, and whatever a program makes up: errors still


def _convert(kind: str, text: str, strings: Sequence[str], epoch: datetime.datetime) -> StoredValue:
    if kind == "n":
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number
    if kind == "s":
        place = int(text)
        if place < 0:
            raise IndexError(text)
        return strings[place]
    if kind == "b":
        if text not in ("0", "1", "false", "true"):
            raise ValueError(text)
        return text in ("1", "true")
    if kind == "e":
        return error_code(text)
    if kind == "d":
        from openpyxl.utils.datetime import from_ISO8601, to_excel  # no program writes such cells on its own

        return float(to_excel(from_ISO8601(text), epoch))
    raise ValueError(kind)
