"""sine.xlsx: Two hidden layers fit a sine wave: with ReLU they can, without they cannot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pyfuncs.cells.block import CellValue
from pyfuncs.training.model import Record
from workbooks.sheets.block import Block, NamedBlocks, as_values
from workbooks.sheets.book import Book, Look, Page, StoredCells
from workbooks.sheets.charts import COLOURS, Axis, Curve, Frame, curve_chart, history_chart
from workbooks.sheets.expression import Expression, native, reference
from workbooks.sheets.model_sheet import TOP, ModelSheet, mean_loss
from workbooks.sheets.questions import Question
from workbooks.sheets.reference import functions_page
from workbooks.sheets.rules import ZERO_AT_ZERO, losses_of
from workbooks.sheets.settings import TRAIN_LOSS, Setting, TrainingPage, common_settings
from workbooks.sheets.start import CARD_ROW, PICTURE_LEFT, PICTURE_ROW, Card, Start, start_page
from workbooks.sheets.step import Forward, LayerSpec
from workbooks.sheets.units import dead_units, first_weights, reset_is_due, unit_layer

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

POINTS = 64
MOST_UNITS = 8
UNITS = ("1", "2", "4", "6", "8")
CLICKS = 10
"""How many clicks on N epochs the sheet promises to be enough."""
EPOCHS_PER_CLICK = 20
GOOD = 0.001
BIAS_STREAM = 4
TITLE = "A network bends itself into a sine wave"
LEAD = (
    f"{POINTS} points lie on the curve sin x. A network of two hidden layers sees x and learns to give y. Each ReLU "
    "unit is a straight line with one bend, and the network can only add them up. Is that enough for a curve?"
)
STEPS = (
    f"Press ▶▶▶ N epochs (Ctrl+click in Calc): {EPOCHS_PER_CLICK} epochs. The orange line bends to the dots.",
    f"Go on: within {CLICKS} clicks the mean squared error falls below {GOOD}.",
    "Set activation to identity, press Reset, then train: it stays a straight line, with an error above 0.207.",
    "Back to relu, with 1, 2 or 4 units a layer, Reset, train: count the bends you get.",
    "In a terminal instead: gradsheet train sine.xlsx --epochs 200.",
)
NOTICE = (
    "The best straight line has a loss of 0.207. Layers without an activation are one line, however many.",
    f"More units can bend more often: after {CLICKS} clicks 2 are at 0.015, 8 at 0.0001. But training must find the "
    "bends: 4 are at 0.035.",
    "With tanh the curve is smooth; with relu, look closely and you see the corners.",
    "Outside -π to π nobody taught it anything: a ReLU network goes straight on there.",
    "Other seeds (sheet Training) give other bends, and now and then a dead start: Reset and try the next.",
)

COLLAPSE = Question(
    "Why does it stay a line without an activation?",
    "A linear layer multiplies and adds, and the next one does the same to that: x·W1·W2 is x times one matrix. "
    "However many layers, it is one line, at best with a loss of 0.207. The activation between them cannot be "
    "multiplied out.",
)
HOW_MANY = Question(
    "How many units does it take?",
    f"Measured after {CLICKS} clicks, as the workbook is built: with relu 2 units a layer are at 0.015, 4 at 0.035, 6 "
    "at 0.0008, 8 at 0.0001; with tanh 4 are at 0.0004. It takes enough units, and first weights from which training "
    "finds where to bend.",
)


def build(stored: StoredCells | None = None) -> Book:
    """Return the workbook, as new or with the values that its input cells hold by now."""
    book = Book("sine", TITLE, stored)
    start, page = book.page("Start"), book.page("Model")
    training = TrainingPage(book, settings_of())
    training.counters(0, 0)
    settings = training.settings
    settings |= choices(start)
    layer_switches(training)
    sheet = ModelSheet(page, settings, ["x"], layers(settings))
    head(page)
    x, y = points(sheet)
    rows = sheet.split_and_batch(x, y, number_format="0.000")
    forward = sheet.forward(rows, settings["activations"])
    gradients = sheet.gradients(forward)
    loss, batch_loss = put_metrics(page, forward)
    sheet.step(forward, gradients, batch_loss)
    page.frozen = f"B{TOP}"
    sheet.widen(forward.layers)
    history = training.history(Record(0, 0, loss.number if isinstance(loss.only, float) else 0.0, None, None, None))
    units_page(book, forward)
    functions_page(book)
    due = reset_is_due([layer.weight for layer in forward.layers])
    start.array(CARD_ROW + 1, PICTURE_LEFT + 3, (1, 1), due, Look("status"))
    start.merged.append(f"K{CARD_ROW + 1}:L{CARD_ROW + 1}")
    cards = [
        Card("mean squared error now", reference(loss), "0.00000"),
        Card("wanted", GOOD, "0.000"),
        Card("best straight line", best_line(rows.inputs, rows.target), "0.00000"),
        Card("epoch", reference(settings["epoch"]), "0"),
    ]

    def picture(sheet: Worksheet) -> None:
        curves = (Curve("sin x", rows.target, dots=True), Curve("network", forward.prediction, colour=COLOURS[1]))
        axes = (Axis("x", -4, 4, 1, number_format="0"), Axis("y", -1.5, 1.5, 0.5))
        curve_chart(sheet, rows.inputs, curves, Frame("The fit", f"H{PICTURE_ROW}", (8.7, 8.4)), axes)
        frame = Frame("Loss", f"K{PICTURE_ROW}", (5.7, 8.4))
        history_chart(sheet, history, {TRAIN_LOSS: None}, "mean squared error", frame)

    lost = ("the error and the fit on Start", "Model", "Units")
    dead = dead_units(settings["activation_1"], forward.passes[0].output, settings["units_1"])
    declared = Start(
        title=TITLE,
        lead=LEAD,
        steps=STEPS,
        notice=NOTICE,
        cards=cards,
        history=history,
        picture=picture,
        questions=(COLLAPSE, HOW_MANY),
        dead=dead,
        lost=lost,
    )
    start_page(start, declared)
    return book


def settings_of() -> tuple[Setting, ...]:
    """Return the settings of the Training sheet."""
    changes: dict[str, dict[str, Any]] = {
        "loss": {"help": "What is made small."},
        "optimizer": {"value": "adam"},
        "batch_size": {"value": 16, "help": f"Rows a step looks at, of {POINTS}."},
        "epochs_per_click": {"value": EPOCHS_PER_CLICK},
        "seed": {"value": 1},
        "valid_fraction": {"help": "Share of rows kept aside for checking. 0: none."},
        "task": {"value": "regression", "choices": ("regression",), "help": "What the target is: a number."},
    }
    common = common_settings(POINTS, losses_of("numbers"), 0.01)
    return tuple(replace(setting, **changes.get(setting.name, {})) for setting in common)


def choices(start: Page) -> NamedBlocks:
    """Put the drop-downs beside the picture."""
    found = NamedBlocks("The sheet Start")
    drop_downs: Iterable[tuple[str, CellValue, tuple[str, ...]]] = (
        ("activation_1", "relu", ZERO_AT_ZERO),
        ("units_1", 8, UNITS),
        ("units_2", 8, UNITS),
    )
    labels = ("activation", "units, layer 1", "units, layer 2")
    for j, ((name, value, words), label) in enumerate(zip(drop_downs, labels, strict=True)):
        start.text(CARD_ROW, PICTURE_LEFT + j, label, Look("card_label"))
        look = Look("card_input", "General", words, help="Choose, then press Reset and train.")
        found[name] = start.input(CARD_ROW + 1, PICTURE_LEFT + j, value, look, name)
    start.text(CARD_ROW, PICTURE_LEFT + 3, "Choose, then press Reset.", Look("note"))
    return found


def layer_switches(training: TrainingPage) -> None:
    """Put the activations of the later layers, which follow the one drop-down, and which layers train."""
    page, settings = training.page, training.settings

    def line(name: str, help_text: str) -> int:
        row = training.next_row
        page.text(row, 1, name, Look("label"))
        page.text(row, 3, help_text, Look("side_note"))
        training.next_row += 1
        return row

    row = line("activation_2", "As in layer 1: the drop-down on Start.")
    settings["activation_2"] = page.cell(
        row,
        2,
        reference(settings["activation_1"]),
        Look("calculation"),
        "activation_2",
        choices=settings["activation_1"].choices,
    )
    row = line("activation_3", "The last layer adds up, no more.")
    settings["activation_3"] = page.input(
        row, 2, "identity", Look("calculation", choices=("identity",)), "activation_3"
    )
    words = native('{a}&", "&{a}&", identity"', a=settings["activation_1"])
    settings["activations"] = page.cell(
        line("activations", "All three, as NN_LOSS takes them."), 2, words, Look("calculation")
    )
    for k in (1, 2, 3):
        row = line(f"trains_{k}", f"The weights and biases of layer {k} train.")
        settings[f"trains_{k}"] = page.input(row, 2, True, Look("input", choices=("TRUE", "FALSE")), f"trains_{k}")


def head(page: Page) -> None:
    """Put the sheet's title."""
    page.text(1, 2, "Two hidden layers, one step of training", Look("title"))
    page.heights |= {1: 34, 6: 20, 8: 20}
    page.text(2, 2, "Left to right: points, layers, loss, the gradient back. Yellow rows are the batch.", Look("line"))


