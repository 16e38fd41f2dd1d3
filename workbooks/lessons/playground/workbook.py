"""A playground: four patterns of points, a network of one to three hidden layers, and the plane as it sees it."""

from dataclasses import dataclass, replace
from typing import Any

from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.training.model import Record
from workbooks.lessons.playground.points import COUNT, DATASETS, FEATURES, PART, features, put_points
from workbooks.lessons.playground.start import (
    LAYOUT,
    StartInput,
    draw,
    plane_points,
    put_inputs,
    put_plane,
    put_reset_notice,
)
from workbooks.sheets.block import Block, NamedBlocks, as_values
from workbooks.sheets.book import Book, Look, Page, StoredCells
from workbooks.sheets.expression import Expression, Operand, call, native, reference
from workbooks.sheets.model_sheet import TOP, ModelSheet, mean_loss
from workbooks.sheets.reference import functions_page
from workbooks.sheets.rules import ONE_OUTPUT, ZERO_AT_ZERO
from workbooks.sheets.settings import Setting, TrainingPage, common_settings
from workbooks.sheets.start import Card, Start, start_page
from workbooks.sheets.step import Forward, LayerSpec
from workbooks.sheets.units import dead_units, down, first_weights, reset_is_due, right, unit_layer

MOST_UNITS = 8
HIDDEN = 3
LAYERS = HIDDEN + 1
CLICKS = 10
"""How many clicks on N epochs the sheet promises to be enough for the spiral."""
GOOD = 0.05
TITLE = "Playground: which side is which?"
LEAD = (
    "Each point is blue (class 1) or orange (class 0). The network sees the features you switch on and colours the "
    "whole plane with what it would say there. It learns from the dark points; the pale ones test it."
)
STEPS = (
    "Press ▶▶▶ N epochs (Ctrl+click in Calc) until the colours fit the points.",
    "Set activation to identity, Reset, train: only a straight border is left. Then add x1² and x2²: now it works.",
    "Set dataset to XOR, activation to tanh. Reset after every change of layers, units or activation.",
    f"The spiral: dataset spiral, sin x1 and sin x2 TRUE, 2 layers of 8 tanh units, Reset: error under 5 % in {CLICKS} "
    "clicks.",
    "XOR with noise 1.5: which loss falls, which rises? Then regularisation 0.01.",
)
NOTICE = (
    "A good feature saves a layer: x1² and x2² make the circle easy, x1·x2 the XOR.",
    "Without an activation, layers add nothing: many linear layers are one.",
    "The border is sharp only where points are; elsewhere the network guesses.",
    "Trained, with the test loss far above the train loss: it learned the noise too. That is overfitting.",
    "Each unit of layer 1 adds one border line: a circle needs three, one layer of 1 unit fails.",
)


def build(stored: StoredCells | None = None) -> Book:
    """Return the workbook, as new or with the values that its input cells hold by now."""
    book = Book("playground", TITLE, stored)
    start, page = book.page("Start"), book.page("Model")
    own = put_inputs(start, inputs())
    training = TrainingPage(book, settings_of(own))
    settings = training.settings
    settings |= own
    training.counters(0, 0)
    layer_switches(training)
    titles = [each.title for each in FEATURES]
    sheet = ModelSheet(page, settings, titles, layers(settings))
    head(page)
    points = put_points(sheet)
    left = sheet.stage("inputs", "Features", f"X {COUNT}×{len(FEATURES)}", titles)
    x = page.define("inputs", features(page, TOP, left, points.x1, points.x2, settings))
    page.define("feature_names", Block(page.area(TOP - 1, left, 1, len(FEATURES)), as_values(titles)))
    rows = sheet.split_and_batch(x, points.classes, native("{part}", part=points.parts))
    forward = sheet.forward(rows, settings["activations"])
    gradients = sheet.gradients(forward)
    metrics = put_metrics(page, forward)
    sheet.step(forward, gradients, metrics.batch_loss)
    page.frozen = f"B{TOP}"
    sheet.widen(forward.layers)
    history = training.history(first_record(metrics))
    predictions = plane_page(book, forward, settings)
    functions_page(book)
    put_plane(start, predictions)
    put_reset_notice(start, len(own), reset_is_due([layer.weight for layer in forward.layers]))
    cards = [
        Card("train loss", reference(metrics.train_loss)),
        Card("test loss", reference(metrics.test_loss)),
        Card("test error", reference(metrics.test_error), "0.0%"),
        Card("epoch", reference(settings["epoch"]), "0"),
    ]

    def picture(sheet: Worksheet) -> None:
        draw(sheet, points.x1, points.x2, PART, history, len(own))

    declared = Start(
        title=TITLE,
        lead=LEAD,
        steps=STEPS,
        notice=NOTICE,
        cards=cards,
        history=history,
        dead=dead_units(settings["activation_1"], forward.passes[0].output, settings["units"]),
        picture=picture,
        lost=("the losses and the plane on Start", "Model", "Plane"),
        layout=LAYOUT,
    )
    start_page(start, declared)
    return book


