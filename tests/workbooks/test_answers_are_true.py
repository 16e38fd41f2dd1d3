"""Every number in an answer to a question, computed anew."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import correlate2d

from pyfuncs.catalogue.registry import formulas
from pyfuncs.training.contract import read_model
from workbooks.lessons import sine
from workbooks.lessons.digits import lesson as digits
from workbooks.lessons.digits.edges import OUTPUTS, PLACES, SUMS, TITLE, TOP
from workbooks.lessons.gradient_descent.valley import LANDSCAPE
from workbooks.sheets.questions import GOOD_RATE, TWICE_712, TWO_LAYERS
from workbooks.xlsx.area import Area
from workbooks.xlsx.workbook import WorkbookFile

SINE = Path(__file__).parents[2] / "docs" / "sine.md"


def numbers(text):
    return [float(found.replace(",", "")) for found in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def answer(questions, asked):
    (found,) = (question.answer for question in questions if question.asked == asked)
    return found


@pytest.mark.parametrize("lesson", [digits.SMALL, digits.LARGE], ids=lambda lesson: lesson.template)
def test_the_parameters_of_the_digits_are_as_many_as_the_answers_say(template, lesson):
    model = read_model(WorkbookFile.open(template(lesson.template)))
    said = answer(digits.questions(lesson), digits.PARAMETERS)
    assert f"are {model.state.params.size:,} parameters" in said
    assert f"{lesson.side}×{lesson.side} pixels" in said
    assert lesson.side**2 == model.inputs.shape[1]
    products = [int(a) * int(b) + int(c) for a, b, c in re.findall(r"(\d+)×(\d+) \+ (\d+)", said)]
    assert products == [layer.weight.size + layer.bias.size for layer in model.layers]
    assert f"{model.state.params.size:,} a 1 with" in answer(digits.questions(lesson), digits.BY_HAND)


def test_the_units_that_a_sine_wave_takes_are_those_of_the_page_whose_figures_are_trained():
    """Those of the page are held by test_the_sine_wave_after_ten_clicks."""
    cells = [line.strip("| ").split(" | ") for line in SINE.read_text(encoding="utf-8").splitlines() if line[:1] == "|"]
    table = {row[0]: dict(zip(("1", "2", "4", "6", "8"), row[1:], strict=True)) for row in cells if len(row) == 6}
    relu, _, tanh = re.split(r"(; with tanh )", sine.HOW_MANY.answer)
    assert f"after {sine.CLICKS} clicks" in relu
    for activation, text, count in (("relu", relu, 4), ("tanh", tanh, 1)):
        said = re.findall(r"(\d)(?: units a layer)? are at ([\d.]*\d)|(?<=, )(\d) at ([\d.]*\d)", text)
        assert len(said) == count
        for units, loss in (filter(None, found) for found in said):
            decimals = len(loss.partition(".")[2])
            assert round(float(table[activation][units]), decimals) == float(loss)


def test_the_valley_of_gradient_descent_is_as_the_answer_says(opened):
    inputs = read_model(opened("gradient_descent").file).inputs
    x = np.hstack([inputs[:, :1], np.ones((len(inputs), 1))])
    hessian = 2 / len(x) * x.T @ x
    curvatures = np.linalg.eigvalsh(hessian)
    assert f"curves {curvatures[1] / curvatures[0]:,.0f} times" in LANDSCAPE.answer
    assert "lr times the curvature below 2" in LANDSCAPE.answer
    y = x @ [2.0, 30.0]
    for factor, falls in ((1.99, True), (2.01, False)):
        ab = np.array([1.0, 1.0])
        losses = []
        for _ in range(400):
            losses.append(((x @ ab - y) ** 2).mean())
            ab -= factor / curvatures[1] * 2 / len(x) * x.T @ (x @ ab - y)
        assert (losses[-1] < losses[0]) == falls


def test_the_shapes_of_the_two_sets_of_weights(opened):
    model = read_model(opened("titanic_two_layer").file)
    rows, (first, second) = len(model.inputs), model.layers
    assert numbers(TWICE_712.answer)[:2] == [2 * rows, 712] == [1424, rows]
    assert f"{rows}×10 times 10×2 gives {rows}×2" in TWICE_712.answer
    assert (first.weight.shape, second.weight.shape) == ((10, 2), (2, 1))
    assert f"the output is {rows}×1" in TWO_LAYERS.answer


def test_the_formula_that_finds_a_rate_does_what_the_answer_says():
    formula = formulas()["NN_LR_FIND"]
    (steps,) = (argument for argument in formula.arguments if argument.name == "steps")
    assert steps.default == 100
    assert "a tenth of the rate with the least loss" in formula.returns
    assert "tries a hundred and suggests a tenth of the rate with the least loss" in GOOD_RATE.answer


def edges(book):
    """Return the sums and what ReLU leaves of them, as the sheet Edges shows them."""
    return [
        book.sheets.values(Area(TITLE, TOP + 1, left, TOP + PLACES, left + PLACES - 1)).astype(float)
        for left in (SUMS, OUTPUTS)
    ]


@pytest.mark.parametrize(
    ("weights", "bias"),
    [
        ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], 0),
        ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], -4),
        ([[-1, 0, 1]] * 3, 0),
        ([[0.3, -2, 1], [4, 0.5, -1], [0, 2.5, -3]], 0.7),
    ],
)
def test_the_sheet_edges_is_scipys_correlation(opened, weights, bias):
    book = opened("digits_8x8")
    book.hold({"edge_weights": weights, "edge_bias": bias})
    picture = np.array(book.file.read("edge_picture"), float)
    expected = correlate2d(picture, np.array(weights, float), mode="valid") + bias
    sums, outputs = edges(book)
    np.testing.assert_allclose(sums, expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(outputs, np.maximum(expected, 0), rtol=0, atol=1e-12)


def test_edges_and_corners_are_found_and_a_bias_leaves_the_corners_alone(opened):
    book = opened("digits_8x8")
    book.hold({})
    corners = {(1, 1), (1, 4), (4, 1), (4, 4)}
    _, outputs = edges(book)
    rim = {(i, j) for i in range(1, 5) for j in range(1, 5) if {i, j} & {1, 4}}
    assert {tuple(place) for place in np.argwhere(outputs).tolist()} == rim > corners
    book.hold({"edge_bias": -4})
    _, outputs = edges(book)
    assert {tuple(place) for place in np.argwhere(outputs).tolist()} == corners
    book.hold({"edge_weights": [[-1, 0, 1]] * 3})
    _, outputs = edges(book)
    assert set(np.argwhere(outputs)[:, 1].tolist()) == {0, 1}, "left of the square and at its left edge"
