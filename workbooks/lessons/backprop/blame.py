"""The sheet Who is to blame: every path from one weight to the loss, the chain rule factor by factor along each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from openpyxl.chart import BarChart, Reference, Series
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.backprop.net import INPUTS, ROWS, Backward, NetForward
from workbooks.sheets.block import Block, NamedBlocks, below
from workbooks.sheets.book import Look, Page
from workbooks.sheets.charts import Axis, put_title_and_axes
from workbooks.sheets.expression import native, reference
from workbooks.sheets.rules import plain, plain_text
from workbooks.sheets.start import Card, put_card
from workbooks.sheets.style import GREY, HIGHLIGHT, PALE_NEGATIVE, PALE_POSITIVE, POSITIVE, fill
from workbooks.xlsx.area import column_letters

TITLE = "Who is to blame"
FIRST = "W111"
LEAD = (
    "Each row of the data is one path from a weight to the loss. Along a path the factors of the chain rule are "
    "multiplied; over all paths the products are added up. The sum is the gradient on Net. Choose another weight."
)
READING = (
    "Multiply along a path, add up over the paths: that is all of back-propagation. Net does it for all weights at "
    "once.",
    "A grey path is blocked: one factor is 0. Its row does not blame this weight, whatever went wrong in it.",
    "The last four factors of a path are the same for all weights into one hidden unit: Net works them out once, as "
    "dL/da1.",
    "Press Step and look again: the factors are others, because the slope depends on where one stands.",
)
NUMBER, SMALL = "0.000", "0.0000"
FACTOR = Look("gradient", NUMBER)
TABLE, TOP = 9, 12
"""The rows of the table's head and of its first path."""
ROW, X, Y = 2, 3, 6
BY_WEIGHT, BY_A1, BY_H1, BY_A2, BY_P, PRODUCT = 7, 9, 12, 14, 17, 19
"""The columns of the factors; that of an activation begins with the pre-activation it is the slope at."""
LIST, LIST_TOP = 21, 4
BELOW = TOP + ROWS + 1
STEPS = (
    (
        BY_WEIGHT,
        2,
        'IF({layer}=2,"",{n}&" → a1")',
        'IF({layer}=2,"","da1/d"&{n}&" = "&IF({source}=0,"1","x"&{source}))',
    ),
    (BY_A1, 3, 'IF({layer}=2,"","a1 → h1")', 'IF({layer}=2,"","dh1/da1 = f\'(a1)")'),
    (
        BY_H1,
        2,
        'IF({layer}=1,"h1",{n})&" → a2"',
        'IF({layer}=1,"da2/dh1 = W2","da2/d"&{n}&" = "&IF({source}=0,"1","h1"))',
    ),
    (BY_A2, 3, '"a2 → p"', '"dp/da2 = f2\'(a2)"'),
    (BY_P, 2, '"p → L"', f'"dL/dp = 2(p - y)/{ROWS}"'),
)
"""Each step of a path: the first of its columns, their number, from where to where, and the derivative."""


@dataclass(frozen=True)
class BlamedParameter:
    """A weight or bias: its layer, where it leads from (0: a bias) and to, and its gradient's cell on Net."""

    layer: int
    source: int
    unit: int
    grad: Block

    @property
    def name(self) -> str:
        """Return W, the layer, the number it leads from and the unit it leads to; of a bias b, layer and unit."""
        return f"W{self.layer}{self.source}{self.unit}" if self.source else f"b{self.layer}{self.unit}"


@dataclass(frozen=True)
class Chosen:
    """The cells that say which weight is followed: its name, its layer, from where to where, and the gradient."""

    name: Block
    layer: Block
    source: Block
    unit: Block
    cell: Block
    grad: Block


def parameters(backward: Backward) -> tuple[BlamedParameter, ...]:
    """Return all 21, in the order in which they are stacked in θ."""
    found = []
    for layer, grads in enumerate((backward.first, backward.second), 1):
        for first, grad in ((1, grads.weight), (0, grads.bias)):
            for i, j in np.ndindex(*grad.values.shape):
                found.append(BlamedParameter(layer, first and i + first, j + 1, grad.part(i, j, 1, 1)))
    return tuple(found)


