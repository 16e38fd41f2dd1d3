"""The buttons on a file, at once: the numbers of the command, and a sentence where a button cannot do its work."""

import pytest

from addin.at_once import press
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.reader import parameter_name
from workbooks.clicks.table import CLICKS
from workbooks.xlsx.workbook import WorkbookFile

STATE = ("weight_1", "epoch", "step", "history", "seed", "initial_weight_1")


def state(file):
    return {name: file.read(parameter_name(file, name) or name) for name in STATE}


@pytest.mark.parametrize(
    ("button", "options"),
    [
        ("step", ("--steps", 1)),
        ("epoch", ("--epochs", 1)),
        ("epochs", ()),
        ("reset", ("--reset", "--epochs", 0)),
        ("best", ("--restarts", 64)),
    ],
)
def test_a_click_gives_the_bits_of_the_command(template, gradsheet, tmp_path, button, options):
    path = template("titanic_linear")
    file = WorkbookFile.open(path)
    file.write({"epochs_per_click": [[3.0]]})
    file.save(tmp_path / "clicked.xlsx")
    file = WorkbookFile.open(tmp_path / "clicked.xlsx")
    press(CLICKS[button], file)
    assert gradsheet("train", tmp_path / "clicked.xlsx", "--quiet", *options).status == 0
    assert state(file) == state(WorkbookFile.open(tmp_path / "clicked.xlsx"))


def test_new_random_weights_are_those_of_the_seed_that_is_shown(template, gradsheet):
    path = template("sine")
    file = WorkbookFile.open(path)
    before = state(file)
    press(CLICKS["seed"], file)
    drawn = state(file)
    assert drawn["seed"] != before["seed"]
    assert drawn["weight_1"] == drawn["initial_weight_1"] != before["initial_weight_1"]
    seed = f"{drawn['seed'][0][0]:.0f}"
    assert gradsheet("train", path, "--seed", seed, "--reset", "--epochs", 0, "--quiet").status == 0
    assert state(WorkbookFile.open(path)) == drawn


def test_first_weights_that_are_not_made_from_seed_stay_and_that_is_said(template):
    file = WorkbookFile.open(template("gradient_descent"))
    before = file.read("weight_1")
    with pytest.raises(GradsheetError, match=r"\(initial_weight_1\): the first weights are not made from seed"):
        press(CLICKS["seed"], file)
    assert file.read("weight_1") == before


def test_weights_go_out_and_come_back(template, tmp_path):
    file = WorkbookFile.open(template("titanic_linear"))
    path = tmp_path / "weights.csv"
    assert press(CLICKS["export"], file, path) == f"The weights are in {path}."
    before = file.read("weight_1_transposed")
    press(CLICKS["epoch"], file)
    assert file.read("weight_1_transposed") != before
    press(CLICKS["import"], file, path)
    assert file.read("weight_1_transposed") == before
    with pytest.raises(GradsheetError, match="No file was chosen"):
        press(CLICKS["import"], file)


def test_keep_fills_the_room_there_is_and_then_says_that_it_is_full(small_book):
    nothing = [[None] * 2 for _ in range(4)]
    file = WorkbookFile.open(small_book(note=[[1, "a"], [2, "b"]], kept_note=nothing))
    before = state(file)
    press(CLICKS["keep"], file)
    assert file.read("kept_note") == [[1, "a"], [2, "b"], [None, None], [None, None]]
    file.write({"note": [[3, "c"], [4, "d"]]})
    assert press(CLICKS["keep"], file).startswith("What the sheet shows is kept: ")
    full = [[1, "a"], [2, "b"], [3, "c"], [4, "d"]]
    assert file.read("kept_note") == full
    with pytest.raises(GradsheetError, match=r"\(kept_note\) is full: 2 are kept\. Clear those"):
        press(CLICKS["keep"], file)
    assert file.read("kept_note") == full
    assert state(file) == before


@pytest.mark.parametrize("kept", [[[None]], [[None] * 2] * 3])
def test_keep_refuses_cells_of_another_shape(small_book, kept):
    file = WorkbookFile.open(small_book(note=[[1, 2], [3, 4]], kept_note=kept))
    with pytest.raises(
        GradsheetError, match=r"\(kept_note\) cannot keep .*: give it as many columns, and as many rows"
    ):
        press(CLICKS["keep"], file)


def test_keep_says_where_there_is_nothing_to_keep(small_book):
    path = small_book()
    with pytest.raises(GradsheetError) as raised:
        press(CLICKS["keep"], WorkbookFile.open(path))
    assert str(raised.value).startswith(f"{path}: nothing here can be kept.")
