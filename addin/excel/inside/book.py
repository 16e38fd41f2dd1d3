"""An open workbook as the training contract sees it: the cells behind the names of the active sheet's model."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from addin.excel.inside.values import READ, rows_from_excel
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import ErrorCode, GradsheetError
from pyfuncs.training.defined_names import constant_of
from pyfuncs.training.reader import LABELS_AROUND, LONGEST_CHAIN, Rows, labels_in, read_by, repeated_cell

MANUAL = "manual"
LIST = 3
"""Excel's xlValidateList."""


class OpenBook:
    """The named cells of an open workbook during one click: each block is read once, as a whole.

    A sheet's own name wins over the workbook's. The model is the active sheet's where that sheet has inputs of its
    own, else the one that all sheets share, else the first sheet's that has one.
    """

    def __init__(self, book: Any) -> None:
        self.book = book
        self.title: str = book.name
        self._areas: dict[str, Any] = {}
        self._read: dict[str, Rows] = {}
        shared, own = names_of(book)
        active = str(book.sheets.active.name)
        sheet = active if "inputs" in own.get(active, {}) else None
        if sheet is None and "inputs" not in shared:
            titles = [str(each.name) for each in book.sheets]
            sheet = next((title for title in titles if "inputs" in own.get(title, {})), None)
        self.names: Mapping[str, Any] = shared | (own[sheet] if sheet is not None else {})
        self.sheet_behind: str | None = None if sheet == active else sheet
        """The sheet whose model is meant, where another one is in front."""
        self.calculate()

    def named_after_model(self, text: str) -> str:
        """Return a text that begins with the sheet whose model is meant, where that one is not in front."""
        return text if self.sheet_behind is None else f"{self.sheet_behind}: {text}"

    def calculate(self) -> None:
        """Let the formulas follow where Excel does not calculate by itself."""
        if self.book.app.calculation == MANUAL:
            self.book.app.calculate()

    def __contains__(self, name: str) -> bool:
        """Tell whether the name is defined."""
        return name in self.names

    def area(self, name: str) -> Any:
        """Return the range that a name stands for.

        Raises:
            GradsheetError: for a name that stands for no block of cells, a deleted one for instance.

        """
        if name not in self._areas:
            try:
                self._areas[name] = self.names[name].refers_to_range
            except Exception:
                raise GradsheetError(
                    f"{self.title}: the name {name} must stand for one block of cells, but is "
                    f"{self.names[name].refers_to}: define it anew."
                ) from None
        return self._areas[name]

    def constant(self, name: str) -> CellValue:
        """Return the value of a name that stands for no cells but for one itself, 0.1 or FALSE; None for another."""
        return constant_of(str(self.names[name].refers_to))

    def read(self, name: str) -> Rows:
        """Return the values of the cells behind a name; an error cell is its error."""
        if name not in self._read:
            self._read[name] = rows_from_excel(self.area(name).options(**READ).value)
        return self._read[name]

    def address(self, name: str, row: int | None = None, column: int | None = None) -> str:
        """Return the workbook with the place of a name, or of a cell (from 0) in its block, as Excel writes it."""
        if name not in self.names:
            return self.title
        if self.constant(name) is not None:
            return f"{self.title}, Name Manager"
        area = self.area(name)
        if row is None or column is None:
            return f"{self.title}, {place_of(area)}"
        cell = area[row, column]
        return f"{self.title}, {read_by(place_of(cell), place_of(self._repeated(cell)))}"

    def _repeated(self, cell: Any) -> Any:
        """Return the cell that another one repeats, perhaps by way of more, or itself."""
        for _ in range(LONGEST_CHAIN):
            found = repeated_cell(str(cell.formula))
            if found is None:
                break
            title, place = found
            cell = (cell.sheet if title is None else self.book.sheets[title]).range(place)
        return cell

    def labelled(self, name: str) -> Mapping[str, str]:
        """Return the labels around a name's cell, each with the cell beside it."""
        area = self.area(name)
        row, column = area.row, area.column
        if column == 1:
            return {}
        top = max(1, row - LABELS_AROUND)
        block = area.sheet.range((top, column - 1), (row + LABELS_AROUND, column))
        return labels_in(
            rows_from_excel(block.options(**READ).value),
            lambda row: f"{self.title}, {place_of(block[row, 1])}",
        )

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""
        rule = self.area(name).api.Validation
        try:
            words = str(rule.Formula1) if rule.Type == LIST else "="
        except Exception:  # Excel fails where a cell has no rule.
            return ()
        # In some countries Excel puts semicolons between the words.
        return () if words.startswith("=") else tuple(word.strip() for word in re.split("[,;]", words))

    def place(self, name: str) -> tuple[str, str]:
        """Return the sheet and the address of the cells behind a name."""
        area = self.area(name)
        return str(area.sheet.name), str(area.address)

    def changed(self, blocks: Mapping[str, Rows]) -> dict[str, Rows]:
        """Return those of some blocks that differ from the cells, and count them as written.

        Raises:
            GradsheetError: for cells that cannot be written.

        """
        found = {name: rows for name, rows in blocks.items() if not are_same(self.read(name), rows)}
        self.refuse_unwritable(found)
        self._read |= found
        return found

    def refuse_unwritable(self, names: Iterable[str]) -> None:
        """Check that cells which are to be written can be.

        A workbook that is open read-only takes changes; Excel asks for another name when it is saved.

        Raises:
            GradsheetError: for a cell that is protected, or one that holds a formula, which would be lost.

        """
        for name in names:
            area = self.area(name)
            if is_protected(area):
                raise GradsheetError(
                    f"{self.address(name)} ({name}) is protected with its sheet, so training cannot write there: "
                    f"lift the protection of the sheet {area.sheet.name} with Review, Unprotect Sheet."
                )
            if has_formula(area.formula):
                raise GradsheetError(
                    f"{self.address(name)} ({name}) holds a formula, which training would overwrite: put numbers there."
                )

    def write(self, blocks: Mapping[str, Rows]) -> None:
        """Put values behind names, those that differ, all or none; the workbook calculates once.

        Raises:
            GradsheetError: for cells that cannot be written.

        """
        found = self.changed(blocks)
        with at_once(self.book.app):
            for name, rows in found.items():
                self.area(name).value = cells_of(rows)
        self.calculate()


