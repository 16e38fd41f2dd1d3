"""The sheet that answers why the step is proportional to the gradient: three kinds of steps from the same start."""

from collections.abc import Callable

import numpy as np
from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.charts import COLOURS, Axis, Curve, Frame, curve_chart
from workbooks.sheets.expression import Expression, native
from workbooks.sheets.style import STAGES, fill
from workbooks.xlsx.area import column_letters

SHEET = "Why the gradient"
BOTTOM, START = 3.0, 0.23
STEPS = 60
RATES = (0.05, 0.1, 0.3, 0.5, 0.9, 1.0, 1.1, 1.5)
LAST = 10
NEAR = 0.02
ARRIVES, HOPS, FLIES = "arrives", "never settles", "flies off"
TOP, TABLE, ALL = 7, 33, 8
WALKS = 11
"""The column where the walks over the learning rates begin."""
StepRule = Callable[[float, float], float]


def sign_step(w: float, lr: float) -> float:
    """Return w after a step of the length lr towards the bottom."""
    return w - lr * float(np.sign(w - BOTTOM))


def inverse_step(w: float, lr: float) -> float:
    """Return w after a step of lr over the slope."""
    return w if w == BOTTOM else w - lr / (2 * (w - BOTTOM))


KINDS: tuple[tuple[str, str, StepRule, float], ...] = (
    ("gradient: lr × slope", "{w}-{lr}*(2*({w}-{b:all}))", lambda w, lr: w - lr * (2 * (w - BOTTOM)), 0.3),
    ("sign: lr, whatever the slope", "{w}-{lr}*SIGN({w}-{b:all})", sign_step, 0.3),
    ("inverse: lr ÷ slope", "IF({w}={b:all},{w},{w}-{lr}/(2*({w}-{b:all})))", inverse_step, 0.3),
)


def why_page(book: Book) -> None:
    """Add the sheet."""
    page = book.page(SHEET)
    page.text(1, 1, "Why is the step proportional to the gradient?", Look("title"))
    lines = (
        "One number w, loss = (w - 3)², slope = 2·(w - 3). Far out the slope is large, near the bottom small. Three "
        "ways downhill:",
        "Gradient step: long far out, short near the bottom. It slows down by itself and arrives, if lr is below 1. "
        "Above 1 it jumps over the valley, higher up each time.",
        "Sign step: always as long. It comes near, then hops to and fro over the bottom for ever, up to lr away.",
        "Inverse step: the nearer, the longer. The closer it comes, the farther it is thrown. No lr helps.",
    )
    page.text(2, 1, [[line] for line in lines], Look("line"))
    page.heights |= {1: 32}
    last = WALKS + len(KINDS) * (len(RATES) + 1)
    page.widths = {column_letters(column): 11.0 for column in range(WALKS, last)}
    page.widths |= {"A": 25.0} | dict.fromkeys("BCDEFGHI", 12.1) | {"J": 2.0}
    page.text(TOP, 1, "Try: lr, and where w ends", Look("heading"))
    summary(page)


def summary(page: Page) -> None:
    """Put the three walks with a learning rate each to change, and below them every walk over the learning rates."""
    page.text(ALL, 1, [["", "lr", "start w", f"w after {STEPS}", "verdict"]], Look("header"))
    bottom = page.text(ALL + 4, 2, BOTTOM, Look("target", "General"))
    page.text(ALL + 4, 1, "bottom at w =", Look("label"))
    walks = []
    top = TABLE + 14
    page.text(top - 1, 1, [["step", *(name for name, *_ in KINDS)]], Look("header"))
    page.heights[top - 1] = 48
    page.text(top, 1, [[i] for i in range(STEPS + 1)], Look("raw", "0"))
    steps = Block(page.area(top, 1, STEPS + 1, 1), np.arange(STEPS + 1.0)[:, np.newaxis])
    for k, (name, text, step, lr) in enumerate(KINDS):
        page.text(ALL + 1 + k, 1, name, Look("label"))
        rate = page.input(ALL + 1 + k, 2, lr, Look("input", "General", minimum=0, help="How far a step goes."))
        start = page.input(ALL + 1 + k, 3, START, Look("input", "General", help="Where w begins."))
        walk = walked(page, top, 2 + k, text, step, rate, start, bottom)
        page.cell(ALL + 1 + k, 4, native("{w}", w=walk.part(top=STEPS)), Look("output", "0.000"))
        page.cell(ALL + 1 + k, 5, verdict(walk, start, bottom), Look("output_word"))
        walks.append(walk)
    grid(page, top, bottom)

    def draw(sheet: Worksheet) -> None:
        curves = [
            Curve(name.partition(":")[0], walk, colour=COLOURS[k])
            for k, ((name, *_), walk) in enumerate(zip(KINDS, walks, strict=True))
        ]
        axes = (Axis("step", 0, 60, 10, number_format="0"), Axis("w", -3, 9, number_format="0"))
        curve_chart(sheet, steps, curves, Frame("Where w is after each step", "K7", (9.6, 9.5)), axes)

    page.decorations.append(draw)


