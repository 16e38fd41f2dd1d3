"""docs/questions.md is made from its declaration, and each place that it names is there."""

import io
import re
from pathlib import Path

import openpyxl
import pytest

from workbooks.lessons.answers import ALL, OnPage, OnSheet, markdown
from workbooks.lessons.templates import BUNDLED

DOCS = Path(__file__).parents[2] / "docs"
PLACES = [place for asked in ALL for place in (*asked.live, *asked.words)]
ON_SHEETS = dict.fromkeys(place for place in PLACES if isinstance(place, OnSheet))
ON_PAGES = dict.fromkeys(place for place in PLACES if isinstance(place, OnPage))


@pytest.fixture(scope="module")
def books(template_bytes):
    """Return what opens a template, each once."""
    known = {}

    def opened(name):
        if name not in known:
            known[name] = openpyxl.load_workbook(io.BytesIO(template_bytes[name]), data_only=True)
        return known[name]

    return opened


def test_the_page_is_made_from_the_declaration():
    assert (DOCS / "questions.md").read_text(encoding="utf-8") == markdown()


def test_every_question_is_answered_in_words_and_nearly_all_can_be_tried():
    assert len({asked.question for asked in ALL}) == len(ALL) == 19
    assert all(asked.words for asked in ALL)
    assert [number for number, asked in enumerate(ALL, 1) if not asked.live] == [5], "a progress bar is in no workbook"


@pytest.mark.parametrize("place", ON_SHEETS, ids=lambda place: f"{place.workbook}, {place.title}: {place.text}")
def test_every_place_in_a_workbook_is_there(books, place):
    assert place.workbook in BUNDLED
    sheet = books(place.workbook)[place.title]
    found = [cell for row in sheet.iter_rows() for cell in row if str(cell.value).startswith(place.text)]
    assert found
    if place.question:
        (cell,) = found
        assert cell.value == place.text
        assert len(sheet.cell(cell.row + 1, cell.column).value) > 50


@pytest.mark.parametrize("place", ON_PAGES, ids=lambda place: f"{place.name}: {place.heading}")
def test_every_heading_is_there(place):
    text = (DOCS / f"{place.name}.md").read_text(encoding="utf-8")
    headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    assert headings.count(place.heading) == 1
