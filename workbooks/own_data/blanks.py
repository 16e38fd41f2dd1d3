"""Cells that say nothing, and texts as a cell can hold them."""

import re

from pyfuncs.cells.block import CellValue

BLANK_WORDS = frozenset({"", "na", "n/a", "nan", "null", "#n/a", "<na>"})
ERRORS = frozenset({"#div/0!", "#value!", "#ref!", "#name?", "#num!", "#null!"})
BEGINS_NUMBER = frozenset("+-.0123456789")
NOT_A_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def clean(text: str) -> str:
    """Return a text as a cell can hold it: on one line, without what XML forbids."""
    if text.isprintable() and " " not in text:  # nearly always
        return text
    return " ".join(NOT_A_CHARACTER.sub("", text).split())


def is_blank(cell: CellValue) -> bool:
    """Tell whether a cell says that nothing is known."""
    if not isinstance(cell, str):
        return cell is None
    if cell[:1] in BEGINS_NUMBER:  # nearly always
        return False
    word = cell.strip().lower()
    return word in BLANK_WORDS or word in ERRORS
