"""What the playground says is true: each claim of its sheet is trained here."""

import numpy as np
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.playground.points import COUNT, DATASETS, PART
from workbooks.lessons.playground.start import GRID_LEFT, SIDE, TOP
from workbooks.lessons.playground.workbook import CLICKS, GOOD
from workbooks.recalculate import refresh
from workbooks.sheets.rules import ZERO_AT_ZERO
from workbooks.sheets.units import FITS, RESET
from workbooks.xlsx.area import Area
from workbooks.xlsx.workbook import WorkbookFile

SPIRAL = {"dataset": "spiral", "use_sin_x1": True, "use_sin_x2": True}
SQUARES = {"use_x1_squared": True, "use_x2_squared": True}
LINE = {"activation_1": "identity"}
RESET_NOTICE = (20, 8)
"""Below the fifteen inputs."""


@pytest.fixture
def book(opened):
    return opened("playground")


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


def error(trainer):
    """Return the share of test points that are on the wrong side."""
    return trainer.evaluate(trainer.model.valid_rows).error_rate


def losses(trainer):
    model = trainer.model
    return trainer.evaluate(model.train_rows).loss, trainer.evaluate(model.valid_rows).loss


def test_the_spiral_is_learned_with_the_settings_the_sheet_names(template, gradsheet, sheets):
    path = template("playground")
    epochs = CLICKS * int(WorkbookFile.open(path).read("epochs_per_click")[0][0])
    settings = [f"--set={name}={str(value).upper() if value is True else value}" for name, value in SPIRAL.items()]
    settings += ["--set=layers=2", "--set=units=8", "--set=activation_1=tanh"]
    assert gradsheet("train", path, *settings, "--reset", "--epochs", epochs, "--quiet").status == 0
    assert error(Trainer(read_model(WorkbookFile.open(path)))) <= GOOD
    shown = sheets(path)
    assert shown.cell("Start", 4, 5) == "test error"
    assert shown.cell("Start", 5, 5) <= GOOD


@pytest.mark.parametrize("seed", range(3))
def test_the_spiral_is_learned_from_other_points_and_seeds_too(train, seed):
    assert error(train(SPIRAL | {"seed": seed, "data_seed": seed + 2})) <= GOOD


def test_two_features_more_make_the_spiral_easier(train):
    assert error(train({"dataset": "spiral"})) > 0.15


def test_a_straight_border_cannot_part_a_circle_until_it_sees_the_squares(train):
    assert error(train({})) <= GOOD
    for layers in (1, 3):
        assert error(train(LINE | {"layers": layers})) > 0.25
    assert error(train(LINE | SQUARES)) <= GOOD


def test_a_straight_border_cannot_part_xor_until_it_sees_the_product(train):
    xor = {"dataset": "XOR"}
    assert error(train(xor)) <= GOOD
    assert error(train(xor | LINE)) > 0.25
    assert error(train(xor | LINE | {"use_x1_x2": True})) <= GOOD


def test_a_straight_border_is_enough_for_two_gaussians(train):
    assert error(train({"dataset": "two Gaussians"} | LINE)) <= GOOD


def test_a_circle_needs_three_border_lines(train):
    errors = {units: error(train({"layers": 1, "units": units}, 2 * CLICKS)) for units in (1, 2, 3)}
    assert errors[1] > 0.25
    assert errors[2] > 0.1
    assert errors[3] <= GOOD


def test_noise_is_learned_too_and_regularisation_holds_it(train):
    noisy = {"dataset": "XOR", "noise": 1.5}
    (train_early, test_early), (train_late, test_late) = (losses(train(noisy, clicks)) for clicks in (1, 2 * CLICKS))
    assert train_late < train_early
    assert test_late > test_early + 0.1
    _, regularised = losses(train(noisy | {"weight_decay": 0.01}, 2 * CLICKS))
    assert regularised < test_late - 0.1


@pytest.mark.parametrize("activation", ZERO_AT_ZERO)
def test_what_is_not_chosen_stays_as_it_is(train, activation):
    after = dict_of(train({"layers": 2, "units": 3, "activation_1": activation, "weight_decay": 0.01}, 1))
    assert after["weight_2"][:3, :3].any()
    for k in (1, 2):
        assert not after[f"weight_{k}"][:, 3:].any()
        assert not after[f"bias_{k}"][:, 3:].any()
    assert not after["weight_2"][3:].any()
    assert not after["weight_4"][3:].any()
    assert after["weight_3"].tolist() == np.eye(8).tolist()
    assert not after["bias_3"].any()


def dict_of(trainer):
    return dict(trainer.model.blocks(trainer.state.params))


