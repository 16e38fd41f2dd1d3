"""A formula's text is worth what a spreadsheet program makes of it."""

import numpy as np
import pytest

from pyfuncs.cells.errors import ErrorCode
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.expression import native
from workbooks.xlsx.area import Area

COLUMN = [[1.0], [2.0], [4.0]]


def block(rows):
    values = as_values(rows)
    return Block(Area("S", 1, 1, *values.shape), values)


def worth(text, **operands):
    values = native(text, **{name: block(rows) for name, rows in operands.items()}).value()
    return values.tolist()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1+2*3", 7),
        ("-2^2", 4),
        ("2^3^2", 64),
        ("2^-1", 0.5),
        ("7-2-1", 4),
        ("1&2+3", "15"),
        ("1+1=2", True),
        ('"a"<"B"', True),
        ('5<"0"', True),
        ("ROUND(2.5,0)", 3),
        ("ROUND(-2.5,0)", -3),
        ("ROUNDUP(712/32,0)", 23),
        ("INT(-1.5)", -2),
        ("IF(0,1)", False),
        ("IF(1,,5)", 0),
        ('IF(TRUE,"it is ""so""",0)', 'it is "so"'),
        ("SUM({1,2;3,4})", 10),
        ("IFERROR(1/0,7)", 7),
        ("ISERROR(LN(0))", True),
        ('1/3&""', "0.333333333333333"),
        ("CHOOSE(2,10,20,30)", 20),
        ('MATCH("b",{"a","B"},0)', 2),
        ('FIND("b","abcb")', 2),
        ('ISNUMBER(FIND("B","abc"))', False),
        ('SUBSTITUTE("a!b!","!","")', "ab"),
        ("ISNUMBER(1/0)", False),
    ],
)
def test_operators_and_functions_are_a_spreadsheets(text, value):
    found = worth(text)
    assert found == [[value]]
    assert isinstance(found[0][0], type(value)) or isinstance(value, int)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("SUM({x})", 7.0),
        ("AVERAGE({x})", 7 / 3),
        ("SUMPRODUCT({x},{x})", 21.0),
        ("MAX(0,{x})", 4.0),
        ("MEDIAN({x})", 2.0),
        ("ROWS({x})", 3.0),
        ("INDEX({x},3)", 4.0),
        ("MATCH(3,{x})", 2.0),
        ("COUNTIF({x},2)", 1.0),
        ('COUNTIF({x},">=2")', 2.0),
        ("LARGE({x},2)", 2.0),
        ("SUM(TRANSPOSE({x})*{x})", 49.0),
        ("MMULT(TRANSPOSE({x}),{x})", 21.0),
        ("VARP({x})", 14 / 9),
    ],
)
def test_ranges_are_reduced_as_a_spreadsheet_does(text, value):
    assert worth(text, x=COLUMN) == [[pytest.approx(value, rel=1e-15)]]


def test_blanks_count_as_zero_in_sums_of_two_and_not_at_all_in_those_of_many():
    cells = [[3.0], [None], ["text"]]
    assert worth("AVERAGE({x})", x=cells) == [[3.0]]
    assert worth("MIN({x})", x=cells) == [[3.0]]
    assert worth("{x}+1", x=[[3.0], [None]]) == [[4.0], [1.0]]
    assert worth('{x}=""', x=[[3.0], [None], [""]]) == [[False], [True], [True]]
    assert worth("{x}=0", x=[[None]]) == [[True]]
    assert worth("{x}+1", x=[["text"]]) == [[ErrorCode.NUM]]


def test_an_if_over_a_range_chooses_cell_by_cell_and_one_over_a_cell_looks_at_one_side_alone():
    assert worth("IF({x}<2,0,{x})", x=COLUMN) == [[0.0], [2.0], [4.0]]
    assert worth('IF({x}<2,"low",{x})', x=COLUMN) == [["low"], [2.0], [4.0]]
    assert worth("IF({a}=1,2,{e})", a=[[1.0]], e=[[ErrorCode.NA]]) == [[2.0]]
    assert worth("IF({a}=1,{e},2)", a=[[1.0]], e=[[ErrorCode.NA]]) == [[ErrorCode.NA]]


def test_an_error_in_a_cell_is_passed_on_and_can_be_asked_for():
    assert worth("{e}+1", e=[[ErrorCode.DIV0]]) == [[ErrorCode.DIV0]]
    assert worth("ISERROR({e})", e=[[ErrorCode.DIV0]]) == [[True]]
    assert worth("IFERROR({e},3)", e=[[ErrorCode.DIV0]]) == [[3.0]]
    assert worth("1/{x}", x=[[0.0]]) == [[ErrorCode.NUM]]


def test_a_row_meets_a_column_in_a_table():
    assert np.array(worth("{x}*TRANSPOSE({x})", x=COLUMN)).tolist() == [[1, 2, 4], [2, 4, 8], [4, 8, 16]]


@pytest.mark.parametrize("text", ["1+", "(1", "SUM(1", "1 2", "#", ")", "*2"])
def test_what_is_no_formula_is_refused_with_its_text(text):
    with pytest.raises(ValueError, match="'"):
        worth(text)


def test_a_function_that_no_workbook_uses_is_named():
    with pytest.raises(ValueError, match="XLOOKUP is not among the functions"):
        worth("XLOOKUP(1,2)")


def test_what_an_if_without_else_leaves_out_is_not_counted():
    known = {"x": [[1.0], [None], [4.0], [9.0]], "s": [["train"], ["train"], ["valid"], ["train"]]}
    assert worth('MEDIAN(IF(({s}="train")*({x}<>""),{x}))', **known) == [[5.0]]
    assert worth('AVERAGE(IF({s}="train",{x}))', **known) == [[5.0]]


def test_the_most_frequent_numbers_and_the_blanks():
    assert worth("MIN(_xlfn.MODE.MULT({x}))", x=[[7.0], [2.0], [7.0], [2.0], [1.0]]) == [[2.0]]
    assert worth("IFERROR(MIN(MODE.MULT({x})),MIN({x}))", x=COLUMN) == [[1.0]]
    assert worth("COUNTBLANK({x})", x=[[None], [""], [0.0], ["a"]]) == [[2.0]]
    assert worth("COUNTA({x})", x=[[None], [""], [0.0], ["a"]]) == [[3.0]]
    assert worth("ISBLANK({x})", x=[[None], [""]]) == [[True], [False]]


def test_typed_formulas_can_be_read_as_texts():
    typed = np.array([["=B1"], [None]], dtype=object)
    x = Block(Area("S", 1, 1, 2, 1), as_values([[1.0], [2.0]]), typed=typed)
    assert native("ISFORMULA({x})", x=x).value().tolist() == [[True], [False]]
    assert native('ISNUMBER(FIND("B",_xlfn.FORMULATEXT({x})))', x=x).value().tolist() == [[True], [False]]
    assert worth("SUM(ISFORMULA({x})*1)", x=COLUMN) == [[0.0]]


def test_an_if_looks_beyond_a_smaller_range_only_where_it_chooses_it():
    numbers = {"n": [[2.0]], "x": [[5.0, 6.0]]}
    assert worth("IF({1,2,3,4}<={n},{x},0)", **numbers) == [[5.0, 6.0, 0.0, 0.0]]
    assert worth("IF({1,2,3}<=3,{x},0)", **numbers) == [[5.0, 6.0, ErrorCode.NUM]]
