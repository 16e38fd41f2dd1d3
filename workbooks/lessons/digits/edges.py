"""The sheet Edges: nine weights, positive in the centre and negative around, and the threshold that a bias moves."""

import numpy as np
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Font

from workbooks.lessons.digits.grids import counts, signs, square_columns, strongest
from workbooks.sheets.block import Block
from workbooks.sheets.book import Look, Page
from workbooks.sheets.style import INK, fill
from workbooks.xlsx.area import column_letters

TITLE = "Edges"
LEAD = (
    "A unit that looks at nine pixels: each is multiplied by its weight, the products and the bias are added up, and "
    "ReLU makes 0 of what is negative. Here it looks at every place of the picture in turn. Change a number."
)
NOTICE = (
    "Positive in the centre, negative around: where nine pixels are alike, bright or dark, the products cancel. At an "
    "edge they do not.",
    "Set the bias to -4: only the corners are left. The weights say what is looked for, the bias how much of it is "
    "enough.",
    "Type -1, 0, 1 into each row of the weights: only edges from dark to bright, left to right, are left.",
    "The same nine weights at every place: that is a convolution, the C of CNN. The network of this workbook has a "
    "weight of its own for each pixel and unit.",
    "Then look at First layer: does any unit there look like this one? Nobody told the network to look for edges.",
)
SIDE, WINDOW = 8, 3
PLACES = SIDE - WINDOW + 1
SQUARE = slice(2, 6)
"""The rows and columns of the picture that are bright at first."""
PICTURE, WEIGHTS, SUMS, OUTPUTS = 2, 11, 15, 22
TOP = 6


def edges_page(page: Page) -> None:
    """Fill the sheet."""
    page.text(1, PICTURE, "How a unit finds an edge, and what its bias moves", Look("title"))
    page.text(2, PICTURE, LEAD, Look("lead"))
    page.merged.append(f"{column_letters(PICTURE)}2:{column_letters(OUTPUTS + PLACES - 1)}2")
    page.widths = {"A": 1.5}
    square_columns(page, PICTURE, OUTPUTS + PLACES - PICTURE, 40)
    page.widths |= {column_letters(left - 1): 2.0 for left in (WEIGHTS, SUMS, OUTPUTS)}
    page.heights = {1: 26.0, 2: 32.0, 3: 3.0, 4: 3.0} | dict.fromkeys(range(TOP, TOP + SIDE), 24.0)
    for left, text in (
        (PICTURE, "The picture: 1 bright, 0 dark"),
        (WEIGHTS, "Nine weights"),
        (SUMS, "Weighted sum + bias"),
        (OUTPUTS, "After ReLU"),
    ):
        page.text(TOP - 1, left, text, Look("label"))
    pixels = np.zeros((SIDE, SIDE))
    pixels[SQUARE, SQUARE] = 1
    look = Look("input", "0.##", minimum=0, maximum=1, help="A pixel: 0 dark to 1 bright.")
    picture = page.input(TOP, PICTURE, pixels, look, "edge_picture")
    dark = FormulaRule(formula=[f"{column_letters(PICTURE)}{TOP}<0.5"], fill=fill(INK), font=Font(color="FFFFFF"))
    page.decorations.append(lambda sheet: sheet.conditional_formatting.add(picture.area.cells, dark))
    centre = np.full((WINDOW, WINDOW), -1.0)
    centre[1, 1] = WINDOW * WINDOW - 1
    weights = page.input(TOP, WEIGHTS, centre, Look("input", "0.##", help="One of the nine weights."), "edge_weights")
    page.text(TOP + WINDOW + 1, WEIGHTS, "bias", Look("label"))
    bias = page.input(
        TOP + WINDOW + 1, WEIGHTS + 1, 0.0, Look("input", "0.##", help="Is added to every sum."), "edge_bias"
    )
    sums = weighted(page, picture, weights, bias)
    shape = (PLACES, PLACES)
    text = "IF({s}<0,0,{s})"
    outputs = page.each(TOP + 1, OUTPUTS, shape, text, Look("fitted", "0.##"), "edge_outputs", s=sums)
    counts(page, outputs, centre[1, 1])
    row = TOP + SIDE + 1
    page.text(row, PICTURE, "What to notice", Look("subheading"))
    for i, line in enumerate(NOTICE, 1):
        page.text(row + i, PICTURE, "•", Look("number"))
        page.text(row + i, PICTURE + 1, line, Look("body"))


def weighted(page: Page, picture: Block, weights: Block, bias: Block) -> Block:
    """Put the weighted sum of the nine pixels around every place, and the bias."""
    terms, used = [], {"b": bias}
    for i, j in np.ndindex(WINDOW, WINDOW):
        terms.append(f"{{w{i}{j}:all}}*{{x{i}{j}}}")
        used |= {
            f"w{i}{j}": weights.part(i, j, 1, 1),
            f"x{i}{j}": picture.part(i, j, PLACES, PLACES),
        }
    text = f"{'+'.join(terms)}+{{b:all}}"
    sums = page.each(TOP + 1, SUMS, (PLACES, PLACES), text, Look("fitted", "0.##"), None, **used)
    signs(page, sums, strongest(page, TOP + SIDE, SUMS, sums))
    return sums
