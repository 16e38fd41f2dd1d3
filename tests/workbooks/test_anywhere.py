"""The edition that carries its formulas: IronCalc calculates every cell of it as it is stored, and no error."""

import io
import math
import re
import shutil
import zipfile
from pathlib import Path

import ironcalc
import openpyxl
import pytest
from lxml import etree
from openpyxl.worksheet.formula import ArrayFormula

from addin.cli.build import anywhere
from pyfuncs.kernels.optimizers import OPTIMIZERS
from workbooks.equip import ASKED, CALL, calls
from workbooks.lessons.templates import BUNDLED
from workbooks.sheets.status import AS_SAVED, ON, WITHOUT
from workbooks.xlsx.archive import archive_of
from workbooks.xlsx.namespaces import DEFINED_NAME, F
from workbooks.xlsx.package import Package

from ..formula_cells import cells_of_formulas

EXACT = 1e-12
MAGNIFIED = 1e-9
"""In gradient_descent, of a difference of two nearly equal numbers that is divided by 0.01."""
LARGEST = 1_000_000


@pytest.fixture(scope="session")
def edition():
    """Return the edition's files as bytes, each built once."""
    known = {}

    def build(name):
        if name not in known:
            known[name] = anywhere(name)
        return known[name]

    return build


@pytest.fixture
def equipped(gradsheet, tmp_path):
    """Return what writes an equipped copy of a workbook."""

    def copy(path, name="copy.xlsx"):
        target = tmp_path / name
        result = gradsheet("equip", path, "-o", target)
        assert result.status == 0, result.err
        return target

    return copy


def wrong_cells(path):
    """Return the formula cells of which IronCalc makes anything but what is stored."""
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    titles = [each["name"] for each in model.get_worksheets_properties()]
    package, wrong, count = Package.open(path), [], 0
    for title in package.sheet_titles:
        for (row, column), cell in cells_of_formulas(package, title):
            count += 1
            found = model.get_cell_value(titles.index(title), row, column)
            tolerance = MAGNIFIED if cell.formula.endswith(")/0.01") else EXACT
            is_error = isinstance(found, str) and found.startswith("#")
            if is_error or not same(found, live(cell.value), tolerance):
                wrong.append((title, row, column, cell.formula[:80], cell.value, found))
    assert count > 30
    return wrong


def live(value):
    """Return what a stored value becomes when a program calculates: the status says that the formulas are on."""
    return value.replace(AS_SAVED, ON) if isinstance(value, str) else value


def same(found, value, tolerance):
    if isinstance(found, float) and isinstance(value, float) and not isinstance(value, bool):
        return math.isclose(found, value, rel_tol=tolerance, abs_tol=tolerance)
    return found == value or {found, value} <= {None, ""}


@pytest.mark.parametrize("name", BUNDLED)
def test_every_cell_of_the_edition_is_calculated_as_it_is_stored(edition, name, tmp_path):
    data = edition(name)
    assert len(data) < LARGEST
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(data)
    assert not wrong_cells(path)


@pytest.mark.parametrize("name", BUNDLED)
def test_what_calls_a_formula_is_an_array_formula_with_the_text_it_had(edition, template_bytes, name):
    own, theirs = (
        Package(Path(f"{name}.xlsx"), archive_of(data, Path(f"{name}.xlsx")))
        for data in (edition(name), template_bytes[name])
    )
    names = {each for _, each in own.defined_names()}
    held = {}
    for title in own.sheet_titles:
        grid, grid_before = own.grid(title), theirs.grid(title)
        before = grid_before.formulas
        for place, formula in grid.formulas.items():
            called = {call.formula.name for call in calls(formula.text)}
            assert (formula.text, grid.formula_area(place)) == (before[place].text, grid_before.formula_area(place))
            assert called <= names
            if called:
                assert grid.cells(place[0])[place[1]].find(F).get("t") == "array"
        for place in before.keys() - grid.formulas.keys():
            held |= dict.fromkeys(call.formula.name for call in calls(before[place].text))
            assert CALL.search(before[place].text)
    assert held.keys() <= {"NN_INIT", "NN_SPLIT", "NN_BATCH", "NN_NUMERIC_GRAD", "NN_LR_FIND", "NN_LOSS_CURVE"}
    # The valley's walk of one row a step is beyond the LAMBDA, which knows all rows alone.
    assert ("NN_LOSS_CURVE" in held) == (name == "gradient_descent")
    assert ("NN_BATCH" in held) == (name in ("sine", "playground"))


