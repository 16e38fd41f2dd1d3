"""Which row of a file holds the names of the columns, and which rows are the table below it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from pyfuncs.cells.block import CellValue, quoted
from workbooks.own_data.blanks import clean, is_blank
from workbooks.own_data.meaning import shown
from workbooks.own_data.numerals import is_number
from workbooks.own_data.rows import TableRows
from workbooks.own_data.sentences import counted
from workbooks.xlsx.errors import FileProblem

NO_HEADER = 0
"""The header row of a table whose columns have no names: they are called 1, 2, 3 …"""
MOST_COLUMNS = 1_000
MOST_ROWS = 200_000
LOOKED_AT = 100
YEARS = range(1000, 2101)
ROW_NAMES = ""


@dataclass(frozen=True)
class Named:
    """A table's names, the rows below them, their numbers counted from 1 there, and their places in the file."""

    names: list[str]
    body: list[list[CellValue]]
    numbers: list[int]
    places: list[int]
    has_row_names: bool = False
    """Whether the first column, ROW_NAMES, only names the rows, as R writes tables."""


def named_rows(path: Path, rows: TableRows, header_row: int | None) -> Named:
    """Return the names and the rows below them; rows with nothing in them are left out.

    `header_row` is the place of the names in the file, NO_HEADER, or None for the first row that is not blank.

    Raises:
        FileProblem: for no rows, too many, rows of another length than the names, and names that are none.
    """
    first = first_row(path, rows, header_row)
    start = first if header_row == NO_HEADER else first + 1
    filled = [i for i in range(start, len(rows.cells)) if not all(is_blank(cell) for cell in rows.cells[i])]
    if header_row is None:
        check_no_title(path, rows, first, filled)
    if not filled:
        raise FileProblem(f"{path} has names of columns but no row below them: there is nothing to learn from.")
    body, places = [rows.cells[i] for i in filled], [rows.places[i] for i in filled]
    numbers = [i - start + 1 for i in filled]
    if header_row == NO_HEADER:
        header, has_row_names = numbered(body), False
        wheres = [f"{path}, {rows.place_word} {place}," for place in places]
    else:
        header, has_row_names = fitting_header(rows.cells[first], body)
        wheres = [
            f"{path}, {rows.place_word} {place}, row {number} below the names,"
            for number, place in zip(numbers, places, strict=True)
        ]
    check_size(path, header, body)
    body = [fitted(row, len(header), where) for row, where in zip(body, wheres, strict=True)]
    names = ["" if cell is None else clean(shown(cell)) for cell in header]
    if header_row is None:
        check_are_names(path, names, body, rows.places[first])
    names = [name or unnamed(body, j, has_row_names) for j, name in enumerate(names)]
    check_names(path, names)
    return Named(names, body, numbers, places, has_row_names)


def unnamed(body: Sequence[Sequence[CellValue]], j: int, has_row_names: bool) -> str:
    """Return what a column without a name is called: by its place, or nothing where nothing stands in it."""
    is_nameless = (j == 0 and has_row_names) or all(is_blank(row[j]) for row in body)
    return ROW_NAMES if is_nameless else f"column {j + 1}"


def numbered(body: Sequence[Sequence[CellValue]]) -> list[CellValue]:
    """Return 1, 2, 3 … as the names of columns that have none."""
    return [str(j + 1) for j in range(max(filled_width(row) for row in body))]


def fitting_header(header: Sequence[CellValue], body: Sequence[Sequence[CellValue]]) -> tuple[list[CellValue], bool]:
    """Return a name a column, without blanks behind, and whether the first column only names the rows."""
    if are_rows_named(header, body):
        return [ROW_NAMES, *header], True
    return list(header[: max(filled_width(header), *(len(row) for row in body))]), False


def first_row(path: Path, rows: TableRows, header_row: int | None) -> int:
    """Return where the table begins among the rows, from 0.

    Raises:
        FileProblem: for no rows, or none at that place.
    """
    filled = [i for i, row in enumerate(rows.cells) if not all(is_blank(cell) for cell in row)]
    if not filled:
        raise FileProblem(f"{path} is empty: it needs a first row with the names of the columns, and rows below it.")
    if not header_row:
        return filled[0]
    found = next((i for i in filled if rows.places[i] == header_row), None)
    if found is None:
        raise FileProblem(
            f"{path}: {rows.place_word} {header_row} is blank or not there, so it holds no names of columns."
        )
    return found


def check_no_title(path: Path, rows: TableRows, first: int, below: Sequence[int]) -> None:
    """Check that the first row is not a title or a remark above the names.

    Raises:
        FileProblem: where a row further down fits the rows below it better, and holds no numbers.
    """
    header = rows.cells[first]
    looked_at = [rows.cells[i] for i in below[:LOOKED_AT]]
    if not looked_at:
        return
    usual = Counter(filled_width(row) for row in looked_at).most_common(1)[0][0]
    is_remark = str(header[0]).startswith("#") and filled_width(header) != usual
    if not is_remark and 2 * filled_count(header) >= usual and filled_width(header) >= usual - 1:
        return
    names = next((i for i in below[:LOOKED_AT] if is_row_of_names(rows.cells[i], usual)), None)
    if names is not None:
        raise FileProblem(
            f'{path}: the first row, "{quoted(str(next(cell for cell in header if cell)))}", does not name the '
            f"{usual} columns below it; {rows.place_word} {rows.places[names]} may: --header-row {rows.places[names]}."
        )


