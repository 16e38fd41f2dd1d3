"""LibreOffice as the third reader of the VBA projects, and as something that runs VBA: over a stub in place of Python.

It knows neither `#If` nor xlwings' library, so the module that calls Python is replaced; all others are as built.
"""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from pyopenvba import ExcelFile
from pyopenvba.vba import VBAModuleKind

from addin.calc.install import installer
from addin.calc.install.office import clean_environment, find_office
from addin.excel.build import vba
from addin.excel.build.files import files
from addin.excel.build.project import caller, crlf
from pyfuncs.cells.errors import GradsheetError
from workbooks.clicks.table import COMMANDS

REQUIRED = "GRADSHEET_REQUIRE_CALC"
HERE = Path(__file__).parent
STANDARD, CLASS, DOCUMENT = 1, 2, 4
SECONDS = 400
MACROS, UDFS = "addin.excel.inside.macros", "addin.excel.inside.udfs"
TOLD = """Option Explicit

Public Function ToldTwice() As String
    Dim shown As Variant
    shown = NN_RELU(2)
    StartListening
    shown = NN_RELU(1)
    shown = NN_RELU(1)
    ToldTwice = WhatWasHeard() & "|" & WhatWasHeard()
End Function

Public Function Explained(ByVal reference As String) As String
    ThisWorkbook.Worksheets(1).Range(reference).Select
    Explained = Explanation()
End Function

Public Function Given(ByVal formula As String) As String
    Dim shown As Variant
    If formula = "NN_MATMUL" Then shown = NN_MATMUL(1, 1)
    If formula = "NN_SIGMOID" Then shown = NN_SIGMOID(1)
    If formula = "NN_LINEAR" Then shown = NN_LINEAR(1, 1)
    Given = RowsGiven() & " by " & ColumnsGiven()
End Function
"""
WORKBOOKS = [name for name in files() if name.endswith(".xlsm")]


@pytest.fixture(scope="session")
def ask(tmp_path_factory):
    """Return what opens files in the office and gives its answers to the orders for each."""
    try:
        office = find_office()
    except GradsheetError as error:
        if os.environ.get(REQUIRED):
            pytest.fail(str(error))
        pytest.skip(f"{error} Tests of macros in LibreOffice are left out.")
    profile = tmp_path_factory.mktemp("macros") / "profile"

    def run(*jobs):
        command = [office.python, HERE / "macro_agent.py", office.soffice, profile]
        ended = subprocess.run(
            [*map(str, command), json.dumps([[str(path), orders] for path, orders in jobs])],
            capture_output=True,
            text=True,
            timeout=SECONDS,
            env=clean_environment() | {"PYTHONPATH": os.pathsep.join(installer.package_folders()[:1])},
        )
        assert ended.returncode == 0, ended.stderr
        answers = json.loads(ended.stdout)
        assert not [answer["raised"] for each in answers for answer in each if "raised" in answer]
        return [[answer["gives"] for answer in each] for each in answers]

    return run


@pytest.fixture(scope="module")
def loaded(ask, excel_files, tmp_path_factory):
    """Return the sheets, shapes and modules of every workbook as the office has loaded them."""
    folder = tmp_path_factory.mktemp("loaded")
    for name in WORKBOOKS:
        (folder / name).write_bytes(without_opening(excel_files[name], folder))
    found = ask(*((folder / name, [["sheets"], ["shapes"], ["modules"]]) for name in WORKBOOKS))
    return dict(zip(WORKBOOKS, found, strict=True))


def without_opening(data, folder):
    """Return a workbook that does nothing when it opens: there is no Python behind it here."""
    return changed(
        data, folder, lambda project: setattr(project.get_module("ThisWorkbook"), "body", "Option Explicit\r\n")
    )


def changed(data, folder, change):
    path = folder / "changed.xlsm"
    path.write_bytes(data)
    with ExcelFile(path) as file:
        change(file.vba_project())
        file.save()
    return path.read_bytes()


def put_stub(project):
    """Replace what calls Python by a class that writes down the calls and answers by a script."""
    for name in ("xlwings", "Dictionary"):
        project.delete_module(name)
    project.add_module("xlwings", crlf((HERE / "stub" / "xlwings.bas").read_text()))
    stub = crlf((HERE / "stub" / "StubServer.bas").read_text())
    project.add_module("StubServer", stub, kind=VBAModuleKind.other)
    project.add_module("Told", crlf(TOLD))