def theirs_text(package):
    return {formula.text for title in package.sheet_titles for formula in package.grid(title).formulas.values()}


@pytest.mark.parametrize("name", BUNDLED)
def test_start_says_that_the_formulas_are_on_and_which_cells_hold_values(edition, name, tmp_path):
    path = tmp_path / f"{name}.xlsx"
    path.write_bytes(edition(name))
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    texts = [model.get_cell_value(0, row, column) for row in range(1, 60) for column in (2, 3)]
    assert any(isinstance(text, str) and text.startswith(ON) for text in texts)
    assert WITHOUT not in texts
    answer = texts[texts.index(ASKED) + 2]
    assert ("NN_INIT" in answer) == (name not in ("neurons", "gradient_descent"))


SETTINGS = [
    *({"optimizer": word} for word in OPTIMIZERS),
    *({"activation_1": word, "loss": loss} for word, loss in (("tanh", "l1"), ("silu", "mse"), ("leaky_relu", "l1"))),
    {"activation_2": "sigmoid", "loss": "bce", "weight_decay": 0.1},
    {"second_layer": "trained with biases", "activation_1": "sigmoid", "momentum": 0.5},
    {"shuffle": False, "batch_size": 100},
]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_after_training_with_other_settings_it_is_calculated_as_stored(template, equipped, gradsheet, settings):
    path = template("titanic_two_layer")
    changes = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    assert gradsheet("train", path, "--reset", "--epochs", 2, "--lr", 0.01, *changes, "--quiet").status == 0
    assert not wrong_cells(equipped(path))


def test_a_shuffled_batch_is_held_and_one_of_all_rows_or_in_order_is_calculated(template, gradsheet, equipped):
    path = template("titanic_linear")
    for options, is_held in (
        (["--batch-size", 712], False),
        (["--batch-size", 100], True),
        (["--set", "shuffle=FALSE"], False),
    ):
        assert gradsheet("train", path, "--epochs", 1, *options, "--quiet").status == 0
        copy = equipped(path, f"{is_held}{len(options)}{options[-1]}.xlsx")
        texts = str(theirs_text(Package.open(copy)))
        assert ("NN_BATCH" in texts) != is_held
        assert not wrong_cells(copy)


def test_an_own_table_is_equipped(own_table, equipped, gradsheet):
    # All rows train: IronCalc's AVERAGE takes the FALSE of an IF without an else for 0.
    assert gradsheet("train", own_table, "--reset", "--epochs", 3, "--valid-fraction", 0, "--quiet").status == 0
    assert not wrong_cells(equipped(own_table))


def test_the_command_trains_it_and_it_is_calculated_from_the_new_weights(edition, gradsheet, tmp_path):
    path = tmp_path / "edition.xlsx"
    path.write_bytes(edition("titanic_linear"))
    result = gradsheet("train", path, "--epochs", 2, "--quiet")
    loss = float(re.search(r"train loss ([\d.]+)", result.out)[1])
    model = ironcalc.load_from_xlsx(str(path), "en", "UTC", "en")
    model.evaluate()
    assert model.get_cell_value(0, 5, 3) == pytest.approx(loss, abs=1e-6)


def small(path, formulas, value="0"):
    """Write a workbook with formulas in a column, each with a value."""
    book = openpyxl.Workbook()
    for row, text in enumerate(formulas, 1):
        book.active.cell(row, 2).value = text
        book.active.cell(row, 1).value = row - 2.0
    book.save(path)
    package = Package.open(path)
    for row in range(1, len(formulas) + 1):
        cell = package.grid("Sheet").cells(row)[2]
        for element in list(cell):
            if element.tag != F:
                cell.remove(element)
        etree.SubElement(cell, F.replace("}f", "}v")).text = value
    package.mark_sheet_changed("Sheet")
    package.save(path)
    return path