def filled_width(row: Sequence[CellValue]) -> int:
    """Return how many cells a row has up to the last that is not blank."""
    return max((j + 1 for j, cell in enumerate(row) if not is_nothing(cell)), default=0)


def filled_count(row: Sequence[CellValue]) -> int:
    """Return how many cells of a row are not blank."""
    return sum(not is_nothing(cell) for cell in row)


def is_nothing(cell: CellValue) -> bool:
    """Tell whether nothing stands in a cell, not even a word for a blank."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def is_row_of_names(row: Sequence[CellValue], width: int) -> bool:
    """Tell whether a row holds a word over each of so many columns."""
    return filled_count(row) == width and not any(holds_number(cell) for cell in row)


def are_rows_named(header: Sequence[CellValue], body: Sequence[Sequence[CellValue]]) -> bool:
    """Tell whether every row has one field more than there are names, and not merely a delimiter at its end."""
    width = len(header) + 1
    return width > 2 and all(len(row) == width for row in body) and not all(is_nothing(row[-1]) for row in body)


def check_size(path: Path, header: Sequence[CellValue], body: Sequence[object]) -> None:
    """Check that a workbook can hold so many columns and rows.

    Raises:
        FileProblem: where it cannot.
    """
    if len(header) > MOST_COLUMNS:
        raise FileProblem(
            f"{path} has {len(header)} columns, but a workbook takes at most {MOST_COLUMNS}: keep the ones that matter."
        )
    if len(body) > MOST_ROWS:
        raise FileProblem(f"{path} has {len(body)} rows, but a workbook takes at most {MOST_ROWS}: take a sample.")


def fitted(row: Sequence[CellValue], width: int, where: str) -> list[CellValue]:
    """Return a row with so many cells, without blank fields behind.

    Raises:
        FileProblem: for one with more fields or fewer.
    """
    cells = list(row)
    while len(cells) > width and is_nothing(cells[-1]):
        cells.pop()
    if len(cells) != width:
        raise FileProblem(
            f"{where} has {counted(len(cells), 'field')}, but the table has {counted(width, 'column')}: mend that row, "
            "or put quotes around a text that holds the delimiter."
        )
    return [clean(cell) if isinstance(cell, str) else cell for cell in cells]


def check_names(path: Path, names: Sequence[str]) -> None:
    """Check that no two columns have one name.

    Raises:
        FileProblem: where they have.
    """
    twice = [name for name, count in Counter(name.lower() for name in names if name).items() if count > 1]
    if twice:
        several = next(name for name in names if name.lower() == twice[0])
        raise FileProblem(f'{path} has several columns named "{quoted(several)}": give each a name of its own.')


def check_are_names(path: Path, names: Sequence[str], body: Sequence[Sequence[CellValue]], place: int) -> None:
    """Check that the first row holds names.

    Raises:
        FileProblem: where it looks like the rows below it.
    """
    if looks_like_data(names, body):
        first = ", ".join(f'"{quoted(name)}"' for name in names[:3] if name)
        raise FileProblem(
            f"{path}: the first row looks like data, not like names of columns ({first} …): --no-header takes it as "
            f"data and calls the columns 1, 2, 3 …; if it holds the names, say so with --header-row {place}."
        )


def looks_like_data(names: Sequence[str], body: Sequence[Sequence[CellValue]]) -> bool:
    """Tell whether most names are as the cells below them: numbers over numbers, or a word that comes again."""
    named = [j for j, name in enumerate(names) if name]
    numbers = [j for j in named if is_number(names[j])]
    if are_labels([names[j] for j in numbers]):
        numbers = []
    alike = sum(is_over_numbers(body, j) for j in numbers)
    alike += sum(comes_again(body, j, names[j].lower()) for j in named if not is_number(names[j]))
    return 2 * alike > len(named)


def are_labels(numbers: Sequence[str]) -> bool:
    """Tell whether numbers are names after all: they count on in even steps, or are years."""
    if not all(number.isdigit() for number in numbers):
        return False
    values = [int(number) for number in numbers]
    steps = {after - before for before, after in pairwise(values)}
    return all(value in YEARS for value in values) or steps == {1} or (len(steps) == 1 and len(values) > 2)


def is_over_numbers(body: Sequence[Sequence[CellValue]], j: int) -> bool:
    """Tell whether the column's first cells are all numbers or blank."""
    return all(is_blank(row[j]) or holds_number(row[j]) for row in body[:LOOKED_AT])


def comes_again(body: Sequence[Sequence[CellValue]], j: int, name: str) -> bool:
    """Tell whether a name stands in a cell of its column too."""
    return name in map(str.lower, (cell for row in body if isinstance(cell := row[j], str)))


def holds_number(cell: CellValue) -> bool:
    """Tell whether a cell is a number, or a word for an unknown one."""
    return is_number(cell) if isinstance(cell, str) else isinstance(cell, float)
