import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from openpyxl.chart import LineChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import DataBarRule
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.table import Table

from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import ask_for_full_calculation, set_values

PICTURE = bytes(range(256)) * 40
CUSTOM = b'<?xml version="1.0"?>\r\n<mine xmlns="urn:mine"  a = "1"><!-- kept --></mine>'


@pytest.fixture
def rich(tmp_path: Path) -> Path:
    """A workbook with most things a user may have put in, and parts that openpyxl would throw away."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Model"
    for n in range(1, 6):
        sheet.append([n, n * 0.1, f"row {n}", f"=A{n}*B{n}"])
    sheet["B2"].font = Font(bold=True)
    sheet["B2"].number_format = "0.000"
    sheet["A1"].comment = Comment("keep me", "Anna")
    rule = DataValidation(type="list", formula1='"sgd,adam"')
    sheet.add_data_validation(rule)
    rule.add("F1")
    sheet.conditional_formatting.add("B1:B5", DataBarRule("num", 0, "num", 1, "638EC6"))
    chart = LineChart()
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=5))
    sheet.add_chart(chart, "H2")
    data = book.create_sheet("Data")
    data.append(["a", "b"])
    data.append([1, 2])
    data.add_table(Table(displayName="Rows", ref="A1:B2"))
    made = io.BytesIO()
    book.save(made)
    path = tmp_path / "rich.xlsx"
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(path, "w") as new:
        new.comment = b"a comment"
        for name, content, kind in (
            ("customXml/item1.xml", CUSTOM, zipfile.ZIP_DEFLATED),
            ("xl/media/image1.png", PICTURE, zipfile.ZIP_STORED),
            ("xl/media/", b"", zipfile.ZIP_STORED),
        ):
            info = zipfile.ZipInfo(name, (1999, 12, 31, 23, 59, 58))
            info.compress_type = kind
            info.extra = b"\x20\xa2\x04\x00\x14\x28\x00\x00"  # the padding Excel leaves
            new.writestr(info, content)
        for info in old.infolist():
            new.writestr(info, old.read(info))
    return path


def contents(data: bytes) -> list[tuple[str, bytes, int, tuple[int, ...]]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return [(i.filename, archive.read(i), i.compress_type, i.date_time) for i in archive.infolist()]


def test_nothing_changed_changes_no_part(rich: Path) -> None:
    package = Package.open(rich)
    package.sheet("Model")  # reading is not changing
    package.grid("Model").formulas  # noqa: B018
    before = rich.read_bytes()
    after = package.to_bytes()
    assert contents(after) == contents(before)
    with zipfile.ZipFile(io.BytesIO(after)) as archive:
        assert archive.comment == b"a comment"


def test_a_patch_changes_its_sheet_alone(rich: Path) -> None:
    package = Package.open(rich)
    set_values(package, "Model", {(2, 2): 0.25})
    before, after = contents(rich.read_bytes()), contents(package.to_bytes())
    assert [(name, *rest) for name, _, *rest in after] == [(name, *rest) for name, _, *rest in before]
    changed = [name for (name, new, *_), (_, old, *_) in zip(after, before, strict=True) if new != old]
    assert changed == ["xl/worksheets/sheet1.xml"]
    parts = {name: content for name, content, *_ in after}
    assert parts["customXml/item1.xml"] == CUSTOM
    assert parts["xl/media/image1.png"] == PICTURE
    declaration, _, _ = parts["xl/worksheets/sheet1.xml"].partition(b"?>")
    assert b"UTF-8" in declaration
    assert b"standalone='yes'" in declaration
    for kept in (b"dataValidation ", b"conditionalFormatting", b"<drawing", b"legacyDrawing"):
        assert kept in parts["xl/worksheets/sheet1.xml"]


def test_the_same_patch_gives_the_same_bytes(rich: Path) -> None:
    files = []
    for _ in range(2):
        package = Package.open(rich)
        set_values(package, "Model", {(2, 2): 0.25, (9, 9): "new"})
        ask_for_full_calculation(package)
        files.append(package.to_bytes())
    assert files[0] == files[1]


def test_openpyxl_opens_the_patched_file_with_its_styles(rich: Path, tmp_path: Path) -> None:
    package = Package.open(rich)
    set_values(package, "Model", {(2, 2): 0.1 + 0.2, (3, 3): "new text", (7, 1): True})
    package.save(tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["Model"]
    assert sheet["B2"].value == 0.1 + 0.2
    assert sheet["B2"].font.bold
    assert sheet["B2"].number_format == "0.000"
    assert sheet["C3"].value == "new text"
    assert sheet["A7"].value is True
    assert sheet["D2"].value == "=A2*B2"
    assert sheet["A1"].comment.text == "keep me"
    assert len(sheet._charts) == 1
    assert sheet.data_validations.dataValidation[0].formula1 == '"sgd,adam"'


def test_saving_over_the_file_itself(rich: Path) -> None:
    package = Package.open(rich)
    set_values(package, "Model", {(2, 2): 7.0})
    package.save(rich)
    assert openpyxl.load_workbook(rich)["Model"]["B2"].value == 7
