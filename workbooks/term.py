"""Formulas of the spreadsheet's own functions as expression trees: one text gives what is written and what it is worth.

A value has four axes: the rows and columns of the cells that the formula stands in, then the rows and columns of the
range that it reads at each of them. So one evaluation serves a formula filled down, with references that move along,
and an array formula, with ranges that stay.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyfuncs.cells.errors import CellError, ErrorCode

Cells: TypeAlias = NDArray[Any]
"""Four axes: rows and columns of cells, rows and columns of a range; float64 where all are numbers, else objects."""

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+\.?\d*(?:E[+-]?\d+)?|\.\d+)
    |"(?P<string>(?:[^"]|"")*)"
    |\{(?P<operand>[A-Za-z_]\w*)(?::(?P<part>\w+))?\}
    |\{(?P<constant>(?:[-\d.,;E]|"[^"]*")+)\}
    |(?P<function>[A-Z][A-Z0-9.]*)\(
    |(?P<logical>TRUE|FALSE)\b
    |(?P<operator><=|>=|<>|[-+*/^&=<>(),%]))""",
    re.VERBOSE,
)
COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": np.equal,
    "<>": np.not_equal,
    "<": np.less,
    ">": np.greater,
    "<=": np.less_equal,
    ">=": np.greater_equal,
}
ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}


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


@lru_cache(maxsize=4096)
def parsed(text: str) -> Term:
    """Return a formula's text, without the equals sign, as a tree.

    Raises:
        ValueError: for a text that is no formula.

    """
    return Parser(text).whole()


def array_constant(text: str) -> NDArray[Any]:
    """Return the rows of an array written out: numbers, or texts without commas and semicolons."""
    rows = [row.split(",") for row in text.split(";")]
    if '"' in text:
        return np.array([[word.strip('"') for word in row] for row in rows], dtype=object)
    return np.array([[float(number) for number in row] for row in rows])


def as_cells(rows: object) -> Cells:
    """Return a value, or rows of values, as a range that is the same at every cell."""
    cells = np.asarray(rows) if not isinstance(rows, str | bool) else np.array([[rows]], dtype=object)
    if cells.dtype.kind in "US":
        cells = cells.astype(object)
    return cells.reshape((1, 1, *cells.shape) if cells.ndim == 2 else (1, 1, 1, 1))


def placed(values: NDArray[Any], part: str | None) -> Cells:
    """Return a block's values as a formula sees them that is filled into cells: see `Operand`."""
    rows, columns = values.shape
    if part == "row":
        return values.reshape(rows, 1, 1, columns)
    if part == "column":
        return np.ascontiguousarray(values.T).reshape(1, columns, rows, 1)
    return values.reshape(1, 1, rows, columns) if part == "all" else values.reshape(rows, columns, 1, 1)


Operands: TypeAlias = Mapping[str, Callable[[str | None], Cells]]
"""For each name in a formula's text, what gives its values for a part of it."""


def evaluate(term: Term, operands: Operands) -> Cells:
    """Return what a formula is worth; a number that does not exist is NaN or infinite.

    Raises:
        CellError: for an error in a cell that the formula reads.
        ValueError: for a function that is not known here.

    """
    if isinstance(term, Constant):
        return term.cells
    if isinstance(term, Operand):
        return operands[term.name](term.part)
    if term.function in BRANCHING:
        return BRANCHING[term.function](term.arguments, operands)
    given = [None if argument is None else evaluate(argument, operands) for argument in term.arguments]
    if term.function in COMPARISONS:
        return compared(term.function, given[0], given[1])
    if term.function in ARITHMETIC:
        return np.asarray(ARITHMETIC[term.function](numbers(given[0]), numbers(given[1])))
    function = FUNCTIONS.get(term.function)
    if function is None:
        raise ValueError(f"{term.function} is not among the functions that a workbook's formulas may use.")
    return np.asarray(function(*given))


def numbers(cells: Any) -> Cells:
    """Return cells as numbers: a blank is 0, TRUE is 1, a text is none."""
    if cells is None:
        return np.zeros((1, 1, 1, 1))
    if cells.dtype == object:
        return np.array([number(cell) for cell in cells.flat], dtype=np.float64).reshape(cells.shape)
    return np.asarray(cells, dtype=np.float64)


def number(cell: Any) -> float:
    """Return one cell as a number, NaN for a text."""
    if cell is None:
        return 0.0
    return math.nan if isinstance(cell, str) else float(cell)


