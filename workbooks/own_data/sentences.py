"""Counts and lists as sentences have them."""

from collections.abc import Iterable
from pathlib import Path

from pyfuncs.cells.block import quoted
from workbooks.own_data.blanks import clean

MOST_LISTED = 8


def counted(count: int, word: str) -> str:
    """Return a number of things in words: 1 row, 2 rows."""
    return f"{count} {word}{'s' * (count != 1)}"


def file_name(path: Path) -> str:
    """Return a file's name as a cell can hold it: bytes that are no text become question marks."""
    return clean(path.name.encode(errors="replace").decode())


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them, not all of very many."""
    ordered = sorted(quoted(name) for name in names)
    more = f" and {len(ordered) - MOST_LISTED} more" if len(ordered) > MOST_LISTED else ""
    return ", ".join(ordered[:MOST_LISTED]) + more
