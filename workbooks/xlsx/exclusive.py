"""Hold a file for one process: what is held is let go when the process ends, however it ends."""

import contextlib
import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import ctypes
    import msvcrt
    from ctypes import wintypes

    _FAR = 1 << 30
    """The byte that is locked: a locked one cannot be read, and nothing is so far down."""
    _GENERIC_READ, _SHARE_READ, _OPEN_EXISTING, _SHARING_VIOLATION = 0x80000000, 1, 3, 32
    _INVALID = wintypes.HANDLE(-1).value
    _kernel32 = ctypes.WinDLL("kernel32", use_last_error=True)
    _kernel32.CreateFileW.restype = wintypes.HANDLE
    _kernel32.CreateFileW.argtypes = (
        wintypes.LPCWSTR,
        wintypes.DWORD,
        wintypes.DWORD,
        wintypes.LPVOID,
        wintypes.DWORD,
        wintypes.DWORD,
        wintypes.HANDLE,
    )
    _kernel32.CloseHandle.argtypes = (wintypes.HANDLE,)
    _handles: dict[Path, int] = {}

    def lock(descriptor: int) -> bool:
        """Lock an open file until it is closed; tell whether nobody else has."""
        try:
            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
            os.lseek(descriptor, 0, os.SEEK_SET)
        except OSError:
            return False
        return True

    def deny_writing(path: Path) -> bool:
        """Let no program write a file until `allow_writing`, Excel among them; tell whether none has it open to."""
        handle = _kernel32.CreateFileW(str(path), _GENERIC_READ, _SHARE_READ, None, _OPEN_EXISTING, 0, None)
        if handle is None or handle == _INVALID:
            return ctypes.get_last_error() != _SHARING_VIOLATION
        _handles[path] = handle
        return True

    def allow_writing(path: Path) -> None:
        """Take back `deny_writing`."""
        if path in _handles:
            _kernel32.CloseHandle(_handles.pop(path))

else:
    import fcntl

    def lock(descriptor: int) -> bool:
        """Lock an open file until it is closed; tell whether nobody else has."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def deny_writing(path: Path) -> bool:
        """Do nothing: only Windows lets a program keep others from writing."""
        return True

    def allow_writing(path: Path) -> None:
        """Do nothing."""


def removed_if_left_behind(path: Path) -> bool:
    """Remove a file that a process has locked and left behind when it ended; tell whether it is gone."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    try:
        # The name may stand for another file by now, made after somebody else has removed this one.
        if not lock(descriptor) or not os.path.samestat(os.fstat(descriptor), path.stat()):
            return False
        if sys.platform != "win32":
            path.unlink()
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    finally:
        os.close(descriptor)
    if sys.platform == "win32":  # which removes no open file
        with contextlib.suppress(OSError):
            path.unlink()
    return not path.exists()
