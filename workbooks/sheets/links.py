"""Cells that lead to other sheets."""

from collections.abc import Sequence

from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.book import Look, Page


def link_to_sheets(page: Page, top: int, left: int, titles: Sequence[str]) -> None:
    """Put the titles of sheets one below the other, each a link to its sheet."""
    page.text(top, left, [[title] for title in titles], Look("link"))

    def link(sheet: Worksheet) -> None:
        for i, title in enumerate(titles):
            cell = sheet.cell(top + i, left)
            style = cell._style
            cell.hyperlink = Hyperlink(ref=cell.coordinate, location=f"'{title}'!A1")
            cell._style = style

    page.decorations.append(link)
