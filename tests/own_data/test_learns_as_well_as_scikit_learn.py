"""gradsheet new and gradsheet train, with nothing set, learn scikit-learn's tables as well as its own models do."""

import json

import numpy as np
import openpyxl
import pytest
from sklearn import datasets
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import r2_score
from sklearn.preprocessing import StandardScaler

from pyfuncs.kernels.split import split_rows

CLOSE = 0.02


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_within_two_hundredths_on_the_same_split(name, seed, known_table, gradsheet, tmp_path):
    book = tmp_path / "my.xlsx"
    assert gradsheet("new", known_table(name), "--target", "target", "--seed", seed, "-o", book).status == 0
    assert gradsheet("train", book, "--quiet").status == 0
    data = getattr(datasets, f"load_{name}")()
    trains = split_rows(len(data.target), 0.2, seed)
    scaled = StandardScaler().fit(data.data[trains]).transform(data.data)
    x, y = scaled[trains], data.target[trains]
    if name == "diabetes":
        theirs = r2_score(data.target[~trains], LinearRegression().fit(x, y).predict(scaled[~trains]))
        ours = openpyxl.load_workbook(book, data_only=True)["Start"]["E5"].value
    else:
        theirs = LogisticRegression(max_iter=5000).fit(x, y).score(scaled[~trains], data.target[~trains])
        ours = json.loads(gradsheet("evaluate", book).out)["valid"]["accuracy"]
    assert abs(ours - theirs) <= CLOSE


def test_the_inputs_are_standardised_by_the_rows_that_train(known_table, gradsheet, tmp_path):
    book = tmp_path / "my.xlsx"
    gradsheet("new", known_table("wine"), "--target", "target", "-o", book)
    data = datasets.load_wine()
    trains = split_rows(len(data.target), 0.2, 0)
    expected = StandardScaler().fit(data.data[trains]).transform(data.data)
    sheet = openpyxl.load_workbook(book, data_only=True)["Model"]
    found = np.array([[sheet.cell(9 + i, 4 + j).value for j in range(13)] for i in range(178)])
    assert np.abs(found - expected).max() < 1e-12
