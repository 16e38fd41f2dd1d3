"""The figures that the pages give in tables are those that training ends with."""

import re
from pathlib import Path

import numpy as np
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.restarts import restart
from pyfuncs.training.trainer import Trainer
from workbooks.recalculate import model_of, refresh
from workbooks.xlsx.workbook import WorkbookFile

ROOT = Path(__file__).parents[2]
SOLVER = 0.1432


def rows_of(page, first):
    """Return the cells of the table whose head begins with a word, a list a row."""
    lines = (ROOT / page).read_text(encoding="utf-8").splitlines()
    top = next(i for i, line in enumerate(lines) if line.startswith(f"| {first} |"))
    rows = []
    for line in lines[top:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return [rows[0], *rows[2:]]


def number(text):
    """Return a figure, and how far it may be off for its digits."""
    digits = re.fullmatch(r"(\d+(?:\.(\d+))?)( %)?", text)
    scale = 0.01 if digits[3] else 1.0
    return float(digits[1]) * scale, 0.6 * 10.0 ** -len(digits[2] or "") * scale


@pytest.fixture
def train(template):
    """Return the trainer of a template with some cells changed, after Reset and some epochs."""

    def trained(name, cells, epochs, model=None):
        file = WorkbookFile.open(template(name), model)
        for key, value in cells.items():
            file.write({key: [[value]]})
        assert refresh(file)
        trainer = Trainer(model_of(file))
        trainer.reset()
        trainer.train(epochs)
        return trainer

    return trained


SINE = rows_of("docs/sine.md", "Units in each layer")


@pytest.mark.parametrize("row", SINE[1:], ids=lambda row: row[0])
def test_the_sine_wave_after_ten_clicks(train, row):
    losses = []
    for units, figure in zip(SINE[0][1:], row[1:], strict=True):
        cells = {"activation_1": row[0], "units_1": float(units), "units_2": float(units)}
        losses.append(train("sine", cells, 200).state.history[-1].train_loss)
        expected, margin = number(figure)
        assert losses[-1] == pytest.approx(expected, abs=margin)
    if row[0] == "relu":
        assert losses[1] < losses[2], "4 units do worse than 2"


PLAYGROUND = rows_of("docs/playground.md", "Features")
FEATURES = {
    "x1, x2 with tanh": {"activation_1": "tanh"},
    "x1, x2 with identity": {"activation_1": "identity"},
    "and x1², x2², identity": {"activation_1": "identity", "use_x1_squared": True, "use_x2_squared": True},
    "and x1·x2, identity": {"activation_1": "identity", "use_x1_x2": True},
    "and sin x1, sin x2, tanh": {"activation_1": "tanh", "use_sin_x1": True, "use_sin_x2": True},
}


@pytest.mark.parametrize("row", PLAYGROUND[1:], ids=lambda row: row[0])
def test_the_playground_after_ten_clicks(train, row):
    for dataset, figure in zip(PLAYGROUND[0][1:], row[1:], strict=True):
        trainer = train("playground", FEATURES[row[0]] | {"dataset": dataset}, 100)
        expected, _ = number(figure)
        # Two of the 120 test points lie so near to a border that another machine may put them on its other side.
        assert trainer.state.history[-1].error_rate == pytest.approx(expected, abs=2.5 / 120), dataset


@pytest.mark.parametrize("row", rows_of("docs/titanic_notebook.md", "Model")[1:], ids=lambda row: row[0])
def test_the_three_models_of_the_notebook(train, row):
    sheet = next(sheet for sheet in ("Linear", "One hidden", "Two hidden") if row[0].startswith(sheet))
    trainer = train("titanic_notebook", {}, 30, sheet)
    record = trainer.state.history[-1]
    judged = trainer.evaluate(trainer.model.train_rows)
    assert trainer.state.params.size == int(row[1])
    assert trainer.model.settings.lr == float(row[2])
    for found, figure in zip(
        (record.train_loss, judged.accuracy, record.accuracy, record.error_rate), row[3:], strict=True
    ):
        expected, margin = number(figure)
        assert found == pytest.approx(expected, abs=margin)


@pytest.mark.parametrize("row", rows_of("docs/digits.md", "Workbook")[1:], ids=lambda row: f"{row[0]} {row[1]}")
def test_the_digits(template, row):
    """The large images take half a minute: 5,000 of 28×28 pixels are read, and trained on 30 times."""
    file = WorkbookFile.open(template(row[0].strip("`")))
    word = row[1].lower()
    file.write({"activation_1": [[word]], "activation_2": [[word]], "lr": [[float(row[2])]]})
    trainer = Trainer(read_model(file))
    errors = {}
    for epochs in (10, int(row[3]) - 10):
        trainer.train(epochs)
        errors[trainer.state.epoch] = trainer.state.history[-1].error_rate
    final, early = errors[int(row[3])], errors[10]
    for found, figure in zip((final, 1 - final, early), row[4:], strict=True):
        expected, _ = number(figure)
        assert found == pytest.approx(expected, abs=0.01)


def test_how_the_256_starts_of_the_readme_end(train):
    """The best 1 % are three starts, the best 10 % twenty-six."""
    cells = {"optimizer": "momentum", "lr": 0.01, "batch_size": 32}
    model = train("titanic_two_layer", cells, 0).model
    losses = np.array([start.loss for start in restart(model, 200, 256, lambda done, start: None)])
    head, figures = rows_of("README.md", "best")
    assert head == ["best", "best 1 %", "best 10 %", "best quarter", "median", "best 90 %", "worst"]
    found = np.quantile(losses, [0, 0.01, 0.1, 0.25, 0.5, 0.9, 1])
    assert found == pytest.approx([float(figure) for figure in figures], abs=0.0006)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    beaten = int(re.search(r"(\d+) of them beat the Solver's", text)[1])
    assert (losses < SOLVER).sum() == pytest.approx(beaten, abs=3)
    assert (losses < 0.13205).sum() == pytest.approx(2, abs=1)
