"""Names as Excel's Name Manager writes them, opened in Calc: a table's columns, and settings that are constants."""

import shutil

import openpyxl
import pytest
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from workbooks.xlsx.workbook import WorkbookFile


@pytest.fixture
def tables(tmp_path):
    def write(**names):
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.title = "M"
        for row in [["x", "z q", "y"], *([i / 10, i * i % 7, 0.5 + i / 4] for i in range(12))]:
            sheet.append(row)
        sheet.add_table(Table(displayName="People", ref="A1:C13"))
        sheet["E2"], sheet["E3"], sheet["F2"] = 0.5, -0.25, 0
        known = {
            "inputs": "People[[x]:[z q]]",
            "target": "People[y]",
            "weight_1": "M!$E$2:$E$3",
            "epoch": "M!$F$2",
            "lr": "0.01",
            "loss": '"mse"',
            "shuffle": "FALSE",
        }
        for name, text in (known | names).items():
            workbook.defined_names[name] = DefinedName(name, attr_text=text)
        workbook.save(tmp_path / "tables.xlsx")
        return tmp_path / "tables.xlsx"

    return write


def test_a_click_is_the_commands_training(calc, tables, gradsheet, tmp_path):
    path = tables()
    shutil.copy(path, tmp_path / "open.xlsx")
    book = calc.open(str(tmp_path / "open.xlsx"))
    answer = calc.click(book, "epochs")
    assert answer["done"], answer["said"]
    assert gradsheet("train", path, "--quiet").status == 0
    assert calc.get(book, "M", "E2:E3") == WorkbookFile.open(path).read("weight_1")
    calc.close(book)


@pytest.mark.parametrize(
    ("names", "says"),
    [
        ({"target": "People[age]"}, "the name target"),
        ({"lr": "-1"}, ", Manage Names (lr) is -1, but must be 0 or more."),
        ({"weight_1": "0.5"}, "the name weight_1 must stand for one block of cells, but is 0.5"),
    ],
)
def test_what_does_not_fit_is_said(calc, tables, names, says):
    book = calc.open(str(tables(**names)))
    answer = calc.click(book, "epoch")
    assert not answer["done"]
    assert says in answer["said"]
    calc.close(book)
