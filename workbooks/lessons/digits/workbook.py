"""The workbooks of handwritten digits, put together: Start draws one image and what the network makes of it."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pyfuncs.training.model import Record
from workbooks.lessons.digits.draw import TITLE as DRAW_TITLE
from workbooks.lessons.digits.draw import DrawSheet
from workbooks.lessons.digits.edges import TITLE as EDGES
from workbooks.lessons.digits.edges import edges_page
from workbooks.lessons.digits.grids import HIDDEN_NUMBER, brightness, mark_largest, square_columns
from workbooks.lessons.digits.lesson import CLASSES, DRAW, DigitsLesson, questions
from workbooks.lessons.digits.sheets import (
    ImageRows,
    LayersPage,
    Network,
    ResultsPage,
    images_page,
    masks_page,
    unit_page,
    weights_page,
)
from workbooks.sheets.block import Block
from workbooks.sheets.book import Book, Look, Page, StoredCells
from workbooks.sheets.charts import Frame, history_chart
from workbooks.sheets.expression import call, native, reference
from workbooks.sheets.links import link
from workbooks.sheets.reference import functions_page
from workbooks.sheets.rules import ELEMENTWISE, ONE_OUTPUT, OUTPUT
from workbooks.sheets.settings import LOSS_COLUMNS, Setting, TrainingPage, common_settings
from workbooks.sheets.start import CARD_ROW, PICTURE_LEFT, TEXT_LEFT, Card, Layout, Start, start_page
from workbooks.xlsx.area import column_letters

TOP = CARD_ROW
POINTS_A_PIXEL = 0.75


def build(lesson: DigitsLesson, stored: StoredCells | None = None) -> Book:
    """Return the lesson's workbook, as new or with the values that its input cells hold by now.

    Raises:
        GradsheetError: for a new one, where the package that brings the images is not installed.

    """
    images = None if stored is not None else lesson.images()
    book = Book(lesson.template, lesson.title, stored)
    start = book.page("Start")
    training = TrainingPage(book, settings_of(lesson))
    training.counters(0, 0)
    network = weights_page(book, lesson, training.settings)
    rows = images_page(book, lesson, images)
    image = image_number(start, lesson)
    one = LayersPage(book, training.settings, network.layers, rows.inputs, image)
    masks_page(book, lesson, network.layers[0].weight)
    unit_page(book, lesson, network.layers[0].weight)
    edges_page(book.page(EDGES))
    results = ResultsPage(book, lesson, rows, network)
    if lesson.can_be_drawn:
        DrawSheet(book.page(DRAW_TITLE), lesson, rows, network, training.settings["epoch"]).fill()
    record = Record(0, 0, 0.0, None, None, None)
    if stored is None:
        record = first_record(lesson, rows, network)
    history = training.history(record)
    functions_page(book)
    shown = cards(training.settings["epoch"], rows.target, network, image, results, one.outputs[-1])
    picture(start, lesson, rows.inputs, image)
    fill_start(start, lesson, shown, units(start, lesson, one), history)
    drawing = (DRAW_TITLE,) if lesson.can_be_drawn else ()
    shown_first = ("Start", "One image", *drawing, "First layer", "One unit", EDGES)
    order = (*shown_first, "Training", "Results", "Weights", "Images", "Functions")
    book.pages.sort(key=lambda page: order.index(page.title))
    return book


def settings_of(lesson: DigitsLesson) -> tuple[Setting, ...]:
    """Return the settings, with the network's own on top."""
    own = (
        Setting("activation_1", "sigmoid", "What the first 16 units make of their sums.", ELEMENTWISE),
        Setting("activation_2", "sigmoid", "What the second 16 units make of their sums.", ELEMENTWISE),
        Setting("activation_3", "sigmoid", "sigmoid keeps each output between 0 and 1.", OUTPUT),
    )
    changed = {
        "batch_size": {"value": 10, "help": "Images a step looks at."},
        "initializer": {"value": "xavier"},
        "epochs_per_click": {"value": lesson.epochs},
        "task": {"value": "multiclass", "help": "One digit of ten.", "choices": ("multiclass",)},
    }
    return own + tuple(
        replace(setting, **changed.get(setting.name, {}))  # type: ignore[arg-type]
        for setting in common_settings(lesson.count, ONE_OUTPUT, lesson.lr)
        if setting.name not in ("valid_fraction", "split_seed")
    )


def first_record(lesson: DigitsLesson, rows: ImageRows, network: Network) -> Record:
    """Return the history's first row: the untrained network."""
    outputs = call("NN_FORWARD", rows.inputs, network.activations, None, *network.parameters).value()
    digits = rows.target.values[:, 0].astype(int)
    losses = ((outputs - np.eye(CLASSES)[digits]) ** 2).mean(axis=1)
    wrong = outputs.argmax(axis=1) != digits
    n = lesson.training
    error = float(wrong[n:].mean())
    return Record(0, 0, float(losses[:n].mean()), float(losses[n:].mean()), 1 - error, error)


