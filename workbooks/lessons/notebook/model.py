"""One model of the from-scratch notebook on a sheet of its own: settings, weights, predictions, gradient, new weights.

All names are the sheet's own, so that three models live in one workbook: the buttons act on the sheet in front, the
command on the one that `--model` names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.cells.block import CellValue
from pyfuncs.training.model import Record
from pyfuncs.training.storage import HISTORY_COLUMNS, history_block
from workbooks.lessons.notebook.data import FEATURES, PassengersPage
from workbooks.sheets.block import Block, NamedBlocks
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.buttons import ButtonBar
from workbooks.sheets.charts import Frame, history_chart
from workbooks.sheets.expression import Expression, call, native, reference
from workbooks.sheets.model_sheet import NUMBER, TOP, GradientColumns, ModelSheet, random_weights
from workbooks.sheets.rules import ELEMENTWISE, ONE_OUTPUT, OUTPUT, plain_loss
from workbooks.sheets.settings import LOSS_COLUMNS, SHARE_COLUMNS, Setting, common_settings, lr_of_epoch
from workbooks.sheets.status import NOT_ABOVE, progress
from workbooks.sheets.step import LayerBlocks, LayerCells, LayerSpec, parameter_blocks
from workbooks.sheets.style import fill
from workbooks.xlsx.area import column_letters

SETTINGS_TOP = 8
STAGES_LEFT = 13
HISTORY_ROWS = 120
WRONG = "F8CBAD"
SHARED = ("valid_fraction", "split_seed")


@dataclass(frozen=True)
class ModelLesson:
    """One of the notebook's models: its sheet, its hidden layers and the learning rate that suits it."""

    sheet: str
    title: str
    lead: str
    hidden: tuple[int, ...]
    lr: float

    @property
    def units(self) -> list[list[str]]:
        """Return the names of every layer's units."""
        names = [[f"{letter}{j}" for j in range(1, n + 1)] for letter, n in zip("hk", self.hidden, strict=False)]
        return [*names, ["z"]]


@dataclass(frozen=True)
class NotebookMetrics:
    """The numbers over a model's sheet, a cell each; a share is "-" where no row is of its kind."""

    train_loss: Block
    valid_loss: Block
    train_error: Block
    valid_error: Block
    batch_loss: Block


@dataclass(frozen=True)
class Predictions:
    """Every passenger's prediction, loss and whether the prediction is wrong (1 or 0), n×1 each."""

    in_batch: Block
    activations: Block
    prediction: Block
    losses: Block
    wrong: Block


@dataclass(frozen=True)
class NotebookModel:
    """What stands on a model's sheet, for other sheets to refer to."""

    lesson: ModelLesson
    settings: NamedBlocks
    parameters: tuple[Block | None, ...]
    prediction: Block
    metrics: NotebookMetrics


def model_page(book: Book, lesson: ModelLesson, data: PassengersPage) -> NotebookModel:
    """Add a model's sheet."""
    page = book.page(lesson.sheet)
    page.scoped = True
    page.bulk = (TOP, data.count)
    page.widths = {"A": 18.0, "B": 18.0, "C": 2.0, "L": 2.0} | dict.fromkeys("DEFGHIJK", 14.5)
    page.heights = {1: 32, 5: 32, 6: 20, 8: 20}
    page.text(1, 1, lesson.title, Look("title"))
    page.text(2, 1, lesson.lead, Look("line"))
    page.buttons = ButtonBar(page.area(4, 1, 2, 2), note=(6, 1))
    settings = put_settings(page, lesson, data.count)
    sheet = ModelSheet(page, settings, FEATURES, layers(lesson, settings), column=STAGES_LEFT)
    page.define("inputs", data.inputs)
    cells = put_weights(sheet)
    parameters = parameter_blocks(cells)
    found = put_predictions(sheet, data, parameters)
    metrics = put_metrics(page, settings, data.split, found)
    gradients = put_gradients(sheet, data, found, parameters)
    left = sheet.column
    sheet.new_weights(cells, gradients, metrics.batch_loss)
    for units in lesson.units:
        page.widths[column_letters(left)] = 16.0
        left += len(units) + 2
    put_history(sheet, metrics)
    page.decorations.append(lambda worksheet: mark_wrong(worksheet, found.wrong))
    return NotebookModel(lesson, settings, tuple(parameters), found.prediction, metrics)


