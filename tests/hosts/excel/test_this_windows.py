"""What is asked of the real Windows, as far as another system can tell."""

import sys
from pathlib import Path

import platformdirs
import platformdirs.windows
import pytest

from addin.excel.build.dependency import pinned_xlwings
from addin.excel.install import record, this_windows
from addin.excel.install.this_windows import ThisWindows, folders, import_problem, interpreter

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


def test_the_programs_that_run_are_asked_of_windows(monkeypatch):
    monkeypatch.setattr(this_windows, "is_running", lambda program: program == "excel.exe")
    assert ThisWindows(PretendRegistry()).is_running("excel.exe")
    assert not ThisWindows(PretendRegistry()).is_running("winword.exe")
