"""A cell that is called like a setting but has lost its name is refused: its default would be taken in silence."""

import openpyxl
import pytest


def without_name(path, name, sheet=None):
    book = openpyxl.load_workbook(path)
    del (book if sheet is None else book[sheet]).defined_names[name]
    book.save(path)


@pytest.mark.parametrize(
    ("workbook", "name", "sheet", "cell"),
    [
        ("titanic_linear", "lr", None, "Training!B8"),
        ("titanic_linear", "seed", None, "Training!B21"),
        ("titanic_linear", "epoch", None, "Training!B31"),
        ("titanic_two_layer", "activation_1", None, "Training!B6"),
        ("titanic_notebook", "lr", "Linear", "Linear!B12"),
        ("gradient_descent", "lr", "SGD", "SGD!B8"),
    ],
)
def test_the_cell_that_has_lost_its_name_is_named(template, gradsheet, workbook, name, sheet, cell):
    path = template(workbook)
    without_name(path, name, sheet)
    before = path.read_bytes()
    result = gradsheet("train", path, "--epochs", 1, "--quiet")
    assert result.status == 2
    assert f"{path}, {cell} is called {name}, but the name {name} is not defined" in result.err
    assert result.err.count("\n") == 1
    assert path.read_bytes() == before


def test_a_setting_without_a_label_has_its_default(small_book, gradsheet):
    path = small_book(lr=None)
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
