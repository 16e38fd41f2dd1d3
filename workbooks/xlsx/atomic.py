"""Write a file whole or not at all."""

import contextlib
import errno
import os
import secrets
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.exclusive import allow_writing, lock, removed_if_left_behind

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_DEVICES = "\\\\.\\"
"""How Windows begins the name of a device."""
_PREFIX, _SUFFIX = ".gradsheet-", ".tmp"
_OF_THE_FILE_SYSTEM = ("security.", "system.")
_ACCESS_LIST = "system.posix_acl_access"
_replaced: list[Path] = []


def nothing_to_check() -> None:
    """Do nothing."""


def write_atomically(path: Path, data: bytes, check: Callable[[], None] = nothing_to_check) -> None:
    """Put `data` at `path` so that a reader, or a crash, finds the old file or the new one and never a part.

    An existing file keeps its owner, group, mode bits and, on Linux, its extended attributes; a link keeps pointing
    where it does and its target is written. The file on its way is as private as the old one. `check` is called at the
    last moment before the old file goes, and may raise to keep it.

    Raises:
        FileProblem: the folder is missing or closed to writing, the disk is full, `path` is not an ordinary file, is
            write-protected, has several names (hard links), is held by another program, or has an owner or attribute
            that a new file could not have. The old file is then as it was.

    """
    target = real_path(path)
    allow_writing(target)
    with _file_beside(path, target) as (temporary, stream):
        try:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        except OSError as error:
            raise write_problem(path, target.parent, error) from error
        check()
        if sys.platform == "win32":  # which moves no open file
            stream.close()
        try:
            os.replace(temporary, target)  # noqa: PTH105 - the same call, and the one that tests make fail
        except OSError as error:
            raise _replace_problem(path, error) from error
    _sync_folder(target.parent)


def refuse_unwritable(path: Path) -> None:
    """Return if `write_atomically` could write `path` now.

    Raises:
        FileProblem: as `write_atomically` does, for all that shows before the first byte.

    """
    with _file_beside(path, real_path(path)):
        pass


def replaced_files() -> tuple[Path, ...]:
    """Return the files that this process has written so far, each whole."""
    return tuple(dict.fromkeys(_replaced))


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """Give a folder for what only others can write, and remove it.

    Raises:
        FileProblem: the disk of the folder for temporary files is full, or there is no such folder.

    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
    except OSError as error:
        if error.filename is not None:
            raise
        what = "its disk is full; free some space" if error.errno in FULL else error.strerror or error
        raise FileProblem(f"The folder for temporary files cannot be used: {what}.") from error


@contextlib.contextmanager
def _file_beside(path: Path, target: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Make an empty file in the folder of `target`, with all that the old file has beside its content."""
    folder = target.parent
    old = _refuse_unsuitable(path, target, folder)
    _remove_leftovers(folder)
    temporary, stream = folder / temporary_name(), None
    try:
        stream = _new_file(path, temporary, 0o666 if old is None else 0o600)
        if old is not None:
            _take_on(path, target, old, temporary)
        yield temporary, stream
        _note(temporary, path)
    except BaseException:  # an interruption may have come just after the file was made, or moved
        if stream is not None:
            _note(temporary, path)
        raise
    finally:
        with contextlib.suppress(OSError):  # it tries once more to write what found no room
            if stream is not None:
                stream.close()
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def _note(temporary: Path, path: Path) -> None:
    if not temporary.exists():
        _replaced.append(path)


def _new_file(path: Path, temporary: Path, mode: int) -> BinaryIO:
    while True:
        try:
            flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            descriptor = os.open(temporary, flags, mode)
        except OSError as error:
            raise write_problem(path, temporary.parent, error) from error
        try:
            stream = os.fdopen(descriptor, "wb")
        except BaseException:
            os.close(descriptor)  # Windows removes no open file
            raise
        try:
            lock(stream.fileno())
            if temporary.exists():
                return stream
        except BaseException:
            stream.close()
            raise
        stream.close()  # removed as left behind before it was locked


def temporary_name() -> str:
    """Return a name for a file on its way: short, for one longer than the target's could be too long for the folder."""
    return f"{_PREFIX}{secrets.token_hex(8)}{_SUFFIX}"


