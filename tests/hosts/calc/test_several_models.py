"""A workbook with a model a sheet: the buttons train the one in front, to the bits of the command with --model."""

import shutil

import pytest

from workbooks.xlsx.workbook import WorkbookFile

SHEETS = ("Linear", "One hidden", "Two hidden")


def shown(calc, book, path, sheet, name):
    file = WorkbookFile.open(path, sheet)
    area = file.area(name).address.rpartition("!")[2].replace("$", "")
    return calc.get(book, file.area(name).sheet, area), file.read(name)


@pytest.mark.parametrize("sheet", SHEETS)
def test_the_sheet_in_front_is_trained_as_by_the_command(calc, template, gradsheet, tmp_path, sheet):
    path = template("titanic_notebook")
    shutil.copy(path, tmp_path / "open.xlsx")
    book = calc.open(str(tmp_path / "open.xlsx"))
    calc.activate(book, sheet)
    assert calc.click(book, "epochs")["done"]
    assert gradsheet("train", path, "--model", sheet, "--epochs", 30, "--quiet").status == 0
    for other in SHEETS:
        in_office, in_file = shown(calc, book, path, other, "weight_1")
        assert in_office == in_file
        assert shown(calc, book, path, other, "epoch")[0] == [[30 if other == sheet else 0]]
    in_office, in_file = shown(calc, book, path, sheet, "prediction")
    assert [row[0] for row in in_office] == pytest.approx([row[0] for row in in_file], abs=1e-12)
    calc.close(book)
