"""A large sheet: its rows stay bytes, its columns become arrays, and only rows that are looked at become elements.

Ten million cells as elements of a tree take thirteen gigabytes, as numbers eighty megabytes. What is read here is what
spreadsheet programs write; a sheet with anything else in its rows is left to the tree.
"""

import datetime
import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from itertools import accumulate, chain, islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from lxml import etree
from lxml.etree import _Element
from numpy.typing import NDArray

from pyfuncs.cells.spelling import exact_texts
from workbooks.xlsx.area import Area, column_letters
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.formulas import SharedFormula
from workbooks.xlsx.grid import CellFormula, Grid, arrays_of
from workbooks.xlsx.namespaces import MAIN, ROW, SHEET_DATA
from workbooks.xlsx.parse import parsed
from workbooks.xlsx.stored import StoredValue, stored_text, stored_value
from workbooks.xlsx.tall_rows import (
    ATTRIBUTE,
    HEAD,
    METADATA,
    NOT_THERE,
    REST_OF_CELL,
    ROW_START,
    TYPE,
    ColumnarRows,
    NotPlainError,
    RowReader,
    Values,
    as_objects,
    blanks_as_none,
    formula_text,
    is_there,
    kind_of,
    pieces_of,
    plain_text,
)


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
        return CellFormula(formula_text(text))

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
        open_part: Callable[[], BinaryIO],
        title: str,
        path: Path,
        strings: Callable[[], Sequence[str]],
        epoch: datetime.datetime,
    ) -> None:
        """Read all cells once; `open_part` opens the sheet's XML whenever it is needed again.

        Raises:
            NotPlainError: the sheet holds what is not read here.
        """
        reader = RowReader(strings, epoch)
        self._open, self._strings, self._epoch = open_part, strings, epoch
        self._read: list[ColumnarRows] = []
        with open_part() as stream:
            before, after = self._kept_ends(pieces_of(stream), reader)
        head = HEAD.match(before)
        if head is None or not self._read or not self._read[0].numbers:
            raise NotPlainError
        self._start_tag = before[head.start() : head.end()]
        self.root = parsed(before + b"<sheetData/>" + after, title, path)
        empty = self.root.find(SHEET_DATA)
        if self.root.tag != f"{{{MAIN}}}worksheet" or empty is None:
            raise NotPlainError
        super().__init__(empty, title, path)
        self._order = list(chain.from_iterable(rows.numbers for rows in self._read))
        self._numbers = np.array(self._order, dtype=np.int64)
        self._firsts = [0, *accumulate(len(rows.numbers) for rows in self._read)]
        self._new: dict[int, list[NewValues]] = {}
        self._held = (-1, b"")

    def _kept_ends(self, pieces: Iterator[bytes], reader: RowReader) -> tuple[bytes, bytes]:
        """Read all rows; return what is before and after them.

        Raises:
            NotPlainError: they hold what is not read here.
        """
        before, waiting = next(pieces), next(pieces)
        above = 0
        for piece in pieces:
            rows = reader.read(waiting, above)
            if rows.numbers:
                above = rows.numbers[-1]
            self._read.append(rows)
            waiting = piece
        return before, waiting

    def cells(self, row: int) -> dict[int, _Element]:
        """Return the cell elements there are in a row, by column."""
        if row not in self._rows:
            place = self._place(row)
            if place is not None:
                self._rows[row] = self._element(self._row(place))
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
        for rows, start in self._between(low, high):
            part = rows.columns.get(column)
            if part is None:
                part = np.full(len(rows.numbers), NOT_THERE, dtype=object)
            pieces.append(part[max(low - start, 0) : high - start])
        return self._numbers[low:high], pieces

    def _between(self, low: int, high: int) -> Iterator[tuple[ColumnarRows, int]]:
        """Yield the rows read together, and the place of the first of them, from one place to another."""
        for rows, start in zip(self._read, self._firsts, strict=False):
            if start < high and low < start + len(rows.numbers):
                yield rows, start

    def _filled(self, area: Area) -> tuple[Sequence[int], int]:
        """Return the rows of an area that have cells in it, and the last column in which these rows have any."""
        known = sorted({column for part in self._read for column in part.columns})
        there = {column: self._has_cell(column, area.top, area.bottom) for column in known}
        inside = np.zeros(area.shape[0], dtype=bool)
        for column in known:
            if area.left <= column <= area.right:
                inside |= there[column]
        last = max((column for column in known if (there[column] & inside).any()), default=area.left)
        return (np.flatnonzero(inside) + area.top).tolist(), last

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
    def _arrays(self) -> list[tuple[str, Area]]:
        return arrays_of(self.special_formulas.values())

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
        for rows, start in self._between(low, high):
            first = max(low - start, 0)
            numbers = rows.numbers[first : high - start]
            for column, texts in rows.formulas.items():
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
        k = bisect_right(self._firsts, place) - 1
        texts = self._read[k].formulas.get(column)
        return b"" if texts is None else texts[place - self._firsts[k]]

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
        above = 0
        with self._open() as stream:
            pieces = pieces_of(stream)
            next(pieces)
            for rows, text in zip(self._read, pieces, strict=False):
                last = rows.numbers[-1] if rows.numbers else above
                yield self._with_elements(rows, text, [row for row in sorted(self._rows) if above < row <= last])
                above = last
        yield from (written(self._rows[row]) for row in sorted(self._rows) if row > above)
        yield b"</sheetData>" + after

    def _with_elements(self, rows: ColumnarRows, text: bytes, elements: Sequence[int]) -> bytes:
        """Return some rows' XML with the new values, and with the rows that have become elements."""
        if not elements:
            return self._with_new_values(text, rows.numbers)
        starts = [*(match.start() for match in ROW_START.finditer(text)), len(text)]
        found, done = [], 0
        for row in elements:
            place = bisect_left(rows.numbers, row)
            found.append(self._with_new_values(text[starts[done] : starts[place]], rows.numbers[done:place]))
            found.append(written(self._rows[row]))
            done = place + (self._place(row) is not None)
        found.append(self._with_new_values(text[starts[done] :], rows.numbers[done:]))
        return b"".join(found)

    def _with_new_values(self, text: bytes, numbers: Sequence[int]) -> bytes:
        texts = {
            column_letters(column).encode(): found
            for column, new in self._new.items()
            if numbers and (found := texts_between(new, numbers[0], numbers[-1]))
        }
        return with_new_values(text, texts) if texts else text

    def _row(self, place: int) -> bytes:
        """Return the XML of the row at a place, with the new values."""
        k = bisect_right(self._firsts, place) - 1
        if self._held[0] != k:
            with self._open() as stream:
                self._held = (k, next(islice(pieces_of(stream), k + 1, None)))
        starts = ROW_START.finditer(self._held[1])
        start = next(islice(starts, place - self._firsts[k], None)).start()
        following = next(starts, None)
        row = self._held[1][start : None if following is None else following.start()]
        return self._with_new_values(row, [int(self._numbers[place])])

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
    open_part: Callable[[], BinaryIO],
    title: str,
    path: Path,
    strings: Callable[[], Sequence[str]],
    epoch: datetime.datetime,
) -> TallGrid | None:
    """Return a large sheet's rows and cells, None where its XML is not as spreadsheet programs write it."""
    try:
        return TallGrid(open_part, title, path, strings, epoch)
    except (NotPlainError, FileProblem):
        return None  # the tree says what is wrong


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