def points(sheet: ModelSheet) -> tuple[Block, Block]:
    """Put the points on the curve, evenly from -π to π, and return the inputs and y."""
    page = sheet.page
    left = sheet.stage("raw", f"{POINTS} points on a curve", "x from -π to π, y = sin x", ["#", "x", "y"])
    numbers = page.text(TOP, left, [[i + 1] for i in range(POINTS)], Look("raw", "0"))

    text = f"-PI()+2*PI()*({{i}}-1)/{POINTS - 1}"
    x = page.each(TOP, left + 1, (POINTS, 1), text, Look("raw", "0.000"), i=numbers)
    y = page.each(TOP, left + 2, (POINTS, 1), "SIN({x})", Look("raw", "0.000"), x=x)
    left = sheet.stage("inputs", "Inputs", f"X {POINTS}×1", ["x"])
    inputs = page.each(TOP, left, (POINTS, 1), "{x}", Look("inputs", "0.000"), "inputs", x=x)
    page.define("feature_names", Block(page.area(TOP - 1, left, 1, 1), as_values("x")))
    return inputs, y


def layers(settings: NamedBlocks) -> list[LayerSpec]:
    """Return the two hidden layers, of which the first alone begins with biases, and the last one."""
    one, two = settings["units_1"], settings["units_2"]
    shapes: list[tuple[tuple[int, int], Block | int, Block | int]] = [
        ((1, MOST_UNITS), 1, one),
        ((MOST_UNITS, MOST_UNITS), one, two),
        ((MOST_UNITS, 1), two, 1),
    ]
    first_bias = first_weights(settings, (1, MOST_UNITS), 1, one, BIAS_STREAM)
    return [
        unit_layer(
            settings,
            k,
            shape[1],
            first_weights(settings, shape, rows, columns, k),
            first_bias if k == 1 else None,
        )
        for k, (shape, rows, columns) in enumerate(shapes, 1)
    ]


