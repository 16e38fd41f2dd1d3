"""The Training sheet: settings with drop-downs, the counters, the history and its charts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pyfuncs.catalogue.schedules import PLAIN as SCHEDULE_TEXTS
from pyfuncs.cells.block import CellValue
from pyfuncs.kernels.initialize import METHODS
from pyfuncs.kernels.optimizers import OPTIMIZER_SETTINGS, OPTIMIZERS
from pyfuncs.kernels.schedules import SCHEDULES
from pyfuncs.training.contract import takers
from pyfuncs.training.model import Record
from pyfuncs.training.storage import HISTORY_COLUMNS, history_block
from workbooks.sheets.block import Block, NamedBlocks, as_values
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.charts import Curve, Frame, history_chart
from workbooks.sheets.expression import Expression, cases, native
from workbooks.sheets.style import GREY, SCIENTIFIC

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HISTORY_ROWS = 200
SMALL = 1e-4
TOP = 5
HISTORY_LEFT = 6
CHART, CHART_ROWS = (16.0, 8.0), 17
TRAIN_LOSS, VALID_LOSS, ACCURACY, ERROR_RATE = (
    HISTORY_COLUMNS.index(name) for name in ("train_loss", "valid_loss", "accuracy", "error_rate")
)
LOSS_COLUMNS = dict.fromkeys((TRAIN_LOSS, VALID_LOSS))
SHARE_COLUMNS = dict.fromkeys((ACCURACY, ERROR_RATE))
"""Columns of the history that stand in one chart, each called as its header says."""
HISTORY_FORMATS = ("0", "0", "0.0000", "0.0000", "0.0%", "0.0%")


@dataclass(frozen=True)
class Setting:
    """One line of the settings: its name in the contract, its first value, what it may be and what it does."""

    name: str
    value: CellValue
    help: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    number_format: str | None = None

    def look(self, number_format: str | None = None) -> Look:
        """Return how the cell of its value looks, in a number format where it has none of its own."""
        return Look(
            "input",
            self.number_format or number_format,
            self.choices,
            self.minimum,
            self.maximum,
            self.whole,
            self.help,
        )


def optimizer_settings() -> Iterator[Setting]:
    """Yield the settings that only some optimizers take, small numbers in powers of ten."""
    for name, setting in OPTIMIZER_SETTINGS.items():
        yield Setting(
            name,
            setting.default,
            f"{setting.help}: {takers(name)}.",
            minimum=0,
            maximum=setting.largest_share,
            number_format=SCIENTIFIC if setting.default < SMALL else None,
        )


def common_settings(rows: int, losses: tuple[str, ...], lr: float) -> tuple[Setting, ...]:
    """Return the settings that every model has, for data of so many rows."""
    return (
        Setting("loss", "mse", "What is made small. bce needs a sigmoid at the end.", losses),
        Setting(
            "optimizer",
            "sgd",
            "How a gradient becomes a step. gradsheet functions explains each.",
            tuple(OPTIMIZERS),
        ),
        Setting("lr", lr, "Learning rate: how far a step goes. Too large, and the loss flies off.", minimum=0),
        *optimizer_settings(),
        Setting("schedule", "constant", "How the learning rate changes from epoch to epoch.", tuple(SCHEDULES)),
        Setting("schedule_epochs", 100, "How many epochs that takes.", minimum=1),
        Setting("schedule_gamma", 0.1, f"What lr is multiplied by then: {takers('schedule_gamma')}.", minimum=0.000001),
        Setting("weight_decay", 0, "Pulls all weights towards 0.", minimum=0),
        Setting("batch_size", rows, f"Rows a step looks at. {rows}: all, as in the lesson.", minimum=1, whole=True),
        Setting("shuffle", True, "TRUE deals the rows anew in every epoch.", ("TRUE", "FALSE")),
        Setting("seed", 0, "Another whole number gives other first weights and another shuffling.", whole=True),
        Setting("initializer", "uniform", "How the first weights are drawn.", tuple(METHODS)),
        Setting("valid_fraction", 0, "Share of rows kept aside for checking. 0: none, as in the lesson.", (), 0, 0.9),
        Setting("split_seed", 0, "Which rows are kept aside.", whole=True),
        Setting("epochs_per_click", 10, "How many epochs the button N epochs runs.", minimum=1, whole=True),
        Setting("task", "binary", "What the target is: a yes or no.", ("binary", "regression", "multiclass")),
    )


def lr_of_epoch(settings: Mapping[str, Block]) -> Expression:
    """Return the learning rate of the present epoch under the schedule."""
    names = ("schedule", "lr", "schedule_gamma", "epoch", "schedule_epochs")
    return native(cases("{schedule}", SCHEDULE_TEXTS), **{name: settings[name] for name in names})


def put_settings(page: Page, top: int, left: int, settings: Sequence[Setting], prefix: str = "") -> Mapping[str, Block]:
    """Put a line a setting: its name, its value, what it does; return the values' cells, which are named after it."""
    found = {}
    for row, setting in enumerate(settings, top):
        page.text(row, left, setting.name, Look("label"))
        found[setting.name] = page.input(row, left + 1, setting.value, setting.look(), prefix + setting.name)
        page.text(row, left + 2, setting.help, Look("side_note"))
    return found