def _remove_leftovers(folder: Path) -> None:
    """Remove what commands that were killed have left in a folder."""
    with contextlib.suppress(OSError):
        for file in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
            removed_if_left_behind(file)


def _take_on(path: Path, target: Path, old: os.stat_result, temporary: Path) -> None:
    """Give a new file the owner, the group, the extended attributes and the mode bits of the old one."""
    what = "owner and group"
    try:
        new = temporary.stat()
        if sys.platform != "win32" and (new.st_uid, new.st_gid) != (old.st_uid, old.st_gid):
            os.chown(temporary, old.st_uid, old.st_gid)
        if sys.platform == "linux":
            for name in _extended_attributes(target):
                what = f"extended attribute {name}"
                try:
                    os.setxattr(temporary, name, os.getxattr(target, name))
                except OSError:
                    # What the file system keeps for itself a new file has by itself.
                    if name == _ACCESS_LIST or not name.startswith(_OF_THE_FILE_SYSTEM):
                        raise
        what = "permissions"
        temporary.chmod(stat.S_IMODE(old.st_mode))
    except OSError as error:
        raise FileProblem(
            f"{path} was not changed, because the new file could not keep its {what} ({error.strerror or error}); "
            "work on a copy under another name."
        ) from error


def _extended_attributes(target: Path) -> list[str]:
    if sys.platform != "linux":
        return []
    try:
        return os.listxattr(target)
    except OSError:  # a file system without any
        return []


def real_path(path: Path) -> Path:
    """Return where the links of a path lead; unlike Path.resolve, links in a circle pass.

    Raises:
        FileProblem: `path` names a device, as CON and NUL do on Windows.

    """
    try:
        target = os.path.realpath(path)
    except OSError as error:  # what Windows says of some devices
        raise _not_ordinary(path) from error
    if target.startswith(_DEVICES):
        raise _not_ordinary(path)
    return Path(target)


def _not_ordinary(path: Path) -> FileProblem:
    return FileProblem(f"{path} is not an ordinary file; choose another name.")


def _refuse_unsuitable(path: Path, target: Path, folder: Path) -> os.stat_result | None:
    """Return the status of the file that is there now, None where there is none."""
    try:
        if not folder.exists():
            raise FileProblem(f"{path} cannot be written because the folder {folder} does not exist; make it first.")
        if not folder.is_dir():
            raise FileProblem(f"{path} cannot be written because {folder} is not a folder; choose another place.")
        try:
            status = target.stat()
        except FileNotFoundError:
            return None
        if stat.S_ISDIR(status.st_mode):
            raise FileProblem(f"{path} is a folder; choose a file name inside it or another name.")
        if not stat.S_ISREG(status.st_mode):
            raise _not_ordinary(path)
        if status.st_nlink > 1:
            raise FileProblem(
                f"{path} has {status.st_nlink} names (hard links), and a save would part this one from the others; "
                "work on a copy under another name."
            )
        # Replacing needs only the folder's permission, but a user who write-protected the file meant the file.
        with target.open("r+b"):
            pass
    except PermissionError as error:
        raise FileProblem(
            f"{path} may not be written: close it in other programs, or remove its write protection, or choose "
            "another name."
        ) from error
    except OSError as error:
        raise write_problem(path, folder, error) from error
    return status


def write_problem(path: Path, folder: Path, error: OSError) -> FileProblem:
    """Return the sentence for a file that could not be written into a folder."""
    if error.errno in FULL:
        return FileProblem(f"{path} was not written because the disk is full; free some space and try again.")
    if error.errno in _FORBIDDEN:
        return FileProblem(
            f"{path} was not written because the folder {folder} does not allow it; choose another folder or ask for "
            "permission to write there."
        )
    return FileProblem(f"{path} was not written ({error.strerror or error}); try again or choose another place.")


def _replace_problem(path: Path, error: OSError) -> FileProblem:
    # Windows refuses to replace a file that a program holds open; what was there is unharmed.
    if isinstance(error, PermissionError):
        return FileProblem(f"{path} is held by another program and was not changed; close it there and try again.")
    return FileProblem(f"{path} was not changed ({error.strerror or error}); try again or choose another place.")


def _sync_folder(folder: Path) -> None:
    # The new file is in place already. Windows cannot open a folder and some network drives cannot sync one, so a
    # refusal here only means that the rename reaches the disk a little later.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
