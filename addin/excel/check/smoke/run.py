"""The whole trial: versions, the doctor, every workbook, every formula, every button."""

import datetime
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pyopenvba import ExcelFile

from addin.excel.build.vba import ADD_IN_FILE
from addin.excel.check.doctor.examine import examine
from addin.excel.check.smoke.buttons import try_buttons
from addin.excel.check.smoke.formulas import try_formulas
from addin.excel.check.smoke.report import Report, Say
from addin.excel.install import record
from addin.excel.install.office import refuse_while_open
from addin.excel.install.windows import Windows
from pyfuncs.cells.errors import GradsheetError

NAME = "gradsheet-excel-report.txt"
LOW_SECURITY = 1
"""msoAutomationSecurityLow: macros run without a question."""


def smoke(
    windows: Windows,
    start: Callable[[], Any],
    left_out: Callable[[], Any],
    path: Path,
    say: Say,
) -> int:
    """Try everything in an Excel that `start` starts, write the report, and return how many trials failed.

    Raises:
        GradsheetError: while another Excel is open, or before Gradsheet is installed in it.

    """
    refuse_while_open(windows)
    books = workbooks(windows)
    with path.open("w", encoding="utf-8") as stream:
        report = Report(stream, say, windows.folders.profile)
        report.heading(f"Gradsheet in Excel, {datetime.datetime.now().astimezone():%Y-%m-%d %H:%M %z}")
        for name, version in windows.interpreter.packages.items():
            report.line(f"     {name} {version}")
        report.heading("Doctor")
        for finding in examine(windows):
            report.add(finding)
        report.heading("Excel")
        with report.trying("Excel"):
            try_excel(report, start, books, left_out)
        report.heading(f"{report.well} well, {report.bad} bad")
    say(f"Please send in {path}; it names no person and holds no numbers of yours.")
    return report.bad


def try_excel(report: Report, start: Callable[[], Any], books: Sequence[Path], left_out: Callable[[], Any]) -> None:
    """Start Excel, try each workbook in it, and end it."""
    with report.timing("Excel started"):
        app = start()
    try:
        app.api.AutomationSecurity = LOW_SECURITY
        report.line(f"     Excel {app.version}, build {app.api.Build}, {app.api.OperatingSystem}")
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            try_books(report, app, books, Path(folder), left_out())
    finally:
        app.quit()


def workbooks(windows: Windows) -> list[Path]:
    """Return the add-in and the workbooks as they were built.

    Raises:
        GradsheetError: where there are none.

    """
    kept = record.load(windows.folders)
    found = [Path(name) for name in kept.files] if kept else []
    books = [path for path in found if path.exists()]
    if not any(path.name != ADD_IN_FILE for path in books):
        raise GradsheetError("There is no workbook to try: run gradsheet install excel first.")
    return books


def try_books(report: Report, app: Any, books: Sequence[Path], folder: Path, missing: Any) -> None:
    """Open a copy of each file, so that nothing of the user's changes, and try what is in it."""
    formulas_tried = False
    asks = True
    for path in books:
        report.heading(path.name)
        with report.trying("opening"):
            copy = shutil.copy(path, folder)
            with report.timing("opened"):
                book = app.books.open(copy)
            # What is in the file is read from the original, for Excel may lock the copy.
            try:
                with report.trying("the VBA project"):
                    count_components(report, book, path)
                if path.name == ADD_IN_FILE:
                    continue
                if not formulas_tried:
                    formulas_tried = True
                    with report.trying("the first formula"), report.timing("the first formula"):
                        book.macro("NN_RELU")(2.0)
                    try_formulas(report, book, missing)
                with report.trying("the buttons"):
                    asks = try_buttons(report, app, book, path, asks)
            finally:
                book.api.Close(False)  # changes are not saved


def count_components(report: Report, book: Any, path: Path) -> None:
    """Compare the modules that Excel has loaded with those in the file; Excel shows them only to those it trusts."""
    with ExcelFile(path) as file:
        wanted = file.vba_project().module_names()
    try:
        found = [component.Name for component in book.api.VBProject.VBComponents]
    except Exception:
        report.note(
            f"whether all {len(wanted)} modules are there was not seen: tick File, Options, Trust Center, Trust Center "
            "Settings, Macro Settings, Trust access to the VBA project object model, run this once more, and clear it "
            "again"
        )
        return
    missing = sorted(set(wanted) - set(found))
    without = f", without {', '.join(missing)}" if missing else ""
    report.check(not missing, f"{len(wanted) - len(missing)} of {len(wanted)} modules{without}")
