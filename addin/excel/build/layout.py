"""Where the buttons stand: in place of the cells that are links to commands in other programs."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from pyfuncs.training.reader import TRANSPOSED
from workbooks.clicks.click import Click
from workbooks.clicks.table import COMMANDS
from workbooks.sheets.book import Book, Page

BUTTON, NOTE = "button", "note"
PARAMETER = re.compile(r"(weight|bias)_\d+")

HEIGHT, GAP = 24.0, 4.0
"""Of a button, and around it, in points."""
POINTS_A_CHARACTER = 5.25
"""A column's width counts the digits of the standard font: 7 pixels each."""
NARROWEST = 13.0
PICTURE_ROWS = 6
DEFAULT_WIDTH, DEFAULT_COLUMNS = 15.0, 4


@dataclass(frozen=True)
class Spot:
    """Where a button stands: the cell it begins in, from 1, how far below that cell's edge, and its width in points."""

    command: Click
    row: int
    column: int
    below: float
    width: float


def make_room(book: Book) -> Mapping[str, Sequence[Spot]]:
    """Take the cells that stand for buttons out of a book, and return the spots of Excel's by the sheet's title."""
    found = {page.title: spots for page in book.pages if (spots := in_place_of_cells(book, page))}
    if not found and (commands := useful_commands(book.names)):
        first = book.pages[0]
        left = max((block.area.right for block, _ in first.blocks), default=0) + 2
        columns = dict.fromkeys(range(left, left + DEFAULT_COLUMNS), DEFAULT_WIDTH)
        first.widths |= {get_column_letter(column): width for column, width in columns.items()}
        found[first.title] = list(spread(first, commands, [1], columns))
    return found


def in_place_of_cells(book: Book, page: Page) -> list[Spot]:
    """Take the button cells of one page out of it, with the note beside or below them, and return the spots."""
    areas = [block.area for block, look in page.blocks if look.style == BUTTON]
    if not areas:
        return []
    top, bottom = min(area.top for area in areas), max(area.bottom for area in areas)
    left, right = min(area.left for area in areas), max(area.right for area in areas)
    around = {(top, right + 1), (bottom + 1, left)}
    notes = [
        block.area for block, look in page.blocks if look.style == NOTE and (block.area.top, block.area.left) in around
    ]
    page.blocks = [(block, look) for block, look in page.blocks if block.area not in (*areas, *notes)]
    rows = range(top, max([bottom, *(area.bottom for area in notes)]) + 1)
    around_them = range(left, max([right, *(area.right for area in notes)]) + 1)
    columns = {column: width for column in around_them if (width := width_of(page, column, column)) >= NARROWEST}
    merged = {reference.replace("$", "") for reference in page.merged}
    whole = [area for area in areas if area.address.rpartition("!")[2].replace("$", "") in merged]
    columns |= {area.left: width_of(page, area.left, area.right) for area in whole}
    columns = columns or {left: width_of(page, left, left)}
    commands = useful_commands(book.names | book.scoped_names.get(page.title, {}))
    if is_beside_a_picture(page, top, max(columns)):
        lines = -(-len(commands) // len(columns))
        below = max(block.area.bottom for block, _ in page.blocks if block.area.left <= right) + 2
        rows = range(below, below + max(lines, 1))
    return list(spread(page, commands, rows, columns))


def width_of(page: Page, first: int, last: int) -> float:
    """Return the width of some columns together, in characters."""
    return sum(page.widths.get(get_column_letter(column), 0.0) for column in range(first, last + 1))


def is_beside_a_picture(page: Page, row: int, right: int) -> bool:
    """Tell whether cells right of the buttons draw something over many rows, which a higher row would distort."""
    return any(
        block.area.left > right and block.area.top <= row <= block.area.bottom and block.area.shape[0] >= PICTURE_ROWS
        for block, _ in page.blocks
    )


def spread(page: Page, commands: Sequence[Click], rows: Sequence[int], columns: Mapping[int, float]) -> Iterator[Spot]:
    """Yield the buttons' spots, line by line, and make the rows as high as their lines need.

    `columns` are those in which buttons begin, with the width that each has.
    """
    lines = -(-len(commands) // len(columns))
    more, rest = divmod(lines, len(rows))
    left = iter(commands)
    for i, row in enumerate(rows):
        count = more + (i < rest)
        if count:
            page.heights[row] = max(page.heights.get(row, 0.0), count * (HEIGHT + GAP) + GAP)
        for line in range(count):
            for (column, characters), command in zip(columns.items(), left, strict=False):
                width = characters * POINTS_A_CHARACTER - GAP
                yield Spot(command, row, column, GAP + line * (HEIGHT + GAP), width)


def useful_commands(names: Iterable[str]) -> list[Click]:
    """Return the buttons that make sense where these names are defined: none without a model to train."""
    names = {name.removesuffix(TRANSPOSED) for name in names}
    if not {"inputs", "target", "weight_1"} <= names:
        return []
    parameters = [name for name in names if PARAMETER.fullmatch(name)]
    has_first_values = all(f"initial_{name}" in names for name in parameters)
    return [
        command
        for command in COMMANDS
        if command.is_on_sheets
        and set(command.needs) <= set(names)
        and (has_first_values or not command.needs_first_values)
    ]
