"""The sheet Data: all passengers; those with no blank, whom the lesson takes, stand first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workbooks.lessons.titanic.passengers import COLUMNS, TEXTS, complete_passengers, passengers, raw_columns
from workbooks.sheets.block import NamedBlocks
from workbooks.sheets.book import Look, Page

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE, HEADER_ROW, TOP = "Data", 4, 5


def data_page(page: Page) -> NamedBlocks:
    """Put the passengers, and return the columns of the complete ones by name, their numbers as "#"."""
    complete = complete_passengers()
    known = {number for number, _ in complete}
    others = [[number, *row] for number, row in enumerate(passengers(), 1) if number not in known]
    page.text(1, 1, "All passengers", Look("title"))
    said = f"The {len(complete)} passengers with no blank, whom the sheet Lesson takes; below them {len(others)} more."
    page.text(2, 1, said, Look("line"))
    page.text(HEADER_ROW, 1, [["#", *COLUMNS]], Look("header"))
    numbers = page.text(TOP, 1, [[number] for number, _ in complete], Look("body", "0"))
    columns = raw_columns(page, TOP, 2)
    bottom = TOP + len(complete)
    page.text(bottom + 1, 1, f"{len(others)} passengers with a blank, who are left out", Look("heading"))
    page.heights |= {1: 30, bottom + 1: 24}
    for j, name in enumerate(("#", *COLUMNS)):
        look = Look("centred" if name in TEXTS else "body", "General")
        page.text(bottom + 2, 1 + j, [[row[j]] for row in others], look)
    page.widths = {"A": 6.0} | dict.fromkeys("BCDEFGHI", 13.0)
    page.frozen = f"A{TOP}"

    def table(sheet: Worksheet) -> None:
        # Of the complete ones alone: sorting it leaves the lesson's rows whole.
        from openpyxl.worksheet.table import Table, TableStyleInfo

        found = Table(displayName="Passengers", ref=f"A{HEADER_ROW}:I{bottom - 1}")
        found.tableStyleInfo = TableStyleInfo(name="TableStyleLight9", showRowStripes=True)
        sheet.add_table(found)

    page.decorations.append(table)
    return NamedBlocks("The table of passengers", {"#": numbers, **columns})
