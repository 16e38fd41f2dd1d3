"""Machine code kept on disk for later processes: what is damaged there counts for nothing and is written anew.

Numba's own index and data files let every error of reading and writing out into the call of the kernel. Numba also sets
up all that compiling needs before it loads anything, a third of the time to a new process's first formula; loaded code
needs only the addresses of what it calls.
"""

import contextlib
import functools
import hashlib
import os
import pickle  # nosec B403
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llvmlite import binding
from numba.core.caching import FunctionCache
from numba.core.runtime import _nrt_python
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


@functools.cache
def add_runtime() -> None:
    """Tell the linker where the functions of Numba's runtime are, which allocate arrays."""
    for name, address in _nrt_python.c_helpers.items():
        binding.add_symbol(name if name.startswith("_") else f"NRT_{name}", address)


def symbols_called(library: Any) -> list[str]:
    """Return the names of what compiled code takes from elsewhere."""
    module = library._final_module
    places = (*module.functions, *module.global_variables)
    return [each.name for each in places if each.is_declaration and not each.name.startswith("llvm.")]


class KernelCache:
    """The cache of one kernel as Numba's dispatcher asks for it; a disk that takes nothing leaves it in memory only."""

    def __init__(self, function: Callable[..., object]) -> None:
        self.function = function

    @functools.cached_property
    def numba_cache(self) -> Any:
        """Numba's own cache, which knows what is kept of a kernel; making one tries to write into the folder."""
        return FunctionCache(self.function)

    @functools.cached_property
    def files(self) -> CheckedFiles:
        """Where the machine code is kept."""
        return CheckedFiles(Path(self.cache_path), self.numba_cache._impl.filename_base)

    @property
    def cache_path(self) -> str:
        """Return the folder."""
        path: str = self.numba_cache.cache_path
        return path

    def load_overload(self, signature: object, target_context: Any) -> Any:
        """Return the compiled kernel for a signature, None where it is not kept; nothing is set up for compiling."""
        kept = self.files.load(self.numba_cache._index_key(signature, target_context.codegen()))
        if kept is None:
            return None
        symbols, reduced = kept
        add_runtime()
        if not all(map(binding.address_of_symbol, symbols)):
            target_context.refresh()  # which knows all that there is: the linker would end the process
        return self.numba_cache._impl.rebuild(target_context, reduced)

    def save_overload(self, signature: object, compiled: Any) -> None:
        """Keep the machine code for a signature, where the disk takes it."""
        cache = self.numba_cache._impl
        if not cache.check_cachable(compiled):
            return
        key = self.numba_cache._index_key(signature, compiled.codegen)
        with contextlib.suppress(OSError):
            cache.locator.ensure_cache_path()
            self.files.save(key, (symbols_called(compiled.library), cache.reduce(compiled)))
