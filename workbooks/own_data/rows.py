"""A file's rows as they stand in it, before anything is made of them."""

from dataclasses import dataclass

from pyfuncs.cells.block import CellValue
from workbooks.xlsx.area import column_letters


@dataclass(frozen=True, kw_only=True)
class TableRows:
    """Rows of cells; `places` are the lines of a text file, or the rows of a sheet, that they begin in, from 1 on."""

    cells: list[list[CellValue]]
    places: list[int]
    said: tuple[str, ...] = ()
    first_column: int | None = None
    """The number of their first column on the sheet, from 1; None for a text file, whose columns are not numbered."""
    elsewhere: str = ""
    """What to say where they are not the table that is looked for: which other sheets the file has."""
    prefers_comma: bool = False
    """Whether a decimal comma is as likely as a point."""

    @property
    def place_word(self) -> str:
        """Return what a place is called."""
        return "line" if self.first_column is None else "row"

    def place(self, row: int, column: int) -> str:
        """Return where a cell is: its line, or its cell on the sheet; `row` is a place, `column` counts from 0."""
        if self.first_column is None:
            return f"line {row}"
        return f"cell {column_letters(self.first_column + column)}{row}"
