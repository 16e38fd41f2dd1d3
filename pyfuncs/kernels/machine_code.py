"""Machine code kept on disk for later processes: what is damaged there counts for nothing and is written anew.

Numba's own index and data files let every error of reading and writing out into the call of the kernel. Numba also sets
up all that compiling needs before it loads anything; loaded code needs only the addresses of what it calls.
"""

import contextlib
import functools
import os
import pickle  # nosec B403
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pyfuncs.kernels.code_files import CheckedFiles, cache_folder
from pyfuncs.kernels.loader import MachineCode, can_resolve

if cache_folder() is not None:
    os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())

# The cache folder must be known before Numba is imported.
import numba
from numba.core.caching import FunctionCache
from numba.core.serialize import dumps

from pyfuncs.kernels import simd_lowering  # noqa: F401 - Numba learns of registers

if cache_folder() is not None:
    # Whoever has imported Numba before us has let it settle on another folder.
    numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]


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
        return CheckedFiles(Path(self.cache_path), self.numba_cache._impl.filename_base, "code")

    @property
    def cache_path(self) -> str:
        """Return the folder."""
        path: str = self.numba_cache.cache_path
        return path

    def kept(self, signature: object, target_context: Any) -> Any:
        """Return the symbols that a compiled kernel calls, and Numba's own record of it; None where it is not kept."""
        body = self.files.load(self.numba_cache._index_key(signature, target_context.codegen()))
        # Numba's own form, in a folder that only the user writes.
        return None if body is None else pickle.loads(body)  # nosec B301

    def load_overload(self, signature: object, target_context: Any) -> Any:
        """Return the compiled kernel for a signature, None where it is not kept; nothing is set up for compiling."""
        kept = self.kept(signature, target_context)
        if kept is None:
            return None
        symbols, reduced = kept
        if not can_resolve(symbols):
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
            self.files.save(key, dumps((symbols_called(compiled.library), cache.reduce(compiled))))


def compiled(function: Callable[..., object], options: dict[str, bool | str]) -> Any:
    """Return Numba's dispatcher of a function, which keeps what it compiles; the function where nothing is compiled."""
    dispatcher = numba.njit(**options)(function)
    if cache_folder() is not None and dispatcher is not function:
        dispatcher._cache = KernelCache(function)  # where enable_caching puts Numba's own
    return dispatcher


def machine_code(dispatcher: Any, arguments: tuple[object, ...]) -> MachineCode | None:
    """Compile a kernel for some arguments, and return what linking it takes; None where the disk did not keep it.

    Raises:
        TypeError: for arguments that it is not made for.
    """
    signature = tuple(map(dispatcher.typeof_pyval, arguments))
    dispatcher.compile(signature)
    kept = dispatcher._cache.kept(signature, dispatcher.targetctx)
    if kept is None:
        return None
    symbols, ((_, _, (object_code, _)), descriptor, environment, *_, called) = kept
    environments = [(each.env_name, list(each.consts)) for each in (environment, *called)]
    return MachineCode(object_code, descriptor.llvm_cpython_wrapper_name, environments, symbols)
