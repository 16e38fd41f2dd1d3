"""What is wrong with a workbook is one sentence in the file, in Calc and in Excel, but for how each writes a place."""

import importlib.util
import re
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName

from addin.excel.inside.clicks import Clicks

PRETEND = Path(__file__).parents[1] / "excel" / "pretend_book.py"
SHEET = "Model"
FORMULA = re.compile(rb"(<f>[^<]*</f>)<v ?/>|(<f>[^<]*</f>)<v></v>")


@pytest.fixture(scope="module")
def pretend():
    spec = importlib.util.spec_from_file_location("gradsheet_tests_pretend_book_for_all", PRETEND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def in_the_file(path, gradsheet, calc, pretend):
    return gradsheet("train", path, "--steps", 1, "--quiet").err


def in_calc(path, gradsheet, calc, pretend):
    book = calc.open(str(path))
    said = calc.click(book, "step")["said"]
    calc.close(book)
    return said


def in_excel(path, gradsheet, calc, pretend):
    return Clicks().click(pretend.Book(path), "step", None).sentence


HOSTS = {"file": (in_the_file, "!", "Name Manager"), "calc": (in_calc, ".", "Manage Names")}
HOSTS["excel"] = (in_excel, "!", "Name Manager")


@pytest.fixture
def book(tmp_path, small_blocks):
    """Return the writer of a workbook in which each block stands right of its label."""

    def write(cells=(), names=(), **changes):
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        sheet.title = SHEET
        workbook.create_sheet("Data")["C5"] = 7
        top, places = 1, {}
        for name, rows in small_blocks(**changes).items():
            sheet.cell(top, 1, name)
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    sheet.cell(top + i, 2 + j, cell)
            last = f"${get_column_letter(1 + len(rows[0]))}${top + len(rows) - 1}"
            sheet.defined_names[name] = DefinedName(name, attr_text=f"{SHEET}!$B${top}:{last}")
            places[name] = f"B{top}"
            top += len(rows) + 1
        for name, formula in cells:
            sheet[places[name]] = formula
        for name, text in names:
            del sheet.defined_names[name]
            if text:
                sheet.defined_names[name] = DefinedName(name, attr_text=text)
                workbook.defined_names[name] = DefinedName(name, attr_text="0.5")
        path = tmp_path / "book.xlsx"
        workbook.save(path)
        store_values(path)
        return path, places

    return write


def store_values(path):
    """Give every formula of a file the value 7, as a program that calculates would give it one."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, FORMULA.sub(rb"\1\2<v>7</v>", part))


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize(
    ("cells", "names", "expected"),
    [
        (
            [("weight_1", "=3+4")],
            [],
            "{Model}{weight_1} (weight_1) holds a formula, which training would overwrite: put numbers there.",
        ),
        (
            [("target", "=Data!$C$5")],
            [],
            "{Data}C5, read by {Model}{target} (target, row 1, column 1) is 7, but must lie between 0 and 1 for the "
            "task binary.",
        ),
        (
            [],
            [("lr", "")],
            "{Model}{lr} is called lr, but the name lr is not defined, so what stands there would not count: define "
            "the name for that cell.",
        ),
        ([], [("lr", "-1")], "{manager} (lr) is -1, but must be 0 or more."),
    ],
    ids=["formula", "repeated cell", "lost name", "a sheet's own constant"],
)
def test_a_mistake_is_one_sentence(book, gradsheet, calc, pretend, host, cells, names, expected):
    path, places = book(cells, names)
    before = path.read_bytes()
    click, mark, manager = HOSTS[host]
    said = click(path, gradsheet, calc, pretend)
    places |= {"Model": f"Model{mark}", "Data": f"Data{mark}", "manager": manager}
    assert said.strip().partition("book.xlsx, ")[2] == expected.format(**places)
    assert path.read_bytes() == before
