"""What is done around a block of code, and undone whatever comes."""

from collections.abc import Callable


class Bracket:
    """A `with` block between two calls.

    A generator of contextlib's would set the traceback of what was raised, which the office's exceptions refuse.
    """

    def __init__(self, begin: Callable[[], object], end: Callable[[], object]) -> None:
        self.begin = begin
        self.end = end

    def __enter__(self) -> None:
        self.begin()

    def __exit__(self, *raised: object) -> None:
        self.end()
