"""The Functions sheet: the catalogue's formulas that this workbook uses, with what each does, takes and gives.

It lists no others, so that a formula added to the catalogue changes no workbook that does without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import FAMILIES
from workbooks.sheets.book import Book, Look, Page

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

FUNCTIONS = "Functions"
HEADERS = ["Formula", "What it does", "Arguments", "Gives"]
LEAD = "The formulas that this workbook uses. Square brackets mark what may be left out."
ALL = (
    "All formulas: the function wizard of Calc (category Add-in) and of Excel (category Gradsheet), the command "
    "gradsheet functions, and docs/functions.md in Gradsheet's folder."
)
CALLED = re.compile(r"\bNN_\w+(?=\()")
LONGEST_LIST = 8
"""Of arguments; those of formulas that take any number of layers end in an ellipsis."""


def functions_page(book: Book) -> None:
    """Add the sheet; what it lists is put once all sheets hold their formulas."""
    page = book.page(FUNCTIONS)
    page.completions.append(lambda: list_formulas(page))


def list_formulas(page: Page) -> None:
    """Put a line for each formula that the workbook uses, under the title of its family."""
    page.text(1, 1, FUNCTIONS, Look("title"))
    page.text(2, 1, LEAD, Look("line"))
    page.text(3, 1, ALL, Look("note"))
    page.heights[1] = 30
    row = 5
    page.text(row, 1, [HEADERS], Look("header"))
    page.frozen = f"A{row + 1}"
    page.widths = {"A": 42, "B": 52, "C": 72, "D": 24}
    names = set(called_formulas(page.book))
    for family in FAMILIES:
        used = [formula for formula in family.FORMULAS if formula.name in names]
        if used:
            row += 1
            page.text(row, 1, [[family.TITLE, None, None, None]], Look("heading"))
        for formula in used:
            row += 1
            put_formula(page, row, formula)
    page.decorations.append(wrap_signatures)


def called_formulas(book: Book) -> Iterator[str]:
    """Yield the names of the catalogue's formulas that cells of a workbook call."""
    for page in book.pages:
        for formula in page.formulas:
            for text in np.asarray(formula.texts, dtype=object).flat:
                yield from CALLED.findall(text)


def put_formula(page: Page, row: int, formula: Formula) -> None:
    """Put what a formula does, takes and gives into a row."""
    shown = formula.arguments[:LONGEST_LIST]
    arguments = "\n".join(f"{argument.name} ({argument.shape_text}): {argument.help}" for argument in shown)
    signature = formula.signature
    if len(formula.arguments) > LONGEST_LIST:
        arguments += "\n… and so on, up to " + formula.arguments[-1].name
        signature = short(signature)
    page.text(row, 1, signature, Look("label"))
    page.text(row, 2, [[formula.summary, arguments, formula.returns]], Look("wrapped"))
    lines = sum(1 + len(line) // 88 for line in arguments.split("\n"))
    page.heights[row] = 15.5 * max(lines, 1 + len(formula.summary) // 56, 1 + len(formula.signature[:120]) // 34)


def short(signature: str) -> str:
    """Return a long signature with its middle left out."""
    head, _, _ = signature.partition(", weight_1")
    return f"{head}, weight_1, [bias_1], …)"


def wrap_signatures(sheet: Worksheet) -> None:
    """Let the first column break its lines."""
    from openpyxl.styles import Alignment

    for (cell,) in sheet.iter_rows(min_row=6, max_col=1):
        cell.alignment = Alignment(wrap_text=True, vertical="top")
