"""The buttons through xlwings' engine for Windows, against an Excel of COM objects: the bits of training the file."""

from types import SimpleNamespace

import pytest

from addin.excel.build.files import template_file
from addin.excel.check.smoke.cells import difference
from addin.excel.inside.values import rows_of
from pyfuncs.training.contract import read_model
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer
from workbooks.xlsx.workbook import WorkbookFile

AUTOMATIC, MANUAL = -4105, -4135


@pytest.fixture(scope="module")
def excel(environment):
    import pythoncom

    from tests.windows.excel_object import Application

    pythoncom.CoInitialize()
    return Application(environment)


@pytest.fixture
def opened(excel, tmp_path):
    """Return what opens a template, with the trainer of the same file."""

    def open_template(name, title=None):
        path = tmp_path / f"{name} von O'Brien ü.xlsm"
        path.write_bytes(template_file(name))
        file = WorkbookFile.open(path)
        book = excel.Workbooks.Open(str(path))
        return SimpleNamespace(book=book, file=file, trainer=Trainer(read_model(file)))

    yield open_template
    for book in list(excel.books):
        book.Close()


def differences(model):
    """Return by how much the cells of each name differ from what training the file gives, where they do."""
    found = {}
    for name, block in state_blocks(model.trainer.model, model.trainer.state, model.file).items():
        area = model.file.area(name)
        sheet = model.book.Worksheets.Item(area.sheet)
        cells = rows_of(
            sheet.Range(sheet.Cells.Item(area.top, area.left), sheet.Cells.Item(area.bottom, area.right)).Value
        )
        if name.startswith("optimizer"):
            cells = [[cell or 0.0 for cell in row] for row in cells]  # a blank memory is an empty one
        if by := difference(cells, block):
            found[name] = by, cells[:2], block[:2]
    return found


@pytest.mark.parametrize("name", ["titanic_linear", "titanic_two_layer"])
def test_every_button_does_what_the_command_does(opened, name):
    model = opened(name)
    for button, act in {
        "step": lambda trainer: trainer.step(),
        "epoch": lambda trainer: trainer.train(1),
        "epochs": lambda trainer: trainer.train(trainer.model.settings.epochs_per_click),
    }.items():
        before = model.trainer.state.copy()
        act(model.trainer)
        model.book.click(button)
        assert differences(model) == {}, (button, model.book.Application.shown[-1])
    model.trainer.put(before)
    model.book.click("undo")
    assert differences(model) == {}
    exported = model.trainer.state.params.copy()
    for button in ("export", "step", "import"):
        model.book.click(button)
    model.trainer.step()
    model.trainer.take(exported)
    assert differences(model) == {}
    model.trainer.reset()
    model.book.click("reset")
    assert differences(model) == {}


@pytest.mark.parametrize("calculation", [AUTOMATIC, MANUAL])
def test_what_all_workbooks_share_is_as_before(excel, opened, calculation):
    model = opened("titanic_linear")
    excel.Calculation = calculation
    model.book.click("epochs")
    assert (excel.Calculation, excel.ScreenUpdating, excel.StatusBar) == (calculation, True, False)
    excel.Calculation = AUTOMATIC


@pytest.mark.parametrize(("name", "most"), [("titanic_linear", 170), ("titanic_notebook", 170)])
def test_a_click_asks_excel_few_questions(opened, name, most):
    from tests.windows.excel_object import Object

    book = opened(name).book
    book.click("epoch")
    Object.asked.clear()
    book.click("epoch")
    # Each is a call into another process: two for a block of cells, and none for a name.
    assert Object.asked.total() <= most, Object.asked.most_common()
    assert not any(question.startswith("Name") for question in Object.asked)


def test_one_python_serves_several_workbooks(excel, opened):
    one, other = opened("titanic_linear"), opened("sine")
    for _ in range(2):
        for model in (one, other):
            model.book.click("epoch")
            model.trainer.train(1)
    assert differences(one) == differences(other) == {}
    one.book.click("undo")
    other.book.click("undo")
    with pytest.raises(Exception, match=r"differ|nothing|no click"):
        one.book.click("undo")


def test_a_protected_sheet_is_a_sentence_and_stays(excel, opened):
    model = opened("titanic_linear")
    for sheet in model.book.sheets:
        sheet.ProtectContents = True
    with pytest.raises(Exception, match="Unprotect Sheet"):
        model.book.click("step")
    assert differences(model) == {}


def test_a_workbook_without_a_model_is_a_sentence(excel, opened, tmp_path):
    from addin.excel.build.files import blank_file

    path = tmp_path / "blank.xlsm"
    path.write_bytes(blank_file())
    with pytest.raises(Exception, match="inputs"):
        excel.Workbooks.Open(str(path)).click("step")


def test_a_workbook_that_closes_during_a_run_leaves_the_next_click_well(excel, opened):
    closed, other = opened("titanic_linear"), opened("sine")
    answer = excel.call("addin.excel.inside.macros", "click", ["epochs", ""], closed.book)
    assert answer[0] == "running"
    closed.book.Close()
    other.book.click("epoch")
    other.trainer.train(1)
    assert differences(other) == {}
