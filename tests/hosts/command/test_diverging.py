"""A learning rate that flies off: one line that says in which epoch, exit status 2, the last finite weights kept."""

import json

import numpy as np
import pytest

from addin.excel.inside.training import LongRun
from pyfuncs.training.contract import read_model
from pyfuncs.training.model import Record
from pyfuncs.training.trainer import Diverged, Trainer
from workbooks.clicks.click import reached
from workbooks.clicks.table import CLICKS
from workbooks.xlsx.workbook import WorkbookFile


def diverged(gradsheet, path, *options):
    result = gradsheet("train", path, *options, "--quiet")
    assert (result.status, result.out) == (2, "")
    assert result.err.count("\n") == 1, result.err
    assert result.err.startswith(f"gradsheet: {path}: Training diverged in ")
    return result.err


def test_the_workbook_holds_the_last_finite_epoch(gradsheet, small_book, small_cells):
    path = small_book()
    err = diverged(gradsheet, path, "--set", "activation_1=identity", "--lr", "1e30", "--epochs", 1000)
    trainer = Trainer(small_cells(lr=1e30, activation_1="identity").model())
    with pytest.raises(Diverged) as caught:
        trainer.train(1000)
    assert str(caught.value) in err
    state = read_model(WorkbookFile.open(path)).state
    assert state.params.tobytes() == trainer.state.params.tobytes()
    assert np.isfinite(state.params).all()
    assert f"in epoch {state.epoch + 1}:" in err


def test_the_rate_that_was_too_large_is_what_the_workbook_holds(gradsheet, small_book):
    path = small_book(activation_1="identity")
    diverged(gradsheet, path, "--lr", "1e30", "--epochs", 1000)
    assert WorkbookFile.open(path).read("lr") == [[1e30]]
    assert gradsheet("train", path, "--lr", 0.01, "--reset", "--epochs", 5, "--quiet").status == 0


def test_single_steps_say_which_step(gradsheet, small_book):
    path = small_book(activation_1="identity", batch_size=2)
    err = diverged(gradsheet, path, "--lr", "1e30", "--steps", 1000)
    state = read_model(WorkbookFile.open(path)).state
    assert f"in step {state.step + 1} of epoch {state.epoch + 1}:" in err


def test_all_restarts_diverge(gradsheet, small_book):
    path = small_book(activation_1="identity")
    result = gradsheet("train", path, "--lr", "1e30", "--epochs", 100, "--restarts", 2, "--quiet")
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert np.isfinite(read_model(WorkbookFile.open(path)).state.params).all()


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer"])
def test_a_template_is_refreshed_without_a_word_more(gradsheet, template, name):
    """What overflows in the refreshed formulas must not print warnings of its own."""
    path = template(name)
    diverged(gradsheet, path, "--set", "activation_1=identity", "--lr", 1e6, "--epochs", 1000)
    loss = json.loads(gradsheet("evaluate", path).out)["all"]["loss"]
    assert np.isfinite(loss)


def test_the_lines_of_a_run_that_flies_off_are_short(gradsheet, template):
    path = template("titanic_linear")
    result = gradsheet("train", path, "--lr", 2, "--epochs", 100)
    assert result.status == 0
    lines = (result.out.replace(str(path), "") + result.err).splitlines()
    assert len(lines) > 10
    assert max(map(len, lines)) < 100
    assert "epoch 100 of 100: train loss 1.6E+248, accuracy 40.4%, error rate 59.6%" in lines
    weights = path.with_suffix(".csv")
    gradsheet("export", path, weights)
    imported = gradsheet("import", path, weights)
    assert imported.out.endswith(", loss 1.6E+248.\n")


def test_the_lines_of_starts_that_fly_off_are_short(gradsheet, template):
    result = gradsheet("train", template("titanic_linear"), "--lr", 2, "--epochs", 100, "--restarts", 3)
    starts = [line for line in (result.out + result.err).splitlines() if line.startswith(("start ", "3 starts "))]
    assert len(starts) == 4
    assert all("E+2" in line and len(line) < 120 for line in starts)


def test_r_squared_far_below_zero_is_short(gradsheet, own_table):
    result = gradsheet("train", own_table, "--optimizer", "sgd", "--lr", 2, "--epochs", 100, "--quiet")
    assert ", R² -" in result.out
    assert len(result.out.replace(str(own_table), "")) < 120
    assert result.out.count("E+") == 3


def test_a_buttons_sentence_is_short(small_cells):
    record = Record(122, 0, 3.64295e303, None, 0.404, 0.596)
    assert reached(record) == "Epoch 122, step 0: loss 3.6E+303, accuracy 40.4%."
    run = LongRun(small_cells(epochs_per_click=130), CLICKS["epochs"])
    run.finished(record)
    assert run.text == "Epoch 122 of 130: loss 3.6E+303"
