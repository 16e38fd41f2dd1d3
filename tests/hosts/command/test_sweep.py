"""gradsheet sweep trains each combination as train --restarts does, for any workers, and draws the losses."""

import csv
import math
import re
import shlex
import signal
import statistics
import subprocess
import sys

import openpyxl
import pytest

from workbooks.sweep import DIVERGED

SETTINGS = {"optimizer": "momentum", "seed": 3, "valid_fraction": 0.25, "initial_weight_1": None}
GRID = ("--lr", "0.01:0.1:3", "--batch-size", "2,9", "--seeds", 3, "--epochs", 6)


def runs(path):
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def best_start(text):
    """Return the best loss and its seed as train --restarts says them."""
    found = re.search(r"best loss (\S+) \(seed (\d+)\)", text)
    return found[1], int(found[2])


def median_of(rows, layer):
    return statistics.median(float(row["loss"]) for row in rows if row["second_layer"] == layer)


@pytest.fixture
def swept(gradsheet, small_book, tmp_path):
    """Return the CSV file and the workbook of a small sweep."""
    result = gradsheet("sweep", small_book(**SETTINGS), *GRID, "-o", tmp_path / "out.xlsx")
    assert (result.status, result.err.count("\n")) == (0, 18)
    return tmp_path / "out.csv", tmp_path / "out.xlsx"


def test_every_combination_ends_as_train_with_restarts_does(gradsheet, small_book, swept, tmp_path):
    rows = runs(swept[0])
    settings = list(dict.fromkeys((row["lr"], row["batch_size"]) for row in rows))
    assert settings == [(lr, size) for lr in ("0.01", "0.03162", "0.1") for size in ("2", "9")]
    assert [row["seed"] for row in rows] == ["3", "4", "5"] * 6
    for lr, size in settings:
        losses = {row["seed"]: float(row["loss"]) for row in rows if (row["lr"], row["batch_size"]) == (lr, size)}
        options = ("--lr", lr, "--batch-size", size, "--restarts", 3, "--epochs", 6, "--quiet")
        out = gradsheet("train", small_book(**SETTINGS), *options).out
        seed = min(losses, key=losses.get)
        assert best_start(out) == (f"{losses[seed]:.6f}", int(seed))


def test_the_heat_maps_hold_medians_and_means_and_mark_the_least(swept):
    rows = runs(swept[0])
    sheet = openpyxl.load_workbook(swept[1])["Sweep"]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)}
    for title, figure in (("Median of 3 seeds", statistics.median), ("Mean of 3 seeds", statistics.fmean)):
        top = cells[title].row + 1
        assert [cell.value for cell in sheet[top][:3]] == ["lr ↓  batch_size →", 2, 9]
        expected = {
            (lr, size): figure([float(r["loss"]) for r in rows if (float(r["lr"]), int(r["batch_size"])) == (lr, size)])
            for lr in (0.01, 0.03162, 0.1)
            for size in (2, 9)
        }
        found = {
            (sheet.cell(row, 1).value, sheet.cell(top, column).value): sheet.cell(row, column)
            for row in range(top + 1, top + 4)
            for column in (2, 3)
        }
        assert {place: cell.value for place, cell in found.items()} == pytest.approx(expected, rel=1e-14)
        marked = [place for place, cell in found.items() if "★" in cell.number_format]
        assert marked == [min(expected, key=expected.get)]
    assert any(
        "colorScale" in (rule.type for rule in rules) for rules in sheet.conditional_formatting._cf_rules.values()
    )


def test_the_list_of_runs_is_that_of_the_csv_file(swept):
    first, *rest = openpyxl.load_workbook(swept[1])["Runs"].values
    assert first == ("lr", "batch_size", "seed", "validation loss")
    assert rest == [tuple(float(row[name]) for name in row) for row in runs(swept[0])]


def test_any_workers_give_the_same_files(gradsheet, small_book, swept, cluster, tmp_path):
    for workers in (("--jobs", 1), ("--jobs", 3), ("--cluster", cluster)):
        other = tmp_path / "other.xlsx"
        result = gradsheet("sweep", small_book(**SETTINGS), *GRID, *workers, "-o", other, "--force", "--quiet")
        assert (result.status, result.err) == (0, "")
        assert other.with_suffix(".csv").read_bytes() == swept[0].read_bytes()
        assert other.read_bytes() == swept[1].read_bytes()


def test_first_values_that_follow_a_setting_are_those_of_its_values(gradsheet, template, tmp_path):
    path = template("titanic_two_layer")
    values = ("--set", "second_layer=fixed ones,trained with biases", "--set", "momentum=0.5")
    result = gradsheet("sweep", path, *values, "--seeds", 2, "--epochs", 3, "-o", tmp_path / "out.xlsx", "--quiet")
    assert result.status == 0
    rows = runs(tmp_path / "out.csv")
    for layer in ("fixed ones", "trained with biases"):
        best = min((row for row in rows if row["second_layer"] == layer), key=lambda row: float(row["loss"]))
        options = ("--set", f"second_layer={layer}", "--set", "momentum=0.5", "--epochs", 3, "--restarts", 2)
        out = gradsheet("train", path, *options, "--quiet", "--save", tmp_path / "trained.xlsx").out
        assert best_start(out) == (f"{float(best['loss']):.6f}", int(best["seed"]))
    command = result.out.rpartition("To train it so: gradsheet ")[2].strip()
    layer = min(rows, key=lambda row: median_of(rows, row["second_layer"]))["second_layer"]
    given = ["--set", f"second_layer={layer}", "--momentum", "0.5"]
    assert shlex.split(command) == ["train", str(path), *given, "--epochs", "3", "--restarts", "2"]