def put_settings(page: Page, lesson: ModelLesson, rows: int) -> NamedBlocks:
    """Put the settings, then the counters."""
    depth = len(lesson.hidden) + 1
    own = [
        Setting(
            f"activation_{k}",
            "sigmoid" if k == depth else "relu",
            "What each unit makes of its sum." if k < depth else "sigmoid keeps the prediction between 0 and 1.",
            OUTPUT if k == depth else ELEMENTWISE,
        )
        for k in range(1, depth + 1)
    ]
    own += [
        Setting(f"trains_{k}", True, f"FALSE keeps layer {k} as it is.", ("TRUE", "FALSE")) for k in range(1, depth + 1)
    ]
    changed: dict[str, CellValue] = {"loss": "l1", "epochs_per_click": 30}
    common = [
        replace(setting, value=changed.get(setting.name, setting.value))
        for setting in common_settings(rows, ONE_OUTPUT, lesson.lr)
        if setting.name not in (*SHARED, "task")
    ]
    page.text(SETTINGS_TOP - 1, 1, [["Setting", "Value"]], Look("header"))
    found = NamedBlocks(f"The sheet {lesson.sheet}")
    for i, setting in enumerate([*own, *common]):
        page.text(SETTINGS_TOP + i, 1, setting.name, Look("label"))
        look = setting.look()
        found[setting.name] = page.input(SETTINGS_TOP + i, 2, setting.value, look, setting.name)
    row = SETTINGS_TOP + len(own) + len(common)
    for i, name in enumerate(("epoch", "step")):
        page.text(row + i, 1, name, Look("label"))
        found[name] = page.input(row + i, 2, 0, Look("output", "0"), name)
    page.text(row + 2, 1, "lr_now", Look("label"))
    found["lr_now"] = page.cell(row + 2, 2, lr_of_epoch(found), Look("calculation"), "lr_now")
    return found


def layers(lesson: ModelLesson, settings: NamedBlocks) -> list[LayerSpec]:
    """Return the layers; the linear model's has no biases, as in the notebook."""
    sizes = [len(FEATURES), *lesson.hidden]
    return [
        LayerSpec(
            units,
            units,
            activation=settings[f"activation_{k}"],
            trains=settings[f"trains_{k}"],
            first_weight=random_weights(settings, sizes[k - 1], len(units), k),
            trains_bias=settings[f"trains_{k}"] if lesson.hidden else None,
        )
        for k, units in enumerate(lesson.units, 1)
    ]


def put_weights(sheet: ModelSheet) -> list[LayerCells]:
    """Put every layer's weights and biases."""
    found = []
    for k in range(1, len(sheet.layers) + 1):
        left = sheet.column
        found.append(sheet.weights(k))
        sheet.page.widths[column_letters(left)] = 20.0
    return found


def put_predictions(sheet: ModelSheet, data: PassengersPage, parameters: Sequence[Block | None]) -> Predictions:
    """Put every passenger's prediction, loss and whether it is wrong."""
    page, count, target, split = sheet.page, data.count, data.target, data.split
    shape = (count, 1)
    headers = ["#", "Survived", "Rows", "in batch", "Prediction", "Loss", "Wrong"]
    left = sheet.stage("forward", "Every passenger", f"{count}×1 each", headers)
    page.text(TOP, left, [[i] for i in range(1, count + 1)], Look("target", "0"))
    page.each(TOP, left + 1, shape, "{y}", Look("target", "0"), y=target)
    page.each(TOP, left + 2, shape, "{s}", Look("target_word"), s=split)
    batch = sheet.in_batch(left + 3, split)
    activations = sheet.activations()
    outputs = call("NN_FORWARD", data.inputs, activations, None, *parameters)
    prediction = page.array(TOP, left + 4, shape, outputs, Look("forward", NUMBER), "prediction")
    chosen = sheet.settings["loss"]
    known: dict[str, Any] = {"inputs": prediction, "target": target}
    losses = page.each(TOP, left + 5, shape, plain_loss(chosen), Look("loss", NUMBER), word=chosen, **known)
    wrong = page.each(TOP, left + 6, shape, "IF(IF({inputs}>0.5,1,0)={target},0,1)", Look("loss", "0"), **known)
    return Predictions(batch, activations, prediction, losses, wrong)


