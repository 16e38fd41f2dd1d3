"""gradsheet train does what its options say, keeps settings in the workbook, and gives an uncut training's bits."""

import json

import openpyxl
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.xlsx.workbook import WorkbookFile

FORMULA_FREE = {"optimizer": "momentum", "batch_size": 5, "valid_fraction": 0.25}


def opened(path):
    return WorkbookFile.open(path)


def one(path, name):
    return opened(path).read(name)[0][0]


def weights(path):
    return read_model(opened(path)).state.params.tobytes()


def trained(cells, epochs=0, steps=0):
    trainer = Trainer(cells.model())
    trainer.train(epochs)
    trainer.step(steps)
    return trainer.state


def test_it_trains_and_saves_in_place(gradsheet, small_book, small_cells):
    path = small_book(**FORMULA_FREE)
    result = gradsheet("train", path, "--epochs", 4)
    state = trained(small_cells(**FORMULA_FREE), 4)
    assert result.status == 0
    assert result.out.startswith(f"{path}: epoch 4, train loss {state.history[-1].train_loss:.6f}, valid loss ")
    assert weights(path) == state.params.tobytes()
    assert one(path, "epoch") == 4
    assert read_model(opened(path)).state.history == state.history


def test_without_epochs_it_trains_as_many_as_the_workbook_says(gradsheet, small_book):
    path = small_book(epochs_per_click=3)
    assert gradsheet("train", path).status == 0
    assert one(path, "epoch") == 3


def test_cut_into_calls_the_bits_are_the_same(gradsheet, small_book, small_cells):
    path = small_book(**FORMULA_FREE)
    for options in (["--epochs", 1], ["--steps", 1], ["--epochs", 2], ["--steps", 3], ["--epochs", 1], ["--epochs", 0]):
        assert gradsheet("train", path, *options, "--quiet").status == 0
    assert one(path, "epoch") == 5
    whole = trained(small_cells(**FORMULA_FREE), 5)
    state = Trainer(read_model(opened(path))).state
    assert (state.params.tobytes(), state.optimizer.tobytes()) == (whole.params.tobytes(), whole.optimizer.tobytes())
    assert state.history == whole.history


def test_steps(gradsheet, small_book, small_cells):
    path = small_book(**FORMULA_FREE)
    assert gradsheet("train", path, "--steps", 3).status == 0
    assert weights(path) == trained(small_cells(**FORMULA_FREE), steps=3).params.tobytes()
    assert (one(path, "epoch"), one(path, "step")) == (1, 1)


@pytest.mark.parametrize(
    ("option", "value", "name"),
    [
        ("--lr", 0.25, "lr"),
        ("--momentum", 0.5, "momentum"),
        ("--weight-decay", 0.125, "weight_decay"),
        ("--batch-size", 4, "batch_size"),
        ("--optimizer", "momentum", "optimizer"),
        ("--seed", 9, "seed"),
        ("--valid-fraction", 0.25, "valid_fraction"),
        ("--set", "loss=l1", "loss"),
        ("--set", " shuffle = FALSE ", "shuffle"),
    ],
)
def test_a_setting_is_used_and_kept(gradsheet, small_book, small_cells, option, value, name):
    path = small_book(batch_size=5) if name in ("seed", "shuffle") else small_book()
    assert gradsheet("train", path, "--epochs", 2, option, value).status == 0
    meant = {"loss=l1": "l1", " shuffle = FALSE ": False}.get(value, value)
    assert one(path, name) == meant
    changes = {"batch_size": 5} if name in ("seed", "shuffle") else {}
    assert weights(path) == trained(small_cells(**{**changes, name: meant}), 2).params.tobytes()


def test_several_settings_at_once(gradsheet, small_book):
    path = small_book()
    options = ("--set", "activation_2=sigmoid", "--set", "loss=bce", "--set", "epochs_per_click=2")
    assert gradsheet("train", path, *options).status == 0
    assert (one(path, "activation_2"), one(path, "loss"), one(path, "epoch")) == ("sigmoid", "bce", 2)


def test_names_are_not_case_sensitive(gradsheet, small_book):
    path = small_book()
    assert gradsheet("train", path, "--set", "LR=0.5", "--epochs", 0).status == 0
    assert one(path, "lr") == 0.5


def test_reset_begins_again_from_the_first_weights(gradsheet, small_book, small_cells):
    path = small_book(**FORMULA_FREE)
    gradsheet("train", path, "--epochs", 5)
    assert gradsheet("train", path, "--epochs", 2, "--reset").status == 0
    assert weights(path) == trained(small_cells(**FORMULA_FREE), 2).params.tobytes()
    assert one(path, "epoch") == 2
    gradsheet("train", path, "--epochs", 0, "--reset")
    assert weights(path) == small_cells().model().state.params.tobytes()
    assert [row[0] for row in opened(path).read("history")][:2] == [0, None]


