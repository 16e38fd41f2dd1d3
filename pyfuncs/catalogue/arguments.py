"""The kinds of argument a formula takes; each turns what a host hands over into what a kernel takes, or says why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyfuncs.cells.block import CellBlock, CellValue, shape_text, to_matrix, to_number, to_rows
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels.arrays import Matrix, Order


class Dimensions:
    """The sizes that the letters in a formula's shapes stand for in one call."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[int, str]] = {}

    def size(self, symbol: str | int) -> int:
        """Return the size a symbol stands for; a number stands for itself."""
        return symbol if isinstance(symbol, int) else self.known[symbol][0]

    def check(self, matrix: Matrix, shape: tuple[str | int, str | int], name: str) -> None:
        """Bind the shape's symbols to the matrix's sizes, or compare with what they were bound to before.

        Raises:
            CellError: #VALUE!, with both shapes.

        """
        for size, symbol, axis in zip(matrix.shape, shape, ("row", "column"), strict=True):
            if isinstance(symbol, int):
                if size != symbol:
                    raise CellError(
                        ErrorCode.VALUE,
                        f"{name} is {shape_text(matrix)}, but must have {symbol} {axis}{'s' * (symbol != 1)}.",
                    )
                continue
            bound, why = self.known.setdefault(symbol, (size, f"{name} is {shape_text(matrix)}"))
            if size != bound:
                raise CellError(
                    ErrorCode.VALUE,
                    f"{name} is {shape_text(matrix)}, but {why}: {name} must have {bound} {axis}{'s' * (bound != 1)}.",
                )


@dataclass(frozen=True, kw_only=True)
class Argument:
    """One argument: its name in every host, a sentence of help, and whether it may be left out."""

    name: str
    help: str
    optional: bool = False
    is_block: ClassVar[bool] = False

    def read(self, given: CellBlock, dimensions: Dimensions) -> Any:
        """Return what the kernel takes.

        Raises:
            CellError: #VALUE! or #NUM!, with a sentence that names the argument and the place in it.

        """
        raise NotImplementedError

    def missing(self, dimensions: Dimensions) -> Any:
        """Return what the kernel takes where the argument is left out."""
        raise NotImplementedError

    @property
    def shape_text(self) -> str:
        """Return what the help says behind the argument's name: a shape, a range or a list of words."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Block(Argument):
    """A block of numbers of a given shape; the same letter means the same size throughout a formula."""

    shape: tuple[str | int, str | int]
    fill: float | None = 0.0
    is_block: ClassVar[bool] = True

    def read(self, given: CellBlock, dimensions: Dimensions) -> Matrix:
        """Return the block as a matrix of the declared shape."""
        matrix = to_matrix(given, self.name)
        dimensions.check(matrix, self.shape, self.name)
        return matrix

    def missing(self, dimensions: Dimensions) -> Matrix | None:
        """Return a block full of `fill`, or None where there is nothing to fill it with."""
        if self.fill is None:
            return None
        return np.full([dimensions.size(symbol) for symbol in self.shape], self.fill)

    @property
    def shape_text(self) -> str:
        """Return the shape: "n×in"."""
        return f"{self.shape[0]}×{self.shape[1]}"


@dataclass(frozen=True, kw_only=True)
class Mask(Argument):
    """A column of 0 and 1 that picks rows; left out, every row."""

    is_block: ClassVar[bool] = True

    def read(self, given: CellBlock, dimensions: Dimensions) -> Order:
        """Return the numbers (from 0) of the rows picked."""
        matrix = to_matrix(given, self.name)
        dimensions.check(matrix, ("n", 1), self.name)
        if not np.isin(matrix, (0.0, 1.0)).all():
            raise CellError(ErrorCode.NUM, f"{self.name} must hold 0 and 1 only.")
        if not matrix.any():
            raise CellError(ErrorCode.NUM, f"{self.name} picks no row: at least one must be 1.")
        return np.flatnonzero(matrix)

    def missing(self, dimensions: Dimensions) -> Order:
        """Return the numbers of all rows."""
        return np.arange(dimensions.size("n"))

    @property
    def shape_text(self) -> str:
        """Return the shape."""
        return "n×1 of 0 and 1; every row if left out"


@dataclass(frozen=True, kw_only=True)
class Number(Argument):
    """One number within bounds."""

    default: float | None = None
    minimum: float = -np.inf
    maximum: float = np.inf
    above: float = -np.inf
    below: float = np.inf
    whole: bool = False

    def read(self, given: CellBlock, dimensions: Dimensions) -> float | int:
        """Return the number, as an int where a whole one is asked for."""
        rows = to_rows(given, self.name)
        if (len(rows), len(rows[0])) != (1, 1):
            raise CellError(ErrorCode.VALUE, f"{self.name} is {len(rows)}×{len(rows[0])}, but must be one number.")
        number = to_number(rows[0][0], self.name)
        inside = self.minimum <= number <= self.maximum and self.above < number < self.below
        if not inside or not np.isfinite(number) or (self.whole and number != int(number)):
            raise CellError(ErrorCode.NUM, f"{self.name} is {number:.12g}, but must be {self.range_text}.")
        return int(number) if self.whole else number

    def missing(self, dimensions: Dimensions) -> float | int | None:
        """Return the default."""
        return self.default

    @property
    def range_text(self) -> str:
        """Return the allowed range in words."""
        bounds = [
            f"{word} {bound:.12g}"
            for word, bound in (
                ("at least", self.minimum),
                ("above", self.above),
                ("at most", self.maximum),
                ("below", self.below),
            )
            if np.isfinite(bound)
        ]
        return " ".join([f"a {'whole ' * self.whole}number", " and ".join(bounds)]).strip()

    @property
    def shape_text(self) -> str:
        """Return the allowed range and the default."""
        default = "" if self.default is None else f", {self.default:g} if left out"
        return self.range_text + default


@dataclass(frozen=True, kw_only=True)
class Choice(Argument):
    """One word out of several, upper or lower case; the kernel gets its code."""

    options: Mapping[str, Any]
    default: str | None = None

    def read(self, given: CellBlock, dimensions: Dimensions) -> Any:
        """Return the code of the word."""
        rows = to_rows(given, self.name)
        word = rows[0][0]
        if isinstance(word, ErrorCode):
            to_number(word, self.name)
        if len(rows) > 1 or len(rows[0]) > 1 or not isinstance(word, str) or word.strip().lower() not in self.options:
            said = f'is "{word}"' if isinstance(word, str) else "is not a word"
            raise CellError(ErrorCode.VALUE, f"{self.name} {said}, but must be {self.words}.")
        return self.options[word.strip().lower()]

    def missing(self, dimensions: Dimensions) -> Any:
        """Return the default's code."""
        return None if self.default is None else self.options[self.default]

    @property
    def words(self) -> str:
        """Return the allowed words as a sentence lists them."""
        *most, last = (f'"{word}"' for word in self.options)
        return f"{', '.join(most)} or {last}" if most else last

    @property
    def shape_text(self) -> str:
        """Return the allowed words and the default."""
        return self.words + ("" if self.default is None else f'; "{self.default}" if left out')


