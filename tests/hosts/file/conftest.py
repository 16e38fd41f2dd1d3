"""Workbooks made by hand, where a spreadsheet program or openpyxl would not write what a test needs."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from workbooks.xlsx.package import Package

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"


def relationships(targets: Mapping[str, tuple[str, str]]) -> str:
    entries = "".join(
        f'<Relationship Id="{key}" Type="{kind}" Target="{target}"/>' for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{RELS}">{entries}</Relationships>'


def raw_parts(sheets: Mapping[str, str], *, workbook_tail: str = "", shared: str | None = None) -> dict[str, str]:
    """Parts of a workbook whose sheets hold the given rows and whose part names nobody would guess."""
    entries = "".join(f'<sheet name="{title}" sheetId="{n}" r:id="id{n}"/>' for n, title in enumerate(sheets, start=1))
    targets = {f"id{n}": (f"{OFFICE}/worksheet", f"pages/p{n}.xml") for n in range(1, len(sheets) + 1)}
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": relationships({"a": (f"{OFFICE}/officeDocument", "/book/main.xml")}),
        "book/main.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{entries}</sheets>{workbook_tail}</workbook>'
        ),
    }
    if shared is not None:
        targets["strings"] = (f"{OFFICE}/sharedStrings", "../texts.xml")
        parts["texts.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    parts["book/_rels/main.xml.rels"] = relationships(targets)
    for n, rows in enumerate(sheets.values(), start=1):
        body = rows if rows.startswith("<sheetFormatPr") else f"<sheetData>{rows}</sheetData>"
        parts[f"book/pages/p{n}.xml"] = f'<worksheet xmlns="{MAIN}">{body}</worksheet>'
    return parts


def write_parts(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(
                zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED
            )  # without the time, as Gradsheet does
    return path


@pytest.fixture
def make_parts() -> Callable[..., dict[str, str]]:
    return raw_parts


@pytest.fixture
def write_zip() -> Callable[[Path, Mapping[str, str | bytes]], Path]:
    return write_parts


@pytest.fixture
def raw(tmp_path: Path) -> Callable[..., Package]:
    """Open a workbook whose sheets hold the given rows of XML."""

    def make(sheets: Mapping[str, str], **more: str) -> Package:
        return Package.open(write_parts(tmp_path / "raw.xlsx", raw_parts(sheets, **more)))

    return make