class TrainingPage:
    """The Training sheet while it is being put together; other sheets refer to its cells."""

    def __init__(self, book: Book, settings: tuple[Setting, ...]) -> None:
        self.page = page = book.page("Training")
        self.settings = NamedBlocks("The sheet Training", remedy="give TrainingPage a Setting of that name")
        self.solver: list[Curve] = []
        page.text(1, 1, "Training", Look("title"))
        page.text(2, 1, "Change a setting here, then train on, or reset to begin again.", Look("line"))
        page.text(TOP - 1, 1, [["Setting", "Value", "What it does"]], Look("header"))
        self.settings |= put_settings(page, TOP, 1, settings)
        self.next_row = TOP + len(settings) + 1
        page.widths = {"A": 19, "B": 19, "C": 56, "D": 2, "E": 2}
        page.widths |= dict.fromkeys("FGHIJK", 11)
        page.heights |= {1: 30, TOP - 1: 32}
        page.frozen = f"A{TOP}"

    def counters(self, epoch: int, step: int) -> None:
        """Put the counters of epochs and steps done."""
        page = self.page
        page.text(self.next_row, 1, [["Progress", "Done", ""]], Look("header"))
        for i, (name, value, help_text) in enumerate(
            (("epoch", epoch, "Whole epochs done."), ("step", step, "Steps done in the epoch that is under way."))
        ):
            page.text(self.next_row + 1 + i, 1, name, Look("label"))
            self.settings[name] = page.input(self.next_row + 1 + i, 2, value, Look("output", "0"), name)
            page.text(self.next_row + 1 + i, 3, help_text, Look("side_note"))
        now = lr_of_epoch(self.settings)
        page.text(self.next_row + 3, 1, "lr_now", Look("label"))
        self.settings["lr_now"] = page.cell(self.next_row + 3, 2, now, Look("calculation", "General"), "lr_now")
        page.text(self.next_row + 3, 3, "The learning rate of this epoch, by the schedule.", Look("side_note"))
        self.next_row += 5

    def history(self, first: Record, solver: float | None = None) -> Block:
        """Put the history with its first record, and the charts of it; `solver` is the loss that a solver reached."""
        page = self.page
        page.text(TOP - 2, HISTORY_LEFT, "History", Look("heading"))
        headers = [name.replace("_", " ") for name in HISTORY_COLUMNS]
        page.text(TOP - 1, HISTORY_LEFT, [headers[:VALID_LOSS]], Look("header"))
        page.text(TOP - 1, HISTORY_LEFT + VALID_LOSS + 1, [headers[VALID_LOSS + 1 :]], Look("header"))
        block = page.input(TOP, HISTORY_LEFT, history_block([first], HISTORY_ROWS), Look("body", "0.0000"), "history")
        valid = native('IF(SUM({x})>0,"valid loss","no valid rows")', x=block.part(left=VALID_LOSS, columns=1))
        page.cell(TOP - 1, HISTORY_LEFT + VALID_LOSS, valid, Look("header"))
        note = f"One row an epoch. When {HISTORY_ROWS} rows are full, every second row makes room."
        page.text(TOP + HISTORY_ROWS, HISTORY_LEFT, note, Look("note"))

        self.solver = [] if solver is None else [self.solver_line(block, solver)]

        def draw(sheet: Worksheet) -> None:
            for column, number_format in enumerate(HISTORY_FORMATS, HISTORY_LEFT):
                for row in range(TOP, TOP + HISTORY_ROWS):
                    sheet.cell(row, column).number_format = number_format
            history_chart(sheet, block, LOSS_COLUMNS, "loss", Frame("Loss", f"L{TOP}", CHART), *self.solver)
            frame = Frame("Accuracy and error rate", f"L{TOP + CHART_ROWS}", CHART)
            history_chart(sheet, block, SHARE_COLUMNS, "share of rows", frame)

        page.decorations.append(draw)
        return block

    def solver_line(self, history: Block, loss: float) -> Curve:
        """Put the loss that a solver reached, over as many epochs as there are, and return its line."""
        page, row = self.page, TOP + HISTORY_ROWS + 2
        page.text(row, HISTORY_LEFT, [["epoch", "loss of the lesson's Solver"]], Look("label"))
        page.text(row + 1, HISTORY_LEFT, 0.0, Look("body", "0"))
        last = native("MAX(1,{x})", x=history.part(columns=1))
        page.cell(row + 2, HISTORY_LEFT, last, Look("body", "0"))
        values = page.text(row + 1, HISTORY_LEFT + 1, [[loss], [loss]], Look("body", "0.0000"))
        epochs = Block(page.area(row + 1, HISTORY_LEFT, 2, 1), as_values([[0.0], [1.0]]))
        return Curve("the lesson's Solver", values, colour=GREY, x=epochs, dashed=True)
