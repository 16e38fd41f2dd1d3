"""What an opening sheet says: a title, what this is, what to do, what to notice, and whether the formulas are on.

The picture beside it is the workbook's own.
"""

from collections.abc import Sequence

from openpyxl.chart._chart import ChartBase
from openpyxl.chart.text import RichText
from openpyxl.drawing.text import CharacterProperties, Font, Paragraph, ParagraphProperties
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Expression
from workbooks.sheets.start import MORE_BUTTONS, Card, put_status
from workbooks.sheets.style import ACCENT, FONT, GREY


def headline(page: Page, title: str, lead: str, last: str) -> None:
    """Put the title, and under it a sentence or two, from column B to the one named."""
    page.text(1, 2, title, Look("title"))
    page.text(2, 2, lead, Look("lead"))
    page.merged.append(f"B2:{last}2")
    page.heights |= {1: 32, 2: 34, 3: 6}


def put_cards(page: Page, row: int, columns: Sequence[int], cards: Sequence[Card]) -> None:
    """Put large numbers, each under what it is."""
    page.heights |= {row: 16, row + 1: 32}
    for column, card in zip(columns, cards, strict=True):
        page.text(row, column, card.label, Look("card_label"))
        look = Look("card", card.number_format)
        if isinstance(card.value, Expression):
            page.cell(row + 1, column, card.value, look)
        else:
            page.text(row + 1, column, card.value, look)


def lines(page: Page, top: int, steps: Sequence[str], notice: Sequence[str], last: str, width: int) -> int:
    """Put what to do, what to notice and the status from row `top` on, in columns B to `last`; return the next row.

    `width` is how many characters fit into a line.
    """
    row = top
    for heading, texts, mark in (("What to do", steps, None), ("What to notice", notice, "•")):
        page.text(row, 2, heading, Look("heading"))
        page.heights[row] = 24
        for i, text in enumerate(texts, 1):
            page.text(row + i, 2, mark or i, Look("label"))
            page.text(row + i, 3, text, Look("wrapped"))
            page.merged.append(f"C{row + i}:{last}{row + i}")
            page.heights[row + i] = 15.5 * (1 + len(text) // width) + 2
        row += len(texts) + 1
    put_status(page, row + 1, 2, (1, ord(last) - ord("A")))
    page.heights[row + 1] = 34
    return row + 3


def buttons(page: Page, places: Sequence[tuple[int, int]]) -> None:
    """Put the buttons, links to the commands of Gradsheet's extension, into cells given by row and column."""
    for (row, column), (label, _) in zip(places, MORE_BUTTONS, strict=True):
        page.text(row, column, label, Look("button"))

    def link(sheet: Worksheet) -> None:
        for (row, column), (_, url) in zip(places, MORE_BUTTONS, strict=True):
            cell = sheet.cell(row, column)
            style = cell._style
            cell.hyperlink = url
            cell._style = style

    page.decorations.append(link)


def dress(chart: ChartBase) -> None:
    """Give a chart with a title and two axes the project's font and colours."""
    large = CharacterProperties(sz=1300, b=True, solidFill=ACCENT, latin=Font(typeface=FONT))
    small = CharacterProperties(sz=1000, solidFill=GREY, latin=Font(typeface=FONT))
    chart.style = 2
    chart.title.tx.rich.p[0].pPr = ParagraphProperties(defRPr=large)
    for run in chart.title.tx.rich.p[0].r:
        run.rPr = large
    for axis in (chart.x_axis, chart.y_axis):
        axis.delete = False
        axis.txPr = RichText(p=[Paragraph(pPr=ParagraphProperties(defRPr=small), endParaRPr=small)])
