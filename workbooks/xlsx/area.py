"""Rectangles of cells and how they are written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Self

from workbooks.xlsx.errors import FileProblem

LAST_ROW: Final = 1_048_576
LAST_COLUMN: Final = 16_384

_CELL = r"\$?([A-Za-z]{1,3})\$?([1-9][0-9]{0,6})"
_BLOCK = re.compile(f"{_CELL}(?::{_CELL})?")
_SHEET = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!(.*)", re.DOTALL)
_PLAIN_SHEET = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*")
_LIKE_A_CELL = re.compile(r"[A-Za-z]{1,3}[0-9]+|[Rr][0-9]*(?:[Cc][0-9]*)?|[Cc][0-9]*")


@lru_cache(maxsize=LAST_COLUMN)
def column_letters(column: int) -> str:
    """Spell a column's number, counted from 1, as its letters.

    Not openpyxl's: the cells of an open document need no more than this, and an office starts without openpyxl.
    """
    letters = ""
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters


@lru_cache(maxsize=LAST_COLUMN)
def column_number(letters: str) -> int:
    """Read a column's capital letters as its number, counted from 1; ValueError beyond the last column."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    if number > LAST_COLUMN:
        raise ValueError(letters)
    return number


def split_sheet(reference: str) -> tuple[str | None, str]:
    """Split `'My sheet'!$A$1` into the unquoted sheet and the rest; None where no sheet is named."""
    match = _SHEET.fullmatch(reference)
    if match is None:
        return None, reference
    quoted, plain, rest = match.groups()
    return (plain if quoted is None else quoted.replace("''", "'")), rest


def corners(block: str) -> tuple[int, int, int, int]:
    """Read "B2", "$B$2:D5" or "D5:B2" as top, left, bottom, right; ValueError for anything else."""
    match = _BLOCK.fullmatch(block)
    if match is None:
        raise ValueError(block)
    letters, digits, other_letters, other_digits = match.groups()
    row, column = int(digits), column_number(letters.upper())
    if other_letters is None:
        other_row, other_column = row, column
    else:
        other_row, other_column = int(other_digits), column_number(other_letters.upper())
    if max(row, other_row) > LAST_ROW:
        raise ValueError(block)
    return min(row, other_row), min(column, other_column), max(row, other_row), max(column, other_column)


@dataclass(frozen=True)
class Area:
    """A rectangle of cells on one sheet; rows and columns count from 1 and both ends belong to it."""

    sheet: str
    top: int
    left: int
    bottom: int
    right: int

    @classmethod
    def parse(cls, text: str, default_sheet: str | None = None) -> Self:
        """Read a reference such as `'My sheet'!$A$1:$B$2`; `default_sheet` serves one that names no sheet.

        Raises:
            FileProblem: the text is not one rectangle of cells, or names no sheet and there is no default.

        """
        sheet, block = split_sheet(text)
        sheet = default_sheet if sheet is None else sheet
        if sheet is None:
            raise FileProblem(f"The reference {text!r} names no sheet; write it like Model!$A$1:$B$2.")
        try:
            return cls(sheet, *corners(block))
        except ValueError as error:
            raise FileProblem(
                f"The reference {text!r} is not a block of cells; write it like Model!$A$1:$B$2."
            ) from error

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""
        return self.bottom - self.top + 1, self.right - self.left + 1

    @property
    def address(self) -> str:
        """The area as a formula names it, without dollar signs: `Model!D20:M731`."""
        return f"{_quoted(self.sheet)}!{self.cells}"

    def cell_address(self, row: int, column: int) -> str:
        """Name the cell at a position inside the area, both counted from 0."""
        return f"{_quoted(self.sheet)}!{column_letters(self.left + column)}{self.top + row}"

    @property
    def cells(self) -> str:
        """The area's cells without the sheet: `D20:M731`."""
        first, last = (f"{column_letters(c)}{r}" for r, c in ((self.top, self.left), (self.bottom, self.right)))
        return first if first == last else f"{first}:{last}"

    def part(self, top: int, left: int, rows: int, columns: int) -> Self:
        """Return so many rows and columns of the same sheet, counted from the first cell of this area."""
        row, column = self.top + top, self.left + left
        return replace(self, top=row, left=column, bottom=row + rows - 1, right=column + columns - 1)

    def contains(self, row: int, column: int) -> bool:
        """Whether the sheet's cell at `row` and `column` belongs to the area."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def positions(self) -> Iterator[tuple[int, int]]:
        """Yield the sheet's row and column of each cell, row by row."""
        for row in range(self.top, self.bottom + 1):
            for column in range(self.left, self.right + 1):
                yield row, column


def _quoted(sheet: str) -> str:
    if _PLAIN_SHEET.fullmatch(sheet) and not _LIKE_A_CELL.fullmatch(sheet):
        return sheet
    return "'" + sheet.replace("'", "''") + "'"
