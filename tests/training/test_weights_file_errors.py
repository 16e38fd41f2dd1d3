"""Each thing that can be wrong with a weights file gives one sentence that names the line."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.weights import export_weights, import_weights

HEADER = "parameter,row,column,row_name,column_name,value"
FIRST = "weight_1,1,1,x1,h1,"


@pytest.fixture(scope="module")
def model(small_cells):
    return small_cells().model()


@pytest.fixture(scope="module")
def lines(model):
    return export_weights(model, np.zeros(11)).splitlines()


def first_row(row):
    """Return a change that puts a row in place of the first number's."""
    return lambda lines: [lines[0], row, *lines[2:]]


CASES = {
    "nothing at all": (lambda lines: [], f"line 1 must be {HEADER}, but is empty."),
    "no header": (lambda lines: lines[1:], f"line 1 must be {HEADER}, but is weight_1,1,1,x1,h1,0."),
    "a semicolon file": (lambda lines: [line.replace(",", ";") for line in lines], f"line 1 must be {HEADER}, but is"),
    "a header in capitals": (lambda lines: [lines[0].upper(), *lines[1:]], f"line 1 must be {HEADER}, but is PARAM"),
    "too few fields": (first_row("weight_1,1,1,x1,h1"), "line 2 has 5 fields, but must have 6."),
    "too many fields": (first_row(FIRST + "0,5"), "line 2 has 7 fields, but must have 6."),
    "no such parameter": (first_row("weight_9,1,1,x1,h1,0"), "line 2: the workbook's model has no weight_9."),
    "no parameter": (first_row(",1,1,x1,h1,0"), "line 2: the workbook's model has no nameless parameter."),
    "a word as row": (first_row("weight_1,one,1,x1,h1,0"), 'line 2: row "one" and column "1" must be whole numbers'),
    "a fraction as column": (first_row("weight_1,1,1.0,x1,h1,0"), 'line 2: row "1" and column "1.0" must be whole'),
    "no row": (first_row("weight_1,,1,x1,h1,0"), 'line 2: row "" and column "1" must be whole numbers from 1.'),
    "a negative row": (first_row("weight_1,-1,1,x1,h1,0"), 'line 2: row "-1" and column "1" must be whole numbers'),
    "row 0": (first_row("weight_1,0,1,x1,h1,0"), "line 2: weight_1 is 3×2 in the workbook and has no row 0, column 1."),
    "row 4 of 3": (first_row("weight_1,4,1,x1,h1,0"), "line 2: weight_1 is 3×2 in the workbook and has no row 4"),
    "given twice": (lambda lines: [*lines, lines[3]], "line 13: weight_1, row 2, column 1, is given twice."),
    "another row's name": (first_row("weight_1,1,1,x2,h1,0"), 'line 2: the row is called "x2", but "x1" in the work'),
    "another column's name": (first_row("weight_1,1,1,x1,h2,0"), 'line 2: the column is called "h2", but "h1" in the'),
    "no number": (first_row(FIRST), 'line 2: the value "" is not a number with a dot as decimal mark.'),
    "a word": (first_row(FIRST + "high"), 'line 2: the value "high" is not a number with a dot'),
    "a decimal comma": (first_row(FIRST + '"0,5"'), 'line 2: the value "0,5" is not a number with a dot'),
    "thousands": (first_row(FIRST + "1_000"), 'line 2: the value "1_000" is not a number'),
    "hexadecimal": (first_row(FIRST + "0x10"), 'line 2: the value "0x10" is not a number'),
    "not a number": (first_row(FIRST + "nan"), 'line 2: the value "nan" is not a number'),
    "infinity": (first_row(FIRST + "inf"), 'line 2: the value "inf" is not a number'),
    "more than a float holds": (first_row(FIRST + "1e999"), 'line 2: the value "1e999" is not a number'),
    "an error value": (first_row(FIRST + "#NUM!"), 'line 2: the value "#NUM!" is not a number'),
    "text after a quote": (first_row('weight_1,1,1,"x1"x,h1,0'), "line 2 is not CSV:"),
    "an open quote": (lambda lines: [*lines[:-1], 'bias_2,1,1,"bias,y1,0'], "line 12 is not CSV:"),
    "a number left out": (lambda lines: [*lines[:4], *lines[5:]], "weight_1, row 2, column 2, is missing"),
    "a block left out": (lambda lines: lines[:-1], "bias_2, row 1, column 1, is missing"),
    "only the header": (lambda lines: lines[:1], "weight_1, row 1, column 1, is missing"),
}


@pytest.mark.parametrize(("change", "sentence"), CASES.values(), ids=CASES)
def test_it_is_refused_in_one_sentence(model, lines, change, sentence):
    with pytest.raises(GradsheetError) as caught:
        import_weights(model, "\r\n".join(change(lines)))
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_row_number_of_five_thousand_digits(model, lines):
    with pytest.raises(GradsheetError, match="line 2"):
        import_weights(model, "\r\n".join([lines[0], f"weight_1,{'1' * 5000},1,x1,h1,0", *lines[2:]]))


@given(st.text(max_size=80))
def test_any_text_is_either_read_or_refused(model, text):
    with pytest.raises(GradsheetError):
        import_weights(model, f"{HEADER}\r\n{text}")


@given(st.integers(0, 11), st.integers(0, 60), st.characters(exclude_categories=["Cs"]))
def test_any_character_put_in_is_either_read_or_refused(model, lines, line, place, character):
    changed = list(lines)
    changed[line] = changed[line][:place] + character + changed[line][place + 1 :]
    with contextlib.suppress(GradsheetError):
        assert import_weights(model, "\r\n".join(changed)).size == 11
