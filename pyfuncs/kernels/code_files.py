"""Where machine code is kept for later processes, and files there that count for nothing once they are damaged.

Numba notices a change in a kernel's own file but not in the helpers it imports. The cache folder is therefore named
after everything that shapes the machine code: all kernel sources, the version of Numba, the binary interface of Python,
and the CPU.
"""

import atexit
import contextlib
import functools
import hashlib
import importlib.machinery
import importlib.util
import os
import secrets
import shutil
import tempfile
from pathlib import Path

import platformdirs
from llvmlite import binding


def numba_folder() -> Path:
    """Return where Numba is installed; it is not imported.

    Raises:
        ModuleNotFoundError: where it is not.
    """
    spec = importlib.util.find_spec("numba")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("No module named 'numba'", name="numba")
    return Path(spec.submodule_search_locations[0])


def cache_key(folder: Path) -> str:
    """Return a hash over the kernel sources in `folder`, Numba's version, Python's binary interface, and the CPU.

    The interface is that of a minor version: the command's 3.11.7 and an office's 3.11.2 share what either compiled.
    """
    digest = hashlib.sha256()
    for source in (*sorted(folder.glob("*.py")), numba_folder() / "_version.py"):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    for part in (importlib.machinery.EXTENSION_SUFFIXES[0], binding.get_host_cpu_name()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:16]


@functools.cache
def cache_folder() -> Path | None:
    """Return the folder of this user's compiled kernels, None where none can be made.

    The variable GRADSHEET_CACHE_DIR moves it.
    """
    try:
        base = Path(os.environ.get("GRADSHEET_CACHE_DIR") or platformdirs.user_cache_path("gradsheet", appauthor=False))
        folder = base / cache_key(Path(__file__).parent)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):  # the latter for a user without a home
        pass
    # Compiling for this process alone is slow to start, but every formula still works.
    try:
        folder = Path(tempfile.mkdtemp(prefix="gradsheet-"))
    except OSError:
        return None
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class CheckedFiles:
    """A kernel's machine code, a file a signature, each behind the checksum of the rest of it."""

    def __init__(self, folder: Path, kernel: str, suffix: str) -> None:
        self.folder = folder
        self.kernel = kernel
        self.suffix = suffix

    def load(self, key: object) -> bytes | None:
        """Return what is kept under a key, None where nothing is or it is damaged."""
        try:
            data = self.path(key).read_bytes()
        except OSError:
            return None
        size = hashlib.sha256().digest_size
        body = data[size:]
        return body if hashlib.sha256(body).digest() == data[:size] else None

    def save(self, key: object, body: bytes) -> None:
        """Keep bytes, whole or not at all.

        Raises:
            OSError: where the disk does not take it.
        """
        path = self.path(key)
        # A long name would go beyond what Windows allows for a path.
        temporary = self.folder / f"{secrets.token_hex(8)}.tmp"
        try:
            temporary.write_bytes(hashlib.sha256(body).digest() + body)
            os.replace(temporary, path)  # noqa: PTH105 - the same call, and the one that tests make fail
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise

    def path(self, key: object) -> Path:
        """Return the file for a key."""
        return self.folder / f"{self.kernel}.{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.{self.suffix}"
