"""The Model sheet: one training step of a network in live formulas, from inputs on the left to new weights right."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.kernels.optimizers import MOST_SHARED, MOST_SLOTS
from workbooks.sheets.block import Block, Values
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Expression, call, native
from workbooks.sheets.lesson_sheet import Held
from workbooks.sheets.rules import activated, activation_grad, row_loss_grads, row_losses, stepped
from workbooks.sheets.style import HIGHLIGHT, fill
from workbooks.sheets.units import dead_units
from workbooks.xlsx.area import column_letters

GROUP_ROW, SHAPE_ROW, HEADER_ROW, TOP = 6, 7, 8, 9
SHARED_NUMBERS = ("steps", "d", "loss")
NUMBER = "0.0000"
SMALL = "0.000000"
SPACE = 2.0
"""How wide the columns between two stages are."""


@dataclass
class LayerBlocks:
    """One layer's cells."""

    weight: Block
    bias: Block | None
    memory: Block
    bias_memory: Block | None
    activation: Block
    trains: Block
    trains_bias: Block | None
    linear: Block | None = None
    output: Block | None = None
    grad_linear: Block | None = None
    grad_weight: Block | None = None
    grad_bias: Block | None = None
    new_weight: Block | None = None
    new_bias: Block | None = None
    initial: Block | None = None


