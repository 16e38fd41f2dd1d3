"""A click puts many blocks into the cells, and the formulas that follow from them are calculated once."""

import re

import pytest

from workbooks.xlsx.package import Package

CALL = re.compile(r"\bNN_NUMERIC_GRAD\(")


@pytest.mark.parametrize("button", ["step", "epoch", "reset"])
def test_each_numeric_gradient_is_calculated_once_a_click(calc, template, button):
    path = template("playground")
    package = Package.open(path)
    grids = [package.grid(title) for title in package.sheet_titles]
    formulas = sum(len(CALL.findall(formula.text)) for grid in grids for formula in grid.formulas.values())
    number = calc.open(str(path))
    assert calc.click(number, "step")["done"]
    counts = calc.run_inside("calculated_by_a_click", [path.as_uri(), button])
    calc.close(number)
    assert 0 < counts["NN_NUMERIC_GRAD"] <= formulas


def test_row_heights_follow_what_a_person_writes_after_a_click(calc, opened):
    book = opened("titanic_linear")
    assert calc.click(book, "epoch")["done"]
    low = calc.row_height(book, "Training", "L60")
    calc.put(book, "Training", "L60", [["one\ntwo\nthree\nfour"]])
    assert calc.row_height(book, "Training", "L60") > 2 * low
