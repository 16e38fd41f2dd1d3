"""The formulas as Excel calls them: one xlwings function for each in the catalogue.

Off Windows xlwings leaves functions as they are, so this module can be imported everywhere.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

import xlwings as xw

from addin.excel.inside.values import READ, failure, rows_from_excel, to_excel
from pyfuncs.catalogue.arguments import Argument
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.declare import LONGEST_HELP, Formula
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError

CATEGORY = "Gradsheet"


def udf(formula: Formula) -> Callable[..., Any]:
    """Return a formula as an xlwings function with its help; an error comes back as a text, never as an exception."""

    def function(*arguments: Any) -> list[list[float | str]]:
        try:
            return to_excel(call(formula, [None if rows is None else rows_from_excel(rows) for rows in arguments]))
        except CellError as error:
            return failure(error)

    function.__name__ = function.__qualname__ = formula.name
    function.__doc__ = function_help(formula)
    function.__annotations__ = {}
    function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(
                argument.name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=None if may_be_missing else inspect.Parameter.empty,
            )
            for argument, may_be_missing in parameters(formula)
        ]
    )
    decorated: Callable[..., Any] = function
    for argument in formula.arguments:
        decorated = xw.arg(argument.name, doc=argument_help(argument), **READ)(decorated)
    # Last, because xw.arg puts the category back to its default.
    return xw.func(category=CATEGORY, volatile=False)(decorated)


def parameters(formula: Formula) -> Iterator[tuple[Argument, bool]]:
    """Yield each argument with whether VBA lets it be left out: from the first optional one on, as it must be there."""
    may_be_missing = False
    for argument in formula.arguments:
        may_be_missing = may_be_missing or argument.optional
        yield argument, may_be_missing


def function_help(formula: Formula) -> str:
    """Return a formula's help, with what it gives where there is room."""
    text = f"{formula.summary} Gives: {formula.returns}."
    return text if len(text) <= LONGEST_HELP else formula.summary


def argument_help(argument: Argument) -> str:
    """Return an argument's help, with its shape where there is room."""
    text = f"{'May be left out. ' if argument.optional else ''}{argument.help} ({argument.shape_text})"
    return text if len(text) <= LONGEST_HELP else str(argument.help)


def functions() -> dict[str, Callable[..., Any]]:
    """Return the xlwings function of every formula by its name."""
    return {name: udf(formula) for name, formula in formulas().items()}


# xlwings looks a function up by its name in this module.
globals().update(functions())
