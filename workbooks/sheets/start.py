"""The Start sheet: what a workbook is, what to do, where training stands, and a picture of it; whole on one screen.

A lesson declares it; `start_page` draws it. The text stands in the columns B to F, the picture in those from H on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from workbooks.sheets.block import Block
from workbooks.sheets.book import Look, Page
from workbooks.sheets.buttons import LINKS, ButtonBar
from workbooks.sheets.charts import Curve, Frame, history_chart
from workbooks.sheets.expression import Expression
from workbooks.sheets.questions import Question, put_questions
from workbooks.sheets.settings import LOSS_COLUMNS
from workbooks.sheets.status import AS_SAVED, ON, status, without_gradsheet
from workbooks.sheets.style import HIGHLIGHT, fill
from workbooks.xlsx.area import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TEXT_LEFT, TEXT_COLUMNS = 3, 4
PICTURE_LEFT = 8
LETTERS_A_CHARACTER = 1.22
"""So many letters of a sentence fit into the width of a digit."""
CARD_ROW, BUTTON_ROW, PICTURE_ROW = 4, 6, 8
TEXT_ROWS = 15
"""So many lines of text fit on the screen below the first heading."""
CHART = (14.4, 8.4)
"""The size in centimetres of a chart that fills the place of the picture."""


@dataclass(frozen=True)
class Card:
    """One large number with what it is."""

    label: str
    value: Expression | Block | float
    """A block is an input that stands there already."""
    number_format: str = "0.0000"


@dataclass(frozen=True)
class Layout:
    """The columns and rows of a Start sheet."""

    text: float = 22.0
    """The width of each of the four columns of the text, and of a card."""
    right: tuple[float, ...] = (15.6,) * 5
    """The widths of the columns from H on."""
    span: int = 1
    """Over how many of those a card or a button stands."""
    row: float = 16.0
    """The height of a line of text, in points, and of a row of the picture."""
    picture_of_cells: bool = False
    """Whether the picture is made of cells, which wants rows of one height, and begins beside the cards."""

    @property
    def below(self) -> int:
        """Return the first row below the screen."""
        return CARD_ROW + 26 if self.picture_of_cells else PICTURE_ROW + 16

    @property
    def look(self) -> str:
        """Return the style of the text."""
        return "small" if self.picture_of_cells else "wrapped"

    @property
    def letters(self) -> int:
        """Return how many letters fit into a line."""
        wider = 1.1 if self.picture_of_cells else 1.0
        return int(TEXT_COLUMNS * self.text * LETTERS_A_CHARACTER * wider)

    @property
    def letters_across(self) -> int:
        """Return how many letters fit into a line over the whole width."""
        return int((TEXT_COLUMNS * self.text + sum(self.right)) * LETTERS_A_CHARACTER)

    def lines(self, text: str) -> int:
        """Return over how many lines a text goes."""
        return 1 + (len(text) - 1) // self.letters

    def rows(self, tall: int) -> int:
        """Return how many rows something takes that is so many low rows tall; elsewhere it has a row of its own."""
        return tall if self.picture_of_cells else 1


@dataclass(frozen=True)
class Start:
    """What a Start sheet says and shows."""

    title: str
    lead: str
    steps: tuple[str, ...]
    notice: tuple[str, ...]
    lost: Sequence[str]
    """The places whose numbers need the formulas, as `without_gradsheet` takes them."""
    cards: Sequence[Card] = ()
    """Four beside each other over the text, the others over a picture, or below where the picture is of cells."""
    questions: Sequence[Question] = ()
    history: Block | None = None
    dead: Expression | None = None
    """How many units ReLU keeps at 0 in every row for good."""
    picture: Callable[[Worksheet], None] | None = None
    """Draws what is not made of cells; the loss where there is none."""
    curves: Sequence[Curve] = ()
    """What that draws beside the loss."""
    trains: bool = True
    """Whether there is a model, so that there are buttons."""
    layout: Layout = field(default_factory=Layout)


def start_page(page: Page, start: Start) -> None:
    """Fill the Start sheet; all of it but the questions shows on a screen of 1366×768 without scrolling."""
    layout = start.layout
    last = column_letters(PICTURE_LEFT + len(layout.right) - 1)
    page.widths = {"A": 1.5, "B": 3.5, "G": 1.5} | dict.fromkeys("CDEF", layout.text)
    page.widths |= {column_letters(PICTURE_LEFT + j): width for j, width in enumerate(layout.right)}
    page.heights |= {1: 26, 2: 31, 3: 13 if layout.picture_of_cells else 3}
    page.text(1, 2, start.title, Look("title"))
    page.text(2, 2, start.lead, Look("lead"))
    page.merged.append(f"B2:{last}2")
    row = CARD_ROW
    if not layout.picture_of_cells:
        page.heights |= {4: 15, 5: 27, 6: 26, 7: 22} if start.cards else {4: 2, 5: 2, 6: 26, 7: 22}
        if start.trains:
            page.buttons = ButtonBar(page.area(BUTTON_ROW, PICTURE_LEFT, 2, 5 * layout.span), (1, layout.span))
    row = put_cards(page, row, start.cards, layout)
    row = put_status(page, row, start)
    if layout.picture_of_cells and start.trains:
        rows = 2 * -(-len(LINKS) // TEXT_COLUMNS)
        page.buttons = ButtonBar(page.area(row, TEXT_LEFT, rows, TEXT_COLUMNS), (2, 1))
        row += rows
    page.steps = start.steps
    row = put_lines(page, row, "What to do", start.steps, layout)
    lines = sum(map(layout.lines, (*start.steps, *start.notice)))
    if not layout.picture_of_cells and lines + 2 <= TEXT_ROWS:
        row += 1
    row = put_lines(page, row, "What to notice", start.notice, layout, "•")
    bottom = max(*(block.area.bottom + 2 for block, _ in page.blocks), layout.below)
    page.heights = dict.fromkeys(range(CARD_ROW, bottom), layout.row) | page.heights
    asked = (*start.questions, without_gradsheet(page, start.lost))
    put_questions(page, bottom, 2, last, asked, layout.letters_across)
    page.decorations.append(start.picture or (lambda sheet: loss_chart(sheet, start)))


def put_cards(page: Page, row: int, cards: Sequence[Card], layout: Layout) -> int:
    """Put the large numbers, each under what it is; return the row below."""
    if not layout.picture_of_cells:
        for i, card in enumerate(cards[:TEXT_COLUMNS]):
            put_card(page, row, TEXT_LEFT + i, card)
        for i, card in enumerate(cards[TEXT_COLUMNS:]):
            put_card(page, row, PICTURE_LEFT + i * layout.span, card, (1, layout.span))
        return BUTTON_ROW
    tall = layout.rows(2)
    for i, card in enumerate(cards):
        put_card(page, row + (1 + tall) * (i // TEXT_COLUMNS), TEXT_LEFT + i % TEXT_COLUMNS, card, (tall, 1))
    return row + (1 + tall) * -(-len(cards) // TEXT_COLUMNS)


def put_card(page: Page, row: int, column: int, card: Card, size: tuple[int, int] = (1, 1)) -> None:
    """Put one large number, over `size` rows and columns, under what it is."""
    columns = size[1]
    page.text(row, column, card.label, Look("card_label"))
    frame(page, row, column, (1, columns), "card_label")
    look = Look("card", card.number_format)
    if isinstance(card.value, Block):
        page.cards[card.label] = card.value
    elif isinstance(card.value, Expression):
        page.cards[card.label] = page.cell(row + 1, column, card.value, look)
    else:
        page.cards[card.label] = page.text(row + 1, column, card.value, look)
    frame(page, row + 1, column, size, "card_input" if isinstance(card.value, Block) else "card")


def frame(page: Page, row: int, column: int, size: tuple[int, int], style: str) -> None:
    """Make cells one whose first is there already."""
    rows, columns = size
    if size == (1, 1):
        return
    for i in range(rows):
        for j in range(columns):
            if i or j:
                page.text(row + i, column + j, None, Look(style))
    page.merged.append(f"{column_letters(column)}{row}:{column_letters(column + columns - 1)}{row + rows - 1}")


def put_status(page: Page, row: int, start: Start) -> int:
    """Put how things stand, marked where they are not as they should be; return the row below."""
    rows = start.layout.rows(2)
    page.array(row, 2, (1, 1), status(start.history, start.dead), Look("status"))
    frame(page, row, 2, (rows, 1 + TEXT_COLUMNS), "status")
    is_fine = f'OR($B${row}="{ON}",$B${row}="{AS_SAVED}")'

    def warn(sheet: Worksheet) -> None:
        from openpyxl.formatting.rule import FormulaRule
        from openpyxl.styles import Font

        font = Font(bold=True, color="262626")
        warning = FormulaRule(formula=[f"NOT({is_fine})"], fill=fill(HIGHLIGHT), font=font)
        sheet.conditional_formatting.add(f"B{row}:F{row + rows - 1}", warning)

    page.decorations.append(warn)
    return row + rows


def put_lines(page: Page, row: int, heading: str, lines: Sequence[str], layout: Layout, mark: str | None = None) -> int:
    """Put a heading and lines under it, each with its number or mark; return the row below."""
    rows = layout.rows(2)
    page.text(row, 2, heading, Look("subheading"))
    page.merged.append(f"B{row}:F{row + rows - 1}")
    row += rows
    for i, line in enumerate(lines, 1):
        rows = layout.lines(line)
        page.text(row, 2, mark or i, Look("number"))
        page.text(row, TEXT_LEFT, line, Look(layout.look))
        page.merged.append(f"C{row}:F{row + rows - 1}")
        row += rows
    return row


def put_hints(page: Page, top: int, left: int, right: int, hints: Sequence[str], letters: int) -> None:
    """Put hints one below the other, each over the columns from `left` to `right`, `letters` a line."""
    for row, hint in enumerate(hints, top):
        page.text(row, left, hint, Look("wrapped"))
        page.merged.append(f"{column_letters(left)}{row}:{column_letters(right)}{row}")
        page.heights[row] = 15.5 * (1 + len(hint) // letters)


def loss_chart(sheet: Worksheet, start: Start) -> None:
    """Draw the loss in the place of the picture."""
    if start.history is not None:
        at = f"{column_letters(PICTURE_LEFT)}{PICTURE_ROW}"
        history_chart(
            sheet, start.history, LOSS_COLUMNS, "loss", Frame("Loss, epoch by epoch", at, CHART), *start.curves
        )
