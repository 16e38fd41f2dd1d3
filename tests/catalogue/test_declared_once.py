"""One declaration is all it takes: a toy formula turns up wherever formulas are listed, and its examples run."""

from types import SimpleNamespace

import numpy as np
import pytest

from addin.calc.install import idl, wizard
from addin.excel.build import intellisense, vba
from addin.excel.inside import udfs
from pyfuncs.catalogue import reference, registry
from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.cells.errors import CellError, ErrorCode
from workbooks.sheets import reference as sheet
from workbooks.sheets.book import Book
from workbooks.sheets.expression import call as formula_of_a_cell


def halve(inputs):
    return inputs / 2.0


TOY = Formula(
    name="NN_TOY_HALVE",
    summary="Halves every number, for the sake of a test.",
    arguments=(Numbers(name="inputs", shape=("n", "out"), help="The numbers to halve in this toy."),),
    returns="n×out",
    run=halve,
    source="This test",
    plain="{inputs}/2",
    examples=(Example([[[4, 6]]], [[2, 3]]), Example([["x"]], ErrorCode.VALUE)),
)


@pytest.fixture
def declared(monkeypatch):
    families = (*registry.FAMILIES, SimpleNamespace(TITLE="Toys", FORMULAS=(TOY,)))
    for module in (registry, reference, sheet):
        monkeypatch.setattr(module, "FAMILIES", families)


@pytest.mark.usefixtures("declared")
def test_it_is_listed_with_its_help_in_every_place():
    book = Book("toy", "Toy")
    page = book.page("Sheet")
    page.array(1, 1, (1, 2), formula_of_a_cell("NN_TOY_HALVE", page.text(3, 1, [[4, 6]])))
    sheet.functions_page(book)
    book.complete()
    cells = {str(cell) for page in book.pages for block, _ in page.blocks for cell in block.values.flat}
    assert registry.formulas()["NN_TOY_HALVE"] is TOY
    assert TOY.signature in cells
    assert TOY.summary in cells
    for text in (reference.markdown(), wizard.descriptions()):
        assert "NN_TOY_HALVE" in text
        assert TOY.arguments[0].help in text
    assert "NN_TOY_HALVE( [in] sequence< sequence< any > > INPUTS )" in idl.interface()


@pytest.mark.usefixtures("declared")
def test_excel_has_it():
    function = udfs.functions()["NN_TOY_HALVE"]
    assert function([[4.0, 6.0]]) == [[2.0, 3.0]]
    assert TOY.summary in function.__doc__
    for kind in ("xlsm", "xlam"):
        text = vba.modules(kind)["GradsheetFormulas"]
        assert "Public Function NN_TOY_HALVE(inputs)\n" in text
        assert '"NN_TOY_HALVE", Array(inputs), ' in text
    book = Book("toy", "Toy")
    intellisense.add_intellisense(book)
    cells = {str(cell) for page in book.pages for block, _ in page.blocks for cell in block.values.flat}
    assert "NN_TOY_HALVE" in cells
    assert any(TOY.arguments[0].help in cell for cell in cells)


@pytest.mark.usefixtures("declared")
def test_its_examples_run():
    formula = registry.formulas()["NN_TOY_HALVE"]
    np.testing.assert_array_equal(call(formula, formula.examples[0].arguments), formula.examples[0].gives)
    with pytest.raises(CellError) as raised:
        call(formula, formula.examples[1].arguments)
    assert raised.value.code == formula.examples[1].gives