def put_metrics(page: Page, settings: NamedBlocks, split: Block, found: Predictions) -> NotebookMetrics:
    """Put loss, accuracy and error rate of the training and the validation rows over everything."""

    def mean_of(block: Block, rows: str) -> Expression:
        return native(
            f'IF(COUNTIF({{split}},"{rows}")=0,"-",SUMIF({{split}},"{rows}",{{x}})/COUNTIF({{split}},"{rows}"))',
            x=block,
            split=split,
        )

    def right(error: Block) -> Expression:
        return native('IF({e}="-","-",1-{e})', e=error)

    labels = ["train loss", "valid loss", "train error rate", "valid error rate", "train accuracy"]
    page.text(4, 4, [[*labels, "valid accuracy", "epoch", "loss of this batch"]], Look("card_label"))
    number, share = Look("card", NUMBER), Look("card", "0.0%")
    train_loss = page.cell(5, 4, mean_of(found.losses, "train"), number)
    valid_loss = page.cell(5, 5, mean_of(found.losses, "valid"), number)
    train_error = page.cell(5, 6, mean_of(found.wrong, "train"), share)
    valid_error = page.cell(5, 7, mean_of(found.wrong, "valid"), share)
    page.cell(5, 8, right(train_error), share)
    page.cell(5, 9, right(valid_error), share)
    page.cell(5, 10, reference(settings["epoch"]), Look("card", "0"))
    batch = native("SUMPRODUCT({x},{b})/SUM({b})", x=found.losses, b=found.in_batch)
    return NotebookMetrics(train_loss, valid_loss, train_error, valid_error, page.cell(5, 11, batch, number))


def put_gradients(
    sheet: ModelSheet, data: PassengersPage, found: Predictions, parameters: Sequence[Block | None]
) -> list[LayerBlocks]:
    """Put the gradient of the batch's mean loss by every weight and bias."""
    model = (data.inputs, data.target, sheet.settings["loss"], found.activations, found.in_batch, *parameters)
    gradients = []
    for k in range(1, len(sheet.layers) + 1):
        left = sheet.column
        by_name = [call("NN_GRAD", name, *model) for name in (f"weight_{k}", f"bias_{k}")]
        gradients.append(sheet.gradient_stage(k, f"Gradient {k}", [GradientColumns("grad", *by_name)]))
        sheet.page.widths[column_letters(left)] = 16.0
    return gradients


def put_history(sheet: ModelSheet, metrics: NotebookMetrics) -> None:
    """Put the history to the right of everything, its charts beside the settings."""
    page = sheet.page
    left = sheet.stage("raw", "History", "one row an epoch", [name.replace("_", " ") for name in HISTORY_COLUMNS])
    values = [block.only for block in (metrics.train_loss, metrics.valid_loss, metrics.valid_error)]
    train, valid, error = (value if isinstance(value, float) else 0.0 for value in values)
    first = Record(0, 0, train, valid, 1 - error, error)
    block = page.input(TOP, left, history_block([first], HISTORY_ROWS), Look("raw", "0.0000"), "history")
    page.array(6, 4, (1, 1), progress(block, NOT_ABOVE), Look("label"))

    def draw(worksheet: Worksheet) -> None:
        for row in worksheet.iter_rows(min_row=TOP, max_row=TOP + HISTORY_ROWS - 1, min_col=left, max_col=left + 1):
            for cell in row:
                cell.number_format = "0"
        size = (10.6, 9.4)
        history_chart(worksheet, block, LOSS_COLUMNS, "mean absolute error", Frame("Loss", "D7", size))
        history_chart(worksheet, block, SHARE_COLUMNS, "share of passengers", Frame("Right and wrong", "H7", size))

    page.decorations.append(draw)


def mark_wrong(worksheet: Worksheet, wrong: Block) -> None:
    """Colour the passengers whom the model gets wrong."""
    area = wrong.area
    rule = FormulaRule(formula=[f"${column_letters(area.left)}{area.top}=1"], fill=fill(WRONG))
    first = column_letters(area.left - 6)
    worksheet.conditional_formatting.add(f"{first}{area.top}:{column_letters(area.right)}{area.bottom}", rule)
