"""The teaching net: each gradient on its sheet is the derivative it is called, and what the sheet says is true."""

import numpy as np
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.backprop.net import (
    A1,
    A2,
    BACK,
    FORWARD,
    H1,
    HIDDEN,
    INPUTS,
    NUMERICAL,
    ROWS,
    THETA,
    TOP,
    W1,
    W2,
    P,
)
from workbooks.lessons.backprop.workbook import CLICKS, GOOD
from workbooks.xlsx.area import Area
from workbooks.xlsx.workbook import WorkbookFile

PARAMETERS = ("weight_1", "bias_1", "weight_2", "bias_2")
STEP = 1e-30
FUNCTIONS = {
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "leaky_relu": lambda z: np.where(z.real > 0, z, 0.01 * z),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "identity": lambda z: z,
}


@pytest.fixture
def book(opened):
    return opened("backprop")


@pytest.fixture
def train(book):
    """Return the trainer of the workbook as its buttons leave it: some cells changed, Reset, some clicks."""

    def trained(cells, clicks=CLICKS):
        book.hold(cells)
        trainer = Trainer(read_model(book.file))
        trainer.reset()
        trainer.train(clicks * trainer.model.settings.epochs_per_click)
        return trainer

    return trained


def shown(book, top, left, rows, columns):
    return book.sheets.values(Area("Net", top, left, top + rows - 1, left + columns - 1)).astype(float)


def derivative(function, at):
    """Return how a function of a block changes with each number, by a step along the imaginary axis: exact to a bit."""
    found = np.zeros(at.shape)
    for place in np.ndindex(at.shape):
        moved = at.astype(complex)
        moved[place] += 1j * STEP
        found[place] = function(moved).imag / STEP
    return found


class Passes:
    """The net once more, each function of it from one block on to the loss."""

    def __init__(self, model):
        first, second = model.layers
        self.f, self.g = (FUNCTIONS[layer.activation] for layer in (first, second))
        self.x, self.y = model.inputs, model.target
        self.w1, self.b1, self.w2, self.b2 = first.weight, first.bias, second.weight, second.bias
        self.a1 = self.x @ self.w1 + self.b1
        self.h1 = self.f(self.a1)
        self.a2 = self.h1 @ self.w2 + self.b2
        self.p = self.g(self.a2)

    def from_p(self, p):
        return ((p - self.y) ** 2).mean()

    def from_a2(self, a2):
        return self.from_p(self.g(a2))

    def from_h1(self, h1):
        return self.from_a2(h1 @ self.w2 + self.b2)

    def from_a1(self, a1):
        return self.from_h1(self.f(a1))

    def blocks(self):
        """Return the row and column of every gradient below the first row of its band, and its value."""
        return {
            "p": (0, P, derivative(self.from_p, self.p)),
            "a2": (0, A2, derivative(self.from_a2, self.a2)),
            "w2": (0, W2, derivative(lambda w2: self.from_a2(self.h1 @ w2 + self.b2), self.w2)),
            "b2": (HIDDEN + 1, W2, derivative(lambda b2: self.from_a2(self.h1 @ self.w2 + b2), self.b2)),
            "h1": (0, H1, derivative(self.from_h1, self.h1)),
            "a1": (0, A1, derivative(self.from_a1, self.a1)),
            "w1": (0, W1, derivative(lambda w1: self.from_a1(self.x @ w1 + self.b1), self.w1)),
            "b1": (INPUTS + 1, W1, derivative(lambda b1: self.from_a1(self.x @ self.w1 + b1), self.b1)),
        }


