import math
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from lxml import etree

from pyfuncs.cells.errors import ErrorCode
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import Cell, read_area
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import ask_for_full_calculation, drop_values, set_values
from workbooks.xlsx.stored import StoredValue

Raw = Callable[..., Package]
ONE_PACKAGE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def saved(package: Package) -> Package:
    path = package.path.with_name("saved.xlsx")
    package.save(path)
    return Package.open(path)


def read(package: Package, name: str) -> Cell:
    return read_area(package, Area.parse(name, "S"))[0][0]


def xml(package: Package, title: str = "S") -> str:
    text = etree.tostring(package.sheet(title), encoding="unicode")
    return text.replace(' xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"', "")


@given(numbers=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
@example(numbers=[1e-310, 0.1 + 0.2, -0.0, 0.0, 1e308, 5e-324, 3.0, 2.0**53, 2.0**53 + 2, -1e15, 1e22])
@ONE_PACKAGE
def test_every_bit_of_a_number_survives(raw: Raw, numbers: list[float]) -> None:
    package = raw({"S": ""})
    set_values(package, "S", {(n, 1): number for n, number in enumerate(numbers, start=1)})
    values = [row[0].value for row in read_area(saved(package), Area("S", 1, 1, len(numbers), 1))]
    assert [struct.pack("d", v) for v in values] == [struct.pack("d", v) for v in numbers]


@given(text=st.text(st.characters(), max_size=30))
@example(text="_x0041_")
@example(text=" \t\n\r\x00\x1f\ufffe ")
@example(text="__x000D__x")
@ONE_PACKAGE
def test_every_character_of_a_text_survives(raw: Raw, text: str) -> None:
    package = raw({"S": '<row r="1"><c r="A1"><f>B1</f></c></row>'})
    set_values(package, "S", {(1, 1): text, (1, 2): text}, keep_formulas=True)
    row = read_area(saved(package), Area("S", 1, 1, 1, 2))[0]
    assert [c.value for c in row] == [text, text]


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        (3.0, '<c r="A1" s="4"><v>3</v></c>'),
        (-0.0, '<c r="A1" s="4"><v>-0.0</v></c>'),
        (0.1, '<c r="A1" s="4"><v>0.1</v></c>'),
        (np.float64(0.1), '<c r="A1" s="4"><v>0.1</v></c>'),
        (math.nan, '<c r="A1" s="4" t="e"><v>#NUM!</v></c>'),
        (-math.inf, '<c r="A1" s="4" t="e"><v>#NUM!</v></c>'),
        (True, '<c r="A1" s="4" t="b"><v>1</v></c>'),
        (ErrorCode.DIV0, '<c r="A1" s="4" t="e"><v>#DIV/0!</v></c>'),
        (" a", '<c r="A1" s="4" t="inlineStr"><is><t xml:space="preserve"> a</t></is></c>'),
        (None, '<c r="A1" s="4"/>'),
    ],
)
def test_how_a_value_is_stored_over_another(raw: Raw, value: StoredValue, stored: str) -> None:
    package = raw({"S": '<row r="1"><c r="A1" s="4" t="s" vm="1"><v>0</v></c></row>'}, shared="<si><t>old</t></si>")
    set_values(package, "S", {(1, 1): value})
    assert f'<row r="1">{stored}</row>' in xml(package)


def test_an_inline_text_is_replaced_and_extensions_stay_last(raw: Raw) -> None:
    package = raw({"S": '<row r="1"><c r="A1" t="inlineStr"><is><t>x</t></is><extLst/></c></row>'})
    set_values(package, "S", {(1, 1): 1.5})
    assert '<c r="A1"><v>1.5</v><extLst/></c>' in xml(package)


def test_missing_rows_and_cells_are_made_in_order(raw: Raw) -> None:
    rows = '<row r="2" spans="2:4"><c r="B2"/><c r="D2"/><extLst/></row><row r="5"><extLst/></row>'
    package = raw({"S": rows})
    places = [(7, 1), (5, 2), (2, 5), (2, 1), (2, 3), (1, 28), (1, 2), (3, 1)]
    set_values(package, "S", dict.fromkeys(places, 1.0))
    root = package.sheet("S")
    assert [row.get("r") for row in root.iter("{*}row")] == ["1", "2", "3", "5", "7"]
    names = ["B1", "AB1", "A2", "B2", "C2", "D2", "E2", "A3", "B5", "A7"]
    assert [cell.get("r") for cell in root.iter("{*}c")] == names
    assert [row[-1].tag.endswith("extLst") for row in root.iter("{*}row")] == [False, True, False, True, False]
    assert "spans" not in xml(package)
    again = saved(package)
    assert all(read_area(again, Area("S", r, c, r, c))[0][0].value == 1 for r, c in places)


def test_cells_without_names_keep_their_places(raw: Raw) -> None:
    package = raw({"S": '<row><c><v>1</v></c><c/><c><v>3</v></c></row><row r="3"><c><v>5</v></c></row><row/>'})
    set_values(package, "S", {(2, 1): 4.0, (1, 5): 6.0})
    values = [[c.value for c in row] for row in read_area(saved(package), Area("S", 1, 1, 4, 5))]
    none = [None] * 4
    assert values == [[1.0, None, 3.0, None, 6.0], [4.0, *none], [5.0, *none], [None, *none]]


