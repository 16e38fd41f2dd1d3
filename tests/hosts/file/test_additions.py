"""Parts are added to a workbook so that readers find them, and everything else stays as it was."""

import io
import zipfile

import openpyxl
import pytest
from lxml import etree

from workbooks.xlsx.additions import declare, free_name, relate
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.namespaces import OFFICE
from workbooks.xlsx.package import Package

KIND = f"{OFFICE}/drawing"
DRAWING = "application/vnd.openxmlformats-officedocument.drawing+xml"


@pytest.fixture
def path(tmp_path):
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def parts(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_part_is_added_declared_and_found_by_its_relationship(path):
    package = Package.open(path)
    sheet = package.sheet_part(package.sheet_titles[0])
    part = free_name(package, "xl/drawings/drawing{}.xml")
    assert part == "xl/drawings/drawing1.xml"
    package.put(part, b"<wsDr/>")
    assert free_name(package, "xl/drawings/drawing{}.xml") == "xl/drawings/drawing2.xml"
    declare(package, part, DRAWING)
    assert [relate(package, sheet, KIND, f"/{part}") for _ in range(2)] == ["rId1", "rId2"]
    before, after = parts(path.read_bytes()), parts(package.to_bytes())
    added = {part, "xl/worksheets/_rels/sheet1.xml.rels"}
    assert set(after) - set(before) == added
    assert {name for name in before if before[name] != after[name]} == {"[Content_Types].xml"}
    package.save(path)
    package = Package.open(path)
    assert package.targets(sheet, "drawing") == {"rId1": part, "rId2": part}
    assert package.read(part) == b"<wsDr/>"


def test_a_part_is_one_thing_at_a_time(path):
    package = Package.open(path)
    for kind in (DRAWING, "text/xml"):
        declare(package, "xl/workbook.xml", kind)
    types = etree.fromstring(parts(package.to_bytes())["[Content_Types].xml"])
    assert [each.get("ContentType") for each in types if each.get("PartName") == "/xl/workbook.xml"] == ["text/xml"]


def test_bytes_that_are_put_win_over_a_change_made_before(path):
    package = Package.open(path)
    package.workbook.set("changed", "1")
    package.mark_workbook_changed()
    assert b'changed="1"' in package.read(package.workbook_part)
    package.put(package.workbook_part, b"<new/>")
    assert parts(package.to_bytes())[package.workbook_part] == b"<new/>"


def test_a_part_that_is_not_there_is_named(path):
    with pytest.raises(FileProblem, match="is missing"):
        Package.open(path).read("xl/nothing.xml")
