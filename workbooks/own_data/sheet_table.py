"""The table on a sheet of a spreadsheet file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyfuncs.cells.block import quoted
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import ShownValue, Uncalculated
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.package import NamedTable
from workbooks.xlsx.sheets import Sheets, open_sheets

Cells = Mapping[int, Mapping[int, ShownValue | Uncalculated]]
"""What stands in the rows of a sheet that hold something, by row and column."""
MOST_NAMED = 8
MOST_CELLS = 20_000_000


@dataclass(frozen=True)
class SheetTable:
    """The rows from the row of names on, blank ones between them too; what was read, and what could be read instead.

    Cells are numbers, texts, TRUE and FALSE, dates, times of day, errors, and None for a blank.
    """

    rows: list[list[ShownValue]]
    first_row: int
    """The number of the first of them on the sheet, from 1."""
    first_column: int
    """The number of their first column on the sheet, from 1."""
    said: tuple[str, ...]
    others: tuple[str, ...]
    """Other sheets and tables of the file, by name."""


def read_sheet(path: Path, name: str | None) -> SheetTable:
    """Return the table on a sheet, the file's first where no name is given; the name may be an Excel table's.

    A sheet that holds one Excel table is read as that table, any other from its first row that is not blank on.

    Raises:
        FileProblem: for a file that is no spreadsheet or damaged, has no such sheet or table, or holds formulas that
            nothing has calculated.
    """
    sheets = open_sheets(path)
    tables = sheets.tables()
    title, table_name = chosen(sheets, tables, name)
    cells = bounded(path, title, sheets)
    area, said = occupied(title, cells), [f"sheet {title}"]
    header: list[list[ShownValue]] = []
    if table_name is not None:
        table = tables[table_name]
        area, header = table_rows(path, table_name, table)
        said = [f"table {table_name} on the sheet {title}"]
        below = rows_below(cells, area, table.totals_rows)
        said += [f"left out, below the table: {below} row{'s' * (below != 1)}"] if below else []
    others = tuple(dict.fromkeys(other for other in (*sheets.titles, *tables) if other not in (title, table_name)))
    if area is None:
        return SheetTable([], 1, 1, tuple(said), others)
    refuse_huge(path, area)
    refuse_uncalculated(path, cells, area)
    return SheetTable(header + values(cells, area), area.top - len(header), area.left, tuple(said), others)


def chosen(sheets: Sheets, tables: Mapping[str, NamedTable], name: str | None) -> tuple[str, str | None]:
    """Return the sheet that a name means, and the Excel table to read of it, if any.

    Raises:
        FileProblem: for a name that no sheet and no table has.
    """
    title = sheets.titles[0] if name is None else called(name, sheets.titles)
    if title is not None:
        own = [table_name for table_name, table in tables.items() if table.sheet == title]
        return title, own[0] if len(own) == 1 else None
    table_name = called(str(name), tuple(tables))
    if table_name is None:
        more = f", and the table{'s' * (len(tables) > 1)} {', '.join(tables)}" if tables else ""
        raise FileProblem(f"{sheets.path} has no sheet {name}; it has {', '.join(sheets.titles)}{more}.")
    return tables[table_name].sheet, table_name


def called(name: str, known: tuple[str, ...]) -> str | None:
    """Return the one of some names that is meant: case does not count where the spelling is not the very same."""
    same = (other for other in known if other.casefold() == name.casefold())
    return name if name in known else next(same, None)


def bounded(path: Path, title: str, sheets: Sheets) -> Cells:
    """Return what stands on a sheet.

    Raises:
        FileProblem: where that is more than a table can be: a few bytes can say that a cell is repeated everywhere.
    """
    cells: dict[int, Mapping[int, ShownValue | Uncalculated]] = {}
    count = 0
    for row, line in sheets.rows(title):
        cells[row] = line
        count += len(line)
        if count > MOST_CELLS:
            raise FileProblem(f"{path}: the sheet {title} holds more than {MOST_CELLS:,} cells; keep what matters.")
    return cells


def occupied(title: str, cells: Cells) -> Area | None:
    """Return the area from the first row that holds something, and from column A on, None where nothing is there."""
    rows = [row for row, line in cells.items() if any(cell != "" for cell in line.values())]
    if not rows:
        return None
    right = max(max(column for column, cell in cells[row].items() if cell != "") for row in rows)
    return Area(title, min(rows), 1, max(rows), right)


def refuse_huge(path: Path, area: Area) -> None:
    """Check that a table's area is not mostly nothing.

    Raises:
        FileProblem: for more cells than a table can have.
    """
    rows, columns = area.shape
    if rows * columns > MOST_CELLS:
        raise FileProblem(
            f"{path}: the table reaches over {area.address}, {rows:,} rows × {columns:,} columns; delete what "
            "stands far away from it."
        )


def table_rows(path: Path, name: str, table: NamedTable) -> tuple[Area, list[list[ShownValue]]]:
    """Return where an Excel table's names and rows are, its totals left out; its names where it shows none.

    Raises:
        FileProblem: for a table that says no place.
    """
    try:
        area = Area.parse(table.ref, table.sheet)
    except FileProblem:
        raise FileProblem(f"{path} is damaged: the table {name} lies at {table.ref!r}; take another copy.") from None
    header: list[list[ShownValue]] = [] if table.header_rows else [list(table.columns)]
    return Area(area.sheet, area.top, area.left, area.bottom - table.totals_rows, area.right), header


def rows_below(cells: Cells, area: Area, totals: int) -> int:
    """Return how many rows below a table, and its totals, hold something in its columns."""
    return sum(
        row > area.bottom + totals and any(area.left <= column <= area.right for column in line)
        for row, line in cells.items()
    )


def refuse_uncalculated(path: Path, cells: Cells, area: Area) -> None:
    """Check that every formula of an area has its value.

    Raises:
        FileProblem: naming the columns with others, and the first such cell.
    """
    found = [
        (row, column)
        for row, line in cells.items()
        for column, cell in line.items()
        if isinstance(cell, Uncalculated) and area.contains(row, column)
    ]
    if not found:
        return
    names = list(dict.fromkeys(str(cells.get(area.top, {}).get(column, "")) for _, column in found))
    shown = ", ".join(f'"{quoted(name)}"' for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    what = "column" if len(names) == 1 else "columns"
    address = Area(area.sheet, *found[0], *found[0]).address
    raise FileProblem(
        f"{path}, {address}: the {what} {shown}{more} hold{'s' * (len(names) == 1)} formulas without stored values: "
        "open the file in a spreadsheet program, let it calculate, and save it."
    )


def values(cells: Cells, area: Area) -> list[list[ShownValue]]:
    """Return the values of an area, row by row."""
    blank: Mapping[int, ShownValue | Uncalculated] = {}
    lines = (cells.get(row, blank) for row in range(area.top, area.bottom + 1))
    columns = range(area.left, area.right + 1)
    return [[line.get(column) for column in columns] for line in lines]  # type: ignore[misc]  # none is Uncalculated
