"""What COM hands over, as rows of cells."""

import math
from collections.abc import Sequence
from typing import Any

from addin.excel.inside.values import cell_from_excel
from pyfuncs.cells.block import CellValue
from pyfuncs.training.named_cells import Rows


def rows(value: Any) -> Rows:
    """Return a value, a row or rows as rows of cells; an error's number becomes the error."""
    if not isinstance(value, list | tuple):
        value = ((value,),)
    elif not value or not isinstance(value[0], list | tuple):
        value = (value,)
    return [[cell_from_excel(cell) for cell in row] for row in value]


def difference(found: Sequence[Sequence[CellValue]], wanted: Sequence[Sequence[CellValue]]) -> float:
    """Return the greatest difference of two blocks, against 1 or the wanted number; infinite for other cells."""
    if [len(row) for row in found] != [len(row) for row in wanted]:
        return math.inf
    cells = zip((cell for row in found for cell in row), (cell for row in wanted for cell in row), strict=True)
    return max((apart(one, other) for one, other in cells), default=0.0)


def apart(found: CellValue, wanted: CellValue) -> float:
    """Return how far one cell is from what is wanted."""
    if isinstance(found, int | float) and isinstance(wanted, int | float):
        return abs(found - wanted) / max(1.0, abs(wanted))
    return 0.0 if found == wanted else math.inf
