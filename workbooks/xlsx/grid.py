"""The rows and cells of one sheet, found by number."""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from pyfuncs.training.named_cells import common
from workbooks.xlsx.area import LAST_COLUMN, LAST_ROW, Area, column_letters, column_number, corners
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.formulas import SharedFormula
from workbooks.xlsx.namespaces import COL, COLS, DIMENSION, ROW, C, F

_CELL_NAME = re.compile("([A-Z]{1,3})([0-9]{1,7})")
_COLUMNS = {column_letters(column): column for column in range(1, 257)}


_FEW_CELLS, _MANY_CELLS, _MOST_CELLS = 100_000, 1_000_000, 20_000_000


class CellFormula(NamedTuple):
    """A formula's text without its equals sign, and the cells that an array formula fills, None for its own cell."""

    text: str
    array: Area | None = None


class Grid:
    """An index over a sheet's XML; making cells through it keeps both in step."""

    def __init__(self, data: _Element, title: str, path: Path) -> None:
        self._data = data
        self._title = title
        self._path = path
        self._cells: dict[int, dict[int, _Element]] = {}
        self._rows: dict[int, _Element] = dict(numbered_rows(data.iterchildren(ROW), title, path))
        self._order = sorted(self._rows)

    def cells(self, row: int) -> dict[int, _Element]:
        """Return the cell elements there are in a row, by column."""
        if row not in self._cells:
            element = self._rows.get(row)
            self._cells[row] = {} if element is None else numbered_cells(element, row, self._title, self._path)
        return self._cells[row]

    def refuse_mostly_empty(self, area: Area, name: str) -> None:
        """Check that the sheet has cells in most rows and columns of a large area: a name over whole columns has not.

        Raises:
            FileProblem: saying where the cells end.

        """
        rows, columns = area.shape
        if rows * columns <= _FEW_CELLS:
            return
        inside, last = self._filled(area)
        if 2 * len(inside) >= rows and 2 * (last - area.left + 1) >= columns:
            return
        end = Area(area.sheet, area.top, area.left, max(inside, default=area.top), min(last, area.right))
        raise FileProblem(
            f"{self._path}: the name {name} stands for {area.address}, {rows:,} rows × {columns:,} columns, but the "
            f"cells there end with {end.address}: make the name stand for those it needs."
        )

    def _filled(self, area: Area) -> tuple[Sequence[int], int]:
        """Return the rows of an area that have cells in it, and the last column in which these rows have any."""
        numbers = self._order[bisect_left(self._order, area.top) : bisect_right(self._order, area.bottom)]
        inside = [
            number for number in numbers if any(area.left <= column <= area.right for column in self.cells(number))
        ]
        return inside, max((max(self.cells(number)) for number in inside), default=area.left)

    def make_cell(self, row: int, column: int) -> _Element:
        """Return the cell's element, made in its place and with its row's or column's style if it was not there."""
        cells = self.cells(row)
        if column in cells:
            return cells[column]
        parent = self._make_row(row)
        parent.attrib.pop("spans", "")  # it may now be too narrow, and nothing needs it
        cell = etree.Element(C, {"r": f"{column_letters(column)}{row}"})
        style = self._style(parent, column)
        if style is not None:
            cell.set("s", style)
        following = min((other for other in cells if other > column), default=None)
        if following is None:
            # Anything that is not a cell, an extension list, comes after the cells.
            if cells:
                cells[max(cells)].addnext(cell)
            else:
                parent.insert(0, cell)
        else:
            cells[following].addprevious(cell)
        cells[column] = cell
        self._widen_dimension(row, column)
        return cell

    @cached_property
    def formulas(self) -> Mapping[tuple[int, int], CellFormula]:
        """The formulas by the row and column of the cell that holds each, shared ones written out."""
        found: dict[tuple[int, int], CellFormula] = {}
        shared: dict[str, SharedFormula] = {}
        for row in self._order:
            cells, elements = self.cells(row), list(self._rows[row].iter(F))
            columns: dict[_Element | None, int] = {cell: column for column, cell in cells.items()} if elements else {}
            for element in elements:
                column = columns.get(element.getparent())
                if column is None:
                    continue  # an extension's
                text = element.text or ""
                if element.attrib:
                    attributes = {str(name): str(value) for name, value in element.items()}
                    found[row, column] = self._read_formula(attributes, text, row, column, shared)
                else:
                    found[row, column] = CellFormula(text)
        return found

    def formula_area(self, place: tuple[int, int]) -> Area:
        """Return the cells that the formula held by a cell fills."""
        return self.formulas[place].array or Area(self._title, *place, *place)

    def formula_texts(self, area: Area) -> dict[tuple[int, int], str]:
        """Return the text of the formula behind each cell of `area` that has one, an array's at all its cells."""
        texts = self._own_texts(area)
        for text, filled in self._arrays:
            overlap = common(area, filled)
            if overlap is not None:
                texts.update(dict.fromkeys(overlap.positions(), text))
        return texts

    def _own_texts(self, area: Area) -> dict[tuple[int, int], str]:
        """Return the text of the formula that each cell of `area` holds itself."""
        rows, columns = area.shape
        formulas = self.formulas
        if rows * columns < len(formulas):
            return {place: formulas[place].text for place in area.positions() if place in formulas}
        return {place: formula.text for place, formula in formulas.items() if area.contains(*place)}

    @cached_property
    def _arrays(self) -> list[tuple[str, Area]]:
        return arrays_of(self.formulas.values())

    def _read_formula(
        self, attributes: Mapping[str, str], text: str, row: int, column: int, shared: dict[str, SharedFormula]
    ) -> CellFormula:
        kind = attributes.get("t")
        own_cell = Area(self._title, row, column, row, column)  # which errors name
        if kind == "shared":
            number = attributes.get("si", "")
            if text:
                if attributes.get("ref") is not None:
                    shared[number] = SharedFormula(text, row, column)
            elif number in shared:
                text = shared[number].at(row, column)
            else:
                raise FileProblem(
                    f"The formula of {own_cell.address} in {self._path} is not in the file; save the workbook once "
                    "in a spreadsheet program and try again."
                )
        elif kind in ("array", "dataTable"):
            if kind == "dataTable":
                text = f"TABLE({attributes.get('r1', '')},{attributes.get('r2', '')})"
            try:
                return CellFormula(
                    text, self._array_area(own_cell, Area(self._title, *corners(attributes.get("ref", ""))))
                )
            except ValueError as error:
                raise damaged(
                    self._title, self._path, f"the array formula of {own_cell.address} fills {attributes.get('ref')!r}"
                ) from error
        return CellFormula(text)

    def _array_area(self, cell: Area, area: Area) -> Area:
        rows, columns = area.shape
        last = self._order[-1]
        if rows * columns > _MOST_CELLS or (rows * columns > _MANY_CELLS and area.bottom > last):
            raise FileProblem(
                f"The array formula of {cell.address} in {self._path} fills {area.address}, {rows:,} rows × "
                f"{columns:,} columns, but the sheet ends in row {last}: make it smaller."
            )
        return area

    def _make_row(self, number: int) -> _Element:
        if number not in self._rows:
            row = etree.Element(ROW, {"r": str(number)})
            place = bisect_right(self._order, number)
            if place == len(self._order):
                self._data.append(row)
            else:
                self._rows[self._order[place]].addprevious(row)
            insort(self._order, number)
            self._rows[number] = row
        return self._rows[number]

    def _style(self, row: _Element, column: int) -> str | None:
        """Return the style a program gives an empty cell that is not in the file."""
        if row.get("customFormat") in ("1", "true"):
            return row.get("s")
        sheet = self._data.getparent()
        cols = None if sheet is None else sheet.find(COLS)
        for col in () if cols is None else cols.iterchildren(COL):
            if int(col.get("min", "1")) <= column <= int(col.get("max", str(LAST_COLUMN))):
                return col.get("style")
        return None

    def _widen_dimension(self, row: int, column: int) -> None:
        """Make the sheet's declared extent hold a new cell, for readers that trust it."""
        sheet = self._data.getparent()
        dimension = None if sheet is None else sheet.find(DIMENSION)
        if dimension is None:
            return
        try:
            top, left, bottom, right = corners(dimension.get("ref", ""))
        except ValueError:
            return
        if not (top <= row <= bottom and left <= column <= right):
            first = f"{column_letters(min(left, column))}{min(top, row)}"
            dimension.set("ref", f"{first}:{column_letters(max(right, column))}{max(bottom, row)}")


