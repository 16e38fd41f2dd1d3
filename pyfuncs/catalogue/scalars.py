"""Arguments that are no block of numbers: one number, one word of several, several words, labels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from pyfuncs.catalogue.arguments import Argument, Dimensions
from pyfuncs.cells.block import CellBlock, CellValue, quoted, to_number, to_rows
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.cells.spelling import LARGEST_EXACT_INTEGER, short


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
        if self.whole and abs(number) > LARGEST_EXACT_INTEGER:
            raise CellError(ErrorCode.NUM, f"{self.name} is {short(number)}, but must be at most 2^53 in size.")
        inside = self.minimum <= number <= self.maximum and self.above < number < self.below
        if not inside or not np.isfinite(number) or (self.whole and number != int(number)):
            raise CellError(ErrorCode.NUM, f"{self.name} is {short(number)}, but must be {self.range_text}.")
        return int(number) if self.whole else number

    def missing(self, dimensions: Dimensions) -> float | int | None:
        """Return the default."""
        return self.default

    @property
    def range_text(self) -> str:
        """Return the allowed range in words."""
        bounds = [
            f"{word} {short(bound)}"
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
        default = "" if self.default is None else f", {short(self.default)} if left out"
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
            found = f'is "{quoted(word)}"' if isinstance(word, str) else "is not a word"
            raise CellError(ErrorCode.VALUE, f"{self.name} {found}, but must be {self.words}.")
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
        """Return what the argument may be, in the words of the help."""
        return "a row or a column of words or numbers"


@dataclass(frozen=True, kw_only=True)
class Choices(Argument):
    """Several words: one cell with commas between them, or one cell each."""

    options: Mapping[str, Any]

    def read(self, given: CellBlock, dimensions: Dimensions) -> list[Any]:
        """Return the codes of the words, in order, empty cells left out."""
        codes = []
        for row in to_rows(given, self.name):
            for cell in row:
                if isinstance(cell, ErrorCode):
                    to_number(cell, self.name)
                for word in ("" if cell is None else str(cell)).split(","):
                    if word.strip() and word.strip().lower() not in self.options:
                        known = ", ".join(self.options)
                        raise CellError(
                            ErrorCode.VALUE, f'{self.name} holds "{quoted(word)}", but each must be one of {known}.'
                        )
                    if word.strip():
                        codes.append(self.options[word.strip().lower()])
        return codes

    @property
    def shape_text(self) -> str:
        """Return the allowed words."""
        return "each one of " + ", ".join(self.options)
