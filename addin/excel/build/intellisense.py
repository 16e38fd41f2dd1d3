"""The sheet _IntelliSense_: help on every formula, for Excel's dialog and for the Excel-DNA IntelliSense add-in.

That add-in reads the last sheet of an open workbook where it has this name: a row a formula with its name, its help and
a help topic, then a pair of cells an argument with its name and its help.
"""

from addin.excel.inside.udfs import argument_help, function_help
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import formulas
from workbooks.sheets.book import Book

TITLE = "_IntelliSense_"
HEAD = ("FunctionInfo", 1.0)


def add_intellisense(book: Book) -> None:
    """Add the sheet behind all others."""
    rows = [list[object](HEAD), *(row(formula) for formula in formulas().values())]
    columns = max(len(cells) for cells in rows)
    book.page(TITLE).text(1, 1, [cells + [None] * (columns - len(cells)) for cells in rows])


def row(formula: Formula) -> list[object]:
    """Return a formula's row."""
    pairs = [text for argument in formula.arguments for text in (argument.name, argument_help(argument))]
    return [formula.name, function_help(formula), None, *pairs]
