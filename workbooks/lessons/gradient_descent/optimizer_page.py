"""One optimizer's sheet: settings, where it stands, and one epoch with a row a step, in live formulas."""

import numpy as np
from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.cells.block import CellValue
from pyfuncs.training.model import Record
from pyfuncs.training.reader import spelled
from pyfuncs.training.storage import HISTORY_COLUMNS, history_block
from workbooks.lessons.gradient_descent.data import Points
from workbooks.lessons.gradient_descent.epoch_table import HEADER, LEFT, MEMORY, NUMBER, TOP, EpochTable
from workbooks.lessons.gradient_descent.rules import FIRST, Rule
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.book import Book, Look
from workbooks.sheets.buttons import ButtonBar
from workbooks.sheets.charts import COLOURS, EPOCHS, Axis, Curve, Frame, curve_chart
from workbooks.sheets.expression import Expression, native, reference
from workbooks.sheets.settings import Setting, lr_of_epoch
from workbooks.sheets.status import ABOVE_THE_START, NOT_ABOVE
from workbooks.sheets.style import HIGHLIGHT, fill
from workbooks.xlsx.area import column_letters

SETTINGS_TOP = 8
HISTORY_ROWS = 200
GREY = "D9D9D9"
SPAN = (0, 100)
STEP_AXIS = Axis("step of the epoch", 0, 30, 5, number_format="0")
LOSS_AXIS = Axis("loss of all rows", logarithmic=True)
EPOCH_AXIS = Axis("epoch", 0, number_format=EPOCHS)


