"""The rows of a large sheet, read from their bytes: what spreadsheet programs write, and nothing else."""

import datetime
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any, BinaryIO, Final

import numpy as np
from numpy.typing import NDArray

from workbooks.xlsx.area import LAST_ROW, column_number
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.stored import UNREADABLE, StoredValue, value_of

Values = NDArray[Any]
BYTES_AT_ONCE: Final = 2**22
START, END = b"<sheetData>", b"</sheetData>"
DECLARATION = rb"<\?xml version=[\"']1\.0[\"'](?: encoding=[\"']utf-8[\"'])?(?![^<>?]*encoding)[^<>?]*\?>"
HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:" + DECLARATION + rb")?\s*<worksheet[^<>]*>", re.IGNORECASE)
ATTRIBUTES = rb'((?: [\w:]+="[^"<&]*")*)'
ROW_START = re.compile(rb'<row r="([0-9]{1,7})"' + ATTRIBUTES + rb" ?/?>")
REST_OF_CELL = (
    rb'([0-9]{1,7})"' + ATTRIBUTES + rb" ?(?:/>|>"
    rb"((?:<f[^<>]*>(?:[^<]*</f>)?)?)"
    rb'(?:<v>([^<]*)(</v>)|<is>(<t(?: xml:space="preserve")?>[^<]*)</t></is>)?'
    rb"</c>)"
)
CELL = re.compile(rb'(?:<row r="([0-9]{1,7})"(?:[^<>]*[^<>/])?>)?<c r="([A-Z]{1,3})' + REST_OF_CELL)
TYPE = re.compile(rb' t="([a-zA-Z]*)"')
METADATA = re.compile(rb' vm="[^"]*"')
FORMULA = re.compile(rb"<f([^<>]*?)/?>([^<]*)(?:</f>)?")
ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
TAGS = (b"<row ", b"</row>", b"<c ", b"</c>", b"<f", b"</f>", b"<v>", b"</v>", b"<is>", b"</is>", b"<t", b"</t>")
ENTITY = re.compile("&(?:#x([0-9A-Fa-f]{1,6})|#([0-9]{1,7})|([a-z]+));|&")
NAMED_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
NOT_THERE: Final = object()
"""Stands in a column where a row has no such cell."""


class NotPlainError(Exception):
    """A sheet's rows hold something that is not read here."""


@dataclass
class ColumnarRows:
    """Some rows that follow one another: a column's cells as an array, its formulas as they are written."""

    numbers: list[int]
    columns: dict[int, Values] = field(default_factory=dict)
    """Of float64 where all cells hold numbers, else of objects."""
    formulas: dict[int, Sequence[bytes]] = field(default_factory=dict)
    """Of the columns that have any, b"" for a cell without."""


