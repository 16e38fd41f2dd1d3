"""Numbers side by side in a vector register of the processor (SIMD), for loops whose sums are to stay in registers.

The same functions take a single number in place of `LANES` of them, so that one loop serves whole registers and what is
left over. A multiply-add rounds once where the processor can (all with AVX2 or NEON), and twice elsewhere.
Each number's sum is its own, so how many lie in a register does not change the bits.
"""

from typing import Any, TypeAlias

import numpy as np
from llvmlite import binding, ir
from numba.core import cgutils, types
from numba.core.datamodel import register_default
from numba.core.datamodel.models import PrimitiveModel
from numba.extending import lower_builtin, type_callable

from pyfuncs.kernels.arrays import Index, Vector

FEATURES = binding.get_host_cpu_features()
LANES = 8 if FEATURES.get("avx512f") else 4 if FEATURES.get("avx") else 2
"""How many numbers of float64 a vector register of this processor holds."""

WIDTH = np.uint64(LANES)
"""The same, for places in arrays."""

Lanes: TypeAlias = Any
"""The numbers in a register, or a single one."""


class LanesType(types.Type):
    """Numba's type of the numbers in a register."""

    def __init__(self) -> None:
        super().__init__("Lanes")


lanes_type = LanesType()


@register_default(LanesType)
class LanesModel(PrimitiveModel):
    """They are one value of LLVM's vector type."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.VectorType(ir.DoubleType(), LANES))


def lanes(number: float) -> Lanes:
    """Return `LANES` times the same number."""
    return np.full(LANES, number)


def load(array: Vector, at: Index, like: Lanes) -> Lanes:
    """Return the numbers from array[at] on, as many as `like` has."""
    return array[at : int(at) + LANES].copy() if isinstance(like, np.ndarray) else array[at]


def store(array: Vector, at: Index, numbers: Lanes) -> None:
    """Write the numbers from array[at] on."""
    array[at : int(at) + np.size(numbers)] = numbers


def multiply(factor: float, numbers: Lanes) -> Lanes:
    """Return factor·numbers."""
    return factor * numbers


def multiply_add(factor: float, numbers: Lanes, total: Lanes) -> Lanes:
    """Return total + factor·numbers."""
    return total + factor * numbers


@type_callable(lanes)
def _type_lanes(context: Any) -> Any:
    return lambda number: lanes_type


@type_callable(load)
def _type_load(context: Any) -> Any:
    return lambda array, at, like: like


@type_callable(store)
def _type_store(context: Any) -> Any:
    return lambda array, at, numbers: types.none


@type_callable(multiply)
def _type_multiply(context: Any) -> Any:
    return lambda factor, numbers: numbers


@type_callable(multiply_add)
def _type_multiply_add(context: Any) -> Any:
    return lambda factor, numbers, total: total


def _repeated(builder: Any, number: Any) -> Any:
    kind = ir.VectorType(number.type, LANES)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.IntType(32)(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(ir.IntType(32), LANES), [0] * LANES))


def _address(context: Any, builder: Any, signature: Any, values: Any, kind: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, values[0]).data
    place = builder.gep(data, [values[1]])
    return builder.bitcast(place, context.get_value_type(kind).as_pointer())


@lower_builtin(lanes, types.float64)
def _lower_lanes(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return _repeated(builder, values[0])


@lower_builtin(load, types.Array, types.uint64, types.float64)
@lower_builtin(load, types.Array, types.uint64, LanesType)
def _lower_load(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return builder.load(_address(context, builder, signature, values, signature.return_type), align=8)


@lower_builtin(store, types.Array, types.uint64, types.float64)
@lower_builtin(store, types.Array, types.uint64, LanesType)
def _lower_store(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    builder.store(values[2], _address(context, builder, signature, values, signature.args[2]), align=8)
    return context.get_dummy_value()


@lower_builtin(multiply, types.float64, types.float64)
@lower_builtin(multiply, types.float64, LanesType)
def _lower_multiply(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    factor, numbers = values
    return builder.fmul(_repeated(builder, factor) if signature.return_type == lanes_type else factor, numbers)


@lower_builtin(multiply_add, types.float64, types.float64, types.float64)
@lower_builtin(multiply_add, types.float64, LanesType, LanesType)
def _lower_multiply_add(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    factor, numbers, total = values
    if signature.return_type == lanes_type:
        factor = _repeated(builder, factor)
    name = f"llvm.fmuladd.v{LANES}f64" if signature.return_type == lanes_type else "llvm.fmuladd.f64"
    fused = cgutils.get_or_insert_function(builder.module, ir.FunctionType(total.type, [total.type] * 3), name)
    return builder.call(fused, [factor, numbers, total])
