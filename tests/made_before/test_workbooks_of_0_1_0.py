"""Workbooks that version 0.1.0 made are still trained, evaluated, exported, imported and used for predictions."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from workbooks.xlsx.workbook import WorkbookFile

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "docs" / "data"
NAMES = ("titanic_linear", "titanic_two_layer", "iris")
EPOCHS = 20


@pytest.fixture
def made_before(tmp_path):
    def copy(name):
        return Path(shutil.copy(HERE / f"{name}.xlsx", tmp_path))

    return copy


def by_plain_numpy(path):
    """Return the loss after full-batch gradient descent with lr 0.1 on the lesson's models."""
    file = WorkbookFile.open(path)
    x, y = (np.array(file.read(name), dtype=float) for name in ("inputs", "target"))
    w = np.array(file.read("weight_1"), dtype=float)
    bends = "weight_2" in file
    for _ in range(EPOCHS):
        z = x @ w
        error = (np.maximum(z, 0) if bends else z).sum(axis=1, keepdims=True) - y
        w = w - 0.1 * 2 / len(x) * x.T @ (error * (z > 0) if bends else error)
    z = x @ w
    return float((((np.maximum(z, 0) if bends else z).sum(axis=1, keepdims=True) - y) ** 2).mean())


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer"])
def test_the_lessons_models_train_as_plain_numpy_does(made_before, gradsheet, name):
    path = made_before(name)
    expected = by_plain_numpy(path)
    assert gradsheet("train", path, "--epochs", EPOCHS, "--quiet").status == 0
    found = json.loads(gradsheet("evaluate", path).out)
    assert found["all"]["loss"] == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_training_goes_on_and_the_weights_go_out_and_in(made_before, gradsheet, tmp_path, name):
    path = made_before(name)
    before = json.loads(gradsheet("evaluate", path).out)["train"]["loss"]
    for _ in range(2):
        assert gradsheet("train", path, "--epochs", EPOCHS, "--quiet").status == 0
    assert json.loads(gradsheet("evaluate", path).out)["train"]["loss"] < before
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert gradsheet("export", path, first).status == 0
    assert gradsheet("import", made_before(name), first).status == 0
    assert gradsheet("export", path, second).status == 0
    assert first.read_bytes() == second.read_bytes()


def test_an_own_table_still_answers(made_before, gradsheet, tmp_path):
    path, answers = made_before("iris"), tmp_path / "answers.csv"
    assert gradsheet("train", path, "--quiet").status == 0
    assert gradsheet("predict", path, DATA / "new_flowers.csv", "-o", answers).status == 0
    species = [line.split(";")[0] for line in answers.read_text(encoding="utf-8").splitlines()]
    assert len(species) > 1
    found = json.loads(gradsheet("evaluate", path).out)
    assert found["valid"]["accuracy"] > 0.9
