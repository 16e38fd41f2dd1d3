"""Every text and number has a contrast of 4.5 to 1 against what is behind it, whatever rule colours its cell.

Contrast: Web Content Accessibility Guidelines 2.1, success criterion 1.4.3, for text of ordinary size.
"""

from functools import cache

import openpyxl
import pytest

from workbooks.lessons.templates import BUNDLED

ENOUGH = 4.5
WHITE, BLACK = "FFFFFF", "000000"
HIDDEN = ";;;"


@cache
def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def of(colour, otherwise):
    """Return a colour as RRGGBB."""
    return colour.rgb[-6:] if colour is not None and isinstance(colour.rgb, str) else otherwise


def behind(fill):
    return of(fill.fgColor, WHITE) if fill is not None and fill.fill_type == "solid" else None


def graded(rule):
    """Return the colours that a scale or a bar puts behind numbers."""
    scale = rule.colorScale.color if rule.colorScale is not None else ()
    return [of(colour, WHITE) for colour in scale] + ([of(rule.dataBar.color, WHITE)] if rule.dataBar else [])


def pairs(cell, rules):
    """Return every pair of a text's colour and that behind it which a cell with some rules may have."""
    ink, paper = of(cell.font.color, BLACK), behind(cell.fill) or WHITE
    papers = [paper, *(colour for rule in rules for colour in graded(rule))]
    shown = cell.number_format != HIDDEN
    found = [(ink, each) for each in papers if shown]
    for rule in rules:
        if rule.dxf is None or not (shown or rule.dxf.numFmt):
            continue
        # openpyxl keeps the colour of a rule's fill as its background.
        filled = rule.dxf.fill and of(rule.dxf.fill.bgColor, WHITE)
        own = of(rule.dxf.font.color, ink) if rule.dxf.font is not None else ink
        found += [(own, each) for each in ([filled] if filled else papers)]
    return found


@pytest.mark.parametrize("name", [*BUNDLED, "own table"])
def test_every_text_stands_out_from_what_is_behind_it(workbook_of, name):
    faint = set()
    seen = set()
    for sheet in openpyxl.load_workbook(workbook_of(name)):
        areas = [
            (area, rule) for each in sheet.conditional_formatting for area in each.sqref.ranges for rule in each.rules
        ]
        for row in sheet.iter_rows():
            near = [(a, rule) for a, rule in areas if row and a.min_row <= row[0].row <= a.max_row]
            for cell in row:
                if cell.value is None:
                    continue
                rules = [rule for a, rule in near if a.min_col <= cell.column <= a.max_col]
                key = (cell.style_id, *map(id, rules))
                if key in seen:
                    continue
                seen.add(key)
                faint |= {
                    (sheet.title, cell.coordinate, *pair, round(contrast(*pair), 2))
                    for pair in pairs(cell, rules)
                    if contrast(*pair) < ENOUGH
                }
    assert not faint
    assert len(seen) > 10
