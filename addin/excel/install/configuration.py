r"""The user's xlwings configuration: %USERPROFILE%\.xlwings\xlwings.conf, a line "KEY","VALUE" for each setting.

xlwings' VBA reads it in the system's own code page, two fields at a time whatever the lines; the first of a key
wins, and keys are not case-sensitive.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from addin.excel.install.windows import Folders, Windows
from pyfuncs.cells.errors import GradsheetError
from workbooks.xlsx.atomic import write_atomically

PROJECT = "xlwings"
LINE = re.compile(rb'\s*"([^"]*)"\s*,\s*"?([^"\r\n]*)"?\s*')
INTERPRETER = "INTERPRETER_WIN"
UDF_SERVER = "USE UDF SERVER"
DEBUG = "DEBUG UDFS"
WORKBOOKS = "GRADSHEET_WORKBOOKS"


def configuration_path(folders: Folders) -> Path:
    """Return where xlwings looks."""
    return folders.profile / f".{PROJECT}" / f"{PROJECT}.conf"


def wanted(interpreter: Path, workbooks: Path) -> dict[str, str]:
    """Return what Excel must know: one interpreter, one server for all calls, no folder taken from a workbook.

    The last setting is the add-in's own: where it finds the templates.
    """
    return {
        INTERPRETER: str(interpreter),
        UDF_SERVER: "True",
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "SHOW CONSOLE": "False",
        DEBUG: "False",
        WORKBOOKS: str(workbooks),
    }


def read(path: Path, encoding: str) -> dict[str, str]:
    """Return the settings of a file by their names in capitals, none where it is not there."""
    found: dict[str, str] = {}
    for line in lines(path):
        if match := LINE.fullmatch(line):
            key, value = (part.decode(encoding, "replace") for part in match.groups())
            found.setdefault(key.upper(), value)
    return found


def apply(path: Path, changes: Mapping[str, str | None], encoding: str) -> dict[str, str | None]:
    """Set or, for None, remove settings, leave all other lines as they are, and return what stood there before.

    Raises:
        GradsheetError: for a value that VBA could not read.

    """
    before = read(path, encoding)
    kept = [line for line in lines(path) if (match := LINE.fullmatch(line)) is None or name_of(match) not in changes]
    ours = [encode(f'"{key}","{value}"', encoding) for key, value in changes.items() if value is not None]
    if ours or kept:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Ours come first: behind a line of one field or three VBA would take values for keys.
        write_atomically(path, b"".join(line + b"\r\n" for line in (*ours, *kept)))
    else:
        path.unlink(missing_ok=True)
    return {key: before.get(key) for key in changes}


def restore(path: Path, ours: Mapping[str, str], before: Mapping[str, str | None], encoding: str) -> None:
    """Put back what stood there before us, except what somebody has changed since."""
    now = read(path, encoding)
    apply(path, {key: before.get(key) for key, value in ours.items() if now.get(key) == value}, encoding)


def lines(path: Path) -> list[bytes]:
    """Return a file's lines, none where it is not there."""
    return path.read_bytes().splitlines() if path.exists() else []


def name_of(match: re.Match[bytes]) -> str:
    """Return the setting that a line names."""
    return match[1].decode("ascii", "replace").upper()


def encode(text: str, encoding: str) -> bytes:
    """Return text as VBA reads it.

    Raises:
        GradsheetError: for letters that it cannot read.

    """
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise GradsheetError(unreadable(error.object)) from None


def unreadable_paths(windows: Windows, *others: Path) -> list[Path]:
    """Return the paths that VBA must open and cannot."""
    paths = (configuration_path(windows.folders), windows.interpreter.program, *others)
    return [path for path in paths if not is_readable(windows, path)]


def refuse_unreadable(windows: Windows, *others: Path) -> None:
    """Check that VBA can open what it must.

    Raises:
        GradsheetError: where it cannot.

    """
    for path in unreadable_paths(windows, *others):
        raise GradsheetError(unreadable(str(path)))


def unreadable(path: str) -> str:
    """Return why a path does not do, and the way out."""
    return (
        f"{path} has letters that Excel's macros cannot read on this Windows: turn on Settings, Time & language, "
        "Administrative language settings, Change system locale, 'Beta: Use Unicode UTF-8', or use a Windows account "
        "whose folder has plain letters."
    )


def is_readable(windows: Windows, path: Path) -> bool:
    """Tell whether VBA can open a path."""
    try:
        str(path).encode(windows.ansi)
    except UnicodeEncodeError:
        return False
    return True
