"""The edition that carries its formulas, in Calc: the add-in calculates it, and all that it carries is saved."""

import itertools
import math

import ironcalc
import pytest

from addin.cli.build import anywhere
from workbooks.equip import called_names
from workbooks.lessons.titanic.fill_down import EPOCHS, LR_ROW, TITLE, TOP
from workbooks.sheets.status import AS_SAVED, ON
from workbooks.xlsx.package import Package

from ...formula_cells import cells_of_formulas

CLOSE = 1e-11
FILES = ("titanic_two_layer", "neurons", "sine")
FAILED = 508
"""What Calc shows for a name that holds a LAMBDA."""


@pytest.fixture
def file(tmp_path):
    """Return the maker of the edition's files."""

    def make(name):
        path = tmp_path / f"{name}.xlsx"
        path.write_bytes(anywhere(name))
        return path

    return make


def stored(path):
    """Return the stored value of every formula cell, by sheet and place."""
    package = Package.open(path)
    return {
        title: {place: cell.value for place, cell in cells_of_formulas(package, title)}
        for title in package.sheet_titles
    }


def differences(found, wanted):
    return [
        (sheet, place, found[sheet].get(f"{place[0]},{place[1]}"), value)
        for sheet, cells in wanted.items()
        for place, value in cells.items()
        if not is_same(found[sheet].get(f"{place[0]},{place[1]}"), value)
    ]


def is_same(found, value):
    if isinstance(value, float | bool):  # the office shows a boolean as a number
        return isinstance(found, float | int) and math.isclose(found, value, rel_tol=CLOSE, abs_tol=CLOSE)
    return found == (value.replace(AS_SAVED, ON) if isinstance(value, str) else value or "")


@pytest.mark.parametrize("name", FILES)
def test_with_the_extension_it_calculates_what_is_stored(calc, file, name):
    path = file(name)
    book = calc.open(str(path))
    assert not calc.is_modified(book)
    assert calc.undo_titles(book) == []
    for _ in ("as it is opened", "calculated"):
        assert not differences(calc.formula_cells(book), stored(path))
        calc.calculate(book)
    calc.close(book)


def test_it_trains_and_is_saved_with_all_that_it_carries(calc, file):
    path = file("titanic_linear")
    before = Package.open(path).defined_names()
    book = calc.open(str(path))
    first = calc.get(book, "Start", "C5")
    assert calc.click(book, "epoch")["done"]
    trained = calc.get(book, "Start", "C5")
    assert trained < first
    calc.save_again(book)
    calc.close(book)
    package = Package.open(path)
    names = package.defined_names()
    assert {name for _, name in names} == {name for _, name in before}
    assert all(names[None, name].startswith("_xlfn.LAMBDA(") for name in called_names(package))
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    assert model.get_cell_value(0, 5, 3) == pytest.approx(trained[0][0], abs=1e-12)
    again = calc.open(str(path))
    assert calc.get(again, "Start", "C5") == [[pytest.approx(trained[0][0], abs=1e-12)]]
    calc.close(again)


def test_an_ordinary_workbook_gets_no_names(calc, template):
    path = template("sine")
    before = {name for _, name in Package.open(path).defined_names()}
    book = calc.open(str(path))
    calc.put(book, "Training", "A60", [[1]])
    calc.save_again(book)
    calc.close(book)
    assert {name for _, name in Package.open(path).defined_names()} == before


def test_without_the_extension_only_the_formulas_fail(bare_calc, file):
    """They do in the ordinary workbook too; what Lesson and Fill down show stays."""
    path = file("titanic_linear")
    book = bare_calc.open(str(path))
    cells = bare_calc.formula_cells(book)
    assert cells["Start"]["6,2"] == {"error": FAILED}
    wanted = {sheet: found for sheet, found in stored(path).items() if sheet in ("Lesson", TITLE)}
    assert len(wanted) == 2
    fails = [place for place, *_ in (each[:2] for each in differences(cells, wanted))]
    assert set(fails) <= {"Lesson"}
    bare_calc.close(book)


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer"])
def test_a_row_dragged_down_trains_in_a_program_without_gradsheet(bare_calc, template, name):
    path = template(name)
    book = bare_calc.open(str(path))
    units = 1 if name == "titanic_linear" else 2
    last = TOP + EPOCHS
    right = ["L", "W"][units - 1]
    bare_calc.put(book, TITLE, f"B{LR_ROW}", [[0.05]])
    bare_calc.fill_down(book, TITLE, f"A{last}:{right}{last + 3}")
    losses = [row[0] for row in bare_calc.get(book, TITLE, f"B{TOP}:B{last + 3}")]
    assert len(losses) == EPOCHS + 4
    assert all(after < before for before, after in itertools.pairwise(losses))
    assert bare_calc.get(book, TITLE, f"A{last + 3}") == [[EPOCHS + 3]]
    bare_calc.close(book)
