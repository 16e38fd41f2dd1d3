"""An open workbook as the training contract sees it: the cells behind the names of the active sheet's model."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NamedTuple

from addin.excel.inside.values import rows_of
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import ErrorCode, GradsheetError
from pyfuncs.training.named_cells import NamedCells, Rows
from workbooks.xlsx.area import Area
from workbooks.xlsx.errors import FileProblem

MANUAL = "manual"
LIST = 3
"""Excel's xlValidateList."""


class DefinedName(NamedTuple):
    """A name as Excel spells it, a sheet's own with its sheet, and the text of what it stands for."""

    spelled: str
    refers_to: str


@dataclass(frozen=True)
class Contents:
    """What a click needs to know of a workbook before it reads a cell."""

    front: str
    """The sheet in front."""
    sheets: tuple[str, ...]
    names: tuple[DefinedName, ...]

    @classmethod
    def of(cls, book: Any) -> "Contents":
        """Ask a workbook, which answers each question from another process; VBA does it where the workbook is."""
        names = (DefinedName(str(each.name), str(each.refers_to)) for each in book.names)
        return cls(str(book.sheets.active.name), tuple(str(each.name) for each in book.sheets), tuple(names))

    def by_sheet(self) -> dict[str | None, dict[str, DefinedName]]:
        """Return the workbook's own names by None, and each sheet's by its title."""
        found: dict[str | None, dict[str, DefinedName]] = {None: {}} | {title: {} for title in self.sheets}
        for each in self.names:
            sheet, _, name = each.spelled.rpartition("!")
            title = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
            found.setdefault(title or None, {})[name] = each
        return found


class OpenBook(NamedCells[Area]):
    """The named cells of an open workbook during one click.

    A workbook that is open read-only takes changes; Excel asks for another name when it is saved.
    """

    lift_protection = "Review, Unprotect Sheet"

    def __init__(self, book: Any, contents: Contents | None = None) -> None:
        contents = contents or Contents.of(book)
        super().__init__(str(book.name), contents.by_sheet(), front=contents.front)
        self.book = book
        self.titles = contents.sheets
        self._sheets: dict[str, Any] = {}
        self._protected: dict[str, bool] = {}
        self.calculate()

    def calculate(self) -> None:
        """Let the formulas follow where Excel does not calculate by itself."""
        if self.book.app.calculation == MANUAL:
            self.book.app.calculate()

    def reference(self, name: str) -> str:
        """Return the text of what a name stands for."""
        return str(self.names[name.casefold()].refers_to)

    def find(self, name: str) -> Area:
        """Return the cells that a name stands for.

        Raises:
            GradsheetError: for a name that stands for no block of cells, a deleted one for instance.

        """
        defined = self.names[name]
        try:
            area = Area.parse(defined.refers_to.removeprefix("="))
            if area.sheet in self.titles:
                return area
        except FileProblem:
            pass
        try:
            # Excel alone knows which cells a formula gives.
            cells = next(each for each in self.book.names if each.name == defined.spelled).refers_to_range
            return Area.parse(str(cells.address), str(cells.sheet.name))
        except Exception:
            raise GradsheetError(
                f"{self.title}: the name {name} must stand for one block of cells, but is "
                f"{self.reference(name)}: define it anew."
            ) from None

    def sheet_of(self, area: Area) -> Any:
        """Return the sheet of some cells as Excel has it."""
        if area.sheet not in self._sheets:
            self._sheets[area.sheet] = self.book.sheets[area.sheet]
        return self._sheets[area.sheet]

    def range(self, area: Area) -> Any:
        """Return some cells as Excel has them."""
        return self.sheet_of(area).range(area.cells)

    def get(self, area: Area) -> Rows:
        """Return the values of some cells; an error cell is its error."""
        return rows_of(self.range(area).api.Value2)

    def first_formula(self, area: Area) -> Area | None:
        """Return the first of some cells that holds a formula, None where none does."""
        formulas = self.range(area).formula
        rows = formulas if isinstance(formulas, tuple | list) else ((formulas,),)
        places = (
            area.part(i, j, 1, 1)
            for i, row in enumerate(rows)
            for j, formula in enumerate(row)
            if isinstance(formula, str) and formula.startswith("=")
        )
        return next(places, None)

    def formula(self, cell: Area) -> str:
        """Return the formula of a cell, its content where it has none."""
        return str(self.range(cell).formula)

    def spelled(self, area: Area) -> str:
        """Return the sheet and the place of some cells as Excel writes them: Model!D20."""
        return f"{area.sheet}!{area.cells}"

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""
        rule = self.range(self.area(name)).api.Validation
        try:
            words = str(rule.Formula1) if rule.Type == LIST else "="
        except Exception:  # Excel fails where a cell has no rule.
            return ()
        # In some countries Excel puts semicolons between the words.
        return () if words.startswith("=") else tuple(word.strip() for word in re.split("[,;]", words))

    def refuse_unwritable(self, names: Iterable[str]) -> None:
        """Check that cells which are to be written can be.

        Raises:
            GradsheetError: for those that cannot.

        """
        self._protected.clear()  # a person may protect a sheet during a long run
        super().refuse_unwritable(names)

    def is_protected(self, area: Area) -> bool:
        """Tell whether a cell of some is locked, and its sheet protected from programs too.

        Where some cells are locked and others are not, Excel says None.
        """
        if area.sheet not in self._protected:
            sheet = self.sheet_of(area).api
            self._protected[area.sheet] = bool(sheet.ProtectContents) and not sheet.ProtectionMode
        return self._protected[area.sheet] and self.range(area).api.Locked is not False

    def place(self, name: str) -> tuple[str, str]:
        """Return the sheet and the address of the cells behind a name."""
        area = self.area(name)
        return area.sheet, area.cells

    def set(self, blocks: Mapping[str, Rows]) -> None:
        """Put values behind names; the workbook calculates once."""
        with at_once(self.book.app):
            for name, rows in blocks.items():
                self.range(self.area(name)).raw_value = cells_of(rows)
        self.calculate()


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
