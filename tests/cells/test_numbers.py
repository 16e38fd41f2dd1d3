"""What counts as a number in a cell, and what a date's number is."""

import datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils.datetime import to_excel

from pyfuncs.cells.block import to_matrix, to_number
from pyfuncs.cells.errors import CellError, ErrorCode


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (3, 3.0),
        (-0.0, -0.0),
        (2.5, 2.5),
        (True, 1.0),
        (False, 0.0),
        (Decimal("0.1"), 0.1),
        (Decimal("1234.56"), 1234.56),
        (Fraction(1, 4), 0.25),
        (np.float32(0.5), 0.5),
        (np.int16(-7), -7.0),
        (np.bool_(True), 1.0),
        (2**60 + 1, float(2**60)),
        (5e-324, 5e-324),
    ],
)
def test_a_number_a_boolean_or_a_currency_is_its_number(cell: object, number: float) -> None:
    found = to_number(cell, "x")
    assert type(found) is float
    assert repr(found) == repr(number)
    assert repr(float(to_matrix(cell, "x")[0, 0])) == repr(number)
    assert repr(float(to_matrix([[cell, 1.0]], "x")[0, 0])) == repr(number)


@pytest.mark.parametrize("cell", [None, "", " ", "\t", "\n"])
def test_a_blank_is_no_number_and_the_message_says_so(cell: object) -> None:
    with pytest.raises(CellError, match=r"^lr is blank: a number is needed there\.$") as caught:
        to_number(cell, "lr")
    assert caught.value.code is ErrorCode.VALUE


@pytest.mark.parametrize("cell", ["three", "1", "1,5", "TRUE", "nan", "inf", "#N/A", "#NUM!"])
def test_text_is_no_number_even_where_it_looks_like_one(cell: str) -> None:
    with pytest.raises(CellError, match=f'holds the text "{cell}": a number is needed there') as caught:
        to_number(cell, "lr")
    assert caught.value.code is ErrorCode.VALUE


def test_a_long_text_is_cut_in_the_message() -> None:
    with pytest.raises(CellError) as caught:
        to_number("x" * 30_000, "lr")
    assert str(caught.value) == 'lr holds the text "' + "x" * 39 + '…": a number is needed there.'


@pytest.mark.parametrize("text", ["two\nlines", "two\r\nlines"])
def test_a_text_of_several_lines_makes_a_message_of_one(text: str) -> None:
    with pytest.raises(CellError) as caught:
        to_number(text, "lr")
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("code", list(ErrorCode))
def test_an_error_cell_gives_its_own_code(code: ErrorCode) -> None:
    with pytest.raises(CellError, match="mend that cell first") as caught:
        to_number(code, "lr")
    assert caught.value.code is code
    assert str(code) in str(caught.value)


@pytest.mark.parametrize("cell", [object(), {}, 1j, b"12"], ids=["object", "dict", "complex", "bytes"])
def test_anything_else_is_refused_by_its_kind(cell: object) -> None:
    with pytest.raises(CellError, match=f"holds a {type(cell).__name__}") as caught:
        to_number(cell, "lr")
    assert caught.value.code is ErrorCode.VALUE


@pytest.mark.parametrize(
    "date",
    [
        datetime.date(1912, 4, 15),
        datetime.date(1900, 3, 1),
        datetime.date(2000, 2, 29),
        datetime.date(9999, 12, 31),
        datetime.datetime(1912, 4, 15, 2, 20),
        datetime.datetime(2024, 6, 30, 23, 59, 59, 999000),
        datetime.datetime(2024, 1, 1),
    ],
)
def test_a_date_is_the_serial_number_that_openpyxl_writes(date: datetime.date) -> None:
    assert to_number(date, "x") == pytest.approx(to_excel(date), rel=1e-15)
    np.testing.assert_allclose(to_matrix([[date, 1.0]], "x"), [[to_excel(date), 1.0]], rtol=1e-15)


@given(st.datetimes(datetime.datetime(1900, 3, 1), datetime.datetime(9999, 12, 31)))
def test_any_moment_is_the_serial_number_that_openpyxl_writes(moment: datetime.datetime) -> None:
    assert to_number(moment, "x") == pytest.approx(to_excel(moment), rel=1e-14)
    assert to_number(moment.date(), "x") == to_excel(moment.date())


def test_a_moment_with_a_time_zone_is_its_clock_time() -> None:
    zone = datetime.timezone(datetime.timedelta(hours=-3))
    assert to_number(datetime.datetime(1912, 4, 15, 12, tzinfo=zone), "x") == 4489.5
