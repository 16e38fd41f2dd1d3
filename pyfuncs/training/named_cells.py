"""The cells behind a workbook's defined names, as one model's sheet sees them: the same rules in every host.

A host says which names there are, and gets, sets and describes blocks of cells; the rest is decided here.
"""

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from typing import Any, Generic, Protocol, Self, TypeAlias, TypeVar

from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import ErrorCode, GradsheetError
from pyfuncs.kernels.arrays import Matrix
from pyfuncs.training.defined_names import StructuredReference, TableLayout, constant_of

LABELS_AROUND = 60
"""So many rows above and below a setting are searched for the labels of others."""

LONGEST_CHAIN = 10
"""So many cells, each of which only repeats the next, are followed to the one that a person has to change."""
REFERENCE = re.compile(r"=?(?:(?:\$?'((?:[^']|'')+)'|\$?([^'!.$()]+))[!.])?\$?([A-Z]{1,3})\$?([0-9]+)")

Rows: TypeAlias = list[list[CellValue]]


class Area(Protocol):
    """A rectangle of cells on one sheet; rows and columns count from 1."""

    @property
    def sheet(self) -> str:
        """The sheet's title."""

    @property
    def top(self) -> int:
        """The first row."""

    @property
    def left(self) -> int:
        """The first column."""

    @property
    def shape(self) -> tuple[int, int]:
        """The number of rows and of columns."""

    @classmethod
    def parse(cls, text: str, default_sheet: str | None = None) -> Self:
        """Read a reference such as `Model!$A$1:$B$2`."""

    def part(self, top: int, left: int, rows: int, columns: int) -> Self:
        """Return so many rows and columns of the same sheet, counted from the first cell of this area."""


A = TypeVar("A", bound=Area)


