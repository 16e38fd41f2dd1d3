"""The templates that are committed are those that the builders make: the same parts, numbers to 1e-12."""

import io
import math
import sys
import zipfile
from pathlib import Path

import pytest
from lxml import etree

import workbooks
from addin.cli.build import anywhere
from workbooks.lessons.templates import BUNDLED

VALUE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}v"

WHO_WROTE_IT = "docProps/app.xml"
"""Names the version of openpyxl."""


# The net of this one is trained when it is built, and hundreds of steps magnify the last bit in which two systems'
# exponential functions differ: 4e-11 between Linux and Windows.
TRAINED = {"playground": 1e-9}
FLIES_OFF = ("titanic_linear", "xl/worksheets/sheet6.xml")
"""What if, where NN_LR_FIND lets the loss fly off: each step there magnifies a difference a hundred times."""


def tolerance(stem: str, part: str) -> float:
    """Return how far, relative to itself, a number may be from the committed one."""
    if sys.platform == "win32" and (stem, part) == FLIES_OFF:
        return 1e-3
    return TRAINED.get(stem, 1e-12)


def same_number(text: str | None, other: str | None, tolerance: float) -> bool:
    try:
        return math.isclose(float(text or ""), float(other or ""), rel_tol=tolerance, abs_tol=tolerance)
    except ValueError:
        return False


def difference(part: str, built: bytes, committed: bytes, tolerance: float = 1e-12) -> str | None:
    """Return the first place where two XML parts are not the same."""
    if built == committed:
        return None
    for ours, theirs in zip(etree.fromstring(built).iter(), etree.fromstring(committed).iter(), strict=True):
        equal = ours.text == theirs.text or (ours.tag == VALUE and same_number(ours.text, theirs.text, tolerance))
        if not (equal and ours.tag == theirs.tag and ours.attrib == theirs.attrib and ours.tail == theirs.tail):
            found, wanted = (etree.tostring(element)[:200] for element in (theirs, ours))
            return f"{part}, line {theirs.sourceline}: {found!r}, not {wanted!r}"
    return None


FOLDER = Path(workbooks.__file__).parent


def check_committed(path: Path, data: bytes) -> None:
    """Check that a committed file is a fresh build."""
    assert path.stat().st_size < 1_000_000
    with zipfile.ZipFile(io.BytesIO(data)) as built, zipfile.ZipFile(path) as committed:
        assert built.namelist() == committed.namelist()
        for part in set(built.namelist()) - {WHO_WROTE_IT}:
            assert difference(part, built.read(part), committed.read(part), tolerance(path.stem, part)) is None


@pytest.mark.parametrize("name", BUNDLED)
def test_the_committed_workbook_is_a_fresh_build(template_bytes, name):
    check_committed(FOLDER / f"{name}.xlsx", template_bytes[name])


@pytest.mark.parametrize("name", BUNDLED)
def test_the_committed_file_that_carries_its_formulas_is_a_fresh_build(name):
    check_committed(FOLDER / "anywhere" / f"{name}.xlsx", anywhere(name))
    assert {path.stem for path in (FOLDER / "anywhere").iterdir()} == set(BUNDLED)


def test_a_difference_is_found():
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    cells = b'<sheetData xmlns="' + main + b'"><c r="A1"><v>%s</v></c></sheetData>'
    assert difference("p", cells % b"0.1", cells % b"0.10000000000000001") is None
    assert difference("p", cells % b"0.1", cells % b"0.1001") is not None
    assert difference("p", cells % b"1", cells % b"TRUE") is not None
    assert difference("p", cells % b"0.1", (cells % b"0.1").replace(b"A1", b"A2")) is not None