def place_of(area: Any) -> str:
    """Return the sheet and place of a range as Excel writes it: Model!D20."""
    return f"{area.sheet.name}!{area.get_address(False, False)}"


def is_protected(area: Any) -> bool:
    """Tell whether Excel refuses to change a cell of a range: one is locked, and the sheet protected from programs too.

    Where some cells are locked and others are not, Excel says None.
    """
    sheet = area.sheet.api
    return bool(sheet.ProtectContents) and not sheet.ProtectionMode and area.api.Locked is not False


@contextmanager
def at_once(app: Any) -> Iterator[None]:
    """Keep the screen and the calculation, which are all workbooks', waiting for the end of several changes."""
    calculation, updating = app.calculation, app.screen_updating
    app.screen_updating = False
    app.calculation = MANUAL
    try:
        yield
    finally:
        app.calculation = calculation
        app.screen_updating = updating


def names_of(book: Any) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the workbook's own names, and each sheet's by its title, all in small letters."""
    shared: dict[str, Any] = {}
    own: dict[str, dict[str, Any]] = {}
    for each in book.names:
        sheet, _, name = str(each.name).rpartition("!")
        if sheet:
            title = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
            own.setdefault(title, {})[name.casefold()] = each
        else:
            shared[name.casefold()] = each
    return shared, own


def has_formula(formulas: Any) -> bool:
    """Tell whether any cell of a range holds a formula, given what the range says its formulas are."""
    if isinstance(formulas, str):
        return formulas.startswith("=")
    return isinstance(formulas, tuple | list) and any(has_formula(part) for part in formulas)


def are_same(cells: Rows, rows: Rows) -> bool:
    """Tell whether cells hold these very numbers; 0 is not -0."""
    return repr(cells_of(cells)) == repr(cells_of(rows))


def cells_of(rows: Rows) -> list[list[float | str | None]]:
    """Return rows as Excel takes them: what is not finite is an error, a blank is None."""
    return [[cell_of(cell) for cell in row] for row in rows]


def cell_of(cell: CellValue) -> float | str | None:
    """Return a cell as Excel takes it."""
    if cell is None or cell == "":
        return None
    if isinstance(cell, str):
        return str(cell)
    number = float(cell)  # type: ignore[arg-type]
    return number if math.isfinite(number) else str(ErrorCode.NUM)
