"""What Messages says about a cell: its formula is evaluated once more in a copy, and so are the cells that it reads."""

from collections.abc import Callable, Iterator
from typing import Any

from addin.calc.inside.calls import calls
from addin.calc.inside.identifiers import FUNCTIONS
from addin.calc.inside.live_cells import area_of
from addin.calc.inside.scratch import FormulaCell, FormulaResult, evaluate_copy
from addin.calc.inside.values import ERROR_NUMBERS
from pyfuncs.catalogue.call import wrong_count
from pyfuncs.catalogue.registry import formulas

ERRORS = 4
DEEPEST = 20
NOT_AVAILABLE = 32767
NO_CELL = "Select a cell first."
NO_ERROR = "The selected cell shows no error."
SPELLED_OUT = f"{FUNCTIONS.upper()}."


def explain(document: Any, selection: Any, new: Callable[[str], Any]) -> str:
    """Return what is wrong with the first selected cell; `new` makes one of the office's services."""
    cell = first_cell(selection)
    if cell is None:
        return NO_CELL
    if not cell.getError():
        return larger_result(document, cell, new) or NO_ERROR
    place = name_of(cell)
    for _ in range(DEEPEST):
        found = problem(FormulaCell(document, cell), new)
        if found is not None:
            return found if name_of(cell) == place else f"{place} reads {name_of(cell)}, and there:\n{found}"
        source = next(erroneous_sources(document, cell), None)
        if source is None:
            break
        cell = source
    shown = f"{name_of(cell)} shows {cell.getString()}"
    if name_of(cell) != place:
        return f"{place} reads {name_of(cell)}, which holds an error of its own: {shown}. Mend that cell first."
    text = cell.FormulaLocal.replace(SPELLED_OUT, "")
    return f"{shown}, but no formula of Gradsheet's raised it: look at the formula {text}."


def first_cell(selection: Any) -> Any:
    """Return the first cell of a selection, None for a chart or another thing that is no cell."""
    if hasattr(selection, "getRangeAddresses") and selection.getCount():
        selection = selection.getByIndex(0)
    return selection.getCellByPosition(0, 0) if hasattr(selection, "getCellByPosition") else None


def problem(formula: FormulaCell, new: Callable[[str], Any]) -> str | None:
    """Return what is wrong with a formula that shows an error, None where nothing of Gradsheet's is."""
    found = [(formulas()[name], count) for name, count in calls(formula.document, formula.tokens())]
    wrong = [sentence for called, count in found if (sentence := wrong_count(called, count))]
    if wrong:
        return "\n".join(dict.fromkeys(wrong))
    if not found or formula.reads_other_files():
        return None
    evaluation = evaluate_copy(formula, new)
    if evaluation.raised:
        return raised_sentences(evaluation)
    if not evaluation.error:
        return f"{name_of(formula.cell)} shows an error that is gone when it is calculated anew: press Ctrl+Shift+F9."
    return array_too_large(formula, evaluation)


def raised_sentences(evaluation: FormulaResult) -> str:
    """Return the sentences of the errors that reached the cell; others may be caught by IFERROR and its like."""
    reached = [error for error in evaluation.raised if ERROR_NUMBERS[error.code] == evaluation.error]
    return "\n".join(dict.fromkeys(str(error) for error in reached or evaluation.raised))


def array_too_large(formula: FormulaCell, evaluation: FormulaResult) -> str | None:
    """Return why a cell of an array shows #N/A: the result does not reach it."""
    if evaluation.error != NOT_AVAILABLE or evaluation.shape is None:
        return None
    rows, columns = evaluation.shape
    filled_rows, filled_columns = formula.shape
    if rows >= filled_rows and columns >= filled_columns:
        return None
    return (
        f"The formula gives {rows}×{columns} cells, but fills {filled_rows}×{filled_columns}: the cells beyond its "
        f"result show #N/A. Delete the array and enter it in {block_text(formula, rows, columns)} alone."
    )


def larger_result(document: Any, cell: Any, new: Callable[[str], Any]) -> str | None:
    """Return how to show all of a result of which only a part has room, None where there is nothing to say."""
    formula = FormulaCell(document, cell)
    if not any(True for _ in calls(document, formula.tokens())) or formula.reads_other_files():
        return None
    shape = evaluate_copy(formula, new).shape
    if shape is None or (shape[0] <= formula.shape[0] and shape[1] <= formula.shape[1]):
        return None
    filled = "{}×{}".format(*formula.shape)
    return (
        f"{name_of(cell)} shows no error, but only {filled} of the {shape[0]}×{shape[1]} cells that its formula gives. "
        f"To see all, select {block_text(formula, *shape)}, press F2, then Ctrl+Shift+Enter (in the function wizard, "
        "tick Array)."
    )


def block_text(formula: FormulaCell, rows: int, columns: int) -> str:
    """Return the block of so many cells that begins where a formula's does: A1:B2."""
    return area_of(formula.block).part(0, 0, rows, columns).cells


def erroneous_sources(document: Any, cell: Any) -> Iterator[Any]:
    """Return the cells with errors that a cell's formula reads."""
    for block in FormulaCell(document, cell).sources():
        for found in block.queryFormulaCells(ERRORS).getRangeAddresses() if block is not None else ():
            yield document.Sheets[found.Sheet].getCellByPosition(found.StartColumn, found.StartRow)


def name_of(cell: Any) -> str:
    """Return a cell's place as people write it: Model.D20."""
    return str(cell.AbsoluteName).replace("$", "")