def test_save_leaves_the_workbook_that_was_read(gradsheet, small_book, tmp_path):
    path = small_book()
    before = path.read_bytes()
    result = gradsheet("train", path, "--epochs", 2, "--save", tmp_path / "other.xlsx")
    assert result.status == 0
    assert result.out.startswith(f"{tmp_path / 'other.xlsx'}: epoch 2")
    assert path.read_bytes() == before
    assert one(tmp_path / "other.xlsx", "epoch") == 2


def test_export_writes_the_trained_weights(gradsheet, small_book, tmp_path):
    path = small_book()
    assert gradsheet("train", path, "--epochs", 2, "--export", tmp_path / "w.csv").status == 0
    assert (tmp_path / "w.csv").read_bytes().replace(b"\r\n", b"\n").decode() == gradsheet("export", path).out


def test_nothing_but_the_contracts_cells_changes(gradsheet, small_book):
    path = small_book()
    before = openpyxl.load_workbook(path)["Model"]
    gradsheet("train", path, "--epochs", 2)
    after = openpyxl.load_workbook(path)["Model"]
    area = {name: opened(path).area(name) for name in ("weight_1", "weight_2", "bias_1", "bias_2", "epoch", "history")}
    changed = {
        (row, column)
        for row in range(1, after.max_row + 1)
        for column in range(1, after.max_column + 1)
        if before.cell(row, column).value != after.cell(row, column).value
    }
    memory = {name: opened(path).area(name) for name in opened(path).names if name.startswith("optimizer_")}
    allowed = {place for cells in (area | memory).values() for place in cells.positions()}
    assert changed
    assert changed <= allowed


def test_formulas_that_depend_on_the_weights_lose_their_value(gradsheet, small_book):
    path = small_book()
    workbook = openpyxl.load_workbook(path)
    workbook["Model"]["Z1"] = "=SUM(weight_1)"
    workbook["Model"]["Z2"] = "=1+1"
    workbook.save(path)
    assert gradsheet("train", path, "--epochs", 1).status == 0
    workbook = openpyxl.load_workbook(path)
    assert workbook["Model"]["Z1"].value == "=SUM(weight_1)"
    assert workbook.calculation.fullCalcOnLoad


def test_restarts_keep_the_best_and_reset_comes_back_to_it(gradsheet, small_book):
    path = small_book(seed=3)
    result = gradsheet("train", path, "--restarts", 5, "--epochs", 6, "--quiet")
    assert result.status == 0
    assert result.err == ""
    first, second = result.out.splitlines()
    assert first.startswith("5 starts of 6 epochs: best loss ")
    best = first.partition("best loss ")[2].partition(" ")[0]
    assert f"train loss {best}" in second
    assert one(path, "seed") in range(3, 8)
    assert f"(seed {one(path, 'seed'):g})" in first
    after = weights(path)
    assert gradsheet("train", path, "--reset", "--epochs", 6, "--quiet").status == 0
    assert weights(path) == after


def test_restarts_can_be_repeated(gradsheet, small_book, tmp_path):
    paths = [small_book(path=tmp_path / f"{i}.xlsx") for i in range(2)]
    outs = [gradsheet("train", path, "--restarts", 3, "--epochs", 3).out.replace(str(path), "") for path in paths]
    assert outs[0] == outs[1]
    assert weights(paths[0]) == weights(paths[1])


def test_one_start_is_a_plain_training_from_its_seed(gradsheet, small_book):
    path = small_book(seed=4)
    gradsheet("train", path, "--restarts", 1, "--epochs", 3)
    loss = json.loads(gradsheet("evaluate", path).out)["all"]["loss"]
    assert gradsheet("train", path, "--reset", "--epochs", 3).status == 0
    assert json.loads(gradsheet("evaluate", path).out)["all"]["loss"] == loss


def test_quiet_says_only_the_result(gradsheet, small_book):
    result = gradsheet("train", small_book(), "--epochs", 5, "--quiet")
    assert result.err == ""
    assert result.out.count("\n") == 1


@pytest.mark.parametrize(("epochs", "lines"), [(0, 0), (1, 1), (5, 5), (10, 10), (25, 13), (1000, 10)])
def test_without_a_terminal_there_are_a_few_plain_lines(gradsheet, small_book, epochs, lines):
    result = gradsheet("train", small_book(valid_fraction=0.25), "--epochs", epochs)
    assert len(result.err.splitlines()) == lines
    assert "\r" not in result.err
    if lines:
        assert result.err.splitlines()[-1].startswith(f"epoch {epochs} of {epochs}: train loss ")
        assert "valid loss" in result.err


def test_resumed_lines_count_on(gradsheet, small_book):
    path = small_book()
    gradsheet("train", path, "--epochs", 3)
    assert gradsheet("train", path, "--epochs", 2).err.splitlines()[-1].startswith("epoch 5 of 5:")