class NamedCells(ABC, Generic[A]):
    """The named cells of one model; each block is read once, until something is calculated anew.

    A sheet's own name wins over the workbook's.
    """

    name_manager = "Name Manager"
    """Where the program shows the names that stand for constants."""
    lift_protection = ""
    """How a person lifts the protection of a sheet."""

    def __init__(
        self,
        title: str,
        names: Mapping[str | None, Mapping[str, Any]],
        front: str | None = None,
        sheet: str | None = None,
    ) -> None:
        """Take each sheet's own names by its title, in the order of the sheets, and those of all sheets by None.

        `names` has what the host knows a name by. The model is that of `sheet` where one is given, else that of the
        sheet in front where it has inputs of its own, else the one of all sheets, else the first sheet's that has one.
        """
        self.title = title
        self.front = front
        folded = {scope: {name.casefold(): each for name, each in own.items()} for scope, own in names.items()}
        shared = folded.pop(None, {})
        self.sheets: tuple[str | None, ...] = tuple(folded)
        self.names_of_sheets: Mapping[str | None, Mapping[str, Any]] = folded
        self.sheet = model_sheet(shared, folded, front) if sheet is None else sheet
        self.own_names: Mapping[str, Any] = folded.get(self.sheet, {})
        self.names: Mapping[str, Any] = shared | dict(self.own_names)
        self.replaced: dict[str, Rows] = {}
        """What the cells held before they were first written."""
        self._areas: dict[str, A] = {}
        self._rows: dict[str, Rows] = {}
        self._matrices: dict[str, Matrix] = {}

    @abstractmethod
    def reference(self, name: str) -> str:
        """Return the text of what a name stands for."""

    @abstractmethod
    def find(self, name: str) -> A:
        """Return the block of cells that a name stands for.

        Raises:
            GradsheetError: where it stands for none.
        """

    @abstractmethod
    def get(self, area: A) -> Rows:
        """Return the values of some cells."""

    @abstractmethod
    def set(self, blocks: Mapping[str, Rows]) -> None:
        """Put values, which differ from those there, behind names; what depends on them is calculated."""

    @abstractmethod
    def first_formula(self, area: A) -> A | None:
        """Return the first of some cells that holds a formula, None where none does."""

    @abstractmethod
    def formula(self, cell: A) -> str:
        """Return the formula of a cell; what it gives for a cell without one is no reference."""

    @abstractmethod
    def spelled(self, area: A) -> str:
        """Return the sheet and the place of some cells as the program writes it: Model!D20:E22."""

    @abstractmethod
    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""

    def is_protected(self, area: A) -> bool:
        """Tell whether the program refuses to change a cell of some; a file takes all changes."""
        return False

    def table(self, name: str) -> tuple[A, TableLayout] | None:
        """Return a table's cells and shape, None where there is no such table."""
        return None

    def values(self, name: str) -> Rows:
        """Return the values behind a name anew."""
        return self.get(self.area(name))

    def numbers(self, name: str) -> Matrix | None:
        """Return the numbers behind a name where the host has them as such, None where it has not, or not all are."""
        return None

    @property
    def read_names(self) -> list[str]:
        """The names whose cells were read since something was last calculated."""
        return [*self._rows, *self._matrices]

    def matrix(self, name: str) -> Matrix | None:
        """Return the numbers behind a name, None where `read` has to be asked."""
        name = name.casefold()
        if name not in self._matrices and name not in self._rows:
            found = self.numbers(name)
            if found is None:
                return None
            self._matrices[name] = found
        return self._matrices.get(name)

    @property
    def sheet_behind(self) -> str | None:
        """The sheet whose model is meant, where another one is in front."""
        return None if self.sheet == self.front else self.sheet

    def named_after_model(self, text: str) -> str:
        """Return a text that begins with the sheet whose model is meant, where that one is not in front."""
        return text if self.sheet_behind is None else f"{self.sheet_behind}: {text}"

    def __contains__(self, name: str) -> bool:
        """Tell whether the name is defined."""
        return name.casefold() in self.names

    def constant(self, name: str) -> CellValue:
        """Return the value of a name that stands for no cells but for one itself, 0.1 or FALSE; None for another."""
        return constant_of(self.reference(name))

    def area(self, name: str) -> A:
        """Return the cells that a name stands for.

        Raises:
            GradsheetError: for a name that stands for no block of cells, a deleted one for instance.
        """
        name = name.casefold()
        if name not in self._areas:
            self._areas[name] = self._part_of_table(name) or self.find(name)
        return self._areas[name]

    def _part_of_table(self, name: str) -> A | None:
        """Return the cells of a table that a name stands for, None where it stands for others."""
        reference = StructuredReference.parse(self.reference(name))
        found = None if reference is None else self.table(reference.table)
        if reference is None or found is None:
            return None
        whole, layout = found
        try:
            top, left, bottom, right = reference.cells(layout)
        except GradsheetError as problem:
            raise GradsheetError(f"{self.title}: the name {name} is {self.reference(name)}. {problem}") from None
        return whole.part(top, left, bottom - top + 1, right - left + 1)

    def read(self, name: str) -> Rows:
        """Return the values of the cells behind a name; an error cell is its error.

        Raises:
            GradsheetError: where they cannot be had; the sentence names the cell.
        """
        name = name.casefold()
        if name not in self._rows:
            self._rows[name] = self.values(name)
        return self._rows[name]

    def forget(self) -> None:
        """Read the cells anew when they are next asked for."""
        self._rows.clear()
        self._matrices.clear()

    def has_formula(self, name: str) -> bool:
        """Tell whether any cell behind a name holds a formula."""
        return self.first_formula(self.area(name)) is not None

    def address(self, name: str, row: int | None = None, column: int | None = None) -> str:
        """Return where a name, or a cell (from 0) of its block, is: "titanic.xlsx, Model!D20"."""
        if name not in self:
            return self.title
        if self.constant(name) is not None:
            return f"{self.title}, {self.name_manager}"
        area = self.area(name)
        if row is None or column is None:
            return f"{self.title}, {self.spelled(area)}"
        cell = area.part(row, column, 1, 1)
        place, source = self.spelled(cell), self.spelled(self._repeated(cell))
        return f"{self.title}, {place if source == place else f'{source}, read by {place}'}"

    def _repeated(self, cell: A) -> A:
        """Return the cell that another one repeats, perhaps by way of more, or itself."""
        for _ in range(LONGEST_CHAIN):
            found = repeated_cell(self.formula(cell))
            if found is None or found[0] not in (None, *self.sheets):
                break
            cell = cell.parse(found[1], found[0] or cell.sheet)
        return cell

    def labelled(self, names: Iterable[str]) -> Mapping[str, str]:
        """Return what the texts left of some names' cells, and above and below them, say: for each where the cell is.

        The texts are in small letters; those beside a blank cell do not count.
        """
        return {
            text.strip().casefold(): f"{self.title}, {self.spelled(block.part(i, 1, 1, 1))}"
            for block in self._label_blocks(names)
            for i, (text, beside) in enumerate(self.get(block))
            if isinstance(text, str) and text.strip() and beside not in (None, "")
        }

    def _label_blocks(self, names: Iterable[str]) -> list[A]:
        """Return the two columns around some names' cells in as few blocks as hold them, for each is a question."""
        areas = sorted(map(self.area, names), key=lambda area: (area.sheet, area.left, area.top))
        blocks: list[A] = []
        for area in (area for area in areas if area.left > 1):
            above = min(LABELS_AROUND, area.top - 1)
            block = area.part(-above, -1, above + LABELS_AROUND + 1, 2)
            last = blocks[-1] if blocks else block
            is_next = (last.sheet, last.left) == (block.sheet, block.left) and block.top <= last.top + last.shape[0]
            if blocks and is_next:
                blocks[-1] = last.part(0, 0, block.top + block.shape[0] - last.top, 2)
            else:
                blocks.append(block)
        return blocks

    def refuse_unwritable(self, names: Iterable[str]) -> None:
        """Check that cells which are to be written can be.

        Raises:
            GradsheetError: for a cell that is protected, one that holds a formula, which would be lost, or one that
                something else is read from.
        """
        areas = {name.casefold(): self.area(name) for name in names}
        self._refuse_overlaps(areas)
        for name, area in areas.items():
            if self.is_protected(area):
                raise GradsheetError(
                    f"{self.address(name)} ({name}) is protected with its sheet, so training cannot write there: "
                    f"lift the protection of the sheet {area.sheet} with {self.lift_protection}."
                )
            formula = self.first_formula(area)
            if formula is not None:
                raise GradsheetError(
                    f"{self.title}, {self.spelled(formula)} ({name}) holds a formula, which training would overwrite: "
                    "put numbers there."
                )

    def _refuse_overlaps(self, written: Mapping[str, A]) -> None:
        areas = {name: self.area(name) for name in self.read_names} | dict(written)
        for name, area in written.items():
            for other in sorted(areas.keys() - {name}):
                shared = common(area, areas[other])
                if shared is not None:
                    raise GradsheetError(
                        f"{self.title}, {self.spelled(shared)} belongs to both {name} and {other}, so training would "
                        f"write over {other}: give each cells of its own."
                    )

    def changed(self, blocks: Mapping[str, Rows]) -> dict[str, Rows]:
        """Return those of some blocks that differ from the cells, and count them as written.

        Raises:
            GradsheetError: for cells that cannot be written.
        """
        found = {name: rows for name, rows in blocks.items() if not are_same(self.read(name), rows)}
        self.refuse_unwritable(found)
        for name, rows in found.items():
            self.replaced.setdefault(name, self.read(name))
            self._rows[name.casefold()] = rows
            self._matrices.pop(name.casefold(), None)
        return found

    def write(self, blocks: Mapping[str, Rows]) -> bool:
        """Put values behind names, those that differ, all or none; return whether any did.

        Raises:
            GradsheetError: for cells that cannot be written.
        """
        found = self.changed(blocks)
        if found:
            self.set(found)
        return bool(found)


