"""The edition for Excel 365 and 2024: a workbook that carries its formulas as LAMBDAs, without Python and macros.

The cells' texts stay as they are. A cell whose formula has no LAMBDA, or none for what stands in its arguments, holds
the value that it has.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from openpyxl.formula.tokenizer import Tokenizer

from pyfuncs.catalogue.call import read_arguments
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.lambdas import has_lambda, lambdas
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.block import CellBlock
from pyfuncs.cells.errors import CellError
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.expression import native
from workbooks.sheets.status import WITHOUT, listed
from workbooks.xlsx.additions import remove
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area, read_values
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.future import stored
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import define_formulas, hold_values, make_array, set_values
from workbooks.xlsx.sheets import WorkbookSheets

QUOTED = re.compile(r'"(?:[^"]|"")*"')
CALL = re.compile(r"(?<![\w.])NN_\w+(?=\()", re.IGNORECASE)
LONGER = re.compile(r"\.NN_\w+\(", re.IGNORECASE)
"""A formula under the longer name that LibreOffice before 25.2 saves it with."""
ASKED = "What works in this edition, which needs no Gradsheet?"
ANSWER = (
    "This workbook carries its formulas itself, as LAMBDAs: Excel 365 and 2024 calculate them, on Windows, on a Mac "
    "and in the browser. Change a weight or a setting, and everything follows. {held}#N/A says that a number needs "
    "Gradsheet, and so do the buttons: for these open the ordinary workbook, where Gradsheet is installed."
)
HELD = "{names} cannot be calculated without Python: their cells hold the numbers they had when the file was made. "


@dataclass(frozen=True)
class Equipped:
    """What a workbook carries now: the names of its LAMBDAs, and the formulas whose cells hold values instead."""

    names: tuple[str, ...]
    held: tuple[str, ...]
    cells: int
    """How many formulas were replaced by their values."""


@dataclass(frozen=True)
class FormulaCall:
    """A formula called in a cell's text, with the texts of its arguments."""

    formula: Formula
    arguments: tuple[str, ...]


def equip(package: Package) -> Equipped:
    """Let a workbook carry its formulas as LAMBDAs.

    Raises:
        FileProblem: for a workbook with macros, whose functions have the LAMBDAs' names, for one that calls none of
            the formulas, and for a cell that has no value to hold.
    """
    if package.path.suffix.lower() == ".xlsm":
        raise FileProblem(f"{package.path} holds macros that define the formulas; equip the .xlsx that it was made of.")
    used = {call.formula.name for text in package.defined_names().values() for call in calls(text)}
    held: set[str] = set()
    count = 0
    for sheet in package.sheet_titles:
        kept, without = [], []
        grid = package.grid(sheet)
        for place, formula in grid.formulas.items():
            if LONGER.search(QUOTED.sub("", formula.text)):
                cells = grid.formula_area(place).address
                raise FileProblem(
                    f"{cells} of {package.path} calls a formula by LibreOffice's longer name: "
                    "run gradsheet repair on the workbook, then equip it."
                )
            called = list(calls(formula.text))
            missing = {call.formula.name for call in called if not is_covered(package, sheet, call)}
            if missing:
                refuse_uncalculated(package, grid.formula_area(place))
                held |= missing
                without.append(place)
            elif called:
                used |= {call.formula.name for call in called}
                kept.append(place)
        hold_values(package, sheet, without)
        make_array(package, sheet, kept)
        count += len(without)
    if not used and not held:
        raise FileProblem(f"{package.path} calls no formula of Gradsheet's, so there is nothing to equip it with.")
    names = define_lambdas(package, used)
    remove(package, package.workbook_part, "calcChain")  # it lists formulas that may be gone; Excel makes it anew
    put_answer(package, sorted(held))
    return Equipped(names, tuple(sorted(held)), count)


