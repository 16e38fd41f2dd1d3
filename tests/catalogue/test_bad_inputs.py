"""Whatever stands in the cells, a formula gives cells or one plain sentence; nothing else comes out."""

import copy
import datetime
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode

FORMULAS = formulas()
every_formula = pytest.mark.parametrize("name", list(FORMULAS))
every_place = pytest.mark.parametrize(
    ("name", "place"),
    [
        pytest.param(name, place, id=f"{name}-{argument.name}")
        for name, formula in FORMULAS.items()
        for place, argument in enumerate(formula.arguments)
    ],
)


def working(formula: Formula) -> list[Any]:
    """The arguments of the first example that gives cells, one for each the formula takes."""
    example = next(example for example in formula.examples if not isinstance(example.gives, ErrorCode))
    return [*copy.deepcopy(list(example.arguments)), *[None] * (len(formula.arguments) - len(example.arguments))]


def rows_of(block: Any) -> list[list[Any]]:
    return copy.deepcopy(block) if isinstance(block, list) else [[1.0 if block is None else block]]


def filled(block: Any, cell: Any) -> list[list[Any]]:
    return [[cell for _ in row] for row in rows_of(block)]


def spoilt(block: Any, cell: Any) -> list[list[Any]]:
    """The block with its last cell replaced."""
    rows = rows_of(block)
    rows[-1][-1] = cell
    return rows


def bad_inputs(block: Any) -> Iterator[tuple[str, Any]]:
    yield "missing", None
    for what, cell in (
        ("blank", None),
        ("empty text", ""),
        ("text", "abc"),
        ("long text", "long " * 6000),
        ("NaN", float("nan")),
        ("infinity", float("inf")),
        ("minus infinity", float("-inf")),
        ("1e308", 1e308),
        ("-1e308", -1e308),
        ("1e-308", 1e-308),
        ("1e15", 1e15),
        ("minus one", -1.0),
        ("a half", 0.5),
        ("true", True),
        ("date", datetime.datetime(1912, 4, 15, 2, 20)),
    ):
        yield what, cell
        yield f"{what} in the last cell", spoilt(block, cell)
        yield f"{what} everywhere", filled(block, cell)
    yield "ragged", [[1.0, 2.0], [3.0]]
    yield "empty", []
    yield "empty row", [[]]
    yield "one row", [[1.0, 2.0, 3.0]]
    yield "one column", [[1.0], [2.0], [3.0]]
    yield "a flat row", [1.0, 2.0, 3.0]
    yield "one row more", [*rows_of(block), rows_of(block)[-1]]
    yield "one column more", [[*row, row[-1]] for row in rows_of(block)]
    yield "three dimensions", np.zeros((2, 2, 2))
    yield "an empty array", np.empty((0, 2))


def is_cell(cell: Any) -> bool:
    return isinstance(cell, str) or (type(cell) is float and bool(np.isfinite(cell)))


@every_place
def test_bad_input_gives_cells_or_an_error_that_names_the_formula(name: str, place: int) -> None:
    formula = FORMULAS[name]
    wrong = []
    for what, block in bad_inputs(working(formula)[place]):
        arguments = working(formula)
        arguments[place] = block
        before = repr(arguments)
        try:
            result = call(formula, arguments)
        except CellError as error:
            if not str(error).startswith(name) or not isinstance(error.code, ErrorCode):
                wrong.append(f"{what}: {error}")
        except Exception as error:
            wrong.append(f"{what}: {type(error).__name__} escaped: {error}")
        else:
            width = len(result[0])
            if not all(len(row) == width and all(is_cell(cell) for cell in row) for row in result):
                wrong.append(f"{what}: gives {result}")
        if repr(arguments) != before:
            wrong.append(f"{what}: the arguments were changed")
    assert not wrong, "\n".join(wrong)


@every_place
def test_the_sentence_is_one_short_line_about_what_the_user_can_mend(name: str, place: int) -> None:
    formula = FORMULAS[name]
    wrong = []
    for what, block in bad_inputs(working(formula)[place]):
        arguments = working(formula)
        arguments[place] = block
        try:
            call(formula, arguments)
        except CellError as error:
            sentence = str(error)
            if "report" in sentence or len(sentence.splitlines()) > 1 or len(sentence) > 500:
                wrong.append(f"{what}: {sentence[:200]!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("name", "argument"),
    [
        ("NN_MATMUL", "a"),
        ("NN_SGD_STEP", "lr"),
        ("NN_MSE_LOSS", "reduction"),
        ("NN_FORWARD", "activations"),
        ("NN_FORWARD", "rows"),
        ("NN_BATCH", "split"),
        ("NN_ONE_HOT", "values"),
    ],
)
def test_a_text_of_two_lines_makes_a_sentence_of_one(name: str, argument: str) -> None:
    formula = FORMULAS[name]
    arguments = working(formula)
    arguments[[one.name for one in formula.arguments].index(argument)] = [["one\ntwo"]]
    with pytest.raises(CellError) as caught:
        call(formula, arguments)
    assert len(str(caught.value).splitlines()) == 1


@every_place
@pytest.mark.parametrize("code", [ErrorCode.NA, ErrorCode.DIV0, ErrorCode.REF])
def test_an_error_cell_comes_out_as_the_error_it_is(name: str, place: int, code: ErrorCode) -> None:
    formula = FORMULAS[name]
    for block in (code, [[code]], spoilt(working(formula)[place], code)):
        arguments = working(formula)
        arguments[place] = block
        with pytest.raises(CellError, match=f"^{name}: {formula.arguments[place].name}[, ].*{code}") as caught:
            call(formula, arguments)
        assert caught.value.code is code


@every_place
def test_a_bad_cell_of_a_block_is_named_by_its_row_and_column(name: str, place: int) -> None:
    formula = FORMULAS[name]
    argument = formula.arguments[place]
    if not argument.is_block:
        return
    arguments = working(formula)
    arguments[place] = spoilt(arguments[place], ErrorCode.NA)
    row, column = len(arguments[place]), len(arguments[place][-1])
    place_in_words = f"(row {row}, column {column}|row {row}|cell {max(row, column)})"  # the latter two: one wide
    with pytest.raises(CellError, match=f"^{name}: {argument.name}, {place_in_words},? "):
        call(formula, arguments)


@every_place
def test_a_required_argument_that_is_missing_is_named_and_an_optional_one_is_not_needed(name: str, place: int) -> None:
    formula = FORMULAS[name]
    arguments = working(formula)
    arguments[place] = None
    if not formula.arguments[place].optional:
        with pytest.raises(CellError, match=f"^{name}: {formula.arguments[place].name} is missing or blank") as caught:
            call(formula, arguments)
        assert caught.value.code is ErrorCode.VALUE
    elif "bias" not in formula.arguments[place].name and not formula.arguments[place].name.startswith("weight_"):
        assert call(formula, arguments)


@every_formula
def test_no_arguments_and_too_many_are_refused(name: str) -> None:
    formula = FORMULAS[name]
    with pytest.raises(CellError, match=f"^{name}: {formula.arguments[0].name} is missing") as caught:
        call(formula, [])
    assert caught.value.code is ErrorCode.VALUE
    count = len(formula.arguments) + 1
    with pytest.raises(CellError, match=f"^{name}: {count} arguments are given") as caught:
        call(formula, [*working(formula), 1.0])
    assert caught.value.code is ErrorCode.VALUE
    assert formula.signature in str(caught.value)
