"""The sheet of a model: one training step in live formulas, from inputs on the left to new weights on the right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.kernels.optimizers import MOST_SHARED, MOST_SLOTS, OPTIMIZERS
from workbooks.sheets.block import Block, NamedBlocks, Values, below
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Expression, Operand, call, native
from workbooks.sheets.rules import activated, activation_grad, row_loss_grads, row_losses, stepped
from workbooks.sheets.step import (
    DataRows,
    Forward,
    Gradients,
    LayerBlocks,
    LayerCells,
    LayerPass,
    LayerSpec,
    Parameter,
    Step,
    Transposed,
    parameter_blocks,
)
from workbooks.sheets.style import HIGHLIGHT, PALE_NEGATIVE, PALE_POSITIVE, fill
from workbooks.xlsx.area import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

GROUP_ROW, SHAPE_ROW, HEADER_ROW, TOP = 6, 7, 8, 9
SHARED_NUMBERS = ("steps", "d", "loss")
NUMBER = "0.0000"
SMALL = "0.000000"
SPACE = 2.0
"""How wide the columns between two stages are."""
GRADIENT = Look("gradient", SMALL)
BIAS_GAP = MOST_SHARED + 1
"""Rows between the optimizer's memory of each weight and the biases."""


@dataclass(frozen=True)
class GradientColumns:
    """Columns of a layer's gradient: what stands before each unit's name, and how it is computed."""

    prefix: str
    weight: Expression
    bias: Expression


