"""The sheet What if: the losses of the buttons as one formula, another curve for each setting, and a rate to choose."""

import numpy as np
import openpyxl
import pytest

from addin.at_once import press
from pyfuncs.catalogue.training_runs import MOST_MULTIPLY_ADDS
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.clicks.table import CLICKS
from workbooks.lessons.titanic.lesson import TRAINED
from workbooks.sheets import what_if
from workbooks.sheets.book import spread
from workbooks.sheets.what_if import CARDS, CURVES_LEFT, FIND_LEFT, TOP, VERDICT
from workbooks.xlsx.area import Area

NAMES = ("titanic_linear", "titanic_two_layer")
LEAST_SQUARES = 0.1442271493073


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def losses(book):
    """Return the column of losses after each epoch as the sheet shows it."""
    return [row[0] for row in book.file.read("loss_curve")[1:]]


def history(book, epochs=100):
    """Return the loss after each click on Epoch, from Reset on."""
    trainer = Trainer(read_model(book.file))
    trainer.reset()
    for _ in range(epochs):
        trainer.train(1)
    return [record.train_loss for record in trainer.state.history[1:]]


def what_if_settings(**settings):
    """Return settings of Training, and the same on the sheet What if."""
    return settings | {f"what_if_{key}": value for key, value in settings.items()}


def test_as_built_it_is_a_hundred_clicks_on_epoch(opened, name):
    book = opened(name)
    book.hold({})
    assert losses(book) == history(book)


@pytest.mark.parametrize(
    "settings",
    [
        {"lr": 0.02, "batch_size": 32, "seed": 5},
        {"lr": 0.02, "batch_size": 100, "optimizer": "momentum", "momentum": 0.9},
        {"lr": 0.01, "batch_size": 712, "optimizer": "adam"},
    ],
    ids=lambda settings: " ".join(settings),
)
def test_with_the_settings_of_training_it_is_what_the_buttons_do(opened, name, settings):
    book = opened(name)
    book.hold(what_if_settings(**settings) | {"weight_decay": 0.001, "valid_fraction": 0.2, "shuffle": False})
    assert losses(book) == history(book)


def test_with_a_second_layer_that_trains_too(opened):
    book = opened("titanic_two_layer")
    book.hold(what_if_settings(lr=0.05, batch_size=128) | {"second_layer": TRAINED, "activation_1": "tanh"})
    assert losses(book) == history(book)


def test_sgd_with_momentum_is_the_optimizer_momentum(opened, name):
    book = opened(name)
    book.hold({"what_if_momentum": 0.9, "optimizer": "momentum", "momentum": 0.9})
    assert losses(book) == history(book)


def test_another_seed_begins_where_new_random_weights_would(opened, name):
    book = opened(name)
    book.hold({"what_if_seed": 3, "what_if_batch_size": 64})
    found = losses(book)
    book.hold({"seed": 3, "batch_size": 64})
    assert found == history(book)


@pytest.mark.parametrize(
    "change",
    [{"lr": 0.05}, {"momentum": 0.5}, {"optimizer": "adam"}, {"batch_size": 64}, {"seed": 4}],
    ids=lambda change: next(iter(change)),
)
def test_one_setting_redraws_the_entire_curve_and_changes_nothing_else(opened, name, change):
    book = opened(name)
    book.hold({})
    before, model = losses(book), book.file.read("history")
    book.hold({f"what_if_{key}": value for key, value in change.items()})
    # The first step has no momentum yet.
    assert not set(losses(book)[1:]) & set(before)
    assert book.file.read("history") == model


def test_fewer_epochs_leave_the_rest_of_the_column_without_a_number(opened, name):
    book = opened(name)
    book.hold({})
    before = losses(book)
    book.hold({"what_if_epochs": 40})
    assert losses(book) == before[:40] + [ErrorCode.NA] * 60
    assert book.sheets.cell("What if", CARDS + 1, 2) == before[39]


def verdict(book):
    return book.sheets.cell("What if", VERDICT, 2)


def test_it_says_whether_the_kept_run_ended_lower(opened, name):
    book = opened(name)
    book.hold({})
    assert verdict(book) == what_if.KEEP_FIRST
    press(CLICKS["keep"], book.file)
    kept = book.file.read("kept_loss_curve")
    assert kept == book.file.read("loss_curve")
    assert kept[0] == ["sgd, lr 0.1, batch 712, seed 0"]
    for lr, said in ((0.2, what_if.LOWER), (0.05, what_if.NOT_LOWER)):
        book.hold({"kept_loss_curve": kept, "what_if_lr": lr})
        assert verdict(book) == said
        assert book.file.read("loss_curve")[0] == [f"sgd, lr {lr}, batch 712, seed 0"]
        assert book.sheets.cell("What if", CARDS + 1, 3) == kept[-1][0]


def test_what_flies_off_is_said_and_kept_without_its_errors(opened):
    book = opened("titanic_linear")
    book.hold({"what_if_lr": 50})
    found = losses(book)
    numbers = [loss for loss in found if isinstance(loss, float)]
    assert found == numbers + [ErrorCode.NUM] * (100 - len(numbers))
    assert 3 < len(numbers) < 100
    assert verdict(book) == what_if.FLIES_OFF
    press(CLICKS["keep"], book.file)
    assert [row[0] for row in book.file.read("kept_loss_curve")[1:]] == numbers + [None] * (100 - len(numbers))


