"""gradsheet evaluate prints loss, accuracy and error rate of all, train and valid rows as JSON with all digits."""

import json

import numpy as np

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
        }
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
