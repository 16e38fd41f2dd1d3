"""What Messages tells about a formula as it is typed in Excel: how many arguments its calls take."""

import importlib

import pytest

from addin.excel.inside.typed import is_one_call, wrong_counts


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("=NN_RELU(A1:B2)", []),
        ("=NN_LINEAR(A1:B2,{1,2;3,4},)", []),
        ("=nn_relu()", ["NN_RELU: no arguments are given, but NN_RELU(inputs) takes 1."]),
        ("=NN_RELU( )", ["NN_RELU: no arguments are given, but NN_RELU(inputs) takes 1."]),
        ("=NN_RELU(A1,SUM(1,2))", ["NN_RELU: 2 arguments are given, but NN_RELU(inputs) takes 1."]),
        ("=1+gradsheet.xlam!NN_MATMUL(A1:B2)", ["NN_MATMUL: 1 argument is given, but NN_MATMUL(a, b) takes 2."]),
        (
            "=NN_RELU(NN_LINEAR(A1,B1,C1,(D1,E1)))",
            ["NN_LINEAR: 4 arguments are given, but NN_LINEAR(inputs, weight, [bias]) takes 2 to 3."],
        ),
        ('=IF(A1="NN_RELU()",1,2)', []),
        ("3", []),
    ],
)
def test_a_wrong_number_of_arguments_is_told(text, sentences):
    assert wrong_counts(text) == sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=NN_MATMUL(A1:B2, C1:D2)", True),
        ("='C:\\My files\\gradsheet.xlam'!NN_MATMUL(A1:B2,(C1:D2))", True),
        ("=SUM(NN_MATMUL(A1:B2,C1:D2))", False),
        ("=NN_MATMUL(A1:B2,C1:D2)+NN_RELU(A1)", False),
        ("=A1", False),
        ("7", False),
    ],
)
def test_a_call_with_nothing_around_it(text, expected):
    assert is_one_call(text) == expected


def test_vba_gets_both_answers_in_a_row(call, com, xlwings_on_windows):
    sentence = "NN_RELU: no arguments are given, but NN_RELU(inputs) takes 1."
    assert importlib.import_module("addin.excel.inside.macros")
    assert call("addin.excel.inside.macros", "typed", "=NN_RELU()") == [sentence, "one call"]
    assert call("addin.excel.inside.macros", "typed", "=SUM(A1)") == ["", ""]
