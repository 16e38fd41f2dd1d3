"""What the sheets of neurons.xlsx say is true: about every gate, every neuron for XOR, the film, the learning rule."""

import itertools
import math

import numpy as np
import pytest

from pyfuncs.kernels.neurons import perceptron, perceptron_step
from workbooks.lessons.neurons.perceptron import FILMS, PASSES
from workbooks.lessons.neurons.workbook import build
from workbooks.recalculate import FileCells
from workbooks.xlsx.area import Area
from workbooks.xlsx.package import Package

ROWS = list(itertools.product((0, 1), repeat=2))
SCORE, THETA, LIKED_FIRST = ("Film", 6, 3), ("Film", 8, 3), ("Learning", 12, 10)


class Changed(FileCells):
    """The template's cells, some of them changed."""

    def __init__(self, package, changes):
        super().__init__(package)
        self.changes = changes

    def values(self, area):
        found = super().values(area)
        for (sheet, row, column), value in self.changes.items():
            if sheet == area.sheet and (row, column) in area.positions():
                found[row - area.top, column - area.left] = value
        return found


@pytest.fixture
def shown(template):
    """Return what the template's formulas show once some cells are changed: a function of sheet and cells."""
    package = Package.open(template("neurons"))

    def change(changes=None):
        values = build(Changed(package, changes or {})).formula_values()
        return lambda sheet, top, left, rows=1, columns=1: np.array(
            [[values[sheet][top + i, left + j] for j in range(columns)] for i in range(rows)], dtype=object
        )

    return change


def fires(wires, inputs, threshold):
    """Return a McCulloch-Pitts neuron's answer in the words of 1943."""
    if any(wire == "inhibits" and on for wire, on in zip(wires, inputs, strict=True)):
        return 0
    return int(sum(on for wire, on in zip(wires, inputs, strict=True) if wire == "excites") >= threshold)


GATES = {
    "AND": (9, 7, 2, all),
    "OR": (9, 19, 2, any),
    "NOT": (18, 6, 1, lambda x: not x[0]),
    "NOR": (18, 19, 2, lambda x: not any(x)),
    "NAND": (27, 8, 2, lambda x: not all(x)),
    "MAJORITY": (27, 20, 3, lambda x: sum(x) >= 2),
}


@pytest.mark.parametrize("gate", GATES)
def test_each_gate_gives_its_truth_table(shown, gate):
    top, column, inputs, truth = GATES[gate]
    wanted = [int(truth(row)) for row in itertools.product((0, 1), repeat=inputs)]
    answers = shown()("Gates", top, column, len(wanted))[:, 0].tolist()
    by_hand = shown()("Gates", top, column - 1, len(wanted))[:, 0].tolist()
    assert answers == by_hand == wanted
    assert shown()("Gates", 4, 3)[0, 0] == 26


def test_or_with_threshold_two_is_and(shown):
    changed = shown({("Gates", 7, 15): 2})
    assert changed("Gates", 9, 19, 4)[:, 0].tolist() == [int(all(row)) for row in ROWS]
    assert changed("Gates", 4, 3)[0, 0] == 24


def test_no_single_neuron_gives_xor_or_nand(shown):
    found = {}
    for wires in itertools.product(("excites", "inhibits", "no wire"), repeat=2):
        for threshold in range(4):
            found[*wires, threshold] = [fires(wires, row, threshold) for row in ROWS]
    assert len(found) == 36
    assert [0, 1, 1, 0] not in found.values()
    assert [1, 1, 1, 0] not in found.values()
    table = shown()("XOR", 7, 5, 36, 5)
    for row, answers in zip(table.tolist(), found.values(), strict=True):
        assert row == [*answers, sum(a == w for a, w in zip(answers, (0, 1, 1, 0), strict=True))]
    assert shown()("XOR", 4, 4)[0, 0] == 3


def test_two_layers_give_xor(shown):
    assert shown()("XOR", 8, 15, 4)[:, 0].tolist() == [0, 1, 1, 0]


def test_the_perceptron_never_learns_xor():
    inputs, target = np.array(ROWS, dtype=float), np.array([[0.0], [1.0], [1.0], [0.0]])
    stacked = np.zeros((3, 1))
    for _ in range(1000):
        stacked = perceptron_step(stacked, inputs, target, 0.1)
        assert (perceptron(inputs, stacked[:2], stacked[2:]) != target).any()


