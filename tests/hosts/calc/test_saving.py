"""What Calc saves as .xlsx has the names of functions that Excel and the command know."""

import shutil
import zipfile

import openpyxl
import pytest

from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.workbook import WorkbookFile

LONG = b"ORG.GRADSHEET"
LINEAR = "NN_LINEAR(A1:B2,D1:D2)"


def text_of(path):
    """Return a workbook's whole XML."""
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist())


@pytest.fixture
def written(calc, sheet):
    """Return a document with functions in a cell, an array, a name, a validation and a conditional format."""
    calc.put(sheet, "Sheet1", "A1:B2", [[1, -2], [3, 4]])
    calc.put(sheet, "Sheet1", "D1:D2", [[0.5], [-1]])
    calc.array(sheet, "Sheet1", "F1:F2", "=NN_LINEAR(A1:B2;D1:D2)")
    calc.formula(sheet, "Sheet1", "F4", "=SUM(NN_RELU(NN_LINEAR(A1:B2;D1:D2)))")
    calc.name(sheet, "rectified", "NN_RELU($Sheet1.$A$1:$B$2)")
    calc.condition(sheet, "Sheet1", "H1", "NN_RELU($A$1)>0")
    return sheet


def assert_known_to_excel(path):
    assert LONG not in text_of(path).upper()
    workbook = openpyxl.load_workbook(path)
    cells = workbook["Sheet1"]
    assert (cells["F1"].value.text, cells["F1"].value.ref) == (f"={LINEAR}", "F1:F2")
    assert cells["F4"].value == f"=SUM(NN_RELU({LINEAR}))"
    assert workbook.defined_names["rectified"].attr_text == "NN_RELU(Sheet1!$A$1:$B$2)"
    assert [each.formula1 for each in cells.data_validations.dataValidation] == ["NN_RELU($A$1)>0"]
    assert [rule.formula for rules in cells.conditional_formatting for rule in rules.rules] == [["NN_RELU($A$1)>0"]]


def test_a_workbook_saved_once_and_again(calc, written, tmp_path):
    path = tmp_path / "saved.xlsx"
    calc.save_as(written, str(path))
    assert_known_to_excel(path)
    calc.put(written, "Sheet1", "D2", [[1]])
    calc.save_again(written)
    assert_known_to_excel(path)
    assert not calc.is_modified(written)
    again = calc.open(str(path))
    assert calc.get(again, "Sheet1", "F1:F4") == [[-1.5], [5.5], [""], [5.5]]
    calc.close(again)


def test_a_copy_is_repaired_by_the_command(calc, written, gradsheet, tmp_path):
    path = tmp_path / "copy.xlsx"
    calc.save(written, str(path))
    result = gradsheet("repair", path)
    assert result.status == 0, result.err
    assert_known_to_excel(path)


def test_an_ods_file_is_left_to_the_office(calc, written, tmp_path):
    path = tmp_path / "saved.ods"
    calc.save_as(written, str(path))
    again = calc.open(str(path))
    assert calc.get(again, "Sheet1", "F1:F4") == [[2.5], [-2.5], [""], [2.5]]
    calc.close(again)


def test_the_command_trains_a_template_saved_by_calc_with_all_that_it_shows(calc, template, gradsheet, tmp_path):
    path = tmp_path / "saved.xlsx"
    shutil.copy(template("titanic_linear"), tmp_path / "first.xlsx")
    book = calc.open(str(tmp_path / "first.xlsx"))
    calc.save_as(book, str(path))
    calc.close(book)
    assert gradsheet("train", path, "--steps", 3, "--quiet").status == 0
    assert gradsheet("train", tmp_path / "first.xlsx", "--steps", 3, "--quiet").status == 0
    files = [WorkbookFile.open(each) for each in (path, tmp_path / "first.xlsx")]
    losses = [read_area(file.package, Area.parse("Model!$C$4"))[0][0].value for file in files]
    assert losses[0] == pytest.approx(losses[1], abs=1e-12)
    for row, expected in zip(*(file.read("weight_1_transposed") for file in files), strict=True):
        assert row == pytest.approx(expected, abs=1e-12)
