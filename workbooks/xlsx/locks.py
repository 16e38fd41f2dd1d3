"""Find out whether an office program has a file open."""

import re
from pathlib import Path

from workbooks.xlsx.atomic import real_path
from workbooks.xlsx.errors import FileProblem

_ESCAPED = re.compile(r"\\(.)")
_FIELD_END = re.compile(r"(?<!\\)[,;]")


def refuse_if_open(path: Path) -> None:
    """Return if no office program's lock file lies beside `path`.

    Raises:
        FileProblem: LibreOffice or Excel has the file open, or crashed while it had; says who where the lock tells.
            Also where `path` names a device.

    """
    # A lock lies beside the name the program was given, which may be a link or what it points to.
    for name in dict.fromkeys((path, real_path(path))):
        calc = name.with_name(f".~lock.{name.name}#")
        if _exists(calc):
            raise _open_problem(path, f"LibreOffice{_holder(calc)}", calc)
        excel = name.with_name(f"~${name.name}")
        if _exists(excel):
            raise _open_problem(path, "Excel", excel)


def _exists(lock: Path) -> bool:
    try:
        return lock.exists()
    except OSError:  # a name too long for a lock, or a folder that may not be looked into: no lock to see
        return False


def _open_problem(path: Path, program: str, lock: Path) -> FileProblem:
    return FileProblem(
        f"{path} is open in {program}; close it there and try again (if the program has crashed, delete the lock "
        f"file {lock})."
    )


def _holder(lock: Path) -> str:
    """Who made LibreOffice's lock, as " by NAME on HOST"; empty where the lock does not say."""
    try:
        text = lock.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # Fields: the name set in LibreOffice (often empty), the login name, the host, the time, the profile.
    fields = [" ".join(_ESCAPED.sub(r"\1", field).split()) for field in _FIELD_END.split(text)]
    own_name, login, host = [*fields, "", "", ""][:3]
    person = own_name or login
    return (f" by {person}" if person else "") + (f" on {host}" if host else "")
