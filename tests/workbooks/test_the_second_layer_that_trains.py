"""The lesson's next step, as the sheet prints it: second_layer to trained with biases, Reset, 100 epochs."""

import numpy as np
import pytest

from pyfuncs.kernels.initialize import METHODS, initialize
from pyfuncs.training.contract import read_model
from pyfuncs.training.restarts import started
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.titanic.lesson import FIRST_BIAS, FIXED, TRAINED
from workbooks.recalculate import first_values
from workbooks.sheets.status import AS_SAVED

SEEDS = range(20)
FIXED_ONES = 0.15213550736382597
"""What the workbook as shipped reaches in 100 epochs."""


@pytest.fixture
def model(opened):
    """Return the model as the drop-down and Reset leave it, for a seed."""
    book = opened("titanic_two_layer")

    def chosen(choice, seed=0):
        book.hold({"second_layer": choice, "seed": seed})
        trainer = Trainer(read_model(book.file))
        trainer.reset()
        return trainer

    return chosen


def after_100_epochs(trainer):
    trainer.train(100)
    return trainer.state.history[-1]


def test_fixed_ones_end_where_they_always_did(model):
    record = after_100_epochs(model(FIXED))
    assert record.train_loss == pytest.approx(FIXED_ONES, abs=1e-12)
    assert record.accuracy == pytest.approx(0.7837, abs=1e-4)


def test_a_second_layer_that_trains_ends_below_them_from_nearly_every_seed(opened):
    book = opened("titanic_two_layer")
    book.hold({"second_layer": TRAINED})
    first, of_seed = read_model(book.file), first_values(book.file)
    losses = [after_100_epochs(Trainer(started(first, seed, of_seed))).train_loss for seed in SEEDS]
    assert sum(loss < FIXED_ONES for loss in losses) >= 18, losses


@pytest.mark.parametrize("seed", [0, 1, 9])
def test_so_it_does_by_the_drop_down_and_reset_alone(model, seed):
    record = after_100_epochs(model(TRAINED, seed))
    assert record.train_loss < FIXED_ONES
    assert record.accuracy > 0.78


def test_seed_0_ends_where_readme_says(model):
    record = after_100_epochs(model(TRAINED))
    assert record.train_loss == pytest.approx(0.1500, abs=5e-5)
    assert record.accuracy == pytest.approx(0.787, abs=5e-4)


def test_a_random_second_layer_and_biases_of_0_mostly_end_above_them(model):
    losses, trainer = [], model(TRAINED)
    for seed in SEEDS:
        first, second = (
            initialize(rows, columns, seed, METHODS["uniform"], k) for rows, columns, k in ((10, 2, 1), (2, 1, 2))
        )
        state = trainer.state.copy()
        state.params[:] = np.concatenate([first.ravel(), np.zeros(2), second.ravel(), np.zeros(1)])
        state.epoch, state.step, state.history = 0, 0, []
        trainer.put(state)
        losses.append(after_100_epochs(trainer).train_loss)
    assert sum(loss > FIXED_ONES for loss in losses) > 10


def test_at_first_relu_lets_most_passengers_through(model):
    inputs, shares = model(TRAINED).model.inputs, []
    for seed in SEEDS:
        weights = initialize(10, 2, seed, METHODS["uniform"], 1)
        shares.append((inputs @ weights + FIRST_BIAS > 0).mean())
    assert np.mean(shares) > 0.6


@pytest.mark.parametrize(("choice", "bias"), [(FIXED, 0.0), (TRAINED, FIRST_BIAS)])
def test_only_the_first_biases_differ_at_the_start(model, choice, bias):
    trainer = model(choice, 4)
    first, second = trainer.model.layers
    assert first.initial_weight.tolist() == initialize(10, 2, 4, METHODS["uniform"], 1).tolist()
    assert first.initial_bias.tolist() == [[bias, bias]]
    assert (second.initial_weight.tolist(), second.initial_bias.tolist()) == ([[1.0], [1.0]], [[0.0]])
    assert (first.trains_bias, second.trains_weight, second.trains_bias) == (choice == TRAINED,) * 3


@pytest.mark.parametrize(
    ("name", "settings"),
    [("titanic_two_layer", {"second_layer": TRAINED}), ("sine", {"units_1": 2}), ("playground", {"units": 3})],
)
def test_restarts_begin_where_reset_does_for_their_seed(opened, name, settings):
    book = opened(name)
    book.hold(settings)
    model, of_seed = read_model(book.file), first_values(book.file)
    for seed in (3, 8):
        begun = started(model, seed, of_seed)
        book.hold(settings | {"seed": seed})
        trainer = Trainer(read_model(book.file))
        trainer.reset()
        assert begun.state.params.tolist() == trainer.state.params.tolist()


@pytest.mark.parametrize("name", ["titanic_two_layer", "sine", "playground", "backprop"])
def test_start_counts_the_units_that_are_dead(opened, name):
    book = opened(name)
    book.hold({"activation_1": "relu"})
    rows, first = book.parameter("weight_1"), np.array(book.file.read("inputs")).astype(float)
    alive = ((first @ np.array(rows).astype(float) + np.array(book.file.read("bias_1")).astype(float)) > 0).any(axis=0)
    dead = {"activation_1": "relu", "bias_1": [[-100.0 if j < 2 else 0.0 for j in range(len(rows[0]))]]}
    assert said(book) == AS_SAVED or not alive.all()
    book.hold(dead)
    assert said(book).startswith(f"{AS_SAVED} Dead units: 2. ReLU gives 0 there in every row")
    book.hold(dead | {"activation_1": "tanh"})
    assert said(book) == AS_SAVED


def said(book):
    """Return the sentence of the sheet Start about how things stand."""
    texts = [book.sheets.cell("Start", row, column) for row in range(3, 45) for column in range(2, 10)]
    return next(text for text in texts if isinstance(text, str) and text.startswith(("Formulas are", AS_SAVED)))
