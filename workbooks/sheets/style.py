"""How the workbooks look: one font, one accent colour, a colour for each stage of the computation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.styles import Border, Font, NamedStyle, PatternFill
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

FONT = "Calibri"
ACCENT = "1F4E79"
INK = "262626"
GREY = "595959"
LINE = "BFBFBF"
HIGHLIGHT = "FFF2CC"
SCIENTIFIC = "0.0E+00"
POSITIVE, NEGATIVE = "2F75B5", "ED7D31"
"""Of numbers above and below 0, of class 1 and class 0: two colours that colour-blind people tell apart."""
PALE_POSITIVE, PALE_NEGATIVE = "9DC3E6", "F8CBAD"
"""The same where dark digits stand on them."""

STAGES: Mapping[str, tuple[str, str]] = {
    "raw": ("595959", "F2F2F2"),
    "inputs": ("1F4E79", "DEEAF6"),
    "target": ("3B3838", "EDEDED"),
    "weights": ("7F4F00", "FFF4DC"),
    "forward": ("2E5C1E", "E7F2E0"),
    "loss": ("8A1C1C", "FBE5E5"),
    "gradient": ("5B2C83", "EFE6F7"),
    "new": ("0B5A5E", "DDF1F2"),
}
"""Each stage's header colour (white text on it has a contrast above 4.5:1) and the tint of its cells."""

INPUT, INPUT_FRAME = "0033CC", "2F75B5"
"""The digits and the frame of a cell to type into; it alone is white with a frame in this colour."""
BUILT_IN = {"input": "Input", "output": "Output", "calculation": "Calculation"}
"""Excel's own styles, in our colours: its orange means a class and what is negative here."""


def fill(colour: str) -> PatternFill:
    """Return a solid fill."""
    from openpyxl.styles import PatternFill

    return PatternFill("solid", start_color=colour, end_color=colour)


def font(size: float = 11, colour: str = INK, *, bold: bool = False) -> Font:
    """Return the project's font."""
    from openpyxl.styles import Font

    return Font(name=FONT, size=size, color=colour, bold=bold)


def line(colour: str = LINE) -> Border:
    """Return a thin frame."""
    from openpyxl.styles import Border, Side

    side = Side(style="thin", color=colour)
    return Border(left=side, right=side, top=side, bottom=side)


def named_styles() -> dict[str, NamedStyle]:
    """Return the project's own styles by name."""
    return {name: style(name=name) for name, style in (plain_styles() | stage_styles()).items()}


def plain_styles() -> dict[str, Callable[..., NamedStyle]]:
    """Return the styles of cells that belong to no stage, as makers that take the name."""
    from openpyxl.styles import Alignment, NamedStyle

    across = Alignment(vertical="center")
    centred = Alignment(horizontal="center", vertical="center")
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    shrunk = Alignment(horizontal="center", vertical="center", shrink_to_fit=True)
    wrapped = Alignment(vertical="top", wrap_text=True)
    indented = Alignment(horizontal="left", vertical="center", indent=1)
    shrunk_left = Alignment(vertical="center", shrink_to_fit=True)
    wrapped_across = Alignment(vertical="center", wrap_text=True)
    return {
        "title": partial(NamedStyle, font=font(20, ACCENT, bold=True), alignment=across),
        "heading": partial(NamedStyle, font=font(14, ACCENT, bold=True), alignment=across),
        "subheading": partial(NamedStyle, font=font(12, ACCENT, bold=True), alignment=across),
        "lead": partial(NamedStyle, font=font(12), alignment=wrapped),
        "line": partial(NamedStyle, font=font(12)),
        "body": partial(NamedStyle, font=font(), alignment=across),
        "words": partial(NamedStyle, font=font(), alignment=indented),
        "centred": partial(NamedStyle, font=font(), alignment=centred),
        "wrapped": partial(NamedStyle, font=font(), alignment=wrapped),
        "small": partial(NamedStyle, font=font(10), alignment=wrapped),
        "fitted": partial(NamedStyle, font=font(), alignment=shrunk),
        "shrunk": partial(NamedStyle, font=font(10), alignment=shrunk_left),
        "shrunk_label": partial(NamedStyle, font=font(10, bold=True), alignment=shrunk_left),
        "two_lines": partial(NamedStyle, font=font(10), alignment=wrapped_across),
        "state": partial(NamedStyle, font=font(10), fill=fill("F2F2F2"), alignment=shrunk, border=line()),
        "label": partial(NamedStyle, font=font(bold=True), alignment=across),
        "link": partial(NamedStyle, font=font(11, INPUT_FRAME, bold=True), alignment=across),
        "number": partial(NamedStyle, font=font(bold=True), alignment=Alignment(horizontal="center", vertical="top")),
        "side_note": partial(NamedStyle, font=font(10, GREY), alignment=indented),
        "note": partial(NamedStyle, font=font(10, GREY), alignment=across),
        "header": partial(NamedStyle, font=font(11, "FFFFFF", bold=True), fill=fill(ACCENT), alignment=middle),
        "card": partial(
            NamedStyle, font=font(18, ACCENT, bold=True), fill=fill("DEEAF6"), alignment=middle, border=line()
        ),
        "card_label": partial(NamedStyle, font=font(10, GREY), alignment=middle, border=line()),
        "card_input": partial(NamedStyle, font=font(14, INPUT, bold=True), alignment=middle, border=line(INPUT_FRAME)),
        "choice": partial(NamedStyle, font=font(10, INPUT), alignment=middle, border=line(INPUT_FRAME)),
        "button": partial(
            NamedStyle, font=font(10, ACCENT, bold=True), fill=fill("E3E9F1"), alignment=shrunk, border=line(ACCENT)
        ),
        "status": partial(NamedStyle, font=font(10, GREY), alignment=wrapped_across),
    }


