"""What the sheet of the sine wave says is true: with ReLU the network learns the wave, without it cannot."""

import re

import numpy as np
import pytest

from pyfuncs.kernels.initialize import METHODS, initialize
from pyfuncs.training.contract import read_model
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.sine import CLICKS, GOOD, NOTICE, POINTS
from workbooks.lessons.sine import STEPS as WHAT_TO_DO
from workbooks.recalculate import refresh
from workbooks.sheets.rules import ZERO_AT_ZERO
from workbooks.sheets.units import FITS, RESET
from workbooks.xlsx.workbook import WorkbookFile

PARAMETERS = ("weight_1", "bias_1", "weight_2", "bias_2", "weight_3", "bias_3")


@pytest.fixture
def trained(opened):
    """Return the trainer of the workbook as its buttons leave it: some cells changed, Reset, some clicks."""

    def train(cells, clicks):
        book = opened("sine")
        book.hold(cells)
        trainer = Trainer(read_model(book.file))
        trainer.reset()
        trainer.train(clicks * trainer.model.settings.epochs_per_click)
        return trainer

    return train


def loss(trainer):
    return trainer.evaluate(trainer.model.train_rows).loss


def test_relu_learns_the_wave_within_the_clicks_the_sheet_names(template, gradsheet):
    path = template("sine")
    epochs = CLICKS * int(WorkbookFile.open(path).read("epochs_per_click")[0][0])
    assert gradsheet("train", path, "--epochs", epochs, "--quiet").status == 0
    file = WorkbookFile.open(path)
    assert loss(Trainer(read_model(file))) <= GOOD


def test_the_points_go_once_from_minus_pi_to_pi(opened):
    book = opened("sine")
    book.hold({})
    model = read_model(book.file)
    np.testing.assert_allclose(model.inputs[:, 0], np.linspace(-np.pi, np.pi, POINTS), rtol=0, atol=1e-12)
    np.testing.assert_allclose(model.target, np.sin(model.inputs), rtol=0, atol=1e-12)


def test_without_an_activation_it_stays_a_line(trained, opened):
    trainer = trained({"activation_1": "identity"}, 3 * CLICKS)
    x, y = trainer.model.inputs[:, 0], trainer.model.target[:, 0]
    line = np.polyfit(x, y, 1)
    best = np.mean((np.polyval(line, x) - y) ** 2)
    (said,) = re.findall(r"with an error above ([\d.]+)\.$", WHAT_TO_DO[2])
    assert float(said) < best < float(said) + 0.001
    assert opened("sine").sheets.cell("Start", 5, 5) == pytest.approx(best, abs=1e-12)
    assert f"{best:.3f}" in NOTICE[0]
    assert best - 1e-12 <= loss(trainer) < best + 0.01


def test_more_units_do_what_the_sheet_says(trained):
    said = dict(re.findall(r"(\d) (?:are )?at (0\.\d+)", NOTICE[1]))
    assert list(said) == ["2", "8", "4"]
    for units, error in said.items():
        reached = loss(trained({"units_1": int(units), "units_2": int(units)}, CLICKS))
        digits = len(error) - 2
        assert f"{reached:.{digits}f}" == error, units


def test_tanh_learns_it_too(trained):
    assert loss(trained({"activation_1": "tanh"}, CLICKS)) <= GOOD


def test_most_seeds_learn_it_and_not_all(trained):
    learned = [loss(trained({"seed": seed}, 2 * CLICKS)) <= GOOD for seed in range(8)]
    assert 5 <= sum(learned) < 8


@pytest.mark.parametrize("activation", ZERO_AT_ZERO)
@pytest.mark.parametrize("settings", [{}, {"optimizer": "momentum", "weight_decay": 0.01}])
def test_units_that_are_not_chosen_stay_nothing(trained, activation, settings):
    trainer = trained({"activation_1": activation, "units_1": 4, "units_2": 2} | settings, 1)
    after = dict(trainer.model.blocks(trainer.state.params))
    assert not after["weight_1"][:, 4:].any()
    assert not after["bias_1"][:, 4:].any()
    assert not after["weight_2"][4:].any()
    assert not after["weight_2"][:, 2:].any()
    assert not after["bias_2"][:, 2:].any()
    assert not after["weight_3"][2:].any()
    assert after["weight_2"][:4, :2].any()


def test_the_first_weights_of_fewer_units_are_those_of_a_smaller_network(opened):
    book = opened("sine")
    book.hold({"units_1": 4, "units_2": 1})
    model = read_model(book.file)
    first = model.layers[1].initial_weight
    small = initialize(4, 1, model.settings.seed, METHODS[model.settings.initializer], 2)
    assert first[:4, :1].tolist() == small.tolist()
    assert np.count_nonzero(first) == 4


def test_the_sheet_says_when_reset_is_due(opened):
    book = opened("sine")
    book.hold({})
    assert book.sheets.cell("Start", 5, 11) == FITS
    book.hold({"units_2": 4})
    assert book.sheets.cell("Start", 5, 11) == RESET
    trainer = Trainer(read_model(book.file))
    trainer.reset()
    trainer.train(1)
    book.file.write(state_blocks(trainer.model, trainer.state, book.file))
    assert refresh(book.file)
    assert book.sheets.cell("Start", 5, 11) == FITS


def test_the_units_add_up_to_the_prediction(opened):
    book = opened("sine")
    book.hold({"activation_1": "tanh"})
    model = read_model(book.file)
    hidden = model.inputs
    for layer in model.layers:
        hidden = hidden @ layer.weight + layer.bias
        hidden = np.tanh(hidden) if layer.activation == "tanh" else hidden
    sums = [book.sheets.cell("Units", 24 + i, 20) for i in range(POINTS)]
    np.testing.assert_allclose(sums, hidden[:, 0], rtol=0, atol=1e-12)


STEPS = {
    "as built": {},
    "fewer units, to be reset": {"units_1": 2, "units_2": 4},
    "tanh and momentum": {"activation_1": "tanh", "optimizer": "momentum", "epoch": 3, "step": 3},
    "l1, a fifth kept aside": {
        "loss": "l1",
        "optimizer": "nesterov",
        "valid_fraction": 0.2,
        "batch_size": 10,
        "step": 2,
    },
}


@pytest.mark.parametrize("cells", STEPS.values(), ids=STEPS)
def test_the_step_shown_is_the_step_taken(opened, cells):
    book = opened("sine")
    book.hold(cells)
    trainer = Trainer(read_model(book.file))
    trainer.step()
    after = dict(trainer.model.blocks(trainer.state.params))
    assert tuple(after) == PARAMETERS
    for name in PARAMETERS:
        layer, area = name[-1], book.file.area(name)
        shown = book.sheets.block(f"New weights {layer}", "new ", area)
        np.testing.assert_allclose(shown, after[name], rtol=0, atol=1e-12, err_msg=name)
        computed = book.sheets.block(f"Gradient {layer}", "grad ", area)
        numerical = book.sheets.block(f"Gradient {layer}", "numerical ", area)
        np.testing.assert_allclose(computed, numerical, rtol=0, atol=1e-6, err_msg=name)
