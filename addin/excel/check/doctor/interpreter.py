"""Whether the Python that Excel calls is whole."""

from collections.abc import Iterator
from pathlib import Path

from addin.excel.build.dependency import pinned_xlwings
from addin.excel.install.bootstrap import PLATFORM, is_of_store
from addin.excel.install.office import Excel
from addin.excel.install.windows import Interpreter, Windows
from addin.finding import Finding

REPAIR = "run install.ps1 once more"
DLL = "xlwings{bits}-{version}.dll"


def examine_interpreter(windows: Windows, excel: Excel) -> Iterator[Finding]:
    """Look at the Python, at xlwings in it, and at the library that Excel loads from beside it."""
    python = windows.interpreter
    yield from examine_python(python)
    version = python.packages.get("xlwings")
    if version is None:
        yield Finding(False, f"xlwings is not in {python.prefix}: {REPAIR}.")
        return
    pinned = pinned_xlwings()
    if version != pinned:
        yield Finding(
            False,
            f"xlwings is {version}, but this Gradsheet is made for {pinned}: {REPAIR}, or pip install "
            f"xlwings=={pinned} in {python.prefix}.",
        )
    else:
        yield Finding(True, f"xlwings is {version}, as this Gradsheet needs it")
    yield from examine_library(python, excel, version)
    if python.import_problem is not None:
        yield Finding(False, f"Python cannot talk to Excel ({python.import_problem}): {REPAIR}.")
    else:
        yield Finding(
            True, f"Python can talk to Excel (pywin32 {python.packages.get('pywin32', 'of unknown version')})"
        )


def examine_python(python: Interpreter) -> Iterator[Finding]:
    """Look at the interpreter itself."""
    if is_of_store(str(python.base)):
        yield Finding(
            False,
            f"Python {python.version} comes from the Microsoft Store, which hides its folders from Excel: install "
            f"Python from python.org, remove {python.prefix}, and {REPAIR}.",
        )
    elif python.platform != PLATFORM:
        yield Finding(
            False,
            f"Python {python.version} is made for {python.platform}, and Numba needs {PLATFORM}: install the 64-bit "
            f"Python from python.org (on ARM too), remove {python.prefix}, and {REPAIR}.",
        )
    else:
        yield Finding(True, f"Python {python.version} ({python.platform}) is at {python.program}")


def examine_library(python: Interpreter, excel: Excel, version: str) -> Iterator[Finding]:
    """Look for the library that Excel's macros load: beside the interpreter, or one folder up in an environment."""
    name = DLL.format(bits=excel.bits or 64, version=version)
    places = [python.program.parent, python.program.parent.parent]
    found = next((place / name for place in places if (place / name).exists()), None)
    others = sorted({path.name for place in places for path in place.glob("xlwings*-*.dll")} - {name})
    if found is None:
        there = f" (there is {', '.join(others)})" if others else ""
        yield Finding(
            False,
            f"{name} is neither in {places[0]} nor in {places[1]}{there}: a virus scanner may have taken it; allow it "
            f"there, and {REPAIR}.",
        )
    elif found.stat().st_size == 0:
        yield Finding(False, f"{found} is empty: {REPAIR}.")
    else:
        yield Finding(True, f"{found} is there, for Excel of {excel.bits or 64} bits")


def is_same(one: Path | str, other: Path | str) -> bool:
    """Tell whether two paths name one file; Windows does not tell capitals from small letters."""
    return str(one).replace("/", "\\").lower() == str(other).replace("/", "\\").lower()