def counted(*ranges: Any) -> Any:
    """Return the cells of ranges side by side as a masked array, texts and blanks masked."""
    parts = []
    for cells in ranges:
        skipped = np.zeros(cells.shape, dtype=bool)
        if cells.dtype == object:
            found = [cell is None or isinstance(cell, str) for cell in cells.flat]
            skipped = np.array(found, dtype=bool).reshape(cells.shape)
        parts.append(np.ma.array(numbers(cells), mask=skipped).reshape(*cells.shape[:2], 1, -1))
    shape = np.broadcast_shapes(*(part.shape[:2] for part in parts))
    values, skipped = (
        np.concatenate([np.broadcast_to(find(part), (*shape, *part.shape[2:])) for part in parts], axis=3)
        for find in (np.ma.getdata, np.ma.getmaskarray)
    )
    return np.ma.array(values, mask=skipped)


def compared(operator: str, left: Any, right: Any) -> Cells:
    """Compare cell by cell; texts without regard to case, a blank as an empty text or as 0."""
    if left.dtype != object and right.dtype != object:
        return np.asarray(COMPARISONS[operator](left, right))
    left, right = np.broadcast_arrays(left, right)
    found = [COMPARISONS[operator](*alike(a, b)) for a, b in zip(left.flat, right.flat, strict=True)]
    return np.array(found, dtype=bool).reshape(left.shape)


def alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Return two cells so that Python compares them as a spreadsheet does: numbers come before texts."""
    if left is None and right is None:
        return 0.0, 0.0
    if left is None:
        left = "" if isinstance(right, str) else 0.0
    if right is None:
        right = "" if isinstance(left, str) else 0.0
    if isinstance(left, str) and isinstance(right, str):
        return (left.casefold() > right.casefold()) - (left.casefold() < right.casefold()), 0
    words = isinstance(left, str), isinstance(right, str)
    return words if words[0] != words[1] else (left, right)


def text(cell: Any) -> str:
    """Return a cell as & joins it."""
    if cell is None:
        return ""
    if isinstance(cell, bool | np.bool_):
        return "TRUE" if cell else "FALSE"
    return cell if isinstance(cell, str) else f"{float(cell):.15g}"


def joined(left: Any, right: Any) -> Cells:
    """Return texts, one after the other."""
    left, right = np.broadcast_arrays(left, right)
    found = [text(a) + text(b) for a, b in zip(left.flat, right.flat, strict=True)]
    return np.array(found, dtype=object).reshape(left.shape)


def either(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return IF: one side alone where the condition is a single cell, else the two cell by cell."""
    condition = numbers(side(arguments[0], operands)) != 0
    yes, no = arguments[1], arguments[2] if len(arguments) > 2 else Constant(as_cells(False))
    if condition.size == 1:
        return side(yes if condition.flat[0] else no, operands)
    return mixed(condition, side(yes, operands), side(no, operands))


def side(term: Term | None, operands: Operands) -> Cells:
    """Return an argument's value, 0 where it is left out."""
    return np.zeros((1, 1, 1, 1)) if term is None else evaluate(term, operands)


def mixed(condition: Cells, yes: Cells, no: Cells) -> Cells:
    """Return cells of one range where a condition holds, and of the other elsewhere."""
    if yes.dtype == object or no.dtype == object:
        yes, no = yes.astype(object), no.astype(object)
    return np.where(condition, yes, no)


