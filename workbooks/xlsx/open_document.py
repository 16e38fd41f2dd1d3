"""The sheets of an OpenDocument spreadsheet (.ods), read only: values, formulas and names."""

import datetime
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

from lxml.etree import _Element

from pyfuncs.training.named_cells import common
from workbooks.xlsx.archive import Archive
from workbooks.xlsx.area import LAST_COLUMN, LAST_ROW, Area
from workbooks.xlsx.cells import UNCALCULATED, ShownValue, Uncalculated, unreadable
from workbooks.xlsx.errors import FileProblem
from workbooks.xlsx.package import NamedTable
from workbooks.xlsx.parse import elements
from workbooks.xlsx.stored import UNREADABLE, error_code

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_CALC_VALUE_TYPE = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
_CONTENT = "content.xml"
_KIND = b"application/vnd.oasis.opendocument.spreadsheet"
_CELLS = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_PREFIX = re.compile(r"[a-z]+:=|=")
_INSIDE = r"(?:[^\]']|'(?:[^']|'')*+'?)*+"
# What is never closed goes to the end: else a text of brackets alone would be searched from each of them.
_QUOTED = re.compile(rf"""("(?:[^"]|"")*+"?|\[{_INSIDE}\]?)""")
"""A text in a formula, or a reference with its brackets."""
_SHEET_IN = re.compile(r"(?:^|(?<=:))('(?:[^']|'')*+'#)?\$?('(?:[^']|'')*+'|[^.:'$]+)\.")
"""The sheet that a reference names, and the file before it."""
_DURATION = re.compile(r"(-?)PT(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?")


class OpenDocumentSheets:
    """The sheets' values; rows and columns count from 1."""

    def __init__(self, path: Path, archive: Archive) -> None:
        self.path = path
        if not archive.parts["mimetype"].startswith(_KIND):
            raise FileProblem(f"{path} is an OpenDocument file, but no spreadsheet; save the table as .ods or CSV.")
        if b"encryption-data" in archive.parts.get("META-INF/manifest.xml", b""):
            raise FileProblem(f"{path} is protected by a password; save it without one and try again.")
        if _CONTENT not in archive.parts:
            raise FileProblem(f"{path} is damaged: its part {_CONTENT} is missing; take another copy of it.")
        self._content = archive.parts[_CONTENT]

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """The sheets in their order."""
        found = self._elements(f"{_TABLE}table-row", f"{_TABLE}table")
        return tuple(each.get(f"{_TABLE}name", "") for each in found if _is_sheet(each))

    def tables(self) -> dict[str, NamedTable]:
        """Return no tables: an OpenDocument file has none that tell names from rows."""
        return {}

    def rows(self, title: str) -> Iterator[tuple[int, Mapping[int, ShownValue | Uncalculated]]]:
        """Yield the number and the cells that hold something, by column, of each row of a sheet that has any.

        Raises:
            FileProblem: the XML is broken, or a stored value is not what its type says.

        """
        for number, repeated, row in self._rows(title):
            cells = self._cells(row, title, number)
            if cells and number + repeated - 1 > LAST_ROW:
                raise FileProblem(f"The sheet {title!r} of {self.path} has more than {LAST_ROW} rows; make it smaller.")
            for i in range(repeated if cells else 0):
                yield number + i, cells

    def formulas(self, area: Area) -> Mapping[tuple[int, int], str]:
        """Return the formulas of an area by row and column, an array's at all its cells; see `as_in_workbook`.

        Raises:
            FileProblem: the XML is broken.

        """
        found: dict[tuple[int, int], str] = {}
        for number, _, row in self._rows(area.sheet):
            if number > area.bottom:
                break
            column = 1
            for cell in row.iterchildren(_CELLS):
                repeated = self._repeated(cell, "columns")
                text = cell.get(f"{_TABLE}formula")
                if text is not None and column <= area.right:
                    rows, columns = (self._repeated(cell, f"matrix-{what}", "spanned") for what in ("rows", "columns"))
                    last = Area(area.sheet, number, column, number + rows - 1, column + max(columns, repeated) - 1)
                    filled = common(area, last)
                    found |= dict.fromkeys(() if filled is None else filled.positions(), as_in_workbook(text))
                column += repeated
        return found

    def names(self) -> dict[str, str]:
        """Return what each defined name stands for, spelled as in a workbook."""
        found = {}
        for element in self._elements(f"{_TABLE}named-range", f"{_TABLE}named-expression"):
            area = element.get(f"{_TABLE}cell-range-address")
            text = f"[{area}]" if area is not None else element.get(f"{_TABLE}expression", "")
            found[element.get(f"{_TABLE}name", "")] = as_in_workbook(text)
        return found

    def _rows(self, title: str) -> Iterator[tuple[int, int, _Element]]:
        """Yield each row element of a sheet with its number and how often it is repeated."""
        number = 1
        for row in self._elements(f"{_TABLE}table-row"):
            sheet = next(row.iterancestors(f"{_TABLE}table"), None)
            if sheet is not None and _is_sheet(sheet) and sheet.get(f"{_TABLE}name") == title:
                repeated = self._repeated(row, "rows")
                yield number, repeated, row
                number += repeated

    def _elements(self, *tags: str) -> Iterator[_Element]:
        return elements(self._content, tags, _CONTENT, self.path)

    def _repeated(self, element: _Element, what: str, how: str = "repeated") -> int:
        text = element.get(f"{_TABLE}number-{what}-{how}", "1")
        if not text.isdecimal():
            raise FileProblem(f"{self.path} is damaged: something is repeated {text!r} times; take another copy of it.")
        return int(text)

    def _cells(self, row: _Element, title: str, number: int) -> Mapping[int, ShownValue | Uncalculated]:
        cells: dict[int, ShownValue | Uncalculated] = {}
        column = 0
        for cell in row.iterchildren(_CELLS):
            repeated = self._repeated(cell, "columns")
            try:
                value = _value(cell)
            except UNREADABLE as error:
                raise unreadable(Area(title, number, column + 1, number, column + 1).address, self.path) from error
            if value is not None:
                last = min(column + repeated, LAST_COLUMN)
                cells.update(dict.fromkeys(range(column + 1, last + 1), value))
            column += repeated
        return cells


