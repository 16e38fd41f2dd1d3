"""Read the cells behind a workbook's names, and say plainly which cell does not fit."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np

from pyfuncs.cells.block import CellValue, quoted, shape_text, to_matrix, to_number
from pyfuncs.cells.errors import CellError, ErrorCode, GradsheetError
from pyfuncs.kernels.arrays import Matrix

# Up to here a float64 holds every whole number.
LARGEST_WHOLE = 2**53

LABELS_AROUND = 60
"""So many rows above and below a setting are searched for the labels of others."""

LONGEST_CHAIN = 10
"""So many cells, each of which only repeats the next, are followed to the one that a person has to change."""
REFERENCE = re.compile(r"=?(?:(?:\$?'((?:[^']|'')+)'|\$?([^'!.$()]+))[!.])?\$?([A-Z]{1,3})\$?([0-9]+)")

Rows: TypeAlias = list[list[CellValue]]


class NamedCells(Protocol):
    """The cells behind a workbook's defined names, as one model's sheet sees them."""

    def __contains__(self, name: str) -> bool:
        """Tell whether the name is defined."""

    def constant(self, name: str) -> CellValue:
        """Return the value of a name that stands for no cells but for one itself, 0.1 or FALSE; None for another."""

    def read(self, name: str) -> Rows:
        """Return the values of the cells behind a name.

        Raises:
            GradsheetError: where they cannot be had; the sentence names the cell.
        """

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""

    def address(self, name: str, row: int | None = None, column: int | None = None) -> str:
        """Return where a name, or a cell (from 0) of its block, is: "titanic.xlsx, Model!D20"."""

    def labelled(self, name: str) -> Mapping[str, str]:
        """Return what the texts left of a name's cell, and above and below them, say: for each where the cell is.

        The texts are in small letters; those beside a blank cell do not count.
        """


def labels_in(columns: Rows, address: Callable[[int], str]) -> dict[str, str]:
    """Return the labels in the first of two columns, each with the address of the cell beside it, given its row from 0.

    As `NamedCells.labelled` wants them.
    """
    return {
        text.strip().casefold(): address(row)
        for row, (text, beside) in enumerate(columns)
        if isinstance(text, str) and text.strip() and beside not in (None, "")
    }


def repeated_cell(formula: str) -> tuple[str | None, str] | None:
    """Return the sheet, None for the formula's own, and the cell that a formula only repeats: "=$B9", "=Data!C5"."""
    match = REFERENCE.fullmatch(formula)
    if match is None:
        return None
    quoted, plain, column, row = match.groups()
    return (quoted.replace("''", "'") if quoted else plain), f"{column}{row}"


def read_by(place: str, source: str) -> str:
    """Return a cell's place with that of the cell which it only repeats."""
    return place if source == place else f"{source}, read by {place}"


def not_one_of(cell: CellValue, words: Sequence[str]) -> str:
    """Return what is wrong with a cell that holds none of some words."""
    shown = "blank" if cell is None else f'"{quoted(spelled(cell))}"'
    return f"is {shown}, but must be one of {', '.join(words)}."