def stage_styles() -> dict[str, Callable[..., NamedStyle]]:
    """Return the styles of each stage's cells in its colours, as makers that take the name."""
    from openpyxl.styles import Alignment, NamedStyle

    across = Alignment(vertical="center")
    centred = Alignment(horizontal="center", vertical="center")
    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    styles: dict[str, Callable[..., NamedStyle]] = {}
    for stage, (dark, tint) in STAGES.items():
        styles[f"{stage}_group"] = partial(
            NamedStyle, font=font(12, "FFFFFF", bold=True), fill=fill(dark), alignment=middle
        )
        styles[f"{stage}_shape"] = partial(
            NamedStyle,
            font=font(10, dark),
            fill=fill(tint),
            alignment=centred,
        )
        styles[f"{stage}_header"] = partial(
            NamedStyle, font=font(11, dark, bold=True), fill=fill(tint), alignment=middle, border=line()
        )
        styles[f"{stage}_arrow"] = partial(NamedStyle, font=font(16, dark, bold=True), alignment=middle)
        styles[stage] = partial(NamedStyle, font=font(), fill=fill(tint), alignment=across)
        styles[f"{stage}_word"] = partial(NamedStyle, font=font(), fill=fill(tint), alignment=centred)
    return styles


class Painter:
    """Gives cells their styles, each pair of style and number format worked out once."""

    def __init__(self, workbook: Workbook) -> None:
        self.styles = named_styles()
        self.workbook = workbook
        self.known: dict[tuple[str, str | None], Cell] = {}

    def style_number(self, sheet: Worksheet, style: str, number_format: str | None) -> int:
        """Return what a cell's XML calls a style and a number format."""
        from openpyxl.cell import Cell

        cell = Cell(sheet, row=1, column=1)
        self.paint(cell, style, number_format)
        number: int = cell.style_id
        return number

    def paint(self, cell: Cell, style: str, number_format: str | None) -> None:
        """Give a cell a style and a number format."""
        from openpyxl.styles import Alignment

        first = self.known.get((style, number_format))
        if first is None:
            built_in = style.removesuffix("_word")
            if built_in in BUILT_IN:
                cell.style = BUILT_IN[built_in]
                cell.font = font(colour=INPUT if style == "input" else INK, bold=built_in == "output")
                cell.alignment = Alignment(None if style == built_in else "center", "center")
                if style == "input":
                    cell.fill, cell.border = fill("FFFFFF"), line(INPUT_FRAME)
            else:
                cell.style = self.styles[style]
            if number_format is not None:
                cell.number_format = number_format
            self.known[style, number_format] = cell
        else:
            cell._style = copy(first._style)
