"""The sheets of any spreadsheet file: what their cells show, and the formulas in them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from workbooks.xlsx.archive import read_archive
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import UNCALCULATED, ShownValue, Uncalculated, unreadable
from workbooks.xlsx.dates import DateFormats
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.namespaces import F
from workbooks.xlsx.open_document import OpenDocumentSheets
from workbooks.xlsx.package import NamedTable, Package
from workbooks.xlsx.stored import UNREADABLE, stored_value


class Sheets(Protocol):
    """The sheets' values; rows and columns count from 1."""

    path: Path

    @property
    def titles(self) -> tuple[str, ...]:
        """The sheets in their order."""

    def tables(self) -> dict[str, NamedTable]:
        """Return the tables of all sheets under their names."""

    def rows(self, title: str) -> Iterator[tuple[int, Mapping[int, ShownValue | Uncalculated]]]:
        """Yield the number and the cells that hold something, by column, of each row of a sheet that has any.

        Raises:
            FileProblem: the XML is broken, or a stored value is not what its type says.

        """

    def formulas(self, area: Area) -> Mapping[tuple[int, int], str]:
        """Return the formulas of an area by row and column, spelled as in a workbook; an array's at all its cells."""

    def names(self) -> Mapping[str, str]:
        """Return what each defined name stands for, spelled as in a workbook."""


class WorkbookSheets:
    """The sheets of an .xlsx or .xlsm workbook."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self.path = package.path

    @property
    def titles(self) -> tuple[str, ...]:
        """The sheets in their order, chart sheets left out."""
        return self._package.sheet_titles

    def tables(self) -> dict[str, NamedTable]:
        """Return the tables of all sheets under their names."""
        return self._package.tables()

    def rows(self, title: str) -> Iterator[tuple[int, Mapping[int, ShownValue | Uncalculated]]]:
        """Yield the number and the cells that hold something, by column, of each row of a sheet that has any.

        Raises:
            FileProblem: the XML is broken, or a stored value is not what its type says.

        """
        strings = self._package.shared_strings
        dates = DateFormats(self._package)
        for row, cells in self._package.rows(title):
            values: dict[int, ShownValue | Uncalculated] = {}
            for column, element in cells.items():
                try:
                    value, has_value = stored_value(element, strings, self._package.epoch)
                except UNREADABLE as error:
                    raise unreadable(Area(title, row, column, row, column).address, self.path) from error
                if has_value:
                    is_date = element.get("t") == "d" or dates.is_date(element.get("s", "0"))
                    values[column] = dates.date(value) if is_date and isinstance(value, float) else value
                elif element.find(F) is not None:
                    values[column] = UNCALCULATED
            if values:
                yield row, values

    def formulas(self, area: Area) -> Mapping[tuple[int, int], str]:
        """Return the formulas of an area by row and column, an array's at all its cells."""
        return self._package.grid(area.sheet).formula_texts(area)

    def names(self) -> Mapping[str, str]:
        """Return what each defined name stands for."""
        return {name: text for (_, name), text in self._package.defined_names().items()}


def open_sheets(path: Path) -> Sheets:
    """Read a spreadsheet file.

    Raises:
        FileProblem: there is no such file, it is damaged, protected, of a kind that is not read, or has no sheet of
            cells.

    """
    archive = read_archive(path)
    sheets: Sheets
    sheets = OpenDocumentSheets(path, archive) if archive.is_open_document else WorkbookSheets(Package(path, archive))
    if not sheets.titles:
        raise FileProblem(f"{path} has no sheet with cells, so there is no table in it.")
    return sheets