@dataclass(frozen=True)
class BlameSheet:
    """Lays out the sheet over the cells of the sheet Net."""

    page: Page
    settings: NamedBlocks
    net: NetForward
    backward: Backward

    def fill(self) -> None:
        """Put everything."""
        page = self.page
        page.text(1, 2, "Who is to blame? One weight, and all its paths to the loss", Look("title"))
        page.text(2, 2, LEAD, Look("lead"))
        page.merged.append(f"B2:{column_letters(LIST + 5)}2")
        self.sizes()
        everyone = parameters(self.backward)
        names = tuple(parameter.name for parameter in everyone)
        look = Look("card_input", None, names, help="W123 leads, in layer 1, from input 2 to unit 3; b12 is a bias.")
        name = page.input(LIST_TOP + 1, ROW, FIRST, look, "blamed")
        chosen = self.gradients(everyone, name)
        self.heads(chosen)
        products = self.table(chosen)
        self.cards(chosen, products)
        self.sentences(chosen, products)
        page.text(BELOW, ROW, "What to notice", Look("subheading"))
        for i, line in enumerate(READING, 1):
            page.text(BELOW + i, ROW, "•", Look("number"))
            page.text(BELOW + i, X, line, Look("body"))
        page.decorations += [lambda sheet: shade(sheet, products), lambda sheet: draw(sheet, products)]

    def sizes(self) -> None:
        """Give the sheet its widths and heights."""
        page = self.page
        widths = dict.fromkeys(range(BY_WEIGHT, PRODUCT), 9.2) | dict.fromkeys(range(X, Y + 1), 3.7)
        widths |= {column + 1: 7.0 for column in (BY_WEIGHT, BY_A1, BY_H1, BY_A2, BY_P)}
        widths |= {1: 1.5, ROW: 4.5, PRODUCT: 10.0, PRODUCT + 1: 1.5, LIST: 8.0}
        widths |= dict(zip(range(LIST + 1, LIST + 6), (5.5, 5.5, 5.5, 8.5, 9.5), strict=True))
        page.widths = {column_letters(column): width for column, width in widths.items()}
        page.heights = {1: 26.0, 2: 32.0, 3: 3.0, 5: 24.0}
        page.heights |= dict.fromkeys((4, *range(6, BELOW + len(READING) + 1)), 15.0)

    def gradients(self, everyone: Sequence[BlamedParameter], name: Block) -> Chosen:
        """Put all weights and biases with their gradients, the chosen one on top; return its cells."""
        page, top = self.page, LIST_TOP + 2
        page.text(LIST_TOP, LIST, [["all 21", "layer", "from", "to", "on Net", "gradient"]], Look("gradient_header"))
        names = page.text(top, LIST, [[each.name] for each in everyone], Look("centred"))
        places = [[each.layer, each.source, each.unit] for each in everyone]
        numbers = page.text(top, LIST + 1, places, Look("centred", '0;;"–"'))
        cells = page.text(top, LIST + 4, [[address(each.grad)] for each in everyone], Look("raw_shape"))
        look = Look("gradient", SMALL)
        grads = below([page.cell(top + i, LIST + 5, reference(each.grad), look) for i, each in enumerate(everyone)])
        row = LIST_TOP + 1
        page.cell(row, LIST, reference(name), Look("centred"))
        picked = [
            page.cell(row, LIST + j, native("INDEX({x},MATCH({n},{names},0))", x=column, n=name, names=names), each)
            for j, (column, each) in enumerate(
                (
                    *((numbers.part(left=j, columns=1), Look("centred", "0")) for j in range(3)),
                    (cells, Look("raw_shape")),
                    (grads, Look("output", SMALL)),
                ),
                1,
            )
        ]
        letters, last = column_letters(LIST), column_letters(LIST + 5)
        area = f"{letters}{top}:{last}{top + len(everyone) - 1}"
        rule = FormulaRule(formula=[f"${letters}{top}={name.address('').rpartition('!')[2]}"], fill=fill(HIGHLIGHT))
        page.decorations.append(lambda sheet: sheet.conditional_formatting.add(area, rule))
        worst = '"Most to blame of all 21 now: "&INDEX({names},MATCH(MAX(ABS({g})),ABS({g}),0))&"."'
        page.array(LIST_TOP + 4, ROW, (1, 1), native(worst, names=names, g=grads), Look("body"))
        return Chosen(name, *picked)

    def table(self, chosen: Chosen) -> Block:
        """Put a path a row with its factors, each beside its cell on Net; return the products."""
        page, net = self.page, self.net
        page.text(TOP, ROW, [[i + 1] for i in range(ROWS)], Look("centred", "0"))
        page.each(TOP, X, (ROWS, INPUTS), "{x}", Look("inputs", "0"), None, x=net.inputs)
        page.each(TOP, Y, (ROWS, 1), "{y}", Look("target", "0"), None, y=net.target)
        factors = [
            self.column(BY_WEIGHT, chosen, 1, "source", net.inputs, FACTOR),
            self.slope(BY_A1, chosen, 1, net.a1),
            self.by_hidden(chosen),
            self.slope(BY_A2, chosen, 2, net.a2),
            self.column(BY_P, chosen, 2, None, self.backward.prediction, FACTOR),
        ]
        text = "IF({layer:all}=1,{f0}*{f1}*{f2}*{f3}*{f4},{f2}*{f3}*{f4})"
        used = {"layer": chosen.layer} | {f"f{k}": factor for k, factor in enumerate(factors)}
        products = page.each(TOP, PRODUCT, (ROWS, 1), text, Look("gradient", "0.00000"), None, **used)
        page.text(TOP + ROWS, BY_P, "added up", Look("label"))
        page.cell(TOP + ROWS, PRODUCT, native("SUM({p})", p=products), Look("output", "0.00000"), "blame")
        return products

    def column(self, left: int, chosen: Chosen, layer: int, place: str | None, block: Block, look: Look) -> Block:
        """Put a row's number of a block on Net, in the column that `place` says, and beside it its cell.

        Of a factor of layer 1 nothing is shown where the weight is of layer 2; a bias (source 0) is multiplied by 1.
        """
        number = "{x}" if place is None else f"INDEX({{x:row}},{{{place}:all}})"
        cell = cell_of(block, place)
        if place == "source":
            number, cell = f"IF({{source:all}}=0,1,{number})", f'IF({{source:all}}=0,"–",{cell})'
        return self.pair(left, chosen, layer, (number, cell), look, x=block)

    def pair(self, left: int, chosen: Chosen, layer: int, texts: tuple[str, str], look: Look, **blocks: Block) -> Block:
        """Put a column of numbers and one of their cells, both blank where the weight comes after their layer."""
        number, cell = (f'IF({{layer:all}}=2,"",{text})' if layer == 1 else text for text in texts)
        known = {"layer": chosen.layer, "source": chosen.source, "unit": chosen.unit} | blocks
        found = self.page.each(TOP, left, (ROWS, 1), number, look, None, **known)
        self.page.each(TOP, left + 1, (ROWS, 1), cell, Look("raw_shape"), None, **known)
        return found

    def slope(self, left: int, chosen: Chosen, layer: int, block: Block) -> Block:
        """Put the pre-activations that a path goes through, their cells, and the slope of the activation there."""
        linear = self.column(left, chosen, layer, "unit" if layer == 1 else None, block, Look("forward", NUMBER))
        setting = self.settings[f"activation_{layer}"]
        text = plain(setting, lambda word: "1" if word == "identity" else slope_text(word))
        if layer == 1:
            text = f'IF({{layer:all}}=2,"",{text})'
        used = {"z": linear, "word": setting, "layer": chosen.layer}
        return self.page.each(TOP, left + 2, (ROWS, 1), text, FACTOR, None, **used)

    def by_hidden(self, chosen: Chosen) -> Block:
        """Put what leads into a2: the second layer's weight; where that is the chosen one, what it is multiplied by."""
        h1, weight = self.net.h1, self.net.second.weight
        number = "IF({layer:all}=1,INDEX({w:all},{unit:all}),IF({source:all}=0,1,INDEX({h:row},{source:all})))"
        rows = f'"{address(weight.part(rows=1))[:-1]}"&{weight.area.top - 1}+{{unit:all}}'
        cell = f'IF({{layer:all}}=1,{rows},IF({{source:all}}=0,"–",{cell_of(h1, "source")}))'
        return self.pair(BY_H1, chosen, 2, (number, cell), FACTOR, h=h1, w=weight)

    def heads(self, chosen: Chosen) -> None:
        """Put over the factors which step of the path each is, and which derivative."""
        page = self.page
        used = {"layer": chosen.layer, "source": chosen.source, "n": chosen.name}
        for left, width, *texts in STEPS:
            for row, text, kind in zip((TABLE, TABLE + 1), texts, ("group", "shape"), strict=True):
                page.text(row, left, [[None] * width], Look(f"gradient_{kind}"))
                page.cell(row, left, native(text, **used), Look(f"gradient_{kind}"))
                page.merged.append(f"{column_letters(left)}{row}:{column_letters(left + width - 1)}{row}")
        heads = ["row", "x1", "x2", "x3", "y", "factor", "cell", "a1", "cell", "factor", "factor", "cell"]
        heads += ["a2", "cell", "factor", "factor", "cell", "product"]
        page.text(TOP - 1, ROW, [heads], Look("gradient_header"))
        page.text(TABLE, ROW, [["a path"] + [None] * (INPUTS + 1)], Look("gradient_group"))
        page.text(TABLE + 1, ROW, [["a row of the data"] + [None] * (INPUTS + 1)], Look("gradient_shape"))
        page.merged += [f"{column_letters(ROW)}{row}:{column_letters(Y)}{row}" for row in (TABLE, TABLE + 1)]
        page.text(TABLE, PRODUCT, [["its blame"]], Look("gradient_group"))
        page.text(TABLE + 1, PRODUCT, [["all factors"]], Look("gradient_shape"))

    def cards(self, chosen: Chosen, products: Block) -> None:
        """Put the sum over the paths beside the gradient that Net has, and what a step makes of it."""
        total = native("SUM({p})", p=products)
        step = native("-{lr}*{g}", lr=self.settings["lr_now"], g=chosen.grad)
        shown: tuple[tuple[int, int, Card], ...] = (
            (ROW, 5, Card("choose a weight", chosen.name)),
            (BY_WEIGHT, 2, Card("paths added up", total, "0.00000")),
            (BY_A1, 3, Card("gradient on Net", reference(chosen.grad), "0.00000")),
            (BY_H1, 2, Card("difference", native("ABS({t}-{g})", t=total, g=chosen.grad), "0E+00")),
            (BY_A2, 3, Card(f"blocked paths, of {ROWS}", native("COUNTIF({p},0)", p=products), "0")),
            (BY_P, 3, Card("a step changes it by", step, "0.0000")),
        )
        for left, columns, card in shown:
            put_card(self.page, LIST_TOP, left, card, (1, columns))

    def sentences(self, chosen: Chosen, products: Block) -> None:
        """Put in words where the weight leads from and to, and what its gradient asks for."""
        where = (
            'IF({layer}=1,IF({source}=0,{n}&" is the bias of hidden unit "&{unit},'
            '{n}&" leads from input x"&{source}&" into hidden unit "&{unit})&": its paths go on "'
            '&"through W2"&{unit}&"1.",'
            'IF({source}=0,{n}&" is the bias of the output",{n}&" leads from hidden unit "&{source}&" to the output")'
            '&": its paths begin at a2.")'
        )
        used = {"layer": chosen.layer, "source": chosen.source, "unit": chosen.unit, "n": chosen.name}
        self.page.cell(LIST_TOP + 2, ROW, native(where, **used), Look("label"))
        asks = (
            'IF({g}=0,"No path blames it: a step leaves it as it is.",IF({g}>0,"More of it means more loss, so a step '
            'makes it smaller.","More of it means less loss, so a step makes it larger.")&" The largest part comes '
            'from row "&MATCH(MAX(ABS({p})),ABS({p}),0)&".")'
        )
        self.page.array(LIST_TOP + 3, ROW, (1, 1), native(asks, g=chosen.grad, p=products), Look("body"))


