"""Show training as it goes: a bar for each phase of an epoch on a terminal, a few plain lines in a pipe."""

import contextlib
import sys
import time
from pathlib import Path

from addin.cli.stopping import Interrupts
from pyfuncs.cells.spelling import spelled
from pyfuncs.training.model import Record
from pyfuncs.training.restarts import Restart

LINES = 10
LARGE = 3_000_000
"""Bytes of a workbook from which on reading it may take seconds."""
REFRESH_SECONDS = 0.05


def describe(record: Record) -> str:
    """Return a history row as people read it."""
    parts = [f"train loss {spelled(record.train_loss, 6)}"]
    if record.valid_loss is not None:
        parts.append(f"valid loss {spelled(record.valid_loss, 6)}")
    if record.accuracy is not None and record.error_rate is not None:
        parts.append(f"accuracy {record.accuracy:.1%}, error rate {record.error_rate:.1%}")
    return ", ".join(parts)


def announce(what: str, path: Path) -> None:
    """Say on standard error what is done to a large workbook, which takes a while; a small one is done at once."""
    with contextlib.suppress(OSError):
        if path.stat().st_size > LARGE:
            print(f"{what} {path} …", file=sys.stderr, flush=True)


class StartLines:
    """A line for every tenth of many starts, ten or so however many there are."""

    def __init__(self, what: str, total: int, quiet: bool) -> None:
        self.what = what
        self.total = total
        self.every = max(1, total // LINES)
        self.quiet = quiet

    def ended(self, done: int, start: Restart) -> None:
        """Print a start's line where it is one of the ten, or the last."""
        if not self.quiet and (done % self.every == 0 or done == self.total):
            line = f"{self.what} {done} of {self.total}: seed {start.seed}, loss {spelled(start.loss, 6)}"
            print(line, file=sys.stderr)


class Silent:
    """Shows nothing, but lets a signal stop the training."""

    def __init__(self, interrupts: Interrupts) -> None:
        self.interrupts = interrupts

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Show nothing."""
        self.interrupts.check()

    def finished(self, record: Record) -> bool:
        """Go on."""
        self.interrupts.check()
        return True

    def close(self) -> None:
        """Do nothing."""


class Lines(Silent):
    """Plain lines, ten or so however long the training."""

    def __init__(self, interrupts: Interrupts, last: int, epochs: int) -> None:
        super().__init__(interrupts)
        self.last = last
        self.every = max(1, epochs // LINES)

    def finished(self, record: Record) -> bool:
        """Print an epoch's line where it is one of the ten."""
        if record.epoch % self.every == 0 or record.epoch == self.last:
            print(f"epoch {record.epoch} of {self.last}: {describe(record)}", file=sys.stderr)
        return super().finished(record)


class Bars(Silent):
    """A bar that fills once for the training rows of an epoch and once for its validation rows."""

    def __init__(self, interrupts: Interrupts, last: int) -> None:
        from tqdm import tqdm  # in a pipe nobody waits for it

        super().__init__(interrupts)
        self.last = last
        self.shown_epoch = 0
        self.bar = tqdm(total=0, file=sys.stderr, leave=False, unit="row", dynamic_ncols=True)
        self.shown = 0.0

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Move the bar, at most twenty times a second; what begins on the screen is also seen to end there."""
        super().advanced(epoch, phase, done, total)
        now = time.perf_counter()
        if now - self.shown < REFRESH_SECONDS and self.shown_epoch != epoch:
            return
        self.shown_epoch = epoch
        self.shown = now
        self.bar.total = total
        self.bar.n = done
        self.bar.set_description(f"epoch {epoch} of {self.last} {phase}", refresh=True)

    def finished(self, record: Record) -> bool:
        """Show where the epoch ended."""
        self.bar.set_postfix_str(describe(record), refresh=False)
        return super().finished(record)

    def close(self) -> None:
        """Take the bar away."""
        self.bar.close()


def observer(interrupts: Interrupts, first: int, epochs: int, quiet: bool) -> Silent:
    """Return what shows this many epochs after the first so many, as fits where standard error goes."""
    if quiet:
        return Silent(interrupts)
    last = first + epochs
    return Bars(interrupts, last) if sys.stderr.isatty() else Lines(interrupts, last, epochs)
