"""gradsheet repair: functions get back the names that Excel knows, and all else stays as it is, byte for byte."""

import zipfile

import openpyxl
import pytest
from openpyxl.formatting.rule import FormulaRule
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.formula import ArrayFormula

LONG = "ORG.GRADSHEET.FUNCTIONS."
TEXT = f"{LONG}NN_RELU(A1) in a text"


def book(path, prefix):
    """Write a workbook with functions in every place that can hold a formula, and their names as texts."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"], sheet["A2"] = -1, TEXT
    sheet["B1"] = f'=IF({prefix}NN_RELU(A1)>0,"{TEXT}",{prefix.lower()}NN_RELU( {prefix}NN_TANH(A1)))'
    sheet["B2"] = ArrayFormula("B2:C3", f"={prefix}NN_MATMUL({{1;2}},{{3,4}})")
    sheet["B5"] = "=SUM(A1:A2)&MY.ORG.GRADSHEET.FUNCTIONS.NN_X(1)"
    workbook.defined_names["half"] = DefinedName("half", attr_text=f"{prefix}NN_RELU(Sheet!$A$1)/2")
    sheet.conditional_formatting.add("A1", FormulaRule([f"{prefix}NN_RELU(A1)>0"]))
    validation = DataValidation("custom", formula1=f"{prefix}NN_RELU(A1)>0")
    validation.add("A1")
    sheet.add_data_validation(validation)
    workbook.save(path)


def parts(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps")}


def test_every_formula_is_repaired_and_no_text(gradsheet, tmp_path):
    book(tmp_path / "long.xlsx", LONG)
    book(tmp_path / "short.xlsx", "")
    result = gradsheet("repair", tmp_path / "long.xlsx")
    assert (result.status, result.out) == (0, f"{tmp_path / 'long.xlsx'}: 7 function names repaired.\n")
    assert parts(tmp_path / "long.xlsx") == parts(tmp_path / "short.xlsx")
    before = (tmp_path / "long.xlsx").read_bytes()
    result = gradsheet("repair", tmp_path / "long.xlsx")
    assert (result.status, result.out) == (0, f"{tmp_path / 'long.xlsx'}: there was nothing to repair.\n")
    assert (tmp_path / "long.xlsx").read_bytes() == before


def test_save_leaves_the_first_file_alone(gradsheet, tmp_path):
    book(tmp_path / "long.xlsx", LONG)
    before = (tmp_path / "long.xlsx").read_bytes()
    assert gradsheet("repair", tmp_path / "long.xlsx", "--save", tmp_path / "new.xlsx").status == 0
    assert (tmp_path / "long.xlsx").read_bytes() == before
    book(tmp_path / "short.xlsx", "")
    assert parts(tmp_path / "new.xlsx") == parts(tmp_path / "short.xlsx")


@pytest.mark.parametrize("content", [b"", b"PK no zip", b"a,b\n1,2\n", None])
def test_another_file_is_refused_in_one_line(gradsheet, tmp_path, content):
    path = tmp_path / "other.xlsx"
    if content is not None:
        path.write_bytes(content)
    result = gradsheet("repair", path)
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert str(path) in result.err
    assert content is None or path.read_bytes() == content


def test_an_open_file_is_refused(gradsheet, tmp_path):
    book(tmp_path / "long.xlsx", LONG)
    (tmp_path / ".~lock.long.xlsx#").write_text(",user,machine,25.11.2026 10:00,file:///profile;")
    result = gradsheet("repair", tmp_path / "long.xlsx")
    assert result.status == 2
    assert "is open in" in result.err
