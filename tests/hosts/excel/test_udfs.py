"""Every formula through xlwings' own CallUDF, with cells as Excel hands them over: the same bits as the plain call."""

import importlib
import io
import math
from types import SimpleNamespace

import pytest

from addin.excel.inside.values import FIRST_SCODE
from pyfuncs.catalogue.call import call as plain_call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode

EXAMPLES = [
    pytest.param(formula, example, id=f"{name}-{i}")
    for name, formula in formulas().items()
    for i, example in enumerate(formula.examples, start=1)
]
every_example = pytest.mark.parametrize(("formula", "example"), EXAMPLES)


def as_range(com, block):
    """The argument is a reference to cells; text may be typed into the formula as well."""
    return com.com_range(block)


def as_value(com, block):
    """The argument is what another formula gives."""
    return com.MISSING if block is None else com.com_rows(block)


def plain(formula, arguments):
    try:
        return [
            [str(cell) if isinstance(cell, ErrorCode) else cell for cell in row]
            for row in plain_call(formula, arguments)
        ]
    except CellError as error:
        return [[f"{error.code} {error}"]]


@every_example
@pytest.mark.parametrize("convert", [as_range, as_value])
def test_every_example_gives_the_bits_of_the_plain_call(call_udf, com, formula, example, convert):
    given = [convert(com, block) for block in example.arguments]
    assert repr(com.rows_of(call_udf(formula.name, *given))) == repr(plain(formula, list(example.arguments)))


@every_example
def test_arguments_left_out_arrive_as_vba_leaves_them_out(call_udf, com, formula, example):
    left_out = [com.MISSING] * (len(formula.arguments) - len(example.arguments))
    given = [as_range(com, block) for block in example.arguments]
    assert com.rows_of(call_udf(formula.name, *given, *left_out)) == plain(formula, list(example.arguments))


@pytest.mark.parametrize("code", ErrorCode)
def test_an_error_in_a_cell_comes_out_as_that_error(call_udf, com, code):
    for argument in (com.ComRange(((1.0, com.SCODES[code]),)), (1.0, com.SCODES[code]), com.SCODES[code]):
        assert call_udf("NN_RELU", argument).startswith(f"{code} NN_RELU: inputs, row 1, column ")


def test_our_error_numbers_are_those_of_xlwings(com, xlwings_on_windows):
    assert {com.SCODES[code]: str(code) for code in ErrorCode} == xlwings_on_windows.cell_errors


def test_an_error_that_only_excel_has_is_no_number(call_udf, com):
    spill = FIRST_SCODE + 45
    assert call_udf("NN_RELU", com.ComRange(((1.0,), (spill,)))).startswith("#VALUE! ")


def test_an_error_in_one_element_leaves_the_others(call_udf, com):
    assert call_udf("NN_MATMUL", com.ComRange(((1e200,), (2.0,))), com.ComRange(((1e200, 3.0),))) == [
        ["#NUM!", 3e200],
        [2e200, 6.0],
    ]


def test_blank_cells_text_dates_and_truth_values_follow_the_one_rule(call_udf, com):
    assert "row 2, column 1, is blank" in call_udf("NN_RELU", com.ComRange(((1.0,), (None,))))
    assert 'holds the text "three"' in call_udf("NN_RELU", com.ComRange("three"))
    assert call_udf("NN_RELU", com.ComRange(((True, com.Time(1900, 1, 1)),))) == [1.0, 2.0]
    half = call_udf("NN_RELU", com.ComRange(com.Time(2024, 1, 2, 12)))
    assert half == 45293.5
    assert type(half) is float


def test_no_result_is_of_a_type_that_com_does_not_know(call_udf, com):
    for name, formula in formulas().items():
        for example in formula.examples:
            result = com.rows_of(call_udf(name, *(as_range(com, block) for block in example.arguments)))
            for cell in (cell for row in result for cell in row):
                assert type(cell) in (float, str), (name, cell)
                assert type(cell) is str or math.isfinite(cell)


