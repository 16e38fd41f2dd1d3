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

from pyfuncs.kernels.blas import load_blas

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


def cache_folder() -> Path:
    """Return the folder of this user's compiled kernels; the variable GRADSHEET_CACHE_DIR moves it."""
    base = Path(os.environ.get("GRADSHEET_CACHE_DIR") or platformdirs.user_cache_path("gradsheet", appauthor=False))
    folder = base / cache_key(Path(__file__).parent)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        # Compiling for this process alone is slow to start, but every formula still works.
        folder = Path(tempfile.mkdtemp(prefix="gradsheet-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        return folder


os.environ["NUMBA_CACHE_DIR"] = str(cache_folder())

import numba  # noqa: E402 - the cache folder must be known before Numba is imported

load_blas()

# Whoever has imported Numba before us has let it settle on another folder.
numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]

# Numba hands unset options down from a caller to what is compiled on its behalf, so each is set either way.
OPTIONS = {"cache": True, "error_model": "numpy", "no_cfunc_wrapper": True}


def kernel(function: Function) -> Function:
    """Compile `function` with Numba on its first call, and keep the machine code for later processes.

    Division follows NumPy (1/0 is infinity, no exception). `fastmath` stays off, for it breaks tests for NaN, and so
    does `parallel`, for it changes the order of sums and with it the last bits.
    """
    compiled: Function = numba.njit(**OPTIONS, _nrt=True, forceinline=False)(function)
    return compiled


def without_refcounts(function: Function) -> Function:
    """Compile like `kernel`, without reference counts: for loops that neither make an array nor take a view of one.

    Numba counts references wherever branches meet inside a loop: 180 of 285 ns a step on 10-2-1, measured.
    """
    compiled: Function = numba.njit(**OPTIONS, _nrt=False, forceinline=False)(function)
    return compiled


def inlined(function: Function) -> Function:
    """Compile like `without_refcounts`, into every caller: for what runs once a row, where a call costs the most.

    Python cannot call it, for the code of that call would be the body once more.
    """
    compiled: Function = numba.njit(**OPTIONS, _nrt=False, forceinline=True, no_cpython_wrapper=True)(function)
    return compiled


def plain(function: Callable[..., object]) -> Callable[..., object]:
    """Return the Python function behind a kernel, compiled or not."""
    source: Callable[..., object] = getattr(function, "py_func", function)
    return source
