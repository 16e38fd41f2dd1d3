"""The buttons of gradient_descent.xlsx act on the sheet in front: each step and epoch is the row that was shown."""

import pytest

from workbooks.lessons.gradient_descent.epoch_table import HEADER, TOP
from workbooks.lessons.gradient_descent.rules import RULES
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

SHEETS = [rule.sheet for rule in RULES]
ROWS = 29


class Shown:
    """A sheet of the open workbook."""

    def __init__(self, calc, book, path, sheet):
        self.calc, self.book, self.sheet = calc, book, sheet
        self.file = WorkbookFile(Package.open(path), sheet)
        self.headers = calc.get(book, sheet, f"D{HEADER}:AC{HEADER}")[0]

    def named(self, name):
        area = self.file.area(name).address.rpartition("!")[2].replace("$", "")
        return self.calc.get(self.book, self.file.area(name).sheet, area)[0][0]

    def new(self, step):
        """Return a and b after a step of the table, by the spreadsheet's functions and by the formula."""
        row = self.calc.get(self.book, self.sheet, f"D{TOP + int(step)}:AC{TOP + int(step)}")[0]
        found = [row[self.headers.index(name)] for name in ("new a", "new b", "NN_… a", "NN_… b")]
        assert found[:2] == pytest.approx(found[2:], abs=1e-12)
        return found[:2]

    def state(self):
        return [self.named("weight_1"), self.named("bias_1")]


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_the_table_shows_is_what_the_buttons_do(calc, opened, template, sheet):
    book = opened("gradient_descent")
    calc.activate(book, sheet)
    shown = Shown(calc, book, template("gradient_descent"), sheet)
    for _ in range(2):
        expected = shown.new(shown.named("step") + 1)
        assert calc.click(book, "step")["done"]
        assert shown.state() == pytest.approx(expected, abs=1e-12)
    for _ in range(2):
        expected = shown.new(ROWS)
        assert calc.click(book, "epoch")["done"]
        assert shown.state() == pytest.approx(expected, abs=1e-12)
        assert shown.named("step") == 0
    assert calc.click(book, "epochs")["done"]
    assert shown.named("epoch") == 12
    other = Shown(calc, book, template("gradient_descent"), SHEETS[SHEETS.index(sheet) - 1])
    assert (other.named("epoch"), other.state()) == (0, [1, 1])
    assert calc.click(book, "reset")["done"]
    assert (shown.named("epoch"), shown.state()) == (0, [1, 1])