def test_each_formula_is_a_function_with_its_help_and_nothing_else_is(xlwings_on_windows):
    udfs = importlib.import_module("addin.excel.inside.udfs")
    found = {name: value.__xlfunc__ for name, value in vars(udfs).items() if hasattr(value, "__xlfunc__")}
    assert list(found) == list(formulas())
    for name, info in found.items():
        formula = formulas()[name]
        assert (info["name"], info["category"], info["volatile"], info["async_mode"]) == (
            name,
            "Gradsheet",
            False,
            None,
        )
        assert info["ret"]["doc"].startswith(formula.summary)
        assert len(info["ret"]["doc"]) <= 255
        assert "expand" not in info["ret"]["options"]
        for said, argument in zip(info["args"], formula.arguments, strict=True):
            assert said["name"] == argument.name
            assert argument.help in said["doc"]
            assert len(said["doc"]) <= 255
            assert said["options"] == {"ndim": 2, "err_to_str": True}
            assert "optional" in said or not argument.optional


def test_xlwings_can_write_its_own_wrapper_for_each(xlwings_on_windows):
    text = io.StringIO()
    udfs = importlib.import_module("addin.excel.inside.udfs")
    xlwings_on_windows.udfs.generate_vba_wrapper(
        "addin.excel.inside.udfs", udfs, text, SimpleNamespace(Name="book.xlsm")
    )
    for name in formulas():
        assert f"Function {name}(" in text.getvalue()


def test_the_macros_of_the_buttons_are_called_the_same_way(call, com, monkeypatch, xlwings_on_windows):
    macros = importlib.import_module("addin.excel.inside.macros")
    seen = []
    long = [f"sentence {i} " * 40 for i in range(3)]
    rows = [[[1.0, None], [float("nan"), -0.0]], [[2.0]], [[3.0, 4.0]]]
    answers = iter([("running", long[0], ()), ("done", long[1], tuple(("Model", "$A$1", each) for each in rows))])

    class Scripted:
        def click(self, book, button, path, contents):
            seen.append((book.name, button, path, contents))
            return macros.Answer(*next(answers))

        def go_on(self, stops):
            seen.append(stops)
            return macros.Answer(*next(answers))

    monkeypatch.setattr(macros, "CLICKS", Scripted())
    assert call("addin.excel.inside.macros", "click", "epochs", "") == ["running", long[0]]
    assert call("addin.excel.inside.macros", "go_on", True) == ["done", long[1], *["Model", "$A$1"] * 3]
    assert [call("addin.excel.inside.macros", "block", float(i)) for i in range(3)] == [
        [[1.0, ""], ["#NUM!", -0.0]],
        2.0,
        [3.0, 4.0],
    ]
    assert seen == [("book.xlsm", "epochs", None, None), True]


@pytest.mark.parametrize("names", [(), (("lr", "=Model!$A$1"),), (("lr", "=Model!$A$1"), ("'My sheet'!seed", "=5"))])
def test_a_click_knows_the_sheets_and_names_that_vba_gives(call, monkeypatch, xlwings_on_windows, names):
    macros = importlib.import_module("addin.excel.inside.macros")
    seen = []

    class Scripted:
        def click(self, book, button, path, contents):
            seen.append(contents)
            return macros.Answer("done", "")

    monkeypatch.setattr(macros, "CLICKS", Scripted())
    call("addin.excel.inside.macros", "click", "step", "", ["My sheet", "Model", "My sheet"], (("", ""), *names))
    assert seen == [macros.Contents("My sheet", ("Model", "My sheet"), names)]


def test_off_windows_the_module_is_plain_python():
    udfs = importlib.import_module("addin.excel.inside.udfs")
    assert udfs.NN_RELU([[-1.0, 2.0]]) == [[0.0, 2.0]]
    assert udfs.NN_RELU([["x"]])[0][0].startswith("#VALUE! NN_RELU: ")
