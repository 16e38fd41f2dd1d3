"""An open document as the training contract sees it: the cells behind the names of the active sheet's model."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import unquote

from addin.calc.inside.bracket import Bracket
from addin.calc.inside.reentry import at_once
from addin.calc.inside.undo import not_to_be_undone
from addin.calc.inside.values import error_of_number
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.defined_names import StructuredReference, TableLayout, constant_of
from pyfuncs.training.reader import LABELS_AROUND, LONGEST_CHAIN, Rows, labels_in, read_by, repeated_cell

ALL_RESULTS = 7
QUOTED = re.compile(r'"([^"]*)"')
CONTENTS = 1 | 2 | 4 | 16
"""Numbers, dates, texts and formulas; remarks and formats stay."""
DELETED = "#REF!"
CELLS_AT_ONCE = 50_000
"""So many are read between two looks at the screen: some hundredths of a second."""

OfficeRows: TypeAlias = tuple[tuple[float | str, ...], ...]
Watcher: TypeAlias = Callable[[str, int, int], None]
"""Hears of a name, and how many of its rows are read, of how many."""


def unwatched(name: str, done: int, total: int) -> None:
    """Do nothing."""


class LiveCells:
    """The named cells of an open document.

    A sheet's own name wins over the document's. The model is the active sheet's where that sheet has inputs of its
    own, else the one that all sheets share, else the first sheet's that has one.
    """

    def __init__(self, document: Any, active: Any) -> None:
        self.document = document
        self.title = file_name(document)
        self._areas: dict[str, Any] = {}
        self._watcher: Watcher = unwatched
        self.names = own_names(document)
        sheet = active if "inputs" in own_names(active) else None
        if sheet is None and "inputs" not in self.names:
            sheet = next((other for other in document.Sheets if "inputs" in own_names(other)), None)
        self.own: dict[str, Any] = {} if sheet is None else own_names(sheet)
        self.names |= self.own
        self.sheet_behind: str | None = None
        """The sheet whose model is meant, where another one is in front."""
        if sheet is not None and sheet.getName() != active.getName():
            self.sheet_behind = sheet.getName()

    def named_after_model(self, text: str) -> str:
        """Return a text that begins with the sheet whose model is meant, where that one is not in front."""
        return text if self.sheet_behind is None else f"{self.sheet_behind}: {text}"

    def watched(self, watcher: Watcher) -> Bracket:
        """Let `watcher` hear how far the cells of a name are read, for the time of a block."""

        def watch() -> None:
            self._watcher = watcher

        def look_away() -> None:
            self._watcher = unwatched

        return Bracket(watch, look_away)

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
        content = str(self.names[name].getContent())
        if DELETED in content:  # the office would give the cells of the sheet that has moved up
            raise GradsheetError(
                f"{self.title}: the name {name} points at cells that were deleted ({content}): take that back, or "
                "define the name anew (Sheet, Named Ranges, Manage)."
            )
        area = self.names[name].getReferredCells() or self._table_cells(name, content)
        if area is None or not hasattr(area, "getDataArray"):
            raise GradsheetError(
                f"{self.title}: the name {name} must stand for one block of cells, but is {content}: define it anew."
            )
        if name in self.own:
            self._refuse_moved(name, area)
        self._areas[name] = area
        return area

    def _refuse_moved(self, name: str, area: Any) -> None:
        """Check that a sheet's own name points where it should.

        Copying a sheet between others, the office lets names of the copy that point at a sheet behind it point at the
        sheet before that one.

        Raises:
            GradsheetError: where it points into another model, at the place of that model's cells on a third sheet.

        """
        other = area.getSpreadsheet()
        theirs = own_names(other).get(name)
        found = None if theirs is None else theirs.getReferredCells()
        if found is None:
            return
        right, wrong = found.getRangeAddress(), area.getRangeAddress()
        if right.Sheet == wrong.Sheet or bounds(right) != bounds(wrong):
            return
        raise GradsheetError(
            f"{self.title}: the name {name} points at {other.getName()}, but that of {other.getName()} at the same "
            f"cells of {found.getSpreadsheet().getName()}: LibreOffice moves names when a sheet is copied between "
            "others. Copy it to the end, or define the name anew (Sheet, Named Ranges, Manage)."
        )

    def _table_cells(self, name: str, content: str) -> Any:
        """Return the cells of a table that a name stands for, None where it stands for others."""
        reference = StructuredReference.parse(content)
        if reference is None:
            return None
        ranges = self.document.DatabaseRanges
        called = reference.table.casefold()
        found = next((each for each in ranges.getElementNames() if each.casefold() == called), None)
        if found is None:
            return None
        table = ranges.getByName(found)
        place = table.DataArea
        sheet = self.document.Sheets.getByIndex(place.Sheet)
        whole = sheet.getCellRangeByPosition(place.StartColumn, place.StartRow, place.EndColumn, place.EndRow)
        rows = whole.getDataArray()
        layout = TableLayout(
            len(rows), tuple(str(cell) for cell in rows[0]), int(table.ContainsHeader), int(table.TotalsRow)
        )
        try:
            top, left, bottom, right = reference.cells(layout)
        except GradsheetError as problem:
            raise GradsheetError(f"{self.title}: the name {name} is {content}. {problem}") from None
        return whole.getCellRangeByPosition(left, top, right, bottom)

    def constant(self, name: str) -> CellValue:
        """Return the value of a name that stands for no cells but for one itself, 0.1 or FALSE; None for another."""
        return constant_of(str(self.names[name].getContent()))

    def read(self, name: str) -> Rows:
        """Return the values of the cells behind a name; an error cell is its error."""
        area = self.area(name)
        rows: Rows = []
        for part in self._parts(name):
            rows.extend(list(row) for row in part.getDataArray())
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
        if self.constant(name) is not None:
            return f"{self.title}, Manage Names"
        area = self.area(name)
        place = area.getRangeAddress()
        if row is not None and column is not None:
            cell = area.getCellByPosition(column, row)
            return f"{self.title}, {read_by(place_of(cell), place_of(self._repeated(cell)))}"
        cells = cell_text(place.StartRow, place.StartColumn)
        last = cell_text(place.EndRow, place.EndColumn)
        cells = cells if cells == last else f"{cells}:{last}"
        return f"{self.title}, {area.getSpreadsheet().getName()}.{cells}"

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""
        rule = self.area(name).Validation
        return tuple(QUOTED.findall(rule.getFormula1())) if rule.Type.value == "LIST" else ()

    def _repeated(self, cell: Any) -> Any:
        """Return the cell that another one repeats, perhaps by way of more, or itself."""
        for _ in range(LONGEST_CHAIN):
            found = repeated_cell(cell.getFormula())
            if found is None:
                break
            title, place = found
            sheet = cell.getSpreadsheet() if title is None else self.document.Sheets.getByName(title)
            cell = sheet.getCellRangeByName(place).getCellByPosition(0, 0)
        return cell

    def labelled(self, name: str) -> Mapping[str, str]:
        """Return the labels around a name's cell, each with the cell beside it."""
        area = self.area(name)
        sheet, place = area.getSpreadsheet(), area.getRangeAddress()
        if place.StartColumn == 0:
            return {}
        top, column = max(0, place.StartRow - LABELS_AROUND), place.StartColumn
        block = sheet.getCellRangeByPosition(column - 1, top, column, place.StartRow + LABELS_AROUND)
        columns = [list(row) for row in block.getDataArray()]
        return labels_in(columns, lambda row: f"{self.title}, {sheet.getName()}.{cell_text(top + row, column)}")

    def _parts(self, name: str) -> Iterator[Any]:
        """Yield the cells behind a name a few rows at a time, and tell the watcher after each part."""
        area = self.area(name)
        place = area.getRangeAddress()
        rows, columns = place.EndRow - place.StartRow + 1, place.EndColumn - place.StartColumn + 1
        height = max(1, CELLS_AT_ONCE // columns)
        for top in range(0, rows, height):
            bottom = min(top + height, rows)
            yield area.getCellRangeByPosition(0, top, columns - 1, bottom - 1)
            self._watcher(name, bottom, rows)

    def refuse_read_only(self) -> None:
        """Check that the document takes changes.

        Raises:
            GradsheetError: where it is open read-only.

        """
        if self.document.isReadonly():
            raise GradsheetError(
                f"{self.title} is open read-only, so nothing in it can be changed: File, Save As makes a copy to train."
            )

    def refuse_unwritable(self, names: Iterable[str]) -> None:
        """Check that cells which are to be written can be.

        Raises:
            GradsheetError: for a document that is open read-only, a cell that is protected, or one that holds a
                formula, which would be lost.

        """
        self.refuse_read_only()
        for name in names:
            area = self.area(name)
            if area.getSpreadsheet().isProtected() and any(
                cells.CellProtection.IsLocked for cells in area.CellFormatRanges
            ):
                raise GradsheetError(
                    f"{self.address(name)} ({name}) is protected with its sheet, so training cannot write there: "
                    f"lift the protection of the sheet {area.getSpreadsheet().getName()} with Tools, Protect Sheet."
                )
            if area.queryFormulaCells(ALL_RESULTS).getCount():
                raise GradsheetError(
                    f"{self.address(name)} ({name}) holds a formula, which training would overwrite: put numbers there."
                )

    def write(self, blocks: Mapping[str, Rows], *, undoable: bool = True) -> None:
        """Put values behind names, those that differ, all or none; where the undo list takes note, it can undo it.

        Raises:
            GradsheetError: for cells that cannot be written.

        """
        changed: dict[str, OfficeRows] = {}
        for name, rows in blocks.items():
            values = tuple(tuple(office_value(cell) for cell in row) for row in rows)
            if repr(self.area(name).getDataArray()) != repr(values):  # tells 0 from -0, as == would not
                changed[name] = values
        if not changed:
            return  # locking and unlocking alone would leave an entry in the undo list
        self.refuse_unwritable(changed)
        with at_once(self.document):
            for name, values in changed.items():
                if undoable:
                    put(self.area(name), values)
                else:
                    with not_to_be_undone(self.document):
                        self.area(name).setDataArray(values)
        self.calculate()

    def calculate(self) -> None:
        """Let the formulas follow where the document does not calculate by itself."""
        if not self.document.isAutomaticCalculationEnabled():
            self.document.calculate()


def put(area: Any, values: OfficeRows) -> None:
    """Put values into cells so that the office can take them back, and put them there again.

    `setDataArray` is undone and redone without emptying a cell, so cells that were or become blank are set one by one.
    """
    before = area.getDataArray()
    area.setDataArray(
        tuple(
            tuple("" if old == "" else new for new, old in zip(*rows, strict=True))
            for rows in zip(values, before, strict=True)
        )
    )
    for i, (row, old_row) in enumerate(zip(values, before, strict=True)):
        for j, (new, old) in enumerate(zip(row, old_row, strict=True)):
            if new != "" and old == "":
                area.getCellByPosition(j, i).setValue(new)
            elif new == "" and old != "":
                area.getCellByPosition(j, i).clearContents(CONTENTS)


def file_name(document: Any) -> str:
    """Return the name of a document's file, its title where it has none yet; the title also says what is read-only."""
    return unquote(document.getURL().rpartition("/")[2]) or str(document.getTitle())


def place_of(cell: Any) -> str:
    """Return a cell's sheet and place as people write it: Model.D20."""
    address = cell.getCellAddress()
    return f"{cell.getSpreadsheet().getName()}.{cell_text(address.Row, address.Column)}"


def bounds(place: Any) -> tuple[int, int, int, int]:
    """Return a range's first and last row and column."""
    return place.StartRow, place.EndRow, place.StartColumn, place.EndColumn


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
