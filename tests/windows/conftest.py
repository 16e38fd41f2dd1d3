"""What the tests share that run on Windows alone, under Wine: they write into its registry and its user's folders.

`run.sh` starts them; everywhere else they are not looked at.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

IN_WINE = "GRADSHEET_IN_WINE" in os.environ
collect_ignore_glob = [] if IN_WINE else ["test_*.py"]

OFFICE = r"Software\Microsoft\Office"
EXCEL = "Excel.Application"
PROGRAM = r"Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"


@pytest.fixture(scope="session")
def environment() -> Path:
    """Return the environment of the user's, with no more in it than Gradsheet needs."""
    return Path(os.environ["LOCALAPPDATA"], "gradsheet", "venv")


@pytest.fixture(scope="session", autouse=True)
def clean_place(environment: Path) -> None:
    """Take away what a run that was broken off has left of an installation and of an Excel."""
    from addin.excel.install.this_windows import folders

    subprocess.run([environment / "Scripts" / "gradsheet.exe", "uninstall", "excel"], check=True)
    shutil.rmtree(folders().documents / "Gradsheet", ignore_errors=True)
    remove_excel()


@pytest.fixture(scope="session")
def library(environment: Path) -> Any:
    """Return xlwings' library in this process, as it is in Excel's."""
    import pythoncom

    from tests.windows.as_vba import Library

    pythoncom.CoInitialize()
    return Library(environment)


@pytest.fixture(scope="session")
def command(environment: Path) -> str:
    """Return the command that the macros give the library."""
    from tests.windows.as_vba import server_command

    return server_command(environment / "Scripts" / "python.exe")


@pytest.fixture(scope="session")
def call(library: Any, command: str) -> Iterator[Callable[..., Any]]:
    """Return what the macros call: a function of a module's in the Python behind the formulas."""
    from tests.windows.as_vba import invoke

    def call_in(module: str, name: str, *arguments: Any, book: Any = None) -> Any:
        return invoke(library.activate(command), "CallUDF", module, name, list(arguments), book)

    yield call_in
    library.activate(command, mode=-1)


def remove_key(root: int, path: str) -> None:
    """Remove a key with all below it."""
    import winreg

    try:
        with winreg.OpenKey(root, path, 0, winreg.KEY_ALL_ACCESS) as key:
            inner = [winreg.EnumKey(key, i) for i in range(winreg.QueryInfoKey(key)[0])]
    except FileNotFoundError:
        return
    for name in inner:
        remove_key(root, rf"{path}\{name}")
    winreg.DeleteKey(root, path)


def remove_excel() -> None:
    """Take away what the registry says of Excel."""
    import winreg

    remove_key(winreg.HKEY_CLASSES_ROOT, EXCEL)
    for path in (PROGRAM, OFFICE):
        remove_key(winreg.HKEY_CURRENT_USER, path)


@pytest.fixture
def excel(tmp_path: Path) -> Iterator[None]:
    """Let the registry name an Excel of 64 bits, as Office's installer does."""
    import winreg

    program = tmp_path / "EXCEL.EXE"
    program.write_bytes(
        b"MZ".ljust(0x3C, b"\0") + (0x40).to_bytes(4, "little") + b"PE\0\0" + (0x8664).to_bytes(2, "little")
    )
    winreg.SetValue(winreg.HKEY_CLASSES_ROOT, rf"{EXCEL}\CurVer", winreg.REG_SZ, "Excel.Application.16")
    winreg.SetValue(winreg.HKEY_CURRENT_USER, PROGRAM, winreg.REG_SZ, str(program))
    yield
    remove_excel()


@pytest.fixture
def run(environment: Path, tmp_path: Path) -> Callable[..., Any]:
    """Return the command as a program of its own, in a folder of its own."""

    def run(*words: str) -> Any:
        variables = os.environ | {"PYTHONIOENCODING": "utf-8"}
        command = [environment / "Scripts" / "gradsheet.exe", *words]
        ended = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, encoding="utf-8")
        assert "Traceback" not in ended.stderr
        return ended

    return run
