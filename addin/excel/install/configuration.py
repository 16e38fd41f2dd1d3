r"""What Excel's macros can read, and the user's own xlwings configuration, which Gradsheet leaves alone.

Gradsheet 0.1 wrote its settings there: %USERPROFILE%\.xlwings\xlwings.conf, a line "KEY","VALUE" for each. Installing
anew takes them out again. Keys are not case-sensitive, and the first of a key wins.
"""

import re
from collections.abc import Mapping
from pathlib import Path

from addin.excel.install.windows import Folders, Windows
from pyfuncs.cells.errors import GradsheetError
from workbooks.xlsx.atomic import write_atomically

PROJECT = "xlwings"
LINE = re.compile(rb'\s*"([^"]*)"\s*,\s*"?([^"\r\n]*)"?\s*')


def configuration_path(folders: Folders) -> Path:
    """Return where xlwings looks."""
    return folders.profile / f".{PROJECT}" / f"{PROJECT}.conf"


def read(path: Path, encoding: str) -> dict[str, str]:
    """Return the settings of a file by their names in capitals, none where it is not there."""
    found: dict[str, str] = {}
    for line in lines(path):
        if match := LINE.fullmatch(line):
            key, value = (part.decode(encoding, "replace") for part in match.groups())
            found.setdefault(key.upper(), value)
    return found


def restore(path: Path, ours: Mapping[str, str], before: Mapping[str, str | None], encoding: str) -> None:
    """Put back what stood there before `ours`, except what somebody has changed since."""
    now = read(path, encoding)
    changes = {key: before.get(key) for key, value in ours.items() if now.get(key) == value}
    if not changes:
        return
    kept = [line for line in lines(path) if (match := LINE.fullmatch(line)) is None or name_of(match) not in changes]
    old = [f'"{key}","{value}"'.encode(encoding) for key, value in changes.items() if value is not None]
    if old or kept:
        write_atomically(path, b"".join(line + b"\r\n" for line in (*old, *kept)))
    else:
        path.unlink()


def lines(path: Path) -> list[bytes]:
    """Return a file's lines, none where it is not there."""
    return path.read_bytes().splitlines() if path.exists() else []


def name_of(match: re.Match[bytes]) -> str:
    """Return the setting that a line names."""
    return match[1].decode("ascii", "replace").upper()


def unreadable_paths(windows: Windows, *others: Path) -> list[Path]:
    """Return the paths that VBA must open and cannot."""
    paths = (windows.interpreter.program, *others)
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
