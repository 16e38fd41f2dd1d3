"""The plain call of a formula: cells in, cells out; every host goes through here."""

from collections.abc import Sequence

import numpy as np

from pyfuncs.catalogue.arguments import Dimensions
from pyfuncs.catalogue.declare import Formula
from pyfuncs.cells.block import CellBlock, to_cells
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels.arrays import Matrix

Cells = list[list[float | str | ErrorCode]]


def call(formula: Formula, arguments: Sequence[CellBlock]) -> Cells:
    """Return what the formula gives for these arguments, as rows of cells; None stands for one left out.

    Raises:
        CellError: with the formula's name, and what is wrong where; a kernel's own failure is #VALUE!.

    """
    found = result(formula, arguments)
    return to_cells(found) if isinstance(found, np.ndarray) else found  # type: ignore[return-value]


def result(formula: Formula, arguments: Sequence[CellBlock]) -> Matrix | Cells:
    """Return the same, a matrix of numbers as it is: many cells take much less room in it.

    Raises:
        CellError: as `call` does.

    """
    try:
        found: Matrix | Cells = formula.run(*read_arguments(formula, arguments))
    except CellError as error:
        raise CellError(error.code, f"{formula.name}: {error}") from None
    except Exception as error:
        reason = (str(error).splitlines() or [""])[0].rstrip(".")
        sentence = f"{formula.name} failed with {type(error).__name__}: {reason}. Please report this."
        raise CellError(ErrorCode.VALUE, sentence) from error
    return found


def read_arguments(formula: Formula, arguments: Sequence[CellBlock]) -> list[object]:
    """Return the arguments as the kernel takes them.

    Raises:
        CellError: #VALUE! for too few or too many, and whatever reading one of them raises.

    """
    if len(arguments) > len(formula.arguments):
        raise CellError(ErrorCode.VALUE, count_text(formula, len(arguments)))
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


def wrong_count(formula: Formula, count: int) -> str | None:
    """Return what is wrong with a call of so many arguments, None where the number of them is right."""
    is_right = formula.fewest_arguments <= count <= len(formula.arguments)
    return None if is_right else f"{formula.name}: {count_text(formula, count)}"


def count_text(formula: Formula, count: int) -> str:
    """Return how many arguments a formula takes, and how many are given."""
    fewest, most = formula.fewest_arguments, len(formula.arguments)
    given = "1 argument is" if count == 1 else f"{count or 'no'} arguments are"
    return f"{given} given, but {formula.signature} takes {fewest if fewest == most else f'{fewest} to {most}'}."
