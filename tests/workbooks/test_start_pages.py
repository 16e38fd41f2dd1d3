"""Every Start is one declaration: whole on a small screen, with buttons that are links, charts that say their axes."""

import io
from functools import cache

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.utils.units import EMU_to_pixels

from addin.calc.inside.identifiers import command_url
from workbooks.clicks.click import PROTOCOL
from workbooks.clicks.table import COMMANDS
from workbooks.lessons.templates import BUNDLED, TEMPLATES
from workbooks.sheets.buttons import NOTE, useful_clicks
from workbooks.sheets.questions import HEADING

RIGHT_EDGE, LOWER_EDGE = 1252, 528
"""As many pixels of a sheet are to be seen in Calc on a screen of 1366×768, without the headers."""
PIXELS_A_CHARACTER = 7.15
PIXELS_A_POINT = 4 / 3
every_template = pytest.mark.parametrize("name", BUNDLED)


@pytest.fixture(scope="module")
def start_of(template_bytes):
    """Return the openpyxl sheet Start of a template."""
    return lambda name: openpyxl.load_workbook(io.BytesIO(template_bytes[name]))["Start"]


@cache
def built(name):
    return TEMPLATES[name].build(None)


def left_of(sheet, column):
    letters = [get_column_letter(each) for each in range(1, column)]
    return sum(sheet.column_dimensions[each].width for each in letters) * PIXELS_A_CHARACTER


def top_of(sheet, row):
    return sum(sheet.row_dimensions[each].height or 15 for each in range(1, row)) * PIXELS_A_POINT


def questions_row(sheet):
    (row,) = (cell.row for (cell,) in sheet.iter_rows(min_col=2, max_col=2) if cell.value == HEADING)
    return row


@every_template
def test_all_but_the_questions_fits_a_small_screen(start_of, name):
    sheet = start_of(name)
    last = questions_row(sheet) - 1
    cells = [cell for row in sheet.iter_rows(max_row=last) for cell in row if cell.value is not None]
    ends = {(each.min_row, each.min_col): (each.max_row, each.max_col) for each in sheet.merged_cells.ranges}
    for cell in cells:
        row, column = ends.get((cell.row, cell.column), (cell.row, cell.column))
        assert top_of(sheet, row + 1) <= LOWER_EDGE, cell.coordinate
        assert left_of(sheet, column + 1) <= RIGHT_EDGE, cell.coordinate
    for chart in sheet._charts:
        place = chart.anchor
        if hasattr(place, "ext"):
            right = left_of(sheet, place._from.col + 1) + EMU_to_pixels(place.ext.width)
            lower = top_of(sheet, place._from.row + 1) + EMU_to_pixels(place.ext.height)
        else:
            right, lower = left_of(sheet, place.to.col + 1), top_of(sheet, place.to.row + 1)
        assert right <= RIGHT_EDGE
        assert lower <= LOWER_EDGE


@every_template
def test_the_links_are_the_commands_of_the_extension(start_of, name):
    sheet = start_of(name)
    found = [cell for row in sheet.iter_rows() for cell in row if cell.hyperlink and cell.hyperlink.target]
    page = built(name).pages[0]
    linked = [click for click in useful_clicks(built(name).names_on(page)) if click.is_link]
    if name == "neurons":
        assert found == []
        return
    assert [(cell.value, cell.hyperlink.target) for cell in found] == [
        (click.text, command_url(click.name)) for click in linked
    ]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any(text == NOTE or "(Ctrl+click in Calc)" in text for text in texts)


def test_a_link_has_the_address_that_the_extension_answers():
    assert {click.url for click in COMMANDS} == {command_url(click.name) for click in COMMANDS}
    assert command_url("step") == f"{PROTOCOL}step"


@every_template
def test_every_start_declares_its_cards_steps_and_buttons(name):
    page = built(name).pages[0]
    assert len(page.steps) >= 4
    assert (page.buttons is None) == (name == "neurons")
    texts = {block.values[0, 0] for block, _ in page.blocks}
    assert set(page.steps) <= texts
    assert set(page.cards) <= texts
    assert page.cards or name in ("gradient_descent", "titanic_notebook")
    assert not [label for label in page.cards if "differ" in label]


@pytest.mark.parametrize("name", ["gradient_descent", "titanic_notebook"])
def test_a_start_of_several_models_says_which_one_its_buttons_train_and_leads_to_all(start_of, name):
    sheet = start_of(name)
    models = [
        other.title for other in sheet.parent.worksheets if "inputs" in {key.lower() for key in other.defined_names}
    ]
    texts = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert any(text.startswith(f"The buttons above train {models[0]};") for text in texts)
    links = [cell.hyperlink.location for row in sheet.iter_rows() for cell in row if cell.hyperlink]
    assert [link for link in links if link not in (None, "'Valley'!A1")] == [f"'{title}'!A1" for title in models]


@every_template
def test_every_chart_says_what_its_axes_are(template_bytes, name):
    book = openpyxl.load_workbook(io.BytesIO(template_bytes[name]))
    charts = [(sheet, chart) for sheet in book for chart in sheet._charts]
    assert charts
    for sheet, chart in charts:
        drawn = [axis for axis in (chart.x_axis, chart.y_axis) if not axis.delete]
        # The small one below what one chooses has its heading in a cell.
        small = not drawn or (sheet.title, name) == ("Start", "playground")
        assert small or all(axis.title is not None for axis in drawn), (sheet.title, chart.title)


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer"])
def test_the_solvers_loss_is_a_line_beside_the_loss(template_bytes, name):
    book = openpyxl.load_workbook(io.BytesIO(template_bytes[name]), data_only=True)
    (chart,) = book["Start"]._charts
    line = chart.series[-1]
    sheet, _, place = line.yVal.numRef.f.rpartition("!")
    values = [cell.value for (cell,) in book[sheet.strip("'")][place.replace("$", "")]]
    assert line.tx.v == "the lesson's Solver"
    assert values == [book["Start"]["D5"].value] * 2


def test_the_legend_has_no_valid_loss_without_valid_rows(template, gradsheet):
    path = template("titanic_linear")

    def heading():
        return openpyxl.load_workbook(path, data_only=True)["Training"]["I4"].value

    assert heading() == "no valid rows"
    gradsheet("train", path, "--set", "valid_fraction=0.2", "--reset", "--epochs", 1)
    assert heading() == "valid loss"
    (chart,) = openpyxl.load_workbook(path)["Start"]._charts
    assert chart.series[1].tx.strRef.f == "Training!$I$4"


def test_the_films_own_score_is_marked_on_the_curves(template_bytes):
    book = openpyxl.load_workbook(io.BytesIO(template_bytes["neurons"]))
    for sheet in (book["Start"], book["Film"]):
        (chart,) = sheet._charts
        assert [series.xVal.numRef.f.count(":") for series in chart.series] == [1, 1, 1, 0, 0]
        assert {series.xVal.numRef.f for series in chart.series[3:]} == {"'Film'!$C$6"}


@every_template
def test_what_looks_like_an_input_is_one(name):
    """Blue digits in a blue frame are to be typed over: a formula has another look, unless it is a suggestion."""
    for page in built(name).pages:
        suggested = {block.area for block, _ in page.suggestions}
        formulas = {place for formula in page.formulas for place in formula.area.positions()}
        for block, look in page.blocks:
            if look.style in ("input", "card_input", "choice") and block.area not in suggested:
                assert not formulas & set(block.area.positions()), (page.title, block.area.address)
