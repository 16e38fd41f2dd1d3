"""A large sheet: its rows stay bytes, its columns become arrays, and only rows that are looked at become elements.

Ten million cells as elements of a tree take thirteen gigabytes, as numbers eighty megabytes. What is read here is what
spreadsheet programs write; a sheet with anything else in its rows is left to the tree.
"""

import datetime
import re
from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, Final
from xml.sax.saxutils import escape, unescape

import numpy as np
from lxml import etree
from lxml.etree import _Element
from numpy.typing import NDArray

from pyfuncs.cells.spelling import exact_texts
from workbooks.xlsx.area import LAST_ROW, Area, column_letters, column_number
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.formulas import SharedFormula
from workbooks.xlsx.grid import FEW_CELLS, CellFormula, Grid
from workbooks.xlsx.namespaces import MAIN, ROW, SHEET_DATA
from workbooks.xlsx.parse import parsed
from workbooks.xlsx.stored import UNREADABLE, StoredValue, stored_text, stored_value, value_of

Values = NDArray[Any]
ROWS_AT_ONCE: Final = 2_000
DECLARATION = rb"<\?xml version=[\"']1\.0[\"'](?: encoding=[\"']utf-8[\"'])?(?![^<>?]*encoding)[^<>?]*\?>"
HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:" + DECLARATION + rb")?\s*<worksheet[^<>]*>", re.IGNORECASE)
ATTRIBUTES = rb'((?: [\w:]+="[^"<&]*")*)'
ROW_START = re.compile(rb'<row r="([0-9]{1,7})"' + ATTRIBUTES + rb" ?/?>")
REST_OF_CELL = (
    rb'([0-9]{1,7})"' + ATTRIBUTES + rb"(?:/>|>"
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
NOT_THERE: Final = object()
"""Stands in a column where a row has no such cell."""


class NotPlainError(Exception):
    """A sheet's rows hold something that is not read here."""


@dataclass
class Rows:
    """Some rows that follow one another: a column's cells as an array, its formulas as they are written."""

    count: int
    columns: dict[int, Values] = field(default_factory=dict)
    """Of float64 where all cells hold numbers, else of objects."""
    formulas: dict[int, Sequence[bytes]] = field(default_factory=dict)
    """Of the columns that have any, b"" for a cell without."""


@dataclass(frozen=True)
class NewValues:
    """What formulas give by now that stand in one column, from a row on, and which of them the file does not hold."""

    top: int
    values: Values
    changed: NDArray[np.bool_]


class TallFormulas(Mapping[tuple[int, int], CellFormula]):
    """The formulas by the row and column of the cell that holds each, made when they are asked for."""

    def __init__(self, grid: "TallGrid") -> None:
        self._grid = grid
        self._special = grid.special_formulas

    def __getitem__(self, place: tuple[int, int]) -> CellFormula:
        """Return the formula of a cell."""
        if place in self._special:
            return self._special[place]
        text = self._grid.formula_of(*place)
        if not text:
            raise KeyError(place)
        return CellFormula(formula_text(text), self._grid.cell_area(*place))

    def __iter__(self) -> Iterator[tuple[int, int]]:
        """Yield the cells with a formula, row by row within a column of some rows."""
        return self._grid.formula_places()

    def __len__(self) -> int:
        """Return how many formulas there are."""
        return self._count

    @cached_property
    def _count(self) -> int:
        return sum(1 for _ in self)


class TallGrid(Grid):
    """The rows and cells of a large sheet, found by number."""

    def __init__(
        self,
        data: Callable[[], bytes],
        title: str,
        path: Path,
        strings: Callable[[], Sequence[str]],
        epoch: datetime.datetime,
    ) -> None:
        """Read all cells once; `data` gives the sheet's XML whenever it is needed again.

        Raises:
            NotPlainError: the sheet holds what is not read here.
        """
        text = data()
        head = HEAD.match(text)
        start, end = text.find(b"<sheetData>"), text.rfind(b"</sheetData>")
        if head is None or not 0 < start < end:
            raise NotPlainError
        self._start_tag = text[head.start() : head.end()]
        self._first, self._last = start + len(b"<sheetData>"), end
        self.root = parsed(text[:start] + b"<sheetData/>" + text[end + len(b"</sheetData>") :], title, path)
        empty = self.root.find(SHEET_DATA)
        if self.root.tag != f"{{{MAIN}}}worksheet" or empty is None:
            raise NotPlainError
        super().__init__(empty, title, path)
        self._text, self._strings, self._epoch = data, strings, epoch
        self._index(text)
        self._known: dict[tuple[str, bytes], StoredValue] = {}
        self._read = [self._read_rows(text, i) for i in range(0, len(self._numbers), ROWS_AT_ONCE)]
        self._new: dict[int, list[NewValues]] = {}

    def _index(self, text: bytes) -> None:
        numbers, starts = [], []
        for match in ROW_START.finditer(text, self._first, self._last):
            numbers.append(int(match[1]))
            starts.append(match.start())
        self._numbers = np.array(numbers, dtype=np.int64)
        self._starts = np.array([*starts, self._last], dtype=np.int64)
        is_ascending = bool((np.diff(self._numbers) > 0).all())
        if not numbers or not is_ascending or numbers[0] < 1 or numbers[-1] > LAST_ROW:
            raise NotPlainError
        if text[self._first : starts[0]].strip():
            raise NotPlainError
        self._order = numbers

    def _read_rows(self, text: bytes, first: int) -> Rows:
        """Read some rows, from one on.

        Raises:
            NotPlainError: they hold what is not read here.
        """
        last = min(first + ROWS_AT_ONCE, len(self._numbers))
        piece = text[self._starts[first] : self._starts[last]]
        found = CELL.findall(piece)
        refuse_other_tags(piece, found, last - first)
        rows = Rows(last - first)
        if not found:
            return rows
        marks, letters, digits, attributes, formulas, *stored = zip(*found, strict=True)
        names = [b"%d" % number for number in self._numbers[first:last].tolist()]
        width = len(found) // rows.count
        wanted_marks = [name if j == 0 else b"" for name in names for j in range(width)]
        is_regular = (
            width * rows.count == len(found)
            and letters == letters[:width] * rows.count
            and list(digits) == [name for name in names for _ in range(width)]
            and list(marks) == wanted_marks
        )
        if is_regular:
            every: dict[bytes, slice | list[int]] = {letters[j]: slice(j, None, width) for j in range(width)}
            if len(every) != width:
                raise NotPlainError
            placed: dict[bytes, list[int] | None] = dict.fromkeys(every)
        else:
            every, placed = self._placed(names, marks, letters, digits)
        for letter, which in every.items():
            column = column_number_of(letter)
            kinds, texts, *own = (
                each[which] if isinstance(which, slice) else [each[p] for p in which]
                for each in (attributes, formulas, *stored)
            )
            cells = self._values(kinds, *own)
            places = placed[letter]
            rows.columns[column] = cells if places is None else spread(cells, places, rows.count, NOT_THERE)
            if any(texts):
                rows.formulas[column] = texts if places is None else spread(texts, places, rows.count, b"").tolist()
        return rows

    def _placed(
        self,
        names: Sequence[bytes],
        marks: Sequence[bytes],
        letters: Sequence[bytes],
        digits: Sequence[bytes],
    ) -> tuple[dict[bytes, slice | list[int]], dict[bytes, list[int] | None]]:
        """Return which cells are a column's, and in which of the rows each stands."""
        place = {name: i for i, name in enumerate(names)}
        every: dict[bytes, slice | list[int]] = {}
        placed: dict[bytes, list[int] | None] = {}
        row, column = b"", 0
        for p, (mark, letter, digit) in enumerate(zip(marks, letters, digits, strict=True)):
            if mark:
                row, column = mark, 0
            number = column_number_of(letter)
            if digit != row or number <= column:
                raise NotPlainError
            column = number
            if letter not in every:
                every[letter], placed[letter] = [], []
            every[letter].append(p)  # type: ignore[union-attr]
            placed[letter].append(place[row])  # type: ignore[union-attr]
        return every, placed

    def _values(
        self, attributes: Sequence[bytes], values: Sequence[bytes], ends: Sequence[bytes], inline: Sequence[bytes]
    ) -> Values:
        """Return the values of a column's cells."""
        kinds = {each: kind_of(each) for each in set(attributes)}
        try:
            if set(kinds.values()) == {"n"} and all(values):
                numbers = np.array(list(map(float, values)), dtype=np.float64)
                if not np.isfinite(numbers).all():
                    raise NotPlainError
                return numbers
            cells = np.empty(len(values), dtype=object)
            cells[:] = [
                self._value(kinds[kind], text if kinds[kind] == "inlineStr" else value) if end or text else None
                for kind, value, end, text in zip(attributes, values, ends, inline, strict=True)
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

    def cells(self, row: int) -> dict[int, _Element]:
        """Return the cell elements there are in a row, by column."""
        if row not in self._rows:
            place = self._place(row)
            if place is not None:
                self._rows[row] = self._element(b"".join(self._rows_with_new_values(place, place + 1)))
        return super().cells(row)

    def values(self, area: Area) -> Values:
        """Return the values of an area, None for a blank cell; of float64 if all are numbers."""
        columns = [self._column(column, area.top, area.bottom) for column in range(area.left, area.right + 1)]
        if all(column.dtype == np.float64 for column in columns):
            return np.column_stack(columns)
        found = np.empty((area.shape[0], len(columns)), dtype=object)
        for j, column in enumerate(columns):
            found[:, j] = column.tolist()
        return found

    def _column(self, column: int, top: int, bottom: int) -> Values:
        """Return a column's values from one row to another."""
        cells = self._cells_of(column, top, bottom)
        for new in self._new.get(column, ()):
            low, high = max(top, new.top), min(bottom + 1, new.top + len(new.values))
            if low < high:
                if new.values.dtype != cells.dtype:
                    cells = as_objects(cells)
                cells[low - top : high - top] = new.values[low - new.top : high - new.top].tolist()
        for row in (row for row in self._rows if top <= row <= bottom):
            element = super().cells(row).get(column)
            value = None if element is None else stored_value(element, self._strings(), self._epoch)[0]
            if not isinstance(value, float):
                cells = as_objects(cells)
            cells[row - top] = value
        return cells

    def _cells_of(self, column: int, top: int, bottom: int) -> Values:
        """Return the values that the file holds in a column from one row to another."""
        numbers, pieces = self._pieces_of(column, top, bottom)
        pieces = [blanks_as_none(piece) for piece in pieces]
        if len(numbers) == bottom - top + 1 and all(piece.dtype == np.float64 for piece in pieces):
            return np.concatenate(pieces)
        cells = np.full(bottom - top + 1, None, dtype=object)
        cells[numbers - top] = list(chain.from_iterable(piece.tolist() for piece in pieces))
        return cells

    def _has_cell(self, column: int, top: int, bottom: int) -> NDArray[np.bool_]:
        """Return which rows of the file have a cell in a column, from one row to another."""
        numbers, pieces = self._pieces_of(column, top, bottom)
        found = np.zeros(bottom - top + 1, dtype=bool)
        if pieces:
            found[numbers - top] = np.concatenate([is_there(piece) for piece in pieces])
        return found

    def _pieces_of(self, column: int, top: int, bottom: int) -> tuple[NDArray[np.int64], list[Values]]:
        """Return the numbers of the rows there are from one to another, and a column's cells in them, in pieces."""
        low, high = (int(np.searchsorted(self._numbers, number)) for number in (top, bottom + 1))
        pieces = []
        for k in range(low // ROWS_AT_ONCE, -(-high // ROWS_AT_ONCE)):
            rows, start = self._read[k], k * ROWS_AT_ONCE
            part = rows.columns.get(column)
            if part is None:
                part = np.full(rows.count, NOT_THERE, dtype=object)
            pieces.append(part[max(low - start, 0) : high - start])
        return self._numbers[low:high], pieces

    def refuse_mostly_empty(self, area: Area, name: str) -> None:
        """Check that the sheet has cells in most rows and columns of a large area.

        Raises:
            FileProblem: saying where the cells end.
        """
        rows, columns = area.shape
        if rows * columns <= FEW_CELLS:
            return
        known = sorted({column for part in self._read for column in part.columns})
        there = {column: self._has_cell(column, area.top, area.bottom) for column in known}
        inside = np.zeros(rows, dtype=bool)
        for column in known:
            if area.left <= column <= area.right:
                inside |= there[column]
        filled = np.flatnonzero(inside) + area.top
        last = max((column for column in known if (there[column] & inside).any()), default=area.left)
        self._refuse_where_empty(area, name, filled.tolist(), last)

    @cached_property
    def formulas(self) -> Mapping[tuple[int, int], CellFormula]:
        """The formulas by the row and column of the cell that holds each, shared ones written out."""
        return TallFormulas(self)

    @cached_property
    def special_formulas(self) -> dict[tuple[int, int], CellFormula]:
        """Those with attributes: array formulas, shared ones, tables of operations."""
        shared: dict[str, SharedFormula] = {}
        special = [(row, column, text) for row, column, text in self._written_formulas() if not text.startswith(b"<f>")]
        return {
            (row, column): self._read_formula(
                {
                    name: plain_text(value.encode())
                    for name, value in ATTRIBUTE.findall(text[2 : text.index(b">")].decode())
                },
                formula_text(text),
                row,
                column,
                shared,
            )
            for row, column, text in sorted(special)
        }

    @cached_property
    def _array_formulas(self) -> list[CellFormula]:
        return [formula for formula in self.special_formulas.values() if formula.area.shape != (1, 1)]

    def _own_texts(self, area: Area) -> dict[tuple[int, int], str]:
        special = self.special_formulas
        return {
            (row, column): special[row, column].text if (row, column) in special else formula_text(text)
            for row, column, text in self._written_formulas(area)
        }

    def _written_formulas(self, area: Area | None = None) -> Iterator[tuple[int, int, bytes]]:
        """Yield the row, the column and the XML of each formula, of some cells or of all."""
        low, high = 0, len(self._numbers)
        if area is not None:
            low, high = (int(np.searchsorted(self._numbers, number)) for number in (area.top, area.bottom + 1))
        for k in range(low // ROWS_AT_ONCE, -(-high // ROWS_AT_ONCE)):
            start = k * ROWS_AT_ONCE
            first = max(low - start, 0)
            numbers = self._numbers[start + first : min(start + ROWS_AT_ONCE, high)].tolist()
            for column, texts in self._read[k].formulas.items():
                if area is None or area.left <= column <= area.right:
                    for number, text in zip(numbers, texts[first : first + len(numbers)], strict=True):
                        if text:
                            yield number, column, text

    def formula_places(self) -> Iterator[tuple[int, int]]:
        """Yield the row and column of each cell with a formula."""
        return ((row, column) for row, column, _ in self._written_formulas())

    def formula_of(self, row: int, column: int) -> bytes:
        """Return a cell's formula as it is written, nothing where it has none."""
        place = self._place(row)
        if place is None:
            return b""
        texts = self._read[place // ROWS_AT_ONCE].formulas.get(column)
        return b"" if texts is None else texts[place % ROWS_AT_ONCE]

    def cell_area(self, row: int, column: int) -> Area:
        """Return one cell."""
        return Area(self._title, row, column, row, column)

    def put_formula_values(self, area: Area, values: Values) -> dict[tuple[int, int], StoredValue]:
        """Store what formulas give; return those of cells that have an element by now, or are not there."""
        rest: dict[tuple[int, int], StoredValue] = {}
        for j, column in enumerate(range(area.left, area.right + 1)):
            known = self._cells_of(column, area.top, area.bottom)
            new = values[:, j]
            changed = differs(known, new)
            by_hand = [row for row in self._rows if area.top <= row <= area.bottom]
            by_hand += (np.flatnonzero(changed & ~self._has_cell(column, area.top, area.bottom)) + area.top).tolist()
            rest |= {(row, column): new[row - area.top] for row in by_hand}
            changed[np.array(by_hand, dtype=np.int64) - area.top] = False
            of_others = [each for each in self._new.get(column, ()) if each.top != area.top]
            self._new[column] = [*of_others, NewValues(area.top, new, changed)]
        return rest

    def pieces(self) -> Iterator[bytes]:
        """Yield the sheet's XML as it is now, one piece after the other."""
        before, _, after = etree.tostring(
            self.root.getroottree(), encoding="UTF-8", xml_declaration=True, standalone=True
        ).partition(b"<sheetData/>")
        yield before + b"<sheetData>"
        done = 0
        for number in sorted(self._rows):
            place = bisect_left(self._numbers, number)
            yield from self._rows_with_new_values(done, place)
            yield written(self._rows[number])
            done = place + (self._place(number) is not None)
        yield from self._rows_with_new_values(done, len(self._numbers))
        yield b"</sheetData>" + after

    def _rows_with_new_values(self, first: int, last: int) -> Iterator[bytes]:
        """Yield the bytes of some rows, given by their places, with the new values in them."""
        text = self._text()
        for low in range(first, last, ROWS_AT_ONCE):
            high = min(low + ROWS_AT_ONCE, last)
            begin, end = int(self._starts[low]), int(self._starts[high])
            top, bottom = int(self._numbers[low]), int(self._numbers[high - 1])
            texts = {
                column_letters(column).encode(): found
                for column, new in self._new.items()
                if (found := texts_between(new, top, bottom))
            }
            if texts:
                yield with_new_values(text, begin, end, texts)
            else:
                yield text[begin:end]

    def _place(self, row: int) -> int | None:
        place = bisect_left(self._numbers, row)
        return place if place < len(self._numbers) and self._numbers[place] == row else None

    def _make_row(self, number: int) -> _Element:
        self.cells(number)
        if number not in self._rows:
            self._rows[number] = self._element(b'<row r="%d"/>' % number)
            insort(self._order, number)
        return self._rows[number]

    def _element(self, row: bytes) -> _Element:
        root = parsed(self._start_tag + b"<sheetData>" + row + b"</sheetData></worksheet>", self._title, self._path)
        found = next(root.iter(ROW), None)
        assert found is not None
        return found


def tall_grid(
    data: Callable[[], bytes], title: str, path: Path, strings: Callable[[], Sequence[str]], epoch: datetime.datetime
) -> TallGrid | None:
    """Return a large sheet's rows and cells, None where its XML is not as spreadsheet programs write it."""
    try:
        return TallGrid(data, title, path, strings, epoch)
    except NotPlainError:
        return None


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
        and b"xmlns" not in piece
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
    if "&" not in found:
        return found
    found = unescape(found, {"&quot;": '"', "&apos;": "'"})
    if "&#" in found:
        found = str(etree.fromstring(b"<t>" + text + b"</t>").text)
    return found


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


def differs(known: Values, new: Values) -> NDArray[np.bool_]:
    """Return which values are not the very ones that are known; 0 is not -0, nor 1 TRUE."""
    if known.dtype == new.dtype == np.float64:
        return np.asarray(np.ascontiguousarray(known).view(np.int64) != np.ascontiguousarray(new).view(np.int64))
    pairs = zip(known.tolist(), new.tolist(), strict=True)
    return np.array([one is not other and repr(one) != repr(other) for one, other in pairs], dtype=bool)


def texts_between(new: Sequence[NewValues], top: int, bottom: int) -> dict[bytes, tuple[str | None, str]]:
    """Return the types and texts of the values that changed from one row to another, by the row's number as text."""
    found: dict[bytes, tuple[str | None, str]] = {}
    for each in new:
        low, high = max(top - each.top, 0), min(bottom + 1 - each.top, len(each.values))
        places = np.flatnonzero(each.changed[low:high]) + low if low < high else np.zeros(0, dtype=np.int64)
        cells = each.values[places]
        if cells.dtype == np.float64 and np.isfinite(cells).all():
            texts: list[tuple[str | None, str]] = [(None, text) for text in exact_texts(cells)]
        else:
            texts = [stored_text(cell) for cell in cells.tolist()]
        found |= {b"%d" % row: text for row, text in zip((places + each.top).tolist(), texts, strict=True)}
    return found


@lru_cache
def cells_of_columns(letters: tuple[bytes, ...]) -> re.Pattern[bytes]:
    """Return the pattern of a cell in one of some columns."""
    return re.compile(rb'<c r="(' + b"|".join(letters) + rb")" + REST_OF_CELL)


def with_new_values(
    text: bytes, begin: int, end: int, texts: Mapping[bytes, Mapping[bytes, tuple[str | None, str]]]
) -> bytes:
    """Return rows with other values in some cells, given by column and row."""
    pieces, done = [], begin
    for match in cells_of_columns(tuple(texts)).finditer(text, begin, end):
        column, row, attributes, formula, value = match.groups()[:5]
        new = texts[column].get(row)
        if new is None:
            continue
        kind, shown = new
        if value is not None and kind == (None if (old := kind_of(attributes)) == "n" else old):
            pieces += [text[done : match.start(5)], escape(shown).encode()]
            done = match.end(5)
            continue
        mark = b"" if kind is None else b' t="%s"' % kind.encode()
        kept = METADATA.sub(b"", TYPE.sub(b"", attributes))
        cell = b'<c r="%s%s"%s%s>%s<v>%s</v></c>' % (column, row, kept, mark, formula or b"", escape(shown).encode())
        pieces += [text[done : match.start()], cell]
        done = match.end()
    pieces.append(text[done:end])
    return b"".join(pieces)


def written(row: _Element) -> bytes:
    """Return a row's XML."""
    text = etree.tostring(row.getroottree(), encoding="UTF-8")
    return text[text.index(b"<sheetData>") + len(b"<sheetData>") : text.rindex(b"</sheetData>")]
