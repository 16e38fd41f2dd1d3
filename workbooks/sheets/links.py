"""Cells that lead to other sheets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbooks.sheets.book import Look, Page

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet


def link_to_sheets(page: Page, top: int, left: int, titles: Sequence[str]) -> None:
    """Put the titles of sheets one below the other, each a link to its sheet."""
    page.text(top, left, [[title] for title in titles], Look("link"))
    for i, title in enumerate(titles):
        link_cell(page, top + i, left, title)


def link(page: Page, text: str, title: str) -> None:
    """Make the cell with a text a link to a sheet."""
    place = next(block.area for block, _ in page.blocks if block.values.flat[0] == text)
    link_cell(page, place.top, place.left, title)


def link_cell(page: Page, row: int, column: int, title: str) -> None:
    """Make a cell a link to a sheet, and keep its look."""

    def add(sheet: Worksheet) -> None:
        from openpyxl.worksheet.hyperlink import Hyperlink

        cell = sheet.cell(row, column)
        style = cell._style
        cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1")
        cell._style = style

    page.decorations.append(add)