@pytest.fixture(scope="module")
def answers(ask, excel_files, tmp_path_factory):
    """Return what the office gives when the empty workbook's macros and formulas run over the stub."""
    folder = tmp_path_factory.mktemp("stub")
    path = folder / "stub.xlsm"
    path.write_bytes(changed(excel_files["blank.xlsm"], folder, put_stub))
    orders = {
        "opened": ["get", "Sheet1", "ZZ1:ZZ1"],
        "name": ["name", "lr", "Sheet1", "$A$1"],
        "epoch": ["run", "GradsheetButtons.GradsheetEpoch"],
        "what epoch knows": ["get", "Sheet1", "ZV1"],
        "written by epoch": ["get", "Sheet1", "ZX1:ZY3"],
        "said of the ignored click": ["get", "Sheet1", "ZW1"],
        "calls of epoch": ["get", "Sheet1", "ZZ2:ZZ7"],
        "reset": ["run", "GradsheetButtons.GradsheetReset"],
        "calls of reset": ["get", "Sheet1", "ZZ8:ZZ10"],
        "stop": ["run", "GradsheetButtons.GradsheetStop"],
        "inputs": ["put", "Sheet1", "J1:K2", [[1, 2], [3, 4]]],
        "array": ["array", "Sheet1", "A1:B2", "=NN_MATMUL(J1:K2;J1:K2)"],
        "array's values": ["get", "Sheet1", "A1:B2"],
        "row": ["array", "Sheet1", "A4:C4", "=NN_SIGMOID(J1:K2)"],
        "row's values": ["get", "Sheet1", "A4:C4"],
        "error": ["array", "Sheet1", "D1", "=NN_RELU(J1:K2)"],
        "error's value": ["get", "Sheet1", "D1"],
        "optional": ["array", "Sheet1", "D2", "=NN_LINEAR(J1:K2;J1:K2)"],
        "calls of formulas": ["get", "Sheet1", "ZZ10:ZZ14"],
        "described": ["run", "GradsheetHelp.DescribeFormulas"],
        "explained": ["run", "GradsheetExplain.Explanation"],
        "one cell of four": ["formula", "Sheet1", "G1", "=NN_MATMUL(J1:K2;J1:K2)"],
        "one cell explained": ["run", "Told.Explained", "G1"],
        "calls of the explanation": ["get", "Sheet1", "ZZ16:ZZ19"],
        "weights": ["run", "GradsheetClicks.WeightsFile"],
        "number": ["run", "Told.Explained", "J1"],
        "sizes": ["run", "Told.Given", "NN_MATMUL"],
        "size of a row": ["run", "Told.Given", "NN_SIGMOID"],
        "size of a number": ["run", "Told.Given", "NN_LINEAR"],
        "told twice": ["run", "Told.ToldTwice"],
    }
    (found,) = ask((path, list(orders.values())))
    return dict(zip(orders, found, strict=True))


def column(rows):
    return [row[0].strip() for row in rows]


@pytest.mark.parametrize("name", WORKBOOKS)
def test_every_module_is_loaded_with_its_type_and_text(loaded, name):
    sheets, _, modules = loaded[name]
    standard = {title for title, (kind, _) in modules.items() if kind == STANDARD}
    assert standard == {"xlwings", *vba.modules("xlsm")}
    assert {title for title, (kind, _) in modules.items() if kind == CLASS} == {"Dictionary"}
    documents = {title for title, (kind, _) in modules.items() if kind == DOCUMENT}
    assert len(documents) == len(sheets) + 1
    texts = vba.modules("xlsm") | {"xlwings": caller().partition("\n")[2]}
    for title, text in texts.items():
        assert code(text) in code(modules[title][1]), title


def code(text):
    """Return a module's text; the office puts lines of its own before it."""
    return "\n".join(line.rstrip() for line in text.splitlines()).strip()


