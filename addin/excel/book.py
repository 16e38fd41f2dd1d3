"""An open workbook as the training contract sees it: the cells behind the names of the active sheet's model."""

import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from addin.excel.values import READ, rows_from_excel
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import ErrorCode, GradsheetError
from pyfuncs.training.reader import Rows

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

    def read(self, name: str) -> Rows:
        """Return the values of the cells behind a name; an error cell is its error."""
        if name not in self._read:
            self._read[name] = rows_from_excel(self.area(name).options(**READ).value)
        return self._read[name]

    def address(self, name: str, row: int | None = None, column: int | None = None) -> str:
        """Return the workbook with the place of a name, or of a cell (from 0) in its block, as Excel writes it."""
        if name not in self.names:
            return self.title
        area = self.area(name)
        cells = area if row is None or column is None else area[row, column]
        return f"{self.title}, {area.sheet.name}!{cells.get_address(False, False)}"

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
            GradsheetError: for a cell that holds a formula, which would be lost.

        """
        found = {name: rows for name, rows in blocks.items() if not are_same(self.read(name), rows)}
        for name in found:
            if has_formula(self.area(name).formula):
                raise GradsheetError(
                    f"{self.address(name)} ({name}) holds a formula, which training would overwrite: put numbers there."
                )
        self._read |= found
        return found

    def write(self, blocks: Mapping[str, Rows]) -> None:
        """Put values behind names, those that differ; the workbook calculates once.

        Raises:
            GradsheetError: for a cell that holds a formula, which would be lost.

        """
        found = self.changed(blocks)
        with at_once(self.book.app):
            for name, rows in found.items():
                self.area(name).value = cells_of(rows)


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