def spelled(cell: CellValue) -> str:
    """Return a value as a drop-down spells it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    return f"{cell:.12g}" if isinstance(cell, float | int) else str(cell)


def refuse_other_words(cells: NamedCells, name: str, value: CellValue) -> None:
    """Check that a name's cell may hold a value: what its drop-down offers, anything where it has none.

    Raises:
        GradsheetError: naming the value, the cell and what it may hold.
    """
    offered = cells.choices(name)
    known = {word.casefold() for word in offered}
    if {"true", "false"} <= known:
        known |= {"1", "0"}
    if offered and spelled(value).casefold() not in known:
        raise GradsheetError(f"{cells.address(name)} ({name}) {not_one_of(value, offered)}")


class Reader:
    """Reads the contract's names one by one and says plainly what does not fit."""

    def __init__(self, cells: NamedCells) -> None:
        self.cells = cells

    def fail(self, name: str, problem: str) -> GradsheetError:
        """Return the error that a name's cells have a problem."""
        return GradsheetError(f"{self.cells.address(name)} ({name}) {problem}")

    def place(self, name: str, row: int, column: int) -> str:
        """Return where a cell (from 0) of a name's block is; an office is asked, so only where a sentence needs it."""
        return f"{self.cells.address(name, row, column)} ({name}, row {row + 1}, column {column + 1})"

    def rows(self, name: str) -> Rows:
        """Return the cells behind a name, blanks as None."""
        return [[None if cell == "" else cell for cell in row] for row in self.cells.read(name)]

    def matrix(self, name: str, blank: float | None = None) -> Matrix:
        """Return the numbers behind a name; `blank` stands for an empty cell, None makes one an error."""
        rows = self.rows(name)
        if blank is not None:
            rows = [[blank if cell is None else cell for cell in row] for row in rows]
        try:
            return to_matrix(rows, name, self.place)
        except CellError as error:
            raise GradsheetError(str(error)) from None

    def single(self, name: str) -> CellValue:
        """Return the one cell behind a name, or the constant that it is."""
        constant = self.cells.constant(name)
        if constant is not None:
            return constant
        rows = self.rows(name)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise self.fail(name, "must be one cell.")
        return rows[0][0]

    def number(self, name: str, default: float, check: Callable[[float], bool], wanted: str) -> float:
        """Return the number behind a name, the default where the name is not defined."""
        if name not in self.cells:
            return default
        cell = self.single(name)
        try:
            number = to_number(cell, lambda: f"{self.cells.address(name)} ({name})")
        except CellError as error:
            raise GradsheetError(str(error)) from None
        if not np.isfinite(number) or not check(number):
            raise self.fail(name, f"is {number:.12g}, but must be {wanted}.")
        return number

    def whole(self, name: str, default: int, minimum: int | None = None) -> int:
        """Return the whole number behind a name, the default where the name is not defined."""

        def check(number: float) -> bool:
            return number == int(number) and (minimum is None or number >= minimum)

        wanted = "a whole number" + ("" if minimum is None else f", at least {minimum}")
        number = self.number(name, default, check, wanted)
        if abs(number) > LARGEST_WHOLE:
            raise self.fail(name, f"is {number:.12g}, but must be {wanted}, and none beyond {LARGEST_WHOLE}.")
        return int(number)

    def word(self, name: str, default: str, words: Sequence[str]) -> str:
        """Return the word behind a name, one of `words`; the default where the name is not defined.

        A drop-down narrows them down: it offers what the workbook's formulas know.
        """
        if name not in self.cells:
            return default
        cell = self.single(name)
        choices = self.cells.choices(name) if self.cells.constant(name) is None else ()
        offered = {word.lower() for word in choices}
        known = [word for word in words if word in offered] or words
        said = cell.lower() if isinstance(cell, str) and not isinstance(cell, ErrorCode) else None
        if said is not None and not offered:
            said = said.strip()
        if said is None or said not in known:
            raise self.fail(name, not_one_of(cell, known))
        return said

    def flag(self, name: str, default: bool) -> bool:
        """Return the TRUE or FALSE behind a name, the default where the name is not defined."""
        return bool(self.number(name, default, lambda number: number in (0, 1), "TRUE or FALSE"))

    def labels(self, name: str, count: int, prefix: str) -> tuple[str, ...]:
        """Return the texts behind a name, or prefix1, prefix2, ... where the name is not defined."""
        if name not in self.cells:
            return tuple(f"{prefix}{i + 1}" for i in range(count))
        texts = tuple("" if cell is None else str(cell) for row in self.rows(name) for cell in row)
        if len(texts) != count:
            raise self.fail(name, f"has {len(texts)} cells, but must have {count}.")
        return texts

    def shaped(self, name: str, shape: tuple[int, ...]) -> Matrix | None:
        """Return the numbers behind a name, which must have a given shape, or None where it is not defined."""
        if name not in self.cells:
            return None
        matrix = self.matrix(name)
        if matrix.shape != shape:
            raise self.fail(name, f"is {shape_text(matrix)}, but must be {shape[0]}×{shape[1]}.")
        return matrix
