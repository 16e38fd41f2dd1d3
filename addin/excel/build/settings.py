r"""The hidden sheet xlwings.conf: the settings of xlwings' macros, a name and a value a row, in each file of ours.

What stands there wins over the user's own xlwings.conf and over one beside the workbook. So neither has a say in what
our files start, and other projects with xlwings keep their own settings. %NAME% is a variable of the environment's.
"""

from collections.abc import Mapping
from pathlib import Path

from workbooks.sheets.book import Book
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package

TITLE = "xlwings.conf"
INTERPRETER = "INTERPRETER_WIN"
WORKBOOKS = "GRADSHEET_WORKBOOKS"
INSTALLED = r"%LOCALAPPDATA%\gradsheet\venv\Scripts\python.exe"
"""The interpreter that install.ps1 makes, for whoever opens a file."""


def settings(interpreter: str = INSTALLED, workbooks: str = "") -> Mapping[str, str]:
    """Return all settings that starting Python depends on, and of the add-in's own where it finds the templates."""
    return {
        INTERPRETER: interpreter,
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "PYTHONPATH": "",
        "DEBUG UDFS": "False",
        "SHOW CONSOLE": "False",
        "CONDA PATH": "",
        "CONDA ENV": "",
        "ONEDRIVE_CONSUMER_WIN": "",
        "ONEDRIVE_COMMERCIAL_WIN": "",
        "SHAREPOINT_WIN": "",
        "LICENSE_KEY": "",
        WORKBOOKS: workbooks,
    }


def read_settings(path: Path) -> dict[str, str]:
    """Return what stands on the sheet of a file, nothing where it has none.

    Raises:
        FileProblem: for a file that is no workbook.

    """
    package = Package.open(path)
    if TITLE not in package.sheet_titles:
        return {}
    rows = read_area(package, Area(TITLE, 1, 1, len(settings()), 2))
    return {str(name.value): "" if value.value is None else str(value.value) for name, value in rows}


def add_settings(book: Book, values: Mapping[str, str]) -> None:
    """Add the sheet behind the others."""
    book.page(TITLE).text(1, 1, [[name, value or None] for name, value in values.items()])
