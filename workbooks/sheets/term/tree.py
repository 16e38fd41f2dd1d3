"""A formula of the spreadsheet's own functions as an expression tree, read from its text."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from workbooks.sheets.term.cells import COMPARISONS, Cells, as_cells

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*(?:E[+-]?\d+)?|\.\d+)
    |"(?P<string>(?:[^"]|"")*)"
    |\{(?P<operand>[A-Za-z_]\w*)(?::(?P<part>\w+))?\}
    |\{(?P<constant>(?:[-\d.,;E]|"[^"]*")+)\}
    |(?:_xlfn\.)?(?P<function>[A-Z][A-Z0-9.]*)\(
    |(?P<logical>TRUE|FALSE)\b
    |(?P<operator><=|>=|<>|[-+*/^&=<>(),%]))""",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Constant:
    """A number, a text or a constant array."""

    cells: Cells


@dataclass(frozen=True)
class Operand:
    """A block of cells: all of it at once, or the cell, row or column that belongs to the formula's own cell."""

    name: str
    part: str | None


@dataclass(frozen=True)
class Call:
    """A function or an operator with its arguments; an argument left out is None."""

    function: str
    arguments: tuple["Term | None", ...]


Term: TypeAlias = Constant | Operand | Call


class Parser:
    """Reads a formula's text; operators bind as in a spreadsheet: sign, power, product, sum, &, comparison."""

    LEVELS = (tuple(COMPARISONS), ("&",), ("+", "-"), ("*", "/"), ("^",))

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.match: re.Match[str] | None = None
        self.advance()

    def advance(self) -> None:
        """Read the next token.

        Raises:
            ValueError: for text that no formula has.

        """
        if not self.text[self.place :].strip():
            self.match = None
            return
        self.match = TOKEN.match(self.text, self.place)
        if self.match is None:
            raise ValueError(f"{self.text!r} cannot be read as a formula from {self.text[self.place :]!r} on.")
        self.place = self.match.end()

    def operator(self) -> str | None:
        """Return the operator that comes next, None where something else does."""
        return self.match["operator"] if self.match else None

    def whole(self) -> Term:
        """Read the whole text.

        Raises:
            ValueError: where the text goes on after the formula.

        """
        term = self.binary(0)
        if self.match is not None:
            raise ValueError(f"{self.text!r} goes on after a whole formula with {self.match[0]!r}.")
        return term

    def binary(self, level: int) -> Term:
        """Read operators of a level and of those that bind closer."""
        if level == len(self.LEVELS):
            return self.signed()
        left = self.binary(level + 1)
        while (operator := self.operator()) in self.LEVELS[level]:
            self.advance()
            left = Call(str(operator), (left, self.binary(level + 1)))
        return left

    def signed(self) -> Term:
        """Read an operand with its signs."""
        operator = self.operator()
        if operator in ("-", "+"):
            self.advance()
            term = self.signed()
            return Call("NEGATIVE", (term,)) if operator == "-" else term
        return self.single()

    def single(self) -> Term:
        """Read a number, a text, an operand, a call or a formula in brackets.

        Raises:
            ValueError: where none of these comes.

        """
        match = self.match
        if match is None:
            raise ValueError(f"{self.text!r} ends too early.")
        self.advance()
        if match["number"] is not None:
            return Constant(as_cells(float(match["number"])))
        if match["string"] is not None:
            return Constant(as_cells(match["string"].replace('""', '"')))
        if match["logical"] is not None:
            return Constant(as_cells(match["logical"] == "TRUE"))
        if match["constant"] is not None:
            return Constant(as_cells(array_constant(match["constant"])))
        if match["operand"] is not None:
            return Operand(match["operand"], match["part"])
        if match["function"] is not None:
            return Call(match["function"], self.arguments())
        if match["operator"] == "(":
            term = self.binary(0)
            self.closed()
            return term
        raise ValueError(f"{self.text!r} has {match[0]!r} where a value should stand.")

    def arguments(self) -> tuple[Term | None, ...]:
        """Read a call's arguments up to its closing bracket."""
        found: list[Term | None] = []
        if self.operator() == ")":
            self.advance()
            return ()
        while True:
            found.append(None if self.operator() in (",", ")") else self.binary(0))
            if self.operator() != ",":
                self.closed()
                return tuple(found)
            self.advance()

    def closed(self) -> None:
        """Read a closing bracket.

        Raises:
            ValueError: where it is missing.

        """
        if self.operator() != ")":
            raise ValueError(f"{self.text!r} misses a closing bracket.")
        self.advance()


def array_constant(text: str) -> NDArray[Any]:
    """Return the rows of an array written out: numbers, or texts without commas and semicolons."""
    rows = [row.split(",") for row in text.split(";")]
    if '"' in text:
        return np.array([[word.strip('"') for word in row] for row in rows], dtype=object)
    return np.array([[float(number) for number in row] for row in rows])


@lru_cache(maxsize=4096)
def parsed(text: str) -> Term:
    """Return a formula's text, without the equals sign, as a tree.

    Raises:
        ValueError: for a text that is no formula.

    """
    return Parser(text).whole()
