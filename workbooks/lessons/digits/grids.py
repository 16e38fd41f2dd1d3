"""Grids of small square cells coloured by their numbers: pictures, masks of weights, and single units."""

from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import native
from workbooks.sheets.style import HIGHLIGHT, INK, PALE_NEGATIVE, PALE_POSITIVE, fill
from workbooks.xlsx.area import column_letters

DARK, BRIGHT = "000000", "FFFFFF"
NONE = "F7F7F7"
HIDDEN_NUMBER = ";;;"
"""A number format that shows nothing: the colour says it, and the cell still holds the number."""
PIXELS_A_CHARACTER = 7.0


def square_columns(page: Page, left: int, count: int, pixels: float) -> None:
    """Make columns so many pixels wide."""
    for column in range(left, left + count):
        page.widths[column_letters(column)] = pixels / PIXELS_A_CHARACTER


def brightness(page: Page, block: Block, brightest: float | None = 1.0) -> None:
    """Colour a block's cells from black, 0, to white; the brightest is the largest number where None is given."""
    end = {"end_type": "max"} if brightest is None else {"end_type": "num", "end_value": brightest}
    rule = ColorScaleRule(start_type="num", start_value=0, start_color=DARK, end_color=BRIGHT, **end)
    page.decorations.append(lambda sheet: sheet.conditional_formatting.add(block.area.cells, rule))


def strongest(page: Page, top: int, left: int, block: Block) -> tuple[Block, Block]:
    """Put the numbers at which a block's colours are full, half of its largest either way; return the two cells."""
    largest = native("MAX(MAX({x}),-MIN({x}),0.000001)/2", x=block)
    page.text(top, left + 2, "where the colours are full: blue above 0, orange below", Look("note"))
    positive = page.cell(top, left, largest, Look("fitted", "0.00"))
    negative = page.cell(top, left + 1, native("-{x}", x=positive), Look("fitted", "0.00"))
    return negative, positive


def signs(page: Page, block: Block, ends: tuple[Block, Block]) -> None:
    """Colour a block's cells blue where they are positive and orange where they are negative, pale near 0."""
    negative, positive = (end.reference(page.title) for end in ends)
    rule = ColorScaleRule(
        start_type="formula",
        start_value=negative,
        start_color=PALE_NEGATIVE,
        mid_type="num",
        mid_value=0,
        mid_color=NONE,
        end_type="formula",
        end_value=positive,
        end_color=PALE_POSITIVE,
    )
    page.decorations.append(lambda sheet: sheet.conditional_formatting.add(block.area.cells, rule))


def counts(page: Page, block: Block, total: float) -> None:
    """Colour a table of counts from white, 0, to the accent's tint."""
    rule = ColorScaleRule(
        start_type="num", start_value=0, start_color="FFFFFF", end_type="num", end_value=total, end_color="9DC3E6"
    )
    page.decorations.append(lambda sheet: sheet.conditional_formatting.add(block.area.cells, rule))


def mark_largest(page: Page, block: Block, columns: int) -> None:
    """Mark the largest number of a column, in so many columns to its left too."""
    area = block.area
    letters = column_letters(area.left)
    formula = f"${letters}{area.top}=MAX(${letters}${area.top}:${letters}${area.bottom})"
    rule = FormulaRule(formula=[formula], fill=fill(HIGHLIGHT), font=Font(bold=True, color=INK))

    def mark(sheet: Worksheet) -> None:
        for left in (area.left - columns, area.left):
            letters = column_letters(left)
            sheet.conditional_formatting.add(f"{letters}{area.top}:{letters}{area.bottom}", rule)

    page.decorations.append(mark)
