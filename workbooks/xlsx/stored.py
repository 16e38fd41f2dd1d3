"""Values as a cell's XML holds them: a type, and a text."""

import datetime
import math
from collections.abc import Sequence

from lxml.etree import _Element

from pyfuncs.cells.errors import ErrorCode
from pyfuncs.cells.spelling import exact
from workbooks.xlsx.namespaces import IS, V
from workbooks.xlsx.text import decode, encode, rich_text

StoredValue = float | bool | str | ErrorCode | None
"""What a cell holds; None is a blank, a date its serial number."""
UNREADABLE = (ValueError, IndexError, OverflowError)


def stored_value(element: _Element, strings: Sequence[str], epoch: datetime.datetime) -> tuple[StoredValue, bool]:
    """Return the value stored in a cell's XML, None for none, and whether there is one: a formula's can be missing.

    `epoch` is the day from which the workbook counts its dates.

    Raises:
        ValueError, IndexError, OverflowError: the value is not what its type says (`UNREADABLE`).

    """
    kind = element.get("t", "n")
    for child in element:
        if child.tag == V:
            value = value_of(kind, child.text or "", strings, epoch)
            return value, value is not None
        if child.tag == IS and kind == "inlineStr":
            return rich_text(child), True
    return None, False


def value_of(kind: str, text: str, strings: Sequence[str], epoch: datetime.datetime) -> StoredValue:
    """Return the value that a cell of type `kind` stores as `text`, None for none.

    `strings` are the texts that cells refer to by number, `epoch` is the day from which the workbook counts its dates.

    Raises:
        ValueError, IndexError, OverflowError: the text is not what the type says (`UNREADABLE`).
    """
    if kind == "str":  # the one type whose empty value is a value: ""
        return decode(text)
    if not text:
        return None
    if kind == "n":
        number = float(text)
        if not math.isfinite(number):
            raise ValueError(text)
        return number
    if kind == "s":
        place = int(text)
        if place < 0:
            raise IndexError(text)
        return strings[place]
    if kind == "b":
        if text not in ("0", "1", "false", "true"):
            raise ValueError(text)
        return text in ("1", "true")
    if kind == "e":
        return error_code(text)
    if kind == "d":
        from openpyxl.utils.datetime import from_ISO8601, to_excel  # no program writes such cells on its own

        return float(to_excel(from_ISO8601(text), epoch))
    raise ValueError(kind)


def error_code(text: str) -> ErrorCode:
    """Return the error that a cell shows as `text`."""
    try:
        return ErrorCode(text)
    except ValueError:
        return ErrorCode.VALUE  # newer errors, #SPILL! or #CALC!, and whatever a program makes up: errors still


def stored_text(value: StoredValue) -> tuple[str | None, str]:
    """Return a value's type in the XML, None for a number, and its text."""
    if isinstance(value, ErrorCode):
        return "e", str(value)
    if isinstance(value, str):
        return "str", encode(value)
    if isinstance(value, bool):
        return "b", "1" if value else "0"
    if value is None:
        raise AssertionError("a blank has no text")
    number = float(value)  # also of a NumPy number, whose repr is not a number's
    if not math.isfinite(number):
        return "e", ErrorCode.NUM.value
    return None, exact(number)
