"""A workbook made from a table is refreshed from what it holds itself, whatever table it was made from."""

import openpyxl
import pytest

from pyfuncs.cells.errors import ErrorCode
from workbooks.own_data.workbook import rebuild
from workbooks.recalculate import FileCells, refresh
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

from ..formula_cells import cells_of_formulas

OPTIONS = {
    "binary": ("--target", "sold"),
    "dropped": ("--target", "sold", "--fill", "drop"),
    "mode": ("--target", "size", "--fill", "mode"),
    "network": ("--target", "colour", "--hidden", "5,4"),
    "one row kept aside": ("--target", "size", "--valid-fraction", "0.017"),
    "nothing kept aside": ("--target", "size", "--valid-fraction", "0"),
}


@pytest.fixture(params=OPTIONS)
def book(request, messy, gradsheet, tmp_path):
    path = tmp_path / "my.xlsx"
    result = gradsheet("new", messy, *OPTIONS[request.param], "-o", path)
    assert result.status == 0, result.err
    return path


def formula_cells(path):
    package = Package.open(path)
    for title in package.sheet_titles:
        for place, cell in cells_of_formulas(package, title):
            yield (title, *place), cell


def test_every_formula_has_a_value_and_none_an_error(book):
    cells = dict(formula_cells(book))
    assert len(cells) > 300
    assert [place for place, cell in cells.items() if not cell.has_value] == []
    assert [place for place, cell in cells.items() if isinstance(cell.value, ErrorCode)] == []


def test_it_trains_at_once_and_every_value_is_fresh(book, gradsheet):
    assert refresh(WorkbookFile.open(book))
    before = dict(formula_cells(book))
    assert gradsheet("train", book, "--epochs", 7, "--quiet").status == 0
    after = dict(formula_cells(book))
    assert [place for place, cell in after.items() if not cell.has_value] == []
    assert {place for place in after if after[place].value != before[place].value}
    anew = rebuild(FileCells(Package.open(book))).formula_values()
    assert [
        (title, *place)
        for title, values in anew.items()
        for place, value in values.items()
        if after[title, *place].value != value
    ] == []


def test_the_step_shown_is_the_step_taken(book, gradsheet):
    values = openpyxl.load_workbook(book, data_only=True)["Model"]
    titles = [values.cell(6, column).value for column in range(1, values.max_column + 1)]
    left = next(i for i, title in enumerate(titles, 1) if title and title.startswith("New weights"))
    shown = values.cell(9, left + 1).value
    assert gradsheet("train", book, "--steps", 1, "--quiet").status == 0
    file = WorkbookFile.open(book)
    taken = file.read("weight_1" if "weight_1" in file else "weight_1_transposed")[0][0]
    assert abs(shown - taken) < 1e-12


def test_another_split_makes_other_means(book, gradsheet):
    def first_numbers():
        return read_area(Package.open(book), Area("Preparation", 16, 6, 24, 9))

    before = first_numbers()
    assert gradsheet("train", book, "--set", "split_seed=5", "--valid-fraction", "0.3", "--epochs", 1).status == 0
    assert first_numbers() != before


def test_a_changed_formula_is_not_overwritten(book, gradsheet):
    changed = openpyxl.load_workbook(book)
    changed["Preparation"]["E16"] = "=1+1"
    changed.save(book)
    assert not refresh(WorkbookFile.open(book))


def test_the_same_table_gives_the_same_bytes(messy, gradsheet, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        assert gradsheet("new", messy, "--target", "sold", "-o", tmp_path / "same.xlsx", "--force").status == 0
        (tmp_path / "same.xlsx").rename(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