def test_nested_and_quoted_calls_are_told_apart(tmp_path, equipped):
    texts = [
        "=SUM(A1:A2)+1",
        '="NN_INIT(1)"',
        "=nn_relu(NN_TANH(A1))",
        "=SUM(NN_INIT(2,1,3))",
        "=NN_RELU(NN_INIT(1,1,3))",
    ]
    copy = equipped(small(tmp_path / "own.xlsx", texts))
    package = Package.open(copy)
    found = {row: formula.text for (row, _), formula in package.grid("Sheet").formulas.items()}
    assert found == {1: "SUM(A1:A2)+1", 2: '"NN_INIT(1)"', 3: "nn_relu(NN_TANH(A1))"}
    assert {name for _, name in package.defined_names()} == {"NN_RELU", "NN_TANH", "GRADSHEET_NUMBERS"}
    comments = {each.get("name"): each.get("comment") for each in package.workbook.iter(DEFINED_NAME)}
    assert comments["NN_RELU"] == "Replaces negative numbers with zero and leaves the others as they are."
    again = equipped(copy, "again.xlsx")
    assert Package.open(again).defined_names() == package.defined_names()


def test_the_list_of_formulas_goes_and_excel_makes_it_anew(tmp_path, equipped):
    path = small(tmp_path / "own.xlsx", ["=NN_INIT(1,1,3)", "=NN_RELU(A2)"])
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    chain = f'<calcChain xmlns="{main}"><c r="B1" i="1"/></calcChain>'
    listed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(listed, "w") as new:
        for part in old.namelist():
            data = old.read(part)
            if part == "xl/_rels/workbook.xml.rels":
                relationship = f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'
                data = data.replace(b"</Relationships>", relationship.encode())
            if part == "[Content_Types].xml":
                data = data.replace(b"</Types>", b'<Override PartName="/xl/calcChain.xml" ContentType="x/y"/></Types>')
            new.writestr(part, data)
        new.writestr("xl/calcChain.xml", chain)
    path.write_bytes(listed.getvalue())
    with zipfile.ZipFile(equipped(path)) as archive:
        assert "xl/calcChain.xml" not in archive.namelist()
        assert not [part for part in archive.namelist() if b"calcChain" in archive.read(part)]


def test_what_cannot_be_equipped_is_said_in_a_line(tmp_path, gradsheet, template):
    path = small(tmp_path / "own.xlsx", ["=SUM(A1)"])
    longer = small(tmp_path / "longer.xlsx", ["=ORG.GRADSHEET.FUNCTIONS.NN_RELU(A1)"])
    template_path = template("sine")
    uncalculated = tmp_path / "uncalculated.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"] = ArrayFormula("A1:A2", "=NN_INIT(2,1,3)")
    book.save(uncalculated)
    macros = shutil.copy(template_path, tmp_path / "macros.xlsm")
    for source, target, said in (
        (path, "new.xlsx", "calls no formula of Gradsheet's"),
        (longer, "new.xlsx", "run gradsheet repair"),
        (uncalculated, "new.xlsx", "Sheet!A1 of .* has no value stored"),
        (macros, "new.xlsx", "holds macros"),
        (template_path, "new.xlsm", "must end in .xlsx"),
        (template_path, "own.xlsx", "is there already"),
        (tmp_path / "none.xlsx", "new.xlsx", "none.xlsx"),
    ):
        result = gradsheet("equip", source, "-o", tmp_path / target)
        assert (result.status, result.out) == (2, "")
        assert len(result.err.splitlines()) == 1
        assert re.search(said, result.err), result.err
        assert not (tmp_path / "new.xlsx").exists()
    assert gradsheet("equip", template_path, "-o", template_path, "--force").status == 2
