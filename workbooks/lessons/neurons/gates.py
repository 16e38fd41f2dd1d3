"""The sheet of the McCulloch-Pitts neuron: the gates as truth tables with thresholds to change."""

import itertools
from dataclasses import dataclass

import numpy as np

from workbooks.sheets.block import Block, Values
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.colours import on_and_off
from workbooks.sheets.expression import Operand, call, native

WHOLE = "0"


def cases(count: int) -> Values:
    """Return all rows of so many inputs, 0 and 1."""
    return np.array(list(itertools.product((0, 1), repeat=count)), dtype=float)


@dataclass(frozen=True)
class Gate:
    """A truth table with the neuron that gives it."""

    name: str
    wanted: tuple[int, ...]
    excites: bool
    threshold: float
    rule: str


GATES = (
    Gate("AND", (0, 0, 0, 1), True, 2, "Both must be on: threshold 2."),
    Gate("OR", (0, 1, 1, 1), True, 1, "One is enough: threshold 1."),
    Gate("NOT", (1, 0), False, 0, "Nothing is needed (0), but the input forbids."),
    Gate("NOR", (1, 0, 0, 0), False, 0, "Nothing is needed (0), either input forbids."),
)
MAJORITY = Gate("MAJORITY of 3", (0, 0, 0, 1, 0, 1, 1, 1), True, 2, "Two of three must be on: threshold 2.")
LEFT, RIGHT = 2, 14


def gates_page(book: Book) -> Block:
    """Add the sheet Gates; return how many of its rows are right, of how many, in one cell."""
    page = book.page("Gates")
    page.text(1, 2, "One neuron, one gate", Look("title"))
    page.text(
        2,
        2,
        "The neuron of McCulloch and Pitts (1943): add up the inputs that excite. Fire (1) if the sum reaches the "
        "threshold. A single active input that inhibits forbids it.",
        Look("line"),
    )
    page.text(
        3,
        2,
        "Column formula: NN_MCCULLOCH_PITTS. Change a threshold (the blue numbers) and see which rows go wrong.",
        Look("line"),
    )
    page.heights[1] = 32
    page.widths = {"A": 2.0} | dict.fromkeys("BCDEFGHIJKLMNOPQRSTUVW", 8.6) | {"B": 10.0, "L": 2.0, "M": 2.0, "N": 10.0}
    right = [
        gate(page, 6, LEFT, GATES[0]),
        gate(page, 6, RIGHT, GATES[1]),
        gate(page, 15, LEFT, GATES[2]),
        gate(page, 15, RIGHT, GATES[3]),
        nand(page, 24, LEFT),
        gate(page, 24, RIGHT, MAJORITY),
    ]
    rows = sum(block.values.shape[0] for block in right)
    page.text(4, 2, "rows right", Look("label"))
    total = native(
        "+".join(f"SUM({{r{i}}})" for i in range(len(right))),
        **{f"r{i}": block for i, block in enumerate(right)},
    )
    found = page.cell(4, 3, total, Look("output", WHOLE))
    page.text(4, 4, f"of {rows}", Look("words"))
    return found


def head(page: Page, top: int, left: int, name: str, rule: str, headers: list[str]) -> None:
    """Put a table's name, its rule and its headers."""
    page.text(top, left, name, Look("heading"))
    page.text(top, left + 3, rule, Look("line"))
    page.text(top + 2, left, [headers], Look("header"))
    page.heights |= {top + 2: 32}


def threshold(page: Page, row: int, column: int, value: float, label: str = "threshold") -> Block:
    """Put a threshold to change."""
    page.text(row, column, label, Look("label"))
    look = Look("input", "General", help="How many excitatory inputs must be on for the neuron to fire.")
    return page.input(row, column + 1, value, look)


def fires(page: Page, row: int, column: int, inputs: Block, theta: Block, *, excites: bool) -> Block:
    """Put a neuron's sum, whether it is forbidden, the answer by hand and by NN_MCCULLOCH_PITTS; return the last.

    The inputs (n×in) excite it, or else they inhibit it.
    """
    shape = (inputs.values.shape[0], 1)
    look = Look("forward", WHOLE)
    adds, forbids = ("SUM({x:row})", "0*MAX({x:row})") if excites else ("0*SUM({x:row})", "MAX({x:row})")
    total = page.each(row, column, shape, adds, look, x=inputs)
    forbidden = page.each(row, column + 1, shape, forbids, Look("gradient", WHOLE), x=inputs)
    page.each(row, column + 2, shape, "IF({f}=1,0,IF({s}>={t},1,0))", look, None, s=total, f=forbidden, t=theta)
    given: tuple[Operand, Operand] = (inputs, None) if excites else (native("0*{x}", x=inputs), inputs)
    answer = page.array(row, column + 3, shape, call("NN_MCCULLOCH_PITTS", *given, theta), look)
    on_and_off(page, answer)
    return answer


def compare(page: Page, row: int, column: int, answer: Block, wanted: tuple[int, ...]) -> Block:
    """Put what is wanted beside the answer, and whether they are the same."""
    shape = (len(wanted), 1)
    target = page.text(row, column, [[value] for value in wanted], Look("target", WHOLE))
    on_and_off(page, target)
    return page.each(
        row,
        column + 1,
        shape,
        "IF({a}={w},1,0)",
        Look("output", '"✓";;"✗"'),
        a=answer,
        w=target,
    )


def gate(page: Page, top: int, left: int, gate: Gate) -> Block:
    """Put a gate of one neuron; return which rows are right."""
    rows = cases(int(np.log2(len(gate.wanted))))
    names = [f"x{j + 1}" for j in range(rows.shape[1])]
    headers = [*names, "sum", "forbids", "by hand", "formula", "wanted", "right?"]
    head(page, top, left, gate.name, gate.rule, headers)
    theta = threshold(page, top + 1, left, gate.threshold)
    inputs = page.text(top + 3, left, rows, Look("inputs", WHOLE))
    on_and_off(page, inputs)
    answer = fires(page, top + 3, left + len(names), inputs, theta, excites=gate.excites)
    return compare(page, top + 3, left + len(names) + 4, answer, gate.wanted)


def nand(page: Page, top: int, left: int) -> Block:
    """Put NAND, which takes two neurons: an AND, and a NOT of it."""
    head(
        page,
        top,
        left,
        "NAND",
        "One neuron cannot (see XOR): an AND, then a NOT of it.",
        ["x1", "x2", "AND fires", "sum", "forbids", "by hand", "formula", "wanted", "right?"],
    )
    first = threshold(page, top + 1, left, 2, "AND needs")
    second = threshold(page, top + 1, left + 3, 0, "NOT needs")
    inputs = page.text(top + 3, left, cases(2), Look("inputs", WHOLE))
    on_and_off(page, inputs)
    both = page.array(
        top + 3, left + 2, (4, 1), call("NN_MCCULLOCH_PITTS", inputs, None, first), Look("forward", WHOLE)
    )
    on_and_off(page, both)
    answer = fires(page, top + 3, left + 3, both, second, excites=False)
    return compare(page, top + 3, left + 7, answer, (1, 1, 1, 0))
