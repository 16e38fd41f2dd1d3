"""The Native sheet: the same step in the spreadsheet's own functions, and how far the two are apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from workbooks.sheets.block import Block, as_values
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Expression, native
from workbooks.sheets.model_sheet import ModelSheet
from workbooks.sheets.rules import plain_activation, plain_activation_grad, plain_loss, plain_step
from workbooks.sheets.step import Parameter, Step
from workbooks.xlsx.area import column_letters

COMPARED = 5
NUMBER = "0.0000"
EXACT = "0.00E+00"


@dataclass(frozen=True)
class Difference:
    """A block computed by Gradsheet's formulas and again by the spreadsheet's own."""

    what: str
    ours: Block
    native: Block


class NativePage:
    """The Native sheet while it is being put together."""

    def __init__(self, page: Page, sheet: ModelSheet, step: Step) -> None:
        self.page = page
        self.sheet, self.whole = sheet, step
        layers = step.forward.layers
        biases = sum(layer.bias is not None for layer in layers)
        # Every layer compares five blocks and two for a bias, the loss one more; two rows stay free above the columns.
        self.top = COMPARED + 5 * len(layers) + 2 * biases + 1 + 3
        self.differences: list[Difference] = []
        self.column = 1
        page.text(1, 1, "The same sum without Gradsheet", Look("title"))
        page.text(
            2,
            1,
            "Every number of the Model sheet once more, in the spreadsheet's own functions: SUMPRODUCT, MMULT, IF.",
            Look("line"),
        )
        page.heights = {1: 30, self.top - 1: 32}
        page.widths = {"A": 13, "B": 13, "C": 18, "D": 13, "E": 13, "F": 13}
        self.inputs = step.forward.rows.inputs
        self.linears: list[Block] = []
        self.count = self.inputs.values.shape[0]
        sources = [self.inputs]
        for k, (layer, each) in enumerate(zip(sheet.layers, step.forward.passes, strict=True)):
            sources.append(self.forward(k, sources[-1], layer.units))
            self.compare(f"Lin {k + 1}", each.linear, self.linears[-1])
            self.compare(f"activation {k + 1}", each.output, sources[-1])
        self.loss(sources[-1])
        self.backward(sources)
        self.summary()

    def compare(self, what: str, ours: Block, native_block: Block) -> None:
        """Remember two blocks that must be equal."""
        self.differences.append(Difference(what, ours, native_block))

    def columns(self, stage: str, headers: list[str]) -> int:
        """Head the next columns and return the first."""
        left = self.column
        self.page.text(self.top - 1, left, [headers], Look(f"{stage}_header"))
        for column in range(left, left + len(headers)):
            self.page.widths.setdefault(column_letters(column), 10.5)
        self.column += len(headers)
        return left

    def forward(self, k: int, source: Block, units: Sequence[str]) -> Block:
        """Put layer k's (from 0) linear part and activation, its weights laid out in rows above as in the lesson."""
        page, layer = self.page, self.whole.forward.layers[k]
        weight, width = layer.weight.values, len(units)
        left = self.columns("forward", [*units, *(f"act {unit}" for unit in units)])
        at = 6 + 4 * k
        fan_in = weight.values.shape[0]
        page.text(at - 1, 7, f"Weights {k + 1}, a row a unit", Look("label"))
        rows = page.array(at, 7, (width, fan_in), native("TRANSPOSE({w})", w=weight), Look("weights", NUMBER))
        columns: list[Block] = []
        for j in range(width):
            weights = rows.part(top=j, rows=1)
            blocks = {"x": source, "w": weights}
            text = "SUMPRODUCT({x:row},{w:all})"
            if layer.bias is not None:
                blocks["b"] = layer.bias.values.part(left=j, columns=1)
                text += "+{b:all}"
            look = Look("forward", NUMBER)
            columns.append(page.each(self.top, left + j, (self.count, 1), text, look, None, **blocks))
        area = page.area(self.top, left, self.count, width)
        values = np.hstack([block.values for block in columns])
        self.linears.append(Block(area, as_values(values.tolist())))
        word, look = self.sheet.layers[k].activation, Look("forward", NUMBER)
        text, shape = plain_activation(word), (self.count, width)
        return page.each(self.top, left + width, shape, text, look, None, word=word, inputs=self.linears[-1])

    def loss(self, prediction: Block) -> None:
        """Put each row's loss."""
        forward = self.whole.forward
        target, loss = forward.rows.target, forward.loss
        left = self.columns("loss", ["Loss"])
        text, look = plain_loss(loss), Look("loss", NUMBER)
        known = {"word": loss, "inputs": prediction, "target": target}
        rows = self.page.each(self.top, left, (self.count, 1), text, look, None, **known)
        self.compare("loss of each row", forward.losses, rows)
        self.prediction = prediction
        self.loss_rows = rows

    def backward(self, outputs: list[Block]) -> None:
        """Put the gradient by row, from the last layer to the first, then every parameter's gradient and new value."""
        page, whole = self.page, self.whole
        target, batch, loss = whole.forward.rows.target, whole.forward.rows.in_batch, whole.forward.loss
        left, look = self.columns("gradient", ["d Preds"]), Look("gradient", "0.000000")
        text = plain_loss(loss, "_GRAD") + "*{batch}/SUM({batch:all})"
        known = {"word": loss, "inputs": self.prediction, "target": target, "batch": batch}
        upstream = page.each(self.top, left, (self.count, 1), text, look, None, **known)
        for k in range(len(whole.forward.layers) - 1, -1, -1):
            layer, weight = self.sheet.layers[k], whole.forward.layers[k].weight.values
            width = weight.values.shape[1]
            left = self.columns("gradient", [f"d Lin {k + 1}"] * width)
            known = {"word": layer.activation, "inputs": self.linears[k], "grad_output": upstream}
            text = plain_activation_grad(layer.activation)
            delta = page.each(self.top, left, (self.count, width), text, look, None, **known)
            self.compare(f"gradient of Lin {k + 1}", whole.gradients.linear[k], delta)
            self.parameters(k, outputs[k], delta)
            if k > 0:
                left = self.columns("gradient", [f"d act {k}"] * outputs[k].values.shape[1])
                product = native("MMULT({d},TRANSPOSE({w}))", d=delta, w=weight)
                shape = outputs[k].values.shape
                upstream = page.array(self.top, left, (shape[0], shape[1]), product, Look("gradient", "0.000000"))

    def parameters(self, k: int, source: Block, delta: Block) -> None:
        """Put layer k's gradients and new values."""
        page, layer = self.page, self.whole.forward.layers[k]
        ours, new_ours = self.whole.gradients.parameters[k], self.whole.new[k]
        rows, width = layer.weight.values.values.shape
        left = self.columns("gradient", [f"grad W{k + 1}"] * width)
        product = native("MMULT(TRANSPOSE({x}),{d})", x=source, d=delta)
        grad = page.array(self.top, left, (rows, width), product, Look("gradient", "0.000000"))
        self.compare(f"gradient of W{k + 1}", ours.weight, grad)
        left = self.columns("new", [f"new W{k + 1}"] * width)
        new = page.array(
            self.top,
            left,
            (rows, width),
            self.step(layer.weight, grad),
            Look("new", NUMBER),
        )
        self.compare(f"new W{k + 1}", new_ours.weight, new)
        if layer.bias is None or ours.bias is None or new_ours.bias is None:
            return
        left = self.columns("gradient", [f"grad b{k + 1}"] * width)
        grad = page.each(
            self.top,
            left,
            (1, width),
            "SUM({d:column})",
            Look("gradient", "0.000000"),
            d=delta,
        )
        self.compare(f"gradient of b{k + 1}", ours.bias, grad)
        left = self.columns("new", [f"new b{k + 1}"] * width)
        new = page.array(
            self.top,
            left,
            (1, width),
            self.step(layer.bias, grad),
            Look("new", NUMBER),
        )
        self.compare(f"new b{k + 1}", new_ours.bias, new)

    def step(self, parameter: Parameter, grad: Block) -> Expression:
        """Return a parameter block after the step, in arithmetic."""
        values, settings = parameter.values, self.sheet.settings
        step = plain_step(settings, values, parameter.memory, grad, self.whole.batch_loss)
        return native("IF({trains},{step},{values})", trains=parameter.trains, step=step, values=values)

    def summary(self) -> None:
        """Put the largest difference of each pair of blocks, and of all."""
        page = self.page
        page.text(4, 1, [["Compared", None, "largest difference"]], Look("header"))
        page.merged += ["A4:B4"]
        cells = []
        for i, difference in enumerate(self.differences):
            page.text(COMPARED + i, 1, [[difference.what, None]], Look("label"))
            formula = native(
                "MAX(ABS({ours}-{own}))",
                ours=difference.ours,
                own=difference.native,
            )
            cells.append(page.array(COMPARED + i, 3, (1, 1), formula, Look("body", EXACT)))
        whole = Block(page.area(cells[0].area.top, 3, len(cells), 1), as_values([[cell.only] for cell in cells]))
        page.text(4, 5, "All in all", Look("header"))
        self.largest = page.cell(5, 5, native("MAX({all})", all=whole), Look("output", EXACT))
