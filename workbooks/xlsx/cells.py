"""Read cells exactly as they are stored, formula and value in one pass."""

import datetime
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
from lxml.etree import _Element
from numpy.typing import NDArray

from pyfuncs.cells.block import CellValue as BlockValue
from workbooks.xlsx.area import Area
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.package import Package
from workbooks.xlsx.stored import UNREADABLE, StoredValue, stored_value
from workbooks.xlsx.tall import TallGrid


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
FEWEST_AT_ONCE = 1_000
_BLANK = Cell(None, None, has_value=False)


def read_area(package: Package, area: Area) -> list[list[Cell]]:
    """Read the cells of an area, row by row; every cell of an array formula carries the array's formula.

    Raises:
        FileProblem: there is no such sheet, or a stored value is not what its type says.

    """
    grid = package.grid(area.sheet)
    formulas = grid.formula_texts(area)
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
            value, has_value = readable_value(package, element, area, (row, column))
            line.append(Cell(value, formula, has_value))
        block.append(line)
    return block


def readable_value(package: Package, element: _Element, area: Area, place: tuple[int, int]) -> tuple[StoredValue, bool]:
    """Return what a cell of an area stores, and whether it stores a value, as `stored_value` does.

    Raises:
        FileProblem: a stored value is not what its type says.
    """
    try:
        return stored_value(element, package.shared_strings, package.epoch)
    except UNREADABLE as error:
        address = area.cell_address(place[0] - area.top, place[1] - area.left)
        raise unreadable(address, package.path) from error


def read_values(package: Package, area: Area) -> NDArray[Any]:
    """Return the values of an area as an array; of a large sheet they are numbers, or objects where not all are.

    Raises:
        FileProblem: as `read_area` does.

    """
    grid = package.grid(area.sheet)
    rows, columns = area.shape
    if isinstance(grid, TallGrid) and rows * columns > FEWEST_AT_ONCE:
        return grid.values(area)
    found = np.full(area.shape, None, dtype=object)
    for i, row in enumerate(range(area.top, area.bottom + 1)):
        elements = grid.cells(row)
        for j, column in enumerate(range(area.left, area.right + 1)):
            element = elements.get(column)
            if element is not None:
                found[i, j] = readable_value(package, element, area, (row, column))[0]
    return found


def unreadable(address: str, path: Path) -> FileProblem:
    """Return the error that a cell's stored value is not what its type says."""
    return FileProblem(
        f"The value stored in {address} of {path} cannot be read; type it again in a spreadsheet program and save."
    )