def without_error(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return IFERROR: the second argument where the first is an error."""
    try:
        cells = side(arguments[0], operands)
    except CellError:
        return side(arguments[1], operands)
    errors = broken(cells)
    return mixed(errors, side(arguments[1], operands), cells) if errors.any() else cells


def is_error(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return ISERROR."""
    try:
        return broken(side(arguments[0], operands))
    except CellError:
        return as_cells(True)


def matches(cells: Any, criterion: Any) -> Cells:
    """Return which cells COUNTIF counts: those equal to a criterion, or as far from it as its operator says."""
    criterion = np.broadcast_to(criterion, (*np.broadcast_shapes(cells.shape[:2], criterion.shape[:2]), 1, 1))
    flat = criterion.reshape(*criterion.shape[:2], 1, 1)
    word = flat.flat[0]
    if flat.size == 1 and isinstance(word, str) and (split := re.match(r"(<=|>=|<>|<|>|=)(.*)", word)):
        operator, rest = split.groups()
        try:
            return compared(operator, cells, as_cells(float(rest)))
        except ValueError:
            return compared(operator, cells, as_cells(rest))
    return compared("=", cells, flat)


def reduced(function: Callable[..., Any], *ranges: Any) -> Cells:
    """Return one number over all cells of some ranges that are numbers."""
    if all(cells.dtype != object for cells in ranges) and len(ranges) == 1:
        return np.asarray(function(ranges[0], axis=(2, 3), keepdims=True))
    return np.ma.filled(function(counted(*ranges), axis=(2, 3), keepdims=True), 0.0)


def over_rows(count: Callable[[Any], int]) -> Callable[[Any], Cells]:
    """Return a function that gives a size of a range."""
    return lambda cells: as_cells(float(count(cells)))


def indexed(cells: Any, row: Any, column: Any = None) -> Cells:
    """Return INDEX: a cell of a range by its row and column from 1; in a single row or column, by its place."""
    row = numbers(row)
    if column is None:
        flat = cells.reshape(*cells.shape[:2], -1)
        return picked(flat, row)
    column = numbers(column)
    if row.size == 1 and row.flat[0] == 0:
        return np.asarray(cells[:, :, :, int(column.flat[0]) - 1][..., np.newaxis])
    if column.size == 1 and column.flat[0] == 0:
        return np.asarray(cells[:, :, int(row.flat[0]) - 1, np.newaxis, :])
    width = cells.shape[3]
    return picked(cells.reshape(*cells.shape[:2], -1), (row - 1) * width + column)


def picked(flat: Cells, places: Cells) -> Cells:
    """Return the cells at places (from 1) of a range laid out in one row."""
    if flat.shape[:2] != (1, 1):
        flat = np.broadcast_to(flat, (*np.broadcast_shapes(flat.shape[:2], places.shape[:2]), flat.shape[2]))
        places = np.broadcast_to(places, (*flat.shape[:2], *places.shape[2:]))
        chosen = np.take_along_axis(flat, places.reshape(*flat.shape[:2], -1).astype(int) - 1, axis=2)
        return np.asarray(chosen.reshape(places.shape))
    return np.asarray(flat[0, 0][places.astype(int) - 1])


def matched(value: Any, cells: Any, kind: Any = None) -> Cells:
    """Return MATCH: the place, from 1, of the first equal cell, or (kind 1) of the last one that is not larger."""
    flat = cells.reshape(*cells.shape[:2], 1, -1)
    if kind is not None and numbers(kind).flat[0] == 0:
        equal = compared("=", flat, value.reshape(*value.shape[:2], -1, 1))
        found = equal.argmax(axis=3) + 1.0
        found = np.where(equal.any(axis=3), found, np.nan)
    else:
        found = (numbers(flat) <= numbers(value).reshape(*value.shape[:2], -1, 1)).sum(axis=3).astype(float)
        found = np.where(found == 0, np.nan, found)
    return np.asarray(found[..., np.newaxis] if found.ndim == 3 else found)


def ordered(cells: Any, place: Any, *, largest: bool) -> Cells:
    """Return SMALL or LARGE: the n-th number of a range from one end."""
    flat = np.sort(counted(cells)[0, 0, 0].compressed())
    flat = flat[::-1] if largest else flat
    return np.asarray(flat[numbers(place).astype(int) - 1])


def elementwise(function: Callable[..., Any]) -> Callable[..., Cells]:
    """Return a function of numbers that works cell by cell."""
    return lambda *given: np.asarray(function(*(numbers(cells) for cells in given)))


def rounded(cells: Any, digits: Any) -> Cells:
    """Return ROUND: halves go away from 0."""
    scale = 10.0 ** numbers(digits)
    scaled = numbers(cells) * scale
    return np.asarray(np.sign(scaled) * np.floor(np.abs(scaled) + 0.5) / scale)


def exactly(function: Callable[..., float]) -> Callable[..., Cells]:
    """Return a function of numbers that works cell by cell, and gives the same bits on every processor."""

    def safe(*given: float) -> float:
        try:
            return function(*given)
        except (ValueError, OverflowError, ZeroDivisionError):
            return math.nan

    return elementwise(np.vectorize(safe, otypes=[float]))


POWER = exactly(math.pow)


def power(base: Cells, exponent: Cells) -> Cells:
    """Return powers; a square is a product, which is exact to the last bit."""
    return base * base if exponent.size == 1 and exponent.flat[0] == 2.0 else POWER(base, exponent)


def sum_where(cells: Any, criterion: Any, summed: Any) -> Cells:
    """Return SUMIF."""
    return np.asarray((numbers(summed) * matches(cells, criterion)).sum(axis=(2, 3), keepdims=True))


def most_common(cells: Any) -> Cells:
    """Return MODE: the number that comes most often; of several, the one that comes first."""
    found = counted(cells)[0, 0, 0].compressed()
    values, first, counts = np.unique(found, return_index=True, return_counts=True)
    best = np.flatnonzero(counts == counts.max())
    return as_cells(float(values[best[first[best].argmin()]]))


def r_squared(y: Any, x: Any) -> Cells:
    """Return RSQ: the square of the correlation of two ranges."""
    y, x = (numbers(cells) - numbers(cells).mean() for cells in (y, x))
    return as_cells(float((x * y).sum() ** 2 / ((x * x).sum() * (y * y).sum())))


def not_available() -> Cells:
    """Return NA(), which is an error.

    Raises:
        CellError: #N/A.

    """
    raise CellError(ErrorCode.NA, "a formula says #N/A")


def last_number(_: Any, cells: Any) -> Cells:
    """Return LOOKUP of a number beyond all others: the last number of a range."""
    return as_cells(float(counted(cells)[0, 0, 0].compressed()[-1]))


def everywhere(function: Callable[..., Any]) -> Callable[..., Cells]:
    """Return AND or OR over all cells of its arguments."""
    return lambda *given: np.ma.filled(function(counted(*given) != 0, axis=(2, 3), keepdims=True), False)


def broken(cells: Any) -> Cells:
    """Return which cells are numbers that do not exist."""
    if cells.dtype != object:
        return np.asarray(~np.isfinite(cells.astype(np.float64)))
    found = [isinstance(cell, float) and not math.isfinite(cell) for cell in cells.flat]
    return np.array(found, dtype=bool).reshape(cells.shape)


def sum_of_products(*ranges: Any) -> Cells:
    """Return SUMPRODUCT; unlike SUM it takes a text for 0."""
    product = np.nan_to_num(numbers(ranges[0])) if ranges[0].dtype == object else numbers(ranges[0])
    for cells in ranges[1:]:
        product = product * numbers(cells)
    return np.asarray(product.sum(axis=(2, 3), keepdims=True))


def one_of(arguments: tuple[Term | None, ...], operands: Operands) -> Cells:
    """Return CHOOSE by a single number."""
    return side(arguments[int(numbers(side(arguments[0], operands)).flat[0])], operands)


BRANCHING: Mapping[str, Callable[[tuple["Term | None", ...], Operands], Cells]] = {
    "IF": either,
    "CHOOSE": one_of,
    "IFERROR": without_error,
    "ISERROR": is_error,
}
"""Those that do not look at all of their arguments, or look at errors in them."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "^": lambda base, exponent: power(numbers(base), numbers(exponent)),
    "&": joined,
    "NEGATIVE": elementwise(np.negative),
    "AND": everywhere(np.all),
    "OR": everywhere(np.any),
    "NOT": lambda cells: numbers(cells) == 0,
    "ISNUMBER": lambda cells: ~np.ma.getmaskarray(counted(cells)).reshape(cells.shape),
    "ABS": elementwise(np.abs),
    "SIGN": elementwise(np.sign),
    "SQRT": elementwise(np.sqrt),
    "EXP": exactly(math.exp),
    "LN": exactly(math.log),
    "LOG10": exactly(math.log10),
    "SIN": exactly(math.sin),
    "COS": exactly(math.cos),
    "TANH": exactly(math.tanh),
    "INT": elementwise(np.floor),
    "MOD": elementwise(np.mod),
    "ROUND": rounded,
    "ROUNDUP": lambda cells, digits: np.ceil(numbers(cells) * 10.0 ** numbers(digits)) / 10.0 ** numbers(digits),
    "NA": not_available,
    "PI": lambda: as_cells(math.pi),
    "SUM": lambda *ranges: reduced(np.ma.sum, *ranges),
    "AVERAGE": lambda *ranges: reduced(np.ma.mean, *ranges),
    "MEDIAN": lambda *ranges: reduced(np.ma.median, *ranges),
    "MAX": lambda *ranges: reduced(np.ma.max, *ranges),
    "MIN": lambda *ranges: reduced(np.ma.min, *ranges),
    "VARP": lambda *ranges: reduced(np.ma.var, *ranges),
    "SUMPRODUCT": sum_of_products,
    "SUMIF": sum_where,
    "MODE": most_common,
    "RSQ": r_squared,
    "LOOKUP": last_number,
    "COUNTIF": lambda cells, criterion: matches(cells, criterion).sum(axis=(2, 3), keepdims=True).astype(float),
    "MMULT": lambda left, right: numbers(left) @ numbers(right),
    "TRANSPOSE": lambda cells: np.swapaxes(cells, 2, 3),
    "ROWS": over_rows(lambda cells: cells.shape[2]),
    "COLUMNS": over_rows(lambda cells: cells.shape[3]),
    "INDEX": indexed,
    "MATCH": matched,
    "SMALL": lambda cells, place: ordered(cells, place, largest=False),
    "LARGE": lambda cells, place: ordered(cells, place, largest=True),
}
