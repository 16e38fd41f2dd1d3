"""The sheet By hand: ten weights to tune, each try kept and drawn beside gradient descent with as many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from workbooks.lessons.titanic.passengers import FEATURES
from workbooks.sheets.block import Block, as_values, below, beside
from workbooks.sheets.book import Look, Page
from workbooks.sheets.buttons import ButtonBar
from workbooks.sheets.charts import ORANGE, Axis, Curve, Frame, curve_chart
from workbooks.sheets.expression import Expression, call, cell_of, native
from workbooks.sheets.lesson_sheet import input_widths
from workbooks.sheets.start import Card, put_card, put_hints
from workbooks.xlsx.area import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "By hand"
TRIES = 50
HEADER, TRY, START = 4, 5, 6
LABELS, TEXT = 8, 11
LEFT, LOSS, STEPS_LEFT = 2, 2 + len(FEATURES), 4 + len(FEATURES)
CHART = (16.4, 8.0)
HIGHEST = 0.5
"""Of the losses in the chart."""
KEPT_HEADER = 19
KEPT = KEPT_HEADER + 1
LETTERS = 66
LEAD = (
    "Be the optimizer. Type weights into the blue-framed cells, look at the loss on their right, and press Keep: that "
    "was one try. Gradient descent begins at the same zeros and takes a step where you take a try."
)
HINTS = (
    "1. Make Ones 0.4, the share of those who survived, and press Keep. Then give Male a weight below 0.",
    "2. Change one weight at a time, and keep each try, better or worse.",
    f"3. After ten tries compare the two losses beside the buttons. The chart shows tries below {HIGHEST}.",
    "• The loss says how good all ten weights are together. It does not say which one to change, nor which way.",
    "• The gradient says that for all ten at once: one step of gradient descent is one look at the passengers, as one "
    "try of yours is.",
    "• Why can nobody tune 13,000 numbers by hand? Ten take an evening. To try each of 13,002 weights a bit up and a "
    "bit down is 26,004 tries for a single step; the backward pass finds the same in about two forward passes' time.",
    f"• There is room for {TRIES} tries. To begin again, clear the rows below the chart.",
)


def by_hand_page(page: Page, inputs: Block, target: Block) -> None:
    """Fill the sheet for the inputs, a row a passenger, and the target of the model."""
    page.text(1, 1, "By hand: tune ten weights, and race gradient descent", Look("title"))
    page.text(2, 1, LEAD, Look("lead"))
    page.merged.append(f"A2:{column_letters(STEPS_LEFT + 2)}2")
    page.heights |= {1: 30, 2: 34, 3: 4, LABELS: 16, LABELS + 1: 27, TEXT - 1: 6, LABELS - 1: 6, KEPT_HEADER: 32}
    page.widths = {"A": 12.3} | input_widths(FEATURES)
    page.widths |= {column_letters(LOSS): 11.0, column_letters(LOSS + 1): 2.0}
    page.widths |= {column_letters(STEPS_LEFT + i): 14.0 for i in range(3)}
    page.text(HEADER, 1, [["try", *FEATURES, "loss"]], Look("weights_header"))
    kept = kept_tries(page)
    numbers, losses = kept.part(columns=1), kept.part(left=LOSS - 1)
    number = page.cell(TRY, 1, native("MAX({n})+1", n=numbers), Look("output", "0"))
    weights = page.input(TRY, LEFT, np.zeros((1, len(FEATURES))), Look("input", "General"))
    loss = page.array(TRY, LOSS, (1, 1), mean_squared_error(inputs, target, weights), Look("output", "0.0000"))
    page.define("hand_try", beside([number, weights, loss]))
    page.text(START, 1, "both begin at", Look("label"))
    start = page.text(START, LEFT, np.zeros((1, len(FEATURES))), Look("weights", "0"))
    first_loss = page.array(START, LOSS, (1, 1), mean_squared_error(inputs, target, start), Look("loss", "0.0000"))
    lr = page.input(
        TRY, STEPS_LEFT + 1, 0.1, Look("input", "General", minimum=0, help="Of gradient descent."), "hand_lr"
    )
    page.text(TRY, STEPS_LEFT, "learning rate", Look("label"))
    steps, descent = gradient_descent(page, (inputs, target, start), lr, first_loss)
    cards(page, numbers, losses, descent)
    page.buttons = ButtonBar(page.area(LABELS + 1, STEPS_LEFT, 1, 2), note=(LABELS, STEPS_LEFT), only=("keep", "undo"))
    put_hints(page, TEXT, LOSS - 1, STEPS_LEFT + 2, HINTS, LETTERS)
    page.decorations.append(lambda sheet: draw(sheet, numbers, losses, steps, descent))


def kept_tries(page: Page) -> Block:
    """Put the rows that keep the tries: number, weights, loss."""
    page.text(KEPT_HEADER, 1, [["kept try", *FEATURES, "loss"]], Look("weights_header"))
    blank = as_values([[None] * LOSS] * TRIES)
    return page.input(KEPT, 1, blank, Look("body", "General"), "kept_hand_try")


def mean_squared_error(inputs: Block, target: Block, weights: Block) -> Expression:
    """Return the loss of the linear model with weights in a row, in the spreadsheet's own functions."""
    text = "SUMPRODUCT((MMULT({x},TRANSPOSE({w}))-{y})^2)/ROWS({y})"
    return native(text, x=inputs, w=weights, y=target)


