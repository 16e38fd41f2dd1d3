"""Whether everything that names an interpreter names this one."""

import re
from collections.abc import Iterator
from pathlib import Path

from addin.excel.build.settings import INTERPRETER, TITLE, WORKBOOKS, read_settings, settings
from addin.excel.check.doctor.interpreter import is_same
from addin.excel.install import configuration, record
from addin.excel.install.office import find_excel
from addin.excel.install.registration import entries
from addin.excel.install.windows import Windows
from addin.finding import Finding
from workbooks.xlsx.errors import FileProblem

INSTALL = "run gradsheet install excel once more"
CHANGES_LOADING = ("PYTHONHOME", "PYTHONPATH")
LOCAL = re.compile("%LOCALAPPDATA%", re.IGNORECASE)
OTHER_ADD_IN = "xlwings.xlam"


def examine_settings(windows: Windows) -> Iterator[Finding]:
    """Look at the settings in the add-in and in each workbook, at their path, and at the environment."""
    kept = record.load(windows.folders)
    files = [path for path in map(Path, kept.files if kept else ()) if path.exists()]
    bad = [Finding(False, text) for path in files if (text := problem_in(windows, path)) is not None]
    yield from bad
    if files and not bad:
        yield Finding(True, f"The add-in and {len(files) - 1} workbooks name this interpreter")
    for unreadable in configuration.unreadable_paths(windows):
        yield Finding(False, configuration.unreadable(str(unreadable)))
    yield from examine_others(windows)


def problem_in(windows: Windows, path: Path) -> str | None:
    """Return what is wrong with the settings in a file, None where nothing is."""
    try:
        found = read_settings(path)
    except FileProblem as error:
        return f"{error} {INSTALL.capitalize()}."
    named = found.get(INTERPRETER)
    if not named:
        return f"{path} names no interpreter: {INSTALL}."
    program = windows.interpreter.program
    if not is_same(LOCAL.sub(lambda _: str(windows.folders.local), named), program):
        return (
            f"Two interpreters: {path} names {named}, but this is {program}: {INSTALL} with the one that Excel is to "
            "call."
        )
    wanted = settings(named, found.get(WORKBOOKS, ""))
    wrong = [
        f"{key} is {found.get(key, 'missing')}, not {value}" for key, value in wanted.items() if found.get(key) != value
    ]
    return f"In {path}, sheet {TITLE}, {', '.join(wrong)}: {INSTALL}." if wrong else None


def examine_others(windows: Windows) -> Iterator[Finding]:
    """Look for what could name another interpreter."""
    excel = find_excel(windows)
    if any(OTHER_ADD_IN in entry.lower() for entry in entries(windows.registry, excel).values()):
        yield Finding(
            True,
            "xlwings' own add-in is loaded too; its settings are for other workbooks than Gradsheet's",
            is_note=True,
        )
    for variable in CHANGES_LOADING:
        if value := windows.environment.get(variable):
            yield Finding(
                False,
                f"The environment variable {variable} is {value} and changes what every Python loads: remove it in "
                "Settings, System, About, Advanced system settings, Environment Variables.",
            )
