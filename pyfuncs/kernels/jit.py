"""The one place that compiles kernels, and finds the machine code of those that were compiled before."""

import contextlib
import functools
import os
import pickle  # nosec B403
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from pyfuncs.kernels.code_files import CheckedFiles

Function = TypeVar("Function", bound=Callable[..., object])

# Numba hands unset options down from a caller to what is compiled on its behalf, so each is set either way.
OPTIONS: dict[str, bool | str] = {"error_model": "numpy", "no_cfunc_wrapper": True, "nogil": True}
NUMBERS: dict[type, str] = {
    float: "float64",
    np.float64: "float64",
    int: "int64",
    np.int64: "int64",
    bool: "bool",
    np.bool_: "bool",
    np.uint64: "uint64",
}
"""What Numba makes of a number, by its class."""
ARRAYS = (np.ndarray, np.recarray)
C_CONTIGUOUS, F_CONTIGUOUS, ALIGNED, WRITEABLE = 0x1, 0x2, 0x100, 0x400
"""NumPy's flags of an array."""
LAYOUT_FLAGS = C_CONTIGUOUS | F_CONTIGUOUS | ALIGNED | WRITEABLE
LAYOUTS = {
    ALIGNED | contiguous | writeable: layout + access
    for contiguous, layout in ((C_CONTIGUOUS | F_CONTIGUOUS, "C"), (C_CONTIGUOUS, "C"), (F_CONTIGUOUS, "F"), (0, "A"))
    for writeable, access in ((WRITEABLE, ""), (0, ", readonly"))
}
"""What Numba makes of the flags of an array; one that is not aligned is for Numba to judge."""
LOADING = threading.RLock()


class OtherTypeError(TypeError):
    """An argument of which only Numba knows what it makes of it."""


def type_of(value: object) -> object:
    """Return what stands for the type that Numba gives an argument: equal for two only if Numba's types are.

    Raises:
        OtherTypeError: for anything but arrays, numbers and tuples of these.
    """
    kind = type(value)
    if kind in ARRAYS:
        array = cast(np.ndarray, value)
        layout = LAYOUTS.get(array.flags.num & LAYOUT_FLAGS)
        if layout is not None:
            return kind, array.dtype, array.ndim, layout
    elif kind in NUMBERS:
        if kind is not int or -(2**63) <= cast(int, value) < 2**63:
            return NUMBERS[kind]
    elif issubclass(kind, tuple):
        return kind, *map(type_of, cast(tuple[object, ...], value))
    raise OtherTypeError


class Kernel:
    """A function of arrays and numbers that runs as machine code: kept by an earlier process, or compiled by Numba."""

    def __init__(self, function: Callable[..., object], options: dict[str, bool | str]) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.options = options
        self.loaded: dict[object, Callable[..., Any]] = {}
        """The compiled forms, by the types of their arguments; that for other types is Numba's dispatcher."""

    def __call__(self, *arguments: object) -> Any:
        """Run it.

        Raises:
            TypeError: for arguments that it is not made for.
        """
        try:
            types: object = tuple(map(type_of, arguments))
        except OtherTypeError:
            types = None
        run = self.loaded.get(types)
        if run is None:
            run = self.load(types, arguments)
        return run(*arguments)

    def load(self, types: object, arguments: tuple[object, ...]) -> Callable[..., Any]:
        """Return what runs arguments of these types, None for other types: from the disk, or compiled."""
        with LOADING:
            run = None if types is None else self.kept(types)
            if run is None:
                run = self.dispatcher
                if types is not None:
                    self.keep(types, arguments)
            self.loaded[types] = run
            return run

    @functools.cached_property
    def dispatcher(self) -> Any:
        """What Numba makes of the function; the function itself where Numba is told to compile nothing."""
        from pyfuncs.kernels.machine_code import compiled

        return compiled(self.py_func, OPTIONS | self.options)

    @property
    def _numba_type_(self) -> Any:
        """What Numba, where it compiles a call of this kernel, takes it for."""
        return self.dispatcher._numba_type_

    @functools.cached_property
    def files(self) -> "CheckedFiles | None":
        """Where the linkable code is kept, None where there is no such place."""
        from pyfuncs.kernels.code_files import CheckedFiles, cache_folder

        folder, name = cache_folder(), f"{self.py_func.__module__}.{self.py_func.__qualname__}"
        return None if folder is None else CheckedFiles(folder, name, "linkable")

    def kept(self, types: object) -> Callable[..., Any] | None:
        """Return the compiled form that an earlier process kept for some types, None where it cannot be used."""
        from pyfuncs.kernels.loader import MachineCode, linked

        body = None if self.files is None else self.files.load((types, target()))
        if body is None:
            return None
        try:
            # In a folder that only the user writes.
            return linked(MachineCode(*pickle.loads(body)), self.py_func)  # nosec B301
        except Exception:
            return None  # Numba or LLVM have other insides than ours were tried with, and Numba knows its own.

    def keep(self, types: object, arguments: tuple[object, ...]) -> None:
        """Let later processes have what Numba makes of the kernel for these arguments, where the disk takes it."""
        if self.files is None or self.dispatcher is self.py_func:
            return
        from pyfuncs.kernels.machine_code import machine_code

        code = machine_code(self.dispatcher, arguments)
        if code is not None:
            with contextlib.suppress(OSError):
                self.files.save((types, target()), pickle.dumps(tuple(code)))


@functools.cache
def target() -> tuple[str, ...]:
    """Return what machine code depends on beside its sources: the processor's abilities, and Numba's own variables."""
    from llvmlite import binding

    given = {name: value for name, value in os.environ.items() if name.startswith("NUMBA_")}
    given.pop("NUMBA_CACHE_DIR", None)
    return binding.get_host_cpu_features().flatten(), *(f"{name}={value}" for name, value in sorted(given.items()))


def kernel(function: Function) -> Function:
    """Compile `function` with Numba on its first call, and keep the machine code for later processes.

    Division follows NumPy (1/0 is infinity, no exception). `fastmath` stays off, for it breaks tests for NaN, and so
    does `parallel`, for it changes the order of sums and with it the last bits.
    """
    return cast(Function, Kernel(function, {"_nrt": True, "forceinline": False}))


def without_refcounts(function: Function) -> Function:
    """Compile like `kernel`, without reference counts: for loops that neither make an array nor take a view of one.

    Numba counts references wherever branches meet inside a loop: 180 of 285 ns a step on 10-2-1, measured.
    """
    return cast(Function, Kernel(function, {"_nrt": False, "forceinline": False}))


def inlined(function: Function) -> Function:
    """Compile like `without_refcounts`, into every caller: for what runs once a row, where a call costs the most.

    Python cannot call it, for the code of that call would be the body once more.
    """
    return cast(Function, Kernel(function, {"_nrt": False, "forceinline": True, "no_cpython_wrapper": True}))


def plain(function: Callable[..., object]) -> Callable[..., object]:
    """Return the Python function behind a kernel, compiled or not."""
    source: Callable[..., object] = getattr(function, "py_func", function)
    return source
