"""What is asked of the real Windows, as far as another system can tell."""

import sys
from pathlib import Path
from types import SimpleNamespace

import platformdirs
import platformdirs.windows
import pytest

from addin.excel import record, this_windows
from addin.excel.dependency import pinned_xlwings
from addin.excel.this_windows import ThisWindows, folders, import_problem, interpreter

from .pretend import PretendRegistry

PLACES = {
    "CSIDL_LOCAL_APPDATA": "/home/Zoë/AppData/Local",
    "CSIDL_APPDATA": "/home/Zoë/AppData/Roaming",
    "CSIDL_PERSONAL": "/home/Zoë/OneDrive/Dokumente",
}


@pytest.fixture
def as_on_windows(monkeypatch):
    monkeypatch.setattr(platformdirs.windows, "get_win_folder", PLACES.__getitem__)
    monkeypatch.setattr(platformdirs, "PlatformDirs", platformdirs.windows.Windows)


def test_documents_are_where_windows_says_even_if_redirected(as_on_windows):
    found = folders()
    assert found.documents == Path(PLACES["CSIDL_PERSONAL"])
    assert found.local == Path(PLACES["CSIDL_LOCAL_APPDATA"])
    assert found.roaming == Path(PLACES["CSIDL_APPDATA"])
    assert found.profile == Path.home()


def test_the_compiled_formulas_are_in_the_folder_that_uninstalling_empties(as_on_windows):
    cache = platformdirs.PlatformDirs("gradsheet", appauthor=False).user_cache_dir
    assert Path(cache) == record.home(folders()) / "Cache"


def test_the_interpreter_is_the_one_that_runs_with_the_pinned_xlwings():
    python = interpreter()
    assert python.program == Path(sys.executable)
    assert python.packages["xlwings"] == pinned_xlwings()
    assert python.packages["gradsheet"]


def test_what_cannot_be_loaded_is_named():
    assert import_problem(["sys", "os.path"]) is None
    assert import_problem(["sys", "no_such_module"]) == "no_such_module: No module named 'no_such_module'"


def test_where_windows_does_not_answer_no_program_is_taken_to_run(monkeypatch):
    def run(command, **options):
        raise FileNotFoundError(command[0])

    monkeypatch.setattr(this_windows.subprocess, "run", run)
    assert not ThisWindows(PretendRegistry()).is_running("excel.exe")


@pytest.mark.parametrize(
    ("printed", "is_there"),
    [
        (b'"EXCEL.EXE","4242","Console","1","120,000 K"\r\n', True),
        (b"INFO: No tasks are running which match the specified criteria.\r\n", False),
        ("INFORMATION: Es werden keine Aufgaben mit den angegebenen Kriterien ausgeführt.\r\n".encode("cp850"), False),
    ],
)
def test_a_program_is_found_among_those_that_run(monkeypatch, printed, is_there):
    asked = []

    def run(command, **options):
        asked.append(command)
        return SimpleNamespace(stdout=printed)

    monkeypatch.setattr(this_windows.subprocess, "run", run)
    assert ThisWindows(PretendRegistry()).is_running("excel.exe") is is_there
    assert asked[0][0] == "tasklist"
    assert asked[0][-1] == "IMAGENAME eq excel.exe"
