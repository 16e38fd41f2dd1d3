"""In a template every formula cell holds a value, none an error, and the one that computing it anew gives."""

import re

import numpy as np
import openpyxl
import pytest

from pyfuncs.cells.errors import ErrorCode
from workbooks.lessons.templates import TEMPLATES
from workbooks.recalculate import FileCells
from workbooks.sheets.status import AS_SAVED, ON
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package

from ..formula_cells import cells_of_formulas

NAMES = (
    "inputs",
    "target",
    "split",
    "weight_1_transposed",
    "initial_weight_1",
    "optimizer_state_1",
    "history",
    "epoch",
    "step",
)


ONE_CELL = re.compile(r"(?<![A-Z$])(\$?[A-Z]{1,3}\$?\d+):\1(?!\d)")
TITANIC = [name for name in TEMPLATES if name in ("titanic_linear", "titanic_two_layer")]


@pytest.fixture(scope="module")
def built(template_bytes, tmp_path_factory):
    """Return the opener of a template as it is built."""

    def opened(name):
        path = tmp_path_factory.mktemp("values") / f"{name}.xlsx"
        path.write_bytes(template_bytes[name])
        return Package.open(path)

    return opened


@pytest.fixture(scope="module", params=TEMPLATES)
def package(request, built):
    return built(request.param)


@pytest.fixture(scope="module", params=TITANIC)
def titanic(request, built):
    return built(request.param)


@pytest.fixture(scope="module")
def formula_cells(package):
    return {
        (title, *place): cell for title in package.sheet_titles for place, cell in cells_of_formulas(package, title)
    }


def test_every_formula_cell_has_a_value(formula_cells):
    assert len(formula_cells) > 20
    assert [place for place, cell in formula_cells.items() if not cell.has_value] == []


def test_no_formula_cell_holds_an_error(formula_cells):
    assert [place for place, cell in formula_cells.items() if isinstance(cell.value, ErrorCode)] == []


def test_every_value_is_what_computing_it_anew_gives(package, formula_cells):
    book = TEMPLATES[package.path.stem].build(FileCells(package))
    anew = {(title, *place): value for title, cells in book.formula_values().items() for place, value in cells.items()}
    assert anew.keys() == formula_cells.keys()
    assert [p for p, value in anew.items() if formula_cells[p].value != value] == []


def test_every_formula_is_the_builders(package, formula_cells):
    book = TEMPLATES[package.path.stem].build(None)
    texts = {(title, *place): text for title, cells in book.formula_cells().items() for place, text in cells.items()}
    assert {place: cell.formula for place, cell in formula_cells.items()} == texts


def test_a_trained_weight_keeps_all_its_bits(package):
    """Openpyxl alone writes sixteen digits."""
    book = TEMPLATES[package.path.stem].build(None)
    for page in book.pages:
        for block, _ in page.blocks:
            if block.name in ("weight_1", "weight_1_transposed", "initial_weight_1", "inputs"):
                stored = [cell.value for row in read_area(package, block.area) for cell in row]
                assert stored == block.values.ravel().tolist()


def test_openpyxl_opens_it_and_every_name_leads_to_cells(package):
    workbook = openpyxl.load_workbook(package.path)
    assert workbook.sheetnames[0] == "Start"
    for name, defined in workbook.defined_names.items():
        ((title, reference),) = defined.destinations
        cells = workbook[title][reference]
        assert np.array(cells, dtype=object).size >= 1, name


def test_the_lessons_sheets_charts_and_names(titanic):
    workbook = openpyxl.load_workbook(titanic.path)
    by_hand = ["By hand"] if titanic.path.stem == "titanic_linear" else []
    assert workbook.sheetnames == [
        *("Start", "Lesson", "Multiply", "Your turn", "You aboard", "What if", *by_hand),
        *("Fill down", "Model", "Training", "Data", "Functions"),
    ]
    assert set(NAMES) <= set(workbook.defined_names)
    assert list(workbook["Data"].tables) == ["Passengers"]
    assert len(workbook["Start"]._charts) == 1
    assert len(workbook["Training"]._charts) == 2


def test_no_cell_of_the_contract_is_an_error_or_blank_where_it_must_not_be(titanic):
    workbook = openpyxl.load_workbook(titanic.path, data_only=True)
    for name in ("inputs", "target", "split", "weight_1_transposed", "lr", "loss", "optimizer", "batch_size"):
        ((title, reference),) = workbook.defined_names[name].destinations
        cells = workbook[title][reference]
        values = [cell.value for row in (cells if isinstance(cells, tuple) else ((cells,),)) for cell in row]
        assert None not in values
        assert not [value for value in values if str(value).startswith("#")]


def test_the_status_cell_claims_nothing_before_a_program_calculates(package):
    texts = [cell.value for row in read_area(package, Area("Start", 1, 2, 40, 8)) for cell in row]
    assert AS_SAVED in texts
    assert ON not in texts


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_formula_has_a_range_of_one_cell(name):
    """Newer Calc saves such a range as the cell, and the formula would no longer be known as the template's."""
    texts = TEMPLATES[name].build(None).formula_cells()
    assert [text for sheet in texts.values() for text in sheet.values() if ONE_CELL.search(text)] == []
    assert ONE_CELL.search("SUM(B$16:B$16)")
    assert not ONE_CELL.search("SUM(B16:B160)+SUM(AB1:B1)")
