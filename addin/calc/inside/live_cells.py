"""An open document as the training contract sees it: the cells behind the names of the active sheet's model."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any, TypeAlias
from urllib.parse import unquote

from addin.calc.inside.bracket import Bracket
from addin.calc.inside.reentry import at_once, same_heights
from addin.calc.inside.undo import not_to_be_undone
from addin.calc.inside.values import error_of_number
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.defined_names import TableLayout
from pyfuncs.training.named_cells import NamedCells, Rows
from workbooks.xlsx.area import Area, corners

ALL_RESULTS = 7
QUOTED = re.compile(r'"([^"]*)"')
ABSOLUTE = re.compile(r"\$(?:'((?:[^']|'')+)'|([^'.$]+))\.(\$[A-Z]+\$[0-9]+(?::\$[A-Z]+\$[0-9]+)?)")
"""How a name's content says which cells it stands for: $Model.$A$1:$B$2."""
CONTENTS = 1 | 2 | 4 | 16
"""Numbers, dates, texts and formulas; remarks and formats stay."""
DELETED = "#REF!"
CELLS_AT_ONCE = 50_000
"""So many are read between two looks at the screen: some hundredths of a second."""

OfficeRows: TypeAlias = tuple[tuple[float | str, ...], ...]
Watcher: TypeAlias = Callable[[str, int, int], None]
"""Takes a name, how many of its rows are read, and of how many."""


def unwatched(name: str, done: int, total: int) -> None:
    """Do nothing."""


