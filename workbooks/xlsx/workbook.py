"""A workbook file as the training contract sees it: the cells behind its names, as one model's sheet sees them."""

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self, cast

from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.defined_names import StructuredReference, TableLayout, constant_of
from pyfuncs.training.reader import LABELS_AROUND, LONGEST_CHAIN, Rows, labels_in, read_by, repeated_cell
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import Cell, read_area
from workbooks.xlsx.cells import CellValue as StoredValue
from workbooks.xlsx.dependents import Place, dependents
from workbooks.xlsx.drop_downs import drop_down
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.locks import refuse_if_open
from workbooks.xlsx.package import Package, Table
from workbooks.xlsx.patch import ask_for_full_calculation, drop_values, set_values

MOST_KEPT = 100
"""So many results lie beside a file at most."""


class WorkbookFile:
    """The named cells of a file, read once and held in memory; nothing reaches the disk before `save`.

    A name of the model's own sheet wins over the workbook's.
    """

    def __init__(self, package: Package, sheet: str | None) -> None:
        self.package = package
        defined = package.defined_names().items()
        self.names = {name.casefold(): text for (scope, name), text in defined if scope is None}
        self.sheet = self._model_sheet() if sheet is None else self._known_sheet(sheet)
        if self.sheet is not None:
            self.names |= {name.casefold(): text for (scope, name), text in defined if scope == self.sheet}
        self._blocks: dict[str, Rows] = {}
        self._changed: list[Area] = []

    @classmethod
    def open(cls, path: Path, sheet: str | None = None) -> Self:
        """Open a workbook; `sheet` picks the model whose names that sheet holds.

        Raises:
            FileProblem: for a file that cannot be read, or a sheet it does not have.
        """
        return cls(Package.open(path), sheet)

    def _model_sheet(self) -> str | None:
        """Return the first sheet with inputs of its own, where the workbook has none for all sheets."""
        if "inputs" in self.names:
            return None
        own = (scope for scope, name in self.package.defined_names() if name.casefold() == "inputs")
        return next(own, None)

    def _known_sheet(self, sheet: str) -> str:
        titles = self.package.sheet_titles
        found = next((title for title in titles if title.casefold() == sheet.casefold()), None)
        if found is None:
            raise FileProblem(f"{self.package.path} has no sheet {sheet}; it has {', '.join(titles)}.")
        return found

    def __contains__(self, name: str) -> bool:
        """Tell whether the name is defined."""
        return name.casefold() in self.names

    def area(self, name: str) -> Area:
        """Return the cells that a name stands for.

        Raises:
            FileProblem: for a name that stands for no block of cells, a deleted one for instance.
        """
        text = self.names[name.casefold()]
        if self.constant(name) is not None:
            raise FileProblem(
                f"{self.package.path}: the name {name} must stand for one block of cells here, but is the constant "
                f"{text}: define it for cells."
            )
        table = self._table_area(name, text)
        if table is not None:
            return table
        if "#REF!" in text:
            raise FileProblem(
                f"{self.package.path}: the name {name} points at cells that were deleted ({text}): define it anew."
            )
        try:
            area = Area.parse(text)
        except FileProblem as problem:
            raise FileProblem(
                f"{self.package.path}: the name {name} must stand for one block of cells. {problem}"
            ) from None
        if area.sheet not in self.package.sheet_titles:
            raise FileProblem(
                f"{self.package.path}: the name {name} points at the sheet {area.sheet}, which is not there."
            )
        return area

    def cells(self, name: str) -> list[list[Cell]]:
        """Return the cells behind a name.

        Raises:
            FileProblem: for a name that stands for no block of cells, or for far more than there are.
        """
        area = self.area(name)
        self.package.grid(area.sheet).refuse_mostly_empty(area, name)
        return read_area(self.package, area)

    def _table_area(self, name: str, text: str) -> Area | None:
        """Return the cells of a table that a name stands for, None where it stands for others."""
        reference = StructuredReference.parse(text)
        if reference is None or reference.table.casefold() not in self._tables:
            return None
        table = self._tables[reference.table.casefold()]
        try:
            whole = Area.parse(table.ref, table.sheet)
            layout = TableLayout(whole.shape[0], table.columns, table.header_rows, table.totals_rows)
            top, left, bottom, right = reference.cells(layout)
        except GradsheetError as problem:
            raise FileProblem(f"{self.package.path}: the name {name} is {text}. {problem}") from None
        return Area(whole.sheet, whole.top + top, whole.left + left, whole.top + bottom, whole.left + right)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {name.casefold(): table for name, table in self.package.tables().items()}

    def constant(self, name: str) -> CellValue:
        """Return the value of a name that stands for no cells but for one itself, 0.1 or FALSE; None for another."""
        return constant_of(self.names[name.casefold()])

    def read(self, name: str) -> Rows:
        """Return the values of the cells behind a name.

        Raises:
            FileProblem: for a name that stands for no cells, or a formula without a stored value.
        """
        if name not in self._blocks:
            block: Rows = []
            for i, row in enumerate(self.cells(name)):
                for j, cell in enumerate(row):
                    if cell.formula is not None and not cell.has_value:
                        raise FileProblem(
                            f"{self.address(name, i, j)} ({name}) holds a formula without a stored value: open the "
                            "workbook in a spreadsheet program, let it calculate, and save it."
                        )
                block.append([cell.value for cell in row])
            self._blocks[name] = block
        return self._blocks[name]

    def address(self, name: str, row: int | None = None, column: int | None = None) -> str:
        """Return the file with the place of a name, or of a cell (from 0) in its block."""
        if name not in self:
            return str(self.package.path)
        if self.constant(name) is not None:
            return f"{self.package.path}, Name Manager"
        area = self.area(name)
        if row is None or column is None:
            return f"{self.package.path}, {area.address}"
        cell = Area(area.sheet, area.top + row, area.left + column, area.top + row, area.left + column)
        return f"{self.package.path}, {read_by(cell.address, self._repeated(cell).address)}"

    def _repeated(self, cell: Area) -> Area:
        """Return the cell that another one repeats, perhaps by way of more, or itself."""
        for _ in range(LONGEST_CHAIN):
            ((content,),) = read_area(self.package, cell)
            found = repeated_cell(content.formula or "")
            if found is None or found[0] not in (None, *self.package.sheet_titles):
                break
            cell = Area.parse(found[1], found[0] or cell.sheet)
        return cell

    def labelled(self, name: str) -> Mapping[str, str]:
        """Return the labels around a name's cell, each with the cell beside it."""
        area = self.area(name)
        if area.left == 1:
            return {}
        top = max(1, area.top - LABELS_AROUND)
        beside = Area(area.sheet, top, area.left, area.top + LABELS_AROUND, area.left)
        columns = read_area(self.package, replace(beside, left=area.left - 1))
        return labels_in(
            [[cell.value for cell in row] for row in columns],
            lambda row: f"{self.package.path}, {beside.cell_address(row, 0)}",
        )

    def choices(self, name: str) -> tuple[str, ...]:
        """Return the words that the drop-down of a name's cell offers, none where it has none."""
        return drop_down(self.package, self.area(name))

    def write(self, blocks: Mapping[str, Rows]) -> None:
        """Put values behind names.

        Raises:
            FileProblem: for a cell that holds a formula, which would be lost.
        """
        for name, rows in blocks.items():
            area = self.area(name)
            old = self._blocks.get(name)
            changes: dict[tuple[int, int], StoredValue] = {
                (area.top + i, area.left + j): cast(StoredValue, value)
                for i, row in enumerate(rows)
                for j, value in enumerate(row)
                if old is None or repr(old[i][j]) != repr(value)  # -0.0 equals 0.0 but is not the same
            }
            if changes:
                set_values(self.package, area.sheet, changes)
                self._changed.append(area)
            self._blocks[name] = rows

    def put_formula_values(self, sheet: str, values: Mapping[tuple[int, int], StoredValue]) -> None:
        """Refresh the stored values of formula cells, given by row and column from 1."""
        set_values(self.package, sheet, values, keep_formulas=True)
        self._blocks.clear()

    def refuse_formulas(self, names: Iterable[str]) -> None:
        """Check that cells which are to be written hold no formulas, which would be lost, and nothing else to be read.

        Raises:
            FileProblem: naming the first that does.
        """
        names = list(names)
        self._refuse_overlaps(names)
        for name in names:
            for i, row in enumerate(self.cells(name)):
                for j, cell in enumerate(row):
                    if cell.formula is not None:
                        raise FileProblem(
                            f"{self.address(name, i, j)} ({name}) holds a formula, which training would replace: put "
                            "its value there instead."
                        )

    def _refuse_overlaps(self, names: Iterable[str]) -> None:
        areas = {name: self.area(name) for name in {*self._blocks, *names} if self.constant(name) is None}
        for name in filter(areas.__contains__, names):
            for other, area in areas.items():
                shared = areas[name].overlap(area) if name != other and areas[name].sheet == area.sheet else None
                if shared is not None:
                    raise FileProblem(
                        f"{self.package.path}, {shared.address} belongs to both {name} and {other}, so training would "
                        f"write over {other}: give each cells of its own."
                    )

    def forget_surely_stale_values(self) -> None:
        """Drop the stored values of formulas that surely depend on what was written, before a model is read.

        Those of which only calculating tells keep theirs until `forget_stale_values`: the model may read them.
        """
        if self._changed:
            drop_values(self.package, dependents(self.package, self._changed).sure)
            ask_for_full_calculation(self.package)
            self._blocks.clear()

    def forget_stale_values(self) -> None:
        """Drop the stored values of formulas that depend on what was written; ask for a calculation on load.

        A formula of which only calculating tells whether it does (INDIRECT, RAND, an unknown name, another file) loses
        its value too, since a stale one misleads, unless the model has read it: it would train no second time.
        """
        if self._changed:
            found = dependents(self.package, self._changed)
            read = [self.area(name) for name in self._blocks]
            drop_values(self.package, found.sure | outside(found.possible, read))
            ask_for_full_calculation(self.package)
            self._changed.clear()
            self._blocks.clear()

    def forget_stale_values_except(self, fresh: Collection[tuple[str, int, int]], read: Collection[Area] = ()) -> None:
        """Do the same, but keep the values of the formulas (by sheet, row and column) that have been given theirs.

        `read` is what they were calculated from.
        """
        known = set(fresh)
        foreign = any(
            (title, row, column) not in known
            for title in self.package.sheet_titles
            for row, column in self.package.grid(title).formulas
        )
        # Looking for dependents takes a second in a template; nearly always all formulas are the template's own.
        if self._changed and foreign:
            found = dependents(self.package, self._changed)
            stale = (found.sure | outside(found.possible, read)) - known
            if stale:
                drop_values(self.package, stale)
                ask_for_full_calculation(self.package)
        self._changed.clear()

    def has_formula(self, name: str) -> bool:
        """Tell whether any cell behind a name holds a formula."""
        return any(cell.formula is not None for row in self.cells(name) for cell in row)

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
