import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest

from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.package import Package

Parts = Callable[..., dict[str, str]]
WriteZip = Callable[[Path, Mapping[str, str | bytes]], Path]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


def problem(path: Path, act: Callable[[], object] | None = None) -> str:
    with pytest.raises(FileProblem) as caught:
        (act or (lambda: Package.open(path)))()
    text = str(caught.value)
    assert str(path) in text
    assert "\n" not in text
    return text


@pytest.fixture
def good(tmp_path: Path) -> bytes:
    book = openpyxl.Workbook()
    for n in range(300):
        book.worksheets[0].append([n * 1.37, str(n)])
    book.save(tmp_path / "good.xlsx")
    return (tmp_path / "good.xlsx").read_bytes()


def test_missing(tmp_path: Path) -> None:
    assert "does not exist" in problem(tmp_path / "none.xlsx")


def test_missing_folder(tmp_path: Path) -> None:
    assert "does not exist" in problem(tmp_path / "none" / "none.xlsx")


def test_a_file_for_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    problem(tmp_path / "file" / "none.xlsx")


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder" in problem(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"a,b\n1,2\n", "not a workbook"),
        (OLE, ".xls"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "password"),
        (b"PK\x03\x04 and then nothing", "damaged"),
    ],
)
def test_other_kinds_of_content(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "bad.xlsx"
    path.write_bytes(content)
    assert said in problem(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated(tmp_path: Path, good: bytes, share: float) -> None:
    path = tmp_path / "cut.xlsx"
    path.write_bytes(good[: int(len(good) * share)])
    assert "damaged" in problem(path)


def test_no_flipped_byte_gets_past_with_another_error(tmp_path: Path, good: bytes) -> None:
    path = tmp_path / "flipped.xlsx"
    refused = 0
    for place in range(0, len(good), 97):
        path.write_bytes(good[:place] + bytes([good[place] ^ 0x5A]) + good[place + 1 :])
        try:
            package = Package.open(path)
            for title in package.sheet_titles:
                read_area(package, Area(title, 1, 1, 300, 2))
        except FileProblem:
            refused += 1
    assert refused > 20


def test_a_part_whose_checksum_is_wrong(tmp_path: Path, make_parts: Parts) -> None:
    path = tmp_path / "crc.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in make_parts({"S": '<row r="1"><c r="A1"><v>12345</v></c></row>'}).items():
            archive.writestr(name, content)
    data = path.read_bytes()
    assert data.count(b"12345") == 1
    path.write_bytes(data.replace(b"12345", b"12346"))
    assert "damaged" in problem(path)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_is_there_twice(tmp_path: Path, make_parts: Parts) -> None:
    path = tmp_path / "twice.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in [*make_parts({"S": ""}).items(), ("_rels/.rels", "")]:
            archive.writestr(name, content)
    assert "twice" in problem(path)


def test_an_ods(tmp_path: Path, write_zip: WriteZip) -> None:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    path = write_zip(tmp_path / "calc.ods", {"mimetype": kind, "content.xml": "<a/>"})
    text = problem(path)
    assert "OpenDocument" in text
    assert ".xlsx" in text


def test_a_zip_of_something_else(tmp_path: Path, write_zip: WriteZip) -> None:
    assert "not a workbook" in problem(write_zip(tmp_path / "photos.zip", {"a.txt": "x"}))


def test_a_text_document(tmp_path: Path, make_parts: Parts, write_zip: WriteZip) -> None:
    parts = make_parts({"S": ""})
    parts["book/main.xml"] = '<w:document xmlns:w="urn:word"/>'
    assert "not a workbook" in problem(write_zip(tmp_path / "letter.docx", parts))


def test_a_binary_workbook(tmp_path: Path, make_parts: Parts, write_zip: WriteZip) -> None:
    parts = make_parts({"S": ""})
    parts["_rels/.rels"] = parts["_rels/.rels"].replace("main.xml", "main.bin")
    assert ".xlsb" in problem(write_zip(tmp_path / "binary.xlsb", parts))


def test_a_strict_workbook(tmp_path: Path, make_parts: Parts, write_zip: WriteZip) -> None:
    parts = make_parts({"S": ""})
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["book/main.xml"] = parts["book/main.xml"].replace(main, "http://purl.oclc.org/ooxml/spreadsheetml/main")
    assert "Strict" in problem(write_zip(tmp_path / "strict.xlsx", parts))


@pytest.mark.parametrize("part", ["book/main.xml", "_rels/.rels", "book/_rels/main.xml.rels"])
def test_broken_xml_in_a_part_that_opening_reads(
    tmp_path: Path, make_parts: Parts, write_zip: WriteZip, part: str
) -> None:
    parts = make_parts({"S": ""})
    parts[part] = parts[part][:-5]
    assert part in problem(write_zip(tmp_path / "broken.xlsx", parts))


def test_broken_xml_in_a_sheet(tmp_path: Path, make_parts: Parts, write_zip: WriteZip) -> None:
    parts = make_parts({"S": "<row>"})
    path = write_zip(tmp_path / "broken.xlsx", parts)
    package = Package.open(path)
    assert "p1.xml" in problem(path, lambda: package.sheet("S"))


def test_a_missing_part(tmp_path: Path, make_parts: Parts, write_zip: WriteZip) -> None:
    parts = make_parts({"S": ""})
    del parts["book/pages/p1.xml"]
    path = write_zip(tmp_path / "lost.xlsx", parts)
    package = Package.open(path)
    assert "missing" in problem(path, lambda: package.sheet("S"))


def test_entities_are_refused(tmp_path: Path, make_parts: Parts, write_zip: WriteZip) -> None:
    parts = make_parts({"S": ""})
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    parts["book/pages/p1.xml"] = f'<!DOCTYPE w [<!ENTITY e SYSTEM "{secret.as_uri()}">]>' + parts["book/pages/p1.xml"]
    path = write_zip(tmp_path / "entity.xlsx", parts)
    package = Package.open(path)
    assert "document type" in problem(path, lambda: package.sheet("S"))


def test_an_unknown_sheet(raw: Callable[..., Package]) -> None:
    package = raw({"One": "", "Two": ""})
    assert "One, Two" in problem(package.path, lambda: package.sheet("Three"))


@pytest.mark.parametrize(
    "row",
    [
        '<row r="x"/>',
        '<row r="0"/>',
        '<row r="1"><c r="A2"/></row>',
        '<row r="1"><c r="XFE1"/></row>',
        '<row r="1"><c r="1A"/></row>',
        '<row r="1"><c r="A"/></row>',
        '<row r="1"><c r="A1"><f t="array" ref="?">1</f></c></row>',
        '<row r="1"><c r="A1"><f t="shared" si="4"/></c></row>',
        '<row r="1"><c r="A1"><v>abc</v></c></row>',
        '<row r="1"><c r="A1"><v>nan</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>2</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>yesterday</v></c></row>',
        '<row r="1"><c r="A1" t="?"><v>1</v></c></row>',
    ],
)
def test_damage_in_a_sheet(raw: Callable[..., Package], row: str) -> None:
    package = raw({"S": row}, shared="<si><t>a</t></si>")
    problem(package.path, lambda: read_area(package, Area("S", 1, 1, 1, 1)))


def test_a_sheet_without_cells_part(tmp_path: Path, make_parts: Parts, write_zip: WriteZip) -> None:
    parts = make_parts({"S": "<sheetFormatPr/>"})
    path = write_zip(tmp_path / "empty.xlsx", parts)
    package = Package.open(path)
    problem(path, lambda: read_area(package, Area("S", 1, 1, 1, 1)))


def test_a_name_of_a_sheet_that_is_not_there(raw: Callable[..., Package]) -> None:
    tail = '<definedNames><definedName name="lr" localSheetId="5">S!$A$1</definedName></definedNames>'
    package = raw({"S": ""}, workbook_tail=tail)
    assert "'lr'" in problem(package.path, package.defined_names)


@pytest.mark.parametrize(
    ("error", "said"), [(PermissionError(13, "denied"), "may not be read"), (OSError(5, "I/O error"), "I/O error")]
)
def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, said: str) -> None:
    def refuse(*_: object) -> None:
        raise error

    (tmp_path / "closed.xlsx").write_bytes(b"PK")
    monkeypatch.setattr(Path, "open", refuse)
    assert said in problem(tmp_path / "closed.xlsx")
