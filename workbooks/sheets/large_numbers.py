"""Numbers too large for their cells turn to powers of ten, 3.6E+303, so that a training that flies off can be read.

By a conditional format: number formats with conditions of their own lose the minus sign in one program or another.
"""

import re

from openpyxl.formatting.rule import Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.book import Look, Page
from workbooks.sheets.style import SCIENTIFIC

FIXED_DECIMALS = re.compile(r"0\.([0#]+)")
POWERS_OF_TEN = DifferentialStyle(numFmt=NumberFormat(numFmtId=189, formatCode=SCIENTIFIC))
DIGITS, CARD_DIGITS = 8, 7
"""So many fit into a column, and of a card's large ones."""


def shorten_large_numbers(page: Page, sheet: Worksheet) -> None:
    """Add the rules for all cells with fixed decimals, before any other: Calc follows the first rule that holds."""
    areas: dict[int, list[str]] = {}
    for block, look in page.blocks:
        digits = whole_digits(look)
        if digits is not None:
            areas.setdefault(digits, []).append(block.area.cells)
    for digits, places in areas.items():
        # A minus sign takes the room of a digit.
        limits = [f"-{10 ** (digits - 1)}", f"{10**digits}"]
        rule = Rule(type="cellIs", operator="notBetween", formula=limits, dxf=POWERS_OF_TEN)
        sheet.conditional_formatting.add(" ".join(places), rule)


def whole_digits(look: Look) -> int | None:
    """Return how many digits before the point fit with a look's decimals, None where these are not fixed."""
    fixed = FIXED_DECIMALS.fullmatch(look.number_format or "")
    if fixed is None:
        return None
    return (CARD_DIGITS if look.style == "card" else DIGITS) - len(fixed[1])
