import datetime
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from pyfuncs.cells.errors import ErrorCode
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import Cell, read_area
from workbooks.xlsx.package import Package

Raw = Callable[..., Package]


def cell(package: Package, name: str) -> Cell:
    return read_area(package, Area.parse(name, package.sheet_titles[0]))[0][0]


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ("<v>3</v>", 3.0),
        ("<v>1e-310</v>", 1e-310),
        ('<v t="n">-0.0</v>', 0.0),
        ('t="n"', None),
        ('t="b"><v>1</v>', True),
        ('t="b"><v>0</v>', False),
        ('t="e"><v>#DIV/0!</v>', ErrorCode.DIV0),
        ('t="e"><v>#N/A</v>', ErrorCode.NA),
        ('t="e"><v>#SPILL!</v>', ErrorCode.VALUE),
        ('t="str"><v> a </v>', " a "),
        ('t="str"><v></v>', ""),
        ('t="inlineStr"><is><t>in</t></is>', "in"),
        ('t="inlineStr"><is><r><t>one </t></r><r><rPr><b/></rPr><t>two</t></r></is>', "one two"),
        ('t="inlineStr"><is/>', ""),
        ('t="s"><v>0</v>', "plain"),
        ('t="s"><v>1</v>', "rich text"),
        ('t="s"><v>2</v>', "a\rb_x0041_"),
        ('t="s"><v></v>', None),
        ("<v/>", None),
        ('t="d"><v>2024-01-01</v>', 45292.0),
        ('t="d"><v>2024-01-01T12:00:00</v>', 45292.5),
    ],
)
def test_every_kind_of_value(raw: Raw, xml: str, value: object) -> None:
    attributes, _, content = xml.partition(">") if xml.startswith("t=") else ("", "", xml)
    shared = (
        "<si><t>plain</t></si>"
        "<si><r><t>rich </t></r><r><rPr/><t>text</t></r><rPh sb='0' eb='1'><t>sound</t></rPh><phoneticPr/></si>"
        "<si><t>a_x000D_b_x005F_x0041_</t></si>"
    )
    package = raw({"S": f'<row r="1"><c r="A1" {attributes}>{content}</c></row>'}, shared=shared)
    read = cell(package, "A1")
    assert read.value == value
    assert type(read.value) is type(value)
    assert read.formula is None
    assert read.has_value == (value is not None)


def test_cells_that_are_not_there_are_blank(raw: Raw) -> None:
    package = raw({"S": '<row r="2"><c r="B2"><v>1</v></c></row>'})
    blank = Cell(None, None, has_value=False)
    assert read_area(package, Area("S", 1, 1, 3, 2)) == [
        [blank, blank],
        [blank, Cell(1.0, None, has_value=True)],
        [blank, blank],
    ]


def test_rows_and_cells_without_numbers_follow_one_another(raw: Raw) -> None:
    rows = (
        '<row><c><v>1</v></c><c><v>2</v></c></row><row r="4"><c r="C4"><v>3</v></c><c><v>4</v></c></row><row><c/></row>'
    )
    package = raw({"S": rows})
    assert [cell(package, name).value for name in ("A1", "B1", "C4", "D4", "A5")] == [1.0, 2.0, 3.0, 4.0, None]


def test_formulas_with_and_without_a_stored_value(raw: Raw) -> None:
    package = raw({"S": '<row r="1"><c r="A1"><f>B1*2</f><v>4</v></c><c r="B1"><f>1+1</f></c></row>'})
    assert cell(package, "A1") == Cell(4.0, "B1*2", has_value=True)
    assert cell(package, "B1") == Cell(None, "1+1", has_value=False)


def test_shared_formulas_are_written_out(raw: Raw) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="shared" ref="A1:B2" si="0">C1*$D$1</f><v>1</v></c>'
        '<c r="B1"><f t="shared" si="0"/><v>2</v></c></row>'
        '<row r="2"><c r="A2"><f t="shared" si="0"/></c><c r="B2"><f t="shared" si="0">D2*7</f></c></row>'
    )
    block = read_area(raw({"S": rows}), Area("S", 1, 1, 2, 2))
    assert [[c.formula for c in row] for row in block] == [["C1*$D$1", "D1*$D$1"], ["C2*$D$1", "D2*7"]]


def test_every_cell_of_an_array_formula_is_a_formula_cell(raw: Raw) -> None:
    rows = (
        '<row r="1"><c r="A1"><f t="array" ref="A1:B2">D1:E2*2</f><v>1</v></c><c r="B1"><v>2</v></c></row>'
        '<row r="2"><c r="A2"><v>3</v></c></row>'
    )
    block = read_area(raw({"S": rows}), Area("S", 1, 1, 2, 3))
    assert [[c.formula is not None for c in row] for row in block] == [[True, True, False], [True, True, False]]
    assert block[0][1] == Cell(2.0, "D1:E2*2", has_value=True)
    assert block[1][1] == Cell(None, "D1:E2*2", has_value=False)
    assert read_area(raw({"S": rows}), Area("S", 2, 2, 2, 2))[0][0].formula == "D1:E2*2"


def test_a_what_if_table_is_a_formula_too(raw: Raw) -> None:
    rows = '<row r="1"><c r="A1"><f t="dataTable" ref="A1:A2" dt2D="0" dtr="0" r1="F1"/><v>1</v></c></row>'
    assert [row[0].formula for row in read_area(raw({"S": rows}), Area("S", 1, 1, 2, 1))] == ["TABLE(F1,)"] * 2


def test_what_openpyxl_wrote(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "My sheet"
    sheet.append([1, 2.5, True, "text", datetime.datetime(2024, 1, 1), "=A1", None, "#N/A"])
    sheet["A2"] = ArrayFormula("A2:B2", "=A1:B1*2")
    book.save(tmp_path / "a.xlsx")
    package = Package.open(tmp_path / "a.xlsx")
    row = read_area(package, Area.parse("'my SHEET'!A1:H1"))[0]
    assert [c.value for c in row] == [1.0, 2.5, True, "text", 45292.0, None, None, ErrorCode.NA]
    assert row[5] == Cell(None, "A1", has_value=False)
    assert [c.formula for c in read_area(package, Area.parse("'My sheet'!A2:B2"))[0]] == ["A1:B1*2"] * 2


def test_a_hundred_thousand_cells_are_read(raw: Raw) -> None:
    rows = "".join(
        f'<row r="{r}">' + "".join(f'<c r="{c}{r}"><v>{r}.5</v></c>' for c in "ABCDEFGHIJ") + "</row>"
        for r in range(1, 10001)
    )
    package = raw({"S": rows})
    block = read_area(package, Area("S", 1, 1, 10000, 10))
    assert sum(float(c.value or 0) for row in block for c in row) == 10 * sum(r + 0.5 for r in range(1, 10001))
