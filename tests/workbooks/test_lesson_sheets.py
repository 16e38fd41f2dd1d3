"""The sheets Lesson, Multiply and You aboard: the model's own numbers, by the spreadsheet's own functions."""

import re

import ironcalc
import numpy as np
import openpyxl
import pytest

from pyfuncs.kernels import model as kernels
from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.templates import TEMPLATES
from workbooks.lessons.titanic import aboard
from workbooks.lessons.titanic.lesson import FIXED, TRAINED
from workbooks.lessons.titanic.passengers import COLUMNS, complete_passengers
from workbooks.recalculate import refresh
from workbooks.sheets.lesson_sheet import AGREES, DIFFERS, HEADER_ROW, STATUS_ROW, TOP, WEIGHTS_ROW
from workbooks.xlsx.area import Area
from workbooks.xlsx.package import Package
from workbooks.xlsx.patch import set_values

from ..formula_cells import cells_of_formulas

NAMES = ("titanic_linear", "titanic_two_layer")
ROWS, INPUTS = 712, 10
LEAST_SQUARES = 0.1442271493073
WIDEST = 1252
"""Pixels that Calc shows of a sheet on a screen of 1366, beside row numbers and sidebar; a unit of width is seven."""
EXACT = 1e-12


@pytest.fixture(params=NAMES)
def name(request):
    return request.param


def column(book, header, sheet="Lesson"):
    """Return the numbers of a column of the sheet Lesson."""
    headers = book.sheets.values(Area(sheet, HEADER_ROW, 1, HEADER_ROW, 40))[0].tolist()
    left = headers.index(header) + 1
    return book.sheets.values(Area(sheet, TOP, left, TOP + ROWS - 1, left))[:, 0].astype(float)


def step_rows(book):
    """Return weights, gradient and new weights as the sheet Lesson shows them, units×inputs each."""
    units = len(book.file.read("weight_1_transposed"))
    areas = [Area("Lesson", top, 2, top + units - 1, 11) for top in range(WEIGHTS_ROW, WEIGHTS_ROW + 3 * units, units)]
    return [book.sheets.values(area).astype(float) for area in areas]


def figure(book, label):
    """Return what stands under a label of the sheet Lesson."""
    labels = book.sheets.values(Area("Lesson", 2, 1, 2, 40))[0].tolist()
    left = next(i for i, text in enumerate(labels, 1) if isinstance(text, str) and text.startswith(label))
    return book.sheets.cell("Lesson", 3, left)


def status(book):
    return next(
        text for text in book.sheets.values(Area("Lesson", STATUS_ROW, 12, STATUS_ROW, 20))[0] if text is not None
    )


def lessons_step(book, lr):
    """Return what NumPy makes of the workbook's inputs and weights: forward pass, loss, gradient and new weights."""
    x, y = (np.array(book.file.read(name), float) for name in ("inputs", "target"))
    w = np.array(book.file.read("weight_1_transposed"), float)
    z = x @ w.T
    hidden = len(w) > 1
    p = np.maximum(z, 0).sum(axis=1, keepdims=True) if hidden else z
    error = p - y
    gradient = 2 * ((error * (z > 0) if hidden else error).T @ x) / len(x)
    return z, p, error, gradient, w - lr * gradient


