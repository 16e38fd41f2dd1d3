"""Workbooks that other programs have written: training changes the model's values and nothing else of the file."""

import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from lxml import etree

from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.namespaces import (
    CALC_PR,
    DEFINED_NAME,
    DEFINED_NAMES,
    DIMENSION,
    IS,
    ROW,
    SHEETS,
    WORKBOOK_PR,
    C,
    V,
)
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import set_values
from workbooks.xlsx.workbook import WorkbookFile

FILES = sorted(Path(__file__).parent.glob("*.xlsx"))
EXCEL = "usr/lib/R/site-library/readxl/extdata/datasets.xlsx"
DEBIAN_PACKAGE = "r-cran-readxl"


@pytest.fixture(scope="session")
def saved_by_excel(tmp_path_factory):
    """Return a workbook that Excel has saved, out of Debian's package of R's readxl; it is not ours to spread."""
    folder = tmp_path_factory.mktemp("excel")
    try:
        subprocess.run(
            ["apt-get", "download", DEBIAN_PACKAGE], cwd=folder, check=True, capture_output=True, timeout=120
        )
        package = next(folder.glob("*.deb"))
        subprocess.run(["dpkg-deb", "--extract", package, folder], check=True, capture_output=True, timeout=60)
    except (OSError, subprocess.SubprocessError) as error:
        if os.environ.get("GRADSHEET_REQUIRE_FOREIGN"):
            raise
        pytest.skip(f"Debian's {DEBIAN_PACKAGE}, in which a workbook saved by Excel lies, cannot be had: {error}")
    return folder / EXCEL


def parts(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def without_values(data, known):
    """Return a part's XML without what its cells store, and without the wish that formulas be calculated.

    Cells and rows that are not `known` are left out where they hold nothing but values: the history grows into them,
    with the looks of their columns.
    """
    root = etree.fromstring(data, etree.XMLParser(remove_blank_text=True))
    for cell in root.iter(C):
        cell.attrib.pop("t", None)
        for child in [child for child in cell if child.tag in (V, IS)]:
            cell.remove(child)
        cell.text = None
    for tag in (C, ROW):  # rows once their cells are gone
        for each in [each for each in root.iter(tag) if each.get("r") not in known and not len(each)]:
            each.getparent().remove(each)
    for row in root.iter(ROW):
        row.attrib.pop("spans", None)
    for dimension in root.findall(DIMENSION):
        root.remove(dimension)
    for settings in root.findall(CALC_PR):
        settings.attrib.pop("fullCalcOnLoad", None)
        if not settings.attrib:
            root.remove(settings)
    return etree.tostring(root, method="c14n")


def other_sheets(package, *titles):
    return {package.sheet_part(title) for title in package.sheet_titles if title not in titles}


def check_only_values_changed(before, after, may_change):
    assert list(before) == list(after)
    changed = {name for name in before if before[name] != after[name]}
    assert changed
    assert changed <= may_change
    for name in changed:
        known = {each.get("r") for each in etree.fromstring(before[name]).iter(C, ROW)}
        assert without_values(before[name], known) == without_values(after[name], known), name


def test_at_least_four_programs_are_there():
    assert {path.stem for path in FILES} >= {"gnumeric", "ironcalc", "libreoffice", "openpyxl", "xlsxwriter"}
    assert sum(path.stat().st_size for path in FILES) < 300_000


@pytest.mark.parametrize("source", FILES, ids=lambda path: path.stem)
def test_training_changes_values_alone(gradsheet, tmp_path, source):
    path = Path(shutil.copy(source, tmp_path / source.name))
    package = Package.open(path)
    may_change = set(package.targets("xl/workbook.xml", "worksheet").values()) | {"xl/workbook.xml"}
    may_change -= other_sheets(package, "Model", "History")
    result = gradsheet("train", path, "--epochs", 60, "--quiet")
    assert (result.status, result.err) == (0, "")
    check_only_values_changed(parts(source), parts(path), may_change)
    weights = [row[0].value for row in read_area(Package.open(path), Area("Model", 2, 6, 4, 6))]
    assert weights == pytest.approx([2.0, -1.0, 0.5], abs=0.05)  # which the target was made of
    again = parts(path)
    assert gradsheet("train", path, "--epochs", 0, "--quiet").status == 0
    assert parts(path) == again


def test_training_a_workbook_that_excel_saved_changes_values_alone(gradsheet, saved_by_excel, tmp_path):
    path = tmp_path / "datasets.xlsx"
    package = Package.open(saved_by_excel)
    assert b"Microsoft" in package.read("docProps/app.xml")
    set_values(package, "mtcars", {(2, 14): 0.0, (3, 14): 0.0, (4, 14): 0.0, (6, 14): 0.0, (7, 14): 1e-6})
    names = etree.Element(DEFINED_NAMES)
    references = {"inputs": "B2:D33", "target": "A2:A33", "weight_1": "N2:N4", "epoch": "N6", "lr": "N7"}
    for name, cells in references.items():
        first, _, last = cells.partition(":")
        text = ":".join(f"${cell[0]}${cell[1:]}" for cell in (first, last) if cell)
        etree.SubElement(names, DEFINED_NAME, {"name": name}).text = f"mtcars!{text}"
    package.workbook.find(SHEETS).addnext(names)
    assert package.workbook.find(WORKBOOK_PR) is not None
    package.mark_workbook_changed()
    package.save(path)
    before = parts(path)
    sheet = package.sheet_part("mtcars")
    untouched = parts(saved_by_excel)
    assert {name for name in untouched if untouched[name] != before[name]} == {sheet, "xl/workbook.xml"}
    assert gradsheet("train", path, "--epochs", 2, "--quiet").status == 0
    check_only_values_changed(before, parts(path), {sheet, "xl/workbook.xml"})
    assert WorkbookFile.open(path).read("epoch") == [[2.0]]
