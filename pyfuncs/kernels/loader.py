"""Machine code from the disk becomes a function without Numba, whose import takes longer than the rest of a formula.

Compiled code needs the addresses of what it calls, and its constants where it looks for them. Numba's extension modules
know these addresses; they are loaded without the package around them, and found there by Numba where it comes later.
"""

import builtins
import ctypes
import functools
import pickle  # nosec B403
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any, ClassVar, NamedTuple

from llvmlite import binding

from pyfuncs.kernels.code_files import numba_folder

SERIALIZE = "numba.core.serialize"
DIGEST_SIZE = 20
"""Bytes of the SHA-1 digest by which compiled code names what it has pickled."""


class MachineCode(NamedTuple):
    """What is kept of a compiled kernel."""

    object_code: bytes
    wrapper: str
    """The symbol of the function that takes and returns Python's objects."""
    environments: list[tuple[str, list[object]]]
    """The symbols behind which the kernel, first, and the kernels in it look for their constants, and these."""
    calls: list[str]
    """The symbols of what it takes from elsewhere."""


def extension(name: str) -> ModuleType:
    """Return an extension module of Numba's, loaded alone where Numba has not been imported.

    Raises:
        ImportError: where there is none of this name.
    """
    if name in sys.modules:
        return sys.modules[name]
    _, *folders, _ = name.split(".")
    spec = PathFinder.find_spec(name, [str(numba_folder().joinpath(*folders))])
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"No module named {name!r}", name=name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules[name] = module
    return module


class Unpickler(ModuleType):
    """Stands in for Numba's module of this name while its extension module looks there for the function that unpickles.

    Compiled code asks that function, once, for the class of the arrays that it returns.
    """

    known: ClassVar[dict[tuple[int, bytes], object]] = {}

    @staticmethod
    def _numba_unpickle(address: int, data: bytes, digest: bytes) -> object:
        place = address, digest
        if place not in Unpickler.known:
            Unpickler.known[place] = pickle.loads(data)  # nosec B301 - it is part of our own compiled code
        return Unpickler.known[place]


def give_unpickler(helpers: ModuleType) -> None:
    """Let compiled code unpickle without Numba, which it would import for that."""
    if SERIALIZE in sys.modules:
        return
    unpickle = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p)
    data = pickle.dumps(None)
    package = SERIALIZE.partition(".")[0]
    stand_ins = {name: Unpickler(name) for name in {package, SERIALIZE} - sys.modules.keys()}
    sys.modules |= stand_ins
    try:
        unpickle(helpers.c_helpers["unpickle"])(data, len(data), bytes(DIGEST_SIZE))
    finally:
        for name in stand_ins:
            del sys.modules[name]


@functools.cache
def addresses() -> dict[str, int]:
    """Return where the functions and objects are that Numba offers to compiled code, by their symbols."""
    runtime, helpers = extension("numba.core.runtime._nrt_python"), extension("numba._helperlib")
    if "numba.core.runtime.nrt" not in sys.modules:
        runtime.memsys_use_cpython_allocator()  # as Numba does on import
    give_unpickler(helpers)
    found = {f"PyExc_{name}": id(value) for name, value in vars(builtins).items() if isinstance(value, type)}
    found["_Py_NoneStruct"] = id(None)
    found |= helpers.c_helpers  # the functions of the C library, under their own names
    for module in (helpers, extension("numba._dynfunc")):
        found |= {f"numba_{name}": address for name, address in module.c_helpers.items()}
    return found | {
        name if name.startswith("_") else f"NRT_{name}": address for name, address in runtime.c_helpers.items()
    }


def can_resolve(symbols: Iterable[str]) -> bool:
    """Tell the linker where symbols are, and return whether it knows all of them; it ends the process where not."""
    engine()  # which finds what the process itself offers
    known = addresses()
    for symbol in symbols:
        if symbol in known:
            binding.add_symbol(symbol, known[symbol])
    return all(map(binding.address_of_symbol, symbols))


@functools.cache
def engine() -> Any:
    """Return what links object code into this process."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_triple(binding.get_process_triple()).create_target_machine(jit=True)
    return binding.create_mcjit_compiler(binding.parse_assembly(""), machine)


def linked(code: MachineCode, source: Callable[..., object]) -> Callable[..., Any] | None:
    """Return the compiled form of a Python function, None where something that it calls is not known here."""
    if not can_resolve(code.calls):
        return None
    linker, dynfunc = engine(), extension("numba._dynfunc")
    linker.add_object_file(binding.ObjectFileRef.from_data(code.object_code))
    linker.finalize_object()
    module = sys.modules[source.__module__]
    environments = []
    for symbol, constants in code.environments:
        environment = dynfunc.Environment(vars(module))
        environment.consts.extend(constants)
        ctypes.c_void_p.from_address(linker.get_global_value_address(symbol)).value = id(environment)
        environments.append(environment)
    address = linker.get_function_address(code.wrapper)
    function: Callable[..., Any] = dynfunc.make_function(
        module, source.__name__, source.__doc__ or "", address, environments[0], tuple(environments)
    )
    return function