def arrays_of(formulas: Iterable[CellFormula]) -> list[tuple[str, Area]]:
    """Return the text of each array formula that fills several cells, and these cells."""
    return [(text, array) for text, array in formulas if array is not None and array.shape != (1, 1)]


def numbered_rows(rows: Iterable[_Element], title: str, path: Path) -> Iterator[tuple[int, _Element]]:
    """Yield each row of a sheet with its number.

    A row or cell may leave its number out and then follows the one before; written out it means the same and stays
    true when others are put between.

    Raises:
        FileProblem: a row has a number that no row can have.

    """
    number = 0
    for row in rows:
        text = row.get("r")
        number = number + 1 if text is None else _row_number(text, title, path)
        row.set("r", str(number))
        yield number, row


def numbered_cells(row: _Element, number: int, title: str, path: Path) -> dict[int, _Element]:
    """Return the cells of a sheet's row by their column.

    Raises:
        FileProblem: a cell has a name that no cell of the row can have.

    """
    cells: dict[int, _Element] = {}
    column = 0
    digits = str(number)
    for cell in row.iterchildren(C):
        name = cell.get("r")
        if name is None:
            column += 1
            cell.set("r", f"{column_letters(column)}{digits}")
        else:
            # Nearly always known: a pattern takes three times as long.
            known = _COLUMNS.get(name.removesuffix(digits)) if name.endswith(digits) else None
            column = known or _column_number(name, number, title, path)
        cells[column] = cell
    return cells


def _row_number(text: str, title: str, path: Path) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= LAST_ROW:
        raise damaged(title, path, f"a row is numbered {text!r}")
    return int(text)


def _column_number(name: str, row: int, title: str, path: Path) -> int:
    match = _CELL_NAME.fullmatch(name)
    try:
        if match is not None and int(match[2]) == row:
            return column_number(match[1])
    except ValueError:
        pass
    raise damaged(title, path, f"a cell of row {row} is named {name!r}")


def damaged(title: str, path: Path, what: str) -> FileProblem:
    """Return the error that a sheet's XML says what cannot be."""
    return FileProblem(f"The sheet {title!r} of {path} is damaged: {what}; take another copy of it.")
