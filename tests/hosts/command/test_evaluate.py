"""gradsheet evaluate prints how good the model is on all, train and valid rows as JSON with all digits."""

import json

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.metrics import confusion_matrix, mean_absolute_error, mean_squared_error, r2_score, recall_score

from pyfuncs.training.trainer import Trainer


def test_all_train_and_valid_rows(gradsheet, small_book, small_cells):
    path = small_book(valid_fraction=0.25)
    result = gradsheet("evaluate", path)
    assert (result.status, result.err) == (0, "")
    found = json.loads(result.out)
    trainer = Trainer(small_cells(valid_fraction=0.25).model())
    for part, rows in (
        ("all", np.arange(12)),
        ("train", trainer.model.train_rows),
        ("valid", trainer.model.valid_rows),
    ):
        expected = trainer.evaluate(rows)
        assert found[part] == {
            "rows": rows.size,
            "loss": expected.loss,
            "accuracy": expected.accuracy,
            "error_rate": expected.error_rate,
        } | {key: found[part][key] for key in ("guessing", "confusion_matrix", "recall")}
    assert [found[part]["rows"] for part in ("all", "train", "valid")] == [12, 9, 3]


def test_the_numbers_are_those_of_plain_numpy(gradsheet, small_book, small_blocks):
    blocks = small_blocks()
    x, y = np.array(blocks["inputs"]), np.array(blocks["target"])
    hidden = np.tanh(x @ np.array(blocks["weight_1"]) + np.array(blocks["bias_1"]))
    p = hidden @ np.array(blocks["weight_2"]) + np.array(blocks["bias_2"])
    found = json.loads(gradsheet("evaluate", small_book()).out)["all"]
    assert abs(found["loss"] - ((p - y) ** 2).mean()) < 1e-12
    assert abs(found["accuracy"] - ((p >= 0.5) == y).mean()) < 1e-12
    assert abs(found["error_rate"] - ((p >= 0.5) != y).mean()) < 1e-12


def outputs_of(blocks):
    x = np.array(blocks["inputs"])
    hidden = np.tanh(x @ np.array(blocks["weight_1"]) + np.array(blocks["bias_1"]))
    return x, hidden @ np.array(blocks["weight_2"]) + np.array(blocks["bias_2"])


SPLIT = [["train" if i % 4 else "valid"] for i in range(30)]


def parts_of(split):
    trains = np.array([word == "train" for (word,) in split])
    return trains, {"all": trains | True, "train": trains, "valid": ~trains}


def test_the_classes_of_two_are_counted_as_scikit_learn_counts_them(gradsheet, small_book, small_blocks):
    blocks = small_blocks(rows=30, split=SPLIT)
    x, p = outputs_of(blocks)
    truth, given = np.array(blocks["target"])[:, 0], p[:, 0] > 0.5
    found = json.loads(gradsheet("evaluate", small_book(rows=30, split=SPLIT)).out)
    trains, parts = parts_of(SPLIT)
    guess = DummyClassifier(strategy="most_frequent").fit(x[trains], truth[trains])
    for part, rows in parts.items():
        assert found[part]["confusion_matrix"] == confusion_matrix(truth[rows], given[rows], labels=[0, 1]).tolist()
        recall = recall_score(truth[rows], given[rows], labels=[0, 1], average=None)
        assert found[part]["recall"] == pytest.approx(dict(zip("01", recall, strict=True)), abs=1e-15)
        assert found[part]["guessing"] == pytest.approx({"accuracy": guess.score(x[rows], truth[rows])}, abs=1e-15)


