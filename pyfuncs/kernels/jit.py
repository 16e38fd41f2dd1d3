"""The one place that compiles kernels, and decides where their machine code is cached.

Numba notices a change in a kernel's own file but not in the helpers it imports. The cache folder is therefore named
after everything that shapes the machine code: all kernel sources, the version of Numba, the binary interface of Python,
and the CPU.
"""

import atexit
import hashlib
import importlib.machinery
import importlib.metadata
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import platformdirs
from llvmlite import binding

Function = TypeVar("Function", bound=Callable[..., object])


def cache_key(folder: Path) -> str:
    """Return a hash over the kernel sources in `folder`, Numba's version, Python's binary interface, and the CPU.

    The interface is that of a minor version: the command's 3.11.7 and an office's 3.11.2 share what either compiled.
    """
    digest = hashlib.sha256()
    for source in sorted(folder.glob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    interface = importlib.machinery.EXTENSION_SUFFIXES[0]
    for part in (importlib.metadata.version("numba"), interface, binding.get_host_cpu_name()):
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()[:16]


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


_FOLDER = cache_folder()
if _FOLDER is not None:
    os.environ["NUMBA_CACHE_DIR"] = str(_FOLDER)

import numba  # noqa: E402 - the cache folder must be known before Numba is imported

from pyfuncs.kernels.machine_code import KernelCache  # noqa: E402 - it imports Numba

if _FOLDER is not None:
    # Whoever has imported Numba before us has let it settle on another folder.
    numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]

# Numba hands unset options down from a caller to what is compiled on its behalf, so each is set either way.
OPTIONS = {"error_model": "numpy", "no_cfunc_wrapper": True, "nogil": True}


def _compiled(function: Function, **options: bool) -> Function:
    compiled: Function = numba.njit(**OPTIONS, **options)(function)
    if _FOLDER is not None and compiled is not function:  # the same where Numba is told to compile nothing
        compiled._cache = KernelCache(function)  # type: ignore[attr-defined]  # where enable_caching puts Numba's own
    return compiled


def kernel(function: Function) -> Function:
    """Compile `function` with Numba on its first call, and keep the machine code for later processes.

    Division follows NumPy (1/0 is infinity, no exception). `fastmath` stays off, for it breaks tests for NaN, and so
    does `parallel`, for it changes the order of sums and with it the last bits.
    """
    return _compiled(function, _nrt=True, forceinline=False)


def without_refcounts(function: Function) -> Function:
    """Compile like `kernel`, without reference counts: for loops that neither make an array nor take a view of one.

    Numba counts references wherever branches meet inside a loop: 180 of 285 ns a step on 10-2-1, measured.
    """
    return _compiled(function, _nrt=False, forceinline=False)


def inlined(function: Function) -> Function:
    """Compile like `without_refcounts`, into every caller: for what runs once a row, where a call costs the most.

    Python cannot call it, for the code of that call would be the body once more.
    """
    return _compiled(function, _nrt=False, forceinline=True, no_cpython_wrapper=True)


def plain(function: Callable[..., object]) -> Callable[..., object]:
    """Return the Python function behind a kernel, compiled or not."""
    source: Callable[..., object] = getattr(function, "py_func", function)
    return source
