"""What stands side by side can be told apart; what the optimizer does not use is not shown; no title is cut off."""

import re
from itertools import pairwise

import openpyxl
import pytest

from pyfuncs.kernels.optimizers import OPTIMIZERS
from workbooks.lessons.templates import BUNDLED

SCREEN = 1252
PIXELS_A_CHARACTER, TITLE_LETTER = 7.15, 13
MEMORY = "memory "


@pytest.fixture(params=[*BUNDLED, "own table"])
def book(request, workbook_of):
    return openpyxl.load_workbook(workbook_of(request.param), data_only=True)


def is_left(cell):
    """Tell whether a word begins at the very left of its cell."""
    return cell.alignment.horizontal in (None, "general", "left") and not cell.alignment.indent


def is_right(cell):
    """Tell whether a number ends at the very right of its cell."""
    return cell.alignment.horizontal in (None, "general", "right")


def test_no_word_touches_the_number_before_it(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for left, cell in pairwise(row):
                if isinstance(left.value, int | float) and isinstance(cell.value, str):
                    assert not (is_right(left) and is_left(cell)), f"{sheet.title}.{cell.coordinate}: {cell.value}"


def test_titles_are_whole_wherever_one_scrolls(book):
    for sheet in book:
        frozen = sheet.freeze_panes and openpyxl.utils.cell.coordinate_from_string(sheet.freeze_panes)[0]
        columns = openpyxl.utils.column_index_from_string(frozen) - 1 if frozen else 0
        letters = [openpyxl.utils.get_column_letter(each) for each in range(1, sheet.max_column + 1)]
        widths = [sheet.column_dimensions[each].width * PIXELS_A_CHARACTER for each in letters]
        if sum(widths) > SCREEN:
            for cell in sheet[1][:columns]:
                assert len(str(cell.value or "")) * TITLE_LETTER <= sum(widths[:columns]), (
                    f"{sheet.title}: {cell.value}"
                )


def hidden_rows(sheet, word):
    """Return the rows that are shown blank under an optimizer, by the rules that say so."""
    rows = set()
    for ranges in sheet.conditional_formatting:
        for rule in ranges.rules:
            if rule.dxf is not None and rule.dxf.numFmt is not None and rule.dxf.numFmt.formatCode == ";;;":
                users = re.findall(r'<>"(\w+)"', rule.formula[0])
                if word not in users:
                    rows |= {
                        (area.min_col, row) for area in ranges.sqref for row in range(area.min_row, area.max_row + 1)
                    }
    return rows


@pytest.mark.parametrize("word", OPTIMIZERS)
def test_memory_is_shown_where_the_optimizer_has_it(workbook_of, word):
    sheet = openpyxl.load_workbook(workbook_of("titanic_linear"))["Model"]
    labels = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith(MEMORY)]
    shown = [cell for cell in labels if (cell.column, cell.row) not in hidden_rows(sheet, word)]
    rule, parameters = OPTIMIZERS[word], sum(cell.value == "memory Ones" for cell in labels) // 2
    assert len(labels) > len(shown) or word == "eve"
    assert len(shown) == parameters * (10 * rule.slots + rule.shared)
