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
    """Numba's type of so many numbers side by side."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(f"Lanes({count})")


lanes_type, eight_lanes_type = LanesType(LANES), LanesType(8)


@register_default(LanesType)
class LanesModel(PrimitiveModel):
    """They are one value of LLVM's vector type."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.VectorType(ir.DoubleType(), kind.count))


def lanes(number: float) -> Lanes:
    """Return `LANES` times the same number."""
    return np.full(LANES, number)


def eight_lanes(number: float) -> Lanes:
    """Return eight times the same number, in one register or several: sums over them have the same order everywhere."""
    return np.full(8, number)


def sum_of_eight(n: Lanes) -> float:
    """Return the sum of eight lanes, taken by halves."""
    total: float = ((n[0] + n[4]) + (n[2] + n[6])) + ((n[1] + n[5]) + (n[3] + n[7]))
    return total


def load(array: Vector, at: Index, like: Lanes) -> Lanes:
    """Return the numbers from array[at] on, as many as `like` has."""
    return array[at : int(at) + like.size].copy() if isinstance(like, np.ndarray) else array[at]


def store(array: Vector, at: Index, numbers: Lanes) -> None:
    """Write the numbers from array[at] on."""
    array[at : int(at) + np.size(numbers)] = numbers


def multiply(factor: float, numbers: Lanes) -> Lanes:
    """Return factor·numbers."""
    return factor * numbers


def multiply_add(factor: Lanes, numbers: Lanes, total: Lanes) -> Lanes:
    """Return total + factor·numbers."""
    return total + factor * numbers


@type_callable(lanes)
def _type_lanes(context: Any) -> Any:
    return lambda number: lanes_type


@type_callable(eight_lanes)
def _type_eight_lanes(context: Any) -> Any:
    return lambda number: eight_lanes_type


@type_callable(sum_of_eight)
def _type_sum_of_eight(context: Any) -> Any:
    return lambda numbers: types.float64


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


def _repeated(builder: Any, number: Any, count: int) -> Any:
    kind = ir.VectorType(number.type, count)
    first = builder.insert_element(ir.Constant(kind, ir.Undefined), number, ir.IntType(32)(0))
    return builder.shuffle_vector(first, first, ir.Constant(ir.VectorType(ir.IntType(32), count), [0] * count))


def _address(context: Any, builder: Any, signature: Any, values: Any, kind: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, values[0]).data
    place = builder.gep(data, [values[1]])
    return builder.bitcast(place, context.get_value_type(kind).as_pointer())


@lower_builtin(lanes, types.float64)
@lower_builtin(eight_lanes, types.float64)
def _lower_lanes(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return _repeated(builder, values[0], signature.return_type.count)


@lower_builtin(sum_of_eight, LanesType)
def _lower_sum_of_eight(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    numbers = [builder.extract_element(values[0], ir.IntType(32)(place)) for place in range(8)]
    while len(numbers) > 1:
        half = len(numbers) // 2
        numbers = [builder.fadd(a, b) for a, b in zip(numbers[:half], numbers[half:], strict=True)]
    return numbers[0]


@lower_builtin(load, types.Array, types.uint64, types.float64)
@lower_builtin(load, types.Array, types.uint64, LanesType)
def _lower_load(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return builder.load(_address(context, builder, signature, values, signature.return_type), align=8)


@lower_builtin(store, types.Array, types.uint64, types.float64)
@lower_builtin(store, types.Array, types.uint64, LanesType)
def _lower_store(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    builder.store(values[2], _address(context, builder, signature, values, signature.args[2]), align=8)
    return context.get_dummy_value()


def _matching(builder: Any, signature: Any, factor: Any) -> Any:
    result, kind = signature.return_type, signature.args[0]
    return _repeated(builder, factor, result.count) if kind != result else factor


@lower_builtin(multiply, types.float64, types.float64)
@lower_builtin(multiply, types.float64, LanesType)
def _lower_multiply(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return builder.fmul(_matching(builder, signature, values[0]), values[1])


@lower_builtin(multiply_add, types.float64, types.float64, types.float64)
@lower_builtin(multiply_add, types.float64, LanesType, LanesType)
@lower_builtin(multiply_add, LanesType, LanesType, LanesType)
def _lower_multiply_add(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    kind = signature.return_type
    name = "llvm.fmuladd.f64" if kind == types.float64 else f"llvm.fmuladd.v{kind.count}f64"
    number = context.get_value_type(kind)
    fused = cgutils.get_or_insert_function(builder.module, ir.FunctionType(number, [number] * 3), name)
    return builder.call(fused, [_matching(builder, signature, values[0]), *values[1:]])
