"""A sheet whose cells get the values that they hold keeps its bytes, however another program has spelled them."""

import subprocess
import sys

import numpy as np
import pytest

from workbooks.xlsx.area import Area
from workbooks.xlsx.patch import set_formula_values, set_values

SPELLED = '<row r="1"  spans="1:2"><c r="A1"><f>B1</f><v>2</v></c><c r="B1" ></c></row>'


@pytest.fixture
def package(raw):
    package = raw({"S": SPELLED})
    assert SPELLED.encode() in package.read(package.sheet_part("S"))
    return package


def test_the_same_values_leave_the_sheet_as_it_was(package):
    part = package.sheet_part("S")
    before = package.read(part)
    set_formula_values(package, Area("S", 1, 1, 1, 1), np.array([[2.0]]))
    set_values(package, "S", {(1, 1): 2.0, (1, 2): None, (9, 9): None}, keep_formulas=True)
    assert package.read(part) == before


@pytest.mark.parametrize("values", [{(1, 1): 3.0}, {(1, 1): None}, {(1, 2): 1.0}, {(3, 3): "x"}], ids=repr)
def test_another_value_is_written(package, values):
    part = package.sheet_part("S")
    before = package.read(part)
    set_values(package, "S", values, keep_formulas=True)
    assert package.read(part) != before


def test_what_formulas_read_is_told_without_the_rest_of_openpyxl():
    code = (
        "import sys; from workbooks.xlsx.formulas import words;"
        "assert words('SUM(A1:B2)*Model!$C$3') == ['SUM(', 'A1:B2', 'Model!$C$3'];"
        "assert 'openpyxl' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