class LiveCells(NamedCells[Area]):
    """The named cells of an open document.

    The office's Python loses some bytes of memory for each attribute of an object of the office's that it looks up, so
    what thousands of clicks need is looked up once a click.
    """

    name_manager = "Manage Names"
    lift_protection = "Tools, Protect Sheet"

    def __init__(self, document: Any, active: Any) -> None:
        names: dict[str | None, dict[str, Callable[[], Any]]] = {None: own_names(document)}
        names |= {str(sheet.getName()): own_names(sheet) for sheet in document.Sheets}
        super().__init__(file_name(document), names, front=str(active.getName()))
        self.document = document
        self._watcher: Watcher = unwatched
        self._references: dict[str, str] = {}
        self._blocks_of: dict[str, Callable[[int, int, int, int], Any]] = {}

    def watched(self, watcher: Watcher) -> Bracket:
        """Tell `watcher` how far the cells of a name are read, for the time of a block."""

        def watch() -> None:
            self._watcher = watcher

        def stop_watching() -> None:
            self._watcher = unwatched

        return Bracket(watch, stop_watching)

    def reference(self, name: str) -> str:
        """Return the text of what a name stands for."""
        name = name.casefold()
        if name not in self._references:
            self._references[name] = str(self.names[name]().getContent())
        return self._references[name]

    def find(self, name: str) -> Area:
        """Return the cells that a name stands for.

        Raises:
            GradsheetError: for a name that stands for no block of cells, a deleted one for instance.

        """
        content = self.reference(name)
        if DELETED in content:  # the office would give the cells of the sheet that has moved up
            raise GradsheetError(
                f"{self.title}: the name {name} points at cells that were deleted ({content}): take that back, or "
                "define the name anew (Sheet, Named Ranges, Manage)."
            )
        area = absolute(content) or self._found(name)
        if area is None:
            raise GradsheetError(
                f"{self.title}: the name {name} must stand for one block of cells, but is {content}: define it anew."
            )
        if name in self.own_names:
            self._refuse_moved(name, area)
        return area

    def _found(self, name: str) -> Area | None:
        cells = self.names[name]().getReferredCells()
        return area_of(cells) if cells is not None and hasattr(cells, "getDataArray") else None

    def _refuse_moved(self, name: str, area: Area) -> None:
        """Check that a sheet's own name points where it should.

        Copying a sheet between others, the office lets names of the copy that point at a sheet behind it point at the
        sheet before that one.

        Raises:
            GradsheetError: where it points into another model, at the place of that model's cells on a third sheet.

        """
        theirs = self.names_of_sheets[area.sheet].get(name)
        found = None if theirs is None else theirs().getReferredCells()
        if found is None:
            return
        right = area_of(found)
        if right.sheet == area.sheet or right.cells != area.cells:
            return
        raise GradsheetError(
            f"{self.title}: the name {name} points at {area.sheet}, but that of {area.sheet} at the same "
            f"cells of {right.sheet}: LibreOffice moves names when a sheet is copied between "
            "others. Copy it to the end, or define the name anew (Sheet, Named Ranges, Manage)."
        )

    def table(self, name: str) -> tuple[Area, TableLayout] | None:
        """Return a table's cells and shape, None where there is no such table."""
        ranges = self.document.DatabaseRanges
        found = next((each for each in ranges.getElementNames() if each.casefold() == name.casefold()), None)
        if found is None:
            return None
        table = ranges.getByName(found)
        place = table.DataArea
        sheet = self.document.Sheets.getByIndex(place.Sheet)
        whole = sheet.getCellRangeByPosition(place.StartColumn, place.StartRow, place.EndColumn, place.EndRow)
        rows = whole.getDataArray()
        columns = tuple(str(cell) for cell in rows[0])
        return area_of(whole), TableLayout(len(rows), columns, int(table.ContainsHeader), int(table.TotalsRow))

    def cells(self, area: Area) -> Any:
        """Return some cells as the office has them."""
        if area.sheet not in self._blocks_of:
            self._blocks_of[area.sheet] = self.document.Sheets.getByName(area.sheet).getCellRangeByPosition
        return self._blocks_of[area.sheet](area.left - 1, area.top - 1, area.right - 1, area.bottom - 1)

    def get(self, area: Area) -> Rows:
        """Return the values of some cells; an error cell is its error."""
        cells = self.cells(area)
        rows: Rows = [list(row) for row in cells.getDataArray()]
        for i, row in enumerate(rows):
            if None in row:
                for j, cell in enumerate(row):
                    if cell is None:
                        row[j] = error_of_number(cells.getCellByPosition(j, i).getError())
        return rows

    def values(self, name: str) -> Rows:
        """Return the values behind a name, read a few rows at a time; the watcher is told of each part."""
        return [row for part in self._parts(name) for row in self.get(part)]

    def _parts(self, name: str) -> Iterator[Area]:
        area = self.area(name)
        rows, columns = area.shape
        height = max(1, CELLS_AT_ONCE // columns)
        for top in range(0, rows, height):
            bottom = min(top + height, rows)
            yield area.part(top, 0, bottom - top, columns)
            self._watcher(name, bottom, rows)

    def first_formula(self, area: Area) -> Area | None:
        """Return the first of some cells that holds a formula, None where none does."""
        found = self.cells(area).queryFormulaCells(ALL_RESULTS).getRangeAddresses()
        places = [(place.StartRow + 1, place.StartColumn + 1) for place in found]
        return area.part(min(places)[0] - area.top, min(places)[1] - area.left, 1, 1) if places else None

    def formula(self, cell: Area) -> str:
        """Return the formula of a cell, its content where it has none."""
        return str(self.cells(cell).getCellByPosition(0, 0).getFormula())

    def spelled(self, area: Area) -> str:
        """Return the sheet and the place of some cells as Calc writes them."""
        return spelled(area)

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""
        rule = self.cells(self.area(name)).Validation
        return tuple(QUOTED.findall(rule.getFormula1())) if rule.Type.value == "LIST" else ()

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
            GradsheetError: also for a document that is open read-only.

        """
        names = list(names)
        if names:
            self.refuse_read_only()
        super().refuse_unwritable(names)

    def is_protected(self, area: Area) -> bool:
        """Tell whether a cell of some is locked, and its sheet protected."""
        cells = self.cells(area)
        formats = cells.CellFormatRanges if cells.getSpreadsheet().isProtected() else ()
        return any(each.CellProtection.IsLocked for each in formats)

    def write(self, blocks: Mapping[str, Rows], *, undoable: bool = True) -> bool:
        """Put values behind names, those that differ, all or none; return whether any did.

        Where the undo list takes note, it can undo it.

        Raises:
            GradsheetError: for cells that cannot be written.

        """
        self.forget()  # somebody may have typed while training went on
        found = self.changed(blocks)
        if found:  # locking and unlocking alone would leave an entry in the undo list
            (self.set if undoable else self.set_without_undo)(found)
        return bool(found)

    def set(self, blocks: Mapping[str, Rows]) -> None:
        """Put values behind names, so that they can be undone."""
        self._put(blocks, put)

    def set_without_undo(self, blocks: Mapping[str, Rows]) -> None:
        """Put values behind names, of which the undo list takes no note."""

        def put_unnoted(cells: Any, values: OfficeRows) -> None:
            with not_to_be_undone(self.document):
                cells.setDataArray(values)

        self._put(blocks, put_unnoted)

    def _put(self, blocks: Mapping[str, Rows], put_into: Callable[[Any, OfficeRows], None]) -> None:
        # Waiting, too, leaves an entry in the undo list, and one block has nothing to wait for.
        together = nullcontext() if len(blocks) == 1 and put_into is not put else at_once(self.document)
        with same_heights(self.document), together:
            for name, rows in blocks.items():
                put_into(self.cells(self.area(name)), tuple(tuple(office_value(cell) for cell in row) for row in rows))
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
    filled = [
        tuple("" if old == "" else new for new, old in zip(*rows, strict=True))
        for rows in zip(values, before, strict=True)
    ]
    other = [i for i, row in enumerate(filled) if row != before[i]]
    if other:  # the rows between them alone: all that follows from a cell is told of each that is set
        top, bottom = other[0], other[-1]
        is_whole = bottom - top + 1 == len(filled)
        part = area if is_whole else area.getCellRangeByPosition(0, top, len(filled[0]) - 1, bottom)
        part.setDataArray(tuple(filled[top : bottom + 1]))
    for i, (row, old_row) in enumerate(zip(values, before, strict=True)):
        for j, (new, old) in enumerate(zip(row, old_row, strict=True)):
            if new != "" and old == "":
                area.getCellByPosition(j, i).setValue(new)
            elif new == "" and old != "":
                area.getCellByPosition(j, i).clearContents(CONTENTS)


def file_name(document: Any) -> str:
    """Return the name of a document's file, its title where it has none yet; the title also says what is read-only."""
    return unquote(document.getURL().rpartition("/")[2]) or str(document.getTitle())


def absolute(content: str) -> Area | None:
    """Return the cells that a name's content says, None where it does not say them absolutely."""
    found = ABSOLUTE.fullmatch(content)
    if found is None:
        return None
    quoted, plain, block = found.groups()
    return Area(plain if quoted is None else quoted.replace("''", "'"), *corners(block))


def area_of(cells: Any) -> Area:
    """Return where some cells of the office's are."""
    place = cells.getRangeAddress()
    title = str(cells.getSpreadsheet().getName())
    return Area(title, place.StartRow + 1, place.StartColumn + 1, place.EndRow + 1, place.EndColumn + 1)


def spelled(area: Area) -> str:
    """Return a sheet and a place as Calc writes them: Model.D20."""
    return f"{area.sheet}.{area.cells}"


def own_names(scope: Any) -> dict[str, Callable[[], Any]]:
    """Return what gives each defined name of a document or a sheet: few of a workbook's hundreds are asked for."""
    names = scope.NamedRanges
    by_name = names.getByName
    return {name: partial(by_name, name) for name in names.getElementNames()}


def office_value(cell: CellValue) -> float | str:
    """Return a value as the office takes it, None as a blank cell."""
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else float(cell)  # type: ignore[arg-type]
