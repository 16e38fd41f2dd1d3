"""The sheet Draw your own digit: a grid to type in, ten bars that answer, and what one pixel or one column changes."""

from dataclasses import dataclass

import numpy as np
from openpyxl.formatting.rule import DataBarRule, FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.digits.grids import (
    HIDDEN_NUMBER,
    brightness,
    mark_largest,
    signs,
    square_columns,
    strongest,
)
from workbooks.lessons.digits.lesson import CLASSES, DigitsLesson
from workbooks.lessons.digits.sheets import ImageRows, Network
from workbooks.sheets.block import Block, Values, as_values, below
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Expression, call, native
from workbooks.sheets.start import Card, put_card
from workbooks.sheets.style import HIGHLIGHT, INK, POSITIVE, fill
from workbooks.xlsx.area import column_letters

TITLE = "Draw your own digit"
LEAD = (
    "Type into the grid on the left: 0 is dark, 16 is bright. An empty cell keeps the pixel of the image whose number "
    "stands above it (0: all dark); delete what you typed and it comes back. The network answers with its present "
    "weights."
)
NOTICE = (
    "It always answers: no output means none of these. So a chessboard is a digit too.",
    "Outputs are no probabilities: they need not add up to 1. Divided by their sum they can be read so.",
    "Moved by one column every pixel meets other weights. A convolutional network (CNN) slides small sets of weights "
    "over the whole image instead.",
    "One pixel turned over, dark to bright: blue helps its answer, orange hurts it.",
)
FIRST = 1593
"""The number of the image on the sheet at first: a 0 kept aside, which a trained network takes for others if moved."""
BRIGHTEST = 16
DRAWN, MOVED = "as drawn", ("moved left", "moved right", "moved up", "moved down")
NONSENSE = ("all dark", "all bright", "chessboard", "noise")
PICTURES = (DRAWN, *MOVED, *NONSENSE)
SHADES, DARKEST = 9, 16
GRID, SEEN, ANSWER, TABLE = 2, 11, 20, 24
"""The columns of the grid, of the picture beside it, of the ten bars, and of the table of pictures."""
NAMES, NUMBERS = 28, 29
"""The columns, right of these, of what they are worked out from: the pictures' names, and a column a pixel."""
CARD, SENTENCE, TOP = 4, 6, 8
PIXEL = 39.0
"""The width of a pixel of the grid, on the screen."""


@dataclass(frozen=True)
class Drawn:
    """What the network makes of the picture that is shown."""

    row: Block
    """Its pixels as the network takes them, from 0 to 1, in one row."""
    outputs: Block
    answer: Block


