"""A workbook in memory with as much of xlwings' Book as the buttons use; it writes down what is done to it."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import xlwings
from openpyxl.utils import get_column_letter
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet.formula import ArrayFormula

from addin.excel.inside.values import ERROR_NUMBERS, FIRST_NUMBER, FIRST_SCODE

SCODES = {str(code): number - FIRST_NUMBER + FIRST_SCODE for code, number in ERROR_NUMBERS.items()}


class App:
    """Excel: what the buttons change in it and must put back."""

    def __init__(self, log: list[Any]) -> None:
        self._log = log
        self._settings: dict[str, Any] = {"calculation": "automatic", "screen_updating": True}
        self._formulas: Callable[[], None] = lambda: None
        """What calculates the formulas that a test wants to follow."""

    @property
    def calculation(self) -> str:
        return self._settings["calculation"]

    @calculation.setter
    def calculation(self, mode: str) -> None:
        self._settings["calculation"] = mode
        self._log.append(("calculation", mode))
        if mode == "automatic":
            self._formulas()

    @property
    def screen_updating(self) -> bool:
        return self._settings["screen_updating"]

    @screen_updating.setter
    def screen_updating(self, updating: bool) -> None:
        self._settings["screen_updating"] = updating
        self._log.append(("screen_updating", updating))

    def calculate(self) -> None:
        self._log.append(("calculate",))
        self._formulas()


class Validation:
    """What a cell may hold, as Excel gives it: asking a cell without a rule for it fails."""

    def __init__(self, words: str | None) -> None:
        self._words = words

    @property
    def Type(self) -> int:  # noqa: N802
        if self._words is None:
            raise RuntimeError("no rule")
        return 3

    @property
    def Formula1(self) -> str | None:  # noqa: N802
        return self._words


class Cells:
    """A block of cells as COM has them."""

    def __init__(self, cells: "Range") -> None:
        self._cells = cells
        self.Locked = cells.sheet._locked
        self.Validation = Validation(cells.sheet._drop_downs.get((cells._top, cells._left)))

    @property
    def Value2(self) -> Any:  # noqa: N802
        sheet = self._cells.sheet
        sheet._log.append(("read", sheet.name, self._cells.address))
        rows = tuple(tuple(map(as_com, row)) for row in self._cells._rows(sheet._values))
        return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def as_com(cell: Any) -> Any:
    """Return a cell as COM hands it over: a number as a double, an error as its number."""
    return float(cell) if type(cell) is int else SCODES.get(cell, cell)


class Range:
    """A block of cells."""

    def __init__(self, sheet: "Sheet", bounds: tuple[int, int, int, int]) -> None:
        self.sheet = sheet
        self._left, self._top, self._right, self._bottom = bounds

    @property
    def row(self) -> int:
        return self._top

    @property
    def column(self) -> int:
        return self._left

    @property
    def raw_value(self) -> Any:
        return self.api.Value2

    @raw_value.setter
    def raw_value(self, rows: list[list[Any]]) -> None:
        assert [len(row) for row in rows] == [self._right - self._left + 1] * (self._bottom - self._top + 1)
        self.sheet._log.append(("write", self.sheet.name, self.address))
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                assert cell is None or type(cell) in (float, str)
                self.sheet._values[self._top + i, self._left + j] = cell

    @property
    def formula(self) -> Any:
        rows = tuple(tuple(row) for row in self._rows(self.sheet._formulas))
        return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows

    def get_address(self, row_absolute: bool = True, column_absolute: bool = True) -> str:
        mark = "$" if row_absolute else ""
        first = f"{mark}{get_column_letter(self._left)}{mark}{self._top}"
        last = f"{mark}{get_column_letter(self._right)}{mark}{self._bottom}"
        return first if first == last else f"{first}:{last}"

    @property
    def address(self) -> str:
        return self.get_address()

    @property
    def api(self) -> Any:
        """What Excel itself has of these cells, as much as the buttons ask for."""
        return Cells(self)

    def __getitem__(self, place: tuple[int, int]) -> "Range":
        row, column = self._top + place[0], self._left + place[1]
        return Range(self.sheet, (column, row, column, row))

    def _rows(self, cells: dict[tuple[int, int], Any]) -> list[list[Any]]:
        return [
            [cells.get((row, column)) for column in range(self._left, self._right + 1)]
            for row in range(self._top, self._bottom + 1)
        ]


class Sheet:
    """A sheet with its cells' values and formulas."""

    def __init__(self, name: str, log: list[Any]) -> None:
        self.name = name
        self._log = log
        self._values: dict[tuple[int, int], Any] = {}
        self._formulas: dict[tuple[int, int], Any] = {}
        self._drop_downs: dict[tuple[int, int], str] = {}
        self._locked: bool | None = True
        self.api = SimpleNamespace(ProtectContents=False, ProtectionMode=False)

    def range(self, first: str | tuple[int, int], last: tuple[int, int] | None = None) -> Range:
        if isinstance(first, str):
            return Range(self, range_boundaries(first))
        assert last is not None
        return Range(self, (first[1], first[0], last[1], last[0]))