def test_the_sheet_says_when_reset_is_due(book):
    for changes in ({"layers": 3}, {"units": 4}):
        book.hold({})
        assert book.sheets.cell("Start", *RESET_NOTICE) == FITS
        book.hold(changes)
        assert book.sheets.cell("Start", *RESET_NOTICE) == RESET
        trainer = Trainer(read_model(book.file))
        trainer.reset()
        trainer.train(1)
        book.file.write(state_blocks(trainer.model, trainer.state, book.file))
        assert refresh(book.file)
        assert book.sheets.cell("Start", *RESET_NOTICE) == FITS


def test_a_feature_switched_off_is_nothing_to_the_network(book):
    book.hold({"use_x2": False, "use_sin_x1": True})
    inputs = read_model(book.file).inputs
    assert not inputs[:, 1:5].any()
    assert not inputs[:, 6].any()
    np.testing.assert_allclose(inputs[:, 5], np.sin(inputs[:, 0]), rtol=0, atol=1e-12)


def points(book, **cells):
    book.hold(cells | SQUARES)
    model = read_model(book.file)
    return model.inputs[:, 0], model.inputs[:, 1], model.target[:, 0], model.trains


def test_the_points_are_as_the_patterns_say(book):
    x1, x2, classes, _ = points(book, noise=0, dataset="circle")
    radius = np.hypot(x1, x2)
    assert radius[classes == 1].max() <= 2.5 < 3.5 <= radius[classes == 0].min()
    x1, x2, classes, _ = points(book, noise=0, dataset="XOR")
    assert ((x1 * x2 > 0) == (classes == 1)).all()
    x1, x2, classes, _ = points(book, noise=0, dataset="spiral")
    turned = 2 * np.pi * 1.75 * np.hypot(x1, x2) / 5 + np.pi * classes
    np.testing.assert_allclose(np.sin(turned) * np.hypot(x1, x2), x1, rtol=0, atol=1e-9)
    x1, x2, classes, _ = points(book, noise=0, dataset="two Gaussians")
    assert abs(x1[classes == 1].mean() - 2) < 0.5 > abs(x2[classes == 0].mean() + 2)


@pytest.mark.parametrize("dataset", DATASETS)
def test_half_of_each_class_trains_and_another_seed_makes_other_points(book, dataset):
    x1, _, classes, trains = points(book, dataset=dataset)
    assert (x1.size, classes.sum(), trains.sum(), classes[trains].sum()) == (COUNT, 2 * PART, 2 * PART, PART)
    assert np.abs(x1).max() < 6.2
    other, *_ = points(book, dataset=dataset, data_seed=7)
    assert (other != x1).any()


def test_the_plane_shows_what_the_network_says_at_each_cell(train, book):
    trainer = train(SQUARES, 2)
    book.file.write(state_blocks(trainer.model, trainer.state, book.file))
    assert refresh(book.file)
    plane = book.sheets.values(Area("Start", TOP, GRID_LEFT, TOP + SIDE - 1, GRID_LEFT + SIDE - 1)).astype(float)
    rows, columns = np.indices(plane.shape)
    x1, x2 = (0.5 * columns - 6).ravel(), (6 - 0.5 * rows).ravel()
    hidden = np.column_stack([x1, x2, x1**2, x2**2, 0 * x1, 0 * x1, 0 * x1])
    for layer in read_model(book.file).layers:
        hidden = hidden @ layer.weight + layer.bias
        hidden = np.tanh(hidden) if layer.activation == "tanh" else hidden
    np.testing.assert_allclose(plane.ravel(), 1 / (1 + np.exp(-hidden[:, 0])), rtol=0, atol=1e-9)


STEPS = {
    "as built": {},
    "spiral, three layers, sgd": SPIRAL | {"layers": 3, "optimizer": "sgd"},
    "one layer, to be reset": {"layers": 1, "units": 2},
    "l2 and momentum": {"weight_decay": 0.1, "optimizer": "momentum", "loss": "mse", "epoch": 3, "step": 11},
}


@pytest.mark.parametrize("cells", STEPS.values(), ids=STEPS)
def test_the_step_shown_is_the_step_taken(book, cells):
    book.hold(cells)
    trainer = Trainer(read_model(book.file))
    trainer.step()
    for name, after in trainer.model.blocks(trainer.state.params):
        layer, area = name[-1], book.file.area(name)
        shown = book.sheets.block(f"New weights {layer}", "new ", area)
        np.testing.assert_allclose(shown, after, rtol=0, atol=1e-12, err_msg=name)
        computed = book.sheets.block(f"Gradient {layer}", "grad ", area)
        numerical = book.sheets.block(f"Gradient {layer}", "numerical ", area)
        np.testing.assert_allclose(computed, numerical, rtol=0, atol=1e-6, err_msg=name)
