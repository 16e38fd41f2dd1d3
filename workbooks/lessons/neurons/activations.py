"""The sheets of curves: activations beside their derivatives, and a threshold beside replacing negatives with zero."""

from collections.abc import Mapping
from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block, beside
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.charts import COLOURS, Axis, Curve, Frame, curve_chart
from workbooks.sheets.expression import call, native
from workbooks.xlsx.area import column_letters

NUMBER = "0.000"
SPAN = (-5, 5)
TOP = 26
NARROW = 2
BESIDE = 0.001


@dataclass(frozen=True)
class DrawnActivation:
    """A function with its formula in the spreadsheet's own functions, and its derivative's, of the cell {x}."""

    title: str
    name: str
    text: str
    slope_text: str
    height: tuple[float, float]


ACTIVATIONS = (
    DrawnActivation(
        "Sigmoid",
        "NN_SIGMOID",
        "1/(1+EXP(-{x}))",
        "1/(1+EXP(-{x}))*(1-1/(1+EXP(-{x})))",
        (-0.2, 1.2),
    ),
    DrawnActivation("Tanh", "NN_TANH", "TANH({x})", "1-TANH({x})^2", (-1.5, 1.5)),
    DrawnActivation(
        "ReLU",
        "NN_RELU",
        "IF({x}<0,0,{x})",
        "IF({x}>0,1,0)",
        (-1, 5),
    ),
)


def points(page: Page, top: int, low: float, high: float, step: float) -> Block:
    """Put the numbers that the curves are drawn over, two of them right beside 0, where some jump."""
    numbers = {low + step * i for i in range(round((high - low) / step) + 1)}
    rows = [[number] for number in sorted(numbers | {-BESIDE, BESIDE})]
    return page.text(top, 1, rows, Look("inputs", "0.00#"))


def activations_page(book: Book) -> None:
    """Add the sheet Activations."""
    page = book.page("Activations")
    page.text(1, 1, "Activations, and how steep they are", Look("title"))
    page.text(
        2,
        1,
        "Blue is the function, orange its derivative: how much the output moves when the input moves a little. "
        "Training sends its corrections through the orange line.",
        Look("line"),
    )
    page.text(
        3,
        1,
        "Sigmoid and tanh are flat far out: a derivative near 0 lets almost no correction through. ReLU's is 1 for "
        "every positive number, and 0 for every negative one.",
        Look("line"),
    )
    page.heights |= {1: 32, TOP - 2: 20, TOP - 1: 34}
    page.widths = {"A": 6.0}
    x = points(page, TOP, *SPAN, 0.25)
    charts = []
    column = 2
    for activation in ACTIVATIONS:
        headers = [activation.title, "by hand", "derivative", "by hand"]
        function, slope = pair(page, column, x, activation, headers)
        charts.append((activation.title, [function, slope], activation.height))
        column += 5
    charts.append(("Softmax of x, 1 and 0", softmax(page, column, x), (-0.2, 1.4)))
    page.frozen = None

    def draw(sheet: Worksheet) -> None:
        for (title, blocks, height), at in zip(charts, ("B5", "G5", "L5", "Q5"), strict=True):
            names = (
                ("function", "derivative") if len(blocks) == NARROW else ("share of x", "of 1", "of 0", "derivative")
            )
            colours = COLOURS[:2] if len(blocks) == NARROW else (COLOURS[0], COLOURS[2], COLOURS[3], COLOURS[1])
            curves = [Curve(n, block, colour=c) for n, block, c in zip(names, blocks, colours, strict=True)]
            axes = (Axis("x", *SPAN, 2.5), Axis("f(x) and its slope", *height))
            curve_chart(sheet, x, curves, Frame(title, at, (7.3, 9)), axes)

    page.decorations.append(draw)


def pair(page: Page, column: int, x: Block, activation: DrawnActivation, headers: list[str]) -> tuple[Block, Block]:
    """Put a function and its derivative, each by the formula and by hand."""
    page.text(TOP - 2, column, [[activation.title, None, None, None]], Look("forward_group"))
    page.text(TOP - 1, column, [headers], Look("header"))
    shape = x.values.shape
    function = page.array(TOP, column, shape, call(activation.name, x), Look("forward", NUMBER))
    page.each(TOP, column + 1, shape, activation.text, Look("forward", NUMBER), x=x)
    ones = native("1+0*{x}", x=x)
    slope = page.array(TOP, column + 2, shape, call(f"{activation.name}_GRAD", x, ones), Look("gradient", NUMBER))
    page.each(TOP, column + 3, shape, activation.slope_text, Look("gradient", NUMBER), x=x)
    for j in range(4):
        page.widths[column_letters(column + j)] = 9.6
    page.widths[column_letters(column + 4)] = 2.0
    return function, slope