@dataclass
class NetworkPage:
    """The Model sheet while it is being put together, stage by stage and column by column."""

    page: Page
    settings: dict[str, Block]
    column: int = 1
    layers: list[LayerBlocks] = field(default_factory=list)
    cells: dict[str, Block] = field(default_factory=dict)

    def stage(self, name: str, title: str, shape: str, headers: list[str]) -> int:
        """Head the next columns as a stage of the computation, and return the first one."""
        left = self.column
        right = left + len(headers) - 1
        page = self.page
        page.text(GROUP_ROW, left, [[title] + [None] * (len(headers) - 1)], Look(f"{name}_group"))
        page.text(SHAPE_ROW, left, [[shape] + [None] * (len(headers) - 1)], Look(f"{name}_shape"))
        page.text(HEADER_ROW, left, [headers], Look(f"{name}_header"))
        if right > left:
            first, last = column_letters(left), column_letters(right)
            page.merged += [f"{first}{row}:{last}{row}" for row in (GROUP_ROW, SHAPE_ROW)]
        for header, index in zip(headers, range(left, right + 1), strict=True):
            wide = max(len(header) * 1.15 + 2, len(title) * 1.3 / len(headers) + 2, len(shape) / len(headers) + 2)
            page.widths[column_letters(index)] = min(max(9.5, wide), 24)
        self.column = right + 2
        page.widths[column_letters(right + 1)] = SPACE
        return left

    def split_and_batch(self, target: Block, split: Expression | None = None, number_format: str = "0") -> None:
        """Put the target, the split (at random where none is given) and the mask of the current batch."""
        settings = self.settings
        count = target.values.shape[0]
        left = self.stage("target", "Target and batch", f"y {count}×1", ["y", "split", "in batch"])
        page = self.page
        self.cells["target"] = page.each(
            TOP, left, (count, 1), "{y}", Look("target", number_format), "target", y=target
        )
        if split is None:
            words = call("NN_SPLIT", count, settings["valid_fraction"], settings["split_seed"])
            # Calc finds no word equal to one that an add-in gives, until it is joined to another text.
            split = native('{words}&""', words=words)
        parts = page.array(
            TOP,
            left + 1,
            (count, 1),
            split,
            Look("target"),
            "split",
            replaceable=True,
        )
        batch = page.array(
            TOP,
            left + 2,
            (count, 1),
            call(
                "NN_BATCH",
                parts,
                settings["batch_size"],
                settings["epoch"],
                settings["step"],
                settings["seed"],
                settings["shuffle"],
            ),
            Look("target", "0"),
            "in_batch",
        )
        self.cells |= {"split": parts, "in_batch": batch}

    def weights(
        self,
        labels: list[str],
        units: list[str],
        activation: Block,
        trains: Block,
        trains_bias: Block | None,
        first: Callable[[int], Expression],
        first_bias: Expression | None = None,
        held: Held | None = None,
    ) -> LayerBlocks:
        """Put a layer's weights over the optimizer's memory of them, beside the first weights; and so the biases.

        The first biases are 0 where no formula for them is given. `held` are the parameters where they stand
        elsewhere, a row a unit: here is then no more than their transpose.
        """
        k = len(self.layers) + 1
        page = self.page
        rows, columns = len(labels), len(units)
        headers = ["", *units, *(f"first {unit}" for unit in units)]
        left = self.stage("weights", f"Weights {k}" if self.many else "Weights", f"W{k} {rows}×{columns}", headers)
        initial = page.array(
            TOP,
            left + 1 + columns,
            (rows, columns),
            first(k),
            Look("weights", NUMBER),
            f"initial_weight_{k}",
            replaceable=True,
        )
        page.text(TOP, left, [[label] for label in labels], Look("weights_header"))
        page.widths[column_letters(left)] = len("memory ") + max(map(len, labels))
        weight = self.parameter(TOP, left + 1, initial.values, f"weight_{k}", None if held is None else held.weight)
        memory = self.memory(TOP + rows, left, labels, columns, f"optimizer_state_{k}")
        bias = bias_memory = None
        at = TOP + rows * (1 + MOST_SLOTS) + MOST_SHARED + 1
        if trains_bias is not None:
            page.text(at, left, "bias", Look("weights_header"))
            zeros = np.zeros((1, columns))
            first_values = (
                zeros if first_bias is None else np.broadcast_to(first_bias.value()[:, :columns], (1, columns))
            )
            bias = self.parameter(at, left + 1, first_values, f"bias_{k}", None if held is None else held.bias)
            shape, look, name = (1, columns), Look("weights", NUMBER), f"initial_bias_{k}"
            if first_bias is None:
                page.input(at, left + 1 + columns, zeros, look, name)
            else:
                page.array(at, left + 1 + columns, shape, first_bias, look, name, replaceable=True)
            bias_memory = self.memory(at + 1, left, ["bias"], columns, f"optimizer_bias_state_{k}")

        def bars(sheet: Worksheet) -> None:
            rule = DataBarRule(start_type="min", end_type="max", color="FFC000", showValue=True)
            sheet.conditional_formatting.add(weight.area.address.rpartition("!")[2], rule)

        page.decorations.append(bars)
        layer = LayerBlocks(weight, bias, memory, bias_memory, activation, trains, trains_bias, initial=initial)
        self.layers.append(layer)
        return layer

    def parameter(self, top: int, left: int, first: Values, name: str, turned: Block | None) -> Block:
        """Put a parameter with its first values, or repeat one that stands turned on another sheet."""
        if turned is None:
            return self.page.input(top, left, first, Look("input", NUMBER), name)
        formula, (rows, columns) = native("TRANSPOSE({p})", p=turned), first.shape
        return self.page.array(top, left, (rows, columns), formula, Look("weights", NUMBER))

    def wide_columns(self) -> list[int]:
        """Return the columns that are not the narrow ones between two stages."""
        return [j for j in range(1, self.column) if self.page.widths[column_letters(j)] > SPACE]

    @property
    def many(self) -> bool:
        """Tell whether the network has several layers, so that their numbers are worth showing."""
        return "activation_2" in self.settings

    def memory(self, top: int, left: int, labels: list[str], columns: int, name: str) -> Block:
        """Put the optimizer's memory of some parameters right under them, 0 at first."""
        names = [[f"memory {label}"] for _ in range(MOST_SLOTS) for label in labels]
        names += [[f"memory {what}"] for what in SHARED_NUMBERS]
        self.page.text(top, left, names, Look("weights_shape"))
        zeros = np.zeros((len(names), columns))
        return self.page.input(top, left + 1, zeros, Look("weights", NUMBER), name)

    def forward(self, source: Block, units: list[str], outputs: list[str], hidden: bool) -> Block:
        """Put the last layer's linear part and its activation, and return the activation."""
        layer = self.layers[-1]
        page = self.page
        count, width = source.values.shape[0], len(units)
        k = len(self.layers)
        left = self.stage(
            "forward",
            f"Forward {k}" if self.many else "Forward",
            f"{count}×{width}" + (" each" if width > 1 or hidden else ""),
            [*units, *outputs],
        )
        linear = call("NN_LINEAR", source, layer.weight, layer.bias)
        layer.linear = page.array(TOP, left, (count, width), linear, Look("forward", NUMBER))
        formula = activated(layer.activation, layer.linear)
        layer.output = page.array(TOP, left + width, (count, width), formula, Look("forward", NUMBER))
        return layer.output

    def loss(self, prediction: Block) -> None:
        """Put each row's loss and, over the sheet, what matters at a glance."""
        target, loss = self.cells["target"], self.settings["loss"]
        count = prediction.values.shape[0]
        left = self.stage("loss", "Loss", f"{count}×1", ["Loss"])
        rows = row_losses(loss, prediction, target)
        self.cells["prediction"] = prediction
        self.cells["loss_rows"] = self.page.array(TOP, left, (count, 1), rows, Look("loss", NUMBER))

    def gradients(self, source: Block) -> None:
        """Put the gradient row by row, from the loss back to the first layer, and each parameter's gradient."""
        count = source.values.shape[0]
        target, batch, loss = self.cells["target"], self.cells["in_batch"], self.settings["loss"]
        prediction = self.cells["prediction"]
        per_row = row_loss_grads(loss, prediction, target)
        upstream: Expression = native("{g}*{b}/SUM({b})", g=per_row, b=batch)
        for k in range(len(self.layers), 0, -1):
            layer = self.layers[k - 1]
            width = layer.weight.values.shape[1]
            names = ["Preds"] if k == len(self.layers) else [f"ReLU{j + 1}" for j in range(width)]
            lins = ["Lin"] if width == 1 and k == len(self.layers) else [f"Lin{j + 1}" for j in range(width)]
            title = f"Gradient by row {k}" if self.many else "Gradient by row"
            headers = [f"d {name}" for name in (*names, *lins)]
            left = self.stage("gradient", title, f"{count}×{width} each", headers)
            output = self.page.array(TOP, left, (count, width), upstream, Look("gradient", SMALL))
            layer.grad_linear = self.page.array(
                TOP, left + width, (count, width), self.through(layer, output, k), Look("gradient", SMALL)
            )
            upstream = call("NN_LINEAR_GRAD_INPUT", layer.grad_linear, layer.weight)

    def through(self, layer: LayerBlocks, output: Block, k: int) -> Expression:
        """Return the gradient by a layer's linear part, given that by its activation."""
        assert layer.linear is not None
        return activation_grad(layer.activation, layer.linear, output)

    def parameter_gradients(self, sources: list[Block], labels: list[list[str]], units: list[list[str]]) -> None:
        """Put the gradient of every weight and bias, by back-propagation and by central differences."""
        for k, (layer, source) in enumerate(zip(self.layers, sources, strict=True), 1):
            assert layer.grad_linear is not None
            rows, columns = layer.weight.values.shape
            headers = ["", *(f"grad {unit}" for unit in units[k - 1]), *(f"by trying {unit}" for unit in units[k - 1])]
            title = f"Gradient {k}" if self.many else "Gradient"
            left = self.stage("gradient", title, f"of W{k} {rows}×{columns}, and by central differences", headers)
            page = self.page
            page.text(TOP, left, [[label] for label in labels[k - 1]], Look("gradient_header"))
            layer.grad_weight = page.array(
                TOP,
                left + 1,
                (rows, columns),
                call("NN_LINEAR_GRAD_WEIGHT", source, layer.grad_linear),
                Look("gradient", SMALL),
            )
            page.array(TOP, left + 1 + columns, (rows, columns), self.numeric(f"weight_{k}"), Look("gradient", SMALL))
            if layer.bias is not None:
                at = layer.bias.area.top
                page.text(at, left, "bias", Look("gradient_header"))
                grad = call("NN_LINEAR_GRAD_BIAS", layer.grad_linear)
                layer.grad_bias = page.array(at, left + 1, (1, columns), grad, Look("gradient", SMALL))
                numeric = self.numeric(f"bias_{k}")
                page.array(at, left + 1 + columns, (1, columns), numeric, Look("gradient", SMALL))

    def numeric(self, parameter: str) -> Expression:
        """Return one parameter's gradient on the batch by central differences."""
        return call("NN_NUMERIC_GRAD", parameter, *self.whole_model(self.cells["in_batch"]))

    def whole_model(self, rows: Block | None) -> list[Block | None]:
        """Return the arguments of a whole-model formula from inputs on."""
        activations = self.cells["activations"]
        parameters: list[Block | None] = []
        for layer in self.layers:
            parameters += [layer.weight, layer.bias]
        return [self.cells["inputs"], self.cells["target"], self.settings["loss"], activations, rows, *parameters]

    def new_weights(self, labels: list[list[str]], units: list[list[str]]) -> None:
        """Put what the next step makes of every weight and bias; those that do not train stay."""
        for k, layer in enumerate(self.layers, 1):
            assert layer.grad_weight is not None
            rows, columns = layer.weight.values.shape
            headers = ["", *(f"new {unit}" for unit in units[k - 1])]
            title = f"New weights {k}" if self.many else "New weights"
            left = self.stage("new", title, f"W{k} {rows}×{columns}", headers)
            page = self.page
            page.text(TOP, left, [[label] for label in labels[k - 1]], Look("new_header"))
            formula = self.step(layer.weight, layer.memory, layer.grad_weight, layer.trains)
            look, name = Look("new", NUMBER), f"new_weight_{k}"
            layer.new_weight = page.array(TOP, left + 1, (rows, columns), formula, look, name)
            if layer.bias is not None and layer.bias_memory is not None and layer.grad_bias is not None:
                at = layer.bias.area.top
                assert layer.trains_bias is not None
                page.text(at, left, "bias", Look("new_header"))
                formula = self.step(layer.bias, layer.bias_memory, layer.grad_bias, layer.trains_bias)
                layer.new_bias = page.array(at, left + 1, (1, columns), formula, look, f"new_bias_{k}")

    def step(self, values: Block, memory: Block, grad: Block, trains: Block) -> Expression:
        """Return one parameter block after the next step, its memory below it cut off."""
        steps = stepped(self.settings, values, memory, grad, self.cells["batch loss"])
        return native(
            "IF({trains},{steps},{values})",
            trains=trains,
            steps=steps,
            values=values,
        )

    def dead_units(self, chosen: Block | None = None) -> Expression:
        """Return how many units of the first layer are dead; `chosen` says how many it has, where that is a choice."""
        first = self.layers[0]
        assert first.output is not None
        return dead_units(first.activation, first.output, chosen)

    def highlight_batch(self) -> None:
        """Mark the inputs of the current batch's rows, where a batch is not all of them."""
        inputs, batch = self.cells["inputs"], self.cells["in_batch"]
        size = self.settings["batch_size"].reference(self.page.title)
        letters = column_letters(batch.area.left)
        rule = FormulaRule(formula=[f"AND(${letters}{TOP}=1,{size}<{batch.values.shape[0]})"], fill=fill(HIGHLIGHT))

        def mark(sheet: Worksheet) -> None:
            for block in (inputs, self.cells["target"], batch):
                if block.area.sheet == self.page.title:
                    sheet.conditional_formatting.add(block.area.address.rpartition("!")[2], rule)

        self.page.decorations.append(mark)


def random_weights(settings: dict[str, Block], rows: int, columns: int) -> Callable[[int], Expression]:
    """Return the formula of a layer's random first weights, for each layer's number."""
    return lambda k: call("NN_INIT", rows, columns, settings["seed"], settings["initializer"], k)


def widen(network: NetworkPage) -> None:
    """Give every layer's labels and weights room for what the optimizer remembers, counts of steps among it."""
    for layer in network.layers:
        area = layer.weight.area
        network.page.widths[column_letters(area.left - 1)] = 14.0
        network.page.widths |= {column_letters(column): 12.0 for column in range(area.left, area.right + 1)}
