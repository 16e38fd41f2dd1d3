"""A sign of life from work that takes a while and has nothing to say meanwhile."""

import sys
import threading
import time
from types import TracebackType
from typing import Self

SECONDS = 3.0


class Heartbeat:
    """Prints how long it has been going on, on standard error, whenever nothing was said for three seconds."""

    def __init__(self) -> None:
        self.began = self.said = time.monotonic()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._beat, daemon=True)

    def say(self, line: str) -> None:
        """Print a line at once."""
        print(line, flush=True)
        self.said = time.monotonic()

    def _beat(self) -> None:
        while not self.over.wait(SECONDS):
            now = time.monotonic()
            if now - self.said >= SECONDS:
                print(f"... {now - self.began:.0f} s", file=sys.stderr, flush=True)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self.thread.join()