def inputs() -> list[StartInput]:
    """Return what people choose on the Start sheet."""
    yes_no = ("TRUE", "FALSE")
    reset = "Choose, then press Reset."
    return [
        StartInput("dataset", "dataset", "circle", DATASETS, help="The pattern of the points."),
        StartInput("noise", "noise", 0.1, (), 0, 5, "How far points stray from the pattern."),
        StartInput("data_seed", "points' seed", 1, help="Another whole number gives other points of the same pattern."),
        *(StartInput(each.switch, each.title, each.on, yes_no, help="TRUE: the network sees it.") for each in FEATURES),
        StartInput("layers", "hidden layers", 2, ("1", "2", "3"), help=reset),
        StartInput("units", "units a layer", 8, ("1", "2", "3", "4", "6", "8"), help=reset),
        StartInput("activation_1", "activation", "tanh", ZERO_AT_ZERO, help=reset),
        StartInput("lr", "learning rate", 0.01, (), 0, help="How far a step goes."),
        StartInput("weight_decay", "regularisation", 0, (), 0, help="L2: pulls all weights towards 0."),
    ]


def settings_of(own: NamedBlocks) -> tuple[Setting, ...]:
    """Return the settings of the Training sheet, without those that stand on Start."""
    changes: dict[str, dict[str, Any]] = {
        "loss": {"value": "bce", "help": "What is made small."},
        "optimizer": {"value": "adam"},
        "batch_size": {"value": 10, "help": f"Rows a step looks at, of {2 * PART} for training."},
        "initializer": {"value": "xavier"},
    }
    common = common_settings(COUNT, ONE_OUTPUT, 0.01)
    return tuple(
        replace(setting, **changes.get(setting.name, {}))
        for setting in common
        if setting.name not in (*own, "valid_fraction", "split_seed")
    )


def layer_switches(training: TrainingPage) -> None:
    """Put each layer's activation and whether it trains, as the number of layers says."""
    page, settings = training.page, training.settings
    depth, chosen = settings["layers"], settings["activation_1"]

    def line(name: str, help_text: str) -> int:
        row = training.next_row
        page.text(row, 1, name, Look("label"))
        page.text(row, 3, help_text, Look("side_note"))
        training.next_row += 1
        return row

    for k in range(2, LAYERS):
        row = line(f"activation_{k}", f"As in layer 1 where there are {k} layers or more; else nothing happens here.")
        formula = native(
            f'IF({{n}}>={k},{{a}},"identity")',
            n=depth,
            a=chosen,
        )
        settings[f"activation_{k}"] = page.cell(
            row, 2, formula, Look("calculation"), f"activation_{k}", choices=ZERO_AT_ZERO
        )
    row = line(f"activation_{LAYERS}", "The last layer says how probable class 1 is.")
    settings[f"activation_{LAYERS}"] = page.input(
        row, 2, "sigmoid", Look("calculation", choices=("sigmoid",)), f"activation_{LAYERS}"
    )
    text = '{a}&", "&{b}&", "&{c}&", sigmoid"'
    words = native(
        text,
        **{letter: settings[f"activation_{k}"] for letter, k in zip("abc", range(1, LAYERS), strict=True)},
    )
    page.widths["B"] = 28
    row = line("activations", "All four, as NN_FORWARD takes them.")
    settings["activations"] = page.cell(row, 2, words, Look("calculation"))
    for k in range(1, LAYERS + 1):
        row = line(f"trains_{k}", f"The weights and biases of layer {k} train.")
        if k in (1, LAYERS):
            look = Look("input", choices=("TRUE", "FALSE"))
            settings[f"trains_{k}"] = page.input(row, 2, True, look, f"trains_{k}")
        else:
            formula = native(f"{{n}}>={k}", n=depth)
            settings[f"trains_{k}"] = page.cell(row, 2, formula, Look("calculation"), f"trains_{k}")


