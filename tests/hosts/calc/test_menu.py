"""The menu and the toolbar around the buttons: tooltips, the help, and the workbooks to begin with."""

from importlib import resources

import pytest

from workbooks.clicks.table import COMMANDS


def test_a_tooltip_is_the_commands_sentence(calc, sheet):
    for command in COMMANDS:
        assert calc.tooltip(sheet, command.name) == f"{command.label}: {command.help}"


def test_help_says_what_each_button_does(calc, sheet):
    answer = calc.click(sheet, "help")
    assert answer["done"]
    for command in COMMANDS:
        assert f"{command.label}: {command.help}." in answer["said"]


@pytest.mark.parametrize("name", ["titanic_linear", "backprop"])
def test_a_workbook_opens_as_a_copy_that_calculates_and_trains(calc, sheet, name, tmp_path):
    original = resources.files("workbooks") / f"{name}.xlsx"
    before = original.read_bytes()
    answer = calc.click(sheet, f"open/{name}")
    assert answer["done"], answer["said"]
    book, url = calc.newest()
    assert url == ""
    assert not calc.is_modified(book)
    calc.calculate(book)
    shown = [value for cells in calc.formula_cells(book).values() for value in cells.values()]
    assert shown
    assert not [value for value in shown if isinstance(value, dict) and value["error"] == 525]
    step = calc.click(book, "step")
    assert step["done"], step["said"]
    calc.save_as(book, str(tmp_path / "mine.xlsx"))
    calc.close(book)
    assert original.read_bytes() == before


def test_a_workbook_that_is_not_there_is_named(calc, sheet):
    answer = calc.click(sheet, "open/no_such")
    assert not answer["done"]
    assert "no_such.xlsx is not there" in answer["said"]