@pytest.mark.parametrize("name", WORKBOOKS)
def test_the_office_finds_the_macro_of_every_button(loaded, name):
    _, shapes, modules = loaded[name]
    known = {vba.macro(command) for command in COMMANDS}
    for buttons in shapes.values():
        for shape, script in buttons.items():
            assert shape in known
            assert script == f"vnd.sun.star.script:VBAProject.GradsheetButtons.{shape}?language=Basic&location=document"
            assert re.search(rf"^Public Sub {shape}\(\)$", modules["GradsheetButtons"][1], re.MULTILINE)


def test_the_sheets_with_the_settings_and_the_help_are_hidden(loaded):
    for sheets, _, _ in loaded.values():
        assert sheets[-2:] == [["xlwings.conf", False], ["_IntelliSense_", False]]
        assert all(visible for _, visible in sheets[:-2])


def test_opening_the_workbook_warms_python(answers):
    assert column(answers["opened"]) == [f"{MACROS} click warm"]


def test_a_long_run_is_asked_for_piece_by_piece_hears_stop_ignores_clicks_and_writes_its_blocks(answers):
    assert column(answers["calls of epoch"]) == [
        f"{MACROS} click epoch  cells cells",
        *[f"{MACROS} go_on False"] * 2,
        f"{MACROS} go_on True",
        f"{MACROS} block 0",
        f"{MACROS} block 1",
    ]
    assert answers["written by epoch"] == [[1.0, 2.0], [3.0, 0.1], ["", 42.0]]


def test_a_click_knows_the_sheets_and_the_names(answers):
    ((known,),) = answers["what epoch knows"]
    assert known == "Sheet1, one of 3, and 1 name lr=Sheet1!$A$1"


def test_a_click_that_is_ignored_is_said_in_the_status_bar(answers):
    assert answers["said of the ignored click"] == [
        [" - a click was ignored: wait for the end of the training, or press Stop."]
    ]


def test_a_short_click_is_asked_once(answers):
    assert column(answers["calls of reset"])[:2] == [f"{MACROS} click reset  cells cells", f"{MACROS} block 0"]


def test_an_array_formula_gives_its_numbers_words_and_errors(answers):
    number, error, word, negative = (cell for row in answers["array's values"] for cell in row)
    assert (number, word, negative) == (1.5, "train", -2.0)
    assert is_error(error, 2036)


def test_a_row_comes_out_as_a_row(answers):
    ((first, error, last),) = answers["row's values"]
    assert (first, last) == (0.25, 0.75)
    assert is_error(error, 2007)


def test_a_call_that_failed_gives_its_error(answers):
    ((error,),) = answers["error's value"]
    assert is_error(error, 2042)


def is_error(cell, number):
    """The office shows what CVErr makes as a text with the error's number."""
    return cell == f"Error {number}"


def test_the_formulas_call_python_with_their_cells_and_what_is_missing(answers):
    assert column(answers["calls of formulas"])[:4] == [
        f"{UDFS} NN_MATMUL cells cells",
        f"{UDFS} NN_SIGMOID cells",
        f"{UDFS} NN_RELU cells",
        f"{UDFS} NN_LINEAR cells cells missing",
    ]


def test_a_cell_without_an_error_is_explained_as_such(answers):
    assert answers["explained"] == answers["number"] == "The selected cell shows no error."


def test_a_formula_in_one_cell_of_a_larger_result_is_told_the_keys(answers):
    assert answers["one cell explained"] == (
        "Sheet1!G1 shows no error, but only 1 by 1 of the 2 by 2 cells that its formula gives. To see all, select "
        "G1:H2, press F2, then Ctrl+Shift+Enter."
    )


def test_an_explanation_calculates_twice_because_the_first_may_find_cells_that_are_not_calculated_yet(answers):
    asked, *evaluated = column(answers["calls of the explanation"])
    assert asked.startswith(f"{MACROS} typed")
    assert evaluated == [f"{UDFS} NN_MATMUL cells cells"] * 2 + [""]


def test_export_proposes_the_workbooks_folder(answers):
    assert answers["weights"].endswith("\\stub.weights.csv")
    assert "/stub" in answers["weights"], "the folder of the workbook, as this office gives it"


def test_the_size_of_a_result_is_known(answers):
    assert [answers[key] for key in ("sizes", "size of a row", "size of a number")] == ["2 by 2", "1 by 3", "1 by 1"]


def test_the_sentence_behind_an_error_is_told_once_and_none_from_before(answers):
    assert answers["told twice"] == "NN_RELU: inputs is bad.|"