def head(page: Page) -> None:
    """Put the sheet's title."""
    page.text(1, 2, "Points, features, network: one step of training", Look("title"))
    page.heights |= {1: 34, 6: 20, 8: 20}
    page.text(2, 2, "Left to right: points, features, layers, loss, gradient back. Yellow: the batch.", Look("line"))


def layers(settings: NamedBlocks) -> list[LayerSpec]:
    """Return all layers; those that are not chosen hand on what they get."""
    return [
        unit_layer(settings, k, MOST_UNITS if k < LAYERS else 1, weights_of_layer(settings, k))
        for k in range(1, LAYERS + 1)
    ]


def weights_of_layer(settings: NamedBlocks, k: int) -> Expression:
    """Return layer k's first weights; a layer that is not chosen hands on what it gets: 1 on the diagonal."""
    units = settings["units"]
    if k == 1:
        return first_weights(settings, (len(FEATURES), MOST_UNITS), len(FEATURES), units, k)
    if k == LAYERS:
        return first_weights(settings, (MOST_UNITS, 1), units, 1, k)
    random = first_weights(settings, (MOST_UNITS, MOST_UNITS), units, units, k)

    text = f"IF({{n}}>={k},{{random}},IF({down(MOST_UNITS)}={right(MOST_UNITS)},1,0))"
    return native(text, n=settings["layers"], random=random)


@dataclass(frozen=True)
class PlaygroundMetrics:
    """The numbers over the sheet Model, a cell each."""

    train_loss: Block
    test_loss: Block
    batch_loss: Block
    test_error: Block


def put_metrics(page: Page, forward: Forward) -> PlaygroundMetrics:
    """Put the losses and the test error over the Model sheet."""
    rows = forward.rows

    def loss(column: int, label: str, mask: Operand) -> Block:
        page.text(3, column, label, Look("label"))
        return page.array(4, column, (1, 1), mean_loss(forward, mask), Look("output", "0.000000"))

    train, test = (native(f'IF({{split}}="{word}",1,0)', split=rows.split) for word in ("train", "valid"))
    losses = (loss(2, "train loss", train), loss(3, "test loss", test), loss(4, "batch loss", rows.in_batch))
    tested = [block.part(top=2 * PART) for block in (forward.prediction, rows.target)]
    page.text(3, 5, "test error", Look("label"))
    return PlaygroundMetrics(*losses, page.array(4, 5, (1, 1), call("NN_ERROR_RATE", *tested), Look("output", "0.0%")))


def first_record(metrics: PlaygroundMetrics) -> Record:
    """Return the history's first row."""
    train, test, error = (block.only for block in (metrics.train_loss, metrics.test_loss, metrics.test_error))
    if not isinstance(train, float) or not isinstance(test, float) or not isinstance(error, float):
        return Record(0, 0, 0.0, None, None, None)
    return Record(0, 0, train, test, 1.0 - error, error)


def plane_page(book: Book, forward: Forward, settings: NamedBlocks) -> Block:
    """Put every cell of the plane as a row, with its features, and return what the network says there."""
    page = book.page("Plane")
    page.text(1, 1, "Every cell of the plane, one a row", Look("title"))
    page.text(2, 1, "The last column is what the network says there; Start shows it in colours.", Look("line"))
    page.heights[1] = 30
    page.text(4, 1, [["x1", "x2", *(each.title for each in FEATURES), "class 1?"]], Look("header"))
    page.frozen = "A5"
    page.widths = dict.fromkeys("ABCDEFGHIJ", 11.0)
    across, up = plane_points()
    x1, x2 = (page.text(5, 1 + j, values, Look("raw", "0.0")) for j, values in enumerate((across, up)))
    rows = features(page, 5, 3, x1, x2, settings)
    formula = call("NN_FORWARD", rows, forward.activations, None, *forward.parameters)
    return page.array(5, 10, (across.shape[0], 1), formula, Look("output", "0.0000"))
