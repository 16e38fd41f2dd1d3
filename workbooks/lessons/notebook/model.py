"""One model of the from-scratch notebook on a sheet of its own: settings, weights, predictions, gradient, new weights.

All names are the sheet's own, so that three models live in one workbook: the buttons act on the sheet in front, the
command on the one that `--model` names.
"""

from dataclasses import dataclass, replace

from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.cells.block import CellValue
from pyfuncs.training.model import Record
from pyfuncs.training.storage import HISTORY_COLUMNS, history_block
from workbooks.lessons.notebook.data import FEATURES, DataPage
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.book import Book, Look
from workbooks.sheets.buttons import ButtonBar
from workbooks.sheets.charts import Frame, history_chart
from workbooks.sheets.expression import Expression, call, cases, native
from workbooks.sheets.network import NUMBER, SMALL, TOP, NetworkPage, random_weights
from workbooks.sheets.rules import ELEMENTWISE
from workbooks.sheets.settings import LOSS_COLUMNS, SHARE_COLUMNS, Setting, common_settings, lr_of_epoch
from workbooks.sheets.status import NOT_ABOVE, progress
from workbooks.sheets.style import fill
from workbooks.xlsx.area import column_letters

SETTINGS_TOP = 8
STAGES_LEFT = 13
HISTORY_ROWS = 120
WRONG = "F8CBAD"
LOSSES = ("l1", "mse", "bce")
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