def test_a_new_cell_looks_as_the_empty_one_did(
    tmp_path: Path, make_parts: Callable[..., dict[str, str]], write_zip: Callable[..., Path]
) -> None:
    body = (
        '<sheetFormatPr/><cols><col min="2" max="3" style="8"/></cols>'
        '<sheetData><row r="1" s="5" customFormat="1"/><row r="2" s="5"/></sheetData>'
    )
    package = Package.open(write_zip(tmp_path / "a.xlsx", make_parts({"S": body})))
    set_values(package, "S", {(1, 2): 1.0, (2, 2): 1.0, (2, 4): 1.0, (3, 3): 1.0})
    styles = {cell.get("r"): cell.get("s") for cell in package.sheet("S").iter("{*}c")}
    assert styles == {"B1": "5", "B2": "8", "D2": None, "C3": "8"}


def test_the_declared_extent_grows(
    tmp_path: Path, make_parts: Callable[..., dict[str, str]], write_zip: Callable[..., Path]
) -> None:
    parts = make_parts({"S": '<row r="2"><c r="B2"/></row>'})
    parts["book/pages/p1.xml"] = parts["book/pages/p1.xml"].replace("<sheetData>", '<dimension ref="B2"/><sheetData>')
    package = Package.open(write_zip(tmp_path / "a.xlsx", parts))
    set_values(package, "S", {(2, 2): 1.0})
    assert '<dimension ref="B2"/>' in xml(package)
    set_values(package, "S", {(9, 1): 1.0, (1, 4): 1.0})
    assert '<dimension ref="A1:D9"/>' in xml(package)


def test_emptying_a_cell_that_is_not_there_makes_none(raw: Raw) -> None:
    package = raw({"S": ""})
    set_values(package, "S", {(1, 1): None})
    assert "<c" not in xml(package)


def test_no_values_change_nothing(raw: Raw) -> None:
    package = raw({"S": ""})
    before = package.to_bytes()
    set_values(package, "S", {})
    drop_values(package, [])
    assert package.to_bytes() == before


FORMULAS = (
    '<row r="1"><c r="A1" s="2" t="str"><f>B1</f><v>old</v></c><c r="B1"><v>1</v></c>'
    '<c r="C1"><f t="array" ref="C1:D2">B1*2</f><v>2</v></c><c r="D1"><v>2</v></c></row>'
    '<row r="2"><c r="A2"><f t="shared" si="0" ref="A2:B2">B1</f><v>1</v></c><c r="B2"><f t="shared" si="0"/></c>'
    '<c r="C2"><v>2</v></c></row>'
)


@pytest.mark.parametrize("name", ["A1", "C1", "D1", "D2", "A2", "B2"])
def test_a_formula_is_not_overwritten(raw: Raw, name: str) -> None:
    package = raw({"S": FORMULAS})
    before = xml(package)
    area = Area.parse(name, "S")
    with pytest.raises(FileProblem, match=rf"S!{name} of .*raw.xlsx holds a formula"):
        set_values(package, "S", {(1, 2): 5.0, (area.top, area.left): 5.0})
    assert xml(package) == before


@pytest.mark.parametrize("name", ["A1", "C1", "D1", "D2", "A2", "B2"])
@pytest.mark.parametrize("value", [2.5, "text", True, ErrorCode.NA, None])
def test_a_formula_keeps_with_a_new_value(raw: Raw, name: str, value: StoredValue) -> None:
    package = raw({"S": FORMULAS})
    area = Area.parse(name, "S")
    formula = read(package, name).formula
    set_values(package, "S", {(area.top, area.left): value}, keep_formulas=True)
    assert "inlineStr" not in xml(package)
    assert xml(package).count("<f") == FORMULAS.count("<f")
    assert read(saved(package), name) == Cell(value, formula, has_value=value is not None)


def test_dropping_stored_values(raw: Raw) -> None:
    package = raw({"S": FORMULAS})
    drop_values(package, {("S", 1, 1), ("s", 1, 4), ("S", 2, 4), ("S", 2, 1)})
    assert '<c r="A1" s="2"><f>B1</f></c><c r="B1"><v>1</v></c>' in xml(package)
    again = saved(package)
    assert [read(again, name).has_value for name in ("A1", "B1", "C1", "D1", "A2", "C2")] == [
        False, True, True, False, False, True,
    ]  # fmt: skip


def test_only_formulas_lose_their_value(raw: Raw) -> None:
    package = raw({"S": FORMULAS})
    before = xml(package)
    with pytest.raises(FileProblem, match=r"S!B1 of .* holds no formula"):
        drop_values(package, [("S", 1, 1), ("S", 1, 2)])
    assert xml(package) == before


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("", ["sheets", "calcPr"]),
        ('<calcPr calcId="1"/><extLst/>', ["sheets", "calcPr", "extLst"]),
        ("<definedNames/><oleSize ref='A1'/>", ["sheets", "definedNames", "calcPr", "oleSize"]),
        ("<definedNames/><extLst/>", ["sheets", "definedNames", "calcPr", "extLst"]),
    ],
)
def test_asking_for_a_full_calculation(raw: Raw, tail: str, expected: list[str]) -> None:
    package = raw({"S": ""}, workbook_tail=tail)
    ask_for_full_calculation(package)
    root = saved(package).workbook
    assert [etree.QName(child).localname for child in root] == expected
    settings = root.find("{*}calcPr")
    assert settings is not None
    assert settings.get("fullCalcOnLoad") == "1"
    assert settings.get("calcId") == ("1" if "calcId" in tail else None)
