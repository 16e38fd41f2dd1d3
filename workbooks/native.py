"""The Native sheet: the same step in the spreadsheet's own functions, and how far the two are apart."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from addin.file.area import column_letters
from workbooks.block import Block, Values, as_values
from workbooks.book import Look, Page
from workbooks.expression import Expression, Operand, cases, choose, native
from workbooks.network import NetworkPage

COMPARED = 5
NUMBER = "0.0000"
EXACT = "0.00E+00"


@dataclass(frozen=True)
class Activation:
    """An activation of the linear part z in the spreadsheet's own functions, and its slope by z; h is its value."""

    text: str
    value: Callable[[Values], Values]
    slope_text: str
    slope: Callable[[Values, Values], Values]


ACTIVATIONS = {
    "relu": Activation("IF({z}<0,0,{z})", lambda z: np.maximum(z, 0), "IF({z}>0,1,0)", lambda z, h: z > 0),
    "leaky_relu": Activation(
        "IF({z}<0,0.01*{z},{z})",
        lambda z: np.where(z < 0, 0.01 * z, z),
        "IF({z}>0,1,0.01)",
        lambda z, h: np.where(z > 0, 1, 0.01),
    ),
    "sigmoid": Activation(
        "IF({z}<0,EXP({z})/(1+EXP({z})),1/(1+EXP(-{z})))",
        lambda z: 1 / (1 + np.exp(-z)),
        "{h}*(1-{h})",
        lambda z, h: h * (1 - h),
    ),
    "tanh": Activation("TANH({z})", np.tanh, "(1-{h}^2)", lambda z, h: 1 - h**2),
    "identity": Activation("{z}", lambda z: z, "1", lambda z, h: np.ones(z.shape)),
}


@dataclass(frozen=True)
class Loss:
    """A row's loss of a prediction p and the truth y in the spreadsheet's own functions, and its slope by p."""

    text: str
    value: Callable[[Values, Values], Values]
    slope_text: str
    slope: Callable[[Values, Values], Values]


LOSSES = {
    "mse": Loss("({p}-{y})^2", lambda p, y: (p - y) ** 2, "2*({p}-{y})", lambda p, y: 2 * (p - y)),
    "l1": Loss("ABS({p}-{y})", lambda p, y: np.abs(p - y), "SIGN({p}-{y})", lambda p, y: np.sign(p - y)),
    "bce": Loss(
        "-{y}*IF({p}<EXP(-100),-100,LN({p}))-(1-{y})*IF(1-{p}<EXP(-100),-100,LN(1-{p}))",
        lambda p, y: -y * np.maximum(np.log(p), -100) - (1 - y) * np.maximum(np.log(1 - p), -100),
        "({p}-{y})/MAX({p}*(1-{p}),1E-12)",
        lambda p, y: (p - y) / np.maximum(p * (1 - p), 1e-12),
    ),
}


@dataclass(frozen=True)
class Difference:
    """A block computed by Gradsheet's formulas and again by the spreadsheet's own."""

    what: str
    ours: Block
    native: Block