class ModelPage:
    """A model's sheet while it is being put together."""

    def __init__(self, book: Book, lesson: ModelLesson, data: DataPage) -> None:
        self.lesson = lesson
        self.data = data
        self.page = page = book.page(lesson.sheet)
        page.scoped = True
        page.bulk = (TOP, data.count)
        page.widths = {"A": 18.0, "B": 18.0, "C": 2.0, "L": 2.0} | dict.fromkeys("DEFGHIJK", 14.5)
        page.heights = {1: 32, 5: 32, 6: 20, 8: 20}
        page.text(1, 1, lesson.title, Look("title"))
        page.text(2, 1, lesson.lead, Look("line"))
        page.buttons = ButtonBar(page.area(4, 1, 2, 2), note=(6, 1))
        self.settings = self.put_settings()
        self.network = NetworkPage(page, self.settings, column=STAGES_LEFT)
        page.define("inputs", data.inputs)
        self.network.cells |= {"inputs": data.inputs, "target": data.target, "split": data.split}
        self.labels = [list(FEATURES), *self.lesson.units[:-1]]
        self.put_weights()
        self.put_predictions()
        self.put_gradients()
        self.network.cells["batch loss"] = self.headline["batch loss"]
        left = self.network.column
        self.network.new_weights(self.labels, lesson.units)
        for units in lesson.units:
            page.widths[column_letters(left)] = 16.0
            left += len(units) + 2
        self.put_history()
        page.decorations.append(self.mark_wrong)

    def put_settings(self) -> dict[str, Block]:
        """Put the settings, then the counters."""
        page, lesson = self.page, self.lesson
        depth = len(lesson.hidden) + 1
        own = [
            Setting(
                f"activation_{k}",
                "sigmoid" if k == depth else "relu",
                "What each unit makes of its sum." if k < depth else "sigmoid keeps the prediction between 0 and 1.",
                ("sigmoid", "identity") if k == depth else ELEMENTWISE,
            )
            for k in range(1, depth + 1)
        ]
        own += [
            Setting(f"trains_{k}", True, f"FALSE keeps layer {k} as it is.", ("TRUE", "FALSE"))
            for k in range(1, depth + 1)
        ]
        changed: dict[str, CellValue] = {"loss": "l1", "epochs_per_click": 30}
        common = [
            replace(setting, value=changed.get(setting.name, setting.value))
            for setting in common_settings(self.data.count, LOSSES, lesson.lr)
            if setting.name not in (*SHARED, "task")
        ]
        page.text(SETTINGS_TOP - 1, 1, [["Setting", "Value"]], Look("header"))
        found = {}
        for i, setting in enumerate([*own, *common]):
            page.text(SETTINGS_TOP + i, 1, setting.name, Look("label"))
            look = Look("input", None, setting.choices, setting.minimum, setting.maximum, setting.whole, setting.help)
            found[setting.name] = page.input(SETTINGS_TOP + i, 2, setting.value, look, setting.name)
        row = SETTINGS_TOP + len(own) + len(common)
        for i, name in enumerate(("epoch", "step")):
            page.text(row + i, 1, name, Look("label"))
            found[name] = page.input(row + i, 2, 0, Look("output", "0"), name)
        page.text(row + 2, 1, "lr_now", Look("label"))
        found["lr_now"] = page.cell(row + 2, 2, lr_of_epoch(found), Look("calculation"), "lr_now")
        return found

    def put_weights(self) -> None:
        """Put every layer's weights and biases; the linear model has none of the latter, as in the notebook."""
        network, settings = self.network, self.settings
        for k, (labels, units) in enumerate(zip(self.labels, self.lesson.units, strict=True), 1):
            left = network.column
            network.weights(
                labels,
                units,
                settings[f"activation_{k}"],
                settings[f"trains_{k}"],
                settings[f"trains_{k}"] if self.lesson.hidden else None,
                random_weights(settings, len(labels), len(units)),
            )
            self.page.widths[column_letters(left)] = 20.0
        first = settings["activation_1"].area
        depth = len(network.layers)
        words = [[settings[f"activation_{k}"].only] for k in range(1, depth + 1)]
        network.cells["activations"] = Block(replace(first, bottom=first.top + depth - 1), as_values(words))

    def put_predictions(self) -> None:
        """Put every passenger's prediction, loss and whether it is wrong, and the headline over them."""
        network, page, data = self.network, self.page, self.data
        count, target, split = data.count, data.target, data.split
        headers = ["#", "Survived", "Rows", "in batch", "Prediction", "Loss", "Wrong"]
        left = network.stage("forward", "Every passenger", f"{count}×1 each", headers)
        page.text(TOP, left, [[i] for i in range(1, count + 1)], Look("target", "0"))
        page.each(TOP, left + 1, (count, 1), "{y}", Look("target", "0"), y=target)
        page.each(TOP, left + 2, (count, 1), "{s}", Look("target"), s=split)
        settings = self.settings
        names = ("batch_size", "epoch", "step", "seed", "shuffle")
        batch = call("NN_BATCH", split, *(settings[name] for name in names))
        network.cells["in_batch"] = page.array(TOP, left + 3, (count, 1), batch, Look("target", "0"), "in_batch")
        network.cells["prediction"] = self.prediction = page.array(
            TOP,
            left + 4,
            (count, 1),
            call("NN_FORWARD", data.inputs, network.cells["activations"], None, *self.parameters),
            Look("forward", NUMBER),
            "prediction",
        )
        self.loss_rows = page.each(
            TOP,
            left + 5,
            (count, 1),
            cases(
                "{l:all}",
                {
                    "l1": "ABS({p}-{y})",
                    "mse": "({p}-{y})^2",
                    "bce": "-LN(MAX(EXP(-100),IF({y}=1,{p},1-{p})))",
                },
            ),
            Look("loss", NUMBER),
            l=settings["loss"],
            p=self.prediction,
            y=target,
        )
        self.wrong = page.each(
            TOP,
            left + 6,
            (count, 1),
            "IF(({p}>0.5)=({y}=1),0,1)",
            Look("loss", "0"),
            p=self.prediction,
            y=target,
        )
        self.put_headline()

    @property
    def parameters(self) -> list[Block | None]:
        """Return the weights and biases as a whole-model formula takes them."""
        return [block for layer in self.network.layers for block in (layer.weight, layer.bias)]

    def put_headline(self) -> None:
        """Put loss, accuracy and error rate of the training and the validation rows over everything."""
        page, split, settings = self.page, self.data.split, self.settings

        def mean_of(block: Block, rows: str) -> Expression:

            return native(
                f'IF(COUNTIF({{split}},"{rows}")=0,"-",SUMIF({{split}},"{rows}",{{x}})/COUNTIF({{split}},"{rows}"))',
                x=block,
                split=split,
            )

        def right(error: Block) -> Expression:
            return native('IF({e}="-","-",1-{e})', e=error)

        card = "card"
        labels = ["train loss", "valid loss", "train error rate", "valid error rate", "train accuracy"]
        page.text(4, 4, [[*labels, "valid accuracy", "epoch", "loss of this batch"]], Look("card_label"))
        found = {
            "train loss": page.cell(5, 4, mean_of(self.loss_rows, "train"), Look(card, NUMBER)),
            "valid loss": page.cell(5, 5, mean_of(self.loss_rows, "valid"), Look(card, NUMBER)),
            "train error rate": page.cell(5, 6, mean_of(self.wrong, "train"), Look(card, "0.0%")),
            "valid error rate": page.cell(5, 7, mean_of(self.wrong, "valid"), Look(card, "0.0%")),
        }
        found["train accuracy"] = page.cell(5, 8, right(found["train error rate"]), Look(card, "0.0%"))
        found["valid accuracy"] = page.cell(5, 9, right(found["valid error rate"]), Look(card, "0.0%"))
        epoch = native("{e}", e=settings["epoch"])
        page.cell(5, 10, epoch, Look(card, "0"))
        batch = native(
            "SUMPRODUCT({x},{b})/SUM({b})",
            x=self.loss_rows,
            b=self.network.cells["in_batch"],
        )
        found["batch loss"] = page.cell(5, 11, batch, Look(card, NUMBER))
        self.headline = found

    def put_gradients(self) -> None:
        """Put the gradient of the batch's mean loss by every weight and bias."""
        network, page = self.network, self.page
        for k, layer in enumerate(network.layers, 1):
            rows, columns = layer.weight.values.shape
            headers = ["", *(f"grad {unit}" for unit in self.lesson.units[k - 1])]
            left = network.stage("gradient", f"Gradient {k}", f"of W{k} {rows}×{columns}", headers)
            page.text(TOP, left, [[label] for label in self.labels[k - 1]], Look("gradient_header"))
            look = Look("gradient", SMALL)
            page.widths[column_letters(left)] = 16.0
            layer.grad_weight = page.array(TOP, left + 1, (rows, columns), self.gradient(f"weight_{k}"), look)
            if layer.bias is not None:
                at = layer.bias.area.top
                page.text(at, left, "bias", Look("gradient_header"))
                layer.grad_bias = page.array(at, left + 1, (1, columns), self.gradient(f"bias_{k}"), look)

    def gradient(self, parameter: str) -> Expression:
        """Return one parameter's gradient on the batch."""
        cells = self.network.cells
        whole = (cells["inputs"], cells["target"], self.settings["loss"], cells["activations"], cells["in_batch"])
        return call("NN_GRAD", parameter, *whole, *self.parameters)

    def put_history(self) -> None:
        """Put the history to the right of everything, its charts beside the settings."""
        page, network = self.page, self.network
        left = network.stage("raw", "History", "one row an epoch", [name.replace("_", " ") for name in HISTORY_COLUMNS])
        values = [self.headline[name].only for name in ("train loss", "valid loss", "valid error rate")]
        train, valid, error = (value if isinstance(value, float) else 0.0 for value in values)
        first = Record(0, 0, train, valid, 1 - error, error)
        block = page.input(TOP, left, history_block([first], HISTORY_ROWS), Look("raw", "0.0000"), "history")
        page.array(6, 4, (1, 1), progress(block, NOT_ABOVE), Look("label"))

        def draw(sheet: Worksheet) -> None:
            for row in sheet.iter_rows(min_row=TOP, max_row=TOP + HISTORY_ROWS - 1, min_col=left, max_col=left + 1):
                for cell in row:
                    cell.number_format = "0"
            size = (10.6, 9.4)
            history_chart(sheet, block, LOSS_COLUMNS, "mean absolute error", Frame("Loss", "D7", size))
            history_chart(sheet, block, SHARE_COLUMNS, "share of passengers", Frame("Right and wrong", "H7", size))

        page.decorations.append(draw)

    def mark_wrong(self, sheet: Worksheet) -> None:
        """Colour the passengers whom the model gets wrong."""
        area = self.wrong.area
        rule = FormulaRule(formula=[f"${column_letters(area.left)}{area.top}=1"], fill=fill(WRONG))
        first = column_letters(area.left - 6)
        sheet.conditional_formatting.add(f"{first}{area.top}:{column_letters(area.right)}{area.bottom}", rule)
