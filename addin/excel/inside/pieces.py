"""Work cut into pieces by the clock: it goes on only while somebody waits for it, and stands still in between."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Result = TypeVar("Result")


class Pieces:
    """Work in a thread of its own that takes turns with whoever calls `go_on`; never do both run at once.

    The work calls `rest` every now and then. That raises KeyboardInterrupt once it is told to stop.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self.is_running = True
        self.stops = False
        self._work = work
        self._problem: BaseException | None = None
        self._order: Callable[[], None] | None = None
        self._until = 0.0
        self._turn = threading.Semaphore(0)
        self._back = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._run, name="gradsheet-training", daemon=True)
        self._thread.start()

    def go_on(self, seconds: float) -> None:
        """Let the work go on for some seconds, or to its end; what it raised is raised here."""
        self._until = time.perf_counter() + seconds
        while self.is_running:
            self._turn.release()
            self._back.acquire()
            order, self._order = self._order, None
            if order is None:
                break
            order()
        if self._problem is not None:
            problem, self._problem = self._problem, None
            raise problem

    def call(self, function: Callable[[], Result]) -> Result:
        """Call a function in the thread of whoever waits for the work, and return what it gives."""
        found: list[Result] = []
        raised: list[BaseException] = []

        def order() -> None:
            try:
                found.append(function())
            except BaseException as problem:
                raised.append(problem)

        self._order = order
        self._back.release()
        self._turn.acquire()
        if raised:
            raise raised[0]
        return found[0]

    def rest(self) -> None:
        """Wait for the next turn if this one is over.

        Raises:
            KeyboardInterrupt: when the work is to stop.

        """
        if time.perf_counter() >= self._until:
            self._back.release()
            self._turn.acquire()
        if self.stops:
            raise KeyboardInterrupt

    def _run(self) -> None:
        self._turn.acquire()
        try:
            self._work()
        except BaseException as problem:
            self._problem = problem
        self.is_running = False
        self._back.release()
