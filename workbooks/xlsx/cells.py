"""Read cells exactly as they are stored, formula and value in one pass."""

import datetime
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
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


def read_values(package: Package, area: Area) -> NDArray[Any]:
    """Return the values of an area as an array; of a large sheet they are numbers, or objects where not all are.

    Raises:
        FileProblem: as `read_area` does.

    """
    grid = package.grid(area.sheet)
    rows, columns = area.shape
    if isinstance(grid, TallGrid) and rows * columns > FEWEST_AT_ONCE:
        return grid.values(area)
    return np.array([[cell.value for cell in row] for row in read_area(package, area)], dtype=object)


def unreadable(address: str, path: Path) -> FileProblem:
    """Return the error that a cell's stored value is not what its type says."""
    return FileProblem(
        f"The value stored in {address} of {path} cannot be read; type it again in a spreadsheet program and save."
    )
