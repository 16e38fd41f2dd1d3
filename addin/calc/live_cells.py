"""An open document as the training contract sees it: the cells behind the names of the active sheet's model."""

import re
from collections.abc import Mapping
from typing import Any

from addin.calc.reentry import at_once
from addin.calc.values import error_of_number
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.reader import Rows

ALL_RESULTS = 7
QUOTED = re.compile(r'"([^"]*)"')


class LiveCells:
    """The named cells of an open document.

    A sheet's own name wins over the document's. The model is the active sheet's where that sheet has inputs of its
    own, else the one that all sheets share, else the first sheet's that has one.
    """

    def __init__(self, document: Any, active: Any) -> None:
        self.document = document
        self.title = document.getTitle()
        self._areas: dict[str, Any] = {}
        self.names = own_names(document)
        sheet = active if "inputs" in own_names(active) else None
        if sheet is None and "inputs" not in self.names:
            sheet = next((other for other in document.Sheets if "inputs" in own_names(other)), None)
        if sheet is not None:
            self.names |= own_names(sheet)

    def __contains__(self, name: str) -> bool:
        """Tell whether the name is defined."""
        return name in self.names

    def area(self, name: str) -> Any:
        """Return the cells that a name stands for.

        Raises:
            GradsheetError: for a name that stands for no block of cells, a deleted one for instance.

        """
        if name in self._areas:
            return self._areas[name]
        area = self.names[name].getReferredCells()
        if area is None or not hasattr(area, "getDataArray"):
            content = self.names[name].getContent()
            raise GradsheetError(
                f"{self.title}: the name {name} must stand for one block of cells, but is {content}: define it anew."
            )
        self._areas[name] = area
        return area

    def read(self, name: str) -> Rows:
        """Return the values of the cells behind a name; an error cell is its error."""
        area = self.area(name)
        rows: Rows = [list(row) for row in area.getDataArray()]
        for i, row in enumerate(rows):
            if None in row:
                for j, cell in enumerate(row):
                    if cell is None:
                        row[j] = error_of_number(area.getCellByPosition(j, i).getError())
        return rows

    def address(self, name: str, row: int | None = None, column: int | None = None) -> str:
        """Return the document with the place of a name, or of a cell (from 0) in its block, as Calc writes it."""
        if name not in self.names:
            return str(self.title)
        area = self.area(name)
        place = area.getRangeAddress()
        if row is not None and column is not None:
            cells = cell_text(place.StartRow + row, place.StartColumn + column)
        else:
            cells = cell_text(place.StartRow, place.StartColumn)
            last = cell_text(place.EndRow, place.EndColumn)
            cells = cells if cells == last else f"{cells}:{last}"
        return f"{self.title}, {area.getSpreadsheet().getName()}.{cells}"

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""
        rule = self.area(name).Validation
        return tuple(QUOTED.findall(rule.getFormula1())) if rule.Type.value == "LIST" else ()

    def write(self, blocks: Mapping[str, Rows]) -> None:
        """Put values behind names, those that differ; the document calculates once.

        Raises:
            GradsheetError: for a cell that holds a formula, which would be lost.

        """
        changed = []
        for name, rows in blocks.items():
            area = self.area(name)
            values = tuple(tuple(office_value(cell) for cell in row) for row in rows)
            if repr(area.getDataArray()) == repr(values):  # tells 0 from -0, as == would not
                continue
            if area.queryFormulaCells(ALL_RESULTS).getCount():
                raise GradsheetError(
                    f"{self.address(name)} ({name}) holds a formula, which training would overwrite: put numbers there."
                )
            changed.append((area, values))
        with at_once(self.document):
            for area, values in changed:
                put(area, values)


def put(area: Any, values: tuple[tuple[float | str, ...], ...]) -> None:
    """Put values into cells so that the office can take them back.

    Undoing `setDataArray` leaves in place what it has put into blank cells, so those are filled one by one.
    """
    blank = [[cell == "" for cell in row] for row in area.getDataArray()]
    area.setDataArray(
        tuple(
            tuple("" if was_blank else cell for cell, was_blank in zip(*rows, strict=True))
            for rows in zip(values, blank, strict=True)
        )
    )
    for i, row in enumerate(values):
        for j, cell in enumerate(row):
            if blank[i][j] and cell != "":
                area.getCellByPosition(j, i).setValue(cell)


def own_names(scope: Any) -> dict[str, Any]:
    """Return the defined names of a document or a sheet in small letters."""
    names = scope.NamedRanges
    return {name.casefold(): names.getByName(name) for name in names.getElementNames()}


def office_value(cell: CellValue) -> float | str:
    """Return a value as the office takes it, None as a blank cell."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else float(cell)  # type: ignore[arg-type]


def cell_text(row: int, column: int) -> str:
    """Return a cell's place, given from 0, as people write it: D20."""
    letters = ""
    column += 1
    while column:
        column, digit = divmod(column - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"
