"""The sheet Lesson of an own table, where its model is small enough for one."""

from collections.abc import Sequence

import numpy as np

from workbooks.own_data.data_page import DataPage
from workbooks.own_data.recipe import LOSS, Recipe
from workbooks.sheets.book import Look, Page
from workbooks.sheets.lesson_sheet import (
    LEFT,
    TOP,
    Cases,
    FirstParameters,
    LabelledValue,
    LessonTexts,
    lesson_sheet,
    lessons_setting,
    put_status,
)
from workbooks.sheets.model_sheet import random_weights
from workbooks.sheets.settings import TrainingPage
from workbooks.sheets.step import DataRows, Transposed

MOST_INPUTS, MOST_ROWS, MOST_UNITS = 10, 2000, 2
TITLE = "The model by hand: change a weight, watch the loss"
LEADS = (
    "A line a row of the sheet Data. Each input times the weight over it, and the bias, added up, is the prediction; "
    "0 is the mean of the target. A step goes against the gradient, learning rate times as far.",
    "A line a row of the sheet Data. Each set of weights gives a sum (Lin); ReLU makes negative ones 0; layer 2 weighs "
    "and adds them. A step goes against the gradient, learning rate times as far.",
)
FIGURES = (LabelledValue("R²", "1-AVERAGE({l})/VARP({y})", "0.000"), LabelledValue("rows", "ROWS({y})", "0"))


def why_no_lesson(recipe: Recipe) -> str | None:
    """Return why a table's workbook has no sheet Lesson, None where it has one."""
    loss = LOSS[recipe.task]
    reasons = [
        (loss != "mse", f"its loss is {loss}, not the mean squared error"),
        (len(recipe.hidden) > 1, f"it has {len(recipe.hidden)} hidden layers, not one"),
        (any(size > MOST_UNITS for size in recipe.hidden), f"a hidden layer has more than {MOST_UNITS} units"),
        (len(recipe.inputs) > MOST_INPUTS, f"it has {len(recipe.inputs)} inputs, more than {MOST_INPUTS}"),
        (recipe.rows > MOST_ROWS, f"it has {recipe.rows} rows, more than {MOST_ROWS}"),
    ]
    holding = [text for holds, text in reasons if holds]
    if not holding:
        return None
    start = "That sheet shows a model by hand, in the spreadsheet's own functions. This one does not fit: "
    return f"{start}{'; '.join(holding)}."


def own_lesson(
    page: Page, recipe: Recipe, data: DataPage, rows: DataRows, training: TrainingPage
) -> Sequence[Transposed]:
    """Fill the sheet, and return where each layer's parameters stand on it."""
    settings, shape = training.settings, rows.inputs.values.shape
    page.bulk = (TOP, recipe.rows)
    own = page.each(TOP, LEFT, shape, "{x}", Look("inputs", "0.000"), None, x=rows.inputs)
    names = [each.name for each in recipe.inputs]
    cases = Cases(data.number, own, names, rows.target, "Target", "0.000")
    sizes = recipe.sizes
    weights = [random_weights(settings, sizes[k - 1], sizes[k], k).value().T for k in range(1, len(sizes))]
    biases = [np.zeros((size, 1)) for size in sizes[1:]]
    hidden = bool(recipe.hidden)
    second = (weights[1], biases[1]) if hidden else (None, None)
    first = FirstParameters(weights[0], biases[0], hidden, *second)
    words = LessonTexts(TITLE, LEADS[hidden], ())
    cells = lesson_sheet(page, cases, first, settings["lr_now"], words, FIGURES)
    conditions = [f"{{trains_{k}}}" for k in range(1, len(sizes))]
    conditions += ['{activation_1}="relu"'] if hidden else []
    cell = lessons_setting(training, rows.split, conditions)
    put_status(page, cells.forward.linear[0].area.left, 2 if hidden else 1, cell)
    return cells.layers
