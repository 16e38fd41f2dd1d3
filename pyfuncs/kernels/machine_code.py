"""Machine code kept on disk for later processes: what is damaged there counts for nothing and is written anew.

Numba's own index and data files let every error of reading and writing out into the call of the kernel.
"""

import contextlib
import hashlib
import os
import pickle  # nosec B403
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba.core.caching import FunctionCache
from numba.core.serialize import dumps


class CheckedFiles:
    """A kernel's machine code, a file a signature, each behind the checksum of the rest of it."""

    def __init__(self, folder: Path, kernel: str) -> None:
        self.folder = folder
        self.kernel = kernel

    def load(self, key: object) -> Any:
        """Return what is kept under a key, None where nothing is or it is damaged."""
        try:
            data = self.path(key).read_bytes()
        except OSError:
            return None
        size = hashlib.sha256().digest_size
        if hashlib.sha256(data[size:]).digest() != data[:size]:
            return None
        # Numba's own form, in a folder that only the user writes.
        return pickle.loads(data[size:])  # nosec B301

    def save(self, key: object, value: object) -> None:
        """Keep a value, whole or not at all.

        Raises:
            OSError: where the disk does not take it.
        """
        body = dumps(value)
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
        return self.folder / f"{self.kernel}.{hashlib.sha256(repr(key).encode()).hexdigest()[:16]}.code"


class KernelCache(FunctionCache):  # type: ignore[misc]  # Numba has no types
    """Numba's cache of one function on checked files; a disk that takes nothing leaves the kernel in memory only."""

    def __init__(self, function: Callable[..., object]) -> None:
        super().__init__(function)
        self._cache_file = CheckedFiles(Path(self._cache_path), self._impl.filename_base)

    def save_overload(self, signature: object, data: object) -> None:
        """Keep the machine code for a signature, where the disk takes it."""
        with contextlib.suppress(OSError):
            super().save_overload(signature, data)