def address(block: Block) -> str:
    """Return a cell as people write it: Net!B9."""
    return block.address("").replace("$", "").replace("'", "")


def cell_of(block: Block, place: str | None) -> str:
    """Return the text of a formula that names the cell of a row of the table, in the column that `place` says."""
    first = block.area.left
    letters = [column_letters(first + j) for j in range(block.values.shape[1])]
    column = f'"{letters[0]}"' if place is None else f"INDEX({{{','.join(map(quoted, letters))}}},{{{place}:all}})"
    return f'"{block.area.sheet}!"&{column}&ROW(){block.area.top - TOP:+d}'


def quoted(text: str) -> str:
    """Return a text as a formula writes it."""
    return f'"{text}"'


def slope_text(word: str) -> str:
    """Return the slope of an activation at `{z}` in the spreadsheet's own functions."""
    return plain_text(f"NN_{word.upper()}_GRAD").replace("{grad_output}", "1").replace("{inputs}", "{z}")


def shade(sheet: Worksheet, products: Block) -> None:
    """Turn blocked paths grey, and colour the products blue above 0, orange below."""
    area = products.area
    place = area.cells
    product = f"${products.letters}{area.top}"
    blocked = FormulaRule(formula=[f"{product}=0"], font=Font(color=GREY), fill=fill("E3E3E3"), stopIfTrue=True)
    first, last = column_letters(ROW), products.letters
    sheet.conditional_formatting.add(f"{first}{area.top}:{last}{area.bottom}", blocked)
    scale = ColorScaleRule("min", None, PALE_NEGATIVE, "num", 0, "FFFFFF", "max", None, PALE_POSITIVE)
    sheet.conditional_formatting.add(place, scale)


def draw(sheet: Worksheet, products: Block) -> None:
    """Draw what each path adds to the gradient."""
    chart = BarChart()
    chart.style = 2
    chart.width, chart.height = 19.0, 6.0
    put_title_and_axes(chart, "What each path adds to the gradient", (Axis("row"), Axis("its blame")))
    area = products.area
    series = Series(Reference(sheet, min_col=area.left, min_row=area.top, max_row=area.bottom), title="its blame")
    series.graphicalProperties = GraphicalProperties(solidFill=POSITIVE)
    series.invertIfNegative = False
    chart.series.append(series)
    chart.set_categories(Reference(sheet, min_col=ROW, min_row=area.top, max_row=area.bottom))
    chart.legend = None
    chart.gapWidth = 60
    sheet.add_chart(chart, f"{column_letters(ROW)}{BELOW + len(READING) + 2}")
