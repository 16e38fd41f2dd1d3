"""The examples in the declarations are true, whatever way a host hands over the cells."""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode

EXAMPLES = [
    pytest.param(formula, example, id=f"{name}-{i}")
    for name, formula in formulas().items()
    for i, example in enumerate(formula.examples, start=1)
]
every_example = pytest.mark.parametrize(("formula", "example"), EXAMPLES)


def as_tuples(block: Any) -> Any:
    return tuple(as_tuples(part) for part in block) if isinstance(block, list) else block


def as_array(block: Any) -> Any:
    return np.array(block, dtype=object) if isinstance(block, list) else block


def as_rows(block: Any) -> Any:
    return [[block]] if block is not None and not isinstance(block, list) else block


def as_floats(block: Any) -> Any:
    """Numbers as spreadsheets know them: all of them floating."""
    if isinstance(block, list):
        return [as_floats(part) for part in block]
    return float(block) if isinstance(block, int) else block


def outcome(formula: Formula, arguments: list[Any]) -> Any:
    try:
        return call(formula, arguments)
    except CellError as error:
        return error.code


@every_example
def test_the_example_gives_what_it_says(formula: Formula, example: Example) -> None:
    if isinstance(example.gives, ErrorCode):
        with pytest.raises(CellError) as caught:
            call(formula, example.arguments)
        assert caught.value.code is example.gives
        return
    tolerance = 1e-9 if formula.name == "NN_NUMERIC_GRAD" else 1e-12
    found = call(formula, example.arguments)
    assert [len(row) for row in found] == [len(row) for row in example.gives]
    for found_row, row in zip(found, example.gives, strict=True):
        for cell, expected in zip(found_row, row, strict=True):
            if isinstance(expected, str):
                assert cell == expected
            else:
                assert type(cell) is float
                assert cell == pytest.approx(expected, rel=tolerance, abs=tolerance)


@every_example
@pytest.mark.parametrize("convert", [as_tuples, as_array, as_rows, as_floats])
def test_tuples_arrays_single_cells_and_floats_give_the_same(
    formula: Formula, example: Example, convert: Callable[[Any], Any]
) -> None:
    given = list(example.arguments)
    assert outcome(formula, [convert(block) for block in given]) == outcome(formula, given)


@every_example
def test_a_call_leaves_its_arguments_alone_and_gives_the_same_bits_again(formula: Formula, example: Example) -> None:
    given = [copy.deepcopy(block) for block in example.arguments]
    first = outcome(formula, given)
    assert repr(given) == repr(list(example.arguments))
    assert repr(outcome(formula, given)) == repr(first)


@every_example
def test_a_call_leaves_arrays_alone_and_its_result_is_no_window_on_them(formula: Formula, example: Example) -> None:
    given = [
        np.array(block, dtype=np.float64, ndmin=2)
        if isinstance(block, list) and np.array(block).dtype.kind in "if"
        else block
        for block in example.arguments
    ]
    before = repr(given)
    first = outcome(formula, given)
    assert repr(given) == before
    kept = repr(first)
    for block in given:
        if isinstance(block, np.ndarray):
            block[:] = -77.0
    assert repr(first) == kept


@every_example
def test_arguments_left_out_at_the_end_are_as_good_as_missing(formula: Formula, example: Example) -> None:
    padded = [*example.arguments, *[None] * (len(formula.arguments) - len(example.arguments))]
    assert outcome(formula, padded) == outcome(formula, list(example.arguments))