def test_the_film_at_049_is_a_no_and_the_sigmoid_says_0498(shown):
    assert shown()("Film", 12, 3, 2)[:, 0].tolist() == [0, 0]
    assert [round(value, 3) for value in shown()("Film", 14, 3, 2)[:, 0]] == [0.498, 0.498]
    better = shown({SCORE: 0.51})
    assert better("Film", 12, 3)[0, 0] == 1
    assert round(better("Film", 14, 3)[0, 0], 3) == 0.502
    assert shown({THETA: 0.4})("Film", 12, 3)[0, 0] == 1


def test_each_row_of_the_learning_goes_on_with_the_last(shown):
    table = shown()("Learning", 12, 12, len(FILMS) * PASSES, 6).astype(float)
    np.testing.assert_allclose(table[:, :3], table[:, 3:], rtol=0, atol=1e-12)
    weights = np.zeros(3)
    for (action, humour, liked), row in zip(FILMS * PASSES, table, strict=True):
        inputs = np.array([action, humour, 1.0])
        weights = weights + 0.1 * (liked - (inputs @ weights >= 0)) * inputs
        np.testing.assert_allclose(row[:3], weights, rtol=0, atol=1e-12)


def test_from_the_fifth_pass_on_it_makes_no_mistake(shown):
    assert shown()("Learning", 9, 5, 1, PASSES)[0].tolist() == [4, 4, 4, 1, 0, 0]


def test_with_the_first_film_disliked_it_never_settles(shown):
    assert shown({LIKED_FIRST: 0})("Learning", 9, 5, 1, PASSES)[0].all()
    films = np.array(FILMS)
    inputs, target = films[:, :2].copy(), films[:, 2:].copy()
    target[0] = 0
    stacked = np.zeros((3, 1))
    for _ in range(1000):
        stacked = perceptron_step(stacked, inputs, target, 0.1)
        assert (perceptron(inputs, stacked[:2], stacked[2:]) != target).any()


CURVES = {
    "sigmoid": (2, lambda x: 1 / (1 + math.exp(-x))),
    "tanh": (7, math.tanh),
    "relu": (12, lambda x: max(x, 0.0)),
}


@pytest.mark.parametrize("name", CURVES)
def test_curves_and_derivatives_are_right_by_the_formula_and_by_hand(shown, template, name):
    column, function = CURVES[name]
    xs = FileCells(Package.open(template("neurons"))).values(area("Activations", 26, 1, 43, 1))[:, 0].tolist()
    table = shown()("Activations", 26, column, len(xs), 4).astype(float)
    tried = [(function(x + 1e-6) - function(x - 1e-6)) / 2e-6 for x in xs]
    apart = [x != 0 for x in xs]  # ReLU has a corner there
    for j in (0, 1):
        np.testing.assert_allclose(table[:, j], [function(x) for x in xs], rtol=0, atol=1e-12)
        np.testing.assert_allclose(table[apart, 2 + j], np.array(tried)[apart], rtol=0, atol=1e-8)


def test_softmax_shares_out_one(shown):
    table = shown()("Activations", 26, 20, 43, 6).astype(float)
    np.testing.assert_allclose(table[:, :3].sum(axis=1), 1, rtol=0, atol=1e-12)
    np.testing.assert_allclose(table[:, 0], table[:, 3], rtol=0, atol=1e-12)
    np.testing.assert_allclose(table[:, 4], table[:, 5], rtol=0, atol=1e-12)


def test_relu_is_the_number_times_the_threshold(shown):
    hard, by_hand, relu, replaced, product = shown()("Threshold or ReLU", 26, 2, 27, 5).astype(float).T
    assert hard.tolist() == by_hand.tolist()
    assert relu.tolist() == replaced.tolist() == product.tolist()
    assert set(hard) == {0.0, 1.0}
    assert len(set(relu)) > 10


def area(sheet, top, left, rows, columns):
    return Area(sheet, top, left, top + rows - 1, left + columns - 1)


def test_with_real_weights_one_perceptron_is_nand():
    answers = perceptron(np.array(ROWS, dtype=float), np.array([[-1.0], [-1.0]]), np.array([[1.5]]))
    assert answers[:, 0].tolist() == [1, 1, 1, 0]
