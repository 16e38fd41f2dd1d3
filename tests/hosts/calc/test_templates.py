"""Every template in the real program: what it calculates is what the file holds, and it survives being saved."""

import functools
import math
import re

import pytest
from openpyxl.utils.cell import coordinate_to_tuple

from workbooks.lessons.templates import TEMPLATES
from workbooks.sheets.status import AS_SAVED, ON

CLOSE = 1e-12
QUOTIENT = 1e-11
"""Two losses' difference over 0.01 has their last digits a hundred times larger: 3.1e-12 measured, on Eve."""
SAVED = 1e-14
CALCULATED = 1e-11
"""What formulas make of numbers whose sixteenth digit the office has rounded away; Adam makes most of it."""

# Where each sheet has a model of its own, no name says which is meant; the neurons are not trained; digits is
# digits_8x8 with larger images.
ONE_MODEL = [name for name in TEMPLATES if name not in ("titanic_notebook", "gradient_descent", "neurons", "digits")]
WEIGHTS = ("weight_1", "weight_1_transposed")
LOSS_ON_START = [name for name in ONE_MODEL if name != "digits_8x8"]


def live(value):
    """Return what a value becomes when the office calculates: the status says that the formulas are on."""
    return value.replace(AS_SAVED, ON) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def expected():
    """Return what gives the value of every formula cell of a template, as it is built."""

    @functools.cache
    def of_template(name):
        built = TEMPLATES[name].build(None).formula_values()
        return {
            sheet: {f"{row},{column}": live(value) for (row, column), value in built[sheet].items()} for sheet in built
        }

    return of_template


@pytest.fixture(scope="module")
def texts():
    """Return what gives the text of every formula cell of a template."""

    @functools.cache
    def of_template(name):
        built = TEMPLATES[name].build(None).formula_cells()
        return {sheet: {f"{row},{column}": text for (row, column), text in built[sheet].items()} for sheet in built}

    return of_template


def differences(found, expected, close):
    """Return the formula cells that differ."""
    return [
        (sheet, place, cells.get(place), value)
        for sheet, values in expected.items()
        for cells in [found[sheet]]
        for place, value in values.items()
        if not is_same(cells.get(place), value, close)
    ]


def by_quotient(expected, texts):
    """Return the numerical gradients that are written out as a difference over 0.01, and all other cells."""
    parts = {}, {}
    for sheet, values in expected.items():
        for part, wanted in zip(parts, (True, False), strict=True):
            part[sheet] = {
                place: value for place, value in values.items() if texts[sheet][place].endswith("/0.01") == wanted
            }
    return parts


def without_trying(found, texts):
    """Leave out gradients by central differences: they make a rounded last digit a hundred thousand times larger.

    So do the cells that repeat one.
    """

    def is_tried(sheet, place):
        text = texts[sheet].get(place, "")
        if re.fullmatch(r"\$?[A-Z]+\$?\d+", text):
            row, column = coordinate_to_tuple(text.replace("$", ""))
            return is_tried(sheet, f"{row},{column}")
        return "NUMERIC" in text

    return {
        sheet: {place: value for place, value in values.items() if place in texts[sheet] and not is_tried(sheet, place)}
        for sheet, values in found.items()
    }


def is_same(found, value, close, close_to_zero=None):
    if isinstance(value, str) or value is None:
        return found == (value or "")
    return isinstance(found, float | int) and math.isclose(
        found, value, rel_tol=close, abs_tol=close if close_to_zero is None else close_to_zero
    )


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_formula_gives_the_value_in_the_file(calc, opened, expected, name, texts):
    book = opened(name)
    quotients, others = by_quotient(expected(name), texts(name))
    for _ in ("as it is opened", "calculated"):
        found = calc.formula_cells(book)
        assert not differences(found, others, CLOSE)
        assert not differences(found, quotients, QUOTIENT)
        calc.calculate(book)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_not_changed_by_loading_it(calc, opened, name):
    book = opened(name)
    assert not calc.is_modified(book)
    assert calc.undo_titles(book) == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_cell_shows_an_error(calc, opened, name):
    cells = calc.formula_cells(opened(name))
    assert not [(sheet, place) for sheet in cells for place, value in cells[sheet].items() if isinstance(value, dict)]


@pytest.mark.parametrize("name", LOSS_ON_START)
def test_a_changed_weight_reaches_the_loss(calc, opened, name):
    book = opened(name)
    before = calc.get(book, "Start", "C5")
    (name,) = calc.known(book, WEIGHTS)
    weights = calc.named(book, name)
    weights[0][0] += 0.25
    calc.put_named(book, name, weights)
    assert calc.get(book, "Start", "C5") != before
    weights[0][0] -= 0.25
    calc.put_named(book, name, weights)
    assert calc.get(book, "Start", "C5")[0] == pytest.approx(before[0], abs=CLOSE)


@pytest.mark.parametrize("ending", [".ods", ".xlsx"])
@pytest.mark.parametrize("name", ONE_MODEL)
def test_saved_and_opened_again_it_gives_the_same(calc, opened, texts, tmp_path, name, ending):
    book = opened(name)
    assert calc.click(book, "step")["done"]
    path = tmp_path / f"saved{ending}"
    calc.save(book, str(path))
    again = calc.open(str(path))
    assert not calc.is_modified(again)
    calc.calculate(again)
    for weights in (*calc.known(book, WEIGHTS), "initial_weight_1", "inputs", "history"):
        for row, saved in zip(calc.named(book, weights), calc.named(again, weights), strict=True):
            assert all(is_same(cell, value, SAVED, 0) for cell, value in zip(saved, row, strict=True)), weights
    for _ in range(2):
        before = without_trying(calc.formula_cells(book), texts(name))
        assert not differences(calc.formula_cells(again), before, CALCULATED)
        assert calc.click(again, "step")["done"]
        assert calc.click(book, "step")["done"]
    calc.close(again)


def test_a_defined_name_with_a_formula_of_ours_calculates(calc, tmp_path):
    import openpyxl
    from openpyxl.workbook.defined_name import DefinedName

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet["A1"] = -3
    sheet["A2"] = "=positive+1"
    sheet["A3"] = "=NN_RELU(5)+NN_RELU(A1)"
    sheet["A4"] = '="nn_relu("&A1'
    workbook.defined_names["positive"] = DefinedName("positive", attr_text=f"NN_RELU({sheet.title}!$A$1)")
    path = tmp_path / "names.xlsx"
    workbook.save(path)
    book = calc.open(str(path))
    assert calc.get(book, sheet.title, "A2:A4") == [[1], [5], ["nn_relu(-3"]]
    calc.close(book)
