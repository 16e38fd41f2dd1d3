"""What the tests of Excel share: xlwings as it runs on Windows, and a caller of formulas through it."""

import importlib.util
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from addin.excel.build.files import files

HERE = Path(__file__).parent


def beside(name: str) -> ModuleType:
    """Import a helper that stands beside the tests."""
    spec = importlib.util.spec_from_file_location(f"gradsheet_tests_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def com() -> ModuleType:
    """Return the stand-ins for pywin32."""
    return beside("pretend_com")


@pytest.fixture(scope="module")
def xlwings_on_windows(com: ModuleType) -> Iterator[SimpleNamespace]:
    """Let xlwings run its code for Windows, for the tests of one file."""
    with com.windows() as modules:
        yield modules


@pytest.fixture(scope="module")
def call(com: ModuleType, xlwings_on_windows: SimpleNamespace) -> Callable[..., Any]:
    """Return what VBA calls: XLPy.CallUDF with a module's and a function's name and arguments."""
    server = xlwings_on_windows.server.XLPython()

    def call_in(module: str, name: str, *arguments: Any) -> Any:
        return server.CallUDF(module, name, list(arguments), com.ComBook())

    return call_in


@pytest.fixture(scope="module")
def call_udf(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return what the VBA of a formula calls."""
    return partial(call, "addin.excel.inside.udfs")


@pytest.fixture(scope="session")
def excel_files() -> Mapping[str, bytes]:
    """Return every file for Excel as it is built."""
    return {name: make() for name, make in files().items()}


@pytest.fixture(scope="session")
def ovba_reader() -> ModuleType:
    """Return our own reader of VBA projects."""
    return beside("ovba_reader")


@pytest.fixture(scope="session", name="beside")
def import_beside() -> Callable[[str], ModuleType]:
    """Return what imports a helper that stands beside the tests."""
    return beside
