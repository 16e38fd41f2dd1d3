"""Blocks to rows of cells, whatever they hold, and results back to cells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from pyfuncs.cells.block import to_cells, to_rows
from pyfuncs.cells.errors import CellError, ErrorCode


@pytest.mark.parametrize(
    ("block", "rows"),
    [
        (5, [[5]]),
        ("word", [["word"]]),
        (None, [[None]]),
        (ErrorCode.NA, [[ErrorCode.NA]]),
        (["a", "b"], [["a", "b"]]),
        ([["a"], ["b"]], [["a"], ["b"]]),
        ((("a", 1), (None, True)), [["a", 1], [None, True]]),
        (np.array([["a", 1.5]], dtype=object), [["a", 1.5]]),
        (np.array([1.0, 2.0]), [[1.0, 2.0]]),
        (np.array(3), [[3]]),
    ],
)
def test_every_way_of_handing_over_cells_gives_rows_with_the_cells_as_they_are(block: object, rows: list) -> None:
    found = to_rows(block, "x")
    assert found == rows
    assert [[type(cell) for cell in row] for row in found] == [[type(cell) for cell in row] for row in rows]


def test_rows_are_new_lists() -> None:
    block = [["a"], ["b"]]
    to_rows(block, "x")[0][0] = "changed"
    assert block == [["a"], ["b"]]


@pytest.mark.parametrize("block", [[], [[]], (), np.empty((0, 2))])
def test_no_cells_at_all_are_refused(block: object) -> None:
    with pytest.raises(CellError, match=r"^x is empty") as caught:
        to_rows(block, "x")
    assert caught.value.code is ErrorCode.VALUE


def test_rows_of_different_lengths_are_refused() -> None:
    with pytest.raises(CellError, match=r"^x has rows of different lengths") as caught:
        to_rows([["a", "b"], ["c"]], "x")
    assert caught.value.code is ErrorCode.VALUE


@given(arrays(np.float64, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.floats(width=64)))
def test_a_result_keeps_its_finite_numbers_and_shows_an_error_for_the_others(matrix: np.ndarray) -> None:
    before = matrix.tobytes()
    rows = to_cells(matrix)
    assert matrix.tobytes() == before
    assert (len(rows), len(rows[0])) == matrix.shape
    for cell, number in zip((cell for row in rows for cell in row), matrix.ravel().tolist(), strict=True):
        if np.isfinite(number):
            assert type(cell) is float
            assert repr(cell) == repr(number)
        else:
            assert cell is ErrorCode.NUM


def test_an_error_code_is_spelled_as_a_spreadsheet_spells_it() -> None:
    assert {str(code) for code in ErrorCode} == {
        "#NULL!",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#N/A",
    }


def test_an_error_carries_its_code_and_its_sentence() -> None:
    error = CellError(ErrorCode.NUM, "lr is -1, but must be at least 0.")
    assert (error.code, str(error)) == (ErrorCode.NUM, "lr is -1, but must be at least 0.")
