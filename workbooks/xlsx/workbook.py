"""A workbook file as the training contract sees it: the cells behind its names, as one model's sheet sees them."""

import os
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any, Self, cast

import numpy as np
from numpy.typing import NDArray

from pyfuncs.kernels.arrays import Matrix
from pyfuncs.training.defined_names import TableLayout
from pyfuncs.training.named_cells import NamedCells, Rows
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area, read_values
from workbooks.xlsx.dependents import Place, dependents, may_read
from workbooks.xlsx.drop_downs import drop_down
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.locks import refuse_if_open
from workbooks.xlsx.package import NamedTable, Package
from workbooks.xlsx.patch import ask_for_full_calculation, drop_values, set_formula_values, set_values
from workbooks.xlsx.stored import StoredValue
from workbooks.xlsx.tall import TallGrid

MOST_KEPT = 100
"""So many results lie beside a file at most."""


class WorkbookFile(NamedCells[Area]):
    """The named cells of a file, read once and held in memory; nothing reaches the disk before `save`."""

    def __init__(self, package: Package, sheet: str | None) -> None:
        self.package = package
        names: dict[str | None, dict[str, str]] = {None: {}} | {title: {} for title in package.sheet_titles}
        for (scope, name), text in package.defined_names().items():
            names[scope][name] = text
        super().__init__(str(package.path), names, sheet=None if sheet is None else self._known_sheet(sheet))
        self._changed: list[Area] = []

    @classmethod
    def open(cls, path: Path, sheet: str | None = None) -> Self:
        """Open a workbook; `sheet` picks the model whose names that sheet holds.

        Raises:
            FileProblem: for a file that cannot be read, or a sheet it does not have.
        """
        return cls(Package.open(path), sheet)

    def _known_sheet(self, sheet: str) -> str:
        titles = self.package.sheet_titles
        found = next((title for title in titles if title.casefold() == sheet.casefold()), None)
        if found is None:
            raise FileProblem(f"{self.package.path} has no sheet {sheet}; it has {', '.join(titles)}.")
        return found

    def reference(self, name: str) -> str:
        """Return the text of what a name stands for."""
        return str(self.names[name.casefold()])

    def find(self, name: str) -> Area:
        """Return the cells that a name stands for.

        Raises:
            FileProblem: for a name that stands for no block of cells, a deleted one for instance.
        """
        text = self.reference(name)
        if self.constant(name) is not None:
            raise FileProblem(
                f"{self.title}: the name {name} must stand for one block of cells here, but is the constant "
                f"{text}: define it for cells."
            )
        if "#REF!" in text:
            raise FileProblem(
                f"{self.title}: the name {name} points at cells that were deleted ({text}): define it anew."
            )
        try:
            area = Area.parse(text)
        except FileProblem as problem:
            raise FileProblem(f"{self.title}: the name {name} must stand for one block of cells. {problem}") from None
        if area.sheet not in self.package.sheet_titles:
            raise FileProblem(f"{self.title}: the name {name} points at the sheet {area.sheet}, which is not there.")
        self.package.grid(area.sheet).refuse_mostly_empty(area, name)
        return area

    def table(self, name: str) -> tuple[Area, TableLayout] | None:
        """Return a table's cells and shape, None where there is no such table."""
        table = self._tables.get(name.casefold())
        if table is None:
            return None
        whole = Area.parse(table.ref, table.sheet)
        self.package.grid(whole.sheet).refuse_mostly_empty(whole, name)
        return whole, TableLayout(whole.shape[0], table.columns, table.header_rows, table.totals_rows)

    @cached_property
    def _tables(self) -> dict[str, NamedTable]:
        return {name.casefold(): table for name, table in self.package.tables().items()}

    def get(self, area: Area) -> Rows:
        """Return the stored values of some cells."""
        rows: Rows = read_values(self.package, area).tolist()
        return rows

    def values(self, name: str) -> Rows:
        """Return the values of the cells behind a name.

        Raises:
            FileProblem: for a name that stands for no cells, or a formula without a stored value.
        """
        area = self.area(name)
        found: Rows = read_values(self.package, area).tolist()
        blanks = [(i, j) for i, row in enumerate(found) if None in row for j, cell in enumerate(row) if cell is None]
        formulas = self.package.grid(area.sheet).formula_texts(area) if blanks else {}
        for i, j in blanks:
            if (area.top + i, area.left + j) in formulas:
                raise FileProblem(
                    f"{self.address(name, i, j)} ({name}) holds a formula without a stored value: open the "
                    "workbook in a spreadsheet program, let it calculate, and save it."
                )
        return found

    def numbers(self, name: str) -> Matrix | None:
        """Return the numbers behind a name where they stand on a large sheet, None where not all are."""
        area = self.area(name)
        found = read_values(self.package, area) if isinstance(self.package.grid(area.sheet), TallGrid) else None
        return found if found is not None and found.dtype == np.float64 else None

    def first_formula(self, area: Area) -> Area | None:
        """Return the first of some cells that holds a formula, None where none does."""
        place = min(self.package.grid(area.sheet).formula_texts(area), default=None)
        return None if place is None else area.part(place[0] - area.top, place[1] - area.left, 1, 1)

    def formula(self, cell: Area) -> str:
        """Return the formula of a cell, nothing where it has none."""
        ((content,),) = read_area(self.package, cell)
        return content.formula or ""

    def spelled(self, area: Area) -> str:
        """Return the sheet and the place of some cells as a formula names them."""
        return area.address

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""
        return drop_down(self.package, self.area(name))

    def set(self, blocks: Mapping[str, Rows]) -> None:
        """Put values behind names; no formula follows before a builder runs or a program calculates."""
        for name, rows in blocks.items():
            area = self.area(name)
            places = zip(area.positions(), chain.from_iterable(rows), strict=True)
            set_values(self.package, area.sheet, {place: cast(StoredValue, value) for place, value in places})
            self._changed.append(area)

    def put_formula_values(self, sheet: str, values: Mapping[tuple[int, int], StoredValue]) -> None:
        """Refresh the stored values of formula cells, given by row and column from 1."""
        set_values(self.package, sheet, values, keep_formulas=True)
        self.forget()

    def put_formula_block(self, area: Area, values: NDArray[Any]) -> None:
        """Refresh the stored values of a block of formula cells."""
        set_formula_values(self.package, area, values)
        self.forget()

    @property
    def is_changed(self) -> bool:
        """Whether something was written since the formulas were last given their values."""
        return bool(self._changed)

    def may_have_read_stale_values(self) -> bool:
        """Tell whether a formula whose value was read depends on what was written, or perhaps does."""
        return may_read(self.package, map(self.area, self.read_names), self._changed)

    def forget_surely_stale_values(self) -> None:
        """Drop the stored values of formulas that surely depend on what was written, before a model is read.

        Those of which only calculating tells keep theirs until `forget_stale_values`: the model may read them.
        """
        if self._changed:
            drop_values(self.package, dependents(self.package, self._changed).sure)
            ask_for_full_calculation(self.package)
            self.forget()

    def forget_stale_values(self) -> None:
        """Drop the stored values of formulas that depend on what was written; ask for a calculation on load.

        A formula of which only calculating tells whether it does (INDIRECT, RAND, an unknown name, another file) loses
        its value too, since a stale one misleads, unless the model has read it: it would train no second time.
        """
        if self._changed:
            found = dependents(self.package, self._changed)
            read = [self.area(name) for name in self.read_names]
            drop_values(self.package, found.sure | outside(found.possible, read))
            ask_for_full_calculation(self.package)
            self._changed.clear()
            self.forget()

    def forget_stale_values_except(self, fresh: Collection[Area], read: Collection[Area] = ()) -> None:
        """Do the same, but keep the values of the formulas that have been given theirs.

        `read` is what they were calculated from.
        """
        by_column: dict[tuple[str, int], list[range]] = {}
        for area in fresh:
            for column in range(area.left, area.right + 1):
                by_column.setdefault((area.sheet, column), []).append(range(area.top, area.bottom + 1))
        foreign = any(
            not any(row in rows for rows in by_column.get((title, column), ()))
            for title in self.package.sheet_titles
            for row, column in self.package.grid(title).formulas
        )
        # Looking for dependents takes a second in a template; nearly always all formulas are the template's own.
        if self._changed and foreign:
            found = dependents(self.package, self._changed)
            stale = outside(found.sure | outside(found.possible, read), fresh)
            if stale:
                drop_values(self.package, stale)
                ask_for_full_calculation(self.package)
        self._changed.clear()

    def save(self, path: Path | None = None) -> None:
        """Write the workbook, in place where no path is given, whole or not at all.

        Raises:
            FileProblem: where the file cannot be written, is open in a spreadsheet program, or was changed by another
                program since it was read. What was to be written is then in a file beside it, which the error names.
        """
        target = path or self.package.path
        try:
            refuse_if_open(target)
            self.package.save(target)
        except FileProblem as problem:
            raise FileProblem(f"{problem}{self._kept_beside(target)}") from problem

    def _kept_beside(self, target: Path) -> str:
        """Write the workbook beside a file that cannot be replaced, and say where; nothing where that fails too."""
        names = (f"{target.stem}.trained{number}{target.suffix}" for number in ("", *range(2, MOST_KEPT)))
        kept = next((file for file in map(target.with_name, names) if not os.path.lexists(file)), None)
        if kept is None:
            return ""
        try:
            self.package.save(kept)
        except FileProblem:
            return ""
        return f" What was to be saved is in {kept}."


def outside(places: Iterable[Place], areas: Iterable[Area]) -> set[Place]:
    """Return those of some cells that lie in none of some areas."""
    by_sheet: dict[str, list[Area]] = {}
    for area in areas:
        by_sheet.setdefault(area.sheet, []).append(area)
    return {
        (sheet, row, column)
        for sheet, row, column in places
        if not any(area.contains(row, column) for area in by_sheet.get(sheet, ()))
    }