def as_in_workbook(formula: str) -> str:
    """Return an OpenDocument formula with references and separators as .xlsx files spell them: [$A.B1] as A!B1."""
    pieces = _QUOTED.split(formula.partition("=")[2] if _PREFIX.match(formula) else formula)
    for i, piece in enumerate(pieces):
        if not i % 2:
            pieces[i] = piece.replace(";", ",")
        elif piece.startswith("["):
            pieces[i] = _reference(piece[1:].removesuffix("]"))
    return "".join(pieces)


def _reference(text: str) -> str:
    return _SHEET_IN.sub(_sheet_in_workbook, text).replace(":.", ":").lstrip(".")


def _sheet_in_workbook(found: re.Match[str]) -> str:
    file, sheet = found.groups()
    return f"{sheet}!" if file is None else "'[1]" + sheet.strip("'") + "'!"


def _is_sheet(element: _Element) -> bool:
    """Whether it is a table of the document itself, and not of a chart or a link in it."""
    parent = element.getparent()
    return element.tag == f"{_TABLE}table" and parent is not None and parent.tag == f"{_OFFICE}spreadsheet"


def _value(cell: _Element) -> ShownValue | Uncalculated:
    kind = cell.get(f"{_OFFICE}value-type")
    if cell.get(_CALC_VALUE_TYPE) == "error":
        return error_code(_text(cell))
    if kind in ("float", "percentage", "currency"):
        return float(cell.get(f"{_OFFICE}value", ""))
    if kind == "date":
        moment = datetime.datetime.fromisoformat(cell.get(f"{_OFFICE}date-value", ""))
        return moment.date() if moment.time() == datetime.time() else moment
    if kind == "time":
        return _time(cell.get(f"{_OFFICE}time-value", ""))
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value") == "true"
    if kind is None and cell.get(f"{_TABLE}formula") is not None:
        return UNCALCULATED
    text = cell.get(f"{_OFFICE}string-value")
    return (_text(cell) or None) if text is None else text


def _time(duration: str) -> datetime.time | float:
    """Return a duration as the time of day it is, below one day, else in days."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        raise ValueError(duration)
    sign, hours, minutes, seconds = match.groups(default="")
    total = int(hours or 0) * 3600 + int(minutes or 0) * 60 + float(seconds or 0)
    if not sign and total < 86400:
        return (datetime.datetime.min + datetime.timedelta(seconds=total)).time()
    return (-total if sign else total) / 86400


def _text(cell: _Element) -> str:
    return "\n".join(_paragraph(paragraph) for paragraph in cell.iterchildren(f"{_TEXT}p"))


def _paragraph(element: _Element) -> str:
    pieces = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            pieces.append(" " * int(child.get(f"{_TEXT}c", "1")))
        elif child.tag in (f"{_TEXT}tab", f"{_TEXT}line-break"):
            pieces.append(" ")
        else:
            pieces.append(_paragraph(child))
        pieces.append(child.tail or "")
    return "".join(pieces)
