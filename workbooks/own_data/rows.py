"""A file's rows as they stand in it, before anything is made of them."""

from dataclasses import dataclass

from pyfuncs.cells.block import CellValue


@dataclass(frozen=True, kw_only=True)
class Rows:
    """Rows of cells; `places` are the lines of a text file, or the rows of a sheet, that they begin in, from 1 on."""

    cells: list[list[CellValue]]
    places: list[int]
    said: tuple[str, ...] = ()
    is_sheet: bool = False
    prefers_comma: bool = False
    """Whether a decimal comma is as likely as a point."""

    @property
    def place_word(self) -> str:
        """Return what a place is called."""
        return "row" if self.is_sheet else "line"
