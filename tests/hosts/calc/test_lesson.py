"""The sheet Lesson in the real Calc: it calculates without the extension, and Calc's own Solver works on it."""

import numpy as np
import pytest

from workbooks.xlsx.package import Package

from ...formula_cells import cells_of_formulas

NAMES = ["titanic_linear", "titanic_two_layer"]
LEAST_SQUARES = 0.1442271493073
NATIVE = ("Lesson", "You aboard")


@pytest.fixture
def bare(bare_calc, template):
    """Return the opener of a template in an office without Gradsheet."""
    numbers = []

    def opened(name):
        path = template(name)
        numbers.append(bare_calc.open(str(path)))
        bare_calc.calculate(numbers[-1])
        return path, numbers[-1]

    yield opened
    for number in numbers:
        bare_calc.close(number)


def stored(path, sheet):
    """Return the values that the file holds with its formulas, by place."""
    return {f"{row},{column}": cell.value for (row, column), cell in cells_of_formulas(Package.open(path), sheet)}


@pytest.mark.parametrize("name", NAMES)
def test_without_the_extension_it_shows_what_is_stored(bare, bare_calc, name):
    path, book = bare(name)
    shown = bare_calc.formula_cells(book)
    for sheet in NATIVE:
        expected = stored(path, sheet)
        assert len(expected) > 30
        for place, value in expected.items():
            if isinstance(value, str):
                assert shown[sheet][place] == value, (sheet, place)
            else:
                assert shown[sheet][place] == pytest.approx(value, abs=1e-12), (sheet, place)


def test_least_squares_weights_typed_in_give_the_known_loss(bare, bare_calc):
    _, book = bare("titanic_linear")
    inputs = np.array(bare_calc.named(book, "inputs"))
    survived = np.array(bare_calc.get(book, "Lesson", "M12:M723"))
    weights = np.linalg.lstsq(inputs, survived, rcond=None)[0]
    bare_calc.put_named(book, "weight_1_transposed", weights.T.tolist())
    assert bare_calc.get(book, "Lesson", "L2") == [[f"mean loss {LEAST_SQUARES}"]]
    assert bare_calc.get(book, "Lesson", "L3")[0][0] == pytest.approx(LEAST_SQUARES, abs=1e-13)


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_weight_moves_lesson_and_model_alike(calc, opened, name):
    book = opened(name)
    before = calc.get(book, "Lesson", "L3")[0][0]
    weights = calc.named(book, "weight_1_transposed")
    weights[0][9] += 0.25
    calc.put_named(book, "weight_1_transposed", weights)
    loss = calc.get(book, "Lesson", "L3")[0][0]
    assert abs(loss - before) > 1e-3
    assert calc.get(book, "Model", "C4")[0][0] == pytest.approx(loss, abs=1e-12)
    assert calc.get(book, "Start", "C5")[0][0] == pytest.approx(loss, abs=1e-12)


@pytest.mark.slow
def test_calcs_solver_reaches_the_lessons_loss(bare, bare_calc, nonlinear_solver):
    """With the settings that the sheet names. DEPS draws at random and takes half a minute: three runs ended within
    1e-7 of least squares, with its standard settings at 0.1462.
    """
    _, book = bare("titanic_linear")
    settings = {"VariableRangeThreshold": 20.0, "StagnationLimit": 300, "EnhancedSolverStatus": False}
    found = bare_calc.solve(book, "Lesson", "L3", "B4:K4", nonlinear_solver, settings)
    assert found["success"]
    assert LEAST_SQUARES - 1e-13 <= found["result"] < LEAST_SQUARES + 5e-6
    bare_calc.put(book, "Lesson", "B4:K4", [found["solution"]])
    assert bare_calc.get(book, "Lesson", "L3")[0][0] == pytest.approx(found["result"], abs=1e-12)
