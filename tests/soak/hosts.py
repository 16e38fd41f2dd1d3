"""Formulas in three hosts, on the same arguments: the plain call, xlwings' own CallUDF, and LibreOffice Calc."""

import math
import random
from collections.abc import Iterator
from typing import Any

from addin.calc.inside.values import ERROR_NUMBERS
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode
from workbooks.xlsx.area import Area

from ..hosts.calc.driver import Calc
from ..hosts.excel import pretend_com
from .formulas import bent_block
from .outcome import DONE, FAULT, REFUSED, Outcome

EACH = 10
"""Inputs for each formula in one attempt."""
LARGEST = 1e300
TYPED = {True: "=TRUE()", False: "=FALSE()"} | dict.fromkeys(ErrorCode, "=NA()")
Rows = list[list[Any]]
Arguments = list[Rows | None]


def three_hosts(calc: Calc, rng: random.Random) -> list[Outcome]:
    """Call every formula some times in the three hosts; each must give the same bits, or the same error."""
    inputs = [(formula, arguments_of(rng, formula)) for formula in formulas().values() for _ in range(EACH)]
    with pretend_com.windows() as modules:
        server, book = modules.server.XLPython(), pretend_com.ComBook()
        in_excel = [
            server.CallUDF("addin.excel.inside.udfs", formula.name, excel_arguments(formula, arguments), book)
            for formula, arguments in inputs
        ]
    plain = [plainly(formula, [as_excel_hands_over(block) for block in arguments]) for formula, arguments in inputs]
    expected = [plainly(formula, [as_calc_hands_over(block) for block in arguments]) for formula, arguments in inputs]
    in_calc = calc.run_inside("results", list(typed(inputs, expected)))
    return [
        compared(formula, arguments, *each)
        for (formula, arguments), *each in zip(inputs, plain, in_excel, expected, in_calc, strict=True)
    ]


def compared(
    formula: Formula, arguments: Arguments, plain: Rows | CellError, excel: Any, expected: Rows | CellError, calc: Rows
) -> Outcome:
    """Say whether a formula gave one thing in all hosts."""
    what = f"{formula.name} on {arguments!r}"
    wanted = [[f"{plain.code} {plain}"]] if isinstance(plain, CellError) else texts(plain)
    if repr(pretend_com.rows_of(excel)) != repr(wanted):
        return Outcome(FAULT, f"{what} gives {plain!r}, in Excel {excel!r}"[:600])
    if any(isinstance(cell, ErrorCode) for block in arguments for row in block or () for cell in row):
        # Calc hands no error over: it shows one itself.
        is_same = isinstance(calc[0][0], dict)
    else:
        is_same = calc == as_calc_shows([[expected.code]] if isinstance(expected, CellError) else expected)
    if not is_same:
        return Outcome(FAULT, f"{what} gives {expected!r}, in Calc {calc!r}"[:600])
    return Outcome(REFUSED if isinstance(plain, CellError) else DONE)


def plainly(formula: Formula, arguments: Arguments) -> Rows | CellError:
    """Return what the plain call gives, or the error."""
    try:
        return call(formula, arguments)
    except CellError as error:
        return error


def as_calc_shows(rows: Rows) -> Rows:
    """Return cells with errors as their numbers in Calc."""
    return [[{"error": ERROR_NUMBERS[cell]} if isinstance(cell, ErrorCode) else cell for cell in row] for row in rows]


def texts(rows: Rows) -> Rows:
    """Return cells with errors as their texts."""
    return [[str(cell) if isinstance(cell, ErrorCode) else cell for cell in row] for row in rows]


def arguments_of(rng: random.Random, formula: Formula) -> Arguments:
    """Return arguments as cells can hold them: half of them fit, the others are bent."""
    example = rng.choice(formula.examples)
    fits = rng.random() < 0.5
    count = rng.randrange(formula.fewest_arguments, len(formula.arguments) + 1)
    given: Arguments = []
    for argument, block in zip(formula.arguments[:count], [*example.arguments, *[None] * count], strict=False):
        is_left_out = argument.optional and (block is None or rng.random() < 0.1)
        bent = varied(rng, block) if fits and block is not None else bent_block(rng, block)
        given.append(None if is_left_out else in_cells(bent))
    return given


def varied(rng: random.Random, block: Any) -> Any:
    """Return an example's argument with other fractions."""
    if isinstance(block, list):
        return [varied(rng, cell) for cell in block]
    return block * rng.uniform(0.5, 1) if isinstance(block, float) and block % 1 else block


def in_cells(block: Any) -> Rows:
    """Return a block as rows of cells, numbers as a cell can hold them."""
    rows = block if isinstance(block, list) else [[block]]
    return [[in_cell(cell) for cell in (row if isinstance(row, list) else [row])] for row in rows]


def in_cell(cell: Any) -> Any:
    if isinstance(cell, bool | str) or cell is None:
        return cell
    return float(cell) if math.isfinite(cell) else LARGEST


def as_excel_hands_over(block: Rows | None) -> Rows | None:
    """Return a block as it reaches a function of xlwings': a text of no letters is a blank."""
    return block and [[None if cell == "" else cell for cell in row] for row in block]


def as_calc_hands_over(block: Rows | None) -> Rows | None:
    """Return a block as it reaches Calc's functions: the same, TRUE is 1, and a single blank 0."""
    rows = as_excel_hands_over(block)
    if rows == [[None]]:
        return [[0.0]]
    return rows and [[float(cell) if isinstance(cell, bool) else cell for cell in row] for row in rows]


def excel_arguments(formula: Formula, arguments: Arguments) -> list[Any]:
    """Return arguments as VBA hands them over: what is left out is marked, at the end too."""
    left_out = [None] * (len(formula.arguments) - len(arguments))
    return [pretend_com.com_range(block) for block in [*arguments, *left_out]]


def typed(inputs: list[tuple[Formula, Arguments]], expected: list[Rows | CellError]) -> Iterator[list[Any]]:
    """Yield each input as the agent types it: one below the other, the arguments side by side, then what is given."""
    left = 1 + max(sum(len(block[0]) for block in arguments if block) for _, arguments in inputs)
    top = 0
    for (formula, arguments), gives in zip(inputs, expected, strict=True):
        shape = (1, 1) if isinstance(gives, CellError) else (len(gives), len(gives[0]))
        cells, computed, references, column = [], [], [], 0
        for block in arguments:
            if block is None:
                references.append("")
                continue
            area = Area("", top + 1, column + 1, top + len(block), column + len(block[0]))
            references.append(area.cells)
            for i, row in enumerate(block):
                for j, cell in enumerate(row):
                    place = [top + i, column + j]
                    if isinstance(cell, bool | ErrorCode):
                        computed.append([place, TYPED[cell]])
                    else:
                        cells.append([place, "" if cell is None else cell])
            column += len(block[0])
        while references and not references[-1]:
            references.pop()
        yield [cells, computed, f"={formula.name}({';'.join(references)})", [top, left], shape]
        top += max([shape[0], *(len(block) for block in arguments if block)])
