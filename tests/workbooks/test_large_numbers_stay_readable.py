"""What has fixed decimals turns to powers of ten where it grows too large, in every cell and on every axis."""

import re
import zipfile
from itertools import product
from xml.sax.saxutils import unescape

import openpyxl
import pytest
from openpyxl.worksheet.cell_range import CellRange

from workbooks.lessons.templates import BUNDLED
from workbooks.sheets.charts import EPOCHS

FIXED = re.compile(r"0\.[0#]+")
POWERS_OF_TEN = "0.0E+00"
AXIS_FORMATS = {"General", "0", "0%", EPOCHS}


@pytest.fixture(params=[*BUNDLED, "own table"])
def path(request, workbook_of):
    return workbook_of(request.param)


def shortened(sheet):
    """Return the cells that a rule turns to powers of ten, each with the numbers between which it does not."""
    found = {}
    for ranges in sheet.conditional_formatting:
        for rule in ranges.rules:
            if rule.dxf is not None and rule.dxf.numFmt is not None and rule.dxf.numFmt.formatCode == POWERS_OF_TEN:
                assert rule.operator == "notBetween"
                low, high = map(float, rule.formula)
                for area in ranges.sqref.ranges:
                    found |= dict.fromkeys(product(*places(area)), (low, high))
    return found


def places(area: CellRange):
    return range(area.min_row, area.max_row + 1), range(area.min_col, area.max_col + 1)


def test_every_cell_with_fixed_decimals_turns_to_powers_of_ten(path):
    fixed = 0
    for sheet in openpyxl.load_workbook(path):
        limits = shortened(sheet)
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None and FIXED.fullmatch(cell.number_format):
                    fixed += 1
                    low, high = limits[cell.row, cell.column]
                    decimals = len(cell.number_format) - 2
                    assert len(f"{high - 1:.0f}") + decimals <= 8, cell.coordinate
                    assert len(f"{low + 1:.0f}") + decimals <= 8, cell.coordinate
    assert fixed > 20


def test_every_axis_turns_to_powers_of_ten(path):
    with zipfile.ZipFile(path) as archive:
        charts = [archive.read(name).decode() for name in archive.namelist() if name.startswith("xl/charts/chart")]
    formats = {code for chart in charts for code in re.findall(r'numFmt formatCode="([^"]*)"', chart)}
    assert {unescape(code, {"&quot;": '"'}) for code in formats} <= AXIS_FORMATS
    assert charts
