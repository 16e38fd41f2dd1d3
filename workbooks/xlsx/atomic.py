"""Write a file whole or not at all."""

import contextlib
import errno
import os
import secrets
import stat
from pathlib import Path

from workbooks.xlsx.errors import FileProblem

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} if hasattr(errno, "EDQUOT") else {errno.ENOSPC, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_DEVICES = "\\\\.\\"
"""How Windows begins the name of a device."""


def write_atomically(path: Path, data: bytes) -> None:
    """Put `data` at `path` so that a reader, or a crash, finds the old file or the new one and never a part.

    An existing file keeps its mode bits; a link keeps pointing where it does and its target is written.

    Raises:
        FileProblem: the folder is missing or closed to writing, the disk is full, `path` is not an ordinary file, is
            write-protected or is held by another program. The old file is then as it was.

    """
    target = real_path(path)
    folder = target.parent
    mode = _refuse_unwritable(path, target, folder)
    # A short name of its own: the target's name with a suffix could be longer than a folder allows.
    temporary = folder / f".gradsheet-{secrets.token_hex(8)}.tmp"
    try:
        try:
            with temporary.open("xb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            raise _write_problem(path, folder, error) from error
        try:
            if mode is not None:
                temporary.chmod(mode)
            os.replace(temporary, target)  # noqa: PTH105 - the same call, and the one that tests make fail
        except OSError as error:
            raise _replace_problem(path, error) from error
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
    _sync_folder(folder)


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


def _refuse_unwritable(path: Path, target: Path, folder: Path) -> int | None:
    """Return the mode bits of the file that is there now, None where there is none."""
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
        # Replacing needs only the folder's permission, but a user who write-protected the file meant the file.
        with target.open("r+b"):
            pass
    except PermissionError as error:
        raise FileProblem(
            f"{path} may not be written: close it in other programs, or remove its write protection, or choose "
            "another name."
        ) from error
    except OSError as error:
        raise _write_problem(path, folder, error) from error
    return stat.S_IMODE(status.st_mode)


def _write_problem(path: Path, folder: Path, error: OSError) -> FileProblem:
    if error.errno in _FULL:
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
