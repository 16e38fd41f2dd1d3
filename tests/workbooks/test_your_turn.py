"""The sheet Your turn: what it asks, what it gives away, and that nothing typed on it is lost."""

import itertools

import ironcalc
import numpy as np
import openpyxl
import pytest

from pyfuncs.cells.errors import ErrorCode
from workbooks.lessons.titanic.passengers import FEATURES, complete_passengers
from workbooks.lessons.titanic.tasks import tasks
from workbooks.lessons.titanic.your_turn import HEADS_ROW, LIST_ROW, TITLE, TurnLayout, exercise
from workbooks.recalculate import refresh
from workbooks.sheets.lesson_sheet import WEIGHTS_ROW
from workbooks.xlsx.area import Area, column_letters
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import set_values
from workbooks.xlsx.workbook import WorkbookFile

UNITS = {"titanic_linear": 1, "titanic_two_layer": 2}
WIDEST = 1252
LONGEST_ARRAY_FORMULA = 255
"""So many characters of an array formula go through Excel's Range.FormulaArray."""


@pytest.fixture(params=UNITS)
def name(request):
    return request.param


def answers(path, units):
    """Return what the sheet says of each task, by its name."""
    layout = TurnLayout(units)
    package = Package.open(path)
    found = {}
    for i, task in enumerate(tasks(units)):
        row, (_, _, check, _) = LIST_ROW + i % layout.lines, layout.lists[i // layout.lines]
        found[task.name] = read_area(package, Area(TITLE, row, check, row, check))[0][0].value
    return found


def score(path):
    row = read_area(Package.open(path), Area(TITLE, 1, 2, 1, 23))[0]
    return next(each.value for each in row if each.value is not None)


def refreshed(path):
    file = WorkbookFile.open(path)
    assert refresh(file)
    file.save()
    return path


def test_the_tasks_right_numbers_are_those_numpy_computes(solved, name):
    units = UNITS[name]
    expected = solved(units)
    assert [answer.task.name for answer in exercise(units).answers] == list(expected)
    for answer in exercise(units).answers:
        values = [each.value for each in expected[answer.task.name]]
        np.testing.assert_allclose(np.ravel(answer.right), values, rtol=0, atol=1e-12)
        assert [each.place for each in expected[answer.task.name]] == list(answer.typed.area.positions())


def test_no_sum_is_so_near_to_0_that_rounding_decides_what_relu_gives():
    for answer in exercise(2).answers:
        if answer.task.name in ("Lin 1", "Lin 2"):
            assert np.abs(answer.right).min() > 1e-6
            assert 100 < (answer.right > 0).sum() < 612


def test_it_is_empty_at_first_and_says_so(template, name):
    path = template(name)
    assert set(answers(path, UNITS[name]).values()) == {"empty"}
    assert score(path) == f"Score: 0 of {len(tasks(UNITS[name]))}"


def test_answers_cannot_be_read_off_the_sheet(template, name):
    """No right number stands there that is not a raw number or a weight too, 0 and 1 for instance."""
    known = exercise(UNITS[name])
    book = openpyxl.load_workbook(template(name), data_only=True)[TITLE]
    shown = {float(cell.value) for row in book.iter_rows() for cell in row if isinstance(cell.value, float)}
    given = {float(cell) for part in ("lr", "weights") for cell in known.given[part].values.flat}
    raw = {float(cell) for _, row in complete_passengers() for cell in row if isinstance(cell, float)}
    right = {float(cell) for answer in known.answers for cell in np.ravel(answer.right)}
    assert len(right) > 1000
    assert shown & right <= given | raw


def test_names_and_weights_stand_as_on_lesson(template, name):
    sheet = openpyxl.load_workbook(template(name))[TITLE]
    layout = TurnLayout(UNITS[name])
    row = [cell.value for cell in sheet[layout.header_row]]
    assert tuple(row[6:16]) == FEATURES
    lesson = [cell.value for cell in openpyxl.load_workbook(template(name))["Lesson"][11]][11:]
    assert [each for each in row[16:] if each] == [each for each in lesson if each not in (None, "Error")]
    for unit in range(layout.units):
        weights = [sheet.cell(layout.weights_row + unit, 7 + j).value for j in range(10)]
        assert all(isinstance(weight, float) for weight in weights)
    assert layout.weights_row > WEIGHTS_ROW


def test_it_is_in_sight_and_short(template, name):
    path, layout = template(name), TurnLayout(UNITS[name])
    sheet = openpyxl.load_workbook(path)[TITLE]
    letters = [column_letters(column) for column in range(1, layout.right + 1)]
    assert sum(7 * sheet.column_dimensions[each].width for each in letters) <= WIDEST
    assert sheet.freeze_panes == f"A{layout.top}"
    head = [sheet.row_dimensions[row].height or 15 for row in range(1, layout.top)]
    assert sum(head) * 4 / 3 < 400
    for formula in Package.open(path).grid(TITLE).formulas.values():
        assert "NN_" not in formula.text
    book = openpyxl.load_workbook(path)[TITLE]
    arrays = [cell.value.text for row in book.iter_rows() for cell in row if hasattr(cell.value, "text")]
    assert len(arrays) > 40
    assert max(map(len, arrays)) <= LONGEST_ARRAY_FORMULA


def test_ironcalc_shows_what_is_stored_and_no_error(template, solved, type_in, name):
    """Empty, and with all typed: its own sums of what is typed are right too."""
    units = UNITS[name]
    for path in (template(name), type_in(template(name), itertools.chain(*solved(units).values()))):
        refreshed(path)
        model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
        model.evaluate()
        index = [each["name"] for each in model.get_worksheets_properties()].index(TITLE)
        package = Package.open(path)
        layout = TurnLayout(units)
        grid = package.grid(TITLE)
        for place in grid.formulas:
            area = grid.formula_area(place)
            found = model.get_cell_value(index, area.top, area.left)
            assert not str(found).startswith("#"), (area.cells, found)
            if area.top < layout.top and area.left <= layout.right:
                value = read_area(package, area)[0][0].value
                assert found == value or found == pytest.approx(value, abs=1e-12), (area.cells, found, value)


def test_all_typed_is_all_right(template, solved, type_in, name):
    units = UNITS[name]
    path = refreshed(type_in(template(name), itertools.chain(*solved(units).values())))
    found = answers(path, units)
    columns = {task.name for task in tasks(units) if task.is_column}
    assert {name for name, said in found.items() if said == "712 of 712 right"} == columns
    assert {name for name, said in found.items() if said == "right"} == set(found) - columns
    assert score(path) == f"Score: {len(found)} of {len(found)}"


def changed(cells, **changes):
    """Return some cells with others in place of those at rows: formula and value."""
    rows = {int(row.removeprefix("row_")): change for row, change in changes.items()}

    def of(each):
        formula, value = rows.get(each.place[0], (each.formula, each.value))
        return each._replace(formula=formula, value=value)

    return list(map(of, cells))


FIRST_AGES = {
    "wrong": ({"row_30": ("D30/40", 0.475)}, "first wrong: row 30, you have 0.475, it is 0.2375"),
    "blank": ({"row_30": (None, None)}, "first wrong: row 30, you have nothing, it is 0.2375"),
    "text": ({"row_30": ('"x"', "x")}, "first wrong: row 30, you have x, it is 0.2375"),
    "copied": ({"row_30": ("Lesson!D25", 0.2375)}, "copied: a formula points to another sheet"),
    "by name": ({"row_30": ("INDEX(inputs,14,3)", 0.2375)}, "copied: a formula points to another sheet"),
    "from the sheet itself": ({"row_30": ("'Your turn'!D30/80", 0.2375)}, "712 of 712 right"),
    "number": ({"row_30": (None, 0.2375)}, "right, but typed as numbers: type a formula"),
    "nearly": ({"row_30": ("D30/80", 0.2375 + 1e-10)}, "712 of 712 right"),
    "not nearly": ({"row_30": ("D30/80", 0.2375 + 3e-9)}, "first wrong: row 30, you have 0.237500003, it is 0.2375"),
}


@pytest.mark.parametrize("case", FIRST_AGES)
def test_a_column_is_answered_with_the_first_row_that_is_not_right(template, solved, type_in, case):
    """Row 30 of the linear workbook is a passenger of 19, the oldest is 80."""
    changes, said = FIRST_AGES[case]
    cells = changed(solved(1)["Age_N"], **changes)
    assert [each.value for each in solved(1)["Age_N"] if each.place[0] == 30] == [0.2375]
    path = type_in(template("titanic_linear"), [each for each in cells if each.value is not None])
    found = answers(refreshed(path), 1)
    assert found["Age_N"] == said
    assert found["log_Fare"] == "empty"
    assert score(path) == f"Score: {int(said == '712 of 712 right')} of 13"


CELLS = {
    "wrong": ("1", 0.5, "wrong: you have 0.5, it is {}"),
    "text": ('"x"', "x", "wrong: that is no number"),
    "copied": ("Lesson!L3", None, "copied: a formula points to another sheet"),
    "number": (None, None, "right, but typed as numbers: type a formula"),
}


@pytest.mark.parametrize("case", CELLS)
def test_a_single_cell_is_answered(template, solved, type_in, case):
    formula, value, said = CELLS[case]
    (right,) = solved(1)["mean loss"]
    typed = right._replace(formula=formula, value=right.value if value is None else value)
    path = type_in(template("titanic_linear"), [typed])
    assert answers(refreshed(path), 1)["mean loss"] == said.format(f"{round(right.value, 9):.15g}")


def test_an_error_in_a_row_is_said_there(template, solved, type_in):
    path = type_in(template("titanic_linear"), solved(1)["Age_N"])
    file = WorkbookFile.open(path)
    set_values(file.package, TITLE, {(30, 9): ErrorCode.DIV0}, keep_formulas=True)
    file.save()
    assert answers(refreshed(path), 1)["Age_N"] == "first wrong: row 30, you have an error, it is 0.2375"


def test_a_hint_shows_when_it_is_asked_for(template, name):
    layout = TurnLayout(UNITS[name])
    path = template(name)
    file = WorkbookFile.open(path)
    _, what, _, hint = layout.lists[0]
    before = read_area(file.package, Area(TITLE, LIST_ROW, what, LIST_ROW, what))[0][0].value
    assert before == "Age over the greatest age of all"
    set_values(file.package, TITLE, {(LIST_ROW, hint): "show"})
    file.save()
    refreshed(path)
    shown = read_area(Package.open(path), Area(TITLE, LIST_ROW, what, LIST_ROW, what))[0][0].value
    assert shown == f"=D{layout.top}/MAX(D${layout.top}:D${layout.top + 711})"
    sheet = openpyxl.load_workbook(path)[TITLE]
    lists = [str(each.sqref) for each in sheet.data_validations.dataValidation if each.formula1 == '"show,hide"']
    assert f"{column_letters(hint)}{LIST_ROW}" in lists
    assert sheet.cell(HEADS_ROW, hint).value == "hint"


def test_training_keeps_all_that_is_typed(template, solved, type_in, gradsheet, name):
    units = UNITS[name]
    cells = list(itertools.chain(*solved(units).values()))
    path = type_in(template(name), cells)
    assert gradsheet("train", path, "--epochs", 2, "--quiet").status == 0
    package = Package.open(path)
    for answer in exercise(units).answers:
        kept = itertools.chain(*read_area(package, answer.typed.area))
        for cell, typed in zip(kept, solved(units)[answer.task.name], strict=True):
            assert (cell.formula, cell.value) == (typed.formula, typed.value)
    assert score(path) == f"Score: {len(tasks(units))} of {len(tasks(units))}"
    assert WorkbookFile.open(path).read("epoch") == [[2]]
