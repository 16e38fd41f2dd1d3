"""The sheet Net: the forward pass to the loss, the backward pass to every gradient, and the numerical gradients."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from workbooks.sheets.block import Block, NamedBlocks, below
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Operand, call, native, reference
from workbooks.sheets.rules import activated, activation_grad
from workbooks.sheets.step import WeightsAndBiases
from workbooks.xlsx.area import column_letters

INPUTS, HIDDEN = 3, 4
ROWS = 2**INPUTS
NUMBER = "0.000"
SMALL = "0.0000"

FORWARD, BACK, NUMERICAL = 6, 19, 31
"""The rows in which the three bands begin."""
X, W1, A1, H1, W2, A2, P, Y = 2, 6, 11, 16, 21, 23, 25, 27
"""The columns of the blocks, an arrow's column before each."""
THETA = 30
TOP = FORWARD + 3
DIAGONAL = NUMERICAL + 13


@dataclass(frozen=True)
class Title:
    """What stands over a block: its name, its shape and how it is computed."""

    name: str
    shape: str
    formula: str


@dataclass(frozen=True)
class NetForward:
    """The forward pass: the data, the parameters, and what each layer makes of its inputs."""

    inputs: Block
    first: WeightsAndBiases
    a1: Block
    h1: Block
    second: WeightsAndBiases
    a2: Block
    prediction: Block
    target: Block


@dataclass(frozen=True)
class Backward:
    """The backward pass: the gradient of the loss by every block of the forward pass, in the shape of that."""

    prediction: Block
    a2: Block
    second: WeightsAndBiases
    h1: Block
    a1: Block
    first: WeightsAndBiases


@dataclass(frozen=True)
class Net:
    """The whole sheet: both passes, and the numbers that stand over it."""

    forward: NetForward
    backward: Backward
    theta: Block
    """All weights and biases one below the other."""
    loss: Block
    accuracy: Block
    largest: Block
    """The largest difference between a gradient and the numerical one."""


Pairs: TypeAlias = Sequence[tuple[Block, Block]]
"""Gradients by back-propagation, each with the numerical one."""


