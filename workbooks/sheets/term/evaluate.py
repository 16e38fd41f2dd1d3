"""What a formula is worth: its tree, evaluated over the values of the cells that it reads."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from pyfuncs.cells.errors import CellError
from workbooks.sheets.term.cells import Cells, as_cells, broken, mixed, numbers
from workbooks.sheets.term.functions import FUNCTIONS
from workbooks.sheets.term.tree import Constant, Operand, Term

Operands: TypeAlias = Mapping[str, Callable[[str | None], Cells]]
"""For each name in a formula's text, what gives its values for a part of it; for ROW(name), the rows' numbers."""


def evaluate(term: Term, operands: Operands) -> Cells:
    """Return what a formula is worth; a number that does not exist is NaN or infinite.

    Raises:
        CellError: for an error in a cell that the formula reads.
        ValueError: for a function that is not known here.

    """
    if isinstance(term, Constant):
        return term.cells
    if isinstance(term, Operand):
        return operands[term.name](term.part)
    if term.function in BRANCHING:
        return BRANCHING[term.function](term.arguments, operands)
    given = [None if argument is None else evaluate(argument, operands) for argument in term.arguments]
    function = FUNCTIONS.get(term.function)
    if function is None:
        raise ValueError(f"{term.function} is not among the functions that a workbook's formulas may use.")
    return np.asarray(function(*given))


def either(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return IF: one side alone where the condition is a single cell, else the two cell by cell."""
    condition = numbers(side(arguments[0], operands)) != 0
    yes, no = arguments[1], arguments[2] if len(arguments) > 2 else Constant(as_cells(False))
    if condition.size == 1:
        return side(yes if condition.flat[0] else no, operands)
    return mixed(condition, side(yes, operands), side(no, operands))


def side(term: Term | None, operands: Operands) -> Cells:
    """Return an argument's value, 0 where it is left out."""
    return np.zeros((1, 1, 1, 1)) if term is None else evaluate(term, operands)


def without_error(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return IFERROR: the second argument where the first is an error."""
    try:
        cells = side(arguments[0], operands)
    except CellError:
        return side(arguments[1], operands)
    errors = broken(cells)
    return mixed(errors, side(arguments[1], operands), cells) if errors.any() else cells


def is_error(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return ISERROR."""
    try:
        return broken(side(arguments[0], operands))
    except CellError:
        return as_cells(True)


def one_of(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return CHOOSE by a single number."""
    return side(arguments[int(numbers(side(arguments[0], operands)).flat[0])], operands)


def row_numbers(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return ROW of the formula's own cells, or of a block."""
    of = arguments[0].name if arguments and isinstance(arguments[0], Operand) else ""
    return operands[f"ROW({of})"](None)


def formula_texts(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return FORMULATEXT: the text of the formula in each cell of a block, None where Excel says #N/A."""
    of = arguments[0]
    if not isinstance(of, Operand):
        raise ValueError("FORMULATEXT and ISFORMULA are asked of a block.")
    return operands[f"FORMULATEXT({of.name})"](None)


def are_formulas(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return ISFORMULA."""
    return np.asarray(formula_texts(arguments, operands) != np.array(None))


BRANCHING: Mapping[str, Callable[[tuple["Term | None", ...], Operands], Cells]] = {
    "IF": either,
    "CHOOSE": one_of,
    "IFERROR": without_error,
    "ISERROR": is_error,
    "ROW": row_numbers,
    "FORMULATEXT": formula_texts,
    "ISFORMULA": are_formulas,
}
"""Those that do not look at all of their arguments, look at errors in them, or at cells instead of values."""
