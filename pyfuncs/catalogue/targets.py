"""What a target may be: numbers, probabilities, or the numbers of classes, counted from 0 as PyTorch does."""

import numpy as np

from pyfuncs.cells.block import shape_text
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.cells.spelling import short
from pyfuncs.kernels.arrays import Matrix

PLAIN_CLASS_PROBABILITIES = (
    "IF(COLUMNS({target})=COLUMNS({inputs}),{target},IF(COLUMNS({target})<>1,#VALUE!,IF(OR(MIN({target})<0,"
    "MAX({target})>=COLUMNS({inputs}),SUM(ABS({target}-INT({target})))>0),#NUM!,"
    "({target}=SEQUENCE(1,COLUMNS({inputs}),0))*1)))"
)
"""`class_probabilities` of a target for inputs, in the spreadsheet's own functions."""


def class_probabilities(target: Matrix, classes: int) -> Matrix:
    """Return n×classes probabilities from themselves or from n×1 class numbers.

    Raises:
        CellError: #VALUE! for another width, #NUM! for a class number that is not a whole one from 0 to classes - 1.

    """
    if target.shape[1] == classes:
        return target
    if target.shape[1] != 1:
        raise CellError(
            ErrorCode.VALUE,
            f"target is {shape_text(target)}, but must have 1 column (class numbers from 0) or {classes}.",
        )
    numbers = target[:, 0]
    wrong = np.flatnonzero(~((numbers >= 0) & (numbers < classes) & (numbers == np.floor(numbers))))
    if wrong.size:
        raise CellError(
            ErrorCode.NUM,
            f"target, row {wrong[0] + 1}, is {short(numbers[wrong[0]])}, but must be a class from 0 to {classes - 1}.",
        )
    return np.eye(classes)[numbers.astype(np.int64)]


def check_probabilities(values: Matrix, name: str) -> None:
    """Check that all values lie between 0 and 1.

    Raises:
        CellError: #NUM!, naming the first that does not.

    """
    wrong = np.argwhere(~((values >= 0.0) & (values <= 1.0)))
    if wrong.size:
        i, j = wrong[0]
        raise CellError(
            ErrorCode.NUM,
            f"{name}, row {i + 1}, column {j + 1}, is {short(values[i, j])}, but must lie between 0 and 1: a "
            "probability.",
        )
