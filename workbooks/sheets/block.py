"""A block of cells in a workbook that is being built: where it is, what it holds, and how formulas refer to it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import GradsheetError
from workbooks.xlsx.area import Area, column_letters

Values = NDArray[Any]
"""A two-dimensional array of cell values: float64 where all are numbers, else objects."""


def as_values(rows: object) -> Values:
    """Return a cell, a row of cells or rows of cells as a two-dimensional array, of float64 if all are numbers."""
    if isinstance(rows, np.ndarray) and rows.dtype == np.float64 and rows.ndim == 2:
        return rows
    values = np.array(rows, dtype=object)
    values = values.reshape(1, -1) if values.ndim < 2 else values
    kinds = set(map(type, values.ravel().tolist()))
    numbers = all(issubclass(kind, int | float | np.number) and kind is not bool for kind in kinds)
    return values.astype(np.float64) if numbers else values


def column_of(cells: Sequence[CellValue]) -> Values:
    """Return cells as one column, of float64 if all are numbers."""
    values = np.empty((len(cells), 1), dtype=object)
    values[:, 0] = cells
    return as_values(values)


@dataclass(frozen=True, eq=False)
class Block:
    """Cells with their values; a formula refers to them by name where they have one.

    A name that belongs to one sheet, its `scope`, is used by that sheet's formulas alone.
    """

    area: Area
    values: Values
    name: str | None = None
    scope: str | None = None
    choices: tuple[str, ...] = ()
    """The words that a cell's drop-down offers."""
    typed: Values | None = None
    """The formulas that a person has typed, each with its equals sign, None where there is none."""

    @property
    def only(self) -> CellValue:
        """Return the value of a block of one cell."""
        value: CellValue = self.values[0, 0]
        return value

    @property
    def number(self) -> float:
        """Return the number in a block of one cell.

        Raises:
            GradsheetError: where there is none.
        """
        try:
            return float(self.values[0, 0])
        except (TypeError, ValueError):
            raise GradsheetError(f"{self.address('')} is {self.only or 'blank'}, but must be a number.") from None

    @property
    def letters(self) -> str:
        """Return the letters of the block's first column."""
        return column_letters(self.area.left)

    def reference(self, sheet: str) -> str:
        """Return how a formula on `sheet` refers to the whole block."""
        known = self.name is not None and self.scope in (None, sheet)
        return self.name if known and self.name is not None else self.address(sheet)

    def address(self, sheet: str) -> str:
        """Return the block's absolute range, whether it has a name or not."""
        return self.prefix(sheet) + _range(self.area)

    def cell(self, sheet: str, i: int, j: int) -> str:
        """Return the reference to a cell for a formula that is filled down: rows move, a single row or column stays."""
        return self._letters(sheet, j) + self._digits(i)

    def cells(self, sheet: str, rows: int, columns: int) -> Values:
        """Return these references for all cells of a formula that is filled down, as texts."""
        letters = np.array([self._letters(sheet, j) for j in range(columns)], dtype=object)
        digits = np.array([self._digits(i) for i in range(rows)], dtype=object)
        texts: Values = letters[np.newaxis, :] + digits[:, np.newaxis]
        return texts

    def _letters(self, sheet: str, j: int) -> str:
        moves = self.area.right > self.area.left
        return f"{self.prefix(sheet)}{'' if moves else '$'}{column_letters(self.area.left + (j if moves else 0))}"

    def _digits(self, i: int) -> str:
        moves = self.area.bottom > self.area.top
        return f"{'' if moves else '$'}{self.area.top + (i if moves else 0)}"

    def row(self, sheet: str, i: int) -> str:
        """Return the reference to the i-th row of the block, columns fixed."""
        row = self.area.top + i
        left, right = column_letters(self.area.left), column_letters(self.area.right)
        return self.prefix(sheet) + _between(f"${left}{row}", f"${right}{row}")

    def column(self, sheet: str, j: int) -> str:
        """Return the reference to the j-th column of the block, rows fixed."""
        letters = column_letters(self.area.left + j)
        return self.prefix(sheet) + _between(f"{letters}${self.area.top}", f"{letters}${self.area.bottom}")

    def prefix(self, sheet: str) -> str:
        """Return the sheet's name with its mark, empty on the sheet itself."""
        return "" if sheet == self.area.sheet else self.area.address.rpartition("!")[0] + "!"

    def part(self, top: int = 0, left: int = 0, rows: int | None = None, columns: int | None = None) -> "Block":
        """Return a part of the block, counted from 0, without a name."""
        height, width = self.values.shape
        rows = height - top if rows is None else rows
        columns = width - left if columns is None else columns
        area = Area(
            self.area.sheet,
            self.area.top + top,
            self.area.left + left,
            self.area.top + top + rows - 1,
            self.area.left + left + columns - 1,
        )
        return Block(area, self.values[top : top + rows, left : left + columns])


class NamedBlocks(dict[str, Block]):
    """Blocks under names that a workbook chooses, as those of its settings.

    `owner` begins the sentence about a name that is missing, `remedy` ends it.

    Raises:
        GradsheetError: where a name is looked up that is not there; it says which are.
    """

    def __init__(self, owner: str, blocks: Mapping[str, Block] | None = None, *, remedy: str = "") -> None:
        super().__init__(blocks or {})
        self.owner, self.remedy = owner, remedy

    def __missing__(self, name: str) -> Block:
        known = f"it has {', '.join(self)}" if self else "it has none"
        raise GradsheetError(f"{self.owner} has no {name}; {known}{self.remedy and f': {self.remedy}'}.")


def below(blocks: Sequence[Block]) -> Block:
    """Return blocks that stand one below the other as one.

    Raises:
        GradsheetError: where they stand elsewhere.
    """
    _refuse_apart(blocks, "below", lambda area: {"top": area.bottom + 1, "left": area.left, "right": area.right})
    area = replace(blocks[0].area, bottom=blocks[-1].area.bottom)
    return Block(area, as_values(np.vstack([block.values for block in blocks])))


def beside(blocks: Sequence[Block]) -> Block:
    """Return blocks that stand one right of the other as one.

    Raises:
        GradsheetError: where they stand elsewhere.
    """
    _refuse_apart(blocks, "beside", lambda area: {"left": area.right + 1, "top": area.top, "bottom": area.bottom})
    area = replace(blocks[0].area, right=blocks[-1].area.right)
    return Block(area, as_values(np.hstack([block.values for block in blocks])))


def _refuse_apart(blocks: Sequence[Block], place: str, expected: Callable[[Area], Mapping[str, int]]) -> None:
    for block, following in pairwise(blocks):
        if following.area != replace(following.area, sheet=block.area.sheet, **expected(block.area)):
            raise GradsheetError(f"{following.address('')} does not stand right {place} {block.address('')}.")


def _range(area: Area) -> str:
    first = f"${column_letters(area.left)}${area.top}"
    last = f"${column_letters(area.right)}${area.bottom}"
    return _between(first, last)


def _between(first: str, last: str) -> str:
    """Return the range between two cells; Calc, too, saves a range of one cell as that cell."""
    return first if first == last else f"{first}:{last}"