@dataclass(frozen=True)
class DrawSheet:
    """Lays out the sheet."""

    page: Page
    lesson: DigitsLesson
    images: ImageRows
    network: Network
    epoch: Block

    def fill(self) -> None:
        """Put everything."""
        page, side = self.page, self.lesson.side
        page.text(1, GRID, "Draw your own digit, and see what the network says", Look("title"))
        page.text(2, GRID, LEAD, Look("lead"))
        page.merged.append(f"{column_letters(GRID)}2:{column_letters(TABLE + 2)}2")
        self.sizes()
        number = page.input(CARD + 1, GRID, float(FIRST), self.number_look(), "drawn_image")
        choice = Look("card_input", None, PICTURES, help="Your picture, moved by one pixel, or nonsense.")
        shown = page.input(CARD + 1, SEEN, DRAWN, choice, "drawn_shown")
        look = Look("input", "0.##", minimum=0, maximum=BRIGHTEST, help="0 is dark, 16 is bright. Empty: as the image.")
        typed = page.input(TOP, GRID, [[None] * side] * side, look, "drawn")
        pixels = self.pixels(typed, number)
        drawn = self.answers(pixels, shown)
        self.picture(drawn)
        self.cards(number, shown, drawn)
        self.shade(typed, pixels.part(rows=1))
        self.turned(drawn)
        self.notes()

    def number_look(self) -> Look:
        """Return the look of the cell with the number of the image to begin with."""
        text = f"An image's number, 1 to {self.lesson.count}; 0 is an empty grid."
        return Look("card_input", "0", minimum=0, maximum=self.lesson.count, whole=True, help=text)

    def sizes(self) -> None:
        """Give the sheet its widths and heights."""
        page, side = self.page, self.lesson.side
        page.widths = {"A": 1.5}
        square_columns(page, GRID, side, PIXEL)
        square_columns(page, SEEN, side, PIXEL)
        widths = {GRID + side: 2.0, SEEN + side: 2.0, ANSWER: 6.0, ANSWER + 1: 8.0, ANSWER + 2: 18.0, ANSWER + 3: 2.0}
        widths |= {TABLE: 18.0, TABLE + 1: 9.0, TABLE + 2: 9.0, NAMES - 1: 14.0, NAMES: 16.0}
        widths |= dict.fromkeys(range(NUMBERS, NUMBERS + side * side), 9.6)
        page.widths |= {column_letters(column): width for column, width in widths.items()}
        page.heights = {1: 26.0, 2: 32.0, 3: 3.0, CARD: 15.0, CARD + 1: 24.0, SENTENCE: 16.0}
        page.heights |= dict.fromkeys(range(TOP - 1, TOP + 2 * side + 4), 15.5)

    def card(self, left: int, columns: int, label: str, value: Expression | Block, number_format: str = "0") -> None:
        """Put a large number, or a cell to type in that is there already, under what it is."""
        put_card(self.page, CARD, left, Card(label, value, number_format), (1, columns))

    def pixels(self, typed: Block, number: Block) -> Block:
        """Put every picture as a row of numbers from 0 to 1: what is drawn, moved by a pixel each way, and nonsense."""
        page, side, top = self.page, self.lesson.side, CARD + 2
        count = side * side
        page.text(
            top - 2, NAMES, "The pictures as the network takes them: a row a picture, a column a pixel", Look("heading")
        )
        page.text(top, NAMES, [[name] for name in PICTURES], Look("label"))
        k = page.text(top - 1, NUMBERS, [list(range(1, count + 1))], Look("inputs_header", "0"))
        look = Look("inputs", "0.00")
        at = f"INDEX({{t:all}},INT(({{k}}-1)/{side})+1,MOD({{k}}-1,{side})+1)"
        image = f"IF({{n:all}}=0,0,INDEX({{x:all}},{{n:all}},{{k}})*{BRIGHTEST})"
        text = f'IF({at}="",{image},{at})/{BRIGHTEST}'
        used = {"t": typed, "n": number, "k": k, "x": self.images.inputs}
        drawn = page.each(top, NUMBERS, (1, count), text, look, None, **used)
        moves = (
            f"IF(MOD({{k}},{side})=0,0,INDEX({{d:all}},{{k}}+1))",
            f"IF(MOD({{k}},{side})=1,0,INDEX({{d:all}},{{k}}-1))",
            f"IF({{k}}>{count - side},0,INDEX({{d:all}},{{k}}+{side}))",
            f"IF({{k}}<={side},0,INDEX({{d:all}},{{k}}-{side}))",
        )
        moved = [
            page.each(top + i, NUMBERS, (1, count), move, look, None, d=drawn, k=k) for i, move in enumerate(moves, 1)
        ]
        return below([drawn, *moved, page.text(top + 1 + len(moves), NUMBERS, not_digits(side), look)])

    def answers(self, pixels: Block, shown: Block) -> Drawn:
        """Put what the network says of every picture, and the one that is chosen."""
        page, top = self.page, CARD + len(PICTURES) + 5
        page.text(top - 1, NAMES, "What the network says of each", Look("heading"))
        page.text(top, NAMES, [[name] for name in PICTURES], Look("label"))
        shape = (len(PICTURES), CLASSES)
        outputs = page.array(top, NUMBERS, shape, self.forward(pixels), Look("forward", "0.000"))
        header = [["the network sees", "answer", "output"]]
        page.text(TOP - 1, TABLE, header, Look("header"))
        names = page.text(TOP, TABLE, [[name] for name in PICTURES], Look("body"))
        page.array(TOP, TABLE + 1, (shape[0], 1), call("NN_ARGMAX", outputs), Look("centred", "0"))
        page.each(TOP, TABLE + 2, (shape[0], 1), "MAX({o:row})", Look("centred", "0.00"), None, o=outputs)
        letters, last = column_letters(TABLE), column_letters(TABLE + 2)
        chosen = FormulaRule(
            formula=[f"${letters}{TOP}={shown.address(page.title)}"],
            fill=fill(HIGHLIGHT),
            font=Font(bold=True, color=INK),
        )
        area = f"{letters}{TOP}:{last}{TOP + shape[0] - 1}"
        page.decorations.append(lambda sheet: sheet.conditional_formatting.add(area, chosen))
        row = top + shape[0] + 2
        page.text(row - 1, NAMES, "The one that is shown: its pixels, its ten outputs", Look("heading"))
        page.text(row, NAMES, [["pixels"], ["outputs"], ["answer"]], Look("label"))
        used = {"s": shown, "names": names}
        picked = native("INDEX({p},MATCH({s},{names},0),0)", p=pixels, **used)
        seen = page.array(row, NUMBERS, (1, pixels.values.shape[1]), picked, Look("inputs", "0.00"), "drawn_pixels")
        picked = native("INDEX({o},MATCH({s},{names},0),0)", o=outputs, **used)
        own = page.array(row + 1, NUMBERS, (1, CLASSES), picked, Look("forward", "0.000"), "drawn_outputs")
        answer = page.array(row + 2, NUMBERS, (1, 1), call("NN_ARGMAX", own), Look("forward", "0"), "drawn_answer")
        return Drawn(seen, own, answer)

    def forward(self, inputs: Block | Expression) -> Expression:
        """Return the network's outputs for pictures, a row each."""
        return call("NN_FORWARD", inputs, self.network.activations, None, *self.network.parameters)

    def picture(self, drawn: Drawn) -> None:
        """Draw what the network sees, and its ten outputs as bars."""
        page = self.page
        page.text(TOP - 1, GRID, "Type here: 0 dark, 16 bright", Look("label"))
        page.text(TOP - 1, SEEN, "What the network sees: each divided by 16", Look("label"))
        seen = self.square(TOP, SEEN, drawn.row, Look("body", HIDDEN_NUMBER))
        brightness(page, seen)
        page.text(TOP - 1, ANSWER, [["digit", "output", "as a bar"]], Look("header"))
        page.text(TOP, ANSWER, [[digit] for digit in range(CLASSES)], Look("centred", "0"))
        turned = native("TRANSPOSE({o})", o=drawn.outputs)
        numbers = page.array(TOP, ANSWER + 1, (CLASSES, 1), turned, Look("fitted", "0.00"))
        mark_largest(page, numbers, 1)
        bars = page.array(TOP, ANSWER + 2, (CLASSES, 1), turned, Look("body", HIDDEN_NUMBER))
        rule = DataBarRule("num", 0, "num", 1, POSITIVE, showValue=None, minLength=0, maxLength=100)
        page.decorations.append(lambda sheet: sheet.conditional_formatting.add(bars.area.cells, rule))

    def square(self, top: int, left: int, block: Block, look: Look) -> Block:
        """Put the numbers of a row or column into as many cells as the grid has."""
        side = self.lesson.side
        places = np.arange(side * side).reshape(side, side)
        texts = [[f"INDEX({block.reference(self.page.title)},{place + 1})" for place in line] for line in places]
        return self.page.written(top, left, np.array(texts, dtype=object), block.values.ravel()[places], look)

    def cards(self, number: Block, shown: Block, drawn: Drawn) -> None:
        """Put the answer in large letters, and how sure the network is."""
        self.card(GRID, 4, "begin with image number", number)
        self.card(SEEN, self.lesson.side, "show the network", shown)
        is_digit = 'IF({n}=0,"–",INDEX({y},{n}))'
        self.card(GRID + 4, 4, "that image is a", native(is_digit, n=number, y=self.images.target))
        outputs = drawn.outputs
        self.card(ANSWER, 2, "it answers", native("{a}", a=drawn.answer))
        self.card(ANSWER + 2, 1, "output of the answer", native("MAX({o})", o=outputs), "0.00")
        share = native('IF(MIN({o})<0,"–",MAX({o})/SUM({o}))', o=outputs)
        self.card(TABLE, 1, "read as a probability", share, "0%")
        second = native("MATCH(LARGE({o},2),{o},0)-1", o=outputs)
        self.card(TABLE + 1, 2, "next best", second)
        sentence = (
            'IF({e}=0,"The weights are still random, so this is a guess: train first, with N epochs on Start.",'
            'IF(MAX({o})<0.5,"No output is above a half, and it answers all the same: none means that it is no digit.",'
            '"It would answer to anything: none of the ten outputs means that it is no digit."))'
        )
        self.page.cell(SENTENCE, GRID, native(sentence, e=self.epoch, o=outputs), Look("label"))

    def shade(self, typed: Block, drawn: Block) -> None:
        """Show the picture behind the grid to type in: each cell as bright as its pixel."""
        place = f"(ROW()-{TOP})*{self.lesson.side}+COLUMN()-{GRID - 1}"
        value = f"ROUND({SHADES - 1}*INDEX({drawn.address(self.page.title)},1,{place}),0)"

        def add(sheet: Worksheet) -> None:
            for level in range(SHADES):
                # LibreOffice takes a fill of pure black for none.
                grey = round(DARKEST + (255 - DARKEST) * level / (SHADES - 1))
                ink = "FFFFFF" if grey < 110 else "000000"
                rule = FormulaRule(formula=[f"{value}={level}"], fill=fill(f"{grey:02X}" * 3), font=Font(color=ink))
                sheet.conditional_formatting.add(typed.area.cells, rule)

        self.page.decorations.append(add)

    def turned(self, drawn: Drawn) -> None:
        """Put what one pixel alone changes when it is turned over, dark to bright, for each of them."""
        page, side = self.page, self.lesson.side
        count, top = side * side, CARD + 2 * len(PICTURES) + 13
        page.text(top - 2, NAMES, "One pixel turned over: a row a pixel, the ten outputs then", Look("heading"))
        header = [*range(CLASSES), "answer", "change"]
        page.text(top - 1, NUMBERS, [header], Look("header", "0"))
        k = page.text(top, NAMES, [[i] for i in range(1, count + 1)], Look("inputs_header", "0"))
        inputs = native("{x}+({k}=TRANSPOSE({k}))*(1-2*{x})", x=drawn.row, k=k)
        look = Look("forward", "0.000")
        outputs = page.array(top, NUMBERS, (count, CLASSES), self.forward(inputs), look)
        answers = page.array(top, NUMBERS + CLASSES, (count, 1), call("NN_ARGMAX", outputs), Look("forward", "0"))
        text = "INDEX({f:row},{a:all}+1)-INDEX({o:all},{a:all}+1)"
        used = {"f": outputs, "a": drawn.answer, "o": drawn.outputs}
        change = page.each(top, NUMBERS + CLASSES + 1, (count, 1), text, look, None, **used)
        row = TOP + side + 1
        page.text(row - 1, GRID, "One pixel turned over: its answer's change", Look("label"))
        page.text(row - 1, SEEN, "... and what it answers then", Look("label"))
        signs(
            page,
            self.square(row, GRID, change, Look("fitted", "0.00")),
            strongest(page, top, NUMBERS + CLASSES + 3, change),
        )
        then = self.square(row, SEEN, answers, Look("centred", "0"))
        first = f"{then.letters}{then.area.top}<>{drawn.answer.address(page.title)}"
        other = FormulaRule(formula=[first], fill=fill(HIGHLIGHT), font=Font(bold=True, color=INK))
        page.decorations.append(lambda sheet: sheet.conditional_formatting.add(then.area.cells, other))
        words = (
            f'"Alone, "&SUM(IF({{w}}={{a}},0,1))&" of {count} pixels change the answer. Most telling: row "&'
            f'INT((MATCH(MAX(ABS({{c}})),ABS({{c}}),0)-1)/{side})+1&", column "&'
            f'MOD(MATCH(MAX(ABS({{c}})),ABS({{c}}),0)-1,{side})+1&"."'
        )
        page.array(row + side, GRID, (1, 1), native(words, w=answers, a=drawn.answer, c=change), Look("label"))

    def notes(self) -> None:
        """Put what to notice beside the lower pictures."""
        page, row = self.page, TOP + CLASSES + 1
        page.text(row - 1, ANSWER, "What to notice", Look("subheading"))
        last = column_letters(TABLE + 2)
        for line in NOTICE:
            lines = 1 + len(line) // 84
            page.text(row, ANSWER, line, Look("wrapped"))
            page.merged.append(f"{column_letters(ANSWER)}{row}:{last}{row + lines - 1}")
            row += lines
        where = f"Worked out from column {column_letters(NAMES)} on: every picture as a row of pixels, and its outputs."
        page.text(TOP + 2 * self.lesson.side + 3, GRID, where, Look("note"))


def not_digits(side: int) -> Values:
    """Return four pictures that are no digits, a row each: dark, bright, a chessboard, and every pixel by chance."""
    count = side * side
    chess = np.indices((side, side)).sum(axis=0).ravel() % 2
    noise = np.random.default_rng(0).integers(0, BRIGHTEST + 1, count) / BRIGHTEST
    return as_values([[0.0] * count, [1.0] * count, chess.tolist(), noise.tolist()])
