"""The sheet You aboard: one's own age, class and family through the workbook's model, product by product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbooks.lessons.titanic.passengers import FEATURES, PREPARATIONS
from workbooks.sheets.block import Block, below
from workbooks.sheets.book import Look, Page
from workbooks.sheets.charts import ORANGE, Axis, put_title_and_axes
from workbooks.sheets.expression import native
from workbooks.sheets.rules import plain_activation
from workbooks.sheets.style import ACCENT
from workbooks.xlsx.area import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "You aboard"
TOP, TABLE_LEFT = 6, 6
LEAD = (
    "Type yourself into the blue-framed cells. The model of this workbook, with the weights it has now, makes ten "
    "numbers of your answers, multiplies each by its weight and adds them up. The bars show what each adds."
)


@dataclass(frozen=True)
class Field:
    """One thing to type: its name in the formulas, what is asked, the first answer and what may be typed."""

    name: str
    asked: str
    first: object
    look: Look


QUESTIONS = (
    Field("Age", "Age in years", 30, Look("input", "0.##", minimum=0, maximum=120, help="Your age in years.")),
    Field("Pclass", "Class", 2, Look("input", "0", ("1", "2", "3"), help="1 was the dearest, 3 the cheapest.")),
    Field("Sex", "Sex", "female", Look("input", None, ("female", "male"), help="As the passenger list has it.")),
    Field("SibSp", "Brothers, sisters, spouse aboard", 0, Look("input", "0", minimum=0, maximum=20, whole=True)),
    Field("Parch", "Parents and children aboard", 0, Look("input", "0", minimum=0, maximum=20, whole=True)),
    Field("Fare", "Fare in pounds", 13, Look("input", "0.00", minimum=0, maximum=1000, help="8, 13, 60 are usual.")),
    Field("Embarked", "Port", "S", Look("input", None, ("S", "C", "Q"), help="Southampton, Cherbourg, Queenstown.")),
)
INPUTS = (*(text.replace("{Age:all}", "{ages}") for text in PREPARATIONS), "1")
"""The formulas that the passengers' inputs have too, the greatest age still being theirs."""


@dataclass(frozen=True)
class AnsweringLayer:
    """A layer as the answer needs it: weights (in×out), biases (1×out) where there are any, and the activation."""

    weight: Block
    bias: Block | None
    activation: Block


def aboard_page(
    page: Page, ages: Block, layers: Sequence[AnsweringLayer], epoch: Block, units: Sequence[str]
) -> tuple[Block, Block]:
    """Fill the sheet; `units` names those of the first layer. Return the prediction and the answer in words."""
    page.text(1, 2, "Would you have survived?", Look("title"))
    page.text(2, 2, LEAD, Look("lead"))
    page.merged.append("B2:L2")
    page.heights |= {1: 32, 2: 36, 3: 6, 4: 6, TOP - 1: 32}
    page.widths = {"A": 2.0, "B": 30.0, "C": 12.0, "D": 2.0, "E": 2.0, "F": 12.0, "G": 9.0}
    typed = questions(page)
    last = TABLE_LEFT + 1 + 2 * len(units)
    page.widths |= {column_letters(column): 10.0 for column in range(TABLE_LEFT + 2, last + 1)}
    page.widths[column_letters(last + 1)] = 2.0
    headers = ["input", "you", *(f"weight {unit}" for unit in units), *(f"product {unit}" for unit in units)]
    page.text(TOP - 1, TABLE_LEFT, [headers], Look("header"))
    page.text(TOP, TABLE_LEFT, [[name] for name in FEATURES], Look("inputs_header"))
    given = [
        page.cell(TOP + i, TABLE_LEFT + 1, native(text, ages=ages, **typed), Look("inputs", "0.000"))
        for i, text in enumerate(INPUTS)
    ]
    column = below(given)
    weight = layers[0].weight
    shape = (len(FEATURES), len(units))
    own = page.array(TOP, TABLE_LEFT + 2, shape, native("{w}", w=weight), Look("weights", "0.0000"))
    left = TABLE_LEFT + 2 + len(units)
    products = page.each(TOP, left, shape, "{x}*{w}", Look("forward", "0.0000"), None, x=column, w=own)
    prediction = forward(page, layers, products, left)
    answer = answers(page, prediction, epoch)
    page.decorations.append(lambda sheet: draw(sheet, products, units, column_letters(last + 2)))
    return prediction, answer


