"""Find out whether another program has a file open, and let other programs know that this one has."""

import contextlib
import datetime
import getpass
import os
import re
import socket
import sys
from collections.abc import Iterator
from io import BufferedRandom
from pathlib import Path

from workbooks.xlsx.atomic import FULL, real_path, refuse_unwritable, temporary_name, write_problem
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.exclusive import allow_writing, deny_writing, lock, removed_if_left_behind

_ESCAPED = re.compile(r"\\(.)")
_FIELD_END = re.compile(r"(?<!\\)[,;]")
_SPECIAL = re.compile(r"([\\,;])")
_OURS = "Gradsheet"
_PROCESS = "gradsheet:"
"""Before the number of the process, in the field where LibreOffice has its profile."""


def refuse_if_open(path: Path) -> None:
    """Return if no other program's lock file lies beside `path`; one of a command that was killed is removed.

    Raises:
        FileProblem: LibreOffice or Excel has the file open, or crashed while it had, or another gradsheet command
            works on it; says who where the lock tells. Also where `path` names a device.

    """
    # A lock lies beside the name the program was given, which may be a link or what it points to.
    for name in dict.fromkeys((path, real_path(path))):
        calc = _calc_lock(name)
        if _exists(calc):
            _refuse_calc_lock(path, calc)
        excel = name.with_name(f"~${name.name}")
        if _exists(excel):
            raise _open_problem(path, "Excel", excel)


def _refuse_calc_lock(path: Path, file: Path) -> None:
    # Fields: the name set in LibreOffice (often empty), the login name, the host, the time, the profile.
    own_name, login, host, _, profile = _fields(file)
    if own_name == _OURS and profile.startswith(_PROCESS):
        is_own = (host, profile) == (socket.gethostname(), f"{_PROCESS}{os.getpid()}")
        if not is_own and not removed_if_left_behind(file):
            raise _in_use(path, host, file)
        return
    person = own_name or login
    who = (f" by {person}" if person else "") + (f" on {host}" if host else "")
    raise _open_problem(path, f"LibreOffice{who}", file)


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Let nobody else change a file meanwhile: other gradsheet commands, LibreOffice, and Excel on Windows.

    Where no lock file can be made, in a folder closed to writing for instance, they do not learn of it.

    Raises:
        FileProblem: another program has it open, as `refuse_if_open` says, or it is there and could not be replaced,
            as `refuse_unwritable` says: better now than after hours of training.

    """
    refuse_if_open(path)
    target = real_path(path)
    if target.is_file():
        refuse_unwritable(path)
    file = _calc_lock(target)
    try:
        stream = _new_lock(file)
    except FileExistsError:
        raise _in_use(path, "", file) from None
    except OSError as error:
        if error.errno in FULL:
            raise write_problem(path, target.parent, error) from error
        yield
        return
    try:
        if not deny_writing(target):
            raise FileProblem(f"{path} is open in another program; close it there and try again.")
        yield
    finally:
        allow_writing(target)
        _remove(stream, file)


def _new_lock(file: Path) -> BufferedRandom:
    """Make a lock file, locked and with its text from the first: one that a kill left empty would count as Calc's.

    Windows renames no open file: there it is made under its own name.
    """
    made = file if sys.platform == "win32" else file.with_name(temporary_name())
    stream = None
    try:
        stream = made.open("x+b")
        lock(stream.fileno())
        stream.write(_lock_text().encode())
        stream.flush()
        if made != file:
            _give_name(made, file)
    except BaseException:  # an interruption may have come just after it was made
        if stream is not None:
            _remove(stream, made, file)
        elif made != file:
            made.unlink(missing_ok=True)
        raise
    return stream


def _give_name(made: Path, file: Path) -> None:
    try:
        os.link(made, file)
    except FileExistsError:
        raise
    except OSError:  # a file system where a file has one name
        made.rename(file)
    else:
        made.unlink()


def _remove(stream: BufferedRandom, *names: Path) -> None:
    """Close a lock file, and remove it where it has one of these names."""
    own = [name for name in names if _is_name_of(stream, name)]
    # Closed first, it could be taken for one left behind, and its successor be removed. Windows removes no open file.
    if sys.platform == "win32":
        _close(stream)
    for name in own:
        with contextlib.suppress(OSError):
            name.unlink()
    _close(stream)


def _is_name_of(stream: BufferedRandom, name: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(stream.fileno()), name.stat())
    except OSError:
        return False


def _close(stream: BufferedRandom) -> None:
    with contextlib.suppress(OSError):  # it tries once more to write what found no room
        stream.close()


def _lock_text() -> str:
    """Return a lock as LibreOffice writes its own, so that it says who has the file."""
    try:
        login = getpass.getuser()
    except (ImportError, KeyError, OSError):  # nobody whom the system knows
        login = ""
    now = datetime.datetime.now().strftime("%d.%m.%Y %H:%M")
    fields = (_OURS, login, socket.gethostname(), now, f"{_PROCESS}{os.getpid()}")
    return ",".join(_SPECIAL.sub(r"\\\1", field) for field in fields) + ";"


def _calc_lock(path: Path) -> Path:
    return path.with_name(f".~lock.{path.name}#")


def _exists(file: Path) -> bool:
    try:
        return file.exists()
    except OSError:  # a name too long for a lock, or a folder that may not be looked into: no lock to see
        return False


def _open_problem(path: Path, program: str, file: Path) -> FileProblem:
    return FileProblem(
        f"{path} is open in {program}; close it there and try again (if the program has crashed, delete the lock "
        f"file {file})."
    )


def _in_use(path: Path, host: str, file: Path) -> FileProblem:
    where = f" on {host}" if host and host != socket.gethostname() else ""
    return FileProblem(
        f"{path} is being changed by another gradsheet command{where}; wait until that has ended (if that computer has "
        f"crashed, delete the lock file {file})."
    )


def _fields(file: Path) -> list[str]:
    """Return the five fields of LibreOffice's lock, empty where the lock does not say."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return [""] * 5
    fields = [" ".join(_ESCAPED.sub(r"\1", field).split()) for field in _FIELD_END.split(text)]
    return [*fields, "", "", "", "", ""][:5]
