"""The errors that formulas raise, heard by whoever listens while a formula is evaluated."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyfuncs.cells.errors import CellError

_listening: list[list[CellError]] = []


def note(error: CellError) -> None:
    """Pass an error on to all who listen."""
    for heard in _listening:
        heard.append(error)


@contextmanager
def listening() -> Iterator[list[CellError]]:
    """Give a list that fills with the errors raised meanwhile."""
    heard: list[CellError] = []
    _listening.append(heard)
    try:
        yield heard
    finally:
        _listening.remove(heard)
