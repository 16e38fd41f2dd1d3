"""What a defined name's text can say besides a plain block of cells: a constant, or cells of a table by their names.

Structured references are read as Excel's Name Manager writes them: Rows[x], Rows[[x]:[z]], Rows[[#Headers],[x]:[z]].
"""

import re
from dataclasses import dataclass

from pyfuncs.cells.errors import GradsheetError

_NUMBER = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(%?)")
_TEXT = re.compile(r'"((?:[^"]|"")*)"')
_TRUTH = {"TRUE": True, "FALSE": False, "TRUE()": True, "FALSE()": False}
_REFERENCE = re.compile(r"([^\W\d][\w.\\]*)(?:\[(.*)\])?", re.DOTALL)
# An apostrophe takes the meaning from the bracket, sharp or apostrophe behind it.
_WORD = r"((?:'.|[^'\[\]])*)"
_SINGLE = re.compile(_WORD, re.DOTALL)
_ITEM = re.compile(r"\s*\[(#[^\]]*)\]\s*(?:[,;]|$)")
_COLUMNS = re.compile(rf"\s*\[{_WORD}\]\s*(?::\s*\[{_WORD}\]\s*)?", re.DOTALL)


def constant_of(text: str) -> float | bool | str | None:
    """Return the number, the text or the TRUE or FALSE that a name stands for, None where it stands for another thing.

    A number has a decimal point and perhaps a percent sign, as workbooks write it whatever the country.
    """
    text = text.strip().removeprefix("=").strip()
    if text.upper() in _TRUTH:
        return _TRUTH[text.upper()]
    number = _NUMBER.fullmatch(text)
    if number is not None:
        return float(number[1]) / (100 if number[2] else 1)
    quoted = _TEXT.fullmatch(text)
    return None if quoted is None else quoted[1].replace('""', '"')


@dataclass(frozen=True)
class TableLayout:
    """A table's shape: all its rows, those of names and of totals included, and the names of its columns."""

    rows: int
    columns: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0


@dataclass(frozen=True)
class StructuredReference:
    """The parts of a table that a text names: items (#Data, #All ...), and columns from one to another (None: all)."""

    table: str
    items: tuple[str, ...] = ("#data",)
    first: str | None = None
    last: str | None = None

    @classmethod
    def parse(cls, text: str) -> "StructuredReference | None":
        """Read Rows, Rows[x], Rows[[x]:[z]], Rows[#All] or Rows[[#All],[x]]; None for anything else."""
        match = _REFERENCE.fullmatch(text.strip().removeprefix("="))
        if match is None:
            return None
        table, inside = match[1], (match[2] or "").strip()
        if inside.startswith("#") or not inside:
            return cls(table, (inside.casefold() or "#data",))
        if _SINGLE.fullmatch(inside):
            return cls(table, first=_plain(inside), last=_plain(inside))
        items = []
        while item := _ITEM.match(inside):
            items.append(item[1].casefold())
            inside = inside[item.end() :]
        columns = _COLUMNS.fullmatch(inside)
        if columns is None:
            return cls(table, tuple(items)) if items and not inside else None
        first, last = columns[1], columns[1] if columns[2] is None else columns[2]
        return cls(table, tuple(items) or ("#data",), _plain(first), _plain(last))

    def cells(self, layout: TableLayout) -> tuple[int, int, int, int]:
        """Return the top, left, bottom and right of the cells meant, from 0 inside the table, all four among them.

        Raises:
            GradsheetError: the table has no such column or no such rows.
        """
        ends = {
            "#all": (0, layout.rows),
            "#headers": (0, layout.header_rows),
            "#data": (layout.header_rows, layout.rows - layout.totals_rows),
            "#totals": (layout.rows - layout.totals_rows, layout.rows),
        }
        unknown = [item for item in self.items if item not in ends]
        if unknown:
            raise GradsheetError(f"{unknown[0]} of a table means another row in every cell.")
        top, bottom = min(ends[item][0] for item in self.items), max(ends[item][1] for item in self.items)
        if top >= bottom:
            raise GradsheetError(f"The table {self.table} has no rows there.")
        left = 0 if self.first is None else self._column(self.first, layout)
        right = len(layout.columns) - 1 if self.last is None else self._column(self.last, layout)
        return top, min(left, right), bottom - 1, max(left, right)

    def _column(self, name: str, layout: TableLayout) -> int:
        found = next((j for j, known in enumerate(layout.columns) if known.casefold() == name.casefold()), None)
        if found is None:
            raise GradsheetError(f"The table {self.table} has no column {name}; it has {', '.join(layout.columns)}.")
        return found


def _plain(word: str) -> str:
    return re.sub("'(.)", r"\1", word, flags=re.DOTALL)
