"""What a click shows on its way: first that it reads, where it hears Stop, and nothing that keeps Stop waiting.

No office is asked: the cells are in memory, and the screen writes down what it is told.
"""

# ruff: noqa: N802 - the office names the methods

from types import SimpleNamespace

import pytest
from openpyxl.utils import get_column_letter

from addin.calc.inside import live_cells, training
from addin.calc.inside.bracket import Bracket
from addin.calc.inside.live_cells import LiveCells
from addin.calc.inside.training import Training
from workbooks.clicks.table import CLICKS


class Screen:
    def __init__(self):
        self.said = []
        self.caught_up = 0

    def progress(self, text, share):
        assert 0 <= share <= 1
        self.said.append(text)

    def catch_up(self):
        self.caught_up += 1


class Place:
    def __init__(self, top, left, bottom, right):
        self.StartRow, self.StartColumn, self.EndRow, self.EndColumn = top, left, bottom, right


class Area:
    """A block of cells as the office gives it, and how many cells were asked for at once."""

    def __init__(self, rows, asked, name=""):
        self.rows, self.asked, self.name = rows, asked, name

    Validation = SimpleNamespace(Type=SimpleNamespace(value="ANY"))

    def getReferredCells(self):
        return self

    def getSpreadsheet(self):
        return Sheet(self.name)

    def queryFormulaCells(self, kinds):
        return SimpleNamespace(getRangeAddresses=lambda: ())

    def getContent(self):
        return f"${self.name}.$A$1:${get_column_letter(len(self.rows[0]))}${len(self.rows)}"

    def getRangeAddress(self):
        return Place(0, 0, len(self.rows) - 1, len(self.rows[0]) - 1)

    def getCellRangeByPosition(self, left, top, right, bottom):
        return Area([row[left : right + 1] for row in self.rows[top : bottom + 1]], self.asked, self.name)

    def getDataArray(self):
        self.asked.append(len(self.rows) * len(self.rows[0]))
        return tuple(tuple("" if cell is None else cell for cell in row) for row in self.rows)


class Names:
    def __init__(self, areas):
        self.areas = areas

    def getElementNames(self):
        return tuple(self.areas)

    def getByName(self, name):
        return self.areas[name]


class Sheets(list):
    def getByName(self, name):
        return next(sheet for sheet in self if sheet.getName() == name)


class Document:
    """A document whose names each stand for the cells of a sheet that is called like them."""

    def __init__(self, blocks):
        self.asked = []
        self.NamedRanges = Names({name: Area(rows, self.asked, name) for name, rows in blocks.items()})
        self.Sheets = Sheets(Sheet(name, area) for name, area in self.NamedRanges.areas.items())

    def getURL(self):
        return "file:///tmp/book.xlsx"


class Sheet:
    """A sheet without names of its own."""

    NamedRanges = Names({})

    def __init__(self, name, area=None):
        self.name, self.area = name, area

    def getName(self):
        return self.name

    def getCellRangeByPosition(self, left, top, right, bottom):
        return self.area.getCellRangeByPosition(left, top, right, bottom)


@pytest.fixture
def cells(small_blocks, monkeypatch):
    monkeypatch.setattr(training, "SHOW_SECONDS", -1.0)
    return LiveCells(Document(small_blocks(rows=2000)), Sheet("Sheet1"))


def test_the_first_thing_shown_is_that_the_document_is_read(cells):
    screen = Screen()
    Training(cells, screen, lambda: False, CLICKS["epochs"])
    assert screen.said[0] == "reading book.xlsx"
    assert "reading inputs" in screen.said
    assert screen.caught_up >= len(screen.said)


def test_a_large_block_is_read_in_parts_and_stop_ends_the_reading(cells, monkeypatch):
    monkeypatch.setattr(live_cells, "CELLS_AT_ONCE", 600)
    screen = Screen()
    Training(cells, screen, lambda: False, CLICKS["epochs"])
    assert max(cells.document.asked) <= 600
    assert screen.said.count("reading inputs") == 10
    cells.document.asked.clear()
    with pytest.raises(KeyboardInterrupt):
        Training(cells, Screen(), lambda: any(count == 600 for count in cells.document.asked), CLICKS["epochs"])
    assert cells.document.asked.count(600) == 1


class Watched(Training):
    """A training whose writing takes as long as the test says."""

    def write(self):
        self.written.append(self.trainer.state.epoch)


@pytest.mark.parametrize(("cost", "shows"), [(0.0, True), (training.LONGEST_SHOW_SECONDS + 0.1, False)])
def test_epochs_are_drawn_on_the_way_only_where_stop_need_not_wait_long_for_it(cells, monkeypatch, cost, shows):
    monkeypatch.setattr(LiveCells, "refuse_unwritable", lambda self, names: None)
    watched = Watched(cells, Screen(), lambda: False, CLICKS["epochs"])
    watched.written, watched.pause.cost = [], cost
    watched.train()
    assert bool(watched.written) is shows


def test_a_bracket_ends_where_an_exception_takes_no_traceback():
    class OfOffice(Exception):  # noqa: N818
        def __setattr__(self, name, value):
            raise RuntimeError("no traceback is taken")

    ended = []
    with pytest.raises(OfOffice), Bracket(lambda: None, lambda: ended.append(True)):
        raise OfOffice
    assert ended == [True]
