import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter

from workbooks.xlsx.formulas import SharedFormula, words


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("A1+B22*3.5", ["A1", "B22"]),
        ("SUM(A1:B2,Data!$C$3)", ["SUM(", "A1:B2", "Data!$C$3"]),
        ("'My 2nd sheet'!A1&\"A9 is text\"", ["'My 2nd sheet'!A1"]),
        ("LOG10(A1)+1.5E+10", ["LOG10(", "A1"]),
        ("A1  +\n  B2", ["A1", "B2"]),
        ("rate*2", ["rate"]),
        ("inf+nan", ["inf", "nan"]),
        ("Table1[[#This Row],[Col 2]]", ["Table1[[#This Row],[Col 2]]"]),
        ("IF(TRUE,{1,2;3,4},#N/A)", ["IF("]),
        ("Sheet1!#REF!+1", ["Sheet1!#REF!"]),
        ("1+2", []),
        ("", []),
    ],
)
def test_words_that_may_refer_to_cells(formula: str, expected: list[str]) -> None:
    assert words(formula) == expected


@pytest.mark.parametrize("formula", ["A1)", "(A1}", '"open', "A1[", "#WHAT!"])
def test_what_cannot_be_taken_apart(formula: str) -> None:
    assert words(formula) is None


@pytest.mark.parametrize(
    ("formula", "shifted"),
    [
        ("A1", "B3"),
        ("$A1", "$A3"),
        ("A$1", "B$1"),
        ("$A$1", "$A$1"),
        ("SUM(A1:$B2)", "SUM(B3:$B4)"),
        ("Data!A1+'A1 B2'!C3", "Data!B3+'A1 B2'!D5"),
        ("LOG10(A1)", "LOG10(B3)"),
        ("A:A", "B:B"),
        ("$A:A", "$A:B"),
        ("1:3", "3:5"),
        ('"A1"&A1', '"A1"&B3'),
        ("Tab1[A1]", "Tab1[A1]"),
        ("rate1x+XYZ1", "rate1x+XYZ1"),
        ("A1:INDEX(A:A,2)", "B3:INDEX(B:B,2)"),
        ("XFD1048576", "A2"),
        ("A1  +  B2", "B3  +  C4"),
        ("12345", "12345"),
    ],
)
def test_a_shared_formula_two_down_and_one_right(formula: str, shifted: str) -> None:
    assert SharedFormula(formula, 10, 10).at(12, 11) == shifted


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_shifting_agrees_with_openpyxl(data: st.DataObject) -> None:
    dollars = st.sampled_from(["", "$"])
    cell = st.builds(
        lambda a, column, b, row: f"{a}{get_column_letter(column)}{b}{row}",
        dollars,
        st.integers(30, 700),
        dollars,
        st.integers(30, 5000),
    )
    operand = st.one_of(
        cell,
        st.builds(lambda a, b: f"SUM({a}:{b})", cell, cell),
        st.builds(lambda a: f"'It''s 3'!{a}", cell),
        st.just('"A1"'),
    )
    formula = "+".join(data.draw(st.lists(operand, min_size=1, max_size=4)))
    row, column = data.draw(st.integers(1, 60)), data.draw(st.integers(1, 60))
    expected = Translator("=" + formula, "AD30").translate_formula(f"{get_column_letter(column)}{row}")
    assert "=" + SharedFormula(formula, 30, 30).at(row, column) == expected
