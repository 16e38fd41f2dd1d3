"""The trial for a person with Excel, in a pretend one: what is well is said to be, and each fault is noticed."""

import inspect
import re
from pathlib import Path

import pytest
import xlwings

from addin.excel.build.files import add_in_file, blank_file
from addin.excel.build.vba import macro
from addin.excel.check.smoke.report import Report
from addin.excel.check.smoke.run import smoke
from addin.excel.install.installer import install
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import GradsheetError
from workbooks.clicks.table import COMMANDS

from . import pretend_excel
from .pretend import PretendWindows
from .pretend_excel import MISSING, PretendExcel, with_macros

BOOKS = ("linear", "two_layer")
EXAMPLES = sum(len(formula.examples) for formula in formulas().values())


@pytest.fixture(scope="module")
def built():
    """Return the add-in and the empty workbook as they are built."""
    return {"gradsheet.xlam": add_in_file(), "blank.xlsm": blank_file()}


@pytest.fixture
def windows(tmp_path, small_book, built):
    def build(folder, values):
        for name, data in built.items():
            (folder / name).write_bytes(data)
        for name, sizes in zip(BOOKS, [(3, 1), (3, 2, 1)], strict=True):
            path = folder / f"{name}.xlsm"
            small_book(sizes, path=path, optimizer="momentum", batch_size=4)
            path.write_bytes(with_macros(path.read_bytes(), values))

    windows = PretendWindows(tmp_path)
    install(windows, build, lambda: 0.0, [].append)
    return windows


def tried(windows, tmp_path, **faults):
    excel = PretendExcel(faults)
    said = []
    path = tmp_path / "report.txt"
    bad = smoke(windows, lambda: excel, lambda: MISSING, path, said.append)
    report = path.read_text(encoding="utf-8")
    assert not excel.is_open
    assert said[:-1] == report.splitlines()
    assert bad == sum(line.startswith("BAD ") for line in report.splitlines())
    return excel, report, bad


def problems(report):
    return [line for line in report.splitlines() if line.startswith("BAD ")]


def test_where_all_is_well_everything_is_tried_and_found_well(windows, tmp_path):
    excel, report, bad = tried(windows, tmp_path)
    assert problems(report) == []
    assert bad == 0
    assert f"{2 * EXAMPLES} calls of {EXAMPLES} examples were answered" in report
    assert f"{2 * EXAMPLES} of {2 * EXAMPLES} gave the bits of the plain call" in report
    assert {name for kind, name, *_ in (call for call in excel.calls if len(call) > 1) if kind == "macro"} == set(
        formulas()
    )
    pressed = [name for kind, name in (call for call in excel.calls if len(call) == 2) if kind == "Run"]
    once = ["GradsheetExport", "GradsheetImport", "GradsheetMessages"]
    assert sorted(pressed) == sorted([macro(each) for each in COMMANDS if macro(each) not in once] * len(BOOKS) + once)
    counted = re.findall(r"ok   (\d+) of (\d+) modules$", report, re.MULTILINE)
    assert len(counted) == 2 + len(BOOKS)
    assert all(found == wanted and int(wanted) > 8 for found, wanted in counted)


def test_a_workbook_without_a_model_has_no_buttons_to_press(windows, tmp_path):
    _, report, _ = tried(windows, tmp_path)
    assert "no model in it" in report.partition("== blank.xlsm")[2].partition("== ")[0]


def test_the_users_own_files_are_not_touched_and_not_named(windows, tmp_path):
    folder = windows.folders.documents / "Gradsheet"
    before = {path: path.read_bytes() for path in folder.iterdir()}
    excel, report, _ = tried(windows, tmp_path)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    opened = [Path(call[1]) for call in excel.calls if call[0] == "open"]
    assert {path.name for path in opened} == {"gradsheet.xlam", "blank.xlsm", *(f"{name}.xlsm" for name in BOOKS)}
    assert not any(path.exists() or path.is_relative_to(folder) for path in opened)
    assert "Zoë Müller" not in report
    assert "%USERPROFILE%" in report


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("C:/Users/Zoë O'Brien/Documents", "%USERPROFILE%/Documents"),
        (r"D:\Temp\of-zoë o'brien\EXCEL.EXE", r"D:\Temp\of-%USERNAME%\EXCEL.EXE"),
        (r"D:\Zoë O'Briens\book.xlsm", r"D:\Zoë O'Briens\book.xlsm"),
    ],
)
def test_the_users_name_is_nowhere_in_a_path(tmp_path, line, shown):
    said = []
    with (tmp_path / "report.txt").open("w", encoding="utf-8") as stream:
        Report(stream, said.append, Path("C:/Users/Zoë O'Brien")).line(line)
    assert said == [shown]


