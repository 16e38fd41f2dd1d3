"""Inputs that are OFFSET, RAND, a link: their values outlive a training, since the next one reads them again."""

import json
import re
import zipfile

import pytest

from workbooks.own_data.sheet_table import read_sheet
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package

FORMULAS = [
    "OFFSET($Z$1,1,1)",
    'INDIRECT("Z"&amp;2)',
    "TODAY()*0+0.5",
    "RAND()",
    "LET(q,$Z$1,q*1)",
    "_xlfn.LET(_xlpm.q,$Z$1,_xlpm.q*1)",
    "[1]Data!A1",
    "nobody_knows+1",
]


def with_formulas(path, sheet, formulas):
    """Make cells formulas that have their values stored, which openpyxl cannot."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for place, formula in formulas.items():
        pattern = rf'(<c r="{place}"[^>]*>)(<v>)'.encode()
        parts[sheet], count = re.subn(pattern, rb"\1<f>" + formula.encode() + rb"</f>\2", parts[sheet])
        assert count == 1, place
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


@pytest.fixture
def formulas_in(write_book, small_blocks, tmp_path):
    """Return the writer of a small workbook with formulas in some of its named blocks' first cells, or other cells."""

    def write(formulas, **changes):
        path = tmp_path / "f.xlsx"
        places = write_book(path, {"Model": small_blocks(**changes)})
        first = {name: place.partition("!")[2].partition(":")[0] for name, place in places.items()}
        return with_formulas(
            path, "xl/worksheets/sheet1.xml", {first.get(cell, cell): text for cell, text in formulas.items()}
        )

    return write


def stored(path, place):
    area = Area.parse(place, "Model")
    return read_area(Package.open(path), area)[0][0]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_second_training_goes_on_where_the_first_ended(formulas_in, small_book, gradsheet, tmp_path, formula):
    path = formulas_in({"inputs": formula, "B5": formula})
    for _ in range(2):
        result = gradsheet("train", path, "--epochs", 2, "--quiet")
        assert (result.status, result.err) == (0, "")
    plain = small_book(path=tmp_path / "plain.xlsx")
    gradsheet("train", plain, "--epochs", 4, "--quiet")
    assert json.loads(gradsheet("evaluate", path).out) == json.loads(gradsheet("evaluate", plain).out)
    assert stored(path, "B5").formula is not None


@pytest.mark.parametrize("options", [("--lr", 0.01), ("--set", "weight_decay=0.1")])
def test_a_setting_changed_first_does_not_lose_them(formulas_in, gradsheet, options):
    path = formulas_in({"inputs": "OFFSET($Z$1,1,1)"})
    for _ in range(2):
        assert gradsheet("train", path, *options, "--epochs", 1, "--quiet").status == 0


def test_import_does_not_lose_them(formulas_in, gradsheet, tmp_path):
    path = formulas_in({"inputs": "RAND()"})
    gradsheet("export", path, tmp_path / "w.csv")
    gradsheet("train", path, "--epochs", 1, "--quiet")
    for _ in range(2):
        assert gradsheet("import", path, tmp_path / "w.csv").status == 0


def test_a_setting_that_is_one_keeps_its_value_too(formulas_in, gradsheet):
    path = formulas_in({"lr": "OFFSET($Z$1,1,1)"})
    for _ in range(2):
        assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    assert stored(path, "A1").has_value


def test_one_that_reads_the_weights_is_stale_and_said_so(formulas_in, gradsheet, write_book, small_blocks, tmp_path):
    places = write_book(tmp_path / "places.xlsx", {"Model": small_blocks()})
    weight = places["weight_1"].partition("!")[2].partition(":")[0]
    path = formulas_in({"inputs": f"OFFSET({weight},0,0)"})
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    result = gradsheet("train", path, "--epochs", 1, "--quiet")
    assert result.status == 2
    assert "Model!A1 (inputs) holds a formula without a stored value" in result.err


def test_what_the_model_does_not_read_is_still_calculated_anew(
    formulas_in, gradsheet, write_book, small_blocks, tmp_path
):
    """A formula of which nobody knows whether it reads the weights must not show what they were."""
    place = write_book(tmp_path / "places.xlsx", {"Model": small_blocks(shown=1)})["shown"]
    path = formulas_in({"inputs": "RAND()", "shown": "OFFSET($Z$1,1,1)"}, shown=1)
    assert stored(path, place).has_value
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    assert (stored(path, place).formula, stored(path, place).has_value) == ("OFFSET($Z$1,1,1)", False)
    assert stored(path, "A1").has_value
    assert b'fullCalcOnLoad="1"' in zipfile.ZipFile(path).read("xl/workbook.xml")


def test_a_cell_of_an_own_tables_data_keeps_its_value(gradsheet, tmp_path):
    """As a blank it would be filled with the median, silently."""
    (tmp_path / "t.csv").write_text("a,y\n" + "".join(f"{i * i % 7 + 0.5},{i % 2}\n" for i in range(20)))
    path = tmp_path / "my.xlsx"
    gradsheet("new", tmp_path / "t.csv", "--target", "y", "-o", path)
    number = Package.open(path).sheet_titles.index("Data") + 1
    with_formulas(path, f"xl/worksheets/sheet{number}.xml", {"B8": "RAND()"})
    before = read_sheet(path, "Data").rows
    for _ in range(2):
        assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
        assert read_sheet(path, "Data").rows == before
