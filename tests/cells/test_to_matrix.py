"""Blocks of cells to matrices: shapes, what is refused, and where the message says it stands."""

import copy
import datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from pyfuncs.cells.block import shape_text, to_cells, to_matrix
from pyfuncs.cells.errors import CellError, ErrorCode

finite = st.floats(allow_nan=False, allow_infinity=False)
matrices = arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=7), elements=finite)


@given(matrices)
def test_finite_numbers_come_back_bit_for_bit(matrix: np.ndarray) -> None:
    for block in (matrix, matrix.tolist(), tuple(map(tuple, matrix.tolist())), matrix.astype(object), to_cells(matrix)):
        assert to_matrix(block, "x").tobytes() == matrix.tobytes()


@given(matrices)
def test_numbers_among_other_kinds_of_cells_come_back_bit_for_bit(matrix: np.ndarray) -> None:
    rows = [[datetime.date(1900, 1, 1), *row] for row in matrix.tolist()]
    assert to_matrix(rows, "x")[:, 1:].tobytes() == matrix.tobytes()


@pytest.mark.parametrize(
    ("block", "matrix"),
    [
        (5, [[5.0]]),
        (True, [[1.0]]),
        ([1, 2, 3], [[1.0, 2.0, 3.0]]),
        ((1, 2, 3), [[1.0, 2.0, 3.0]]),
        ([[1], [2]], [[1.0], [2.0]]),
        ([[1, True], [False, 2.5]], [[1.0, 1.0], [0.0, 2.5]]),
        ([[Decimal("0.5"), 1]], [[0.5, 1.0]]),
        ([Decimal("0.5"), datetime.date(1899, 12, 31)], [[0.5, 1.0]]),
        (np.array(7), [[7.0]]),
        (np.array([1, 2], np.int8), [[1.0, 2.0]]),
        (np.array([[True], [False]]), [[1.0], [0.0]]),
        (np.array([[1.5]], np.float32), [[1.5]]),
        (np.array([[1, Decimal("2.5")]], dtype=object), [[1.0, 2.5]]),
        (np.arange(6.0).reshape(2, 3).T, [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]]),
        (np.arange(12.0).reshape(3, 4)[::2, 1:3], [[1.0, 2.0], [9.0, 10.0]]),
    ],
)
def test_every_way_of_handing_over_cells_gives_a_contiguous_matrix(block: object, matrix: list) -> None:
    found = to_matrix(block, "x")
    np.testing.assert_array_equal(found, matrix)
    assert found.shape == np.array(matrix).shape
    assert found.dtype == np.float64
    assert found.flags.c_contiguous
    assert found.flags.writeable


@pytest.mark.parametrize("block", [np.ones((2, 2)), np.asfortranarray(np.ones((3, 2))), np.ones(3)])
def test_the_matrix_shares_no_memory_with_the_block(block: np.ndarray) -> None:
    found = to_matrix(block, "x")
    assert not np.shares_memory(found, block)
    found[:] = 7.0
    assert (block == 1.0).all()


def test_a_block_is_left_as_it_was() -> None:
    block = [[1, True], [datetime.date(2024, 1, 1), Decimal("0.1")]]
    before = copy.deepcopy(block)
    to_matrix(block, "x")
    assert block == before
    assert [[type(cell) for cell in row] for row in block] == [[type(cell) for cell in row] for row in before]


@pytest.mark.parametrize(
    ("cell", "said", "code"),
    [
        (None, "is blank", ErrorCode.VALUE),
        ("", "is blank", ErrorCode.VALUE),
        ("Master", 'holds the text "Master"', ErrorCode.VALUE),
        (ErrorCode.NA, "holds the error #N/A", ErrorCode.NA),
        (ErrorCode.DIV0, "holds the error #DIV/0!", ErrorCode.DIV0),
        (ErrorCode.NULL, "holds the error #NULL!", ErrorCode.NULL),
    ],
)
def test_a_cell_that_is_no_number_is_named_by_argument_row_and_column(cell: object, said: str, code: ErrorCode) -> None:
    rows = [[1.0, 2.0, 3.0], [4.0, 5.0, cell]]
    for block in (rows, tuple(map(tuple, rows)), np.array(rows, dtype=object)):
        with pytest.raises(CellError) as caught:
            to_matrix(block, "age")
        assert str(caught.value).startswith(f"age, row 2, column 3, {said}")
        assert caught.value.code is code


