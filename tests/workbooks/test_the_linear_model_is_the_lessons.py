"""The linear template holds the lesson's 712 passengers and ten inputs, and reaches the least squares' known loss."""

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest

import workbooks
from pyfuncs.training.contract import read_model
from workbooks.xlsx.workbook import WorkbookFile

FEATURES = ("SibSp", "Parch", "Age_N", "log_Fare", "Pclass_1", "Pclass_2", "Embark_S", "Embark_C", "Male", "Ones")
LEAST_SQUARES_LOSS = 0.1442271493073


@pytest.fixture(scope="module")
def passengers():
    source = Path(workbooks.__file__).parent / "data" / "titanic.csv"
    with source.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 891
    return [row for row in rows if row["Age"] and row["Embarked"]]


@pytest.fixture(scope="module")
def prepared(passengers):
    oldest = max(float(row["Age"]) for row in passengers)
    return [
        [
            float(row["SibSp"]),
            float(row["Parch"]),
            float(row["Age"]) / oldest,
            math.log10(float(row["Fare"]) + 1),
            float(row["Pclass"] == "1"),
            float(row["Pclass"] == "2"),
            float(row["Embarked"] == "S"),
            float(row["Embarked"] == "C"),
            float(row["Sex"] == "male"),
            1.0,
        ]
        for row in passengers
    ]


@pytest.fixture(params=["titanic_linear", "titanic_two_layer"])
def model(request, template):
    return read_model(WorkbookFile.open(template(request.param)))


def test_the_inputs_are_those_made_by_hand(model, prepared):
    assert model.inputs.shape == (712, 10)
    np.testing.assert_allclose(model.inputs, prepared, rtol=0, atol=1e-15)
    assert model.names.features == FEATURES


def test_the_target_is_who_survived(model, passengers):
    assert model.target[:, 0].tolist() == [float(row["Survived"]) for row in passengers]
    assert model.target.sum() == 288
    assert model.task == "binary"


def test_it_is_set_as_the_lesson_has_it(model):
    assert model.trains.all()
    assert model.settings.batch_size == 712
    assert (model.settings.loss, model.settings.optimizer) == ("mse", "sgd")
    if len(model.layers) == 2:
        first, second = model.layers
        assert (first.activation, second.activation) == ("relu", "identity")
        assert second.weight.tolist() == [[1.0], [1.0]]
        assert (first.trains_weight, first.trains_bias, second.trains_weight, second.trains_bias) == (True,) + (
            False,
        ) * 3


def test_least_squares_weights_give_the_known_loss(template, gradsheet, tmp_path, passengers, prepared):
    path = template("titanic_linear")
    target = [float(row["Survived"]) for row in passengers]
    weights = np.linalg.lstsq(np.array(prepared), np.array(target), rcond=None)[0]
    lines = [f"weight_1,{i},1,{name},y,{w!r}" for i, (name, w) in enumerate(zip(FEATURES, weights.tolist()), 1)]  # noqa: B905
    (tmp_path / "w.csv").write_text("\n".join(["parameter,row,column,row_name,column_name,value", *lines]))
    assert gradsheet("import", path, tmp_path / "w.csv").status == 0
    result = json.loads(gradsheet("evaluate", path).out)
    assert result["all"]["rows"] == 712
    assert result["all"]["loss"] == pytest.approx(LEAST_SQUARES_LOSS, abs=1e-12)
    assert result["train"] == result["all"]
    assert result["valid"] is None


def test_training_comes_within_a_millionth_of_least_squares(template, gradsheet):
    path = template("titanic_linear")
    options = ("--optimizer", "momentum", "--valid-fraction", 0, "--epochs", 1000, "--quiet")
    assert gradsheet("train", path, *options).status == 0
    loss = json.loads(gradsheet("evaluate", path).out)["all"]["loss"]
    assert loss + 1e-13 >= LEAST_SQUARES_LOSS
    assert loss < LEAST_SQUARES_LOSS + 1e-6
