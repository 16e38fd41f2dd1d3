"""The plain call of a formula: cells in, cells out; every host goes through here."""

from collections.abc import Sequence

import numpy as np

from pyfuncs.catalogue.arguments import Dimensions
from pyfuncs.catalogue.declare import Formula
from pyfuncs.cells.block import CellBlock, to_cells
from pyfuncs.cells.errors import CellError, ErrorCode

Cells = list[list[float | str | ErrorCode]]


def call(formula: Formula, arguments: Sequence[CellBlock]) -> Cells:
    """Return what the formula gives for these arguments, as rows of cells; None stands for one left out.

    Raises:
        CellError: with the formula's name, and what is wrong where; a kernel's own failure is #VALUE!.

    """
    try:
        result = formula.run(*read_arguments(formula, arguments))
    except CellError as error:
        raise CellError(error.code, f"{formula.name}: {error}") from None
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0].rstrip(".")
        sentence = f"{formula.name} failed with {type(error).__name__}: {reason}. Please report this."
        raise CellError(ErrorCode.VALUE, sentence) from error
    if isinstance(result, np.ndarray):
        return to_cells(result)  # type: ignore[return-value]
    rows: Cells = result
    return rows


def read_arguments(formula: Formula, arguments: Sequence[CellBlock]) -> list[object]:
    """Return the arguments as the kernel takes them.

    Raises:
        CellError: #VALUE! for too few or too many, and whatever reading one of them raises.

    """
    if len(arguments) > len(formula.arguments):
        raise CellError(
            ErrorCode.VALUE,
            f"{len(arguments)} arguments are given, but {formula.signature} takes at most {len(formula.arguments)}.",
        )
    dimensions = Dimensions()
    given = [*arguments, *[None] * (len(formula.arguments) - len(arguments))]
    taken: list[object] = []
    for argument, block in zip(formula.arguments, given, strict=True):
        if block is not None:
            taken.append(argument.read(block, dimensions))
        elif argument.optional:
            taken.append(argument.missing(dimensions))
        else:
            raise CellError(ErrorCode.VALUE, f"{argument.name} is missing or blank: {argument.help}")
    return taken
