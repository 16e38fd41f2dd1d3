"""Formulas and names of OpenDocument files, spelled as .xlsx files spell them."""

import zipfile

import pytest

from workbooks.xlsx.area import Area
from workbooks.xlsx.open_document import as_in_workbook
from workbooks.xlsx.sheets import open_sheets

SPACES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("of:=[.A1]+[$Lesson.B2]", "A1+Lesson!B2"),
        ("of:=SUM([.A$1:.$B2];[$'Your turn'.A1:.B3])", "SUM(A$1:$B2,'Your turn'!A1:B3)"),
        ('of:=IF([.A1]="a;[.B1]";1;0)', 'IF(A1="a;[.B1]",1,0)'),
        ("of:=['it''s [a].b'.A1]", "'it''s [a].b'!A1"),
        ("of:=['file:///home/x.y/a.ods'#$'Your turn'.A1]", "'[1]Your turn'!A1"),
        ("of:=[$Lesson.A1:$Lesson.B2]", "Lesson!A1:Lesson!B2"),
        ("[$Lesson.$B$12:.$K$723]", "Lesson!$B$12:$K$723"),
        ("=1+1", "1+1"),
        ("of:=[.A1", "A1"),
        ('of:="open', '"open'),
    ],
)
def test_a_formula_is_spelled_as_in_a_workbook(text, spelled):
    assert as_in_workbook(text) == spelled


@pytest.mark.parametrize("piece", ["[", "['", "'", '"', "[$", "a.", ":", "[:"])
def test_a_long_text_of_brackets_or_quotes_is_read_once(piece):
    """Read from every bracket anew, the third of a million would take hours."""
    assert len(as_in_workbook("of:=" + piece * 300_000)) > 0


def test_arrays_fill_their_cells_and_names_stand_for_cells(tmp_path):
    rows = (
        '<table:table-row table:number-rows-repeated="2"><table:table-cell/></table:table-row>'
        '<table:table-row><table:table-cell/><table:table-cell table:formula="of:=[.A1]" office:value-type="float" '
        'office:value="1" table:number-matrix-rows-spanned="2" table:number-matrix-columns-spanned="1"/>'
        '<table:table-cell table:formula="of:=[$Other.C3]" table:number-columns-repeated="2"/></table:table-row>'
        "<table:table-row><table:table-cell/></table:table-row>"
    )
    names = (
        '<table:named-expressions><table:named-range table:name="ages" table:cell-range-address="$Other.$A$1:.$A$9"/>'
        '<table:named-expression table:name="twice" table:expression="of:=2*[.A1]"/></table:named-expressions>'
    )
    path = tmp_path / "formulas.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "content.xml",
            f'<office:document-content {SPACES}><office:body><office:spreadsheet><table:table table:name="S">{rows}'
            f"</table:table>{names}</office:spreadsheet></office:body></office:document-content>",
        )
    sheets = open_sheets(path)
    found = {(3, 2): "A1", (4, 2): "A1", (3, 3): "Other!C3", (3, 4): "Other!C3"}
    assert sheets.formulas(Area("S", 1, 1, 9, 9)) == found
    assert sheets.formulas(Area("S", 4, 1, 9, 9)) == {(4, 2): "A1"}
    assert sheets.formulas(Area("S", 1, 1, 2, 9)) == {}
    assert sheets.names() == {"ages": "Other!$A$1:$A$9", "twice": "2*A1"}
