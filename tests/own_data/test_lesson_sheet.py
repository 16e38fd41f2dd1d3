"""An own table's model that is small enough is shown by hand, with its biases and its second layer."""

import numpy as np
import openpyxl
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.own_data.lesson import MOST_INPUTS, MOST_ROWS
from workbooks.recalculate import refresh
from workbooks.sheets.lesson_sheet import AGREES, DIFFERS, HEADER_ROW, SECOND_ROW, STATUS_ROW, TOP, WEIGHTS_ROW
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.workbook import WorkbookFile

ROWS, INPUTS = 60, 4
LESSONS_SETTING = {"optimizer": "sgd", "weight_decay": 0, "valid_fraction": 0, "lr": 0.03}


@pytest.fixture
def rents(table):
    lines = [
        f"{30 + 7 * i % 90},{1 + i % 4},{('flat', 'house')[i % 3 == 0]},{400 + 9 * (7 * i % 90) + 13 * i % 50}"
        for i in range(ROWS)
    ]
    return table("\n".join(["size,rooms,kind,rent", *lines]), "rents.csv")


@pytest.fixture(params=[(), (1,), (2,)], ids=str)
def hidden(request):
    return request.param


@pytest.fixture
def made(rents, gradsheet, tmp_path, hidden):
    """Return the workbook of a table with random weights trained a little."""
    path = tmp_path / "rents.xlsx"
    options = ("--hidden", ",".join(map(str, hidden))) if hidden else ()
    assert gradsheet("new", rents, "--target", "rent", *options, "-o", path).status == 0
    assert gradsheet("train", path, "--epochs", 3, "--quiet").status == 0
    return path


def values(file, area):
    return np.array([[cell.value for cell in row] for row in read_area(file.package, area)], dtype=object)


def by_numpy(model):
    """Return linear outputs, predictions and the gradients of all parameters over all rows."""
    first, *rest = model.layers
    x, y = model.inputs, model.target
    z = x @ first.weight + first.bias
    h = np.maximum(z, 0) if rest else z
    p = h @ rest[0].weight + rest[0].bias if rest else h
    error = 2 * (p - y) / len(x)
    delta = error @ rest[0].weight.T * (z > 0) if rest else error
    gradients = [np.vstack([x.T @ delta, delta.sum(axis=0)])]
    gradients += [np.vstack([h.T @ error, error.sum(axis=0)])] if rest else []
    return z, p, gradients


def test_it_shows_what_numpy_computes(made, hidden):
    file = WorkbookFile.open(made)
    model = read_model(file)
    z, p, gradients = by_numpy(model)
    units = max(1, len(z[0]))
    headers = values(file, Area("Lesson", HEADER_ROW, 1, HEADER_ROW, 20))[0].tolist()
    column = {
        name: values(file, Area("Lesson", TOP, i, TOP + ROWS - 1, i))[:, 0].astype(float)
        for i, name in enumerate(headers, 1)
        if name in ("Preds", "Error", "Loss", "Target", "Lin", "Lin 1", "Lin 2")
    }
    close = {"rtol": 0, "atol": 1e-12}
    np.testing.assert_allclose(column["Preds"], p[:, 0], **close)
    np.testing.assert_allclose(column["Loss"], (p - model.target)[:, 0] ** 2, **close)
    for j in range(units if hidden else 0):
        np.testing.assert_allclose(column["Lin" + f" {j + 1}" * (units > 1)], z[:, j], **close)
    shown = values(file, Area("Lesson", WEIGHTS_ROW + units, 2, WEIGHTS_ROW + 2 * units - 1, 2 + INPUTS))
    np.testing.assert_allclose(shown.astype(float), gradients[0].T, **close)
    if hidden:
        left = headers.index("ReLU" + " 1" * (units > 1)) + 1
        below = values(file, Area("Lesson", SECOND_ROW + 1, left, SECOND_ROW + 1, left + units))
        np.testing.assert_allclose(below.astype(float), gradients[1].T, **close)
    labels = values(file, Area("Lesson", 2, 1, 3, 20))
    loss, r_squared = (
        next(labels[1, i] for i, text in enumerate(labels[0]) if str(text).startswith(label))
        for label in ("mean loss", "R²")
    )
    assert loss == pytest.approx(((p - model.target) ** 2).mean(), abs=1e-12)
    assert r_squared == pytest.approx(1 - loss / model.target.var(), abs=1e-12)


