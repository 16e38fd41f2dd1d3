"""The sheet Fill down: training in the spreadsheet's own functions, a row an epoch, which any program calculates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workbooks.sheets.block import Block, Values, as_values, below
from workbooks.sheets.book import Look, Page
from workbooks.sheets.charts import EPOCHS as EPOCH_FORMAT
from workbooks.sheets.charts import Axis, Curve, Frame, curve_chart
from workbooks.sheets.expression import Expression, Operand, native
from workbooks.xlsx.area import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Fill down"
EPOCHS = 40
LR_ROW, NAMES_ROW, TOP = 5, 7, 8
LOSS, LEFT = 2, 3
CHART = (11.0, 5.2)
LEAD = (
    "A row an epoch. The weights of a row are those of the row above minus lr times their gradient over all "
    "passengers, in formulas that every spreadsheet program has: no button, no add-in. Change lr: the curve follows."
)
MORE = (
    "To train on, mark the last row from its epoch to its last weight and drag the corner down: that is what the "
    "button Epoch does, with sgd, mse and all rows. The first row holds the first weights; any others may stand there."
)


def fill_down_page(page: Page, inputs: Block, target: Block, first: Values, names: Sequence[str], lr: float) -> Block:
    """Fill the sheet; `first` are the first weights, a row a unit. Return the mean losses, a row an epoch."""
    units, fan_in = first.shape
    lefts = [LEFT + unit * (fan_in + 1) for unit in range(units)]
    rate = head(page, lefts, names, lr)
    epoch = page.text(TOP, 1, 0, Look("body", "0"))
    look = Look("weights", "0.0000")
    weights = [
        page.input(TOP, left, first[unit : unit + 1], Look("input", "0.0000")) for unit, left in enumerate(lefts)
    ]
    losses = [put_loss(page, TOP, weights, inputs, target)]
    for row in range(TOP + 1, TOP + 1 + EPOCHS):
        epoch = page.cell(row, 1, native("{e}+1", e=moving(epoch)), Look("body", "0"))
        steps = [next_weights(weights, unit, inputs, target, rate) for unit in range(units)]
        weights = [page.array(row, left, (1, fan_in), step, look) for left, step in zip(lefts, steps, strict=True)]
        losses.append(put_loss(page, row, weights, inputs, target))
    curve = below(losses)
    page.decorations.append(lambda sheet: draw(sheet, page, curve, LEFT + fan_in + 1))
    return curve


def head(page: Page, lefts: Sequence[int], names: Sequence[str], lr: float) -> Block:
    """Put what stands over the rows, and return the cell of the learning rate."""
    first, last = column_letters(LEFT), column_letters(LEFT + len(names) - 1)
    page.text(1, LEFT, "Train without a button: fill down", Look("title"))
    page.text(2, LEFT, LEAD, Look("lead"))
    page.text(3, LEFT, MORE, Look("lead"))
    page.merged += [f"{first}2:{last}2", f"{first}3:{last}3"]
    page.heights |= {1: 30, 2: 48, 3: 48, 4: 6, LR_ROW + 1: 6, NAMES_ROW: 32}
    page.widths |= {"A": 8.0, "B": 11.0}
    page.text(LR_ROW, 1, "lr", Look("label"))
    page.text(NAMES_ROW, 1, [["epoch", "mean loss"]], Look("loss_header"))
    for unit, left in enumerate(lefts, 1):
        titles = [name if len(lefts) == 1 else f"{name} {unit}" for name in names]
        page.text(NAMES_ROW, left, [titles], Look("weights_header"))
        page.widths |= {column_letters(left + j): 9.4 for j in range(len(names))}
        page.widths[column_letters(left + len(names))] = 2.0
    page.frozen = f"{column_letters(LEFT)}{TOP}"
    look = Look("input", "General", minimum=0, help="The learning rate of this sheet alone.")
    return page.input(LR_ROW, LOSS, lr, look)


def moving(block: Block) -> Expression:
    """Return a row as formulas refer to it that are filled down."""
    return Expression(lambda sheet: block.row(sheet, 0), lambda: block.values)


def sums(unit: int) -> str:
    """Return the text of a unit's sums of all passengers, n×1."""
    return f"MMULT({{x}},TRANSPOSE({{w{unit}}}))"


def prediction(units: int) -> str:
    """Return the text of the predictions: the sum, or the sum of the ReLUs of several."""
    relus = [f"{sums(unit)}*({sums(unit)}>0)" for unit in range(units)]
    return "+".join(relus) if units > 1 else sums(0)


def operands(weights: Sequence[Block], inputs: Block, target: Block) -> dict[str, Operand]:
    """Return what the texts name."""
    return {"x": inputs, "y": target} | {f"w{unit}": moving(each) for unit, each in enumerate(weights)}


def next_weights(weights: Sequence[Block], unit: int, inputs: Block, target: Block, rate: Block) -> Expression:
    """Return a unit's weights after a step of gradient descent on the mean squared error."""
    errors = f"{prediction(len(weights))}-{{y}}"
    if len(weights) > 1:
        errors = f"({errors})*({sums(unit)}>0)"
    text = f"{{w{unit}}}-{{lr}}*2/ROWS({{y}})*MMULT(TRANSPOSE({errors}),{{x}})"
    return native(text, lr=rate, **operands(weights, inputs, target))


def put_loss(page: Page, row: int, weights: Sequence[Block], inputs: Block, target: Block) -> Block:
    """Put the mean squared error of a row's weights."""
    text = f"SUM(({prediction(len(weights))}-{{y}})^2)/ROWS({{y}})"
    return page.array(row, LOSS, (1, 1), native(text, **operands(weights, inputs, target)), Look("loss", "0.000000"))


def draw(sheet: Worksheet, page: Page, losses: Block, left: int) -> None:
    """Draw the loss beside what is said over the rows, where it stays in sight."""
    epochs = Block(page.area(TOP, 1, EPOCHS + 1, 1), as_values([[float(row)] for row in range(EPOCHS + 1)]))
    frame = Frame("Loss, epoch by epoch", f"{column_letters(left)}1", CHART, None)
    axes = (Axis("epoch", low=0, number_format=EPOCH_FORMAT), Axis("loss"))
    curve_chart(sheet, epochs, [Curve("mean loss", losses)], frame, axes)
