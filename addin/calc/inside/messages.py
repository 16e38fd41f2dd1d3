"""The errors that formulas raise, collected while a formula is evaluated."""

from collections.abc import Iterator
from contextlib import contextmanager

from pyfuncs.cells.errors import CellError

_listening: list[list[CellError]] = []


def note(error: CellError) -> None:
    """Pass an error on to all who listen."""
    for raised in _listening:
        raised.append(error)


@contextmanager
def listening() -> Iterator[list[CellError]]:
    """Give a list that fills with the errors raised meanwhile."""
    raised: list[CellError] = []
    _listening.append(raised)
    try:
        yield raised
    finally:
        _listening.remove(raised)