@pytest.mark.parametrize("output", ["sigmoid", "identity"])
@pytest.mark.parametrize("hidden", FUNCTIONS)
def test_every_block_is_what_it_is_called(book, hidden, output):
    book.hold({"activation_1": hidden, "activation_2": output, "seed": 3})
    passes = Passes(read_model(book.file))
    for column, values in ((A1, passes.a1), (H1, passes.h1), (A2, passes.a2), (P, passes.p)):
        np.testing.assert_allclose(shown(book, TOP, column, *values.shape), values, rtol=0, atol=1e-12)
    for name, (below, column, gradient) in passes.blocks().items():
        computed = shown(book, BACK + 3 + below, column, *gradient.shape)
        np.testing.assert_allclose(computed, gradient, rtol=0, atol=1e-12, err_msg=name)
        numerical = shown(book, NUMERICAL + 3 + below, column, *gradient.shape)
        np.testing.assert_allclose(numerical, gradient, rtol=0, atol=1e-7, err_msg=name)
    largest = book.sheets.cell("Net", 4, H1 + 3)
    assert 0 < largest < 1e-7


def test_no_gradient_comes_back_where_relu_gave_nothing(book):
    book.hold({})
    a1, grad = shown(book, TOP, A1, ROWS, HIDDEN), shown(book, BACK + 3, A1, ROWS, HIDDEN)
    assert (a1 < 0).any()
    assert (a1 > 0).any()
    assert ((grad == 0) == (a1 <= 0)).all()


def test_the_stack_is_all_weights_and_biases_and_its_step_is_the_trainers(book):
    book.hold({"schedule": "step", "schedule_epochs": 10, "schedule_gamma": 0.5, "epoch": 20})
    model = read_model(book.file)
    stack = shown(book, TOP, THETA + 1, 21, 5)
    trainer = Trainer(model)
    before = np.concatenate([block.ravel() for _, block in model.blocks(trainer.state.params)])
    np.testing.assert_array_equal(stack[:, 0], before)
    trainer.step()
    assert [name for name, _ in model.blocks(trainer.state.params)] == list(PARAMETERS)
    np.testing.assert_allclose(stack[:, 4], trainer.state.params, rtol=0, atol=1e-12)
    np.testing.assert_allclose(stack[:, 3], 0.25 * stack[:, 1], rtol=0, atol=1e-15)
    np.testing.assert_allclose(stack[:, 1], stack[:, 2], rtol=0, atol=1e-7)


def test_it_learns_all_rows_within_the_clicks_the_sheet_names(template, gradsheet, sheets):
    path = template("backprop")
    epochs = CLICKS * int(WorkbookFile.open(path).read("epochs_per_click")[0][0])
    assert gradsheet("train", path, "--epochs", epochs, "--quiet").status == 0
    found = sheets(path)
    assert found.cell("Start", 5, 3) <= GOOD
    assert found.cell("Start", 5, 4) == ROWS
    model = read_model(WorkbookFile.open(path))
    assert model.target[:, 0].tolist() == [float(row.sum() == 1) for row in model.inputs]


def test_without_an_activation_one_row_at_least_stays_wrong(train):
    for lr in (0.1, 1.0):
        trainer = train({"activation_1": "identity", "lr": lr}, 10 * CLICKS)
        assert trainer.evaluate(trainer.model.train_rows).error_rate >= 1 / ROWS


def test_another_optimizer_is_refused_in_a_sentence(template, gradsheet):
    result = gradsheet("train", template("backprop"), "--optimizer", "adam", "--epochs", 1)
    assert result.status == 2
    assert result.err.count("\n") == 1


def test_what_stands_over_the_blocks_tells_their_shapes(book):
    book.hold({})
    shapes = {column: book.sheets.cell("Net", FORWARD + 1, column) for column in (A1, H1, A2, P)}
    assert shapes == {A1: "8×4", H1: "8×4", A2: "8×1", P: "8×1"}


def test_with_seed_4_the_fourth_unit_is_dead_and_stays_dead(train):
    trainer = train({"seed": 4})
    first, _ = trainer.model.layers
    assert (first.initial_weight[:, 3] == dict(trainer.model.blocks(trainer.state.params))["weight_1"][:, 3]).all()
    assert trainer.evaluate(trainer.model.train_rows).error_rate == 0
