"""A workbook shows its stored numbers when it is opened: nothing asks for a calculation but the one cell that must."""

import re
import zipfile

import pytest
from lxml import etree

from workbooks.lessons.templates import BUNDLED
from workbooks.sheets.status import AS_SAVED, ON
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.namespaces import F, V
from workbooks.xlsx.package import Package

CALCULATION = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}calcPr"
VOLATILE = re.compile(r"\b(NOW|TODAY|RAND|RANDBETWEEN|OFFSET|INDIRECT|CELL|INFO)\(")


def calculation(path):
    with zipfile.ZipFile(path) as archive:
        return [dict(each.attrib) for each in etree.fromstring(archive.read("xl/workbook.xml")).iter(CALCULATION)]


@pytest.mark.parametrize("name", [*BUNDLED, "own table"])
def test_no_file_asks_for_a_calculation_or_names_an_old_engine(workbook_of, name):
    assert calculation(workbook_of(name)) == [{"calcId": "191029"}]


@pytest.mark.parametrize("name", ["titanic_linear", "own table"])
def test_training_asks_for_none_where_every_formula_is_ours(workbook_of, gradsheet, name):
    path = workbook_of(name)
    assert gradsheet("train", path, "--epochs", 1, "--lr", 0.01, "--quiet").status == 0
    assert calculation(path) == [{"calcId": "191029"}]


@pytest.mark.parametrize(("text", "asked"), [("SUM(A1:A9)", None), ("SUM(weight_1)", "1"), ("NOW()", "1")])
def test_a_formula_of_the_users_own_asks_only_when_what_it_reads_has_changed(template, gradsheet, text, asked):
    path = template("titanic_linear")
    package = Package.open(path)
    cell = package.grid("Data").make_cell(2000, 1)
    etree.SubElement(cell, F).text = text
    etree.SubElement(cell, V).text = "12345"
    package.mark_sheet_changed("Data")
    package.save(path)
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    assert calculation(path)[0].get("fullCalcOnLoad") == asked
    ((after,),) = read_area(Package.open(path), Area("Data", 2000, 1, 2000, 1))
    assert after.has_value == (asked is None)


@pytest.mark.parametrize("name", [*BUNDLED, "own table"])
def test_one_cell_alone_is_volatile_and_says_whether_formulas_are_on(workbook_of, name):
    package = Package.open(workbook_of(name))
    found = [
        (title, formula.text)
        for title in package.sheet_titles
        for formula in package.grid(title).formulas.values()
        if VOLATILE.search(formula.text)
    ]
    assert len(found) == 1
    title, text = found[0]
    assert title == "Start"
    assert ON in text
    shown = [cell.value for row in read_area(package, Area("Start", 1, 2, 40, 2)) for cell in row]
    assert [each for each in shown if isinstance(each, str) and AS_SAVED in each] or name == "own table"
    assert not [each for each in shown if isinstance(each, str) and ON in each]
