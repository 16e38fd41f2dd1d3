"""Texts that are numbers: with a decimal point or a decimal comma, whichever more of the table's columns have."""

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from addin.file.errors import FileProblem
from pyfuncs.cells.block import CellValue, quoted

POINT = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+|[1-9]\d{0,2}(?:,\d{3})+(?:\.\d+)?)(?:[eE][+-]?\d+)?")
COMMA = re.compile(r"[+-]?(?:\d+,?\d*|,\d+|[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?)(?:[eE][+-]?\d+)?")
UNKNOWN = frozenset({"?", "-", ".", "*", "none", "missing", "unknown"})
"""Words for a blank, but only where all else is a number."""
NEARLY_ALL = 0.9
LARGEST = 1e100
"""Squares of larger numbers, and sums of those, are no numbers any more."""


def readable_numbers(
    path: Path, columns: Mapping[str, list[CellValue]], rows: Sequence[int], *, prefers_comma: bool
) -> tuple[dict[str, list[CellValue]], tuple[str, ...]]:
    """Return the columns with texts that are numbers turned into numbers, and which decimal mark that took.

    Raises:
        FileProblem: for a column that is nearly all numbers, naming the first row that is not.
    """
    texts = {name: [cell for cell in cells if isinstance(cell, str)] for name, cells in columns.items()}
    texts = {name: cells for name, cells in texts.items() if cells}
    point = sum(all_match(POINT, cells) for cells in texts.values())
    comma = sum(all_match(COMMA, cells) for cells in texts.values())
    has_comma = any("," in cell for cells in texts.values() if all_match(COMMA, cells) for cell in cells)
    is_comma = has_comma and (comma > point or (comma == point and prefers_comma))
    pattern = COMMA if is_comma else POINT
    result = {}
    for name, cells in columns.items():
        result[name] = as_numbers(pattern, cells) if name in texts else cells
        check_nearly(path, name, result[name], rows, pattern)
        check_size(path, name, result[name], rows)
    return result, ("decimal comma",) if is_comma else ()


def all_match(pattern: re.Pattern[str], cells: Sequence[str]) -> bool:
    """Tell whether all texts are numbers, but for words that say nothing is known."""
    known = [cell for cell in cells if cell.lower() not in UNKNOWN]
    return bool(known) and all(pattern.fullmatch(cell) for cell in known)


def as_numbers(pattern: re.Pattern[str], cells: list[CellValue]) -> list[CellValue]:
    """Return a column as numbers if all of it is, else as it was."""
    found: list[CellValue] = []
    for cell in cells:
        if not isinstance(cell, str):
            found.append(cell)
        elif pattern.fullmatch(cell):
            number = number_of(cell, pattern)
            if not math.isfinite(number):
                return cells
            found.append(number)
        elif cell.lower() in UNKNOWN:
            found.append(None)
        else:
            return cells
    return found if any(cell is not None for cell in found) else cells


def number_of(text: str, pattern: re.Pattern[str]) -> float:
    """Return the number that a text matching the pattern says."""
    if pattern is COMMA:
        text = text.replace(".", "").replace(",", ".")
    return float(text.replace(",", ""))


def check_size(path: Path, name: str, cells: Sequence[CellValue], rows: Sequence[int]) -> None:
    """Check that a column's numbers are of a size that can be reckoned with.

    Raises:
        FileProblem: naming the first row with a larger one.
    """
    for row, cell in zip(rows, cells, strict=True):
        if isinstance(cell, float) and abs(cell) > LARGEST:
            raise FileProblem(
                f'{path}: the column "{quoted(name)}" holds {cell:g} in row {row}, but numbers beyond {LARGEST:g} are '
                "too large to square: give it in another unit, or empty it so that it counts as blank."
            )


def check_nearly(
    path: Path, name: str, cells: Sequence[CellValue], rows: Sequence[int], pattern: re.Pattern[str]
) -> None:
    """Check that a column which is nearly all numbers has no other text in it, which would make each number a word.

    Raises:
        FileProblem: naming the first row with such a text.
    """
    texts = [i for i, cell in enumerate(cells) if isinstance(cell, str)]
    if not texts:
        return
    words = [i for i in texts if not pattern.fullmatch(str(cells[i]))]
    known = sum(cell is not None for cell in cells)
    if words and known > len(words) and len(words) <= (1 - NEARLY_ALL) * known:
        raise FileProblem(
            f'{path}: the column "{quoted(name)}" holds numbers, but "{quoted(str(cells[words[0]]))}" in row '
            f"{rows[words[0]]}: mend it, or empty it so that it counts as blank."
        )