def gradient_descent(
    page: Page, model: tuple[Block, Block, Block], lr: Block, first_loss: Block
) -> tuple[Block, Block]:
    """Put the loss after each step of gradient descent with all rows, from `model`: inputs, target, start."""
    inputs, target, start = model
    page.text(KEPT_HEADER, STEPS_LEFT, [["step", "gradient descent"]], Look("loss_header"))
    steps = page.text(KEPT, STEPS_LEFT, np.arange(TRIES + 1.0)[:, np.newaxis], Look("raw", "0"))
    begin = page.each(KEPT, STEPS_LEFT + 1, (1, 1), "{l}", Look("loss", "0.0000"), None, l=first_loss)
    first = native("TRANSPOSE({w})", w=start)
    run = call("NN_LOSS_CURVE", inputs, target, "mse", lr, TRIES, *[None] * 6, "identity", None, None, first)
    after = page.array(KEPT + 1, STEPS_LEFT + 1, (TRIES, 1), run, Look("loss", "0.0000"))
    return steps, below([begin, after])


def cards(page: Page, numbers: Block, losses: Block, descent: Block) -> None:
    """Put the large numbers: the tries, the best of them, gradient descent after as many steps."""
    tries = native("MAX({n})", n=numbers)
    best = native('IF(SUM({l})>0,MIN({l}),"none yet")', l=losses)
    put_card(page, LABELS, 1, Card("your tries", tries, "0"), (1, 3))
    put_card(page, LABELS, 4, Card("your best loss", best, "0.0000"), (1, 3))
    reached = cell_of(descent, native("{n}+1", n=page.cards["your tries"]))
    put_card(page, LABELS, 7, Card("gradient descent, as many steps", reached, "0.0000"), (1, 3))


def draw(sheet: Worksheet, numbers: Block, losses: Block, steps: Block, descent: Block) -> None:
    """Draw the tries as dots over the line of gradient descent."""
    curves = [
        Curve("gradient descent", descent, x=steps),
        Curve("your tries", losses, True, ORANGE, numbers, size=7),
    ]
    axes = (Axis("try, or step", 0, TRIES, 10, number_format="0"), Axis("loss", 0, HIGHEST, 0.1))
    curve_chart(sheet, steps, curves, Frame("Your tries and gradient descent", f"A{TEXT}", CHART), axes)
