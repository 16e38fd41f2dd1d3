"""The sheets of the perceptron: one film judged by a threshold and by a sigmoid, and the learning rule row by row."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block, Values, as_values
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.charts import COLOURS, Axis, Curve, Frame, curve_chart
from workbooks.sheets.colours import on_and_off
from workbooks.sheets.expression import call, native
from workbooks.sheets.style import fill

NUMBER = "0.000"
SCORE_AND_ANSWER = (Axis("score of the film", 0, 1, 0.1), Axis("answer", -0.2, 1.2, 0.2))
STEEP = 20
FILMS = (
    # action, humour, liked
    (0.8, 0.3, 1),
    (0.1, 0.3, 0),
    (0.4, 0.8, 0),
    (0.5, 0.1, 1),
    (0.4, 0.6, 0),
    (0.8, 0.7, 1),
    (0.9, 0.2, 1),
    (0.8, 0.1, 1),
)
PASSES = 6
MISTAKE = "F4B6B6"


@dataclass(frozen=True)
class Film:
    """What stands on the sheet Film for others to show: two answers about the film, and curves over its score."""

    perceptron: Block
    sigmoid: Block
    score: Block
    """The scores that the curves are drawn over, n×1."""
    curves: Sequence[Curve]


def film_page(book: Book) -> Film:
    """Add the sheet Film."""
    page = book.page("Film")
    page.text(1, 2, "Do I watch this film?", Look("title"))
    page.text(
        2,
        2,
        "Its score times a weight must reach the threshold. 0.49 against 0.5 is a plain no: 0.49 and 0.01 are all the "
        "same to a perceptron.",
        Look("line"),
    )
    page.text(
        3,
        2,
        "The sigmoid says 0.498: nearly undecided. And it changes a little when the weight does, so it can be trained.",
        Look("line"),
    )
    page.heights[1] = 32
    page.widths = {"A": 2.0, "B": 28.0, "C": 12.0, "D": 34.0, "E": 2.0, "J": 2.0} | dict.fromkeys("FGHI", 10.5)
    page.text(5, 2, [["Try", "Value", "What it is"]], Look("header"))
    lines = (
        ("score", 0.49, "The film's score, 0 to 1."),
        ("weight", 1, "How much the score counts."),
        ("threshold", 0.5, "What it must reach."),
    )
    given = []
    for i, (label, value, what) in enumerate(lines):
        page.text(6 + i, 2, label, Look("label"))
        given.append(page.input(6 + i, 3, value, Look("input", "General", help=what)))
        page.text(6 + i, 4, what, Look("side_note"))
    score, weight, threshold = given
    perceptron, sigmoid = film_answers(page, score, weight, threshold)
    film = (
        Curve("the film: perceptron", perceptron, True, x=score, size=9),
        Curve("the film: sigmoid", sigmoid, True, COLOURS[1], x=score, size=9),
    )
    return Film(perceptron, sigmoid, *film_curves(page, weight, threshold, film))


def film_answers(page: Page, score: Block, weight: Block, threshold: Block) -> tuple[Block, Block]:
    """Put the perceptron's and the sigmoid's answer, each by hand too, and return the two."""
    page.text(10, 2, [["Answer", "Value", "Formula"]], Look("header"))
    z = native("{x}*{w}-{t}", x=score, w=weight, t=threshold)
    page.text(11, 2, "score × weight - threshold", Look("label"))
    total = page.cell(11, 3, z, Look("forward", NUMBER))
    answer = call("NN_PERCEPTRON", score, weight, native("-{t}", t=threshold))
    answers = (
        ("perceptron", answer, "NN_PERCEPTRON(score, weight, -threshold)"),
        ("the same by hand", native("IF({z}>=0,1,0)", z=total), "IF(… >= 0, 1, 0)"),
        ("sigmoid", call("NN_SIGMOID", total), "NN_SIGMOID(…)"),
        ("the same by hand", native("1/(1+EXP(-{z}))", z=total), "1/(1+EXP(-…))"),
    )
    found = []
    for i, (label, formula, text) in enumerate(answers):
        page.text(12 + i, 2, label, Look("label"))
        found.append(page.array(12 + i, 3, (1, 1), formula, Look("output", NUMBER if i > 1 else "0")))
        page.text(12 + i, 4, text, Look("side_note"))
    return found[0], found[2]


def film_curves(page: Page, weight: Block, threshold: Block, film: Sequence[Curve]) -> tuple[Block, Sequence[Curve]]:
    """Put and draw the answers over the score, those about the film too; return the scores and the curves."""
    page.text(5, 6, [["score", "perceptron", "sigmoid", f"{STEEP} × steeper"]], Look("header"))
    page.heights[5] = 34
    scores = sorted({*np.linspace(0, 1, 41).round(3), 0.49, 0.499, 0.501, 0.51})
    x = page.text(6, 6, [[value] for value in scores], Look("inputs", NUMBER))
    shape = (len(scores), 1)
    hard = call("NN_PERCEPTRON", x, weight, native("-{t}", t=threshold))
    z = native("{x}*{w}-{t}", x=x, w=weight, t=threshold)
    steep = native(f"{STEEP}*({{z}})", z=z)
    step = page.array(6, 7, shape, hard, Look("forward", "0"))
    soft = page.array(6, 8, shape, call("NN_SIGMOID", z), Look("forward", NUMBER))
    sharp = page.array(6, 9, shape, call("NN_SIGMOID", steep), Look("forward", NUMBER))
    curves = [
        Curve("perceptron: 0 or 1", step),
        Curve("sigmoid", soft, colour=COLOURS[1]),
        Curve(f"sigmoid, {STEEP} × steeper", sharp, colour=COLOURS[2]),
        *film,
    ]

    def draw(sheet: Worksheet) -> None:
        curve_chart(sheet, x, curves, Frame("Yes or no, or how sure?", "K5", (10.0, 10)), SCORE_AND_ANSWER)

    page.decorations.append(draw)
    return x, curves


def learning_page(book: Book) -> Block:
    """Add the sheet Learning, one row a film and a step; return the mistakes of the last pass in one cell."""
    page = book.page("Learning")
    page.text(1, 1, "The perceptron learns which films I like", Look("title"))
    page.text(
        2,
        1,
        "One row a film: answer, compare, and where it is wrong move the weights by lr × error × input. A right answer "
        "changes nothing.",
        Look("line"),
    )
    note = "Each row goes on with the weights of the row above. Red rows are mistakes: none from the fifth pass on."
    page.text(3, 1, note, Look("line"))
    page.heights |= {1: 32, 11: 34}
    page.widths = dict.fromkeys("ABCDEFGHIJKLMNOPQRSTU", 9.5) | {"D": 2.0, "T": 2.0}
    page.text(5, 1, [["lr", "weight 1", "weight 2", None, "bias"]], Look("header"))
    start = page.input(6, 2, [[0, 0]], Look("input", "General", help="The first weights."))
    bias = page.input(6, 5, 0, Look("input", "General", help="The first bias: minus the threshold."))
    lr = page.input(6, 1, 0.1, Look("input", "General", minimum=0, help="How far a mistake moves the weights."))
    page.text(6, 6, "Change these, or the films of the first pass.", Look("side_note"))
    headers = ["pass", "action", "humour", None, "w 1", "w 2", "bias", "sum", "answer", "liked?", "error"]
    headers += ["new w 1", "new w 2", "new bias", "NN_ w 1", "NN_ w 2", "NN_ bias", "mistake"]
    page.text(11, 1, [headers], Look("header"))
    page.frozen = "A12"
    rows = table(page, 12, start, bias, lr)
    return mistakes(page, rows)


def table(page: Page, top: int, start: Block, bias: Block, lr: Block) -> Block:
    """Put the rows of all passes; return which are mistakes."""
    films = len(FILMS)
    count = films * PASSES
    one = (count, 1)
    page.text(top, 1, [[1 + i // films] for i in range(count)], Look("raw", "0"))
    first = page.input(top, 2, [film[:2] for film in FILMS], Look("input", "0.0"))
    liked = page.input(top, 10, [[film[2]] for film in FILMS], Look("input", "0", minimum=0, maximum=1, whole=True))
    area = page.area(top, 2, count, 2)
    inputs = Block(area, np.tile(first.values, (PASSES, 1)))
    target = Block(page.area(top, 10, count, 1), np.tile(liked.values, (PASSES, 1)))
    again = count - films
    page.each(top + films, 2, (again, 2), "{x}", Look("inputs", "0.0"), x=inputs.part(rows=again))
    page.each(top + films, 10, (again, 1), "{x}", Look("target", "0"), x=target.part(rows=again))
    before, new = weights_by_row(inputs.values, target.values, np.hstack([start.values, bias.values]), float(lr.number))
    olds = Block(page.area(top, 5, count, 3), before)
    news = Block(page.area(top, 12, count, 3), new)
    look = Look("weights", "0.00")
    first_weights = Block(page.area(6, 2, 1, 4), as_values([[*start.values[0], None, *bias.values[0]]]))
    page.each(top, 5, (1, 2), "{w}", look, w=start)
    page.each(top, 7, (1, 1), "{w}", look, w=first_weights.part(left=3))
    page.each(top + 1, 5, (count - 1, 3), "{w}", look, w=news.part(rows=count - 1))
    total = page.each(
        top,
        8,
        one,
        "SUMPRODUCT({x:row},{w:row})+{b}",
        Look("forward", "0.00"),
        x=inputs,
        w=olds.part(columns=2),
        b=olds.part(left=2),
    )
    answer = page.each(top, 9, one, "IF({s}>=0,1,0)", Look("forward", "0"), s=total)
    error = page.each(top, 11, one, "{t}-{a}", Look("loss", "0"), t=target, a=answer)
    with_one = Look("new", "0.00")
    page.each(
        top,
        12,
        (count, 2),
        "{w}+{lr:all}*{e:row}*{x}",
        with_one,
        w=olds.part(columns=2),
        lr=lr,
        e=error,
        x=inputs,
    )
    page.each(top, 14, one, "{w}+{lr:all}*{e}", with_one, w=olds.part(left=2), lr=lr, e=error)
    for i in range(count):
        row, x = olds.part(top=i, rows=1), inputs.part(top=i, rows=1)
        stacked = native("TRANSPOSE({w})", w=row)
        step = call("NN_PERCEPTRON_STEP", stacked, x, target.part(top=i, rows=1), lr)
        page.array(top + i, 15, (1, 3), native("TRANSPOSE({s})", s=step), with_one)
    mistake = page.each(top, 18, one, "IF({e}=0,0,1)", Look("loss", '"✗";;'), e=error)
    rule = FormulaRule(formula=[f"$R{top}=1"], fill=fill(MISTAKE))
    page.decorations.append(
        lambda sheet: sheet.conditional_formatting.add(f"E{top}:I{top + count - 1} K{top}:R{top + count - 1}", rule)
    )
    on_and_off(page, answer)
    return mistake


def weights_by_row(inputs: Values, target: Values, weights: Values, lr: float) -> tuple[Values, Values]:
    """Return the weights with the bias before and after every row."""
    before, after = [], []
    w1, w2, b = (float(value) for value in weights[0])
    for (x1, x2), (wanted,) in zip(inputs.astype(float), target.astype(float), strict=True):
        before.append((w1, w2, b))
        error = wanted - (1.0 if x1 * w1 + x2 * w2 + b >= 0 else 0.0)
        w1, w2, b = w1 + lr * error * x1, w2 + lr * error * x2, b + lr * error
        after.append((w1, w2, b))
    return np.array(before), np.array(after)


def mistakes(page: Page, rows: Block) -> Block:
    """Put the mistakes of each pass over the table, and return those of the last."""
    films = len(FILMS)
    page.text(8, 1, [["pass", *(None for _ in range(3)), *range(1, PASSES + 1)]], Look("header"))
    page.text(9, 1, "mistakes", Look("label"))
    cells = []
    for k in range(PASSES):
        part = rows.part(top=k * films, rows=films)
        cells.append(page.cell(9, 5 + k, native("SUM({r})", r=part), Look("output", "0")))
    return cells[-1]