@dataclass(frozen=True, kw_only=True)
class Labels(Argument):
    """Cells that are compared and not computed with: words or numbers, none of them blank."""

    is_block: ClassVar[bool] = True

    def read(self, given: CellBlock, dimensions: Dimensions) -> list[CellValue]:
        """Return the cells of a row or a column."""
        rows = to_rows(given, self.name)
        if len(rows) > 1 and len(rows[0]) > 1:
            raise CellError(
                ErrorCode.VALUE, f"{self.name} is {len(rows)}×{len(rows[0])}, but must be a row or a column."
            )
        cells = [cell for row in rows for cell in row]
        for i, cell in enumerate(cells, 1):
            if isinstance(cell, ErrorCode) or cell is None or cell == "":
                to_number(cell, f"{self.name}, cell {i},")
        return cells

    def missing(self, dimensions: Dimensions) -> None:
        """Return that nothing was given."""

    @property
    def shape_text(self) -> str:
        """Return the shape."""
        return "a row or a column of words or numbers"


@dataclass(frozen=True, kw_only=True)
class Words(Argument):
    """Several words: one cell with commas between them, or one cell each."""

    options: Mapping[str, Any]

    def read(self, given: CellBlock, dimensions: Dimensions) -> list[Any]:
        """Return the codes of the words, in order, empty cells left out."""
        codes = []
        for row in to_rows(given, self.name):
            for cell in row:
                if isinstance(cell, ErrorCode):
                    to_number(cell, self.name)
                for word in str(cell or "").split(","):
                    if word.strip() and word.strip().lower() not in self.options:
                        known = ", ".join(self.options)
                        raise CellError(
                            ErrorCode.VALUE, f'{self.name} holds "{word.strip()}", but each must be one of {known}.'
                        )
                    if word.strip():
                        codes.append(self.options[word.strip().lower()])
        return codes

    @property
    def shape_text(self) -> str:
        """Return the allowed words."""
        return "each one of " + ", ".join(self.options)