def put_metrics(page: Page, forward: Forward) -> tuple[Block, Block]:
    """Put the loss over the Model sheet, and return that of all training rows and that of the batch."""
    train = native('IF({split}="train",1,0)', split=forward.rows.split)
    found = []
    for column, label, mask in ((2, "mean loss", train), (3, "batch loss", forward.rows.in_batch)):
        page.text(3, column, label, Look("label"))
        found.append(page.array(4, column, (1, 1), mean_loss(forward, mask), Look("output", "0.000000")))
    return found[0], found[1]


def best_line(x: Block, y: Block) -> Expression:
    """Return the mean squared error of the straight line that fits best, by the share of variance it explains."""
    return native("(1-RSQ({y},{x}))*VARP({y})", x=x, y=y)


def units_page(book: Book, forward: Forward) -> None:
    """Put what each unit gives over x: the bent lines, and what the second layer adds up to the prediction."""
    page = book.page("Units")
    page.text(1, 1, "What each unit sees, and what it adds", Look("title"))
    page.heights[1] = 30
    note = (
        "Left: what the units of layer 1 give, lines with one bend each. Right: each unit of layer 2, times its weight."
    )
    page.text(2, 1, note, Look("line"))
    page.text(3, 1, "The right-hand lines and the last bias, added up, are the fit.", Look("line"))
    first, second, _ = forward.passes
    last_weight, last_bias = forward.layers[-1].parameters
    x, hidden = forward.rows.inputs, [f"unit {j + 1}" for j in range(MOST_UNITS)]
    top = 24
    page.text(top - 1, 1, [["x", *hidden]], Look("header"))
    page.text(top - 1, 3 + MOST_UNITS, [[*hidden, "last bias", "sum"]], Look("header"))
    look = Look("forward", "0.000")
    own_x = page.each(top, 1, (POINTS, 1), "{x}", Look("inputs", "0.000"), x=x)
    shape = (POINTS, MOST_UNITS)
    ones = page.array(top, 2, shape, native("{h}", h=first.output), look)
    product = native("{h}*TRANSPOSE({w})", h=second.output, w=last_weight.values)
    twos = page.array(top, 3 + MOST_UNITS, shape, product, look)
    left = 3 + 2 * MOST_UNITS
    bias = page.fill(top, left, (POINTS, 1), reference(last_bias.values), look)
    page.each(
        top,
        left + 1,
        (POINTS, 1),
        "SUM({h:row})+{b}",
        Look("output", "0.000"),
        h=twos,
        b=bias,
    )
    page.widths = {"A": 9.0} | dict.fromkeys("BCDEFGHI", 9.0) | {"J": 2.0} | dict.fromkeys("KLMNOPQRST", 9.0)

    def draw(sheet: Worksheet) -> None:
        for block, title, at in ((ones, "Layer 1: bent lines", "A5"), (twos, "Layer 2: what is added", "K5")):
            curves = [Curve(name, block.part(left=j, columns=1), colour=COLOURS[j]) for j, name in enumerate(hidden)]
            axes = (Axis("x", -4, 4, 1, number_format="0"), Axis("what it gives"))
            curve_chart(sheet, own_x, curves, Frame(title, at, (16, 8.8)), axes)

    page.decorations.append(draw)
