"""The sentences behind the errors that formulas have shown; the button Messages reads them."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

KEPT = 20

_latest: deque[str] = deque(maxlen=KEPT)
_listening: list[list[str]] = []


def note(sentence: str) -> None:
    """Keep a sentence, once where it comes again and again."""
    if sentence in _latest:
        _latest.remove(sentence)
    _latest.append(sentence)
    for heard in _listening:
        heard.append(sentence)


def latest() -> list[str]:
    """Return the sentences kept, the newest first."""
    return list(reversed(_latest))


@contextmanager
def listening() -> Iterator[list[str]]:
    """Give a list that fills with the sentences raised meanwhile."""
    heard: list[str] = []
    _listening.append(heard)
    try:
        yield heard
    finally:
        _listening.remove(heard)
