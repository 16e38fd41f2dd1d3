"""The words install, uninstall and doctor for Excel, on a pretend Windows behind the real command."""

import sys

import pytest

from addin.cli import install as command
from addin.excel.build.files import add_in_file

from .pretend import PretendWindows, contents
from .pretend_excel import MISSING, PretendExcel, with_macros


@pytest.fixture
def windows(tmp_path, monkeypatch, small_book):
    def build(folder, values):
        (folder / "gradsheet.xlam").write_bytes(add_in_file(values))
        workbook = small_book(path=folder / "titanic_linear.xlsm")
        workbook.write_bytes(with_macros(workbook.read_bytes(), values))

    windows = PretendWindows(tmp_path)
    monkeypatch.setattr(command, "this_windows", lambda: windows)
    monkeypatch.setattr(command, "build_for_excel", build)
    return windows


def test_installing_opens_the_first_workbook_and_uninstalling_leaves_no_trace(windows, gradsheet, tmp_path):
    before = contents(tmp_path), windows.registry.copy()
    result = gradsheet("install", "excel")
    assert result.status == 0, result.err
    assert windows.opened == [windows.folders.documents / "Gradsheet" / "titanic_linear.xlsm"]
    assert "are ready" in result.out
    assert gradsheet("doctor", "excel").status == 0
    assert gradsheet("uninstall", "excel").out == "Gradsheet is taken out of Excel.\n"
    assert (contents(tmp_path), windows.registry.copy()) == before


def test_no_open_says_what_to_open(windows, gradsheet, tmp_path):
    result = gradsheet("install", "excel", "--no-open", "--workbooks", tmp_path / "lesson")
    assert windows.opened == []
    assert f"Open {tmp_path / 'lesson' / 'titanic_linear.xlsm'}" in result.out


def test_the_doctor_fails_where_something_is_bad_and_names_it(windows, gradsheet):
    gradsheet("install", "excel", "--no-open")
    (windows.interpreter.prefix / next(windows.interpreter.prefix.glob("xlwings64*")).name).unlink()
    result = gradsheet("doctor", "excel")
    assert result.status == 2
    assert [line for line in result.out.splitlines() if line.startswith("BAD  xlwings64-")]


@pytest.mark.parametrize(("faults", "status"), [({}, 0), ({"step": "nothing"}, 2)])
def test_the_trial_writes_a_report_and_its_status_says_how_it_went(
    windows, gradsheet, monkeypatch, tmp_path, faults, status
):
    monkeypatch.setattr(command, "start_excel", lambda: PretendExcel(faults))
    monkeypatch.setattr(command, "left_out", lambda: MISSING)
    gradsheet("install", "excel", "--no-open")
    report = tmp_path / "what happened.txt"
    result = gradsheet("doctor", "--excel", "--report", report)
    assert result.status == status
    assert report.read_text(encoding="utf-8").startswith("== Gradsheet in Excel, ")
    assert str(report) in result.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["install", "excel", "--profile", "x"], "--profile is for calc only"),
        (["install", "calc", "--workbooks", "x"], "--workbooks is for excel only"),
        (["install", "calc", "--no-open"], "--no-open is for excel only"),
        (["install", "excel", "--open", "x.xlsx"], "--open is for calc only"),
        (["doctor"], "Name the program: gradsheet doctor calc, or gradsheet doctor excel"),
        (["doctor", "word"], "invalid choice"),
    ],
)
def test_an_option_of_the_other_program_is_refused_in_one_line(gradsheet, arguments, sentence):
    result = gradsheet(*arguments)
    assert result.status == 2
    assert sentence in result.err
    assert result.err.count("\n") == 1


@pytest.mark.skipif(sys.platform == "win32", reason="Excel may be here")
@pytest.mark.parametrize(
    "arguments", [["install", "excel"], ["uninstall", "excel"], ["doctor", "excel"], ["doctor", "--excel"]]
)
def test_off_windows_the_way_out_is_named(gradsheet, arguments):
    result = gradsheet(*arguments)
    assert result.status == 2
    assert "on Windows only" in result.err
    assert "gradsheet install calc" in result.err
