"""The sheet Compare: all optimizers on one axis, in this epoch and over all epochs so far."""

from collections.abc import Sequence

import numpy as np
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.gradient_descent.optimizer_page import EPOCH_AXIS, LOSS_AXIS, STEP_AXIS, OptimizerPage
from workbooks.sheets.block import Block
from workbooks.sheets.book import Book, Look
from workbooks.sheets.charts import Curve, Frame, curve_chart

TOP = 28
COLOURS = ("1F4E79", "ED7D31", "2E9E4F", "8E44AD", "00A3C4", "C00000", "7F7F7F")
"""One for each optimizer, far apart from each other."""


def compare_page(book: Book, pages: Sequence[OptimizerPage]) -> tuple[Block, list[Curve], list[Curve]]:
    """Add the sheet; return the steps with the curves of this epoch, and those of all epochs."""
    page = book.page("Compare")
    page.text(1, 1, "All optimizers on one axis", Look("title"))
    lines = (
        "Left: the loss of all rows after each step of the epoch that comes next on each sheet. The loss goes in "
        "powers of ten.",
        "Right: all epochs so far. Press N epochs on a sheet, or train it in a terminal, and its line grows.",
    )
    page.text(2, 1, [[line] for line in lines], Look("line"))
    page.heights |= {1: 32, TOP - 1: 34}
    page.widths = dict.fromkeys("ABCDEFGHIJKLMNOP", 12.0)
    count = pages[0].count
    page.text(TOP - 1, 1, [["step", *(each.rule.sheet for each in pages)]], Look("header"))
    steps = page.text(TOP, 1, [[i] for i in range(count + 1)], Look("raw", "0"))
    curves, epochs = [], []
    for j, each in enumerate(pages):
        block = page.each(
            TOP,
            2 + j,
            (count + 1, 1),
            "{x}",
            Look("loss", "0.00E+00"),
            x=finite(each.mean_loss),
        )
        name, colour = each.rule.sheet, COLOURS[j]
        curves.append(Curve(name, block, colour=colour))
        history = each.history
        epochs.append(Curve(name, history.part(left=2, columns=1), dots=True, colour=colour, x=history.part(columns=1)))

    def draw(sheet: Worksheet) -> None:
        frame = Frame("This epoch, step by step", "A5", (15.8, 11))
        curve_chart(sheet, steps, curves, frame, (STEP_AXIS, LOSS_AXIS))
        curve_chart(sheet, steps, epochs, Frame("All epochs so far", "H5", (15.8, 11)), (EPOCH_AXIS, LOSS_AXIS))

    page.decorations.append(draw)
    return steps, curves, epochs


def finite(block: Block) -> Block:
    """Return a block of losses as numbers, those that have flown off as infinity, so that each stands for itself."""
    values = [[cell if isinstance(cell, float) else np.inf for cell in row] for row in block.values.tolist()]
    return Block(block.area, np.array(values), block.name, block.scope)
