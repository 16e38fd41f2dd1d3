"""Layers whose number of units is chosen in a cell: those not chosen have weights of 0, and so do nothing.

A unit with no weights in, none out and an activation that gives 0 for 0 has a gradient of exactly 0: training leaves
it as it is. So the choice needs no more than first weights that follow it, and takes effect at Reset.
"""

from collections.abc import Sequence

from pyfuncs.cells.errors import ErrorCode
from workbooks.sheets.block import Block, NamedBlocks, Values, as_values
from workbooks.sheets.expression import Expression, call, native
from workbooks.sheets.step import LayerSpec, Parameter

FITS = "The network is as chosen."
RESET = "Press Reset: the network is still the one before."


def unit_layer(
    settings: NamedBlocks, k: int, width: int, first_weight: Expression, first_bias: Expression | None = None
) -> LayerSpec:
    """Return layer k (from 1) of units with biases; one of a single unit is the last, which adds up."""
    units, outputs = (
        [f"{letter}{k}.{j + 1}" for j in range(width)] if width > 1 else [name]
        for letter, name in (("U", "Sum"), ("h", "Preds"))
    )
    activation, trains = settings[f"activation_{k}"], settings[f"trains_{k}"]
    return LayerSpec(units, outputs, activation, trains, first_weight, trains, first_bias)


def first_weights(
    settings: NamedBlocks, shape: tuple[int, int], rows: Block | int, columns: Block | int, layer: int
) -> Expression:
    """Return random first weights for as many rows and columns as are chosen, 0 for the others."""
    random = call("NN_INIT", rows, columns, settings["seed"], settings["initializer"], layer)
    conditions = []
    if isinstance(rows, Block):
        conditions.append(f"({down(shape[0])}<={{rows}})")
    if isinstance(columns, Block):
        conditions.append(f"({right(shape[1])}<={{columns}})")

    text = f"IF({'*'.join(conditions)},{{random}},0)"
    return native(text, random=random, rows=rows, columns=columns)


def down(count: int) -> str:
    """Return the numbers from 1, one below the other, as a constant array."""
    return "{" + ";".join(str(i + 1) for i in range(count)) + "}"


def right(count: int) -> str:
    """Return the numbers from 1, one beside the other, as a constant array."""
    return "{" + ",".join(str(i + 1) for i in range(count)) + "}"


def reset_is_due(weights: Sequence[Parameter]) -> Expression:
    """Return the sentence whether the weights have zeros in other places than the first weights."""
    parts = []
    blocks: dict[str, Block] = {}
    for k, weight in enumerate(weights):
        parts.append(f"SUMPRODUCT(ABS(({{i{k}}}<>0)-({{w{k}}}<>0)))")
        blocks |= {f"i{k}": weight.first, f"w{k}": weight.values}

    return native(f'IF({"+".join(parts)}=0,"{FITS}","{RESET}")', **blocks)


def dead_units(activation: Block, outputs: Block, chosen: Block | None = None) -> Expression:
    """Return how many units of the first layer ReLU keeps at 0 in every row, 0 where that cannot be told.

    Of `outputs` the first `chosen` columns count, all where it is None. Units of a later layer may come back: what they
    get from below changes.
    """
    blocks = {"a": activation, "h": outputs} | ({} if chosen is None else {"n": chosen})
    there = "1" if chosen is None else f"({right(outputs.values.shape[1])}<={{n}})"
    # No output of ReLU is negative, so a column that adds up to 0 holds nothing else.
    text = f'IF({{a}}="relu",SUMPRODUCT((MMULT(TRANSPOSE(ROW({{h}})^0),{{h}})=0)*{there}),0)'

    counted = native(text, **blocks)

    def value() -> Values:
        found = counted.value()
        return as_values(0.0) if isinstance(found[0, 0], ErrorCode) else found

    return Expression(lambda sheet: f"IFERROR({counted.text(sheet)},0)", value)
