"""After training a template's formulas are refreshed; one that somebody changed is left to the spreadsheet program."""

import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks import recalculate
from workbooks.lessons.templates import TEMPLATES
from workbooks.recalculate import refresh
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile


def edited(path, edits):
    """Change a workbook's parts with patterns, as a spreadsheet program or a person would have."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    package = Package.open(path)
    for name, pattern, replacement in edits:
        part = package.sheet_part(name) if name in package.sheet_titles else name
        parts[part], count = re.subn(pattern, replacement, parts[part])
        assert count, pattern
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


MODEL = "Model"
WORKBOOK = "xl/workbook.xml"


def cell(path, sheet, row, column):
    return read_area(Package.open(path), Area(sheet, row, column, row, column))[0][0]


def place(path, name):
    return WorkbookFile.open(path).area(name)


def weights(path, name="weight_1"):
    file = WorkbookFile.open(path)
    return (
        file.read(name) if name in file else [list(row) for row in zip(*file.read(f"{name}_transposed"), strict=True)]
    )


def test_training_refreshes_every_formula(template, gradsheet, sheets):
    path = template("titanic_linear")
    assert gradsheet("train", path, "--epochs", 3, "--quiet").status == 0
    shown = sheets(path)
    trainer = Trainer(read_model(WorkbookFile.open(path)))
    loss = trainer.evaluate(trainer.model.train_rows).loss
    row = {shown.cell("Model", 3, c): shown.cell("Model", 4, c) for c in range(1, 14)}
    assert row["mean loss"] == pytest.approx(loss, abs=1e-12)
    assert shown.cell("Start", 5, 3) == row["mean loss"]
    assert refresh(WorkbookFile.open(path))


def test_a_changed_formula_is_not_computed_here(template, gradsheet, sheets):
    path = template("titanic_linear")
    column = sheets(path).stage("Loss")["Loss"]
    edited(path, [(MODEL, 'NN_MSE_LOSS\\(([^)]*),&quot;none&quot;\\)|NN_MSE_LOSS\\(([^)]*),"none"\\)', "2+2")])
    changed = cell(path, "Model", 9, column)
    assert "2+2" in changed.formula
    assert changed.has_value
    assert not refresh(WorkbookFile.open(path))
    # Whether rows train, a formula that nothing here touches, keeps its value; what depends on the weights loses it.
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    assert not cell(path, "Model", 9, column).has_value
    assert not cell(path, "Start", 5, 3).has_value
    target = place(path, "target")
    assert cell(path, "Model", target.top, target.left).has_value
    assert openpyxl.load_workbook(path).calculation.fullCalcOnLoad


def test_a_formula_somebody_added_never_keeps_a_stale_value(template, gradsheet):
    path = template("titanic_linear")
    row = '<row r="760"><c r="A760"><f>SUM(weight_1_transposed)</f><v>12345</v></c></row></sheetData>'
    edited(path, [(MODEL, "</sheetData>", row)])
    assert cell(path, "Model", 760, 1).value == 12345
    assert gradsheet("train", path, "--epochs", 1, "--quiet").status == 0
    assert cell(path, "Model", 760, 1).formula == "SUM(weight_1_transposed)"
    assert cell(path, "Model", 760, 1).value != 12345


def test_a_name_led_elsewhere_is_not_computed_here(template):
    """The formulas say lr, and lr is now another cell: their values are for a spreadsheet program to say."""
    path = template("titanic_linear")
    edited(path, [(WORKBOOK, r'(<definedName name="lr"[^>]*>)[^<]*', r"\g<1>Training!$B$300")])
    file = WorkbookFile.open(path)
    file.write({"lr": [[0.5]]})
    assert not refresh(file)


def renamed(path, sheet):
    """Rename a sheet as a spreadsheet program does: in the list of sheets, in names and in formulas."""
    with zipfile.ZipFile(path) as archive:
        parts = [name for name in archive.namelist() if f"{sheet}!".encode() in archive.read(name)]
    edited(path, [(WORKBOOK, f'name="{sheet}"', 'name="Mine"'), *((part, f"{sheet}!", "Mine!") for part in parts)])


@pytest.mark.parametrize("sheet", ["Model", "Training", "Lesson"])
def test_a_renamed_sheet_still_trains(template, gradsheet, sheet):
    path = template("titanic_linear")
    renamed(path, sheet)
    result = gradsheet("train", path, "--epochs", 1, "--quiet")
    assert (result.status, result.err) == (0, "")
    assert weights(path, "epoch") == [[1.0]]


def test_numbers_over_the_first_weights_are_respected(template, gradsheet, tmp_path):
    path = template("titanic_linear")
    area = place(path, "initial_weight_1")
    numbers = [[0.01 * i] for i in range(area.shape[0])]
    letters = area.address.rpartition("!")[2].split(":")[0].rstrip("0123456789")
    edits = [
        (MODEL, rf'(<c r="{letters}{area.top + i}"[^>]*>)(<f[^>]*>[^<]*</f>)?<v>[^<]*</v>', rf"\g<1><v>{number!r}</v>")
        for i, (number,) in enumerate(numbers)
    ]
    edited(path, edits)
    file = WorkbookFile.open(path)
    assert not file.has_formula("initial_weight_1")
    assert refresh(file)
    assert file.read("initial_weight_1") == numbers
    result = gradsheet("train", path, "--reset", "--epochs", 0, "--quiet")
    assert result.status == 0
    assert weights(path) == numbers
    assert weights(path, "initial_weight_1") == numbers


def test_another_seed_gives_other_first_weights(template, gradsheet):
    path = template("titanic_linear")
    before = weights(path, "initial_weight_1")
    assert gradsheet("train", path, "--seed", 5, "--reset", "--epochs", 0, "--quiet").status == 0
    assert weights(path, "initial_weight_1") != before
    assert weights(path) == weights(path, "initial_weight_1")


def test_the_second_layer_is_switched_by_one_cell(template, gradsheet):
    path = template("titanic_two_layer")
    assert weights(path, "trains_2") == [[False]]
    options = ("--set", "second_layer=trained with biases", "--reset", "--epochs", 2, "--lr", 0.01, "--quiet")
    assert gradsheet("train", path, *options).status == 0
    assert weights(path, "trains_2") == weights(path, "trains_bias_1") == weights(path, "trains_bias_2") == [[True]]
    assert weights(path, "weight_2") != weights(path, "initial_weight_2") == [[1.0], [1.0]]
    assert weights(path, "bias_1") != weights(path, "initial_bias_1") == [[0.3, 0.3]]
    assert weights(path, "bias_1") != [[0.0, 0.0]]
    back = ("--set", "second_layer=fixed ones", "--reset", "--epochs", 2, "--quiet")
    assert gradsheet("train", path, *back).status == 0
    assert weights(path, "weight_2") == [[1.0], [1.0]]
    assert weights(path, "bias_1") == [[0.0, 0.0]]


@pytest.mark.parametrize(
    ("name", "big"), [("titanic_linear", 1e160), ("titanic_linear", -1e4), ("titanic_two_layer", 1e160)]
)
@pytest.mark.parametrize("settings", [{}, {"loss": "bce", "activation": "sigmoid"}])
def test_enormous_weights_are_no_trouble(opened, name, big, settings):
    """A training that nearly flew off leaves such numbers: what overflows shows #NUM!, and nothing is printed."""
    book = opened(name)
    many = name == "titanic_two_layer"
    cells = {"weight_1": [[big] * (1 + many)] * 10}
    if settings:
        cells |= {"loss": "bce", f"activation_{1 + many}": "sigmoid"}
    book.hold(cells)