@pytest.mark.parametrize(
    ("cell", "code"), [(None, ErrorCode.VALUE), ("x", ErrorCode.VALUE), (ErrorCode.REF, ErrorCode.REF)]
)
def test_a_single_cell_and_a_flat_row_are_named_as_the_first_row(cell: object, code: ErrorCode) -> None:
    with pytest.raises(CellError, match=r"^x, row 1, column 1, ") as caught:
        to_matrix(cell, "x")
    assert caught.value.code is code
    with pytest.raises(CellError, match=r"^x, row 1, column 2, ") as caught:
        to_matrix([1.0, cell], "x")
    assert caught.value.code is code


def test_the_first_cell_in_reading_order_is_the_one_named() -> None:
    with pytest.raises(CellError, match=r"^x, row 1, column 2, holds the error #N/A") as caught:
        to_matrix([[1, ErrorCode.NA], [None, "text"]], "x")
    assert caught.value.code is ErrorCode.NA


def test_a_host_can_name_cells_in_its_own_way() -> None:
    with pytest.raises(CellError, match=r"^book\.xlsx, R2C1 is blank"):
        to_matrix([[1], [None]], "x", lambda name, row, column: f"book.xlsx, R{row + 1}C{column + 1}")


@pytest.mark.parametrize("block", [[[1, 2], [3]], [[1], []], [[1, 2], 3], [[1, "a"], ["b"]], ((1,), (2, 3))])
def test_rows_of_different_lengths_are_refused(block: object) -> None:
    with pytest.raises(CellError, match=r"^x has rows of different lengths") as caught:
        to_matrix(block, "x")
    assert caught.value.code is ErrorCode.VALUE


@pytest.mark.parametrize(
    "block", [[], [[]], [[], []], (), np.empty((0, 3)), np.empty((2, 0)), np.empty(0), np.empty((0, 2), object)]
)
def test_an_empty_block_is_refused(block: object) -> None:
    with pytest.raises(CellError, match=r"^x is empty: at least one cell is needed") as caught:
        to_matrix(block, "x")
    assert caught.value.code is ErrorCode.VALUE


@pytest.mark.parametrize("block", [np.zeros((2, 2, 2)), [[[1, 2]], [[3, 4]]], [[["a"]]]])
def test_a_block_of_more_than_two_dimensions_is_refused(block: object) -> None:
    with pytest.raises(CellError) as caught:
        to_matrix(block, "x")
    assert caught.value.code is ErrorCode.VALUE


def test_nan_and_infinity_pass_for_the_formula_to_judge() -> None:
    np.testing.assert_array_equal(to_matrix([[np.nan, np.inf, -np.inf]], "x"), [[np.nan, np.inf, -np.inf]])


def test_a_shape_reads_as_rows_times_columns() -> None:
    assert shape_text(np.zeros((712, 10))) == "712×10"


CELLS = st.one_of(
    st.floats(),
    st.integers(),
    st.booleans(),
    st.none(),
    st.text(max_size=3),
    st.sampled_from(ErrorCode),
    st.dates(),
    st.fractions(),
    st.floats().map(np.float64),
)


@given(st.lists(st.one_of(st.lists(CELLS, max_size=3), st.tuples(CELLS, CELLS), CELLS), max_size=4))
def test_rows_of_numbers_are_read_as_numpy_reads_them(block):
    def outcome():
        try:
            return to_matrix(block, "x").tobytes()
        except (CellError, OverflowError) as error:
            return str(error)

    quick = outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pyfuncs.cells.block.rows_of_numbers", lambda block: None)
        assert quick == outcome()


def test_the_matrix_of_rows_can_be_written():
    matrix = to_matrix(((1.0, 2.0), (3.0, 4.0)), "x")
    matrix[0, 0] = 5.0
    assert matrix.tolist() == [[5.0, 2.0], [3.0, 4.0]]