def softmax(page: Page, column: int, x: Block) -> list[Block]:
    """Put the three shares that softmax makes of x, 1 and 0, and how the first moves with x."""
    page.text(TOP - 2, column, [["Softmax of x, 1 and 0", *[None] * 6]], Look("forward_group"))
    page.merged.append(f"{column_letters(column)}{TOP - 2}:{column_letters(column + 6)}{TOP - 2}")
    page.text(TOP - 1, column, [["x", "1", "0", "share of x", "of 1", "of 0", "by hand"]], Look("header"))
    page.text(TOP - 2, column + 7, [["Derivative", None]], Look("gradient_group"))
    page.text(TOP - 1, column + 7, [["of the share", "by hand"]], Look("header"))
    count = x.values.shape[0]
    own = page.each(TOP, column, (count, 1), "{x}", Look("inputs", "0.00#"), x=x)
    others = page.text(TOP, column + 1, [[1, 0]] * count, Look("inputs", "0"))
    three = beside([own, others])
    shares = page.array(TOP, column + 3, (count, 3), call("NN_SOFTMAX", three), Look("forward", NUMBER))
    by_hand = page.each(
        TOP,
        column + 6,
        (count, 1),
        "EXP({x})/(EXP({x})+EXP(1)+EXP(0))",
        Look("forward", NUMBER),
        x=own,
    )
    ask = native("{a}*0+{1,0,0}", a=three)
    slopes = page.array(TOP, column + 7, (count, 1), call("NN_SOFTMAX_GRAD", three, ask), Look("gradient", NUMBER))
    page.each(TOP, column + 8, (count, 1), "{p}*(1-{p})", Look("gradient", NUMBER), p=by_hand)
    for j in range(9):
        page.widths[column_letters(column + j)] = 10.5
    return [*(shares.part(left=j, columns=1) for j in range(3)), slopes]


def threshold_page(book: Book) -> None:
    """Add the sheet Threshold or ReLU: the two side by side, and that they are not the same."""
    page = book.page("Threshold or ReLU")
    page.text(1, 1, "Is thresholding the same as replacing negatives with zero?", Look("title"))
    lines = (
        "For ReLU it is: what lies below 0 comes out as 0, what lies above stays: 3 is 3, 0.1 is 0.1.",
        "For the neurons of the other sheets it is not: their threshold makes 1 of all that lies above. It answers yes "
        "or no, and forgets how much.",
        "They belong together: ReLU is the number times that yes or no, and the yes or no is how steep ReLU is.",
        "That is why ReLU can be trained: right of 0 it is steep. A threshold is flat, its derivative is 0 everywhere.",
    )
    page.text(2, 1, [[line] for line in lines], Look("line"))
    page.heights |= {1: 32, TOP - 1: 48}
    page.widths = {"A": 10.0} | dict.fromkeys("BCDEFGH", 16.0)
    headers = [
        "x",
        "threshold",
        "by hand",
        "ReLU",
        "negatives replaced with 0",
        "x × threshold",
        "derivative of threshold",
    ]
    page.text(TOP - 1, 1, [[*headers, "derivative of ReLU"]], Look("header"))
    x = points(page, TOP, -3, 3, 0.25)
    shape = x.values.shape
    forward, gradient = Look("forward", "0.00"), Look("gradient", "0.00")
    hard = page.array(TOP, 2, shape, call("NN_HEAVISIDE", x), forward)
    page.each(TOP, 3, shape, "IF({x}>=0,1,0)", forward, x=x)
    relu = page.array(TOP, 4, shape, call("NN_RELU", x), forward)
    page.each(TOP, 5, shape, "IF({x}<0,0,{x})", forward, x=x)
    page.each(TOP, 6, shape, "{x}*{h}", forward, x=x, h=hard)
    page.each(TOP, 7, shape, 'IF({x}=0,"a jump",0)', Look("gradient_word", "0.00"), x=x)
    ones = native("1+0*{x}", x=x)
    page.array(TOP, 8, shape, call("NN_RELU_GRAD", x, ones), gradient)
    pictures: Mapping[str, tuple[str, Block]] = {
        "A7": ("A threshold: yes or no", hard),
        "F7": ("Negatives replaced with zero (ReLU): how much", relu),
    }

    def draw(sheet: Worksheet) -> None:
        for (at, (title, block)), colour in zip(pictures.items(), COLOURS, strict=False):
            curves = [Curve("output", block, colour=colour)]
            axes = (Axis("sum", -3, 3, 1, number_format="0"), Axis("output", -0.5, 3, 0.5))
            curve_chart(sheet, x, curves, Frame(title, at, (14.5, 8.6)), axes)

    page.decorations.append(draw)