def model_sheet(
    shared: Mapping[str, Any], own: Mapping[str | None, Mapping[str, Any]], front: str | None
) -> str | None:
    """Return the sheet with the names of its own that make the model meant, None for the one that all sheets share."""
    if "inputs" in own.get(front, {}):
        return front
    return None if "inputs" in shared else next((sheet for sheet, names in own.items() if "inputs" in names), None)


def common(one: A, other: A) -> A | None:
    """Return the cells that two areas share, None where they share none."""
    if one.sheet != other.sheet:
        return None
    (rows, columns), (other_rows, other_columns) = one.shape, other.shape
    top, left = max(one.top, other.top), max(one.left, other.left)
    height = min(one.top + rows, other.top + other_rows) - top
    width = min(one.left + columns, other.left + other_columns) - left
    return one.part(top - one.top, left - one.left, height, width) if height > 0 and width > 0 else None


def repeated_cell(formula: str) -> tuple[str | None, str] | None:
    """Return the sheet, None for the formula's own, and the cell that a formula only repeats: "=$B9", "=Data!C5"."""
    match = REFERENCE.fullmatch(formula)
    if match is None:
        return None
    quoted, plain, column, row = match.groups()
    return (quoted.replace("''", "'") if quoted else plain), f"{column}{row}"


def are_same(cells: Rows, rows: Rows) -> bool:
    """Tell whether cells hold these very numbers; 0 is not -0, and what is not finite is shown as #NUM!."""
    return repr(as_shown(cells)) == repr(as_shown(rows))


def as_shown(rows: Rows) -> Rows:
    """Return rows in the one spelling in which cells are compared."""
    return [[shown(cell) for cell in row] for row in rows]


def shown(cell: CellValue) -> CellValue:
    """Return a cell as any program gives it back: a blank as None, a number as float, #NUM! for one not finite."""
    if cell == "":
        return None
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell) if math.isfinite(cell) else ErrorCode.NUM
    return cell
