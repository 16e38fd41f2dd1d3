"""In an office without Gradsheet, each sheet Start says which sheets lose their numbers, and which keep them."""

import math
import re

import pytest

from workbooks.lessons.templates import BUNDLED
from workbooks.recalculate import FileCells, builder
from workbooks.sheets.book import TEMPLATE_PROPERTY
from workbooks.sheets.status import OFF
from workbooks.xlsx.package import Package

CLOSE = 1e-9
SAYS = re.compile(
    r"As soon as the program calculates, these show errors or blanks: (.*?)\. (?:(.*?) keeps? all numbers\. )?To"
)


def is_named(sheet, text):
    return re.search(rf"(^|, | and | on ){sheet}(, | and |$)", text) is not None


def is_lost(found, value):
    if isinstance(value, float | int):
        return not isinstance(found, float | int) or not math.isclose(found, value, rel_tol=CLOSE, abs_tol=CLOSE)
    return found != (value or "")


@pytest.mark.parametrize("name", [*BUNDLED, "own table"])
def test_start_says_which_sheets_lose_their_numbers(bare_calc, workbook_of, name):
    path = workbook_of(name)
    package = Package.open(path)
    expected = builder(package.custom_properties()[TEMPLATE_PROPERTY])(FileCells(package)).formula_values()
    book = bare_calc.open(str(path))
    bare_calc.calculate(book)
    found = bare_calc.formula_cells(book, False)
    column = [row[0] for row in bare_calc.get(book, "Start", "B1:B80")]
    bare_calc.close(book)
    lost = {
        sheet
        for sheet, values in expected.items()
        for (row, column_number), value in values.items()
        if is_lost(found[sheet].get(f"{row},{column_number}"), value)
        and found[sheet].get(f"{row},{column_number}") != OFF
    }
    (said,) = (match for text in column if isinstance(text, str) for match in [SAYS.match(text)] if match)
    sheets = set(package.sheet_titles)
    losing, keeping = ({sheet for sheet in sheets if is_named(sheet, text or "")} for text in said.groups())
    assert losing == lost
    assert keeping == sheets - losing - {"Start", "Functions"}
    assert OFF in [value for cells in found.values() for value in cells.values()]