@pytest.fixture
def builds(monkeypatch):
    """Return the list that grows by an entry each time the linear workbook is built anew."""
    done = []
    template = TEMPLATES["titanic_linear"]

    def build(stored):
        done.append(stored)
        return template.build(stored)

    monkeypatch.setattr(recalculate, "TEMPLATES", TEMPLATES | {"titanic_linear": replace(template, build=build)})
    return done


@pytest.mark.parametrize(
    "options",
    [(), ("--lr", 0.05), ("--optimizer", "adam"), ("--batch-size", 32), ("--set", "epochs_per_click=2")],
    ids=str,
)
def test_training_builds_the_workbook_once_with_a_setting_and_without(template, gradsheet, builds, options):
    path = template("titanic_linear")
    assert gradsheet("train", path, "--epochs", 1, "--quiet", *options).status == 0
    assert len(builds) == 1


def test_a_setting_that_the_first_weights_depend_on_is_calculated_before_the_training(template, gradsheet, builds):
    path = template("titanic_linear")
    assert gradsheet("train", path, "--epochs", 1, "--quiet", "--seed", 7, "--reset").status == 0
    assert len(builds) == 2
    assert weights(path, "initial_weight_1") == weights(template_of_seed_7(template, gradsheet), "initial_weight_1")


def template_of_seed_7(template, gradsheet):
    path = template("titanic_linear")
    file = WorkbookFile.open(path)
    file.write({"seed": [[7.0]]})
    assert refresh(file)
    file.save()
    return path
