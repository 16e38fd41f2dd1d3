from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import LineChart, Reference
from openpyxl.packaging.custom import BoolProperty, FloatProperty, IntProperty, StringProperty
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.table import Table

from workbooks.xlsx.package import NamedTable, Package


@pytest.fixture
def package(tmp_path: Path) -> Package:
    book = openpyxl.Workbook()
    model = book.worksheets[0]
    model.title = "Model"
    chart = LineChart()
    chart.add_data(Reference(model, min_col=1, min_row=1, max_row=3))
    other = book.create_sheet("It's other")
    book.create_chartsheet("Picture").add_chart(chart)
    other.append(["a b", "c"])
    other.append([1, 2])
    other.add_table(Table(displayName="Passengers", ref="A1:B2"))
    book.defined_names["lr"] = DefinedName("lr", attr_text="Model!$B$1")
    model.defined_names["lr"] = DefinedName("lr", attr_text="Model!$B$2")
    other.defined_names["lr"] = DefinedName("lr", attr_text="'It''s other'!$A$2")
    book.custom_doc_props.append(StringProperty(name="gradsheet.template", value="titanic <&> linear"))
    book.custom_doc_props.append(IntProperty(name="version", value=3))
    book.custom_doc_props.append(FloatProperty(name="share", value=0.5))
    book.custom_doc_props.append(BoolProperty(name="ready", value=True))
    book.save(tmp_path / "a.xlsx")
    return Package.open(tmp_path / "a.xlsx")


def test_worksheets_in_order_without_chart_sheets(package: Package) -> None:
    assert package.sheet_titles == ("Model", "It's other")


def test_a_sheet_is_found_whatever_its_case(package: Package) -> None:
    assert package.title("MODEL") == "Model"
    assert package.sheet("model") is package.sheet("Model")
    assert package.grid("model") is package.grid("Model")


def test_names_of_the_workbook_and_of_sheets(package: Package) -> None:
    assert package.defined_names() == {
        (None, "lr"): "Model!$B$1",
        ("Model", "lr"): "Model!$B$2",
        ("It's other", "lr"): "'It''s other'!$A$2",
    }


def test_a_chart_sheet_counts_where_a_name_gives_the_place_of_its_sheet(
    tmp_path: Path,
    make_parts: Callable[..., dict[str, str]],
    write_zip: Callable[[Path, Mapping[str, str | bytes]], Path],
) -> None:
    tail = '<definedNames><definedName name="lr" localSheetId="2">Model!$A$1</definedName></definedNames>'
    parts = make_parts({"First": "", "Picture": "", "Model": ""}, workbook_tail=tail)
    rels = parts["book/_rels/main.xml.rels"]
    parts["book/_rels/main.xml.rels"] = rels.replace('worksheet" Target="pages/p2', 'chartsheet" Target="pages/p2')
    package = Package.open(write_zip(tmp_path / "a.xlsx", parts))
    assert package.sheet_titles == ("First", "Model")
    assert package.defined_names() == {("Model", "lr"): "Model!$A$1"}


def test_tables(package: Package) -> None:
    assert package.tables() == {"Passengers": NamedTable("It's other", "A1:B2", ("a b", "c"))}


def test_custom_properties(package: Package) -> None:
    properties = package.custom_properties()
    assert properties.pop("ready").lower() in ("true", "1")
    assert properties == {"gradsheet.template": "titanic <&> linear", "version": "3", "share": "0.5"}


def test_a_workbook_with_nothing_extra(raw: Callable[..., Package]) -> None:
    package = raw({"S": ""})
    assert package.custom_properties() == {}
    assert package.tables() == {}
    assert package.defined_names() == {}
    assert package.shared_strings == ()


def test_parts_are_found_by_their_relationships_alone(
    tmp_path: Path,
    make_parts: Callable[..., dict[str, str]],
    write_zip: Callable[[Path, Mapping[str, str | bytes]], Path],
) -> None:
    parts = make_parts({"Second": '<row r="1"/>', "First": ""}, shared="<si><t>x</t></si>")
    # A decoy where most workbooks keep their first sheet, an escaped name, and one that differs in case.
    parts["xl/worksheets/sheet1.xml"] = "not even XML"
    parts["book/pages/my page.XML"] = parts.pop("book/pages/p1.xml")
    parts["book/_rels/main.xml.rels"] = parts["book/_rels/main.xml.rels"].replace("p1.xml", "./my%20page.xml")
    package = Package.open(write_zip(tmp_path / "odd.xlsx", parts))
    assert package.sheet_titles == ("Second", "First")
    assert package.grid("Second").cells(1) == {}
    assert package.shared_strings == ("x",)


def test_an_external_relationship_is_not_a_part(
    tmp_path: Path,
    make_parts: Callable[..., dict[str, str]],
    write_zip: Callable[[Path, Mapping[str, str | bytes]], Path],
) -> None:
    parts = make_parts({"S": ""})
    link = '<Relationship Id="x" Type="t/sharedStrings" Target="http://example.com/s.xml" TargetMode="External"/>'
    parts["book/_rels/main.xml.rels"] = parts["book/_rels/main.xml.rels"].replace("</Rel", link + "</Rel")
    assert Package.open(write_zip(tmp_path / "a.xlsx", parts)).shared_strings == ()