def walked(
    page: Page, top: int, column: int, text: str, step: StepRule, rate: Block, start: Block, bottom: Block
) -> Block:
    """Put w before the first step and after each one."""
    values = [start.number]
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            values.append(step(values[-1], rate.number))
    walk = Block(page.area(top, column, STEPS + 1, 1), np.array(values)[:, np.newaxis])
    look = Look("forward", "0.000")
    page.each(top, column, (1, 1), "{s:all}", look, s=start)
    page.each(
        top + 1,
        column,
        (STEPS, 1),
        text.replace("{lr}", "{lr:all}"),
        look,
        w=walk.part(rows=STEPS),
        lr=rate,
        b=bottom,
    )
    return walk


def verdict(walk: Block, start: Block, bottom: Block) -> Expression:
    """Return whether the last steps are at the bottom, farther out than the start, or between."""
    last = walk.part(top=STEPS + 1 - LAST)

    return native(
        f'IF(MAX(MAX({{w}})-{{b}},{{b}}-MIN({{w}}))<{NEAR},"{ARRIVES}",'
        f'IF(MAX(MAX({{w}})-{{b}},{{b}}-MIN({{w}}))>ABS({{s}}-{{b}})*(1+1E-9),"{FLIES}","{HOPS}"))',
        w=last,
        s=start,
        b=bottom,
    )


def grid(page: Page, top: int, bottom: Block) -> None:
    """Put the verdict for each kind of step and each learning rate, and the walks they come from."""
    row = ALL + 7
    page.text(row - 1, 1, "Where each one fails: every kind of step with every learning rate", Look("heading"))
    page.text(row, 1, [["lr", *RATES]], Look("header", "General"))
    rates = Block(page.area(row, 2, 1, len(RATES)), np.array([RATES]))
    page.text(row + 5, 1, f"From w = {START}; judged by the last {LAST} of {STEPS} steps.", Look("note"))
    begin = page.text(row + 4, 2, START, Look("target", "General"))
    page.text(row + 4, 1, "start w", Look("label"))
    for k, (name, text, step, _) in enumerate(KINDS):
        page.text(row + 1 + k, 1, name, Look("label"))
        left = WALKS + k * (len(RATES) + 1)
        page.text(top - 2, left, name, Look("heading"))
        page.text(top - 1, left, [[*RATES]], Look("header", "General"))
        for j in range(len(RATES)):
            walk = walked(page, top, left + j, text, step, rates.part(left=j, columns=1), begin, bottom)
            page.cell(row + 1 + k, 2 + j, verdict(walk, begin, bottom), Look("output_word"))
    area = f"B{row + 1}:{chr(ord('A') + len(RATES))}{row + len(KINDS)}"

    def colour(sheet: Worksheet) -> None:
        for word, stage in ((ARRIVES, "forward"), (HOPS, "weights"), (FLIES, "loss")):
            rule = FormulaRule(formula=[f'B{row + 1}="{word}"'], fill=fill(STAGES[stage][1]))
            sheet.conditional_formatting.add(area, rule)

    page.decorations.append(colour)