def other_weights(name, seed):
    return np.random.default_rng(seed).normal(size=(INPUTS, 1 + (name != "titanic_linear"))).tolist()


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_lesson_shows_what_numpy_computes(opened, name, seed):
    book = opened(name)
    book.hold({} if seed is None else {"weight_1": other_weights(name, seed), "lr": 0.03})
    z, p, error, gradient, new = lessons_step(book, 0.1 if seed is None else 0.03)
    many = name != "titanic_linear"
    linear = [column(book, header) for header in (("Lin 1", "Lin 2") if many else ("Preds",))]
    np.testing.assert_allclose(np.transpose(linear), z, rtol=0, atol=EXACT)
    np.testing.assert_allclose(column(book, "Preds"), p[:, 0], rtol=0, atol=EXACT)
    np.testing.assert_allclose(column(book, "Error"), error[:, 0], rtol=0, atol=EXACT)
    np.testing.assert_allclose(column(book, "Loss"), error[:, 0] ** 2, rtol=0, atol=EXACT)
    weights, shown_gradient, shown_new = step_rows(book)
    assert weights.tolist() == book.file.read("weight_1_transposed")
    np.testing.assert_allclose(shown_gradient, gradient, rtol=0, atol=EXACT)
    np.testing.assert_allclose(shown_new, new, rtol=0, atol=EXACT)
    assert figure(book, "mean loss") == pytest.approx((error**2).mean(), abs=EXACT)
    right = ((p > 0.5) == (column(book, "Survived")[:, None] == 1)).mean()
    assert figure(book, "accuracy") == pytest.approx(right, abs=EXACT)


@pytest.mark.parametrize("seed", [3, 4])
def test_lesson_and_model_agree(opened, name, seed):
    book = opened(name)
    book.hold({"weight_1": other_weights(name, seed)})
    many = name != "titanic_linear"
    k = " 1" if many else ""
    weights, gradient, new = step_rows(book)
    area = book.file.area("new_weight_1")
    first = "Lin" if many else "Preds"
    pairs = [
        (gradient.T, book.sheets.block(f"Gradient{k}", "grad ", area)),
        (new.T, book.sheets.block(f"New weights{k}", "new ", area)),
        (weights.T, book.sheets.block(f"Weights{k}", "Lin", area)),
        (column(book, "Preds"), book.sheets.column("Forward 2" if many else "Forward", "Preds")),
        (column(book, "Loss"), book.sheets.column("Loss", "Loss")),
        (column(book, "Survived"), book.sheets.column("Target and batch", "y")),
    ]
    for unit in (1, 2) if many else ():
        pairs.append((column(book, f"{first} {unit}"), book.sheets.column("Forward 1", f"Lin{unit}")))
        pairs.append((column(book, f"ReLU {unit}"), book.sheets.column("Forward 1", f"ReLU{unit}")))
    for lesson, model in pairs:
        np.testing.assert_allclose(lesson, model.astype(float), rtol=0, atol=EXACT)
    row = {book.sheets.cell("Model", 3, c): book.sheets.cell("Model", 4, c) for c in range(1, 14)}
    assert figure(book, "mean loss") == pytest.approx(row["mean loss"], abs=EXACT)
    assert figure(book, "accuracy") == pytest.approx(row["accuracy"], abs=EXACT)


def test_a_changed_weight_moves_the_loss_on_lesson_model_and_start_alike(opened, name):
    book = opened(name)
    book.hold({})
    before, weights = figure(book, "mean loss"), book.parameter("weight_1")
    book.hold({"weight_1": [[1.0] * len(weights[0]), *weights[1:]]})
    trainer = Trainer(read_model(book.file))
    loss = trainer.evaluate(trainer.model.train_rows).loss
    assert figure(book, "mean loss") == pytest.approx(loss, abs=EXACT)
    assert book.sheets.cell("Start", 5, 3) == pytest.approx(loss, abs=EXACT)
    assert abs(loss - before) > 1e-3


def test_a_step_puts_what_lesson_shows_as_new_weights(template, sheets, gradsheet, name):
    path = template(name)
    for _ in range(3):
        shown = sheets(path)
        units = 1 if name == "titanic_linear" else 2
        top = WEIGHTS_ROW + 2 * units
        new = shown.values(Area("Lesson", top, 2, top + units - 1, 11)).astype(float)
        assert gradsheet("train", path, "--steps", 1, "--quiet").status == 0
        after = sheets(path).values(Area("Lesson", WEIGHTS_ROW, 2, WEIGHTS_ROW + units - 1, 11)).astype(float)
        np.testing.assert_allclose(after, new, rtol=0, atol=EXACT)