def test_what_diverges_is_said_and_comes_last(gradsheet, small_book, tmp_path):
    path = small_book(activation_1="identity")
    result = gradsheet("sweep", path, "--lr", "0.01,1e30", "--epochs", 50, "-o", tmp_path / "out.xlsx", "--quiet")
    assert result.status == 0
    assert "Best: lr 0.01, loss " in result.out
    assert [math.isinf(float(row["loss"])) for row in runs(tmp_path / "out.csv")] == [False, True]
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book["Runs"]["C3"].value == DIVERGED
    assert any(cell.value == DIVERGED for row in book["Sweep"].iter_rows() for cell in row)
    result = gradsheet("sweep", path, "--lr", "1e29,1e30", "--epochs", 50, "-o", tmp_path / "all.xlsx", "--quiet")
    assert "Training diverged with all settings: take smaller learning rates." in result.out


@pytest.mark.parametrize(
    ("changes", "options", "problem"),
    [
        ({}, (), "There is nothing to try: give a setting several values, --lr 0.001:0.3:8 for instance."),
        ({}, ("--lr", "0.1"), "There is nothing to try"),
        ({}, ("--lr", "0.1,0.2,0.1"), "lr is to be 0.1 twice: name each value once."),
        ({}, ("--lr", "0.1,-1"), "small.xlsx, Model!A37 (lr) is -1, but must be 0 or more."),
        ({}, ("--lr", "0.1,0.2", "--optimizer", "sgd,best"), '(optimizer) is "best", but must be one of sgd, '),
        ({}, ("--set", "loss=mse,bce"), "loss can have one value only here: losses of another kind"),
        ({}, ("--set", "seed=1,2"), "seed can have one value only here: give --seeds"),
        ({}, ("--set", "lr"), "--set lr must be NAME=VALUE"),
        ({}, ("--set", "alpha=0.1,0.2"), "small.xlsx has no name alpha: define it"),
        ({"seed": None}, ("--lr", "0.1,0.2"), "small.xlsx has no name seed, so no run could be repeated"),
        ({"trains_1": False, "trains_2": False}, ("--lr", "0.1,0.2"), "No layer trains, so all settings would end"),
        ({"weight_1": None}, ("--lr", "0.1,0.2"), "small.xlsx has no name weight_1, so there is no model to train"),
        ({"split": [["valid"]] * 12}, ("--lr", "0.1,0.2"), "small.xlsx: No row trains"),
        ({}, ("--lr", "0.1,0.2", "--seeds", 99999), "That would be 199,998 runs, but at most 100,000"),
        ({}, ("--lr", "0.1,0.2", "--epochs", -1), "--epochs is -1, but must be from 0 to"),
        ({}, ("--lr", "0.1,0.2", "-o", "small.csv"), "-o small.csv must end in .xlsx"),
        ({}, ("--lr", "0.1,0.2", "-o", "small.xlsx", "--force"), "small.xlsx is the workbook itself"),
        ({}, ("--lr", "0.3:0.1:8"), "0.3:0.1:8 must go from a number above 0 to a larger one"),
        ({}, ("--lr", "0.1:0.3"), "0.1:0.3 must be FIRST:LAST:COUNT"),
        ({}, ("--batch-size", "1,x"), "1,x must be numbers with commas between"),
        ({}, ("--lr", "0.1,0.2", "--jobs", 0), "0 is not a whole number from 1 to"),
        ({}, ("--lr", "0.1,0.2", "--jobs", 2, "--cluster", "tcp://a:1"), "not allowed with argument --jobs"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_nothing_is_written(
    gradsheet, small_book, tmp_path, monkeypatch, changes, options, problem
):
    small_book(**changes)
    monkeypatch.chdir(tmp_path)
    result = gradsheet("sweep", "small.xlsx", *options, "--quiet")
    assert result.status == 2
    assert problem in result.err
    assert result.err.count("\n") == 1
    assert [file.name for file in tmp_path.iterdir()] == ["small.xlsx"]


@pytest.mark.parametrize("name", ["small.sweep.xlsx", "small.sweep.csv"])
def test_a_file_that_is_there_stays_unless_forced(gradsheet, small_book, tmp_path, monkeypatch, name):
    small_book()
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).write_text("mine")
    result = gradsheet("sweep", "small.xlsx", "--lr", "0.1,0.2", "--epochs", 1, "--quiet")
    assert (result.status, (tmp_path / name).read_text()) == (2, "mine")
    assert f"{name} is there already" in result.err
    result = gradsheet("sweep", "small.xlsx", "--lr", "0.1,0.2", "--epochs", 1, "--quiet", "--force")
    assert result.status == 0
    assert sorted(file.name for file in tmp_path.iterdir()) == ["small.sweep.csv", "small.sweep.xlsx", "small.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
@pytest.mark.parametrize("command", ["sweep", "train"])
@pytest.mark.parametrize("workers", ["threads", "cluster"])
def test_ctrl_c_ends_all_workers_with_one_line(small_book, tmp_path, request, command, workers):
    path = small_book(**SETTINGS)
    before = path.read_bytes()
    given = ["--jobs", "2"] if workers == "threads" else ["--cluster", request.getfixturevalue("cluster")]
    many = ["--lr", "0.01,0.02", "--seeds", "9"] if command == "sweep" else ["--restarts", "9"]
    arguments = [command, str(path), *many, "--epochs", "300000", *given]
    with subprocess.Popen(
        [sys.executable, "-P", "-m", "addin.cli", *arguments], cwd=tmp_path, stderr=subprocess.PIPE, text=True
    ) as process:
        assert "1 of" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err.splitlines()[-1] == "gradsheet: stopped; nothing was changed."
    assert all(re.match(r"(run|start) \d+ of", line) for line in err.splitlines()[:-1])
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["small.xlsx"]
