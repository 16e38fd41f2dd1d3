"""The kinds of argument a formula takes; each turns what a host hands over into what a kernel takes, or says why."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyfuncs.cells.block import CellBlock, shape_text, to_matrix
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
class Numbers(Argument):
    """A block of numbers of a given shape (rows, columns); a letter means the same size throughout a formula.

    Left out, the block is full of `fill`; None where there is nothing to fill it with.
    """

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
        """Return what the argument may be, in the words of the help."""
        return "n×1 of 0 and 1; every row if left out"


@dataclass(frozen=True, kw_only=True)
class Flags(Argument):
    """A row or a column of TRUE and FALSE, or 1 and 0; left out, None."""

    is_block: ClassVar[bool] = True

    def read(self, given: CellBlock, dimensions: Dimensions) -> list[bool]:
        """Return which of them are TRUE."""
        matrix = to_matrix(given, self.name)
        if min(matrix.shape) > 1:
            raise CellError(ErrorCode.VALUE, f"{self.name} is {shape_text(matrix)}, but must be a row or a column.")
        if not np.isin(matrix, (0.0, 1.0)).all():
            raise CellError(ErrorCode.NUM, f"{self.name} must hold TRUE and FALSE only.")
        flags: list[bool] = (matrix.ravel() == 1.0).tolist()
        return flags

    def missing(self, dimensions: Dimensions) -> None:
        """Return that nothing was given."""

    @property
    def shape_text(self) -> str:
        """Return what the argument may be, in the words of the help."""
        return "a row or a column of TRUE and FALSE"