OTHERWISE = {
    "loss": {"loss": "l1"},
    "optimizer": {"optimizer": "momentum"},
    "decay": {"weight_decay": 0.1},
    "batches": {"batch_size": 711},
    "rows kept aside": {"valid_fraction": 0.1},
    "nothing trains": {"trains_1": False},
}
OTHERWISE_OF = {
    "titanic_linear": OTHERWISE | {"sigmoid": {"activation_1": "sigmoid"}},
    "titanic_two_layer": OTHERWISE
    | {
        "tanh": {"activation_1": "tanh"},
        "sigmoid": {"activation_2": "sigmoid"},
        "second layer": {"second_layer": TRAINED},
        "its weights": {"weight_2": [[1.0], [1.5]]},
        "a bias": {"bias_1": [[0.0, 0.1]]},
        "the last bias": {"bias_2": [[-0.1]]},
    },
}


@pytest.mark.parametrize(("name", "what"), [(name, what) for name in NAMES for what in OTHERWISE_OF[name]])
def test_lesson_says_when_training_is_set_otherwise(opened, name, what):
    book = opened(name)
    book.hold(OTHERWISE_OF[name][what])
    assert status(book) == DIFFERS
    assert "Model" in DIFFERS


@pytest.mark.parametrize(
    "cells", [{}, {"lr": 0.5}, {"schedule": "exponential", "epoch": 30}, {"batch_size": 5000, "seed": 3}]
)
def test_where_lesson_says_so_a_step_is_the_one_it_shows(opened, name, cells):
    book = opened(name)
    book.hold(cells | ({} if name == "titanic_linear" else {"second_layer": FIXED}))
    assert status(book) == AGREES
    trainer = Trainer(read_model(book.file))
    trainer.step()
    after = dict(trainer.model.blocks(trainer.state.params))["weight_1"]
    np.testing.assert_allclose(step_rows(book)[2], after.T, rtol=0, atol=EXACT)


def test_least_squares_weights_show_their_known_loss(opened):
    book = opened("titanic_linear")
    book.hold({})
    x, y = (np.array(book.file.read(name), float) for name in ("inputs", "target"))
    book.hold({"weight_1": np.linalg.lstsq(x, y, rcond=None)[0].tolist()})
    assert book.sheets.cell("Lesson", 2, 12) == f"mean loss {LEAST_SQUARES}"
    assert figure(book, "mean loss") == pytest.approx(LEAST_SQUARES, abs=1e-13)


@pytest.mark.parametrize("row", [1, 500, 712])
def test_one_sum_is_spelled_out(template, row):
    path = template("titanic_linear")
    book = openpyxl.load_workbook(path)
    book["Lesson"]["A9"] = row
    book.save(path)
    found = recalculated(path, "Lesson", range(8, 11))
    sheet = openpyxl.load_workbook(template("titanic_linear"), data_only=True)["Lesson"]
    x, w = ([sheet.cell(r, c).value for c in range(2, 12)] for r in (TOP + row - 1, WEIGHTS_ROW))
    assert [found[9, c] for c in range(2, 12)] == pytest.approx(x, abs=EXACT)
    assert [found[10, c] for c in range(2, 12)] == pytest.approx(np.multiply(x, w), abs=EXACT)
    said = re.search(r"Their sum is (-?[\d.]+)\.$", found[8, 2])
    assert float(said[1]) == pytest.approx(np.dot(x, w), abs=5.1e-5)


def recalculated(path, sheet, rows):
    """Return what IronCalc makes of some rows of a sheet, by row and column."""
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    index = [each["name"] for each in model.get_worksheets_properties()].index(sheet)
    return {(row, column): model.get_cell_value(index, row, column) for row in rows for column in range(1, 21)}


