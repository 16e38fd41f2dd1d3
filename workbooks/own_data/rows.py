"""A file's rows as they stand in it, before anything is made of them."""

from dataclasses import dataclass, field

from pyfuncs.cells.block import CellValue


@dataclass(frozen=True)
class Rows:
    """Rows of cells; `places` are the lines of a text file, or the rows of a sheet, that they begin in, from 1 on."""

    cells: list[list[CellValue]]
    places: list[int]
    said: tuple[str, ...] = ()
    place_word: str = "line"
    prefers_comma: bool = field(default=False, kw_only=True)
    """Whether a decimal comma is as likely as a point."""
