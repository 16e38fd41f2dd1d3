"""The sheet Fill down takes the buttons' steps, in formulas of any spreadsheet program."""

import os
import re
import shutil
import subprocess

import ironcalc
import numpy as np
import openpyxl
import pytest

from pyfuncs.training.trainer import Trainer
from workbooks.lessons.titanic.fill_down import EPOCHS, LEFT, LOSS, LR_ROW, TITLE, TOP
from workbooks.recalculate import model_of, refresh
from workbooks.sheets.lesson_sheet import WEIGHTS_ROW
from workbooks.xlsx.area import Area
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import set_values
from workbooks.xlsx.workbook import WorkbookFile

EXACT = 1e-12
LONGEST_ARRAY_FORMULA = 255
FEATURES = 10
UNITS = {"titanic_linear": 1, "titanic_two_layer": 2}
OTHER_RATE = 0.03


@pytest.fixture(params=UNITS)
def name(request):
    return request.param


def by_buttons(path, lr):
    """Return the mean loss and the weights, a unit after the other, after each epoch that the buttons train."""
    file = WorkbookFile.open(path)
    file.write({"lr": [[lr]]})
    trainer = Trainer(model_of(file))
    rows = []
    for epoch in range(EPOCHS + 1):
        if epoch:
            trainer.train(1)
        weights = dict(trainer.model.blocks(trainer.state.params))["weight_1"].T
        evaluation = trainer.evaluate(trainer.model.train_rows)
        rows.append([evaluation.loss, *weights.ravel()])
    return np.array(rows)


def columns(name):
    return [LOSS, *(LEFT + unit * (FEATURES + 1) + j for unit in range(UNITS[name]) for j in range(FEATURES))]


def shown(file, name):
    """Return what the sheet's cells hold."""
    rows = file.get(Area(TITLE, TOP, 1, TOP + EPOCHS, columns(name)[-1]))
    return np.array([[row[column - 1] for column in columns(name)] for row in rows], dtype=float)


def set_rate(path):
    """Type another learning rate on the sheet, and calculate nothing."""
    package = Package.open(path)
    set_values(package, TITLE, {(LR_ROW, LOSS): OTHER_RATE})
    package.save(path)


def test_every_row_is_what_the_buttons_have_after_so_many_epochs(template, name):
    path = template(name)
    found, wanted = shown(WorkbookFile.open(path), name), by_buttons(path, 0.1)
    np.testing.assert_allclose(found, wanted, rtol=0, atol=EXACT)
    assert wanted[-1, 0] < 0.9 * wanted[0, 0]


def test_another_rate_changes_all_rows_in_another_program(template, name):
    path = template(name)
    set_rate(path)
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    sheet = [each["name"] for each in model.get_worksheets_properties()].index(TITLE)
    found = [
        [model.get_cell_value(sheet, TOP + epoch, column) for column in columns(name)] for epoch in range(EPOCHS + 1)
    ]
    np.testing.assert_allclose(found, by_buttons(template(name), OTHER_RATE), rtol=0, atol=EXACT)


@pytest.fixture
def ssconvert():
    """Return Gnumeric's converter."""
    found = shutil.which("ssconvert")
    if found is None:
        if os.environ.get("GRADSHEET_REQUIRE_GNUMERIC"):
            pytest.fail("Gnumeric is not installed.")
        pytest.skip("Gnumeric is not installed.")
    return found


@pytest.mark.filterwarnings("ignore:Workbook contains no default style")
def test_gnumeric_trains_too_and_changes_nothing_on_lesson(template, name, ssconvert, tmp_path):
    path, copy = template(name), tmp_path / "gnumeric.xlsx"
    set_rate(path)
    subprocess.run([ssconvert, "--recalc", path, copy], check=True, capture_output=True, timeout=120)
    book, before = (openpyxl.load_workbook(each, data_only=True) for each in (copy, path))
    found = [[book[TITLE].cell(TOP + epoch, column).value for column in columns(name)] for epoch in range(EPOCHS + 1)]
    np.testing.assert_allclose(found, by_buttons(template(name), OTHER_RATE), rtol=0, atol=EXACT)
    for row in range(WEIGHTS_ROW, WEIGHTS_ROW + 3):
        for column in range(2, 12):
            value = book["Lesson"].cell(row, column).value
            assert value == pytest.approx(before["Lesson"].cell(row, column).value, abs=EXACT)


def test_a_rate_typed_there_is_kept_and_refreshed(template, name):
    path = template(name)
    file = WorkbookFile.open(path)
    place = Area(TITLE, LR_ROW, LOSS, LR_ROW, LOSS)
    set_values(file.package, TITLE, {(LR_ROW, LOSS): OTHER_RATE})
    assert refresh(file)
    assert file.get(place) == [[OTHER_RATE]]
    np.testing.assert_allclose(shown(file, name), by_buttons(path, OTHER_RATE), rtol=0, atol=EXACT)


def test_the_formulas_are_plain_short_and_move_down(template, name):
    formulas = Package.open(template(name)).grid(TITLE).formulas
    texts = [formula.text for formula in formulas.values()]
    assert len(texts) == EPOCHS * (2 + UNITS[name]) + 1
    assert not [text for text in texts if "NN_" in text or "LAMBDA" in text or len(text) > LONGEST_ARRAY_FORMULA]
    for (row, column), formula in formulas.items():
        if row > TOP + 1:
            own, above = (
                re.sub(rf"(?<=[A-Z]){at}\b|(?<=[A-Z]){at - 1}\b", lambda found: f"[{int(found[0]) - at}]", text)  # noqa: B023
                for at, text in ((row, formula.text), (row - 1, formulas[row - 1, column].text))
            )
            assert own == above


def test_start_leads_there(template, name):
    sheet = openpyxl.load_workbook(template(name))["Start"]
    assert f"'{TITLE}'!A1" in {cell.hyperlink.location for row in sheet["A1:H40"] for cell in row if cell.hyperlink}
