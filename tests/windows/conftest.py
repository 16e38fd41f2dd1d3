"""What the tests share that run on Windows alone, under Wine: they write into its registry and its user's folders.

`run.sh` starts them; everywhere else they are not looked at.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

IN_WINE = "GRADSHEET_IN_WINE" in os.environ
collect_ignore_glob = [] if IN_WINE else ["test_*.py"]

UDFS = "addin.excel.inside.udfs"


@pytest.fixture(scope="session")
def environment() -> Path:
    """Return the environment of the user's, with no more in it than Gradsheet needs."""
    return Path(os.environ["LOCALAPPDATA"], "gradsheet", "venv")


@pytest.fixture(scope="session")
def library(environment: Path) -> Any:
    """Return xlwings' library in this process, as it is in Excel's."""
    import pythoncom
    from as_vba import Library

    pythoncom.CoInitialize()
    return Library(environment)


@pytest.fixture(scope="session")
def command(environment: Path) -> str:
    """Return the command that the macros give the library."""
    from as_vba import server_command

    return server_command(environment / "Scripts" / "python.exe")


@pytest.fixture(scope="session")
def call(library: Any, command: str) -> Iterator[Callable[..., Any]]:
    """Return what the macros call: a function of a module's in the Python behind the formulas."""
    from as_vba import invoke

    def call_in(module: str, name: str, *arguments: Any, book: Any = None) -> Any:
        return invoke(library.activate(command), "CallUDF", module, name, list(arguments), book)

    yield call_in
    library.activate(command, mode=-1)
