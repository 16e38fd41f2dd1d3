"""The sheet Valley: a switch standardises x, which turns the long valley into a bowl; and how long a step may be."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.gradient_descent.data import Points
from workbooks.lessons.gradient_descent.rules import FIRST
from workbooks.lessons.gradient_descent.surface import mark
from workbooks.sheets.block import Block, Values
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.charts import ORANGE, Axis, Curve, Frame, curve_chart
from workbooks.sheets.colours import scale
from workbooks.sheets.expression import Operand, call, native, reference
from workbooks.sheets.questions import Question, put_questions
from workbooks.xlsx.area import column_letters

TITLE = "Valley"
ONE_ROW, ALL_ROWS = "1 row", "all rows"
LRS = (0.0001, 0.1)
"""First learning rates: for x as it is, for x standardised."""
EPOCHS = 50
LEFT, TOP, CHOICE, VERDICT, HINTS = 2, 5, 13, 16, 19
LINES = 2
"""So many rows a hint takes: those of the grid are all of one height."""
AXIS_LEFT, GRID_LEFT, COLUMNS, ROWS = 6, 7, 24, 21
BEFORE, ABOVE = 12, 6
"""So many columns of the grid lie left of the bottom, so many rows above it."""
SPACING = {"a": (0.1, 12.0), "b": (3.0, 9.5)}
"""Between two columns or rows of the grid, for x as it is and standardised, where they make the bowl look round."""
PATH = GRID_LEFT + COLUMNS + 1
DATA, NUMBERS = PATH + 7, PATH + 12
ASKED, TABLE = 27, 32
FORMATS = {"a": "[>=10]0;[<0]-0;0.0", "b": "0"}
SMALL_TOO = "[<0.0001]0E+00;0.000"
LETTERS = 175
LABELS = (
    "learning rate lr",
    "steepest curvature",
    "flattest curvature",
    "condition number",
    "loss after 1 epoch of SGD",
    f"loss after {EPOCHS} epochs",
)
LEAD = (
    "The points, the line and the start (a = 1, b = 1) are the same. Standardise x, which takes off its mean and "
    "divides by its standard deviation, and the long valley becomes a round bowl: one learning rate suits a and b."
)
HINT_LINES = (
    "1. Follow the path ●: it drops into the valley and crawls. Choose TRUE: as many steps lead to the bottom ★.",
    "2. All rows, FALSE: lr 0.0003 stays in the valley, 0.00033 leaves it. All rows, TRUE: 0.9 stays, 1.1 leaves.",
    "• One lr serves both ways: it must suit the steepest, and along the flattest it is thousands of times too small.",
)
BELOW, OVER = (
    "At most 2: no step lands farther from the bottom than it began.",
    "Above 2: a step can land farther out, on the other side, than it began.",
)
STAYS, LEAVES = "The path stays in the valley.", "The path leaves the valley."
LANDSCAPE = Question(
    "Does SGD shape the loss landscape so that it is stable, and what else does?",
    "No: data, model and loss make the landscape, SGD only walks on it. Its start, its lr and its order of the rows "
    "decide where it ends. With x as it is, the valley curves 12,393 times as much across as along, because x is large "
    "beside the 1 of b. What does shape it: standardising the inputs, normalisation between the layers, another loss, "
    "weight decay. What makes a walk stable: lr times the curvature below 2, larger batches, momentum, a schedule that "
    "lowers lr, or a step size for each direction as in AdaGrad or Adam. Where there are many bottoms, SGD has a say: "
    "it cannot stay where lr times the curvature is above 2, so it ends in a flatter one.",
)


@dataclass(frozen=True)
class Scaled:
    """x at a scale (n×1), with its learning rate and the curvatures of the mean squared error over a and b."""

    x: Block
    lr: Block
    steepest: Block
    flattest: Block


@dataclass(frozen=True)
class Moments:
    """The mean and the standard deviation of x as it is."""

    mean: Block
    deviation: Block


def valley_page(book: Book, points: Points) -> None:
    """Add the sheet."""
    page = book.page(TITLE)
    frame(page)
    look = Look("input", choices=("TRUE", "FALSE"), help="TRUE: the picture is of x standardised.")
    switch = page.input(CHOICE, LEFT + 1, False, look, "standardise_x")
    look = Look("input", choices=(ONE_ROW, ALL_ROWS), help="SGD looks at one row a step, gradient descent at all.")
    batch = page.input(CHOICE + 1, LEFT + 1, ONE_ROW, look)
    moments, y, *scales = data(page, points)
    plain, standard = (curvatures(page, x, j) for j, x in enumerate(scales))
    numbers = chosen_numbers(page, points, moments, switch, plain, standard)
    text = "IF({s:all},{z},{x})"
    shape, look = y.values.shape, Look("inputs", "0.000")
    x = page.each(TOP, DATA + 3, shape, text, look, None, s=switch, x=plain.x, z=standard.x)
    walk = path(page, x, y, numbers["lr"], batch)
    grid = surface(page, x, y, numbers, walk)
    scale(page, grid, percentile=25)
    verdict(page, x, batch, numbers, walk)
    curves = epochs(page, y, plain, standard)
    put_questions(page, ASKED, LEFT, column_letters(PATH - 2), (LANDSCAPE,), LETTERS)
    page.decorations.append(lambda sheet: draw(sheet, *curves))


def frame(page: Page) -> None:
    """Put the texts, and give columns and rows their sizes."""
    last = column_letters(PATH - 2)
    page.text(1, LEFT, "Reshape the valley", Look("title"))
    page.text(2, LEFT, LEAD, Look("lead"))
    page.merged.append(f"B2:{last}2")
    page.heights |= {1: 30, 2: 34, 3: 4} | dict.fromkeys(range(TOP - 1, TOP + ROWS), 14.2)
    page.widths = {"A": 1.5, "B": 25.0, "C": 12.0, "D": 12.0, "E": 1.5, column_letters(AXIS_LEFT): 6.0}
    page.widths |= {column_letters(GRID_LEFT + j): 4.0 for j in range(COLUMNS)} | {column_letters(PATH - 1): 2.0}
    page.widths |= {column_letters(column): 15.0 for column in range(PATH, NUMBERS + 2)}
    page.text(TOP - 1, LEFT, [["", "x as it is", "standardised"]], Look("header"))
    page.text(TOP, LEFT, [[label] for label in LABELS], Look("label"))
    page.text(CHOICE - 1, LEFT, [["What the picture shows", None, None]], Look("header"))
    page.merged.append(f"B{CHOICE - 1}:D{CHOICE - 1}")
    page.text(CHOICE, LEFT, [["standardise x"], ["a step looks at"], ["lr × steepest curvature"]], Look("label"))
    for i, hint in enumerate(HINT_LINES):
        row = HINTS + LINES * i
        page.text(row, LEFT, hint, Look("small"))
        page.merged.append(f"B{row}:D{row + LINES - 1}")


def data(page: Page, points: Points) -> tuple[Moments, Block, Block, Block]:
    """Put y, and x as it is and standardised, with the moments of x."""
    headers = ["x", "standardised x", "y", "x of the picture"]
    page.text(TOP - 1, DATA, [headers], Look("header"))
    shape = points.x.values.shape
    x = page.each(TOP, DATA, shape, "{x}", Look("inputs", "General"), None, x=points.x)
    y = page.each(TOP, DATA + 2, shape, "{y}", Look("target", "General"), None, y=points.y)
    page.text(TOP, NUMBERS, [["mean of x"], ["deviation of x"]], Look("label"))
    mean = page.cell(TOP, NUMBERS + 1, native("AVERAGE({x})", x=x), Look("calculation", "0.000"))
    deviation = page.cell(TOP + 1, NUMBERS + 1, native("SQRT(VARP({x}))", x=x), Look("calculation", "0.000"))
    look = Look("inputs", "0.000")
    standard = page.each(TOP, DATA + 1, shape, "({x}-{m:all})/{d:all}", look, None, x=x, m=mean, d=deviation)
    return Moments(mean, deviation), y, x, standard


def curvatures(page: Page, x: Block, place: int) -> Scaled:
    """Put the learning rate of a scale, and how curved the loss over a and b is there."""
    column = LEFT + 1 + place
    look = Look("input", "General", minimum=0, maximum=1, help="How far a step goes.")
    lr = page.input(TOP, column, LRS[place], look)
    # The eigenvalues of the second derivatives: 2·mean(x²) by a, 2·mean(x) by a and b, 2 by b.
    square, half = "SUMPRODUCT({x},{x})/ROWS({x})", "SUM({x})/ROWS({x})"
    text = f"{square}+1+SQRT(({square}-1)^2+4*({half})^2)"
    steepest = page.cell(TOP + 1, column, native(text, x=x), Look("output", "#,##0.0"))
    flattest = native(f"4*({square}-({half})^2)/{{s}}", x=x, s=steepest)
    flattest_cell = page.cell(TOP + 2, column, flattest, Look("output", "0.000"))
    ratio = native("{s}/{f}", s=steepest, f=flattest_cell)
    page.cell(TOP + 3, column, ratio, Look("output", "#,##0"))
    return Scaled(x, lr, steepest, flattest_cell)


def chosen_numbers(
    page: Page, points: Points, moments: Moments, switch: Block, plain: Scaled, standard: Scaled
) -> Mapping[str, Block]:
    """Put the numbers that follow from the switch, and return them by name."""
    k, c, d, m = points.slope, points.intercept, moments.deviation, moments.mean
    texts: dict[str, tuple[str, dict[str, Operand]]] = {
        "lr": ("IF({s},{t},{f})", {"t": standard.lr, "f": plain.lr}),
        "curvature": ("IF({s},{t},{f})", {"t": standard.steepest, "f": plain.steepest}),
        "best a": ("{k}*IF({s},{d},1)", {"k": k, "d": d}),
        "best b": ("{c}+{k}*IF({s},{m},0)", {"c": c, "k": k, "m": m}),
        "a apart": ("IF({s},{t},{f})", {"t": SPACING["a"][1], "f": SPACING["a"][0]}),
        "b apart": ("IF({s},{t},{f})", {"t": SPACING["b"][1], "f": SPACING["b"][0]}),
    }
    found = {}
    for row, (name, (text, operands)) in enumerate(texts.items(), TOP + 2):
        page.text(row, NUMBERS, name, Look("label"))
        formula = native(text, s=switch, **operands)
        found[name] = page.cell(row, NUMBERS + 1, formula, Look("calculation", "General"))
    return found


@dataclass(frozen=True)
class Walk:
    """a and b at the start and after each step, with the loss of all rows there."""

    a: Block
    b: Block
    loss: Block


def path(page: Page, x: Block, y: Block, lr: Block, batch: Block) -> Walk:
    """Put an epoch, a row a step, or as many steps with all rows."""
    count = x.values.shape[0]
    page.text(TOP - 1, PATH, [["step", "a", "b", "loss, all rows", "row", "column"]], Look("header"))
    page.text(TOP, PATH, np.arange(count + 1.0)[:, np.newaxis], Look("raw", "0"))
    states = steps(x.values.ravel(), y.values.ravel(), lr.number, looks_at_all=batch.only == ALL_ROWS)
    whole = [Block(page.area(TOP, PATH + 1 + k, count + 1, 1), states[:, k : k + 1]) for k in range(2)]
    error = "({a}*{u}+{b}-{y})"
    errors = "({a}*{us:all}+{b}-{ys:all})"
    sums = (f"SUMPRODUCT({errors},{{us:all}})", f"SUMPRODUCT({errors}*1)")
    used = {"a": whole[0].part(rows=count), "b": whole[1].part(rows=count), "u": x, "y": y, "us": x, "ys": y}
    for k, (row, total) in enumerate(zip((f"{error}*{{u}}", error), sums, strict=True)):
        page.text(TOP, PATH + 1 + k, FIRST[k], Look("weights", "0.000"))
        old = "{a}" if k == 0 else "{b}"
        text = f'{old}-{{lr:all}}*2*IF({{w:all}}="{ONE_ROW}",{row},{total}/{count})'
        look = Look("weights", "0.000")
        page.recurrence(TOP + 1, PATH + 1 + k, text, states[1:, k : k + 1], look, lr=lr, w=batch, **used)
    text = f"SUMPRODUCT(({{a}}*{{x:all}}+{{b}}-{{y:all}})^2)/{count}"
    look = Look("loss", "0.0000")
    loss = page.each(TOP, PATH + 3, (count + 1, 1), text, look, None, a=whole[0], b=whole[1], x=x, y=y)
    return Walk(whole[0], whole[1], loss)


def steps(x: Values, y: Values, lr: float, *, looks_at_all: bool) -> Values:
    """Return a and b at the start and after each step, (n+1)×2."""
    state = np.array(FIRST)
    states = [state]
    for i in range(x.size):
        rows = slice(None) if looks_at_all else slice(i, i + 1)
        errors = state[0] * x[rows] + state[1] - y[rows]
        state = state - lr * 2 * np.array([(errors * x[rows]).sum(), errors.sum()]) / errors.size
        states.append(state)
    return np.array(states)


def surface(page: Page, x: Block, y: Block, numbers: Mapping[str, Block], walk: Walk) -> Block:
    """Put the loss around the bottom with the path and the bottom marked, and return its cells."""
    page.text(TOP - 1, AXIS_LEFT, "b \\ a", Look("label"))
    across = native(f"{{c}}+{row_of(COLUMNS, BEFORE)}*{{d}}", c=numbers["best a"], d=numbers["a apart"])
    down = native(f"{{c}}-{column_of(ROWS, ABOVE)}*{{d}}", c=numbers["best b"], d=numbers["b apart"])
    a = page.array(TOP - 1, GRID_LEFT, (1, COLUMNS), across, Look("inputs", FORMATS["a"]))
    b = page.array(TOP, AXIS_LEFT, (ROWS, 1), down, Look("inputs", FORMATS["b"]))
    text = f"SUMPRODUCT(({{a:column}}*{{x:all}}+{{b:row}}-{{y:all}})^2)/{x.values.shape[0]}"
    # Numbers are there but not shown, as on Surface.
    grid = page.each(TOP, GRID_LEFT, (ROWS, COLUMNS), text, Look("body", ";;;"), None, a=a, b=b, x=x, y=y)
    places = []
    for k, (values, axis, apart) in enumerate(((walk.b, b, "-{d:all}"), (walk.a, a, "{d:all}"))):
        text = f"ROUND(({{v}}-{{first:all}})/({apart}),0)+1"
        used = {"v": values, "first": axis.part(rows=1, columns=1), "d": numbers["b apart" if k == 0 else "a apart"]}
        places.append(page.each(TOP, PATH + 4 + k, walk.a.values.shape, text, Look("raw", "0"), None, **used))
    left, row = column_letters(GRID_LEFT), f"${column_letters(AXIS_LEFT)}{TOP}"
    conditions = (
        f"ABS({left}${TOP - 1}-{numbers['best a'].reference(TITLE)})<{numbers['a apart'].reference(TITLE)}/2",
        f"ABS({row}-{numbers['best b'].reference(TITLE)})<{numbers['b apart'].reference(TITLE)}/2",
    )
    mark(page, grid, (places[0], places[1]), f"AND({','.join(conditions)})")
    return grid


def row_of(count: int, before: int) -> str:
    """Return whole numbers side by side as a constant array, `before` of them below 0."""
    return "{" + ",".join(str(j - before) for j in range(count)) + "}"


def column_of(count: int, before: int) -> str:
    """Return whole numbers one below the other as a constant array, `before` of them below 0."""
    return row_of(count, before).replace(",", ";")


def verdict(page: Page, x: Block, batch: Block, numbers: Mapping[str, Block], walk: Walk) -> None:
    """Put the step size times the steepest curvature that a step can see, and what comes of it."""
    text = '{lr}*IF({w}="{one}",2*(MAX(MAX({x}),-MIN({x}))^2+1),{c})'.replace("{one}", ONE_ROW)
    product = native(text, lr=numbers["lr"], w=batch, x=x, c=numbers["curvature"])
    cell = page.cell(CHOICE + 2, LEFT + 1, product, Look("output", "0.00"))
    first, last = walk.loss.part(rows=1), walk.loss.part(top=x.values.shape[0])
    said = f'IF({{p}}>2,"{OVER}","{BELOW}")&" "&IF({{l}}>{{f}},"{LEAVES}","{STAYS}")'
    page.cell(VERDICT, LEFT, native(said, p=cell, l=last, f=first), Look("wrapped"))
    page.merged.append(f"B{VERDICT}:D{HINTS - 1}")


def epochs(page: Page, y: Block, plain: Scaled, standard: Scaled) -> tuple[Block, Block, Block]:
    """Put the loss after each epoch of SGD at both scales, and return the epochs and the two curves."""
    page.text(TABLE, LEFT, [["epochs of SGD, a row a step", "x as it is", "standardised"]], Look("loss_header"))
    page.heights[TABLE] = 32
    count = page.text(TABLE + 1, LEFT, np.arange(1.0, EPOCHS + 1)[:, np.newaxis], Look("raw", "0"))
    curves = []
    for j, each in enumerate((plain, standard)):
        head = (each.x, y, "mse", each.lr, EPOCHS, 1, None, None, None, None, False)
        run = call("NN_LOSS_CURVE", *head, "identity", None, None, *FIRST)
        curve = page.array(TABLE + 1, LEFT + 1 + j, (EPOCHS, 1), run, Look("loss", SMALL_TOO))
        for row, place in ((TOP + 4, 0), (TOP + 5, EPOCHS - 1)):
            page.cell(row, LEFT + 1 + j, reference(curve.part(top=place, rows=1)), Look("output", SMALL_TOO))
        curves.append(curve)
    return count, curves[0], curves[1]


def draw(sheet: Worksheet, count: Block, plain: Block, standard: Block) -> None:
    """Draw the loss over the epochs at both scales."""
    curves = [Curve("x as it is", plain), Curve("standardised", standard, colour=ORANGE)]
    axes = (Axis("epoch of SGD", 0, EPOCHS, 10, number_format="0"), Axis("loss", 1e-6, 1e3, logarithmic=True))
    curve_chart(sheet, count, curves, Frame("The same 50 epochs", f"{column_letters(AXIS_LEFT)}{TABLE}", (18, 9)), axes)
