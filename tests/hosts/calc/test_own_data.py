"""A workbook made from a table in the real program: it calculates, trains by button, exports the same bytes."""

import shutil

import numpy as np
import pytest
from sklearn.datasets import load_iris

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from pyfuncs.training.weights import export_weights
from workbooks.own_data.workbook import rebuild
from workbooks.recalculate import FileCells
from workbooks.sheets.status import AS_SAVED, ON
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

CLOSE = 1e-9
EPOCHS = 40
SUMS_AS_NUMPY = ("7.4",)
"""Versions of the office whose means and deviations of the columns of iris are NumPy's, bit for bit."""
INPUTS_APART = 2e-15
"""Measured 6.7e-16 in LibreOffice 25.2: its sums differ in the last bit, and with them a normalised input."""
WEIGHTS_APART = 1e-14
"""Measured 7.8e-16 in LibreOffice 25.2, after 40 epochs from such inputs."""


@pytest.fixture
def messy(tmp_path):
    """Return a table with blanks, words and a quantity as target."""
    lines = ["size,colour,weight"]
    for i in range(40):
        size = "" if i % 7 == 3 else str(i * 1.5 + i * i % 11)
        colour = "" if i % 9 == 4 else ["red", "blue", "red", "green", "plum"][i % 5] if i % 13 else f"rare{i}"
        lines.append(f"{size},{colour},{i * 3 % 17 + i / 8}")
    path = tmp_path / "messy.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.fixture
def iris(tmp_path):
    """Return scikit-learn's iris as CSV."""
    found = load_iris()
    rows = [",".join(map(str, [*row, found.target_names[k]])) for row, k in zip(found.data, found.target, strict=True)]
    path = tmp_path / "iris.csv"
    path.write_text("\n".join([",".join([*found.feature_names, "species"]), *rows]), encoding="utf-8")
    return path


