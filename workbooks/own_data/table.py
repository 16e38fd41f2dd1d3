"""A table as it was found: names over columns, blanks as None, and what was found out while reading it."""

import datetime
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from addin.file.archive import starts_as_workbook
from addin.file.cells import ShownValue
from addin.file.errors import FileProblem
from pyfuncs.cells.block import DAY_ZERO, CellValue, quoted, serial_number
from pyfuncs.cells.errors import ErrorCode
from workbooks.own_data.delimited import read_delimited
from workbooks.own_data.numerals import readable_numbers
from workbooks.own_data.sheet_table import read_sheet

WORKBOOKS = (".xlsx", ".xlsm", ".ods", ".xls", ".xlsb")
MOST_COLUMNS = 1_000
MOST_ROWS = 200_000
BLANK_WORDS = frozenset({"", "na", "n/a", "nan", "null", "#n/a", "<na>"})
NOT_A_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Table:
    """Columns of numbers, texts and None; `rows` holds each row's number in the file, counted from 1 below the names.

    `said` are sentences about what was found out.
    """

    path: Path
    columns: dict[str, list[CellValue]]
    rows: list[int]
    said: tuple[str, ...] = ()
    as_read: dict[str, list[CellValue]] = field(default_factory=dict)
    """All columns before anything was made of their texts."""
    elsewhere: str = ""
    """What to say where a column is not found: which other sheets the file has."""

    def keep(self, which: list[int]) -> "Table":
        """Return the table with only some of its rows, by their place from 0."""
        columns = {name: [cells[i] for i in which] for name, cells in self.columns.items()}
        return Table(self.path, columns, [self.rows[i] for i in which], self.said)

    def without(self, names: set[str]) -> "Table":
        """Return the table without some of its columns."""
        columns = {name: cells for name, cells in self.columns.items() if name not in names}
        return Table(self.path, columns, self.rows, self.said)


def read_table(path: Path, encoding: str | None = None, sheet: str | None = None) -> Table:
    """Read a CSV file or the table on a sheet of a spreadsheet file, its first row the names of the columns.

    Raises:
        FileProblem: for a file that cannot be read or holds no table; the sentence says where and what to do.
    """
    if path.suffix.lower() not in WORKBOOKS and not starts_as_workbook(path):
        return table_of(path, *read_delimited(path, encoding))
    found = read_sheet(path, sheet)
    elsewhere = f" That is the {found.said[0]}; name another with --sheet: {', '.join(found.others)}."
    rows = [[known_value(cell) for cell in row] for row in found.rows]
    if not found.others or sheet is not None:
        return table_of(path, rows, found.said)
    try:
        return replace(table_of(path, rows, found.said), elsewhere=elsewhere)
    except FileProblem as problem:
        raise FileProblem(f"{problem}{elsewhere}") from None


def known_value(cell: ShownValue) -> CellValue:
    """Return what a sheet's cell holds as a table knows it: a date its number, TRUE and FALSE words, an error None."""
    if isinstance(cell, datetime.time):
        return serial_number(datetime.datetime.combine(DAY_ZERO, cell))
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime.date):
        return serial_number(cell)
    return None if isinstance(cell, ErrorCode) else cell


def table_of(path: Path, rows: list[list[CellValue]], said: tuple[str, ...]) -> Table:
    """Return the table that rows make, the first of them the names."""
    names, body, numbers = split_names(path, rows)
    columns: dict[str, list[CellValue]] = {}
    as_read: dict[str, list[CellValue]] = {}
    for name, cells in zip(names, zip(*body, strict=True), strict=True):
        known = [None if is_blank(cell) else cell for cell in cells]
        if name or any(cell is not None for cell in known):
            called = name or f"column {len(columns) + 1}"
            columns[called] = known
            as_read[called] = list(cells)
    columns, found = readable_numbers(path, columns, numbers, prefers_comma=any("semicolon" in line for line in said))
    return Table(path, columns, numbers, (*said, *found), as_read)


def split_names(path: Path, rows: list[list[CellValue]]) -> tuple[list[str], list[list[CellValue]], list[int]]:
    """Return the names, the rows below them and the rows' numbers; rows with nothing in them are left out.

    Raises:
        FileProblem: for no rows, too many, rows of another length than the names, and names given twice.
    """
    if not rows:
        raise FileProblem(f"{path} is empty: it needs a first row with the names of the columns, and rows below it.")
    header, *below = rows
    if len(header) > MOST_COLUMNS:
        raise FileProblem(
            f"{path} has {len(header)} columns, but a workbook takes at most {MOST_COLUMNS}: keep the ones that matter."
        )
    if len(below) > MOST_ROWS:
        raise FileProblem(f"{path} has {len(below)} rows, but a workbook takes at most {MOST_ROWS}: take a sample.")
    names = ["" if cell is None else clean(str(cell)) for cell in header]
    body, numbers = [], []
    for number, row in enumerate(below, 1):
        if all(is_blank(cell) for cell in row):
            continue
        if len(row) != len(header):
            raise FileProblem(
                f"{path}, row {number} below the names, has {len(row)} fields, but there are {len(header)} names: "
                "mend that row, or put quotes around a text that holds the delimiter."
            )
        body.append([clean(cell) if isinstance(cell, str) else cell for cell in row])
        numbers.append(number)
    twice = [name for name, count in Counter(name.lower() for name in names if name).items() if count > 1]
    if twice:
        several = next(name for name in names if name.lower() == twice[0])
        raise FileProblem(f'{path} has several columns named "{quoted(several)}": give each a name of its own.')
    if not body:
        raise FileProblem(f"{path} has names of columns but no row below them: there is nothing to learn from.")
    return names, body, numbers


def clean(text: str) -> str:
    """Return a text as a cell can hold it: on one line, without what XML forbids."""
    return " ".join(NOT_A_CHARACTER.sub("", text).split())


def is_blank(cell: CellValue) -> bool:
    """Tell whether a cell says that nothing is known."""
    return cell is None or (isinstance(cell, str) and cell.strip().lower() in BLANK_WORDS)
