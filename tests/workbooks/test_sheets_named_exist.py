"""What the sheets say of other sheets and of their data fits the workbook that they stand in."""

import io
import re
import zipfile

import openpyxl
import pytest

from workbooks.lessons.templates import BUNDLED

NAMES_A_SHEET = re.compile(r"\b[Ss]heets? (?=[A-Z])")
NAMED_IN_PASSING = r"\b(?:[OoIi]n|[Oo]pen) {}\b"
TITLE = re.compile(r'<sheet [^>]*name="([^"]*)"')


@pytest.fixture(params=[*BUNDLED, "own table"])
def workbook(request, workbook_of):
    return request.param, openpyxl.load_workbook(workbook_of(request.param))


@pytest.fixture(scope="module")
def every_title(template_bytes):
    books = (zipfile.ZipFile(io.BytesIO(template_bytes[name])) for name in BUNDLED)
    return {title for book in books for title in TITLE.findall(book.read("xl/workbook.xml").decode())}


def texts(book):
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                text = getattr(cell.value, "text", cell.value)
                if isinstance(text, str):
                    yield sheet.title, cell.coordinate, text
        for rule in sheet.data_validations.dataValidation:
            yield sheet.title, str(rule.sqref), f"{rule.prompt or ''} {rule.error or ''}"


def test_every_sheet_that_a_text_names_is_there(workbook, every_title):
    _, book = workbook
    titles = tuple(book.sheetnames)
    strangers = [
        re.compile(NAMED_IN_PASSING.format(re.escape(title))) for title in {*every_title, "Preparation"} - set(titles)
    ]
    said = list(texts(book))
    assert len(said) > 50
    for sheet, place, text in said:
        for match in NAMES_A_SHEET.finditer(text):
            assert text[match.end() :].startswith(titles), (sheet, place, text)
        assert not [stranger.pattern for stranger in strangers if stranger.search(text)], (sheet, place, text)


def test_passengers_are_named_only_where_there_are_some(workbook):
    name, book = workbook
    found = [place for place in texts(book) if "passenger" in place[2]]
    assert bool(found) == name.startswith("titanic")


def test_what_is_needed_to_go_on_is_said_in_the_file_itself(workbook):
    _, book = workbook
    said = " ".join(text for _, _, text in texts(book))
    assert "README" not in said
    assert "install.ps1" in said
    assert "make calc" in said
