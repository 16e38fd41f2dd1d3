"""Counts and lists as sentences have them."""

from collections.abc import Iterable

from pyfuncs.cells.block import quoted

MOST_LISTED = 8


def counted(count: int, word: str) -> str:
    """Return a number of things in words: 1 row, 2 rows."""
    return f"{count} {word}{'s' * (count != 1)}"


def listed(names: Iterable[str]) -> str:
    """Return names as a sentence has them, not all of very many."""
    ordered = sorted(quoted(name) for name in names)
    more = f" and {len(ordered) - MOST_LISTED} more" if len(ordered) > MOST_LISTED else ""
    return ", ".join(ordered[:MOST_LISTED]) + more
