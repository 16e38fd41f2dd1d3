"""What Numba makes of numbers side by side in a register: vectors of LLVM's."""

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import register_default
from numba.core.datamodel.models import PrimitiveModel
from numba.extending import lower_builtin, type_callable

from pyfuncs.kernels.simd import (
    LANES,
    eight_lanes,
    lanes,
    load,
    multiply_add,
    store,
    sum_of_eight,
    two_lanes,
)


class LanesType(types.Type):
    """Numba's type of so many numbers side by side."""

    def __init__(self, count: int) -> None:
        self.count = count
        super().__init__(f"Lanes({count})")


lanes_type, two_lanes_type, eight_lanes_type = LanesType(LANES), LanesType(2), LanesType(8)


@register_default(LanesType)
class LanesModel(PrimitiveModel):
    """They are one value of LLVM's vector type."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, ir.VectorType(ir.DoubleType(), kind.count))


@type_callable(lanes)
def _type_lanes(context: Any) -> Any:
    return lambda number: lanes_type


@type_callable(two_lanes)
def _type_two_lanes(context: Any) -> Any:
    return lambda number: two_lanes_type


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
@lower_builtin(two_lanes, types.float64)
@lower_builtin(eight_lanes, types.float64)
def _lower_lanes(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    return _repeated(builder, values[0], signature.return_type.count)


@lower_builtin(sum_of_eight, LanesType)
def _lower_sum_of_eight(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    place = ir.IntType(32)
    numbers = values[0]
    for half in (4, 2, 1):
        low, high = (
            builder.shuffle_vector(
                numbers, numbers, ir.Constant(ir.VectorType(place, half), list(range(first, first + half)))
            )
            for first in (0, half)
        )
        numbers = builder.fadd(low, high)
    return builder.extract_element(numbers, place(0))


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


@lower_builtin(multiply_add, types.float64, types.float64, types.float64)
@lower_builtin(multiply_add, types.float64, LanesType, LanesType)
@lower_builtin(multiply_add, LanesType, LanesType, LanesType)
def _lower_multiply_add(context: Any, builder: Any, signature: Any, values: Any) -> Any:
    kind = signature.return_type
    name = "llvm.fmuladd.f64" if kind == types.float64 else f"llvm.fmuladd.v{kind.count}f64"
    number = context.get_value_type(kind)
    fused = cgutils.get_or_insert_function(builder.module, ir.FunctionType(number, [number] * 3), name)
    return builder.call(fused, [_matching(builder, signature, values[0]), *values[1:]])
