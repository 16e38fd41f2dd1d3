"""A workbook may hold a model a sheet; --model says which is meant, before or after the other options."""

import json

import pytest

from pyfuncs.training.contract import read_model
from workbooks.xlsx.workbook import WorkbookFile


@pytest.fixture
def two_models(tmp_path, write_book, small_blocks):
    path = tmp_path / "two.xlsx"
    sheets = {"First": small_blocks(lr=0.1), "My second": small_blocks((2, 1), 8, lr=0.2)}
    write_book(path, sheets, scoped=True)
    return path


def state(path, sheet):
    return read_model(WorkbookFile.open(path, sheet)).state


@pytest.mark.parametrize(("sheet", "other"), [("First", "My second"), ("My second", "First")])
def test_each_is_trained_alone(gradsheet, two_models, sheet, other):
    before = state(two_models, other).params.tobytes()
    first = state(two_models, sheet).params.tobytes()
    assert gradsheet("train", two_models, "--epochs", 3, "--lr", 0.05, "--model", sheet).status == 0
    assert state(two_models, sheet).epoch == 3
    assert state(two_models, sheet).params.tobytes() != first
    assert state(two_models, other).epoch == 0
    assert state(two_models, other).params.tobytes() == before
    assert WorkbookFile.open(two_models, sheet).read("lr") == [[0.05]]
    assert WorkbookFile.open(two_models, other).read("lr") != [[0.05]]


def test_without_a_word_the_first_sheet_is_meant(gradsheet, two_models):
    result = gradsheet("train", two_models, "--epochs", 2)
    assert result.status == 0
    assert result.out.startswith(f"{two_models}, First: epoch 2, ")
    assert (state(two_models, "First").epoch, state(two_models, "My second").epoch) == (2, 0)


def test_the_sheets_name_is_not_case_sensitive(gradsheet, two_models):
    assert gradsheet("train", two_models, "--epochs", 2, "--model", "MY SECOND").status == 0
    assert state(two_models, "My second").epoch == 2


def test_every_command_knows_the_model(gradsheet, two_models, tmp_path):
    rows = [
        json.loads(gradsheet("evaluate", two_models, "--model", sheet).out)["all"]["rows"]
        for sheet in ("First", "My second")
    ]
    assert rows == [12, 8]
    assert gradsheet("export", two_models, tmp_path / "w.csv", "--model", "My second").out.startswith("Wrote 3 numbers")
    assert gradsheet("import", two_models, tmp_path / "w.csv", "--model", "My second").status == 0
    before = two_models.read_bytes()
    result = gradsheet("import", "--model", "First", two_models, tmp_path / "w.csv")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert two_models.read_bytes() == before


def test_an_unknown_sheet_is_one_line_that_lists_them(gradsheet, two_models):
    result = gradsheet("train", two_models, "--model", "Third")
    assert (result.status, result.err) == (2, f"gradsheet: {two_models} has no sheet Third; it has First, My second.\n")


def test_a_sheet_without_a_model_says_what_is_missing(gradsheet, tmp_path, write_book, small_blocks):
    path = tmp_path / "one.xlsx"
    write_book(path, {"First": small_blocks(), "Notes": {"remark": [[1]]}}, scoped=True)
    result = gradsheet("train", path, "--model", "Notes")
    assert (result.status, result.err.count("\n")) == (2, 1)
    assert f"{path} has no name inputs" in result.err


def test_errors_name_the_sheet_that_is_meant(gradsheet, tmp_path, write_book, small_blocks):
    path = tmp_path / "two.xlsx"
    write_book(path, {"First": small_blocks(), "Second": small_blocks(lr="fast")}, scoped=True)
    assert gradsheet("train", path, "--epochs", 1).status == 0
    result = gradsheet("train", path, "--model", "Second")
    assert result.status == 2
    assert f"{path}, Second!A" in result.err


def test_names_of_the_sheet_win_over_names_of_the_workbook(gradsheet, tmp_path, write_book, small_blocks):
    import openpyxl
    from openpyxl.workbook.defined_name import DefinedName

    path = tmp_path / "both.xlsx"
    blocks = small_blocks(lr=0.1)
    write_book(path, {"Model": blocks, "Settings": {"other_lr": [[0.7]], "other_epoch": [[5]]}})
    workbook = openpyxl.load_workbook(path)
    workbook["Settings"].defined_names["lr"] = DefinedName("lr", attr_text="Settings!$A$1")
    workbook.save(path)
    assert read_model(WorkbookFile.open(path)).settings.lr == 0.1
    assert read_model(WorkbookFile.open(path, "Settings")).settings.lr == 0.7
    assert gradsheet("train", path, "--epochs", 1, "--model", "Settings", "--lr", 0.6).status == 0
    assert WorkbookFile.open(path).read("lr") == [[0.1]]
    assert WorkbookFile.open(path, "Settings").read("lr") == [[0.6]]