def questions(page: Page) -> Mapping[str, Block]:
    """Put what is asked with the cells to type into, and return these by name."""
    page.text(TOP - 1, 2, [["You", None]], Look("header"))
    page.merged.append(f"B{TOP - 1}:C{TOP - 1}")
    typed = {}
    for i, question in enumerate(QUESTIONS):
        page.text(TOP + i, 2, question.asked, Look("body"))
        typed[question.name] = page.input(TOP + i, 3, question.first, question.look)
    return typed


def forward(page: Page, layers: Sequence[AnsweringLayer], products: Block, left: int) -> Block:
    """Put the sums below the products and each layer's outputs below those, and return the last layer's."""
    row, look = TOP + len(FEATURES), Look("forward", "0.0000")
    first, *later = layers
    page.text(row, TABLE_LEFT, "sum", Look("forward_header"))
    sums, used = ("SUM({p:column})", {"p": products})
    if first.bias is not None:
        sums, used = f"{sums}+{{b}}", used | {"b": first.bias}
    linear = page.each(row, left, (1, products.values.shape[1]), sums, look, None, **used)
    outputs = activated(page, row + 1, left, first, linear)
    for k, layer in enumerate(later, 2):
        row += 2
        page.text(row, TABLE_LEFT, f"layer {k}", Look("forward_header"))
        text = "MMULT({h},{w})" if layer.bias is None else "MMULT({h},{w})+{b}"
        sums_of = native(text, h=outputs, w=layer.weight, b=layer.bias)
        linear = page.array(row, left, (1, layer.weight.values.shape[1]), sums_of, look)
        outputs = activated(page, row + 1, left, layer, linear)
    return outputs


def activated(page: Page, row: int, left: int, layer: AnsweringLayer, linear: Block) -> Block:
    """Put a layer's activation, in the spreadsheet's own functions by the word in its setting."""
    page.text(row, TABLE_LEFT, "activation", Look("forward_header"))
    formula = native(plain_activation(layer.activation), word=layer.activation, inputs=linear)
    return page.array(row, left, (1, linear.values.shape[1]), formula, Look("forward", "0.0000"))


def answers(page: Page, prediction: Block, epoch: Block) -> Block:
    """Put the answer in large letters, and how much the model has trained for it."""
    row = TOP + len(QUESTIONS) + 1
    page.text(row, 2, [["The model says", None]], Look("card_label"))
    page.merged += [f"B{row}:C{row}", f"B{row + 1}:C{row + 2}", f"B{row + 3}:C{row + 4}"]
    words = native('IF({p}>0.5,"You survive","You do not survive")', p=prediction)
    answer = page.cell(row + 1, 2, words, Look("card"))
    page.text(row + 1, 3, [[None], [None]], Look("card"))
    page.text(row + 2, 2, None, Look("card"))
    trained = native(
        'IF({e}=0,"The weights are still random: train first, on the sheet Lesson.",'
        '"Its prediction is "&ROUND({p},3)&" after "&{e}&" epochs. Above 0.5 is yes.")',
        e=epoch,
        p=prediction,
    )
    page.cell(row + 3, 2, trained, Look("wrapped"))
    return answer


def draw(sheet: Worksheet, products: Block, units: Sequence[str], at: str) -> None:
    """Draw the products as bars."""
    from openpyxl.chart import BarChart, Reference, Series
    from openpyxl.chart.shapes import GraphicalProperties

    chart = BarChart()
    chart.type = "bar"
    chart.style = 2
    put_title_and_axes(chart, "What each input adds", (Axis("input"), Axis("input × weight")))
    chart.x_axis.scaling.orientation = "maxMin"
    chart.gapWidth = 60
    chart.width, chart.height = 11.2, 10.5
    chart.legend.position = "t"
    area = products.area
    names = Reference(sheet, min_col=TABLE_LEFT, min_row=area.top, max_row=area.bottom)
    for j, (unit, colour) in enumerate(zip(units, (ACCENT, ORANGE), strict=False)):
        values = Reference(sheet, min_col=area.left + j, min_row=area.top, max_row=area.bottom)
        series = Series(values, title=unit)
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
        series.invertIfNegative = False
        chart.series.append(series)
    chart.set_categories(names)
    sheet.add_chart(chart, f"{at}{TOP - 1}")
