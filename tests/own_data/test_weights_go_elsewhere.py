"""The weights file alone is enough for scikit-learn and PyTorch to give the workbook's own predictions."""

import csv

import numpy as np
import openpyxl
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from pyfuncs.kernels.model import predict
from pyfuncs.training.contract import read_model
from workbooks.xlsx.workbook import WorkbookFile

CLOSE = 1e-12


def blocks_of(path):
    """Read the weights file with nothing of Gradsheet's: a matrix by the name of its parameter."""
    with path.open(newline="", encoding="utf-8") as stream:
        lines = list(csv.DictReader(stream))
    blocks = {}
    for name in dict.fromkeys(line["parameter"] for line in lines):
        own = [line for line in lines if line["parameter"] == name]
        block = np.full([max(int(line[axis]) for line in own) for axis in ("row", "column")], np.nan)
        for line in own:
            block[int(line["row"]) - 1, int(line["column"]) - 1] = float(line["value"])
        blocks[name] = block
    return blocks


@pytest.fixture
def trained(known_table, gradsheet, tmp_path):
    """Return the maker of a trained workbook: its weights as a file, its inputs, and what it makes of them."""

    def make(name, *options):
        book, weights = tmp_path / "my.xlsx", tmp_path / "weights.csv"
        assert gradsheet("new", known_table(name), "--target", "target", *options, "-o", book).status == 0
        assert gradsheet("train", book, "--quiet", "--export", weights).status == 0
        assert gradsheet("export", book, tmp_path / "again.csv").status == 0
        assert (tmp_path / "again.csv").read_bytes() == weights.read_bytes()
        model = read_model(WorkbookFile.open(book))
        return blocks_of(weights), model.inputs, predict(model.network, model.state.params, model.inputs), book

    return make


def test_logistic_regression_gives_the_probabilities_on_the_sheet(trained):
    blocks, inputs, _, book = trained("iris")
    theirs = LogisticRegression()
    theirs.classes_ = np.arange(3)
    theirs.coef_, theirs.intercept_ = blocks["weight_1"].T, blocks["bias_1"][0]
    sheet = openpyxl.load_workbook(book, data_only=True)["Model"]
    first = next(column for column in range(1, 99) if sheet.cell(8, column).value == "p setosa")
    shown = np.array([[sheet.cell(9 + i, first + j).value for j in range(3)] for i in range(150)])
    assert np.abs(theirs.predict_proba(inputs) - shown).max() < CLOSE


def test_linear_regression_gives_the_predictions(trained):
    blocks, inputs, ours, _ = trained("diabetes")
    theirs = LinearRegression()
    theirs.coef_, theirs.intercept_ = blocks["weight_1"].T, blocks["bias_1"][0]
    assert np.abs(theirs.predict(inputs) - ours).max() < CLOSE


@pytest.mark.parametrize(("name", "ending"), [("breast_cancer", "Sigmoid"), ("wine", None)])
def test_a_torch_network_gives_the_predictions(name, ending, trained, torch):
    blocks, inputs, ours, _ = trained(name, "--hidden", "8,5")
    layers = []
    for k in (1, 2, 3):
        weight = torch.tensor(blocks[f"weight_{k}"])
        linear = torch.nn.Linear(*weight.shape, dtype=torch.float64)
        linear.load_state_dict({"weight": weight.T, "bias": torch.tensor(blocks[f"bias_{k}"][0])})
        layers += [linear, torch.nn.ReLU()]
    layers[-1:] = [] if ending is None else [getattr(torch.nn, ending)()]
    with torch.no_grad():
        theirs = torch.nn.Sequential(*layers)(torch.tensor(inputs)).numpy()
    assert np.abs(theirs - ours).max() < CLOSE
