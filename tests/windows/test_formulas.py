"""Every example of every formula through xlwings' library and COM between two processes: the bits of the plain call."""

import datetime
import math
from functools import partial

import pytest

from addin.excel.inside.values import ERROR_NUMBERS
from pyfuncs.catalogue.call import call as plain_call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode
from tests.windows.as_vba import CURRENCY, DATE, LEFT_OUT, LONG, NULL, Given, Problem, error

UDFS = "addin.excel.inside.udfs"
MISSING = Given(error(LEFT_OUT).kind, LEFT_OUT)
EXAMPLES = [
    pytest.param(formula, example, id=f"{name}-{i}")
    for name, formula in formulas().items()
    for i, example in enumerate(formula.examples, start=1)
]


@pytest.fixture
def call_udf(call):
    return partial(call, UDFS)


def variant(cell):
    """Return one cell as Excel has it: numbers are floating."""
    if isinstance(cell, ErrorCode):
        return error(ERROR_NUMBERS[cell])
    if isinstance(cell, datetime.date):
        return Given(DATE, (cell - datetime.date(1899, 12, 30)).days)
    return cell if isinstance(cell, bool | str) or cell is None else float(cell)


def value_of(block):
    """Return a block as the value of a range: one value, or rows."""
    if not isinstance(block, list):
        return MISSING if block is None else variant(block)
    rows = tuple(tuple(map(variant, row if isinstance(row, list) else [row])) for row in block)
    if not isinstance(block[0], list):
        rows = (tuple(row[0] for row in rows),)
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def rows_of(result):
    """Return what comes back as rows: one cell and one row come without brackets."""
    if isinstance(result, tuple):
        return [list(row) for row in result]
    return [result] if isinstance(result, list) else [[result]]


def plain(formula, arguments):
    try:
        return [
            [str(cell) if isinstance(cell, ErrorCode) else cell for cell in row]
            for row in plain_call(formula, arguments)
        ]
    except CellError as raised:
        return [[f"{raised.code} {raised}"]]


@pytest.mark.parametrize(("formula", "example"), EXAMPLES)
def test_every_example_gives_the_bits_of_the_plain_call(call_udf, formula, example):
    left_out = [MISSING] * (len(formula.arguments) - len(example.arguments))
    result = call_udf(formula.name, *map(value_of, example.arguments), *left_out)
    assert repr(rows_of(result)) == repr(plain(formula, list(example.arguments)))


@pytest.mark.parametrize("code", ErrorCode)
def test_an_error_comes_out_as_that_error(call_udf, code):
    for argument in (variant(code), ((1.0, variant(code)), (2.0, 3.0))):
        assert call_udf("NN_RELU", argument).startswith(f"{code} NN_RELU: inputs, row 1, column ")


@pytest.mark.parametrize(
    ("given", "cells"),
    [
        (((True, False),), [[True, False]]),
        (((Given(DATE, 43831), 1.0),), [[43831.0, 1.0]]),
        (((Given(CURRENCY, 12.5), 1.0),), [[12.5, 1.0]]),
        (((Given(LONG, -5), Given(LONG, 7)),), [[-5.0, 7.0]]),
        (((5e-324, -0.0),), [[5e-324, -0.0]]),
        (((None, 1.0),), [[None, 1.0]]),
        (((Given(NULL), 1.0),), [[None, 1.0]]),
        ((("", 1.0),), [["", 1.0]]),
        ((("größe 日本 😀", 1.0),), [["größe 日本 😀", 1.0]]),
        ((("x" * 32_767, 1.0),), [["x" * 32_767, 1.0]]),
        ("y" * 1_000_000, [["y" * 1_000_000]]),
        (None, [[None]]),
        (MISSING, None),
        ([1.0, -2.0, 3.0], [[1.0, -2.0, 3.0]]),
        (((math.inf, 1.0),), [[math.inf, 1.0]]),
        # A text that reads like an error is one: xlwings gives both as text.
        ((("#N/A", 1.0),), [[ErrorCode.NA, 1.0]]),
        # What only Excel knows.
        (((error(2045), 1.0),), [[ErrorCode.VALUE, 1.0]]),
        (((error(2047), 1.0),), [[ErrorCode.VALUE, 1.0]]),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_odd_values_follow_the_rules_for_cells(call_udf, given, cells):
    assert repr(rows_of(call_udf("NN_RELU", given))) == repr(plain(formulas()["NN_RELU"], [cells]))


def test_a_result_too_large_is_an_error_in_its_cell_alone(call_udf):
    result = call_udf("NN_MATMUL", ((1e200,), (2.0,)), ((1e200, 3.0),))
    assert result == (("#NUM!", 3e200), (2e200, 6.0))


@pytest.mark.parametrize("count", [0, 7])
def test_too_few_and_too_many_arguments_are_a_sentence(call_udf, count):
    assert "NN_RELU" in call_udf("NN_RELU", *[1.0] * count)


@pytest.mark.parametrize(("module", "name"), [(UDFS, "NN_NOPE"), ("no_such_module", "F")])
def test_what_is_not_there_fails_at_once(call, module, name):
    with pytest.raises(Problem, match=r"NN_NOPE|no_such_module"):
        call(module, name, 1.0)