def with_new_values(text: bytes, texts: Mapping[bytes, Mapping[bytes, tuple[str | None, str]]]) -> bytes:
    """Return rows with other values in some cells, given by column and row."""
    pieces, done = [], 0
    for match in cells_of_columns(tuple(texts)).finditer(text):
        column, row, attributes, formula, value = match.groups()[:5]
        new = texts[column].get(row)
        if new is None:
            continue
        kind, shown = new[0], escape(new[1], quote=False).encode()
        if value is not None and kind == (None if (old := kind_of(attributes)) == "n" else old):
            pieces += [text[done : match.start(5)], shown]
            done = match.end(5)
            continue
        mark = b"" if kind is None else b' t="%s"' % kind.encode()
        kept = METADATA.sub(b"", TYPE.sub(b"", attributes))
        cell = b'<c r="%s%s"%s%s>%s<v>%s</v></c>' % (column, row, kept, mark, formula or b"", shown)
        pieces += [text[done : match.start()], cell]
        done = match.end()
    pieces.append(text[done:])
    return b"".join(pieces)


def written(row: _Element) -> bytes:
    """Return a row's XML."""
    text = etree.tostring(row.getroottree(), encoding="UTF-8")
    return text[text.index(b"<sheetData>") + len(b"<sheetData>") : text.rindex(b"</sheetData>")]
