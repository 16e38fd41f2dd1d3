"""Back-propagation in full: a net of 3 inputs, 4 hidden units and 1 output, every number of both passes in cells."""

from dataclasses import replace
from typing import Any

import numpy as np
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.training.model import Record
from workbooks.lessons.backprop.blame import TITLE as BLAME
from workbooks.lessons.backprop.blame import BlameSheet
from workbooks.lessons.backprop.net import ROWS, NetForward, NetSheet
from workbooks.sheets.block import Block
from workbooks.sheets.book import Book, Look, Page, StoredCells
from workbooks.sheets.charts import Frame, history_chart
from workbooks.sheets.expression import native, reference
from workbooks.sheets.links import link
from workbooks.sheets.questions import Question
from workbooks.sheets.reference import functions_page
from workbooks.sheets.rules import ELEMENTWISE, OUTPUT
from workbooks.sheets.settings import TRAIN_LOSS, Setting, TrainingPage, common_settings
from workbooks.sheets.start import PICTURE_LEFT, PICTURE_ROW, Card, Layout, Start, start_page
from workbooks.sheets.style import PALE_NEGATIVE, PALE_POSITIVE
from workbooks.sheets.units import dead_units

CLICKS = 10
"""How many clicks on N epochs the sheet promises to be enough."""
EPOCHS_PER_CLICK = 50
GOOD = 0.01
KEPT = (
    "lr",
    "schedule",
    "schedule_epochs",
    "schedule_gamma",
    "seed",
    "initializer",
    "loss",
    "epochs_per_click",
    "task",
)
"""Plain gradient descent on all rows needs no other settings."""
TITLE = "Back-propagation, number by number"
LEAD = (
    "Three inputs, four hidden units, one output that learns to be 1 where exactly one input is 1. The sheet Net shows "
    "the forward pass to the loss and the backward pass to the gradient, each block with its name and shape."
)
BLAMED = "Who is to blame: choose a weight, and see each of its paths to the loss, factor by factor."
STEPS = (
    "Open the sheet Net. Read the green row left to right, then the purple row right to left.",
    "Compare each purple block with the one under it: the numerical gradient, by finite differences.",
    BLAMED,
    "Press ▶ Step (Ctrl+click in Calc) and watch θ become θ - lr · gradient, on the right of Net.",
    f"Press ▶▶▶ N epochs: within {CLICKS} clicks the loss is below {GOOD} and all {ROWS} rows are right.",
    "In Net, overwrite one weight: what changes to its right, and what to its left?",
)
NOTICE = (
    "The backward pass uses the numbers of the forward pass: a1 and h1 must be kept until then.",
    "Where a1 is negative, ReLU gave 0, and no gradient comes back through it.",
    "A gradient has the shape of what it belongs to: W1 is 3×4, and so is dL/dW1.",
    "With activation_1 identity (sheet Training) at least one row stays wrong, however long you train.",
    "Rows are computed all at once; layers one after the other, in both passes.",
)
QUESTIONS = (
    Question(
        "Who is responsible for the loss?",
        "Every number on a way to it, and each gradient is that of the number after it times one more factor: dL/dp "
        "by the output, dL/da2 by the pre-activation, dL/dh1 by the activations, dL/dW1 and dL/db1 by the "
        "parameters. For one weight such as W111 the sheet Who is to blame shows all the ways.",
    ),
    Question(
        "Can layers be computed at once?",
        "Rows yes, layers no. No row needs another one, so all eight go through a layer in one matrix product. But h1 "
        "needs a1, a2 needs h1; and in the backward pass dL/dh1 needs dL/da2. Only dL/dW2 and dL/dh1, which both need "
        "nothing but dL/da2, can be computed side by side.",
    ),
    Question(
        "Why a backward pass at all, when the numerical gradient is the same?",
        "The numerical gradient of one weight takes two forward passes, so 21 numbers take 42. Back-propagation takes "
        "one forward pass and one backward pass for all of them, and for a million weights too.",
    ),
    Question(
        "What is θ?",
        "All weights and biases written one below the other: 12 + 4 + 4 + 1 = 21 numbers. The gradient is stacked in "
        "the same order, so that a step is one line: new θ = θ - lr · gradient.",
    ),
    Question(
        "What is f'?",
        "The slope of the activation. ReLU's is 1 where a1 is above 0, else 0; a sigmoid's is s · (1 - s), a quarter "
        "at most.",
    ),
)