def test_ironcalc_shows_on_lesson_what_is_stored(template, name):
    path = template(name)
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    titles = [each["name"] for each in model.get_worksheets_properties()]
    package = Package.open(path)
    for title in ("Lesson", "You aboard"):
        assert len(package.grid(title).formulas) > 20
        for (row, col), cell in cells_of_formulas(package, title):
            found = model.get_cell_value(titles.index(title), row, col)
            if isinstance(cell.value, str):
                assert found == cell.value, (title, row, col)
            else:
                assert found == pytest.approx(cell.value, abs=EXACT), (title, row, col)


def test_lesson_is_short_native_and_in_sight(template, name):
    path = template(name)
    sheet = openpyxl.load_workbook(path)["Lesson"]
    texts = [formula.text for formula in Package.open(path).grid("Lesson").formulas.values()]
    assert len(texts) > 9_000
    assert not [text for text in texts if len(text) > 119 or "NN_" in text]
    assert sheet.freeze_panes == f"B{HEADER_ROW + 1}"
    assert not [letters for letters, each in sheet.column_dimensions.items() if each.hidden]
    assert not [row for row, each in sheet.row_dimensions.items() if each.hidden]
    letters = [openpyxl.utils.get_column_letter(column) for column in range(1, sheet.max_column + 1)]
    assert sum(7 * sheet.column_dimensions[each].width for each in letters) <= WIDEST
    links = {cell.hyperlink.target for row in sheet["A1:T11"] for cell in row if cell.hyperlink}
    assert links >= {f"org.gradsheet:{name}" for name in ("step", "epoch", "epochs", "reset", "undo", "export")}


def test_multiply_gives_the_same_three_times(template, name):
    sheet = openpyxl.load_workbook(template(name), data_only=True)["Multiply"]
    for top, rows, units in ((9, 3, 2), (18 if name == "titanic_linear" else 19, 5, 1 + (name != "titanic_linear"))):
        blocks = [
            [[sheet.cell(top + i, left + j).value for j in range(units)] for i in range(rows)] for left in (13, 16, 19)
        ]
        np.testing.assert_allclose(blocks[0], blocks[1], rtol=0, atol=EXACT)
        np.testing.assert_allclose(blocks[1], blocks[2], rtol=0, atol=EXACT)
    assert [[sheet.cell(9 + i, 13 + j).value for j in range(2)] for i in range(3)] == [
        [12, -3.5],
        [34, -6.5],
        [56, -9.5],
    ]
    formulas = openpyxl.load_workbook(template(name))["Multiply"]
    assert formulas["M9"].value.startswith("=SUMPRODUCT(")
    assert formulas["P9"].value.text.startswith("=MMULT(")
    assert formulas["S9"].value.text.startswith("=NN_MATMUL(")


def test_multiply_spells_the_chosen_result_out(template):
    path = template("titanic_two_layer")
    book = openpyxl.load_workbook(path)
    book["Multiply"]["C12"], book["Multiply"]["F12"] = 3, 2
    book["Multiply"]["C24"], book["Multiply"]["F24"] = 4, 2
    book.save(path)
    found = recalculated(path, "Multiply", range(9, 28))
    assert found[12, 13] == "5 × 0.5 + 6 × -2 = -9.5"
    assert found[26, 14] == pytest.approx(found[22, 14], abs=EXACT)
    assert sum(found[26, c] for c in range(2, 12)) == pytest.approx(found[22, 14], abs=EXACT)


def test_multiply_lights_up_what_meets(template):
    """The rules read the two chosen numbers, and each stands on inputs, weights or a result."""
    sheet = openpyxl.load_workbook(template("titanic_two_layer"))["Multiply"]
    rules = {
        str(each.sqref): [rule.formula[0] for rule in each.rules if rule.dxf.fill]
        for each in sheet.conditional_formatting
    }
    assert rules["B9:C11"] == ["ROW()-8=$C$12"]
    assert rules["B6:C7"] == ["ROW()-5=$F$12"]
    assert rules["F6:G7"] == ["COLUMN()-5=$F$12"]
    assert rules["M9:N11"] == ["AND(ROW()-8=$C$12,COLUMN()-12=$F$12)"]
    assert rules["B19:K23"] == ["ROW()-18=$C$24"]
    assert rules["S19:T23"] == ["AND(ROW()-18=$C$24,COLUMN()-18=$F$24)"]


