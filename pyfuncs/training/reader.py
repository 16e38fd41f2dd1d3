"""Read the cells behind a workbook's names, and say plainly which cell does not fit."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from pyfuncs.cells.block import CellValue, quoted, shape_text, to_matrix, to_number
from pyfuncs.cells.errors import CellError, ErrorCode, GradsheetError
from pyfuncs.cells.spelling import LARGEST_EXACT_INTEGER, short
from pyfuncs.kernels.arrays import Matrix
from pyfuncs.training.named_cells import NamedCells, Rows

TRANSPOSED = "_transposed"
"""Ends the name of a layer's weights or biases that stand turned in the workbook: a row a unit, as in PyTorch."""


def not_one_of(cell: CellValue, words: Sequence[str]) -> str:
    """Return what is wrong with a cell that holds none of some words."""
    shown = "blank" if cell is None else f'"{quoted(spelled(cell))}"'
    return f"is {shown}, but must be one of {', '.join(words)}."


def spelled(cell: CellValue) -> str:
    """Return a value as a drop-down spells it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    return short(cell) if isinstance(cell, float | int) else str(cell)


def refuse_other_words(cells: NamedCells[Any], name: str, value: CellValue) -> None:
    """Check that a name's cell may hold a value: what its drop-down offers, anything where it has none.

    Raises:
        GradsheetError: naming the value, the cell and what it may hold.
    """
    offered = cells.choices(name)
    known = {word.casefold() for word in offered}
    if {"true", "false"} <= known:
        known |= {"1", "0"}
    if offered and spelled(value).casefold() not in known:
        raise GradsheetError(f"{cells.address(name)} ({name}) {not_one_of(value, offered)}")


def parameter_name(cells: NamedCells[Any], name: str) -> str | None:
    """Return the defined one of a parameter's two names, weight_1 or weight_1_transposed; None without either.

    Raises:
        GradsheetError: where both are defined.
    """
    found = [each for each in (name, name + TRANSPOSED) if each in cells]
    if len(found) > 1:
        raise GradsheetError(
            f"{cells.address(found[0])} ({found[0]}) and {cells.address(found[1])} ({found[1]}) would be the same "
            "parameter twice: delete one of the two names."
        )
    return found[0] if found else None


class Reader:
    """Reads the contract's names one by one and says plainly what does not fit."""

    def __init__(self, cells: NamedCells[Any]) -> None:
        self.cells = cells

    def fail(self, name: str, problem: str) -> GradsheetError:
        """Return the error that a name's cells have a problem."""
        return GradsheetError(f"{self.cells.address(name)} ({name}) {problem}")

    def place(self, name: str, row: int, column: int) -> str:
        """Return where a cell (from 0) of a name's block is; an office is asked, so only where a sentence needs it."""
        return f"{self.cells.address(name, row, column)} ({name}, row {row + 1}, column {column + 1})"

    def rows(self, name: str, blank: float | None = None) -> Rows:
        """Return the cells behind a name, those that are blank as `blank`."""
        return [[blank if cell == "" or cell is None else cell for cell in row] for row in self.cells.read(name)]

    def matrix(self, name: str, blank: float | None = None) -> Matrix:
        """Return the numbers behind a name; `blank` stands for an empty cell, None makes one an error."""
        numbers = self.cells.matrix(name)
        if numbers is not None:
            return to_matrix(numbers, name, self.place)
        try:
            return to_matrix(self.rows(name, blank), name, self.place)
        except CellError as error:
            raise GradsheetError(str(error)) from None

    def single(self, name: str) -> CellValue:
        """Return the one cell behind a name, or the constant that it is."""
        constant = self.cells.constant(name)
        if constant is not None:
            return constant
        rows = self.rows(name)
        if len(rows) != 1 or len(rows[0]) != 1:
            raise self.fail(name, "must be one cell.")
        return rows[0][0]

    def number(self, name: str, default: float, check: Callable[[float], bool], wanted: str) -> float:
        """Return the number behind a name, the default where the name is not defined."""
        if name not in self.cells:
            return default
        cell = self.single(name)
        try:
            number = to_number(cell, lambda: f"{self.cells.address(name)} ({name})")
        except CellError as error:
            raise GradsheetError(str(error)) from None
        if not np.isfinite(number) or not check(number):
            raise self.fail(name, f"is {short(number)}, but must be {wanted}.")
        return number

    def whole(self, name: str, default: int, minimum: int | None = None) -> int:
        """Return the whole number behind a name, the default where the name is not defined."""

        def check(number: float) -> bool:
            return number == int(number) and (minimum is None or number >= minimum)

        wanted = "a whole number" + ("" if minimum is None else f", at least {minimum}")
        number = self.number(name, default, check, wanted)
        if abs(number) > LARGEST_EXACT_INTEGER:
            raise self.fail(name, f"is {short(number)}, but must be {wanted}, and none beyond {LARGEST_EXACT_INTEGER}.")
        return int(number)

    def word(self, name: str, default: str, words: Sequence[str]) -> str:
        """Return the word behind a name, one of `words`; the default where the name is not defined.

        A drop-down narrows them down: it offers what the workbook's formulas know.
        """
        if name not in self.cells:
            return default
        cell = self.single(name)
        choices = self.cells.choices(name) if self.cells.constant(name) is None else ()
        offered = {word.lower() for word in choices}
        known = [word for word in words if word in offered] or words
        word = cell.lower() if isinstance(cell, str) and not isinstance(cell, ErrorCode) else None
        if word is not None and not offered:
            word = word.strip()
        if word is None or word not in known:
            raise self.fail(name, not_one_of(cell, known))
        return word

    def flag(self, name: str, default: bool) -> bool:
        """Return the TRUE or FALSE behind a name, the default where the name is not defined."""
        return bool(self.number(name, default, lambda number: number in (0, 1), "TRUE or FALSE"))

    def labels(self, name: str, count: int, prefix: str) -> tuple[str, ...]:
        """Return the texts behind a name, or prefix1, prefix2, ... where the name is not defined."""
        if name not in self.cells:
            return tuple(f"{prefix}{i + 1}" for i in range(count))
        texts = tuple("" if cell is None else str(cell) for row in self.rows(name) for cell in row)
        if len(texts) != count:
            raise self.fail(name, f"has {len(texts)} cells, but must have {count}.")
        return texts

    def shaped(self, name: str, shape: tuple[int, ...]) -> Matrix | None:
        """Return the numbers behind a name, which must have a given shape, or None where it is not defined."""
        if name not in self.cells:
            return None
        matrix = self.matrix(name)
        if matrix.shape != shape:
            raise self.fail(name, f"is {shape_text(matrix)}, but must be {shape[0]}×{shape[1]}.")
        return matrix

    def shaped_parameter(self, name: str, shape: tuple[int, int]) -> Matrix | None:
        """Return a parameter that may stand transposed, of a given shape; None where neither name is defined."""
        found = parameter_name(self.cells, name)
        if found is None or found == name:
            return self.shaped(name, shape)
        matrix = self.shaped(found, shape[::-1])
        return None if matrix is None else np.ascontiguousarray(matrix.T)