class NativePage:
    """The Native sheet while it is being put together."""

    def __init__(self, page: Page, network: NetworkPage, units: list[list[str]]) -> None:
        self.page = page
        self.network = network
        biases = sum(layer.bias is not None for layer in network.layers)
        # Every layer compares five blocks and two for a bias, the loss one more; two rows stay free above the columns.
        self.top = COMPARED + 5 * len(network.layers) + 2 * biases + 1 + 3
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
        self.inputs = network.cells["inputs"]
        self.linears: list[Block] = []
        self.count = self.inputs.values.shape[0]
        sources = [self.inputs]
        for k, layer in enumerate(network.layers):
            sources.append(self.forward(k, sources[-1], units[k]))
            assert layer.linear is not None
            assert layer.output is not None
            self.compare(f"Lin {k + 1}", layer.linear, self.linear)
            self.compare(f"activation {k + 1}", layer.output, sources[-1])
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

    def forward(self, k: int, source: Block, units: list[str]) -> Block:
        """Put layer k's (from 0) linear part and activation, its weights laid out in rows above as in the lesson."""
        page, layer = self.page, self.network.layers[k]
        width = len(units)
        left = self.columns("forward", [*units, *(f"act {unit}" for unit in units)])
        at = 6 + 4 * k
        fan_in = layer.weight.values.shape[0]
        page.text(at - 1, 7, f"Weights {k + 1}, a row a unit", Look("label"))
        rows = page.array(at, 7, (width, fan_in), native("TRANSPOSE({w})", w=layer.weight), Look("weights", NUMBER))
        for j in range(width):
            weights = rows.part(top=j, rows=1)
            blocks = {"x": source, "w": weights}
            text = "SUMPRODUCT({x:row},{w:all})"
            if layer.bias is not None:
                blocks["b"] = layer.bias.part(left=j, columns=1)
                text += "+{b:all}"

            page.each(self.top, left + j, (self.count, 1), text, Look("forward", NUMBER), None, **blocks)
        area = page.area(self.top, left, self.count, width)
        values = np.hstack([block.values for block, _ in page.blocks[-width:]])
        self.linear = Block(area, as_values(values.tolist()))
        self.linears.append(self.linear)
        a = layer.activation
        text = cases("{a:all}", {name: each.text for name, each in ACTIVATIONS.items()})

        look = Look("forward", NUMBER)
        return page.each(self.top, left + width, (self.count, width), text, look, a=a, z=self.linear)

    def loss(self, prediction: Block) -> None:
        """Put each row's loss."""
        target, loss = self.network.cells["target"], self.network.settings["loss"]
        left = self.columns("loss", ["Loss"])
        text = cases("{l:all}", {name: each.text for name, each in LOSSES.items()})

        rows = self.page.each(
            self.top, left, (self.count, 1), text, Look("loss", NUMBER), l=loss, p=prediction, y=target
        )
        self.compare("loss of each row", self.network.cells["loss_rows"], rows)
        self.prediction = prediction
        self.loss_rows = rows

    def backward(self, outputs: list[Block]) -> None:
        """Put the gradient by row, from the last layer to the first, then every parameter's gradient and new value."""
        page, network = self.page, self.network
        target, batch, loss = network.cells["target"], network.cells["in_batch"], network.settings["loss"]
        text = cases("{l:all}", {name: each.slope_text for name, each in LOSSES.items()}) + "*{b}/SUM({b:all})"

        left = self.columns("gradient", ["d Preds"])
        upstream = page.each(
            self.top,
            left,
            (self.count, 1),
            text,
            Look("gradient", "0.000000"),
            l=loss,
            p=self.prediction,
            y=target,
            b=batch,
        )
        for k in range(len(network.layers) - 1, -1, -1):
            layer = network.layers[k]
            width = layer.weight.values.shape[1]
            left = self.columns("gradient", [f"d Lin {k + 1}"] * width)
            text = "{u}*" + cases("{a:all}", {name: each.slope_text for name, each in ACTIVATIONS.items()})

            delta = page.each(
                self.top,
                left,
                (self.count, width),
                text,
                Look("gradient", "0.000000"),
                u=upstream,
                a=layer.activation,
                z=self.linears[k],
                h=outputs[k + 1],
            )
            assert layer.grad_linear is not None
            self.compare(f"gradient of Lin {k + 1}", layer.grad_linear, delta)
            self.parameters(k, outputs[k], delta)
            if k > 0:
                left = self.columns("gradient", [f"d act {k}"] * outputs[k].values.shape[1])
                product = native("MMULT({d},TRANSPOSE({w}))", d=delta, w=layer.weight)
                shape = outputs[k].values.shape
                upstream = page.array(self.top, left, (shape[0], shape[1]), product, Look("gradient", "0.000000"))

    def parameters(self, k: int, source: Block, delta: Block) -> None:
        """Put layer k's gradients and new values."""
        page, layer = self.page, self.network.layers[k]
        assert layer.grad_weight is not None
        assert layer.new_weight is not None
        rows, width = layer.weight.values.shape
        left = self.columns("gradient", [f"grad W{k + 1}"] * width)
        product = native("MMULT(TRANSPOSE({x}),{d})", x=source, d=delta)
        grad = page.array(self.top, left, (rows, width), product, Look("gradient", "0.000000"))
        self.compare(f"gradient of W{k + 1}", layer.grad_weight, grad)
        left = self.columns("new", [f"new W{k + 1}"] * width)
        new = page.array(
            self.top,
            left,
            (rows, width),
            self.step(layer.weight, layer.memory, grad, layer.trains),
            Look("new", NUMBER),
        )
        self.compare(f"new W{k + 1}", layer.new_weight, new)
        if layer.bias is None or layer.bias_memory is None or layer.trains_bias is None:
            return
        assert layer.grad_bias is not None
        assert layer.new_bias is not None
        left = self.columns("gradient", [f"grad b{k + 1}"] * width)
        grad = page.each(
            self.top,
            left,
            (1, width),
            "SUM({d:column})",
            Look("gradient", "0.000000"),
            d=delta,
        )
        self.compare(f"gradient of b{k + 1}", layer.grad_bias, grad)
        left = self.columns("new", [f"new b{k + 1}"] * width)
        new = page.array(
            self.top,
            left,
            (1, width),
            self.step(layer.bias, layer.bias_memory, grad, layer.trains_bias),
            Look("new", NUMBER),
        )
        self.compare(f"new b{k + 1}", layer.new_bias, new)

    def step(self, values: Block, memory: Block, grad: Block, trains: Block) -> Expression:
        """Return a parameter block after the step, in arithmetic."""
        settings = self.network.settings
        rows = values.values.shape[0]
        g = native("({g}+{d}*{w})", g=grad, d=settings["weight_decay"], w=values)
        first, second = memory.part(rows=rows), memory.part(top=rows, rows=rows)
        taken = memory.part(top=2 * rows, rows=1, columns=1)
        velocity = native("({m}*{v}+{g})", m=settings["momentum"], v=first, g=g)
        eps = settings["eps"]
        moments: dict[str, Operand] = {
            "m": first,
            "v": second,
            "g": g,
            "a": settings["beta_1"],
            "b": settings["beta_2"],
            "t": taken,
            "e": eps,
        }
        mean = "(({a}*{m}+(1-{a})*{g})/(1-{a}^({t}+1)))"
        root = "SQRT(({b}*{v}+(1-{b})*{g}^2)/(1-{b}^({t}+1)))"

        direction = choose(
            settings["optimizer"],
            {
                "momentum": velocity,
                "nesterov": native("{g}+{m}*{u}", g=g, m=settings["momentum"], u=velocity),
                "adagrad": native("{g}/(SQRT({s}+{g}^2)+{e})", g=g, s=first, e=eps),
                "rmsprop": native(
                    "{g}/(SQRT({a}*{s}+(1-{a})*{g}^2)+{e})",
                    g=g,
                    s=first,
                    e=eps,
                    a=settings["alpha"],
                ),
                "adam": native(f"{mean}/({root}+{{e}})", **moments),
                "eve": native(f"{mean}/({{f}}*{root}+{{e}})", **moments, f=self.feedback(memory, rows)),
                "sgd": g,
            },
        )
        return native(
            "IF({t},{w}-{lr}*({s}),{w})",
            t=trains,
            w=values,
            lr=settings["lr_now"],
            s=direction,
        )

    def feedback(self, memory: Block, rows: int) -> Expression:
        """Return Eve's d after the step, in arithmetic: 1 at the first, then it follows the change of the loss."""
        blocks = {
            "t": memory.part(top=2 * rows, rows=1, columns=1),
            "d": memory.part(top=2 * rows + 1, rows=1, columns=1),
            "f": memory.part(top=2 * rows + 2, rows=1, columns=1),
            "l": self.network.cells["batch loss"],
            "c": self.network.settings["beta_3"],
        }
        after = "(MIN(MAX(IF({l}>={f},1.1,1/11),{l}/{f}),IF({l}>={f},11,1/1.1))*{f})"

        text = f"IF({{t}}=0,1,{{c}}*{{d}}+(1-{{c}})*ABS({after}-{{f}})/MIN({after},{{f}}))"
        return native(text, **blocks)

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
