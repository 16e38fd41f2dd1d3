"""Ctrl-C, and the signals that end a process: all of them are raised as KeyboardInterrupt."""

import signal
import threading
from types import FrameType
from typing import Any, Self

SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


class Stop(KeyboardInterrupt):
    """A signal that came."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def exit_status(stop: KeyboardInterrupt) -> int:
    """Return the status of a command that was stopped: 130 by Ctrl-C, 143 by SIGTERM."""
    return 128 + (stop.number if isinstance(stop, Stop) else signal.SIGINT)


class Signals:
    """Raises what comes, and remembers it: a library may swallow what was raised, and fail of it."""

    def __init__(self) -> None:
        self.came: Stop | None = None
        self.before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self.before = {number: signal.signal(number, self.note) for number in SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self.before.items():
            signal.signal(number, handler)

    def ignore(self) -> None:
        """Take no notice of what comes from here on: what was to be done is done, and only to be told."""
        for number in self.before:
            signal.signal(number, signal.SIG_IGN)

    def stay_ignored(self) -> None:
        """Let it be so beyond the block too, to the end of the process."""
        self.ignore()
        self.before.clear()

    def note(self, number: int, frame: FrameType | None) -> None:
        """Note the signal and raise it."""
        del frame
        self.came = Stop(number)
        raise self.came


class Interrupts(Signals):
    """Signals while training: noted when one comes, raised between two pieces of work.

    Raised wherever it happens to come, it can get lost in compiled code. A second one is raised at once.
    """

    def note(self, number: int, frame: FrameType | None) -> None:
        """Note the signal, and raise a second one."""
        if self.came is not None:
            super().note(number, frame)
        self.came = Stop(number)

    def check(self) -> None:
        """Raise the signal that has come.

        Raises:
            Stop: if one has.
        """
        if self.came is not None:
            raise self.came