def test_it_shows_the_step_where_training_is_set_as_the_lesson(made, hidden):
    file = WorkbookFile.open(made)
    left = 2 + INPUTS + 1
    assert DIFFERS in values(file, Area("Lesson", STATUS_ROW, left, STATUS_ROW, left))
    for name, value in LESSONS_SETTING.items():
        file.write({name: [[value]]})
    assert refresh(file)
    assert AGREES in values(file, Area("Lesson", STATUS_ROW, left, STATUS_ROW, left))
    trainer = Trainer(read_model(file))
    trainer.step()
    after = dict(trainer.model.blocks(trainer.state.params))
    units = max(1, *hidden, 1)
    new = values(file, Area("Lesson", WEIGHTS_ROW + 2 * units, 2, WEIGHTS_ROW + 3 * units - 1, 2 + INPUTS))
    expected = np.vstack([after["weight_1"], after["bias_1"]]).T
    np.testing.assert_allclose(new.astype(float), expected, rtol=0, atol=1e-12)
    if hidden:
        start = left + units
        new = values(file, Area("Lesson", SECOND_ROW + 2, start, SECOND_ROW + 2, start + units))
        expected = np.vstack([after["weight_2"], after["bias_2"]]).T
        np.testing.assert_allclose(new.astype(float), expected, rtol=0, atol=1e-12)


def test_its_parameters_are_the_models_own(made, hidden, gradsheet, tmp_path):
    file = WorkbookFile.open(made)
    for k in range(1, 2 + len(hidden)):
        assert file.area(f"weight_{k}_transposed").sheet == file.area(f"bias_{k}_transposed").sheet == "Lesson"
        assert f"weight_{k}" not in file
    out, again = tmp_path / "out.csv", tmp_path / "again.csv"
    assert gradsheet("export", made, out).status == 0
    assert gradsheet("train", made, "--reset", "--epochs", 1, "--quiet").status == 0
    assert gradsheet("import", made, out).status == 0
    assert gradsheet("export", made, again).status == 0
    assert again.read_bytes() == out.read_bytes()


WHY_NOT = {
    "a yes or no": ("--target", "kind", "its loss is bce, not the mean squared error"),
    "three units": ("--target", "rent", "--hidden", "3", "a hidden layer has more than 2 units"),
    "two hidden layers": ("--target", "rent", "--hidden", "2,2", "it has 2 hidden layers, not one"),
}


@pytest.mark.parametrize("case", WHY_NOT)
def test_start_says_why_there_is_none(rents, gradsheet, tmp_path, case):
    *options, why = WHY_NOT[case]
    path = tmp_path / "rents.xlsx"
    assert gradsheet("new", rents, *options, "-o", path).status == 0
    assert why in said_on_start(path)


@pytest.mark.parametrize(
    ("columns", "rows", "why"),
    [
        (MOST_INPUTS, 30, None),
        (MOST_INPUTS + 1, 30, "it has 11 inputs, more than 10"),
        (1, MOST_ROWS, None),
        (1, MOST_ROWS + 1, "it has 2001 rows, more than 2000"),
    ],
)
def test_how_large_a_table_may_be(table, gradsheet, tmp_path, columns, rows, why):
    names = [*(f"c{j}" for j in range(columns)), "y"]
    lines = [",".join(f"{(i * (j + 3)) % 17 + j / 8}" for j in range(columns + 1)) for i in range(rows)]
    path = tmp_path / "wide.xlsx"
    file = table("\n".join([",".join(names), *lines]))
    assert gradsheet("new", file, "--target", "y", "-o", path).status == 0
    if why is None:
        assert openpyxl.load_workbook(path, read_only=True).sheetnames[:2] == ["Start", "Lesson"]
        assert "no sheet Lesson" not in said_on_start(path)
    else:
        assert why in said_on_start(path)


def said_on_start(path):
    """Return the texts of the sheet Start, of a workbook without the sheet Lesson where they say so."""
    book = openpyxl.load_workbook(path)
    said = " ".join(cell.value for row in book["Start"] for cell in row if isinstance(cell.value, str))
    assert ("Lesson" in book.sheetnames) != ("Why is there no sheet Lesson here?" in said)
    return said
