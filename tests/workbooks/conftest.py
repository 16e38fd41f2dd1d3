"""Templates opened once, and their sheets read by what stands over the columns."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from workbooks.recalculate import refresh
from workbooks.sheets.model_sheet import GROUP_ROW, HEADER_ROW, TOP
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

LAST_COLUMN = 400


class Sheets:
    """What a template's sheets show."""

    def __init__(self, package: Package) -> None:
        self.package = package

    def values(self, area: Area) -> np.ndarray:
        return np.array([[cell.value for cell in row] for row in read_area(self.package, area)], dtype=object)

    def cell(self, sheet: str, row: int, column: int) -> Any:
        return self.values(Area(sheet, row, column, row, column))[0, 0]

    def stage(self, title: str) -> dict[str, int]:
        """Return the columns of a stage of the sheet Model by their headers; "" is the one with the labels."""
        titles, headers = (self.values(Area("Model", row, 1, row, LAST_COLUMN))[0] for row in (GROUP_ROW, HEADER_ROW))
        left = titles.tolist().index(title) + 1
        columns = {"" if headers[left - 1] is None else headers[left - 1]: left}
        column = left + 1
        while headers[column - 1] is not None:
            columns[headers[column - 1]] = column
            column += 1
        return columns

    def block(self, title: str, prefix: str, area: Area) -> np.ndarray:
        """Return a stage's numbers below the headers with a prefix, in the rows of an area."""
        columns = [column for header, column in self.stage(title).items() if header.startswith(prefix)]
        return self.values(Area("Model", area.top, columns[0], area.bottom, columns[-1])).astype(float)

    def column(self, title: str, header: str, rows: int = 712) -> np.ndarray:
        column = self.stage(title)[header]
        return self.values(Area("Model", TOP, column, TOP + rows - 1, column))[:, 0]


class Opened:
    """A template in memory whose cells a test may set; nothing is saved."""

    def __init__(self, path: Path) -> None:
        self.file = WorkbookFile.open(path)
        self.sheets = Sheets(self.file.package)
        self.first = {name: self.file.read(name) for name in self.file.names if self.writable(name)}

    def writable(self, name: str) -> bool:
        return self.file.area(name).sheet != "Model" or name.startswith(("weight_", "bias_", "optimizer_"))

    def place(self, name: str) -> str:
        """Return the name of a parameter's cells: the file may hold weights turned, a row a unit."""
        return name if name in self.file else f"{name}_transposed"

    def turned(self, name: str, rows: Any) -> Any:
        """Return a parameter as its cells hold it, or from these."""
        return rows if name in self.file else [list(row) for row in zip(*rows, strict=True)]

    def parameter(self, name: str) -> Any:
        """Return a parameter, weights in×out."""
        return self.turned(name, self.file.read(self.place(name)))

    def hold(self, cells: Mapping[str, Any]) -> None:
        """Begin again from the template with some of its input cells changed, and refresh its formulas.

        Of a block, the first rows may be given.
        """
        cells = {self.place(name): self.turned(name, rows) for name, rows in cells.items()}
        formulas = {name for name in self.first if self.file.has_formula(name)}
        for name, rows in self.first.items():
            if name not in formulas:
                given = cells.get(name, rows)
                given = given if isinstance(given, list) else [[given]]
                self.file.write({name: [*given, *rows[len(given) :]]})
        assert refresh(self.file)


@pytest.fixture(scope="session")
def sheets() -> Callable[[Path], Sheets]:
    """Return the reader of a workbook's sheets."""
    return lambda path: Sheets(Package.open(path))


@pytest.fixture(scope="session")
def opened(template_bytes: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Opened]:
    """Return the templates in memory, each opened once for all tests."""
    known: dict[str, Opened] = {}

    def open_once(name: str) -> Opened:
        if name not in known:
            path = tmp_path_factory.mktemp("opened") / f"{name}.xlsx"
            path.write_bytes(template_bytes[name])
            known[name] = Opened(path)
        return known[name]

    return open_once
