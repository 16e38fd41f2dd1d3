"""Type formulas once more that the office has loaded from an .xlsx file without knowing their functions.

LibreOffice 7.4 looks add-in functions up under another name than the one in the file; it keeps such a name in small
letters, which tells those formulas from living ones. The values stored in the file hide it until the next calculation.
Newer offices know the names. Automatic calculation stays on meanwhile: switching it off leaves wrong numbers in arrays.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from addin.calc.inside.bracket import Bracket
from addin.calc.inside.undo import not_to_be_undone

ALL_RESULTS = 7
QUOTED = re.compile(r'"[^"]*"')
UNKNOWN = re.compile(r"(?<![\w.])nn_[a-z0-9_]+\s*\(")

Formulas: TypeAlias = tuple[tuple[str, ...], ...]
"""The formulas of a block of cells, row by row."""


def is_unknown(formula: str) -> bool:
    """Tell whether a formula, as the office shows it, names functions of ours that it does not know."""
    return "nn_" in formula and UNKNOWN.search(QUOTED.sub("", formula)) is not None


def reenter(document: Any) -> int:
    """Enter the formulas that the office does not know anew, and return how many there were."""
    unknown = areas_with(document, is_unknown)
    names = [name for _, name in scoped_names(document) if is_unknown(name.getContent())]
    if not unknown and not names:
        return 0

    def enter() -> int:
        for name in names:
            name.setContent(name.getContent())
        count = sum(reenter_area(sheet, area, formulas, is_unknown) for sheet, area, formulas in unknown)
        return count + len(names)

    return change_as_loaded(document, enter)


def change_as_loaded(document: Any, change: Callable[[], int]) -> int:
    """Change a document that was just loaded, and return how many changes there were; none can be undone.

    The document calculates then, and counts as unchanged if it did before.
    """
    was_modified = document.isModified()
    with not_to_be_undone(document), at_once(document), same_heights(document):
        count = change()
    document.calculateAll()
    if not was_modified:
        set_unmodified(document)
    return count


def set_unmodified(document: Any) -> None:
    """Let a document count as unchanged; its charts, drawn anew, are documents of their own."""
    for sheet in document.Sheets:
        for name in sheet.Charts.getElementNames():
            sheet.Charts.getByName(name).getEmbeddedObject().setModified(False)
    document.setModified(False)


def at_once(document: Any) -> Bracket:
    """Keep the screen and the calculation waiting for the end of several changes."""

    def begin() -> None:
        document.addActionLock()
        document.lockControllers()

    def end() -> None:
        document.unlockControllers()
        document.removeActionLock()

    return Bracket(begin, end)


def same_heights(document: Any) -> Bracket:
    """Keep all rows as high as they are: to fit their heights, the office calculates what stands in the same rows."""
    heights = "IsAdjustHeightEnabled"
    return Bracket(lambda: document.setPropertyValue(heights, False), lambda: document.setPropertyValue(heights, True))


def formula_areas(sheet: Any) -> Iterator[Any]:
    """Return the blocks of a sheet's formula cells."""
    for address in sheet.queryFormulaCells(ALL_RESULTS).getRangeAddresses():
        yield sheet.getCellRangeByPosition(address.StartColumn, address.StartRow, address.EndColumn, address.EndRow)


def areas_with(document: Any, is_meant: Callable[[str], bool]) -> list[tuple[Any, Any, Formulas]]:
    """Return the blocks of formula cells with a formula that is meant, each with its sheet and its formulas."""
    areas = [(sheet, area) for sheet in document.Sheets for area in formula_areas(sheet)]
    found = ((sheet, area, area.getFormulaArray()) for sheet, area in areas)
    return [each for each in found if any(is_meant(formula) for row in each[2] for formula in row)]


def scoped_names(document: Any) -> Iterator[tuple[int | None, Any]]:
    """Return the defined names: the document's with None, each sheet's own with its number."""
    for number, scope in ((None, document), *enumerate(document.Sheets)):
        for title in scope.NamedRanges.getElementNames():
            yield number, scope.NamedRanges.getByName(title)


def reenter_area(sheet: Any, area: Any, formulas: Formulas, is_meant: Callable[[str], bool]) -> int:
    """Enter the formulas of one block that are meant, and return how many there were; an array counts as one."""
    if all(is_meant(formula) and not formula.startswith("{") for row in formulas for formula in row):
        area.setFormulaArray(formulas)
        return len(formulas) * len(formulas[0])
    address = area.getRangeAddress()
    done: set[tuple[int, int]] = set()
    count = 0
    for i, row in enumerate(formulas):
        for j, formula in enumerate(row):
            if (i, j) in done or not is_meant(formula):
                continue
            count += 1
            cell = area.getCellByPosition(j, i)
            if not formula.startswith("{"):
                cell.setFormula(formula)
                continue
            array = array_around(sheet, cell)
            whole = array.getRangeAddress()
            done.update(
                (row_number - address.StartRow, column - address.StartColumn)
                for row_number in range(whole.StartRow, whole.EndRow + 1)
                for column in range(whole.StartColumn, whole.EndColumn + 1)
            )
            array.setArrayFormula(formula[1:-1])
    return count


def array_around(sheet: Any, cell: Any) -> Any:
    """Return all cells of the array formula that a cell belongs to."""
    cursor = sheet.createCursorByRange(cell)
    cursor.collapseToCurrentArray()
    return cursor
