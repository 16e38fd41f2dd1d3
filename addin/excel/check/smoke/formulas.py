"""Every example of every formula, called by a macro and typed into cells, against the plain call in Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from addin.excel.check.smoke.cells import difference
from addin.excel.check.smoke.report import Report
from addin.excel.inside.values import rows_of
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.training.named_cells import Rows
from workbooks.xlsx.area import Area

TOLERANCE = 1e-12
ARGUMENT_COLUMN, RESULT_COLUMN = 1, 40
SHEET = "gradsheet try"


@dataclass(frozen=True)
class Placed:
    """An argument: as a macro gets it, and as it stands in a formula."""

    given: Any
    text: str


def try_formulas(report: Report, book: Any, missing: Any) -> None:
    """Try all examples on a new sheet of an open workbook; `missing` stands for an argument that is left out."""
    sheet = book.sheets.add(SHEET)
    tried = 0
    same = 0
    for name, formula in formulas().items():
        for number, example in enumerate(formula.examples, 1):
            what = f"{name}, example {number}"
            with report.trying(what):
                sheet.clear()
                places = place(sheet, example.arguments, missing)
                wanted = expected(formula, example)
                results = {"Application.Run": run(book, name, places), "cell": cell(sheet, name, places, wanted)}
                for way, found in results.items():
                    tried += 1
                    apart = difference(found, wanted)
                    same += apart == 0.0
                    if apart > TOLERANCE:
                        report.check(False, f"{what}, {way}: {found} and not {wanted}")
    examples = sum(len(formula.examples) for formula in formulas().values())
    report.check(tried == 2 * examples, f"{tried} calls of {examples} examples were answered")
    report.note(f"{same} of {tried} gave the bits of the plain call")


def place(sheet: Any, arguments: Sequence[Any], missing: Any) -> list[Placed]:
    """Put the blocks among the arguments into cells, one below the other."""
    placed = []
    top = 1
    for argument in arguments:
        if argument is None:
            placed.append(Placed(missing, ""))
        elif isinstance(argument, bool):
            placed.append(Placed(argument, str(argument).upper()))
        elif isinstance(argument, int | float):
            placed.append(Placed(float(argument), repr(argument)))
        elif isinstance(argument, str) and not isinstance(argument, ErrorCode):
            placed.append(Placed(argument, '"{}"'.format(argument.replace('"', '""'))))
        else:
            block = argument if isinstance(argument, list) else [[argument]]
            area = filled(SHEET, top, ARGUMENT_COLUMN, block)
            placed.append(Placed(fill(sheet, area, block), area.cells))
            top += len(block) + 1
    while placed and placed[-1].given is missing:
        placed.pop()
    return placed


def filled(sheet: str, top: int, left: int, block: Sequence[Sequence[CellValue]]) -> Area:
    """Return the cells that a block fills from one cell on."""
    return Area(sheet, top, left, top + len(block) - 1, left + len(block[0]) - 1)


def fill(sheet: Any, area: Area, block: Sequence[Sequence[CellValue]]) -> Any:
    """Write a block into its cells, and return them as Excel has them; an error only comes about through a formula."""
    cells = sheet.range(area.cells)
    # Of xlwings' own `value` each takes some hundred questions.
    cells.raw_value = [[None if isinstance(cell, ErrorCode) else cell for cell in row] for row in block]
    for i, row in enumerate(block):
        for j, cell in enumerate(row):
            if isinstance(cell, ErrorCode):
                sheet.range(area.part(i, j, 1, 1).cells).formula = f"={cell}"
    return cells


def run(book: Any, name: str, places: Sequence[Placed]) -> Rows:
    """Call a formula as a macro does."""
    return rows_of(book.macro(name)(*(place.given for place in places)))


def cell(sheet: Any, name: str, places: Sequence[Placed], wanted: Rows) -> Rows:
    """Type a formula over as many cells as it fills, and return what they show."""
    cells = sheet.range(filled(SHEET, 1, RESULT_COLUMN, wanted).cells)
    cells.formula_array = f"={name}({','.join(place.text for place in places)})"
    return rows_of(cells.raw_value)


def expected(formula: Formula, example: Example) -> Rows:
    """Return what the plain call gives here and now."""
    try:
        return [list(row) for row in call(formula, example.arguments)]
    except CellError as error:
        return [[error.code]]