def test_what_the_sheet_says_to_try_comes_true(opened, name):
    book = opened(name)

    def curve(**settings):
        book.hold({f"what_if_{key}": value for key, value in settings.items()})
        return losses(book)

    plain = curve()
    assert curve(lr=0.2)[-1] < plain[-1]
    if name == "titanic_linear":
        assert curve(lr=0.3)[-1] > 1e40
        ends = [curve(seed=seed, lr=0.2, momentum=0.8)[-1] for seed in (1, 2, 3)]
        assert max(ends) < LEAST_SQUARES + 0.001
    else:
        assert curve(lr=0.3)[-1] > plain[-1]
        assert curve(lr=2)[-1] == pytest.approx(0.4045, abs=5e-5)
        ends = [curve(seed=seed, lr=0.1, momentum=0.9)[-1] for seed in range(1, 6)]
        assert max(ends) - min(ends) > 0.001
    assert curve(momentum=0.9)[49] < plain[99]
    batches = np.array(curve(batch_size=32))
    assert batches[0] < plain[4]
    assert (np.diff(batches) > 0).sum() > 20
    calm = np.array(curve(batch_size=32, lr=0.02))
    assert np.abs(np.diff(calm[50:])).max() < np.abs(np.diff(batches[50:])).max() / 3


def found_rates(book):
    """Return the rates with the losses after their steps, under the suggested one."""
    area = Area("What if", TOP, FIND_LEFT, TOP + what_if.RATES, FIND_LEFT + 1)
    return book.sheets.values(area)


def test_the_rates_are_those_of_plain_numpy(opened):
    """One step of gradient descent with each rate in turn, all rows, from the first weights."""
    book = opened("titanic_linear")
    book.hold({})
    found = found_rates(book).astype(float)
    x, y = (np.array(book.file.read(each)) for each in ("inputs", "target"))
    w = np.array(book.file.read("initial_weight_1"))
    rates = np.geomspace(what_if.FIRST_RATE, what_if.LAST_RATE, what_if.RATES)
    np.testing.assert_allclose(found[1:, 0], rates, rtol=1e-12)
    expected = []
    for rate in rates:
        w = w - rate * 2 * x.T @ (x @ w - y) / len(x)
        expected.append(np.mean((x @ w - y) ** 2))
    np.testing.assert_allclose(found[1:96, 1], expected[:95], rtol=1e-9)
    # Beyond, each step overshoots, and makes the last digits of the one before larger.
    np.testing.assert_allclose(found[96:, 1], expected[95:], rtol=1e-3)
    best = rates[int(np.argmin(expected))]
    assert found[0, 0] == pytest.approx(best / 10, rel=1e-12)
    assert book.sheets.cell("What if", CARDS + 1, 4) == found[0, 0]


@pytest.mark.parametrize("settings", [{}, {"batch_size": 32}], ids=["all rows", "batches"])
def test_the_suggested_rate_trains(opened, name, settings):
    book = opened(name)
    cells = {f"what_if_{key}": value for key, value in settings.items()}
    book.hold(cells)
    suggested = found_rates(book)[0, 0]
    assert isinstance(suggested, float)
    book.hold(cells | {"what_if_lr": suggested})
    assert losses(book)[-1] < 0.16


def test_a_curve_of_too_much_work_is_refused_and_the_sheet_says_where_to_ask(opened, monkeypatch):
    """As a table of many rows would be: the limit is lowered to what these rows take."""
    book = opened("titanic_linear")
    monkeypatch.setattr("pyfuncs.catalogue.training_runs.MOST_MULTIPLY_ADDS", MOST_MULTIPLY_ADDS // 1000)
    book.hold({"what_if_lr": 0.05})
    assert losses(book) == [ErrorCode.NUM] * 100
    assert verdict(book) == what_if.NO_CURVE


def test_training_the_file_leaves_the_sheet_right(template, gradsheet, opened, name):
    path = template(name)
    assert gradsheet("train", path, "--epochs", 3, "--set", "what_if_lr=0.05", "--quiet").status == 0
    cells = openpyxl.load_workbook(path, data_only=True)["What if"]
    shown = [cells.cell(TOP + i, CURVES_LEFT + 1).value for i in range(100)]
    book = opened(name)
    book.hold({"what_if_lr": 0.05})
    assert shown == losses(book)


def test_a_block_shows_what_a_spreadsheet_shows_of_an_array():
    column = np.array([[1.0], [2.0]])
    assert spread(column, (3, 2)).tolist() == [[1, 1], [2, 2], [ErrorCode.NA, ErrorCode.NA]]
    assert spread(np.array([[1.0, 2.0], [3.0, 4.0]]), (1, 1)).tolist() == [[1]]
    assert spread(np.array([[7.0]]), (2, 2)).tolist() == [[7, 7], [7, 7]]
