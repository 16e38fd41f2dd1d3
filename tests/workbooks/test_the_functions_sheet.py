"""The sheet Functions lists what its workbook uses, so that a formula added to the catalogue changes no workbook."""

from dataclasses import replace

import pytest

from pyfuncs.catalogue import activations
from pyfuncs.catalogue.registry import formulas
from workbooks.lessons.templates import BUNDLED, TEMPLATES
from workbooks.sheets.book import Book
from workbooks.sheets.expression import call, native
from workbooks.sheets.reference import FUNCTIONS, called_formulas, functions_page
from workbooks.sheets.writer import write


@pytest.fixture
def made_up(monkeypatch):
    """Add a formula to the catalogue and return its name."""
    formula = replace(activations.FORMULAS[0], name="NN_MADE_UP", summary="Nobody needs this.")
    monkeypatch.setattr(activations, "FORMULAS", (formula, *activations.FORMULAS))
    assert "NN_MADE_UP" in formulas()
    return formula.name


@pytest.mark.parametrize("name", BUNDLED)
def test_a_new_formula_leaves_every_template_as_it_was(template_bytes, request, name):
    before = template_bytes[name]
    request.getfixturevalue("made_up")
    assert write(TEMPLATES[name].build(None)) == before


def listed(book):
    book.complete()
    page = next(page for page in book.pages if page.title == FUNCTIONS)
    texts = [str(value).partition("(")[0] for block, _ in page.blocks for value in block.values[:, 0]]
    return [text for text in texts if text.startswith("NN_")]


def test_it_lists_each_formula_that_a_cell_calls_once_and_no_other(made_up):
    book = Book("small", "Small")
    functions_page(book)
    page = book.page("Later")
    page.cell(1, 1, native("IF({x}>1,{y},0)", x=call("NN_RELU", 2), y=call("NN_MADE_UP", 1)))
    page.cell(2, 1, call("NN_RELU", 3))
    page.text(3, 1, "NN_TANH(1)")
    assert listed(book) == [made_up, "NN_RELU"]
    assert listed(book) == [made_up, "NN_RELU"], "once, however often it is written"


@pytest.mark.parametrize("name", ["backprop", "titanic_linear"])
def test_a_template_lists_what_it_calls(name):
    book = TEMPLATES[name].build(None)
    assert set(listed(book)) == set(called_formulas(book)) < set(formulas())