@pytest.fixture
def dated(tmp_path):
    """Return a table with dates, times, percentages, and columns of words and numbers that are nearly blank."""
    lines = ["day,at,share,grade,pool,weight"]
    for i in range(40):
        day = "" if i % 11 == 5 else f"2020-{1 + i % 12:02}-{1 + i % 28:02}"
        grade = ["good", "fair"][i // 6 % 2] if i % 6 == 0 else ""
        lines.append(f"{day},{i % 24}:30,{i * 7 % 50} %,{grade},{i if i % 9 == 0 else ''},{i * 3 % 17 + i / 8}")
    path = tmp_path / "dated.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def differences(calc, book, path):
    """Return the formula cells that show something else than the file holds."""
    found = calc.formula_cells(book)
    expected = rebuild(FileCells(Package.open(path))).formula_values()
    return [
        (sheet, place, shown, value)
        for sheet, values in expected.items()
        for place, value in values.items()
        for shown in [found[sheet].get(f"{place[0]},{place[1]}")]
        if not is_same(shown, value)
    ]


def is_same(shown, value):
    if isinstance(value, str):
        return shown == value.replace(AS_SAVED, ON)
    if not isinstance(shown, int | float):
        return shown == value
    return abs(shown - value) <= CLOSE * max(1.0, abs(value))


def answers(gradsheet, book, table, out):
    """Return what the last column of the answers to a table holds."""
    result = gradsheet("predict", book, table, "-o", out)
    assert result.status == 0, result.err
    return [line.rpartition(",")[2] for line in out.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize(
    "options",
    [("--target", "weight"), ("--target", "weight", "--fill", "mode", "--hidden", "4,3"), ("--target", "colour")],
    ids=["regression", "mode and a network", "classes"],
)
def test_calc_calculates_what_the_file_holds(options, calc, messy, gradsheet, tmp_path):
    path = tmp_path / "my.xlsx"
    assert gradsheet("new", messy, *options, "-o", path).status == 0
    assert gradsheet("train", path, "--epochs", 5, "--quiet").status == 0
    book = calc.open(str(path))
    calc.calculate(book)
    assert differences(calc, book, path) == []
    calc.close(book)


@pytest.mark.parametrize("target", ["weight", "day"])
def test_calc_calculates_dates_and_blanks_that_are_values(target, calc, dated, gradsheet, tmp_path):
    path, saved = tmp_path / "my.xlsx", tmp_path / "saved.xlsx"
    result = gradsheet("new", dated, "--target", target, "-o", path)
    assert "blank is a value of its own" in result.out
    assert gradsheet("train", path, "--epochs", 5, "--quiet").status == 0
    book = calc.open(str(path))
    calc.calculate(book)
    assert differences(calc, book, path) == []
    calc.save(book, str(saved))
    calc.close(book)
    ours, theirs = (answers(gradsheet, each, dated, tmp_path / "out.csv") for each in (path, saved))
    if target == "day":
        assert ours == theirs
        assert ours[0].startswith("20")
    else:
        assert all(abs(float(a) - float(b)) < CLOSE for a, b in zip(ours, theirs, strict=True))


class WithInputs:
    """The cells of a file, but for the inputs."""

    def __init__(self, file, inputs):
        self.file, self.inputs = file, inputs

    def __contains__(self, name):
        return name in self.file

    def __getattr__(self, name):
        return getattr(self.file, name)

    def read(self, name):
        return self.inputs if name == "inputs" else self.file.read(name)


@pytest.fixture
def trained_by_buttons(calc, iris, gradsheet, tmp_path):
    """Return a workbook made from iris, the inputs that Calc calculates in it, and what its buttons end with."""
    path, exported = tmp_path / "my.xlsx", tmp_path / "office.csv"
    assert gradsheet("new", iris, "--target", "species", "-o", path).status == 0
    shutil.copy(path, tmp_path / "open.xlsx")
    book = calc.open(str(tmp_path / "open.xlsx"))
    inputs = calc.named(book, "inputs")
    calc.put_named(book, "epochs_per_click", [[EPOCHS]])
    assert calc.click(book, "epochs")["done"]
    assert calc.click(book, "export", str(exported))["done"]
    calc.close(book)
    return path, inputs, exported


def test_from_the_same_inputs_buttons_and_command_end_with_the_same_bytes(trained_by_buttons):
    path, inputs, exported = trained_by_buttons
    model = read_model(WithInputs(WorkbookFile.open(path), inputs))
    trainer = Trainer(model)
    trainer.train(EPOCHS)
    assert export_weights(model, trainer.state.params).encode() == exported.read_bytes()


def test_the_command_ends_where_the_buttons_do(calc, trained_by_buttons, gradsheet, tmp_path):
    path, inputs, exported = trained_by_buttons
    ours, command, sheet = WorkbookFile.open(path).read("inputs"), tmp_path / "command.csv", tmp_path / "sheet.csv"
    trained = gradsheet("train", path, "--epochs", EPOCHS, "--quiet", "--export", command)
    assert trained.status == 0, trained.err
    assert gradsheet("export", path, sheet).status == 0
    assert sheet.read_bytes() == command.read_bytes()
    np.testing.assert_allclose(inputs, ours, rtol=0, atol=INPUTS_APART)
    np.testing.assert_allclose(numbers(exported), numbers(command), rtol=0, atol=WEIGHTS_APART)
    if calc.version() in SUMS_AS_NUMPY:
        assert inputs == ours
        assert exported.read_bytes() == command.read_bytes()


def numbers(path):
    """Return the numbers of a weights file."""
    return [float(line.rpartition(",")[2]) for line in path.read_text(encoding="utf-8").splitlines()[1:]]


def test_what_the_command_trained_calc_exports_with_the_same_bytes(calc, iris, gradsheet, tmp_path):
    path = tmp_path / "my.xlsx"
    assert gradsheet("new", iris, "--target", "species", "--hidden", "6", "-o", path).status == 0
    gradsheet("train", path, "--quiet", "--export", tmp_path / "command.csv")
    book = calc.open(str(path))
    assert calc.click(book, "export", str(tmp_path / "office.csv"))["done"]
    calc.close(book)
    assert (tmp_path / "office.csv").read_bytes() == (tmp_path / "command.csv").read_bytes()


def test_predictions_after_calc_has_saved_are_the_same(calc, messy, gradsheet, tmp_path):
    path, saved = tmp_path / "my.xlsx", tmp_path / "saved.xlsx"
    assert gradsheet("new", messy, "--target", "weight", "-o", path).status == 0
    gradsheet("train", path, "--quiet")
    book = calc.open(str(path))
    calc.save(book, str(saved))
    calc.close(book)
    ours, theirs = (answers(gradsheet, each, messy, tmp_path / "out.csv") for each in (path, saved))
    assert max(abs(float(a) - float(b)) for a, b in zip(ours, theirs, strict=True)) < CLOSE
    assert gradsheet("train", saved, "--epochs", 3, "--quiet").status == 0
    assert gradsheet("predict", saved, messy).status == 0