@dataclass(frozen=True)
class NetSheet:
    """Lays out the sheet: the forward pass, the backward pass, and the numerical gradients under it."""

    page: Page
    settings: NamedBlocks

    def net(self) -> Net:
        """Put everything."""
        self.columns()
        forward = self.forward()
        backward = self.backward(forward)
        pairs = self.numerical(forward, backward)
        theta = self.stacked(forward, backward, pairs)
        return self.headline(forward, backward, theta, pairs)

    def columns(self) -> None:
        """Give the sheet its title, its bands and its widths."""
        page = self.page
        page.text(1, 2, "Forward to the loss, back to every gradient", Look("title"))
        note = "Green: left to right. Purple: right to left. Under each purple block the numerical gradient."
        page.text(2, 2, note, Look("line"))
        page.heights |= {1: 32, 3: 6, 5: 6}
        page.widths = {"A": 2.0} | {column_letters(column): 9.0 for column in range(X, Y + 2)}
        page.widths |= {column_letters(column): 5.5 for column in range(X, X + INPUTS)}
        page.widths |= {column_letters(column - 1): 3.4 for column in (A1, H1, W2, A2, P, Y)}
        page.widths[column_letters(W1 - 1)] = 5.0
        page.widths |= {column_letters(column): 13.5 for column in (W2, A2, P)}
        page.widths |= {column_letters(column): 9.5 for column in (Y, Y + 1)}
        page.widths |= {column_letters(Y + 2): 2.0} | {column_letters(THETA + j): 9.0 for j in range(6)}

    def head(self, stage: str, band: int, left: int, width: int, title: Title) -> None:
        """Put a block's name, shape and formula over it."""
        page = self.page
        for i, (text, kind) in enumerate(((title.name, "group"), (title.shape, "shape"), (title.formula, "header"))):
            if not text:
                continue
            page.text(band + i, left, [[text] + [None] * (width - 1)], Look(f"{stage}_{kind}"))
            if width > 1:
                first, last = column_letters(left), column_letters(left + width - 1)
                page.merged.append(f"{first}{band + i}:{last}{band + i}")

    def arrow(self, stage: str, band: int, column: int, sign: str) -> None:
        """Put an arrow between two blocks of a band."""
        top = band + 6
        self.page.text(top, column, sign, Look(f"{stage}_arrow"))
        letters = column_letters(column)
        self.page.merged.append(f"{letters}{top}:{letters}{top + 1}")

    def forward(self) -> NetForward:
        """Put the data and the forward pass."""
        page, settings, top = self.page, self.settings, TOP
        rows = [[i >> 2 & 1, i >> 1 & 1, i & 1] for i in range(ROWS)]
        self.head("inputs", FORWARD, X, INPUTS, Title("inputs X", f"{ROWS}×{INPUTS}", ""))
        inputs = page.input(top, X, rows, Look("inputs", "0"), "inputs")
        page.define("feature_names", page.text(top - 1, X, [["x1", "x2", "x3"]], Look("inputs_header")))
        first = self.parameters(1, W1, (INPUTS, HIDDEN), f"{INPUTS}×{HIDDEN} and 1×{HIDDEN}")
        shape = f"{ROWS}×{HIDDEN}"
        self.head("forward", FORWARD, A1, HIDDEN, Title("pre-activation a1", shape, "a1 = X · W1 + b1"))
        linear = call("NN_LINEAR", inputs, first.weight, first.bias)
        a1 = page.array(top, A1, (ROWS, HIDDEN), linear, Look("forward", NUMBER))
        self.head("forward", FORWARD, H1, HIDDEN, Title("activation h1", shape, "h1 = f(a1)"))
        hidden = activated(settings["activation_1"], a1)
        h1 = page.array(top, H1, (ROWS, HIDDEN), hidden, Look("forward", NUMBER))
        second = self.parameters(2, W2, (HIDDEN, 1), f"{HIDDEN}×1 and 1×1")
        self.head("forward", FORWARD, A2, 1, Title("pre-act. a2", f"{ROWS}×1", "h1 · W2 + b2"))
        linear = call("NN_LINEAR", h1, second.weight, second.bias)
        a2 = page.array(top, A2, (ROWS, 1), linear, Look("forward", NUMBER))
        self.head("forward", FORWARD, P, 1, Title("output p", f"{ROWS}×1", "f2(a2)"))
        output = activated(settings["activation_2"], a2)
        prediction = page.array(top, P, (ROWS, 1), output, Look("forward", NUMBER))
        self.head("target", FORWARD, Y, 1, Title("target y", f"{ROWS}×1", "wanted"))
        wanted = [[float(sum(row) == 1)] for row in rows]
        target = page.input(top, Y, wanted, Look("target", "0"), "target")
        self.head("loss", FORWARD, Y + 1, 1, Title("loss", f"{ROWS}×1", "(p - y)²"))
        each = call("NN_MSE_LOSS", prediction, target, "none")
        page.array(top, Y + 1, (ROWS, 1), each, Look("loss", SMALL))
        for column, sign in ((W1, "→"), (A1, "→"), (H1, "→"), (W2, "→"), (A2, "→"), (P, "→"), (Y, "→")):
            self.arrow("forward", FORWARD, column - 1, sign)
        page.text(top + ROWS, P, "↓ from the loss back ↓", Look("gradient_arrow"))
        page.merged.append(f"{column_letters(P)}{top + ROWS}:{column_letters(Y + 1)}{top + ROWS + 1}")
        return NetForward(inputs, first, a1, h1, second, a2, prediction, target)

    def parameters(self, k: int, left: int, shape: tuple[int, int], shapes: str) -> WeightsAndBiases:
        """Put a layer's weights over its biases; the first ones stand under the numerical gradients."""
        page, settings = self.page, self.settings
        rows, columns = shape
        what = "weights W1, biases b1" if k == 1 else "W2, b2"
        self.head("weights", FORWARD, left, columns, Title(what, shapes, "these train"))
        first = DIAGONAL + 2
        self.head("weights", DIAGONAL - 1, left, columns, Title(f"first W{k}, b{k}", shapes, "Reset puts back"))
        random = call("NN_INIT", rows, columns, settings["seed"], settings["initializer"], k)
        look = Look("weights", NUMBER)
        initial = page.array(first, left, shape, random, look, f"initial_weight_{k}", replaceable=True)
        random = call("NN_INIT", 1, columns, settings["seed"], settings["initializer"], 2 + k)
        name = f"initial_bias_{k}"
        bias = native("{b}/SQRT({n})", b=random, n=float(rows))
        initial_bias = page.array(first + rows + 1, left, (1, columns), bias, look, name, replaceable=True)
        weight = page.input(TOP, left, initial.values, Look("input", NUMBER), f"weight_{k}")
        page.text(TOP + rows, left, f"b{k}", Look("weights_shape"))
        found = page.input(TOP + rows + 1, left, initial_bias.values, Look("input", NUMBER), f"bias_{k}")
        return WeightsAndBiases(weight, found)

    def backward(self, forward: NetForward) -> Backward:
        """Put the backward pass, each block under the one it is the gradient of."""
        page, settings, top = self.page, self.settings, BACK + 3
        look = Look("gradient", SMALL)
        shape = f"{ROWS}×{HIDDEN}"
        self.head("gradient", BACK, P, 1, Title("dL/dp", f"{ROWS}×1", f"2(p - y)/{ROWS}"))
        by_loss = call("NN_MSE_LOSS_GRAD", forward.prediction, forward.target)
        grad_p = page.array(top, P, (ROWS, 1), by_loss, look)
        self.head("gradient", BACK, A2, 1, Title("dL/da2", f"{ROWS}×1", "dL/dp · f2'"))
        through = activation_grad(settings["activation_2"], forward.a2, grad_p)
        grad_a2 = page.array(top, A2, (ROWS, 1), through, look)
        self.head("gradient", BACK, W2, 1, Title("dL/d(W2, b2)", f"{HIDDEN}×1, 1×1", "h1ᵀ · dL/da2"))
        grad_w2 = page.array(top, W2, (HIDDEN, 1), call("NN_LINEAR_GRAD_WEIGHT", forward.h1, grad_a2), look)
        grad_b2 = page.array(top + HIDDEN + 1, W2, (1, 1), call("NN_LINEAR_GRAD_BIAS", grad_a2), look)
        self.head("gradient", BACK, H1, HIDDEN, Title("dL/dh1", shape, "dL/da2 · W2ᵀ"))
        back = call("NN_LINEAR_GRAD_INPUT", grad_a2, forward.second.weight)
        grad_h1 = page.array(top, H1, (ROWS, HIDDEN), back, look)
        self.head("gradient", BACK, A1, HIDDEN, Title("dL/da1", shape, "dL/dh1 · f'(a1), number by number"))
        through = activation_grad(settings["activation_1"], forward.a1, grad_h1)
        grad_a1 = page.array(top, A1, (ROWS, HIDDEN), through, look)
        shapes = f"{INPUTS}×{HIDDEN}, 1×{HIDDEN}"
        self.head("gradient", BACK, W1, HIDDEN, Title("dL/dW1, dL/db1", shapes, "Xᵀ · dL/da1, and its sum"))
        grad = call("NN_LINEAR_GRAD_WEIGHT", forward.inputs, grad_a1)
        grad_w1 = page.array(top, W1, (INPUTS, HIDDEN), grad, look)
        bias = call("NN_LINEAR_GRAD_BIAS", grad_a1)
        grad_b1 = page.array(top + INPUTS + 1, W1, (1, HIDDEN), bias, look)
        for k, left, rows in ((1, W1, INPUTS), (2, W2, HIDDEN)):
            page.text(top + rows, left, f"dL/db{k}", Look("gradient_shape"))
        for column in (W1, A1, H1, W2, A2):
            width = 1 if column in (W2, A2) else HIDDEN
            self.arrow("gradient", BACK, column + width, "←")
        page.text(BACK + 6, X, "Inputs do not", Look("note"))
        page.text(BACK + 7, X, "train: it ends here.", Look("note"))
        first, second = WeightsAndBiases(grad_w1, grad_b1), WeightsAndBiases(grad_w2, grad_b2)
        return Backward(grad_p, grad_a2, second, grad_h1, grad_a1, first)

    def numerical(self, forward: NetForward, backward: Backward) -> Pairs:
        """Put the numerical gradients, by finite differences, each under the block that back-propagation gives."""
        page, settings, top = self.page, self.settings, NUMERICAL + 3
        page.text(DIAGONAL - 1, A1, "1s on the diagonal", Look("note"))
        note = "For the blocks above: as inputs of a smaller net they make every number of a block a weight to change."
        page.text(DIAGONAL, A1, note, Look("note"))
        diagonal = page.text(DIAGONAL + 2, A1, np.eye(ROWS), Look("raw", "0"))
        last = settings["activation_2"]
        both = native('{a}&", "&{b}', a=settings["activation_1"], b=last)
        after = native('"identity, "&{b}', b=last)
        first, second = forward.first, forward.second
        rest = (second.weight, second.bias)
        whole = (both, None, first.weight, first.bias, *rest)
        blocks: list[tuple[str, Block, str, tuple[Operand, ...]]] = [
            ("dL/dp", backward.prediction, "weight_1", (diagonal, "identity", None, forward.prediction)),
            ("dL/da2", backward.a2, "weight_1", (diagonal, last, None, forward.a2)),
            ("dL/d(W2, b2)", backward.second.weight, "weight_2", (forward.inputs, *whole)),
            ("", backward.second.bias, "bias_2", (forward.inputs, *whole)),
            ("dL/dh1", backward.h1, "weight_1", (diagonal, after, None, forward.h1, None, *rest)),
            ("dL/da1", backward.a1, "weight_1", (diagonal, both, None, forward.a1, None, *rest)),
            ("dL/dW1, dL/db1", backward.first.weight, "weight_1", (forward.inputs, *whole)),
            ("", backward.first.bias, "bias_1", (forward.inputs, *whole)),
        ]
        pairs = []
        for name, computed, parameter, (inputs, *model) in blocks:
            rows, width = computed.values.shape
            left = computed.area.left
            if name:
                title = Title(name if width == 1 else f"{name} numerical", "numerical", "(L₊ - L₋) / 2ε")
                self.head("raw", NUMERICAL, left, width, title)
            place = top + computed.area.top - (BACK + 3)
            formula = call("NN_NUMERIC_GRAD", parameter, inputs, forward.target, "mse", *model)
            numerical = page.array(place, left, (rows, width), formula, Look("raw", SMALL))
            pairs.append((computed, numerical))
        return pairs

    def stacked(self, forward: NetForward, backward: Backward, pairs: Pairs) -> Block:
        """Put all weights and biases one below the other, the gradient beside them, and the step; return the first."""
        page = self.page
        parts = [
            ("W1", forward.first.weight, backward.first.weight),
            ("b1", forward.first.bias, backward.first.bias),
            ("W2", forward.second.weight, backward.second.weight),
            ("b2", forward.second.bias, backward.second.bias),
        ]
        titles = [
            Title("stacked", "21 rows", "number"),
            Title("θ", "21×1", "now"),
            Title("dL/dθ", "21×1", "backward"),
            Title("dL/dθ", "21×1", "numerical"),
            Title("step", "21×1", "lr · dL/dθ"),
            Title("new θ", "21×1", "θ - step"),
        ]
        for j, (stage, title) in enumerate(
            zip(("weights", "weights", "gradient", "raw", "gradient", "new"), titles, strict=True)
        ):
            self.head(stage, FORWARD, THETA + j, 1, title)
        numerical = {computed.area: block for computed, block in pairs}
        labels: list[str] = []
        stacks: tuple[list[Block], ...] = ([], [], [])
        for name, values, grad in parts:
            rows, columns = values.values.shape
            for i, j in np.ndindex(rows, columns):
                labels.append(f"{name}[{i + 1},{j + 1}]")
                for stack, block in zip(stacks, (values, grad, numerical[grad.area]), strict=True):
                    stack.append(block.part(i, j, 1, 1))
        page.text(TOP, THETA, [[label] for label in labels], Look("weights_header"))
        looks = (Look("weights", NUMBER), Look("gradient", SMALL), Look("raw", SMALL))
        theta, by_theta, _ = (
            self.column(THETA + 1 + j, cells, look) for j, (cells, look) in enumerate(zip(stacks, looks, strict=True))
        )
        shape, lr = (len(labels), 1), self.settings["lr_now"]
        step = page.each(TOP, THETA + 4, shape, "{lr:all}*{g}", Look("gradient", SMALL), lr=lr, g=by_theta)
        page.each(TOP, THETA + 5, shape, "{t}-{s}", Look("new", NUMBER), t=theta, s=step)
        return theta

    def column(self, left: int, cells: list[Block], look: Look) -> Block:
        """Put references to cells one below the other."""
        return below([self.page.cell(TOP + i, left, reference(cell), look) for i, cell in enumerate(cells)])

    def headline(self, forward: NetForward, backward: Backward, theta: Block, pairs: Pairs) -> Net:
        """Put the loss and the largest difference between the two gradients over the sheet."""
        page = self.page
        page.text(4, X, "mean loss", Look("label"))
        mean = call("NN_MSE_LOSS", forward.prediction, forward.target)
        loss = page.array(4, X + 2, (1, 1), mean, Look("output", "0.0000"))
        page.merged.append(f"{column_letters(X + 2)}4:{column_letters(X + 3)}4")
        page.text(4, W1, "rows right", Look("label"))
        right = call("NN_ACCURACY", forward.prediction, forward.target)
        accuracy = page.array(4, W1 + 2, (1, 1), right, Look("output", "0.0%"))
        page.text(4, A1, "largest difference between a gradient and the numerical one", Look("label"))

        text = "MAX(" + ",".join(f"ABS({{c{k}}}-{{t{k}}})" for k in range(len(pairs))) + ")"
        blocks: dict[str, Block] = {}
        for k, (computed, numerical) in enumerate(pairs):
            blocks |= {f"c{k}": computed, f"t{k}": numerical}
        formula = native(text, **blocks)
        largest = page.array(4, H1 + 3, (1, 1), formula, Look("output", "0E+00"))
        return Net(forward, backward, theta, loss, accuracy, largest)