def test_the_classes_of_three_have_their_names(gradsheet, small_book, small_blocks):
    changes = {
        "rows": 30,
        "sizes": (3, 2, 3),
        "target": [[i * i % 3] for i in range(30)],
        "task": "multiclass",
        "loss": "cross_entropy",
        "split": SPLIT,
        "target_names": [["red", "green", "blue"]],
    }
    blocks = small_blocks(**changes)
    x, scores = outputs_of(blocks)
    truth, given = np.array(blocks["target"])[:, 0], scores.argmax(axis=1)
    found = json.loads(gradsheet("evaluate", small_book(**changes)).out)
    trains, parts = parts_of(SPLIT)
    guess = DummyClassifier(strategy="most_frequent").fit(x[trains], truth[trains])
    for part, rows in parts.items():
        matrix = confusion_matrix(truth[rows], given[rows], labels=[0, 1, 2])
        assert found[part]["confusion_matrix"] == matrix.tolist()
        assert list(found[part]["recall"]) == ["red", "green", "blue"]
        assert found[part]["recall"]["green"] == pytest.approx(matrix[1, 1] / matrix[1].sum(), abs=1e-15)
        assert found[part]["recall"]["blue"] is None  # no row is blue: a square is never 2 beyond a multiple of 3
        assert found[part]["guessing"]["accuracy"] == pytest.approx(guess.score(x[rows], truth[rows]), abs=1e-15)


@pytest.mark.parametrize(("loss", "error"), [("mse", mean_squared_error), ("l1", mean_absolute_error)])
def test_a_regression_is_compared_with_the_mean_of_the_training_rows(gradsheet, small_book, small_blocks, loss, error):
    target = [[i * i % 7 / 2] for i in range(30)]
    found = json.loads(
        gradsheet("evaluate", small_book(rows=30, target=target, task="regression", loss=loss, split=SPLIT)).out
    )
    trains, parts = parts_of(SPLIT)
    y = np.array(target)[:, 0]
    guess = DummyRegressor().fit(y[trains], y[trains])
    for part, rows in parts.items():
        guessed = guess.predict(y[rows])
        assert found[part]["guessing"] == pytest.approx(
            {"loss": error(y[rows], guessed), "r_squared": r2_score(y[rows], guessed)}, abs=1e-12
        )
        assert "recall" not in found[part]
    assert found["train"]["guessing"]["r_squared"] == pytest.approx(0, abs=1e-12)


def test_a_row_of_the_confusion_matrix_is_a_line(gradsheet, small_book):
    lines = [line.strip() for line in gradsheet("evaluate", small_book()).out.splitlines()]
    found = json.loads("\n".join(lines))["all"]["confusion_matrix"]
    start = lines.index('"confusion_matrix": [')
    assert lines[start + 1 : start + 4] == [f"{found[0]},".replace("'", ""), str(found[1]), "],"]


def test_without_validation_rows_valid_is_null(gradsheet, small_book):
    found = json.loads(gradsheet("evaluate", small_book()).out)
    assert found["valid"] is None
    assert found["all"] == found["train"]


def test_a_regression_has_no_accuracy(gradsheet, small_book):
    found = json.loads(gradsheet("evaluate", small_book(task="regression")).out)
    assert found["all"]["accuracy"] is None
    assert found["all"]["error_rate"] is None


def test_the_loss_is_the_one_training_ended_with(gradsheet, small_book):
    path = small_book(valid_fraction=0.25)
    line = gradsheet("train", path, "--epochs", 5).out
    found = json.loads(gradsheet("evaluate", path).out)
    assert f"train loss {found['train']['loss']:.6f}, valid loss {found['valid']['loss']:.6f}" in line


def test_the_workbook_is_only_read_even_while_it_is_open_elsewhere(gradsheet, small_book, tmp_path):
    path = small_book()
    before = path.read_bytes()
    (tmp_path / ".~lock.small.xlsx#").write_text(",anna,desk,;")
    assert gradsheet("evaluate", path).status == 0
    assert path.read_bytes() == before


def test_a_loss_beyond_all_numbers_is_still_json(gradsheet, small_book):
    result = gradsheet("evaluate", small_book(weight_2=[[1e200], [1e200]]))
    if result.status == 0:
        json.loads(result.out, parse_constant=lambda word: (_ for _ in ()).throw(ValueError(word)))
    else:
        assert result.status == 2
        assert result.err.count("\n") == 1