def build(stored: StoredCells | None = None) -> Book:
    """Return the workbook, as new or with the values that its input cells hold by now."""
    book = Book("backprop", TITLE, stored)
    start, page, blame = map(book.page, ("Start", "Net", BLAME))
    training = TrainingPage(book, settings_of())
    training.counters(0, 0)
    net = NetSheet(page, training.settings).net()
    BlameSheet(blame, training.settings, net.forward, net.backward).fill()
    loss, accuracy = net.loss, net.accuracy
    record = Record(0, 0, 0.0, None, None, None)
    if isinstance(loss.only, float) and isinstance(accuracy.only, float):
        record = Record(0, 0, loss.only, None, accuracy.only, 1.0 - accuracy.only)
    history = training.history(record)
    functions_page(book)
    right = native("{a}*{n}", a=accuracy, n=float(ROWS))
    cards = [
        Card("loss now", reference(loss), "0.0000"),
        Card(f"rows right, of {ROWS}", right, "0"),
        Card("epoch", reference(training.settings["epoch"]), "0"),
        Card("numbers in θ", float(net.theta.values.shape[0]), "0"),
    ]
    table = truth_table(start, net.forward)

    def picture(sheet: Worksheet) -> None:
        frame = Frame("Loss, epoch by epoch", f"H{PICTURE_ROW}", (7.1, 8.4))
        history_chart(sheet, history, {TRAIN_LOSS: None}, "loss", frame)
        scale = ColorScaleRule("num", 0, PALE_NEGATIVE, "num", 0.5, "FFFFFF", "num", 1, PALE_POSITIVE)
        sheet.conditional_formatting.add(table.area.cells, scale)

    dead = dead_units(training.settings["activation_1"], net.forward.h1)
    declared = Start(
        title=TITLE,
        lead=LEAD,
        steps=STEPS,
        notice=NOTICE,
        cards=cards,
        history=history,
        picture=picture,
        questions=QUESTIONS,
        dead=dead,
        lost=("the cards and the truth table on Start", "Net", BLAME),
        layout=Layout(right=(7.8,) * 10, span=2),
    )
    start_page(start, declared)
    link(start, BLAMED, BLAME)
    return book


def settings_of() -> tuple[Setting, ...]:
    """Return the settings of the Training sheet."""
    own = (
        Setting("activation_1", "relu", "f, of the hidden layer.", ELEMENTWISE),
        Setting("activation_2", "sigmoid", "The output's: sigmoid keeps it between 0 and 1.", OUTPUT),
    )
    changes: dict[str, dict[str, Any]] = {
        "loss": {"help": "What is made small: the mean of the squared errors.", "choices": ("mse",)},
        "epochs_per_click": {"value": EPOCHS_PER_CLICK},
        "seed": {"value": 5},
    }
    common = {setting.name: setting for setting in common_settings(ROWS, ("mse",), 1.0)}
    return (*own, *(replace(common[name], **changes.get(name, {})) for name in KEPT))


def truth_table(start: Page, net: NetForward) -> Block:
    """Put the eight rows with what is wanted and what the net says beside the loss, and return the two columns."""
    top, left = PICTURE_ROW + 2, PICTURE_LEFT + 5
    start.text(top - 1, left, [["x1", "x2", "x3", "wanted", "net"]], Look("header"))
    note = "Blue is 1, orange is 0, white undecided."
    start.text(top + ROWS, left, note, Look("note"))
    look = Look("centred", "0")
    for i in range(ROWS):
        x = net.inputs.part(top=i, rows=1)
        start.array(top + i, left, (1, 3), reference(x), look)
        start.cell(top + i, left + 3, reference(net.target.part(top=i, rows=1)), Look("centred", "0"))
        start.cell(top + i, left + 4, reference(net.prediction.part(top=i, rows=1)), Look("fitted", "0.00"))
    area = start.area(top, left + 3, ROWS, 2)
    return Block(area, np.hstack([net.target.values, net.prediction.values]))
