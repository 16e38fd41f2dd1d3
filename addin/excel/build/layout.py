"""Where Excel's buttons stand: in the cells that a sheet keeps for the buttons of its model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workbooks.clicks.click import Click
from workbooks.sheets.book import Book, Page
from workbooks.sheets.buttons import ButtonBar
from workbooks.xlsx.area import Area, column_letters

HEIGHT, LOWEST, GAP = 24.0, 13.0, 3.0
"""Of a button, at most and at least, and between two, in points."""
POINTS_A_CHARACTER = 5.25
"""A column's width counts the digits of the standard font: 7 pixels each."""
USUAL_HEIGHT, USUAL_WIDTH = 15.0, 8.43
DEFAULT_WIDTH, DEFAULT_COLUMNS = 15.0, 4


@dataclass(frozen=True)
class ButtonPlace:
    """Where a button stands: the cell it begins in, from 1, how far below that cell's edge, and its size in points."""

    command: Click
    row: int
    column: int
    below: float
    width: float
    height: float


def take_buttons(book: Book) -> Mapping[str, Sequence[ButtonPlace]]:
    """Take the buttons out of a book, and return the places of Excel's by the sheet's title."""
    found = {}
    if all(page.buttons is None for page in book.pages):
        add_bar(book)
    for page in book.pages:
        if page.buttons is not None:
            found[page.title] = list(placed(page, page.buttons, page.buttons.clicks(book.names_on(page))))
            page.buttons = None
    return found


def add_bar(book: Book) -> None:
    """Keep cells for buttons beside everything else on the first sheet."""
    first = book.pages[0]
    left = max((block.area.right for block, _ in first.blocks), default=0) + 2
    columns = range(left, left + DEFAULT_COLUMNS)
    first.widths |= {column_letters(column): DEFAULT_WIDTH for column in columns}
    first.buttons = ButtonBar(Area(first.title, 1, left, 1, columns[-1]))


def placed(page: Page, bar: ButtonBar, clicks: Sequence[Click]) -> Iterator[ButtonPlace]:
    """Yield the buttons' places, line by line; the bar's last row grows where its height does not do."""
    if not clicks:
        return
    area, span = bar.area, bar.size[1]
    lefts = range(area.left, area.right + 1, span)
    lines = -(-len(clicks) // len(lefts))
    rows = {row: page.heights.get(row, USUAL_HEIGHT) for row in range(area.top, area.bottom + 1)}
    lacking = lines * (LOWEST + GAP) - sum(rows.values())
    if lacking > 0:
        rows[area.bottom] += lacking
        page.heights[area.bottom] = rows[area.bottom]
    line = min(HEIGHT + GAP, sum(rows.values()) / lines)
    for i, click in enumerate(clicks):
        left = lefts[i % len(lefts)]
        letters = [column_letters(column) for column in range(left, left + span)]
        width = sum(page.widths.get(each, USUAL_WIDTH) for each in letters) * POINTS_A_CHARACTER - GAP
        below, row = GAP / 2 + line * (i // len(lefts)), area.top
        while row < area.bottom and below >= rows[row]:
            below -= rows[row]
            row += 1
        yield ButtonPlace(click, row, left, below, width, line - GAP)
