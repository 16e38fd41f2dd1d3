"""A few bytes that speak of millions of cells, or unpack to gigabytes, are answered at once with a sentence."""

import tracemalloc
import zipfile

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from workbooks.xlsx.archive import read_archive, read_file
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import set_values

HUGE = [
    ("$A$1:$XFD$1048576", "1,048,576 rows × 16,384 columns"),
    ("$A$1:$Z$1048576", "1,048,576 rows × 26 columns"),
    ("$A$1:$B$1048576", "1,048,576 rows × 2 columns"),
    ("$A$1:$XFD$12", "12 rows × 16,384 columns"),
]


@pytest.mark.parametrize(("reference", "size"), HUGE)
@pytest.mark.parametrize("name", ["inputs", "weight_1", "history", "feature_names"])
def test_a_name_over_whole_columns_is_answered_with_where_the_cells_end(gradsheet, small_book, reference, size, name):
    path = small_book(feature_names=[["a", "b", "c"]])
    book = openpyxl.load_workbook(path)
    book.defined_names[name].attr_text = f"Model!{reference}"
    book.save(path)
    before = path.read_bytes()
    result = gradsheet("train", path, "--epochs", 1)
    assert result.status == 2
    assert result.err.count("\n") == 1
    assert f"the name {name} stands for Model!{reference.replace('$', '')}, {size}" in result.err
    assert "make the name stand for those it needs" in result.err
    assert path.read_bytes() == before


def test_an_array_formula_over_a_whole_sheet(gradsheet, small_book):
    path = small_book()
    book = openpyxl.load_workbook(path)
    book["Model"]["AA9"] = ArrayFormula("AA9:XFD1048576", "=RAND()")
    book.save(path)
    result = gradsheet("train", path, "--epochs", 1)
    assert result.status == 2
    assert "The array formula of Model!AA9 in" in result.err
    assert "make it smaller" in result.err


@pytest.mark.parametrize("part", ["xl/media/image1.png", "xl/worksheets/sheet1.xml"])
@pytest.mark.parametrize("command", [["train", "{}"], ["new", "{}", "--target", "y"], ["repair", "{}"]])
def test_a_part_that_unpacks_to_almost_nothing_is_not_unpacked(gradsheet, small_book, tmp_path, part, command):
    path = small_book()
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**parts, part: b" " * 2**26}.items():
            archive.writestr(name, data)
    result = gradsheet(*(each.format(path) for each in command))
    assert result.status == 2
    assert f"its part {part} would unpack to 67,108,864 bytes of almost nothing" in result.err.splitlines()[-1]


@pytest.mark.parametrize("size", [0, 3, 2**18, 2**18 + 1, 2**20])
def test_a_file_takes_memory_for_what_it_holds_and_not_for_what_it_may_hold(tmp_path, size):
    path = tmp_path / "file"
    path.write_bytes(bytes(size))
    tracemalloc.start()
    try:
        data = read_file(path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert data == bytes(size)
    assert most < 2**22


def test_parts_that_together_are_too_much(small_book, monkeypatch):
    path = small_book()
    monkeypatch.setattr("workbooks.xlsx.archive.MOST_BYTES", 20_000)
    with pytest.raises(FileProblem, match="would unpack to more than 20,000 bytes"):
        read_archive(path)


@pytest.mark.parametrize(
    ("row", "value"), [(4, 1_000_000_000), (4, 1_000_000), (4, -5), (6, 10**7), (7, 10**7), (11, "99999999")]
)
def test_an_own_workbook_that_says_it_is_another_size(gradsheet, own_table, row, value):
    package = Package.open(own_table)
    set_values(package, "Preparation", {(row, 2): value})
    package.save(own_table)
    # Its formulas are not those of such a workbook, so their values are left to a spreadsheet program.
    assert gradsheet("train", own_table, "--epochs", 1, "--quiet").status == 0


CONTENT = """<?xml version="1.0"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><office:body><office:spreadsheet>
<table:table table:name="T"><table:table-row table:number-rows-repeated="1000000"><table:table-cell
 table:number-columns-repeated="16000" office:value-type="float" office:value="1"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"""


def test_an_open_document_that_repeats_a_cell_everywhere(gradsheet, tmp_path):
    path = tmp_path / "full.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", CONTENT)
    result = gradsheet("new", path, "--target", "y", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert "the sheet T holds more than 20,000,000 cells" in result.err


def test_a_table_with_something_far_away(gradsheet, tmp_path):
    book = openpyxl.Workbook()
    for row in (["a", "y"], *([i, i % 2] for i in range(30))):
        book.active.append(row)
    book.active["XFD1048576"] = "forgotten"
    book.save(tmp_path / "far.xlsx")
    result = gradsheet("new", tmp_path / "far.xlsx", "--target", "y", "-o", tmp_path / "my.xlsx")
    assert result.status == 2
    assert "1,048,576 rows × 16,384 columns; delete what stands far away from it." in result.err
