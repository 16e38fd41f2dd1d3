"""The sentence behind a cell's error: its formula is evaluated once more, and so are the cells that it reads."""

from collections.abc import Iterator
from typing import Any

from addin.calc import messages
from addin.calc.reentry import array_around, at_once
from addin.calc.undo import not_to_be_undone
from addin.calc.values import ERRORS_OF_NUMBERS

ERRORS = 4
DEEPEST = 20


def explain(document: Any, selection: Any) -> str | None:
    """Return why the first selected cell shows an error, None where it shows none."""
    if not hasattr(selection, "getCellByPosition"):
        return None
    cell = selection.getCellByPosition(0, 0)
    place = name_of(cell)
    for _ in range(DEEPEST):
        if not cell.getError():
            return None
        sentences = evaluate(document, cell)
        if sentences:
            found = "\n".join(dict.fromkeys(sentences))
            return found if name_of(cell) == place else f"{place} reads {name_of(cell)}, and there:\n{found}"
        source = next(erroneous_sources(document, cell), None)
        if source is None:
            break
        cell = source
    shown = f"{name_of(cell)} shows {error_text(cell)}"
    if name_of(cell) != place:
        return f"{place} reads {name_of(cell)}, which holds an error of its own: {shown}. Mend that cell first."
    return f"{shown}, but no formula of Gradsheet's raised it: look at the formula {cell.getFormula()}."


def evaluate(document: Any, cell: Any) -> list[str]:
    """Enter a cell's formula anew, which leaves no trace in the document, and return what was raised."""
    was_modified = document.isModified()
    formula = cell.getArrayFormula() or cell.getFormula()
    with messages.listening() as heard:
        with not_to_be_undone(document), at_once(document):
            if formula.startswith("{"):
                array_around(cell.getSpreadsheet(), cell).setArrayFormula(formula[1:-1])
            elif formula.startswith("="):
                cell.setFormula(formula)
        cell.getError()
    if not was_modified:
        document.setModified(False)
    return heard


def erroneous_sources(document: Any, cell: Any) -> Iterator[Any]:
    """Return the cells with errors that a cell's formula reads."""
    for area in cell.queryPrecedents(False).getRangeAddresses():
        sheet = document.Sheets[area.Sheet]
        block = sheet.getCellRangeByPosition(area.StartColumn, area.StartRow, area.EndColumn, area.EndRow)
        for found in block.queryFormulaCells(ERRORS).getRangeAddresses():
            yield sheet.getCellByPosition(found.StartColumn, found.StartRow)


def name_of(cell: Any) -> str:
    """Return a cell's place as people write it: Model.D20."""
    return str(cell.AbsoluteName).replace("$", "")


def error_text(cell: Any) -> str:
    """Return the error as the cell shows it."""
    number = cell.getError()
    return str(ERRORS_OF_NUMBERS.get(number, f"Err:{number}"))