def image_number(page: Page, lesson: DigitsLesson) -> Block:
    """Put the cell in which one chooses an image."""
    help_text = f"Any whole number from 1 to {lesson.count}."
    look = Look("card_input", "0", minimum=1, maximum=lesson.count, whole=True, help=help_text)
    return page.input(CARD_ROW + 1, TEXT_LEFT, float(lesson.training + 5), look, "image")


def cards(
    epoch: Block, target: Block, network: Network, image: Block, results: ResultsPage, outputs: Block
) -> tuple[Card, ...]:
    """Return the large numbers: what the network makes of the image (`outputs` 1×10), and how it does on all."""
    parameters = {f"b{i}": block for i, block in enumerate(network.parameters)}
    total = native("+".join(f"ROWS({{{name}}})*COLUMNS({{{name}}})" for name in parameters), **parameters)
    return (
        Card("image number", image),
        Card("the network says", native("{a}", a=call("NN_ARGMAX", outputs)), "0"),
        Card("it is", native("INDEX({y},{n})", y=target, n=image), "0"),
        Card("valid error rate", reference(results.error_rate), "0.0%"),
        Card("epoch", reference(epoch), "0"),
        Card("parameters", total, "#,##0"),
        Card("images", native("ROWS({y})", y=target), "#,##0"),
        Card("valid accuracy", reference(results.accuracy), "0.0%"),
    )


def fill_start(page: Page, lesson: DigitsLesson, shown: Sequence[Card], right: int, history: Block) -> None:
    """Declare the sheet, whose picture ends before the column `right`."""
    below = TOP + max(lesson.side * lesson.cells_a_pixel, max(lesson.sizes[1:])) + 1
    frame = Frame(None, f"{column_letters(PICTURE_LEFT)}{below}", (16.0, 3.4), "r")
    widths = [page.widths[column_letters(column)] for column in range(PICTURE_LEFT, right)]
    drawing = (DRAW_TITLE,) if lesson.can_be_drawn else ()
    lost = ("the answer and the layers on Start", "One image", *drawing, "Results", "the first weights on Weights")
    declared = Start(
        title=lesson.title,
        lead=lesson.lead,
        steps=lesson.steps,
        notice=lesson.notice,
        cards=shown,
        history=history,
        picture=lambda sheet: history_chart(sheet, history, LOSS_COLUMNS, "loss", frame),
        lost=lost,
        questions=questions(lesson),
        layout=Layout(lesson.text_width, tuple(widths), row=lesson.row, picture_of_cells=True),
    )
    start_page(page, declared)
    if lesson.can_be_drawn:
        link(page, DRAW, DRAW_TITLE)


def picture(page: Page, lesson: DigitsLesson, inputs: Block, image: Block) -> None:
    """Draw the chosen image, a cell or two a pixel."""
    side, high = lesson.side, lesson.cells_a_pixel
    square_columns(page, PICTURE_LEFT, side, high * lesson.row / POINTS_A_PIXEL)
    page.text(TOP - 1, PICTURE_LEFT, f"the image, {side}×{side} pixels", Look("note"))
    row = inputs.values[int(image.number) - 1]
    places = [[i // high * side + j for j in range(side)] for i in range(side * high)]
    texts = [[f"INDEX(inputs,image,{place + 1})" for place in line] for line in places]
    values = row[np.array(places)]
    block = page.written(TOP, PICTURE_LEFT, np.array(texts, dtype=object), values, Look("body", HIDDEN_NUMBER))
    brightness(page, block)


def units(page: Page, lesson: DigitsLesson, one: LayersPage) -> int:
    """Draw each layer's activations from top to bottom, beside the image; return the next column."""
    left = PICTURE_LEFT + lesson.side + 1
    page.widths[column_letters(left - 1)] = 2.0
    for k, output in enumerate(one.outputs, 1):
        last = k == len(one.outputs)
        count = output.values.shape[1]
        page.text(TOP - 1, left, "output" if last else f"layer {k}", Look("note"))
        square_columns(page, left, 1, 1.5 * lesson.row / POINTS_A_PIXEL)
        page.widths[column_letters(left + 1)] = 7.5
        page.widths[column_letters(left + 2)] = 2.0
        shift = 0
        if last:
            page.text(TOP, left, [[digit] for digit in range(count)], Look("header", "0"))
            shift = 1
            square_columns(page, left + 1, 1, 1.5 * lesson.row / POINTS_A_PIXEL)
            page.widths[column_letters(left + 2)] = 7.5
        transposed = native("TRANSPOSE({x})", x=output)
        light = page.array(TOP, left + shift, (count, 1), transposed, Look("body", HIDDEN_NUMBER))
        brightness(page, light)
        number = page.array(TOP, left + shift + 1, (count, 1), transposed, Look("fitted", "0.00"))
        if last:
            mark_largest(page, number, 2)
        left += 3
    return left