class OptimizerPage:
    """An optimizer's sheet while it is being put together; other sheets refer to its cells."""

    def __init__(self, book: Book, rule: Rule, points: Points) -> None:
        self.rule = rule
        self.points = points
        self.count = points.x.values.shape[0]
        self.page = page = book.page(rule.sheet)
        page.scoped = True
        page.widths = {"A": 18.0, "B": 18.0, "C": 2.0}
        page.heights = {1: 32, HEADER: 34}
        page.text(1, 1, rule.sheet, Look("title"))
        page.text(2, 1, rule.says, Look("line"))
        page.text(3, 1, rule.question, Look("line"))
        page.buttons = ButtonBar(page.area(4, 1, 2, 2), note=(6, 1))
        self.settings: dict[str, Block] = {}
        row = self.put_settings()
        self.put_state(row)
        page.define("inputs", points.x)
        page.define("target", points.y)
        self.table = EpochTable(page, rule, points, self.settings, self.state)
        self.whole, self.mean_loss = self.table.whole, self.table.mean_loss
        self.left = self.table.left
        self.put_metrics()
        self.put_history()
        page.decorations.append(self.draw)

    def put_settings(self) -> int:
        """Put the settings and counters; return the next free row."""
        page, rule = self.page, self.rule
        page.text(SETTINGS_TOP - 1, 1, [["Setting", "Value"]], Look("header"))
        fixed: dict[str, CellValue] = {
            "optimizer": rule.optimizer,
            "task": "regression",
            "batch_size": 1,
            "shuffle": False,
        }
        lr = Setting("lr", rule.lr, "Learning rate. Ten times as much, and the loss flies off.", minimum=0)
        clicks = Setting("epochs_per_click", 10, "Epochs that N epochs runs.", minimum=1, whole=True)
        row = SETTINGS_TOP
        for setting in (lr, *rule.settings, clicks):
            page.text(row, 1, setting.name, Look("label"))
            look = setting.look("General")
            self.settings[setting.name] = page.input(row, 2, setting.value, look, setting.name)
            row += 1
        for name, value in fixed.items():
            page.text(row, 1, name, Look("label"))
            look = Look("calculation", "General", (spelled(value),))
            self.settings[name] = page.input(row, 2, value, look, name)
            row += 1
        for name in ("epoch", "step"):
            page.text(row, 1, name, Look("label"))
            self.settings[name] = page.input(row, 2, 0, Look("output", "0"), name)
            row += 1
        page.text(row, 1, "lr_now", Look("label"))
        self.settings["lr_now"] = page.cell(row, 2, self.lr_of_epoch(), Look("calculation", "General"), "lr_now")
        return row + 2

    def lr_of_epoch(self) -> Expression:
        """Return the learning rate of the present epoch."""
        settings = self.settings
        if "schedule" not in settings:
            return native("{lr}", lr=settings["lr"])
        return lr_of_epoch(settings)

    def put_state(self, row: int) -> None:
        """Put a and b, each over the optimizer's memory of it, beside their first values."""
        page, rule = self.page, self.rule
        row = max(row, HEADER)
        page.text(row, 1, [["State", "Now"]], Look("weights_header"))
        page.heights[row] = 34
        self.state: list[Block] = []
        memories = []
        for name, parameter, state in (
            ("a", "weight_1", "optimizer_state_1"),
            ("b", "bias_1", "optimizer_bias_state_1"),
        ):
            row += 1
            page.text(row, 1, f"{name}  ({parameter})", Look("weights_header"))
            value = FIRST[0] if name == "a" else FIRST[1]
            self.state.append(page.input(row, 2, value, Look("input", NUMBER), parameter))
            labels = [f"{slot} of {name}" for slot in rule.memory] + list(rule.shared)
            if labels:
                page.text(row + 1, 1, [[label] for label in labels], Look("weights_shape"))
                zeros = np.zeros((len(labels), 1))
                memories.append(page.input(row + 1, 2, zeros, Look("weights", MEMORY), state))
            row += len(labels)
        slots = len(rule.memory)
        self.state += [memory.part(top=k, rows=1) for k in range(slots) for memory in memories]
        self.state += [memories[0].part(top=slots + k, rows=1) for k in range(len(rule.shared))]
        row += 2
        page.text(row, 1, [["Reset goes to", "First"]], Look("weights_header"))
        page.text(row + 1, 1, [["first a"], ["first b"]], Look("label"))
        look = Look("input", "General", help="What Reset puts back.")
        self.first = [
            page.input(row + 1 + k, 2, FIRST[k], look, name)
            for k, name in enumerate(("initial_weight_1", "initial_bias_1"))
        ]

    def put_metrics(self) -> None:
        """Put the large numbers over the charts, and whether the learning rate is too high."""
        page, losses = self.page, self.mean_loss
        labels = ("a now", "b now", "loss now", "epoch", "loss after the epoch")
        last = losses.part(top=self.count)
        now = losses.part(rows=1)
        cells = [reference(self.state[0]), reference(self.state[1]), reference(now), reference(self.settings["epoch"])]
        formats = (NUMBER, NUMBER, "0.000", "0", "0.000")
        for j, (label, formula, form) in enumerate(zip(labels, [*cells, reference(last)], formats, strict=True)):
            left = LEFT + 2 * j
            page.text(4, left, [[label, None]], Look("card_label"))
            page.array(5, left, (1, 1), formula, Look("card", form))
            page.text(5, left + 1, None, Look("card"))
            page.merged += [f"{column_letters(left)}{row}:{column_letters(left + 1)}{row}" for row in (4, 5)]
        page.heights[5] = 30
        first = native(
            f"SUMPRODUCT(({{a}}*{{x}}+{{b}}-{{y}})^2)/{self.count}",
            a=self.first[0],
            x=self.points.x,
            b=self.first[1],
            y=self.points.y,
        )
        verdict = native(
            f'IF(ISERROR({{l}}),"{ABOVE_THE_START}",IF({{l}}>{{f}},"{ABOVE_THE_START}","{NOT_ABOVE}"))',
            l=Block(last.area, as_values(float(self.loss_at_end))),
            f=first,
        )
        page.array(6, LEFT, (1, 1), verdict, Look("label"))

    @property
    def loss_at_end(self) -> float:
        """Return the mean loss after the epoch, not finite where it has flown off."""
        value = self.mean_loss.values[-1, 0]
        return value if isinstance(value, float) else np.inf

    def put_history(self) -> None:
        """Put the history to the right of the table."""
        page = self.page
        names = [name.replace("_", " ") for name in HISTORY_COLUMNS]
        page.text(HEADER, self.left, [names], Look("raw_header"))
        loss = self.mean_loss.values[0, 0]
        first = Record(0, 0, loss if isinstance(loss, float) else 0.0, None, None, None)
        rows = history_block([first], HISTORY_ROWS)
        self.history = page.input(TOP, self.left, rows, Look("raw", "General"), "history")
        page.text(HEADER - 1, self.left, "History, one row an epoch", Look("heading"))

    def draw(self, sheet: Worksheet) -> None:
        """Draw the line through the points, the epoch and the history; mark the steps done and the next one."""
        x, y = self.points.x, self.points.y
        dots = [
            Curve("points", y, dots=True),
            Curve("predictions", self.table.blocks["p"], True, COLOURS[1]),
        ]
        size = (7.7, 9.6)
        axes = (Axis("x", *SPAN, 20, number_format="0"), Axis("y", 0, 300, 50, number_format="0"))
        curve_chart(sheet, x, dots, Frame("Points and predictions", "D7", size), axes)
        steps = Block(self.page.area(TOP + 1, LEFT, self.count, 1), self.table.blocks["i"].values)
        after = self.mean_loss.part(top=1)
        curve_chart(sheet, steps, [Curve("loss", after)], Frame("This epoch", "H7", size), (STEP_AXIS, LOSS_AXIS))
        epochs, losses = self.history.part(columns=1), self.history.part(left=2, columns=1)
        curve = Curve("loss", losses, dots=True, colour=COLOURS[2])
        curve_chart(sheet, epochs, [curve], Frame("All epochs so far", "L7", size), (EPOCH_AXIS, LOSS_AXIS))
        area = f"{column_letters(LEFT)}{TOP + 1}:{column_letters(LEFT + 2)}{TOP + self.count}"
        cell, step = f"${column_letters(LEFT)}{TOP + 1}", self.settings["step"].address(self.page.title)
        sheet.conditional_formatting.add(area, FormulaRule(formula=[f"{cell}<={step}"], fill=fill(GREY)))
        sheet.conditional_formatting.add(area, FormulaRule(formula=[f"{cell}={step}+1"], fill=fill(HIGHLIGHT)))
