"""A table as it was found: names over columns, blanks as None, and what was found out while reading it."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from pyfuncs.cells.block import CellValue, quoted
from pyfuncs.cells.errors import ErrorCode
from workbooks.own_data.blanks import is_blank
from workbooks.own_data.columns import Column, Fault, as_columns
from workbooks.own_data.delimited import read_delimited
from workbooks.own_data.header import ROW_NAMES, Named, named_rows
from workbooks.own_data.meaning import NUMBER, VALUE, Meaning
from workbooks.own_data.rows import TableRows
from workbooks.xlsx.archive import starts_as_workbook
from workbooks.xlsx.cells import ShownValue
from workbooks.xlsx.errors import FileProblem

WORKBOOKS = (".xlsx", ".xlsm", ".ods", ".xls", ".xlsb")
MOST_SHOWN = 8
LONGEST_NAME = 255


@dataclass(frozen=True)
class Table:
    """Columns of numbers, texts and None; `rows` holds each row's number in the file, counted from 1 below the names.

    Dates and times are numbers here; `meanings` tells which. `said` are sentences about what was found out.
    """

    path: Path
    columns: dict[str, list[CellValue]]
    rows: list[int]
    said: tuple[str, ...] = ()
    as_read: dict[str, list[CellValue]] = field(default_factory=dict)
    """All columns before anything was made of their texts, the names of the rows among them."""
    meanings: dict[str, Meaning] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)
    """How a column's texts were read, by its name, where that needs saying."""
    faults: dict[str, Fault] = field(default_factory=dict)
    """Why a column cannot be used, by its name."""
    elsewhere: str = ""
    """What to say where a column is not found: which other sheets the file has."""

    def keep(self, which: list[int]) -> "Table":
        """Return the table with only some of its rows, by their place from 0."""
        columns = {name: [cells[i] for i in which] for name, cells in self.columns.items()}
        return replace(self, columns=columns, rows=[self.rows[i] for i in which], as_read={})

    def without(self, names: set[str]) -> "Table":
        """Return the table without some of its columns."""
        return replace(self, columns={name: cells for name, cells in self.columns.items() if name not in names})

    def meaning(self, name: str) -> Meaning:
        """Return what a column is."""
        is_text = any(isinstance(cell, str) for cell in self.columns[name])
        return self.meanings.get(name, Meaning(VALUE if is_text else NUMBER))

    def check(self, faults: Mapping[str, Fault], may_be_left_out: set[str]) -> None:
        """Check that no column is at fault.

        Raises:
            FileProblem: naming all that are, and what to do.
        """
        if not faults:
            return
        named = [f'"{quoted(name)}" {fault.what}' for name, fault in faults.items()]
        if len(faults) == 1:
            remedy = next(iter(faults.values())).remedy
            raise FileProblem(f"{self.path}: the column {named[0]}: {remedy}.")
        options = [f'--leave-out "{quoted(name)}"' for name in faults if name in may_be_left_out]
        said = "; ".join(named[:MOST_SHOWN]) + (f"; and {len(named) - MOST_SHOWN} more" * (len(named) > MOST_SHOWN))
        leave_out = f", or leave them out with {' '.join(options)}" if options else ""
        raise FileProblem(f"{self.path}: {len(faults)} columns cannot be used: {said}: mend them{leave_out}.")


def read_table(
    path: Path,
    encoding: str | None = None,
    sheet: str | None = None,
    *,
    header_row: int | None = None,
    known: Mapping[str, Meaning] | None = None,
) -> Table:
    """Read a CSV file or the table on a sheet of a spreadsheet file.

    `header_row` is the line or row of the columns' names: None for the first that is not blank, 0 for a table without
    names. `known` says what some columns are, by their names in small letters; the others are found out.

    Raises:
        FileProblem: for a file that cannot be read or holds no table; the sentence says where and what to do.
    """
    rows = rows_of(path, encoding, sheet)
    try:
        return table_of(path, rows, header_row, known)
    except FileProblem as problem:
        raise FileProblem(f"{problem}{rows.elsewhere}") from None


