"""Which cells a formula reads: its references, names and tables as rectangles."""

import re
from typing import NamedTuple

from workbooks.xlsx.area import LAST_COLUMN, LAST_ROW, Area, column_number, corners, split_sheet
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.formulas import words
from workbooks.xlsx.package import Package

# Their result depends on more than the cells they are given. TABLE is how a what-if table is written here.
_OPEN_ENDED = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "RANDARRAY", "OFFSET", "INDIRECT", "CELL", "INFO", "TABLE"}
# What LET and LAMBDA call their own names in a file; what they stand for is written in the same formula.
_PARAMETER = re.compile(r"_xlpm\.[^:!\[]+", re.IGNORECASE)
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?([1-9][0-9]{0,6}):\$?([1-9][0-9]{0,6})")
_RELATIVE = re.compile(r"(?<![$A-Za-z0-9])[A-Za-z0-9]|(?<=[A-Za-z])[0-9]")


class Sources(NamedTuple):
    """The areas a formula reads; `known` is false where it may read others that its text does not tell."""

    areas: frozenset[Area]
    known: bool


_NOTHING = Sources(frozenset(), known=True)
_UNKNOWN = Sources(frozenset(), known=False)


class References:
    """Finds what formulas of one workbook read, each word looked up once."""

    def __init__(self, package: Package) -> None:
        self._titles = package.sheet_titles
        self._places = {title.casefold(): place for place, title in enumerate(self._titles)}
        self._names = {
            (None if title is None else title.casefold(), name.casefold()): text
            for (title, name), text in package.defined_names().items()
        }
        self._tables: dict[str, Area | None] = {}
        for name, table in package.tables().items():
            try:
                self._tables[name.casefold()] = Area.parse(table.ref, table.sheet)
            except FileProblem:
                self._tables[name.casefold()] = None
        self._words: dict[tuple[str, str], Sources] = {}

    def sources(self, formula: str, sheet: str) -> Sources:
        """Return what a formula on `sheet` reads."""
        found = words(formula)
        if found is None:
            return _UNKNOWN
        areas: set[Area] = set()
        known = True
        for word in found:
            sources = self._words.get((sheet, word))
            if sources is None:
                # A name that leads back to itself finds this and ends.
                self._words[sheet, word] = _UNKNOWN
                sources = self._words[sheet, word] = self._look_up(word, sheet)
            areas |= sources.areas
            known = known and sources.known
        return Sources(frozenset(areas), known)

    def _look_up(self, word: str, sheet: str) -> Sources:
        if _PARAMETER.fullmatch(word):
            return _NOTHING
        if word.endswith("("):
            return self._function(word[:-1], sheet)
        if word.endswith("#REF!"):  # the cells were deleted
            return _NOTHING
        prefix, reference = split_sheet(word)
        titles = [sheet] if prefix is None else self._sheets(prefix)
        if titles is None:
            return _UNKNOWN
        rectangle = _rectangle(reference)
        if rectangle is not None:
            return Sources(frozenset(Area(title, *rectangle) for title in titles), known=True)
        if len(titles) != 1:
            return _UNKNOWN
        name = self._names.get((titles[0].casefold(), reference.casefold()))
        if name is None:
            name = self._names.get((None, reference.casefold()))
        if name is not None:
            return self._name(name, titles[0])
        table = self._tables.get(reference.partition("[")[0].casefold())
        return _UNKNOWN if table is None else Sources(frozenset({table}), known=True)

    def _function(self, function: str, sheet: str) -> Sources:
        if ":" in function:  # A1:INDEX( ends where only calculating tells
            return _UNKNOWN
        plain = function.upper().removeprefix("_XLFN.").removeprefix("_XLWS.")
        if plain in _OPEN_ENDED:
            return _UNKNOWN
        # A name can stand for a function, and its formula can read cells.
        named = (sheet.casefold(), function.casefold()) in self._names or (None, function.casefold()) in self._names
        return self._look_up(function, sheet) if named else _NOTHING

    def _name(self, text: str, sheet: str) -> Sources:
        # A reference in a name without dollar signs means other cells wherever the name is used.
        for word in words(text) or ():
            reference = split_sheet(word)[1]
            if _rectangle(reference) is not None and _RELATIVE.search(reference):
                return _UNKNOWN
        return self.sources(text, sheet)

    def _sheets(self, prefix: str) -> list[str] | None:
        """Return the sheets that `Model` or `First:Last` names, None if there is none (or another file's)."""
        first, _, last = prefix.partition(":")
        begin = self._places.get(first.casefold())
        end = self._places.get((last or first).casefold())
        if begin is None or end is None:
            return None
        return list(self._titles[min(begin, end) : max(begin, end) + 1])


def _rectangle(reference: str) -> tuple[int, int, int, int] | None:
    """Read a block of cells, whole columns or whole rows as top, left, bottom, right."""
    try:
        columns = _COLUMNS.fullmatch(reference)
        if columns is not None:
            left, right = sorted(column_number(letters.upper()) for letters in columns.groups())
            return 1, left, LAST_ROW, right
        rows = _ROWS.fullmatch(reference)
        if rows is not None:
            top, bottom = sorted(int(digits) for digits in rows.groups())
            return (top, 1, bottom, LAST_COLUMN) if bottom <= LAST_ROW else None
        return corners(reference)
    except ValueError:
        return None
