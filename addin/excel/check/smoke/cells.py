"""How far blocks of cells differ."""

import math
from collections.abc import Sequence

from pyfuncs.cells.block import CellValue


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