SETTINGS = {
    "titanic_linear": ({}, {"activation_1": "sigmoid", "loss": "bce", "epoch": 7}),
    "titanic_two_layer": (
        {},
        {
            "second_layer": TRAINED,
            "activation_1": "tanh",
            "activation_2": "sigmoid",
            "bias_1": [[0.3, -0.2]],
            "weight_2": [[1.5], [-0.5]],
            "bias_2": [[0.1]],
            "epoch": 7,
        },
    ),
}


@pytest.mark.parametrize(
    ("name", "cells"),
    [pytest.param(name, cells, id=f"{name} {len(cells)}") for name in NAMES for cells in SETTINGS[name]],
)
def test_you_aboard_answers_as_the_model_does(opened, name, cells):
    """For three passengers of the table, whose own answers the model's kernel gives."""
    book = opened(name)
    for seed, row in ((5, 0), (6, 99), (7, 711)):
        book.hold(cells | {"weight_1": other_weights(name, seed)})
        passenger = dict(zip(COLUMNS, complete_passengers()[row][1], strict=True))
        typed = {(aboard.TOP + i, 3): passenger[question.name] for i, question in enumerate(aboard.QUESTIONS)}
        set_values(book.file.package, "You aboard", typed)
        assert refresh(book.file)
        model = read_model(book.file)
        expected = kernels.predict(model.network, model.state.params, model.inputs)[row, 0]
        ends = [
            book.sheets.cell("You aboard", r, 8 + len(model.layers[0].weight[0]))
            for r in range(aboard.TOP, aboard.TOP + 16)
        ]
        found = [value for value in ends if isinstance(value, float)][-1]
        assert found == pytest.approx(expected, abs=EXACT)
        answer = book.sheets.cell("You aboard", aboard.TOP + 9, 2)
        assert answer == ("You survive" if expected > 0.5 else "You do not survive")
        said = book.sheets.cell("You aboard", aboard.TOP + 11, 2)
        assert said.startswith("Its prediction is" if "epoch" in cells else "The weights are still random")


def test_you_aboard_has_its_chart_and_start_leads_there(template, name):
    book = openpyxl.load_workbook(template(name))
    (chart,) = book["You aboard"]._charts
    assert len(chart.series) == (1 if name == "titanic_linear" else 2)
    for series in chart.series:
        assert re.search(r"\$6:\$[A-Z]+\$15$", series.val.numRef.f)
    links = [cell.hyperlink.location for row in book["Start"]["A1:K40"] for cell in row if cell.hyperlink]
    assert {"'You aboard'!A1", "'Your turn'!A1"} <= set(links)


def test_sorting_data_keeps_the_complete_passengers_together(template, name):
    book = openpyxl.load_workbook(template(name))
    sheet, table = book["Data"], book["Data"].tables["Passengers"]
    assert table.ref == f"A4:I{4 + ROWS}"
    rows = [[cell.value for cell in row] for row in sheet[f"A5:I{4 + ROWS}"]]
    assert all(None not in row for row in rows)
    others = [[cell.value for cell in row] for row in sheet[f"A{7 + ROWS}:I{sheet.max_row}"]]
    assert len(others) == 891 - ROWS
    assert all(None in row for row in others)
    assert sorted(row[0] for row in rows + others) == list(range(1, 892))


def test_no_cell_is_put_twice(name):
    for page in TEMPLATES[name].build(None).pages:
        places = [place for block, _ in page.blocks for place in block.area.positions()]
        assert len(places) == len(set(places)), page.title
