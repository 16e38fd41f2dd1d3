"""A table as it was found: names over columns, blanks as None, and what was found out while reading it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from addin.file.errors import FileProblem
from pyfuncs.cells.block import CellValue, quoted
from workbooks.own_data.blanks import is_blank
from workbooks.own_data.columns import Column, Fault, as_columns
from workbooks.own_data.delimited import read_delimited
from workbooks.own_data.header import ROW_NAMES, Named, named_rows
from workbooks.own_data.meaning import NUMBER, VALUE, Meaning
from workbooks.own_data.rows import Rows
from workbooks.own_data.sheet_table import read_sheet

WORKBOOKS = (".xlsx", ".xlsm")
MOST_SHOWN = 8


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
    """Read a CSV file or the table on a sheet of a workbook.

    `header_row` is the line or row of the columns' names: None for the first that is not blank, 0 for a table without
    names. `known` says what some columns are, by their names in small letters; the others are found out.

    Raises:
        FileProblem: for a file that cannot be read or holds no table; the sentence says where and what to do.
    """
    rows = rows_of(path, encoding, sheet)
    named = named_rows(path, rows, header_row)
    cells = named_columns(named)
    columns = {name: [None if is_blank(cell) else cell for cell in cells[name]] for name in cells if name != ROW_NAMES}
    found, said = as_columns(columns, named.numbers, known or {}, prefers_comma=rows.prefers_comma)
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
    )


def rows_of(path: Path, encoding: str | None, sheet: str | None) -> Rows:
    """Return the rows of a file of either kind."""
    if path.suffix.lower() not in WORKBOOKS:
        return read_delimited(path, encoding)
    cells, said = read_sheet(path, sheet)
    return Rows(cells, list(range(1, len(cells) + 1)), said, "row")


def named_columns(named: Named) -> dict[str, list[CellValue]]:
    """Return the columns under their names; one without a name gets one, or is dropped if nothing stands in it."""
    columns: dict[str, list[CellValue]] = {}
    for j, (name, cells) in enumerate(zip(named.names, zip(*named.body, strict=True), strict=True)):
        if j == 0 and named.has_row_names:
            columns[ROW_NAMES] = list(cells)
        elif name or not all(is_blank(cell) for cell in cells):
            columns[name or f"column {len(columns) + 1}"] = list(cells)
    return columns


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