def define_lambdas(package: Package, used: Collection[str]) -> tuple[str, ...]:
    """Define the LAMBDAs of formulas, and of those that they call; return the names."""
    taken = {name.lower() for _, name in package.defined_names()}
    texts = {name: stored(text, taken) for name, text in lambdas(used).items()}
    define_formulas(package, texts, {name: formulas()[name].summary for name in texts if name in formulas()})
    return tuple(texts)


def called_names(package: Package) -> set[str]:
    """Return the names of the formulas that a workbook's cells and names call."""
    texts = [formula.text for sheet in package.sheet_titles for formula in package.grid(sheet).formulas.values()]
    return {call.formula.name for text in (*texts, *package.defined_names().values()) for call in calls(text)}


def calls(text: str) -> Iterator[FormulaCall]:
    """Yield the calls of the catalogue's formulas in a text, also those within others."""
    hidden = QUOTED.sub(lambda match: "_" * len(match[0]), text)
    for match in CALL.finditer(hidden):
        formula = formulas().get(match[0].upper())
        if formula is not None:
            yield FormulaCall(formula, arguments_at(text, hidden, match.end() + 1))


def arguments_at(text: str, hidden: str, start: int) -> tuple[str, ...]:
    """Return the arguments behind an opening bracket; `hidden` is the text with nothing in its quotes."""
    found, depth, begin = [], 0, start
    for at in range(start, len(hidden)):
        mark = hidden[at]
        if mark in "({":
            depth += 1
        elif mark in ")}" and depth:
            depth -= 1
        elif mark in ")," and not depth:
            found.append(text[begin:at].strip())
            begin = at + 1
            if mark == ")":
                break
    return tuple(found)


def is_covered(package: Package, sheet: str, call: FormulaCall) -> bool:
    """Tell whether a call's LAMBDA gives its number, with what stands in its arguments now."""
    formula = call.formula
    if not has_lambda(formula):
        return False
    if formula.plain_covers is None:
        return True
    try:
        given = [value_of(package, sheet, text) for text in call.arguments]
        return formula.plain_covers(*read_arguments(formula, given))
    except (FileProblem, CellError):
        return False


def value_of(package: Package, sheet: str, argument: str) -> CellBlock:
    """Return what an argument's text stands for, None for one left out.

    Raises:
        FileProblem: for a reference that is none, a formula of Gradsheet's, or a function that is not known here.
    """
    if not argument:
        return None
    names = package.defined_names()
    text = ""
    cells: dict[str, Block] = {}
    for token in Tokenizer(f"={argument}").items:
        if token.subtype != token.RANGE:
            text += token.value
            continue
        area = Area.parse(names.get((sheet, token.value), names.get((None, token.value), token.value)), sheet)
        cells[f"cells_{len(cells)}"] = Block(area, as_values(read_values(package, area)))
        text += f"{{cells_{len(cells) - 1}}}"
    try:
        found: CellBlock = native(text, **cells).value().tolist()
    except (ValueError, LookupError, TypeError) as error:
        raise FileProblem(f"{argument} in {package.path} cannot be calculated here.") from error
    return found


def refuse_uncalculated(package: Package, area: Area) -> None:
    """Check that the cells of a formula have values to hold.

    Raises:
        FileProblem: naming the first that has none.
    """
    for i, row in enumerate(read_area(package, area)):
        for j, cell in enumerate(row):
            if not cell.has_value:
                raise FileProblem(
                    f"{area.cell_address(i, j)} of {package.path} needs Gradsheet and has no value stored: "
                    "open the workbook where Gradsheet is installed, let it calculate, and save it."
                )


def put_answer(package: Package, held: list[str]) -> None:
    """Let the sheet Start say what works in this edition, where it says what does without Gradsheet."""
    without = HELD.format(names=listed(held)) if held else ""
    sheets = WorkbookSheets(package)
    for sheet in sheets.titles:
        for row, cells in sheets.rows(sheet):
            for column, value in cells.items():
                if value == WITHOUT:
                    set_values(package, sheet, {(row, column): ASKED, (row + 1, column): ANSWER.format(held=without)})
                    return