class Name:
    """A defined name; a sheet's own begins with the sheet."""

    def __init__(self, name: str, refers_to: str, book: "Book") -> None:
        self.name = name
        self.refers_to = refers_to
        self._book = book

    @property
    def refers_to_range(self) -> Range:
        sheet, _, cells = self.refers_to.removeprefix("=").rpartition("!")
        if not sheet:
            raise RuntimeError("no range")
        return Range(self._book.sheets[sheet.strip("'")], range_boundaries(cells.replace("$", "")))


class Sheets(list):
    """The sheets of a workbook, by number or name, and the one in front."""

    @property
    def active(self) -> Sheet:
        return self[self._active]

    _active: Any = 0

    def __getitem__(self, key: Any) -> Any:
        return next(sheet for sheet in self if sheet.name == key) if isinstance(key, str) else super().__getitem__(key)


def text_of(cell: Any) -> Any:
    """Return what a cell holds; an array's formula is one of many cells."""
    return "=formula" if isinstance(cell.value, ArrayFormula) else cell.value


class Book:
    """A workbook as one is opened from a file."""

    def __init__(self, path: Path) -> None:
        self._log: list[Any] = []
        self.name = path.name
        self.app = App(self._log)
        self.sheets = Sheets()
        self.names: list[Name] = []
        formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
        for sheet in formulas:
            mine = Sheet(sheet.title, self._log)
            self.sheets.append(mine)
            for row in sheet:
                for cell in row:
                    place = (cell.row, cell.column)
                    mine._values[place] = values[sheet.title].cell(*place).value
                    mine._formulas[place] = text_of(cell)
            for rule in sheet.data_validations.dataValidation:
                if rule.type == "list":
                    words = rule.formula1.strip('"')
                    mine._drop_downs |= {
                        place: words for area in rule.sqref.ranges for row in area.rows for place in row
                    }
            title = sheet.title if sheet.title.isalnum() else f"'{sheet.title}'"
            self.names += [Name(f"{title}!{key}", f"={name.value}", self) for key, name in sheet.defined_names.items()]
        self.names += [Name(key, f"={name.value}", self) for key, name in formulas.defined_names.items()]

    def _range(self, name: str) -> Range:
        return next(each for each in self.names if each.name == name).refers_to_range

    def _put(self, name: str, rows: list[list[Any]]) -> None:
        area = self._range(name)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                area.sheet._values[area._top + i, area._left + j] = cell

    def _get(self, name: str) -> list[list[Any]]:
        area = self._range(name)
        return area._rows(area.sheet._values)


SHAPED_AFTER = {
    App: xlwings.App,
    Range: xlwings.Range,
    Sheet: xlwings.Sheet,
    Name: xlwings.Name,
    Book: xlwings.Book,
    Sheets: xlwings.main.Sheets,
}
