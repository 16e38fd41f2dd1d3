"""The Windows that this process runs on."""

import importlib
import importlib.metadata
import os
import sys
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

import platformdirs

from addin.excel.install.bootstrap import is_running
from addin.excel.install.windows import Folders, Interpreter, Registry, Windows
from pyfuncs.cells.errors import GradsheetError

COM_MODULES = ("pywintypes", "pythoncom", "win32api", "win32com.client")
PACKAGES = ("gradsheet", "xlwings", "pywin32", "numpy", "numba")


def this_windows() -> Windows:
    """Return the Windows at hand.

    Raises:
        GradsheetError: where it is not Windows.

    """
    if sys.platform == "win32":
        from addin.excel.install.this_registry import ThisRegistry

        return ThisWindows(ThisRegistry())
    raise GradsheetError(
        "Excel runs formulas in Python on Windows only: go there, or use LibreOffice here (gradsheet install calc)."
    )


def folders() -> Folders:
    """Return the folders of the user, asked of Windows."""
    return Folders(
        profile=Path.home(),
        documents=platformdirs.user_documents_path(),
        local=platformdirs.user_data_path(appauthor=False),
        roaming=platformdirs.user_data_path(appauthor=False, roaming=True),
    )


def interpreter() -> Interpreter:
    """Return the Python that runs now."""
    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return Interpreter(
        program=Path(sys.executable),
        prefix=Path(sys.prefix),
        base=Path(sys.base_prefix),
        version="{}.{}.{}".format(*sys.version_info[:3]),
        platform=sysconfig.get_platform(),
        packages=versions,
        import_problem=import_problem(COM_MODULES),
    )


def import_problem(modules: Sequence[str]) -> str | None:
    """Return what goes wrong when modules are loaded, None where nothing does."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            return f"{module}: {error}"
    return None


class ThisWindows:
    """The machine that this process runs on, and its user."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.folders = folders()
        self.interpreter = interpreter()
        self.environment: Mapping[str, str] = os.environ
        self.ansi = "mbcs"

    def is_running(self, program: str) -> bool:
        """Ask Windows for the user's own programs of that name; where it does not answer, no."""
        return is_running(program)

    def open(self, path: Path) -> None:
        """Open a file as a double click does."""
        if sys.platform == "win32":
            os.startfile(path)
