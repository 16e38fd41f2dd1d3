"""The sheet Multiply: from one weighted sum to a whole table of them, SUMPRODUCT, MMULT and NN_MATMUL side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from workbooks.sheets.block import Block
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import call, native
from workbooks.sheets.lesson_sheet import input_widths
from workbooks.sheets.style import INK, fill
from workbooks.xlsx.area import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Multiply"
LIT = "FFD966"
CASES = 5
"""So many rows of the sheet Lesson are multiplied below the example."""
LEFT, RESULTS_LEFT, RESULT_STRIDE = 2, 13, 3
LEAD = (
    "Multiply a row of inputs with a row of weights number by number and add up: one result. MMULT does it for every "
    "row and every unit at once, if the weights stand turned, a column a unit; NN_MATMUL is Gradsheet's MMULT. Type "
    "another row or unit into a blue-framed cell and see what meets what."
)
EXAMPLE = (((1.0, 2.0), (3.0, 4.0), (5.0, 6.0)), ((10.0, 1.0), (0.5, -2.0)))
"""Inputs 3×2, and weights 2×2, a row a unit."""


@dataclass(frozen=True)
class Product:
    """A table of inputs, the weights (a row a unit) over them, and where the two chosen numbers are typed."""

    inputs: Block
    weights: Block
    row: Block
    unit: Block


def multiply_page(page: Page, inputs: Block, weights: Block, names: Sequence[str], what: str) -> None:
    """Fill the sheet: an example, then the first rows of `inputs` with `weights` (a row a unit); `what` is a row."""
    page.text(1, 1, "From SUMPRODUCT to MMULT to NN_MATMUL", Look("title"))
    page.text(2, 1, LEAD, Look("lead"))
    page.merged.append(f"A2:{column_letters(RESULTS_LEFT + 2 * RESULT_STRIDE + 1)}2")
    page.heights |= {1: 30, 2: 36, 3: 6, 13: 6}
    page.widths = {"A": 12.3, "L": 2.0, "O": 2.0, "R": 2.0} | dict.fromkeys("BCDEFGHIJKMNPQST", 8.6)
    page.widths |= input_widths(names)
    example(page, 4)
    first = inputs.part(rows=CASES)
    top = 14
    page.text(top, 1, f"The same with the first {CASES} {what}s of the sheet Lesson and its weights", Look("heading"))
    page.heights[top] = 24
    page.text(top + 1, 1, [["", *names]], Look("weights_header"))
    label_rows(page, top + 2, "unit", weights.values.shape[0], "weights")
    own_weights = page.each(top + 2, LEFT, weights.values.shape, "{w}", Look("weights", "0.0000"), None, w=weights)
    at = top + 2 + weights.values.shape[0]
    label_rows(page, at + 1, "row", CASES, "inputs")
    own = page.each(at + 1, LEFT, first.values.shape, "{x}", Look("inputs", "0.000"), None, x=first)
    page.text(at, 1, [["", *names]], Look("inputs_header"))
    chosen = choice(page, at + 1 + CASES, CASES, weights.values.shape[0])
    product = Product(own, own_weights, *chosen)
    results(page, product, None)
    row = at + 3 + CASES
    page.text(row, 1, "products", Look("forward_header"))
    # In some programs a single cell is no range that INDEX could look into.
    weight = "{w}" if weights.values.shape[0] == 1 else "INDEX({w:column},{u:all})"
    text, look = f"INDEX({{x:column}},{{r:all}})*{weight}", Look("forward", "0.0000")
    used = {"x": own, "w": own_weights, "r": product.row, "u": product.unit}
    products = page.each(row, LEFT, (1, len(names)), text, look, None, **used)
    page.text(row, RESULTS_LEFT, "sum", Look("forward_header"))
    page.cell(row, RESULTS_LEFT + 1, native("SUM({p})", p=products), look)
    light(page, product)


def example(page: Page, top: int) -> None:
    """Put the example of three rows, two inputs and two units."""
    inputs, weights = EXAMPLE
    page.text(top, 1, "Three rows, two inputs, two units", Look("heading"))
    page.heights[top] = 24
    page.text(top + 1, 1, [["", "x1", "x2"]], Look("weights_header"))
    label_rows(page, top + 2, "unit", 2, "weights")
    w = page.input(top + 2, LEFT, weights, Look("input", "General"))
    page.text(top + 1, LEFT + 3, [["turned:", "unit 1", "unit 2"]], Look("weights_header"))
    page.text(top + 2, LEFT + 3, [["x1"], ["x2"]], Look("weights_header"))
    turned = page.array(top + 2, LEFT + 4, (2, 2), native("TRANSPOSE({w})", w=w), Look("weights", "General"))
    page.text(top + 4, 1, [["", "x1", "x2"]], Look("inputs_header"))
    label_rows(page, top + 5, "row", 3, "inputs")
    x = page.input(top + 5, LEFT, inputs, Look("input", "General"))
    chosen = choice(page, top + 8, 3, 2)
    product = Product(x, w, *chosen)
    results(page, product, turned)
    said = 'INDEX({x},{r},1)&" × "&INDEX({w},{u},1)&" + "&INDEX({x},{r},2)&" × "&INDEX({w},{u},2)'
    total = "INDEX({x},{r},1)*INDEX({w},{u},1)+INDEX({x},{r},2)*INDEX({w},{u},2)"
    sentence = native(f'{said}&" = "&{total}', x=x, w=w, r=product.row, u=product.unit)
    page.cell(top + 8, RESULTS_LEFT, sentence, Look("label"))
    light(page, product, turned)


def label_rows(page: Page, top: int, what: str, count: int, stage: str) -> None:
    """Put numbered names left of some rows."""
    page.text(top, 1, [[f"{what} {i + 1}"] for i in range(count)], Look(f"{stage}_header"))


def choice(page: Page, row: int, rows: int, units: int) -> tuple[Block, Block]:
    """Put the two cells that choose a result, and return them."""
    found = []
    page.text(row, 1, "choose:", Look("label"))
    for left, label, most in ((LEFT, "row", rows), (LEFT + 3, "unit", units)):
        page.text(row, left, label, Look("label"))
        look = Look("input", "0", tuple(str(i + 1) for i in range(most)), help=f"Which {label} is lit up.")
        found.append(page.input(row, left + 1, 1, look))
    return found[0], found[1]


def results(page: Page, product: Product, turned: Block | None) -> None:
    """Put the product three times beside its inputs, each under the formula that makes it."""
    inputs, weights = product.inputs, product.weights
    top, count, units = inputs.area.top, inputs.values.shape[0], weights.values.shape[0]
    look = Look("forward", "General" if turned is not None else "0.0000")
    by_columns = turned if turned is not None else native("TRANSPOSE({w})", w=weights)
    for i, title in enumerate(("SUMPRODUCT", "MMULT", "NN_MATMUL")):
        left = RESULTS_LEFT + i * RESULT_STRIDE
        page.text(top - 2, left, title, Look("heading"))
        page.text(top - 1, left, [[f"unit {unit + 1}" for unit in range(units)]], Look("forward_header"))
    for unit in range(units):
        used = {"w": weights.part(top=unit, rows=1), "x": inputs}
        page.each(top, RESULTS_LEFT + unit, (count, 1), "SUMPRODUCT({w:all},{x:row})", look, None, **used)
    product_of = native("MMULT({x},{w})", x=inputs, w=by_columns)
    page.array(top, RESULTS_LEFT + RESULT_STRIDE, (count, units), product_of, look)
    page.array(top, RESULTS_LEFT + 2 * RESULT_STRIDE, (count, units), call("NN_MATMUL", inputs, by_columns), look)


def light(page: Page, product: Product, turned: Block | None = None) -> None:
    """Light up the row of inputs, the unit's weights and the results that the two chosen numbers mean."""
    row, unit = (block.reference(page.title) for block in (product.row, product.unit))
    top = product.inputs.area.top
    is_row, is_weights = f"ROW()-{top - 1}={row}", f"ROW()-{product.weights.area.top - 1}={unit}"
    rules = [(product.inputs, is_row), (product.weights, is_weights)]
    if turned is not None:
        rules.append((turned, f"COLUMN()-{turned.area.left - 1}={unit}"))
    count, units = product.inputs.values.shape[0], product.weights.values.shape[0]
    for i in range(3):
        left = RESULTS_LEFT + i * RESULT_STRIDE
        is_unit = f"COLUMN()-{left - 1}={unit}"
        rules.append((Block(page.area(top, left, count, units), product.inputs.values), f"AND({is_row},{is_unit})"))

    def paint(sheet: Worksheet) -> None:
        from openpyxl.formatting.rule import FormulaRule
        from openpyxl.styles import Font

        for block, formula in rules:
            place = block.area.cells
            rule = FormulaRule(formula=[formula], fill=fill(LIT), font=Font(color=INK, bold=True))
            sheet.conditional_formatting.add(place, rule)

    page.decorations.append(paint)
