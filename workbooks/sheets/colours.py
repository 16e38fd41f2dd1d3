"""Cells coloured by what they hold: 1 against 0, and a scale from low to high."""

from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block
from workbooks.sheets.book import Page
from workbooks.sheets.style import STAGES, fill

ON, OFF = STAGES["forward"][0], "F2F2F2"
LOW, MIDDLE, HIGH = "3B82C4", "FFFFFF", "C55A11"


def on_and_off(page: Page, block: Block) -> None:
    """Show a block of 1 and 0 as dark and light cells."""
    page.decorations.append(lambda sheet: paint_on_and_off(sheet, block))


def paint_on_and_off(sheet: Worksheet, block: Block) -> None:
    """Add the two rules for 1 and 0."""
    place = block.area.cells
    light = Font(color="FFFFFF", bold=True)
    sheet.conditional_formatting.add(place, CellIsRule(operator="equal", formula=["1"], fill=fill(ON), font=light))
    sheet.conditional_formatting.add(place, CellIsRule(operator="equal", formula=["0"], fill=fill(OFF)))


def scale(
    page: Page, block: Block, low: str = LOW, middle: str = MIDDLE, high: str = HIGH, percentile: int = 50
) -> None:
    """Colour a block from its smallest number over the one at a percentile to its largest."""
    rule = ColorScaleRule(
        start_type="min",
        start_color=low,
        mid_type="percentile",
        mid_value=percentile,
        mid_color=middle,
        end_type="max",
        end_color=high,
    )
    page.decorations.append(lambda sheet: sheet.conditional_formatting.add(block.area.cells, rule))
