"""The tables of losses and errors on the pages about the sine wave and the playground are what training gives."""

import re
from pathlib import Path

import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.playground.points import DATASETS
from workbooks.lessons.playground.workbook import CLICKS

DOCS = Path(__file__).parents[2] / "docs"
SEEDS = re.compile(r"With seed (\d+) .*?Seven of the seeds 0 to 7 get below 0\.001", re.DOTALL)
SQUARES = {"use_x1_squared": True, "use_x2_squared": True}
WAVES = {"use_sin_x1": True, "use_sin_x2": True}
FEATURES = {
    "x1, x2 with tanh": {},
    "x1, x2 with identity": {"activation_1": "identity"},
    "and x1², x2², identity": {"activation_1": "identity"} | SQUARES,
    "and x1·x2, identity": {"activation_1": "identity", "use_x1_x2": True},
    "and sin x1, sin x2, tanh": WAVES,
}


def table(page, first):
    """Return the rows of the table whose first heading is given, by their first cell."""
    text = (DOCS / page).read_text(encoding="utf-8")
    lines = text[text.index(f"| {first} |") :].split("\n\n")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return rows[0][1:], {row[0]: row[1:] for row in rows[2:]}


@pytest.fixture
def trained(opened):
    """Return the trainer of a template after Reset and some clicks on N epochs."""

    def train(name, cells, clicks=CLICKS):
        book = opened(name)
        book.hold(cells)
        trainer = Trainer(read_model(book.file))
        trainer.reset()
        trainer.train(clicks * trainer.model.settings.epochs_per_click)
        return trainer.record()

    return train


@pytest.mark.parametrize("activation", ["relu", "tanh", "identity"])
def test_the_losses_of_the_sine_page(trained, activation):
    units, rows = table("sine.md", "Units in each layer")
    assert set(rows) == {"relu", "tanh", "identity"}
    for count, written in zip(units, rows[activation], strict=True):
        cells = {"activation_1": activation, "units_1": int(count), "units_2": int(count)}
        loss = trained("sine", cells).train_loss
        assert loss == pytest.approx(float(written), rel=0.05, abs=0.0001), count


def test_the_seeds_of_the_sine_page(trained):
    match = SEEDS.search((DOCS / "sine.md").read_text(encoding="utf-8"))
    assert match
    learned = [trained("sine", {"seed": seed}, 2 * CLICKS).train_loss <= 0.001 for seed in range(8)]
    assert [seed for seed, good in enumerate(learned) if not good] == [int(match[1])]


@pytest.mark.parametrize("features", FEATURES)
def test_the_errors_of_the_playground_page(trained, features):
    datasets, rows = table("playground.md", "Features")
    assert set(rows) == set(FEATURES)
    assert datasets == list(DATASETS)
    for dataset, written in zip(datasets, rows[features], strict=True):
        error = trained("playground", {"dataset": dataset} | FEATURES[features]).error_rate
        assert error == pytest.approx(float(written.rstrip(" %")) / 100, abs=0.02), dataset