@pytest.mark.parametrize(
    ("faults", "noticed"),
    [
        ({"NN_RELU": 0.0}, "NN_RELU, example 1, Application.Run"),
        ({"NN_RELU": -2146826273}, "NN_RELU, example 1, cell"),
        ({"NN_MATMUL": OSError("Object required")}, "NN_MATMUL, example 1: OSError: Object required"),
        ({"open": True}, "opening: OSError: Excel cannot open the file"),
        ({"modules": ("xlwings", "Dictionary")}, "modules, without Dictionary, xlwings"),
        ({"buttons": ("step", "epoch")}, "the buttons are Model: epoch, step"),
        ({"step": "nothing"}, "after step the cells differ"),
        ({"epoch": "off"}, "in weight_1"),
        ({"undo": "nothing"}, "after undo the cells differ"),
        ({"reset": OSError("no answer")}, "button reset: OSError: no answer"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else "",
)
def test_a_fault_is_noticed_and_the_rest_is_tried_all_the_same(windows, tmp_path, faults, noticed):
    excel, report, bad = tried(windows, tmp_path, **faults)
    assert bad
    assert any(noticed in line for line in problems(report)), problems(report)
    assert sum(call[0] == "open" for call in excel.calls) == 2 + len(BOOKS)


def test_where_excel_does_not_show_its_modules_the_way_out_is_said(windows, tmp_path):
    _, report, bad = tried(windows, tmp_path, trust=True)
    assert bad == 0
    assert "Trust access to the VBA project object model" in report


def test_an_excel_that_does_not_start_is_a_line_of_the_report(windows, tmp_path):
    def start():
        raise OSError("class not registered")

    assert smoke(windows, start, lambda: MISSING, tmp_path / "report.txt", [].append) == 1
    assert "BAD  Excel: OSError: class not registered\n" in (tmp_path / "report.txt").read_text(encoding="utf-8")


def test_what_was_found_before_a_crash_is_in_the_file(windows, tmp_path):
    class Crash(BaseException):
        pass

    excel = PretendExcel({"NN_SOFTMAX": Crash()})
    path = tmp_path / "report.txt"
    with pytest.raises(Crash):
        smoke(windows, lambda: excel, lambda: MISSING, path, [].append)
    assert "note the first formula" in path.read_text(encoding="utf-8")
    assert not excel.is_open


def test_it_asks_for_excel_to_be_closed_and_gradsheet_to_be_installed(windows, tmp_path):
    with pytest.raises(GradsheetError, match="gradsheet install excel"):
        tried(PretendWindows(tmp_path / "other"), tmp_path)
    windows.running.add("excel.exe")
    with pytest.raises(GradsheetError, match="close Excel"):
        tried(windows, tmp_path)
    assert not (tmp_path / "report.txt").exists()


def test_the_pretend_excel_has_nothing_that_xlwings_has_not():
    pairs = {
        PretendExcel: (xlwings.App, xlwings.main.Books),
        pretend_excel.PretendBook: (xlwings.Book,),
        pretend_excel.PretendSheets: (xlwings.main.Sheets,),
        pretend_excel.PretendSheet: (xlwings.Sheet,),
        pretend_excel.PretendRange: (xlwings.Range,),
    }
    own = {"faults", "calls", "opened", "is_open", "run", "path", "cells", "file", "trainer", "before", "answer"}
    own |= {"press", "named", "book", "added", "area", "rows", "sheet", "app", "active", "models"}
    source = (Path(pretend_excel.__file__)).read_text(encoding="utf-8")
    for pretend, classes in pairs.items():
        body = source.partition(f"class {pretend.__name__}")[2].partition("\nclass ")[0]
        names = {name for name in vars(pretend) if not name.startswith("_")}
        names |= set(re.findall(r"^        self\.([a-z]\w*) = ", body, re.MULTILINE))
        for name in names - own:
            assert any(hasattr(real, name) for real in classes), (pretend.__name__, name)


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        (xlwings.App.__init__, {"visible": True, "add_book": False}),
        (xlwings.main.Books.open, ["C:\\book.xlsm"]),
        (xlwings.main.Sheets.add, ["gradsheet try"]),
        (xlwings.Sheet.range, [(1, 1), (2, 2)]),
        (xlwings.Range.get_address, [False, False]),
        (xlwings.Book.macro, ["NN_RELU"]),
    ],
)
def test_xlwings_takes_what_the_trial_gives_it(function, arguments):
    given = arguments if isinstance(arguments, list) else []
    named = arguments if isinstance(arguments, dict) else {}
    inspect.signature(function).bind(None, *given, **named)
