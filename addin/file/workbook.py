"""A workbook file as the training contract sees it: the cells behind its names, as one model's sheet sees them."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Self, cast

from addin.file.area import Area
from addin.file.cells import CellValue as StoredValue
from addin.file.cells import read_area
from addin.file.dependents import dependents
from addin.file.drop_downs import drop_down
from addin.file.errors import FileProblem
from addin.file.locks import refuse_if_open
from addin.file.package import Package
from addin.file.patch import ask_for_full_calculation, drop_values, set_values
from pyfuncs.training.reader import Rows


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

    def read(self, name: str) -> Rows:
        """Return the values of the cells behind a name.

        Raises:
            FileProblem: for a name that stands for no cells, or a formula without a stored value.
        """
        if name not in self._blocks:
            area = self.area(name)
            block: Rows = []
            for i, row in enumerate(read_area(self.package, area)):
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
        area = self.area(name)
        place = area.address if row is None or column is None else area.cell_address(row, column)
        return f"{self.package.path}, {place}"

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
        """Check that cells which are to be written hold no formulas, which would be lost.

        Raises:
            FileProblem: naming the first that does.
        """
        for name in names:
            for i, row in enumerate(read_area(self.package, self.area(name))):
                for j, cell in enumerate(row):
                    if cell.formula is not None:
                        raise FileProblem(
                            f"{self.address(name, i, j)} ({name}) holds a formula, which training would replace: put "
                            "its value there instead."
                        )

    def forget_stale_values(self) -> None:
        """Drop the stored values of formulas that depend on what was written; ask for a calculation on load."""
        if self._changed:
            drop_values(self.package, dependents(self.package, self._changed))
            ask_for_full_calculation(self.package)
            self._changed.clear()
            self._blocks.clear()

    def forget_stale_values_except(self, fresh: Collection[tuple[str, int, int]]) -> None:
        """Do the same, but keep the values of the formulas (by sheet, row and column) that have been given theirs."""
        known = set(fresh)
        foreign = any(
            (title, row, column) not in known
            for title in self.package.sheet_titles
            for row, column in self.package.grid(title).formulas
        )
        # Looking for dependents takes a second in a template; nearly always all formulas are the template's own.
        stale = dependents(self.package, self._changed) - known if self._changed and foreign else set()
        if stale:
            drop_values(self.package, stale)
            ask_for_full_calculation(self.package)
        self._changed.clear()

    def has_formula(self, name: str) -> bool:
        """Tell whether any cell behind a name holds a formula."""
        return any(cell.formula is not None for row in read_area(self.package, self.area(name)) for cell in row)

    def save(self, path: Path | None = None) -> None:
        """Write the workbook, in place where no path is given, whole or not at all.

        Raises:
            FileProblem: where the file is open in a spreadsheet program or cannot be written.
        """
        target = path or self.package.path
        refuse_if_open(target)
        self.package.save(target)