def table_of(path: Path, rows: TableRows, header_row: int | None, known: Mapping[str, Meaning] | None) -> Table:
    """Return the table that rows make.

    Raises:
        FileProblem: where they make none.
    """
    named = named_rows(path, rows, header_row)
    for column, name in enumerate(named.names, 1):
        if len(name) > LONGEST_NAME:
            raise FileProblem(
                f'{path}: the name of column {column}, "{quoted(name)}", has {len(name)} characters, but at most '
                f"{LONGEST_NAME} are taken: shorten it, or use --no-header where that is no name."
            )
    cells = named_columns(named)
    columns = {name: [None if is_blank(cell) else cell for cell in cells[name]] for name in cells if name != ROW_NAMES}

    def where(name: str, i: int) -> str:
        return f"row {named.numbers[i]} ({rows.place(named.places[i], named.names.index(name))})"

    found, said = as_columns(columns, known or {}, where, prefers_comma=rows.prefers_comma)
    if header_row is None and known is None:
        check_first_row(path, found, f"{rows.place_word} {named.places[0]}", named.places[0])
    if named.has_row_names:
        said = ("left out, names of the rows: the first column", *said)
    return Table(
        path,
        {name: column.cells for name, column in found.items()},
        named.numbers,
        (*rows.said, *said),
        cells,
        {name: column.meaning for name, column in found.items()},
        {name: column.said for name, column in found.items() if column.said},
        {name: column.fault for name, column in found.items() if column.fault},
        rows.elsewhere,
    )


def rows_of(path: Path, encoding: str | None, sheet: str | None) -> TableRows:
    """Return the rows of a text file, or of a sheet."""
    if path.suffix.lower() not in WORKBOOKS and not starts_as_workbook(path):
        return read_delimited(path, encoding)
    from workbooks.own_data.sheet_table import read_sheet  # which imports openpyxl, for the dates

    found = read_sheet(path, sheet)
    return TableRows(
        cells=[[known_value(cell) for cell in row] for row in found.rows],
        places=[found.first_row + i for i in range(len(found.rows))],
        said=found.said,
        first_column=found.first_column,
        elsewhere=f" That is the {found.said[0]}; name another with --sheet: {', '.join(found.others)}."
        if found.others and sheet is None
        else "",
    )


def known_value(cell: ShownValue) -> CellValue:
    """Return what a sheet's cell holds as a text file would have it, numbers but for: a date as 2020-01-31."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, datetime.datetime):
        return cell.isoformat(" ") if cell.time() != datetime.time() else cell.date().isoformat()
    if isinstance(cell, datetime.date | datetime.time):
        return cell.isoformat()
    return None if isinstance(cell, ErrorCode) else cell


def named_columns(named: Named) -> dict[str, list[CellValue]]:
    """Return the columns under their names, without those that have neither a name nor a cell with anything in it."""
    columns = zip(named.names, zip(*named.body, strict=True), strict=True)
    return {name: list(cells) for name, cells in columns if name or not all(is_blank(cell) for cell in cells)}


def check_first_row(path: Path, columns: Mapping[str, Column], where: str, place: int) -> None:
    """Check that the first row below the names holds no names or units itself.

    Raises:
        FileProblem: where several columns of numbers hold a text there.
    """
    strays = [name for name, column in columns.items() if column.fault is not None and column.fault.place == 0]
    if len(strays) > 1:
        shown = ", ".join(f'"{quoted(str(columns[name].cells[0]))}"' for name in strays[:3])
        raise FileProblem(
            f"{path}, {where}: row 1 below the names holds texts over columns of numbers ({shown} …): if they are the "
            f"names, say so with --header-row {place}; else delete that row."
        )