def pieces_of(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what is before a sheet's rows, the rows in pieces of a few megabytes, and what is after them.

    Raises:
        NotPlainError: it has no rows.
    """
    text = b""
    while START not in text:
        text += next_block(stream)
    before, _, text = text.partition(START)
    yield before
    while END not in text:
        cut = text.rfind(b"<row ")
        if cut > 0:
            yield text[:cut]
            text = text[cut:]
        text += next_block(stream)
    rows, _, after = text.partition(END)
    yield rows
    yield after + stream.read()


def next_block(stream: BinaryIO) -> bytes:
    """Read a few megabytes.

    Raises:
        NotPlainError: there is nothing more.
    """
    block = stream.read(BYTES_AT_ONCE)
    if not block:
        raise NotPlainError
    return block


class RowReader:
    """Reads rows; `strings` gives the texts that cells refer to by number, `epoch` the day that dates count from."""

    def __init__(self, strings: Callable[[], Sequence[str]], epoch: datetime.datetime) -> None:
        self._strings = strings
        self._epoch = epoch
        self._known: dict[tuple[str, bytes], StoredValue] = {}

    def read(self, piece: bytes, above: int) -> ColumnarRows:
        """Read some rows; `above` is the number of the row before them.

        Raises:
            NotPlainError: they hold what is not read here.
        """
        if b"xmlns" in piece:
            raise NotPlainError
        rows = self._alike(piece) or self._any(piece)
        numbers = [above, *rows.numbers]
        if any(one >= next_one for one, next_one in pairwise(numbers)) or numbers[-1] > LAST_ROW:
            raise NotPlainError
        return rows

    def _alike(self, piece: bytes) -> ColumnarRows | None:
        """Read rows that all have the same cells as the last one, None where they have not."""
        pattern = pattern_of(piece[piece.rfind(b"<row ") :])
        if pattern is None:
            return None
        found = pattern.rows.findall(piece)
        if not found or piece.count(b"<") != len(found) * pattern.tags or len(found) != piece.count(b"<row "):
            return None
        numbers, *groups = zip(*found, strict=True)
        rows = ColumnarRows(list(map(int, numbers)))
        for column, kind, has_formula in pattern.cells:
            if has_formula:
                rows.formulas[column] = groups.pop(0)
            texts = groups.pop(0)
            rows.columns[column] = self._values([kind] * len(texts), texts, [b"/"] * len(texts), texts)
        return rows

    def _any(self, piece: bytes) -> ColumnarRows:
        """Read rows whatever cells each has.

        Raises:
            NotPlainError: they hold what is not read here.
        """
        names = [match[1] for match in ROW_START.finditer(piece)]
        found = CELL.findall(piece)
        refuse_other_tags(piece, found, len(names))
        rows = ColumnarRows(list(map(int, names)))
        marks, letters, digits, attributes, *stored = zip(*found, strict=True) if found else ((),) * 8
        every, placed = places_of(names, marks, letters, digits)
        kinds = [kind_of(each) for each in attributes]
        for column, which in every.items():
            formulas, *own = ([each[p] for p in which] for each in stored)
            cells = self._values([kinds[p] for p in which], *own)
            is_whole = len(which) == len(names)
            rows.columns[column] = cells if is_whole else spread(cells, placed[column], len(names), NOT_THERE)
            if any(formulas):
                rows.formulas[column] = spread(formulas, placed[column], len(names), b"").tolist()
        return rows

    def _values(
        self, kinds: Sequence[str], values: Sequence[bytes], ends: Sequence[bytes], inline: Sequence[bytes]
    ) -> Values:
        """Return the values of a column's cells."""
        try:
            if set(kinds) == {"n"} and all(values):
                numbers = np.array(list(map(float, values)), dtype=np.float64)
                if not np.isfinite(numbers).all():
                    raise NotPlainError
                return numbers
            cells = np.empty(len(values), dtype=object)
            cells[:] = [
                self._value(kind, text if kind == "inlineStr" else value) if end or text else None
                for kind, value, end, text in zip(kinds, values, ends, inline, strict=True)
            ]
        except (*UNREADABLE, FileProblem):
            raise NotPlainError from None
        return cells

    def _value(self, kind: str, text: bytes) -> StoredValue:
        if kind == "n":
            return value_of(kind, text.decode(), (), self._epoch)
        if (kind, text) not in self._known:
            strings = self._strings() if kind == "s" else ()
            if kind == "inlineStr":
                self._known[kind, text] = value_of("str", plain_text(text.partition(b">")[2]), strings, self._epoch)
            else:
                self._known[kind, text] = value_of(kind, plain_text(text), strings, self._epoch)
        return self._known[kind, text]


@dataclass(frozen=True)
class RowPattern:
    """What all of some rows look like: the groups are the row's number, and each cell's formula and value."""

    rows: re.Pattern[bytes]
    tags: int
    """How many tags a row has."""
    cells: tuple[tuple[int, str, bool], ...]
    """Each cell's column and type, and whether it has a formula of its own."""


def pattern_of(row: bytes) -> RowPattern | None:
    """Return what rows look like that have the same cells as one, None where that row has blanks or array formulas."""
    found = CELL.findall(row)
    cells = []
    text = rb'<row r="([0-9]{1,7})"(?: [\w:]+="[^"<&]*")*>'
    tags = 2
    for _, letters, _, attributes, formula, _, end, inline in found:
        if not (end or inline) or (formula and not formula.startswith(b"<f>")):
            return None
        value = rb"<v>([^<]*)</v>" if end else rb"<is>(<t(?: xml:space=\"preserve\")?>[^<]*)</t></is>"
        text += rb'<c r="' + letters + rb'\1"' + re.escape(attributes) + b">" + (rb"(<f>[^<]*</f>)" if formula else b"")
        text += value + b"</c>"
        tags += 4 + 2 * bool(formula) + 2 * bool(inline)
        cells.append((column_number_of(letters), kind_of(attributes), bool(formula)))
    columns = [column for column, _, _ in cells]
    if not cells or columns != sorted(set(columns)):
        return None
    return RowPattern(compiled(text + b"</row>"), tags, tuple(cells))


@lru_cache
def compiled(pattern: bytes) -> re.Pattern[bytes]:
    """Return a pattern, which many pieces of a sheet share."""
    return re.compile(pattern)


def places_of(
    names: Sequence[bytes], marks: Sequence[bytes], letters: Sequence[bytes], digits: Sequence[bytes]
) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Return which cells are a column's, and in which of the rows each stands.

    Raises:
        NotPlainError: a cell is named as none of its row can be.
    """
    place = {name: i for i, name in enumerate(names)}
    every: dict[int, list[int]] = {}
    placed: dict[int, list[int]] = {}
    row, column = b"", 0
    for p, (mark, letter, digit) in enumerate(zip(marks, letters, digits, strict=True)):
        if mark:
            row, column = mark, 0
        number = column_number_of(letter)
        if digit != row or number <= column:
            raise NotPlainError
        column = number
        every.setdefault(column, []).append(p)
        placed.setdefault(column, []).append(place[row])
    return every, placed


def refuse_other_tags(piece: bytes, found: Sequence[Sequence[bytes]], rows: int) -> None:
    """Check that some rows hold nothing but the cells found in them.

    Raises:
        NotPlainError: they hold something else.
    """
    counts = {tag: piece.count(tag) for tag in TAGS}
    with_formula = [cell[4] for cell in found if cell[4]]
    closed = sum(text.endswith(b"</f>") for text in with_formula)
    values = counts[b"<v>"]
    is_plain = (
        sum(counts.values()) == piece.count(b"<")
        and counts[b"<row "] == rows
        and counts[b"<c "] == len(found)
        and counts[b"<f"] == len(with_formula)
        and counts[b"</f>"] == closed
        and counts[b"</v>"] == values
        and counts[b"<is>"] == counts[b"</is>"] == counts[b"<t"] == counts[b"</t>"]
    )
    if not is_plain:
        raise NotPlainError


@lru_cache
def column_number_of(letters: bytes) -> int:
    """Return a column's number.

    Raises:
        NotPlainError: beyond the last column.
    """
    try:
        return column_number(letters.decode())
    except ValueError:
        raise NotPlainError from None


def kind_of(attributes: bytes) -> str:
    """Return the type that a cell's attributes tell."""
    found = TYPE.search(attributes)
    return "n" if found is None else found[1].decode()


def plain_text(text: bytes) -> str:
    """Return an XML text as it is meant.

    Raises:
        NotPlainError: it is no UTF-8, or has characters by number or name that are not read here.
    """
    try:
        found = text.decode()
    except UnicodeDecodeError:
        raise NotPlainError from None
    return ENTITY.sub(character, found) if "&" in found else found


def character(entity: re.Match[str]) -> str:
    """Return the character that is given by its name or number.

    Raises:
        NotPlainError: it has another name, or XML has no such character.
    """
    in_hex, number, name = entity.groups()
    code = int(in_hex, 16) if in_hex else int(number) if number else -1
    if name in NAMED_ENTITIES:
        return NAMED_ENTITIES[name]
    if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
        return chr(code)
    raise NotPlainError


def formula_text(written_formula: bytes) -> str:
    """Return the text of a formula's XML."""
    match = FORMULA.match(written_formula)
    assert match is not None
    return plain_text(match[2])


def spread(cells: Any, places: Sequence[int], count: int, filler: object) -> Values:
    """Return cells at their places among so many rows."""
    found = np.full(count, filler, dtype=object)
    found[list(places)] = cells.tolist() if isinstance(cells, np.ndarray) else list(cells)
    return found


def is_there(cells: Values) -> NDArray[np.bool_]:
    """Return in which rows a column has a cell."""
    if cells.dtype == np.float64:
        return np.ones(len(cells), dtype=bool)
    return np.array([cell is not NOT_THERE for cell in cells.tolist()], dtype=bool)


def blanks_as_none(cells: Values) -> Values:
    """Return a column's cells, None where there is none; of float64 if all are numbers."""
    if cells.dtype == np.float64:
        return cells
    found = cells.tolist()
    if set(map(type, found)) == {float}:
        return cells.astype(np.float64)
    return as_objects([None if cell is NOT_THERE else cell for cell in found])


def as_objects(cells: Any) -> Values:
    """Return cells as an array of objects."""
    found = np.empty(len(cells), dtype=object)
    found[:] = cells.tolist() if isinstance(cells, np.ndarray) else cells
    return found
