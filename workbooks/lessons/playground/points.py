"""The playground's points: four patterns of two classes, made by formulas from seeded random numbers; and features.

The rows come in four parts, each of one class and either for training or for testing, so that a chart can draw each
part as a series of its own.
"""

from dataclasses import dataclass
from typing import Any

from workbooks.sheets.block import Block, NamedBlocks, beside
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import call, cases, native
from workbooks.sheets.model_sheet import TOP, ModelSheet

PART = 60
"""How many points are of one class and for one purpose."""
PARTS = ((0, "train"), (1, "train"), (0, "valid"), (1, "valid"))
COUNT = PART * len(PARTS)
DATASETS = ("circle", "XOR", "two Gaussians", "spiral")
UNIFORM_STREAM, NORMAL_STREAM = 11, 12
RADIUS = 5
TURNS = 1.75


@dataclass(frozen=True)
class Feature:
    """A column of the inputs: its title, its switch's name, what it is made of, and as a formula."""

    title: str
    switch: str
    text: str
    on: bool = False


FEATURES = (
    Feature("x1", "use_x1", "{a}", on=True),
    Feature("x2", "use_x2", "{b}", on=True),
    Feature("x1²", "use_x1_squared", "{a}^2"),
    Feature("x2²", "use_x2_squared", "{b}^2"),
    Feature("x1·x2", "use_x1_x2", "{a}*{b}"),
    Feature("sin x1", "use_sin_x1", "SIN({a})"),
    Feature("sin x2", "use_sin_x2", "SIN({b})"),
)


@dataclass(frozen=True)
class LabelledPoints:
    """The points, n×1 each."""

    x1: Block
    x2: Block
    classes: Block
    parts: Block
    """Whether a point is for training or for testing: train or valid."""


def put_points(sheet: ModelSheet) -> LabelledPoints:
    """Put the points, one a row."""
    page, settings = sheet.page, sheet.settings
    headers = ["#", "class", "part", "k", "u", "v", "z1", "z2", "x1", "x2"]
    left = sheet.stage("raw", f"{COUNT} points, made by formulas", "from random u, v, z1, z2", headers)
    rows = [[i + 1, *PARTS[i // PART], 2 * (i % PART) + (i // PART) // 2] for i in range(COUNT)]
    page.text(TOP, left, [[row[0]] for row in rows], Look("raw", "0"))
    classes = page.text(TOP, left + 1, [[row[1]] for row in rows], Look("raw", "0"))
    parts = page.text(TOP, left + 2, [[row[2]] for row in rows], Look("raw_word"))
    order = page.text(TOP, left + 3, [[row[3]] for row in rows], Look("raw", "0"))
    seed = settings["data_seed"]
    uniform = native(
        "TRANSPOSE({u})*SQRT(2)",
        u=call("NN_INIT", 2, COUNT, seed, "uniform", UNIFORM_STREAM),
    )
    normal = native("TRANSPOSE({z})", z=call("NN_INIT", 2, COUNT, seed, "kaiming", NORMAL_STREAM))
    even = page.array(TOP, left + 4, (COUNT, 2), uniform, Look("raw", "0.00"))
    bell = page.array(TOP, left + 6, (COUNT, 2), normal, Look("raw", "0.00"))
    given: dict[str, Any] = {
        "d": settings["dataset"],
        "n": settings["noise"],
        "c": classes,
        "k": order,
        "u": even.part(columns=1),
        "v": even.part(left=1, columns=1),
    }
    x1 = page.each(TOP, left + 8, (COUNT, 1), X1, Look("raw", "0.00"), z=bell.part(columns=1), **given)
    x2 = page.each(TOP, left + 9, (COUNT, 1), X2, Look("raw", "0.00"), z=bell.part(left=1, columns=1), **given)
    return LabelledPoints(x1, x2, classes, parts)


SPIRAL_RADIUS = f"{RADIUS}*{{k}}/{2 * PART}"
SPIRAL_ANGLE = f"(2*PI()*{TURNS}*{{k}}/{2 * PART}+PI()*{{c}})"
CIRCLE_RADIUS = "IF({c}=1,2.5*ABS({u}),3.5+1.5*ABS({u}))"
NOISE = "+{n:all}*{z}"
CORNER = "IF({u}<0,-1,1)*"
X1 = (
    cases(
        "{d:all}",
        {
            "circle": f"{CIRCLE_RADIUS}*SIN(PI()*{{v}})",
            "XOR": CORNER + "(0.3+4.7*ABS({u}))",
            "two Gaussians": "(4*{c}-2+{z})",
            "spiral": f"{SPIRAL_RADIUS}*SIN{SPIRAL_ANGLE}",
        },
    )
    + NOISE
)
X2 = (
    cases(
        "{d:all}",
        {
            "circle": f"{CIRCLE_RADIUS}*COS(PI()*{{v}})",
            "XOR": CORNER + "(2*{c}-1)*(0.3+4.7*ABS({v}))",
            "two Gaussians": "(4*{c}-2+{z})",
            "spiral": f"{SPIRAL_RADIUS}*COS{SPIRAL_ANGLE}",
        },
    )
    + NOISE
)


def features(page: Page, top: int, left: int, x1: Block, x2: Block, switches: NamedBlocks) -> Block:
    """Put the columns of inputs made of x1 and x2, 0 where switched off, and return them as one block."""
    count = x1.values.shape[0]
    columns = []
    for j, feature in enumerate(FEATURES):
        known = {"a": x1, "b": x2}
        used = {name: block for name, block in known.items() if f"{{{name}}}" in feature.text}

        text = f"IF({{on}},{feature.text},0)"
        formula = native(text, on=switches[feature.switch], **used)
        columns.append(page.array(top, left + j, (count, 1), formula, Look("inputs", "0.00")))
    return beside(columns)