@dataclass
class ModelSheet:
    """Lays out a model's sheet, stage by stage and column by column: forward, gradients, step.

    `features` are the names of the inputs; `column` is the next free one.
    """

    page: Page
    settings: NamedBlocks
    features: Sequence[str]
    layers: Sequence[LayerSpec]
    column: int = 1

    def stage(self, name: str, title: str, shape: str, headers: Sequence[str]) -> int:
        """Head the next columns as a stage of the computation, and return the first one."""
        left = self.column
        right = left + len(headers) - 1
        page = self.page
        page.text(GROUP_ROW, left, [[title] + [None] * (len(headers) - 1)], Look(f"{name}_group"))
        page.text(SHAPE_ROW, left, [[shape] + [None] * (len(headers) - 1)], Look(f"{name}_shape"))
        page.text(HEADER_ROW, left, [list(headers)], Look(f"{name}_header"))
        if right > left:
            first, last = column_letters(left), column_letters(right)
            page.merged += [f"{first}{row}:{last}{row}" for row in (GROUP_ROW, SHAPE_ROW)]
        for header, index in zip(headers, range(left, right + 1), strict=True):
            wide = max(len(header) * 1.15 + 2, len(title) * 1.3 / len(headers) + 2, len(shape) / len(headers) + 2)
            page.widths[column_letters(index)] = min(max(9.5, wide), 24)
        self.column = right + 2
        page.widths[column_letters(right + 1)] = SPACE
        return left

    def wide_columns(self) -> list[int]:
        """Return the columns that are not the narrow ones between two stages."""
        return [j for j in range(1, self.column) if self.page.widths[column_letters(j)] > SPACE]

    def numbered(self, title: str, k: int) -> str:
        """Return a stage's title with the layer's number, where there are several layers."""
        return f"{title} {k}" if len(self.layers) > 1 else title

    def labels(self, k: int) -> Sequence[str]:
        """Return the names of what layer k (from 1) takes, which label the rows of its weights."""
        return self.features if k == 1 else self.layers[k - 2].outputs

    def split_and_batch(
        self, inputs: Block, y: Block, split: Expression | None = None, number_format: str = "0"
    ) -> DataRows:
        """Put the target (n×1), the split (at random where none is given) and the mask of the current batch."""
        settings, page = self.settings, self.page
        count = y.values.shape[0]
        left = self.stage("target", "Target and batch", f"y {count}×1", ["y", "split", "in batch"])
        target = page.each(TOP, left, (count, 1), "{y}", Look("target", number_format), "target", y=y)
        split = split or random_split(settings, count)
        look = Look("target_word")
        parts = page.array(TOP, left + 1, (count, 1), split, look, "split", replaceable=True)
        return DataRows(inputs, target, parts, self.in_batch(left + 2, parts))

    def in_batch(self, left: int, split: Block) -> Block:
        """Put the mask of the current batch, n×1."""
        names = ("batch_size", "epoch", "step", "seed", "shuffle")
        mask = call("NN_BATCH", split, *(self.settings[name] for name in names))
        return self.page.array(TOP, left, (split.values.shape[0], 1), mask, Look("target", "0"), "in_batch")

    def weights(self, k: int, transposed: Transposed | None = None) -> LayerCells:
        """Put layer k's weights over the optimizer's memory of them, beside the first weights; and so the biases.

        Those that stand transposed on another sheet are only repeated here.
        """
        page, layer, labels = self.page, self.layers[k - 1], self.labels(k)
        units, rows, columns = layer.units, len(labels), len(layer.units)
        headers = ["", *units, *(f"first {unit}" for unit in units)]
        left = self.stage("weights", self.numbered("Weights", k), f"W{k} {rows}×{columns}", headers)
        look, name = Look("weights", NUMBER), f"initial_weight_{k}"
        place = (TOP, left + 1 + columns)
        first = page.array(*place, (rows, columns), layer.first_weight, look, name, replaceable=True)
        page.text(TOP, left, [[label] for label in labels], Look("weights_header"))
        page.widths[column_letters(left)] = len("memory ") + max(map(len, labels))
        elsewhere = None if transposed is None else transposed.weight
        values = self.parameter(TOP, left + 1, first.values, f"weight_{k}", elsewhere)
        memory = self.memory(TOP + rows, left, labels, columns, f"optimizer_state_{k}")
        weight = Parameter(f"weight_{k}", values, first, memory, layer.trains)
        elsewhere = None if transposed is None else transposed.bias
        bias = None if layer.trains_bias is None else self.biases(k, left, layer.trains_bias, elsewhere)

        def colour(sheet: Worksheet) -> None:
            from openpyxl.formatting.rule import ColorScaleRule

            scale = ColorScaleRule("num", -1, PALE_NEGATIVE, "num", 0, "FFFFFF", "num", 1, PALE_POSITIVE)
            sheet.conditional_formatting.add(values.area.cells, scale)

        page.decorations.append(colour)
        return LayerCells(weight, bias)

    def parameter(self, top: int, left: int, first: Values, name: str, transposed: Block | None) -> Block:
        """Put a parameter with its first values, or repeat one that stands transposed on another sheet."""
        if transposed is None:
            return self.page.input(top, left, first, Look("input", NUMBER), name)
        formula, (rows, columns) = native("TRANSPOSE({p})", p=transposed), first.shape
        return self.page.array(top, left, (rows, columns), formula, Look("weights", NUMBER))

    def biases(self, k: int, left: int, trains: Block, transposed: Block | None) -> Parameter:
        """Put layer k's biases below its weights, over the optimizer's memory of them, beside the first biases."""
        page, layer = self.page, self.layers[k - 1]
        columns, at = len(layer.units), self.bias_row(k)
        page.text(at, left, "bias", Look("weights_header"))
        zeros = np.zeros((1, columns))
        begin = zeros if layer.first_bias is None else layer.first_bias.value()[:, :columns]
        values = self.parameter(at, left + 1, np.broadcast_to(begin, (1, columns)), f"bias_{k}", transposed)
        place, look, name = (at, left + 1 + columns), Look("weights", NUMBER), f"initial_bias_{k}"
        if layer.first_bias is None:
            first = page.input(*place, zeros, look, name)
        else:
            first = page.array(*place, (1, columns), layer.first_bias, look, name, replaceable=True)
        memory = self.memory(at + 1, left, ["bias"], columns, f"optimizer_bias_state_{k}")
        return Parameter(f"bias_{k}", values, first, memory, trains)

    def bias_row(self, k: int) -> int:
        """Return the row of layer k's biases, below its weights and the optimizer's memory of them."""
        return TOP + len(self.labels(k)) * (1 + MOST_SLOTS) + BIAS_GAP

    def memory(self, top: int, left: int, labels: Sequence[str], columns: int, name: str) -> Block:
        """Put the optimizer's memory of some parameters right under them, 0 at first."""
        names = [[f"memory {label}"] for _ in range(MOST_SLOTS) for label in labels]
        names += [[f"memory {what}"] for what in SHARED_NUMBERS]
        self.page.text(top, left, names, Look("weights_shape"))
        zeros = np.zeros((len(names), columns))
        memory = self.page.input(top, left + 1, zeros, Look("weights", NUMBER), name)
        self.blank_unused(memory, len(labels))
        return memory

    def blank_unused(self, memory: Block, height: int) -> None:
        """Show no row of memory (a slot is `height` rows) that the chosen optimizer does not use."""
        page, area = self.page, memory.area
        chosen = self.settings["optimizer"].reference(page.title)
        parts = [
            (area.top + slot * height, height, [word for word, rule in OPTIMIZERS.items() if rule.slots > slot])
            for slot in range(MOST_SLOTS)
        ]
        parts += [
            (area.bottom + 1 - MOST_SHARED + i, 1, [word for word, rule in OPTIMIZERS.items() if rule.shared > i])
            for i in range(MOST_SHARED)
        ]

        def hide(sheet: Worksheet) -> None:
            from openpyxl.formatting.rule import Rule
            from openpyxl.styles.differential import DifferentialStyle
            from openpyxl.styles.numbers import NumberFormat

            blank = DifferentialStyle(numFmt=NumberFormat(numFmtId=190, formatCode=";;;"), fill=fill("FFFFFF"))
            for top, rows, users in parts:
                place = f"{column_letters(area.left - 1)}{top}:{column_letters(area.right)}{top + rows - 1}"
                others = ",".join(f'{chosen}<>"{word}"' for word in users)
                rule = Rule(type="expression", formula=[f"AND({others})"], dxf=blank, stopIfTrue=True)
                sheet.conditional_formatting.add(place, rule)

        page.decorations.append(hide)

    def forward(
        self, rows: DataRows, activations: Block | None = None, transposed: Sequence[Transposed] = ()
    ) -> Forward:
        """Put every layer's parameters and what it gives, then each row's loss.

        `activations` holds the words of all activations; where it is not given, their cells must stand one below the
        other. `transposed` are the parameters of the first layers where they stand on another sheet.

        Raises:
            GradsheetError: where the inputs are not as many as the features.
        """
        width = rows.inputs.values.shape[1]
        if width != len(self.features):
            raise GradsheetError(
                f"{rows.inputs.address('')} has a width of {width}, but the features are {', '.join(self.features)}: "
                "name one a column."
            )
        layers: list[LayerCells] = []
        passes: list[LayerPass] = []
        source = rows.inputs
        for k in range(1, len(self.layers) + 1):
            layers.append(self.weights(k, transposed[k - 1] if k <= len(transposed) else None))
            passes.append(self.layer_pass(k, layers[-1], source))
            source = passes[-1].output
        loss, count = self.settings["loss"], source.values.shape[0]
        left = self.stage("loss", "Loss", f"{count}×1", ["Loss"])
        each = row_losses(loss, source, rows.target)
        losses = self.page.array(TOP, left, (count, 1), each, Look("loss", NUMBER))
        words = activations or self.activations()
        return Forward(rows, loss, words, tuple(layers), tuple(passes), losses)

    def activations(self) -> Block:
        """Return the cells that say each layer's activation, which stand one below the other, as one block."""
        return below([layer.activation for layer in self.layers])

    def layer_pass(self, k: int, cells: LayerCells, source: Block) -> LayerPass:
        """Put layer k's pre-activations and its activations."""
        page, layer = self.page, self.layers[k - 1]
        count, width = source.values.shape[0], len(layer.units)
        headers = [*layer.pre_activations, *layer.activations]
        is_split = not layer.is_linear and (width > 1 or k < len(self.layers))
        shape = f"{count}×{width}" + " each" * is_split
        left = self.stage("forward", self.numbered("Forward", k), shape, headers)
        linear = page.array(
            TOP, left, (count, width), call("NN_LINEAR", source, *parameter_blocks([cells])), Look("forward", NUMBER)
        )
        if layer.is_linear:
            return LayerPass(source, linear, linear)
        formula = activated(layer.activation, linear)
        return LayerPass(
            source, linear, page.array(TOP, left + width, (count, width), formula, Look("forward", NUMBER))
        )

    def gradients(self, forward: Forward, *, numerical: bool = True) -> Gradients:
        """Put the gradient row by row, from the loss back to the first layer, and each parameter's gradient.

        Beside it, unless it would take too long, stands the numerical gradient, by finite differences.
        """
        linear = self.row_gradients(forward)
        depth = range(1, len(self.layers) + 1)
        return Gradients(linear, tuple(self.parameter_gradients(k, forward, linear[k - 1], numerical) for k in depth))

    def row_gradients(self, forward: Forward) -> tuple[Block, ...]:
        """Put the gradient of the batch's mean loss by activations and pre-activations; return that by the latter."""
        page, rows = self.page, forward.rows
        per_row = row_loss_grads(forward.loss, forward.prediction, rows.target)
        upstream: Expression = native("{g}*{b}/SUM({b})", g=per_row, b=rows.in_batch)
        found: list[Block] = []
        for k in range(len(self.layers), 0, -1):
            layer, each = self.layers[k - 1], forward.passes[k - 1]
            count, width = shape = (each.output.values.shape[0], len(layer.units))
            headers = [f"d {name}" for name in (*layer.activations, *layer.pre_activations)]
            left = self.stage(
                "gradient",
                self.numbered("Gradient by row", k),
                f"{count}×{width}" + " each" * (not layer.is_linear),
                headers,
            )
            grad = page.array(TOP, left, shape, upstream, GRADIENT)
            if not layer.is_linear:
                grad = page.array(
                    TOP, left + width, shape, activation_grad(layer.activation, each.linear, grad), GRADIENT
                )
            found.insert(0, grad)
            upstream = call("NN_LINEAR_GRAD_INPUT", grad, forward.layers[k - 1].weight.values)
        return tuple(found)

    def parameter_gradients(self, k: int, forward: Forward, linear: Block, numerical: bool) -> LayerBlocks:
        """Put the gradient of layer k's weights and biases by back-propagation, and the numerical one."""
        found = [
            GradientColumns(
                "grad",
                call("NN_LINEAR_GRAD_WEIGHT", forward.passes[k - 1].source, linear),
                call("NN_LINEAR_GRAD_BIAS", linear),
            )
        ]
        if numerical:
            model = forward.whole_model(forward.rows.in_batch)
            by_name = [call("NN_NUMERIC_GRAD", name, *model) for name in (f"weight_{k}", f"bias_{k}")]
            found.append(GradientColumns("numerical", *by_name))
        return self.gradient_stage(k, self.numbered("Gradient", k), found)

    def gradient_stage(self, k: int, title: str, found: Sequence[GradientColumns]) -> LayerBlocks:
        """Put the gradient of layer k's weights and biases, each in columns of its own; return the first."""
        page, layer, labels = self.page, self.layers[k - 1], self.labels(k)
        rows, columns = shape = (len(labels), len(layer.units))
        headers = ["", *(f"{each.prefix} {unit}" for each in found for unit in layer.units)]
        text = f"of W{k} {rows}×{columns}" + "; numerical: finite differences" * (len(found) > 1)
        left = self.stage("gradient", title, text, headers)
        page.text(TOP, left, [[label] for label in labels], Look("gradient_header"))
        lefts = range(left + 1, self.column - 1, columns)
        weights = [page.array(TOP, at, shape, each.weight, GRADIENT) for at, each in zip(lefts, found, strict=True)]
        if layer.trains_bias is None:
            return LayerBlocks(weights[0], None)
        row = self.bias_row(k)
        page.text(row, left, "bias", Look("gradient_header"))
        biases = [page.array(row, at, (1, columns), each.bias, GRADIENT) for at, each in zip(lefts, found, strict=True)]
        return LayerBlocks(weights[0], biases[0])

    def batch_loss(self, forward: Forward) -> Block:
        """Put the loss of the current batch over the sheet."""
        self.page.text(4, 2, "batch loss", Look("label"))
        return self.page.array(4, 3, (1, 1), mean_loss(forward, forward.rows.in_batch), Look("output", SMALL))

    def step(self, forward: Forward, gradients: Gradients, batch_loss: Block) -> Step:
        """Put what the next step makes of every weight and bias, and mark the batch's rows; those are all blocks."""
        new = self.new_weights(forward.layers, gradients.parameters, batch_loss)
        self.highlight(forward.rows)
        return Step(forward, gradients, batch_loss, new)

    def new_weights(
        self, layers: Sequence[LayerCells], gradients: Sequence[LayerBlocks], batch_loss: Block
    ) -> tuple[LayerBlocks, ...]:
        """Put what the next step makes of every weight and bias; those that do not train stay."""
        page, found = self.page, []
        for k, (cells, grad) in enumerate(zip(layers, gradients, strict=True), 1):
            labels, units = self.labels(k), self.layers[k - 1].units
            rows, columns = shape = (len(labels), len(units))
            headers = ["", *(f"new {unit}" for unit in units)]
            left = self.stage("new", self.numbered("New weights", k), f"W{k} {rows}×{columns}", headers)
            page.text(TOP, left, [[label] for label in labels], Look("new_header"))
            look = Look("new", NUMBER)
            after = self.after_step(cells.weight, grad.weight, batch_loss)
            weight = page.array(TOP, left + 1, shape, after, look, f"new_weight_{k}")
            bias = None
            if cells.bias is not None and grad.bias is not None:
                row = self.bias_row(k)
                page.text(row, left, "bias", Look("new_header"))
                after = self.after_step(cells.bias, grad.bias, batch_loss)
                bias = page.array(row, left + 1, (1, columns), after, look, f"new_bias_{k}")
            found.append(LayerBlocks(weight, bias))
        return tuple(found)

    def after_step(self, parameter: Parameter, grad: Block, batch_loss: Block) -> Expression:
        """Return a parameter after the next step, the optimizer's memory below it cut off."""
        steps = stepped(self.settings, parameter.values, parameter.memory, grad, batch_loss)
        return native("IF({trains},{steps},{values})", trains=parameter.trains, steps=steps, values=parameter.values)

    def highlight(self, rows: DataRows) -> None:
        """Mark the rows of the current batch, where a batch is not all of them."""
        batch = rows.in_batch
        size = self.settings["batch_size"].reference(self.page.title)
        letters = column_letters(batch.area.left)

        def mark(sheet: Worksheet) -> None:
            from openpyxl.formatting.rule import FormulaRule

            is_marked = f"AND(${letters}{TOP}=1,{size}<{batch.values.shape[0]})"
            rule = FormulaRule(formula=[is_marked], fill=fill(HIGHLIGHT))
            for block in (rows.inputs, rows.target, batch):
                if block.area.sheet == batch.area.sheet:
                    sheet.conditional_formatting.add(block.area.cells, rule)

        self.page.decorations.append(mark)

    def widen(self, layers: Sequence[LayerCells]) -> None:
        """Give labels and weights room for what the optimizer remembers, counts of steps among it."""
        for layer in layers:
            area = layer.weight.values.area
            self.page.widths[column_letters(area.left - 1)] = 14.0
            self.page.widths |= {column_letters(column): 12.0 for column in range(area.left, area.right + 1)}


def mean_loss(forward: Forward, mask: Operand) -> Expression:
    """Return the mean loss of the rows where `mask` (n×1) is 1."""
    return call("NN_LOSS", *forward.whole_model(mask))


def random_split(settings: NamedBlocks, count: int) -> Expression:
    """Return which of so many rows train and which are kept aside, n×1."""
    words = call("NN_SPLIT", count, settings["valid_fraction"], settings["split_seed"])
    # Calc finds no word equal to one that an add-in gives, until it is joined to another text.
    return native('{words}&""', words=words)


def random_weights(settings: NamedBlocks, rows: int, columns: int, k: int) -> Expression:
    """Return random first weights of layer k (from 1)."""
    return call("NN_INIT", rows, columns, settings["seed"], settings["initializer"], k)
