"""Show training as it goes: a bar for each phase of an epoch on a terminal, a few plain lines in a pipe."""

import sys
import time

from tqdm import tqdm

from pyfuncs.training.model import Record

LINES = 10
REFRESH_SECONDS = 0.05


def describe(record: Record) -> str:
    """Return a history row as people read it."""
    parts = [f"train loss {record.train_loss:.6f}"]
    if record.valid_loss is not None:
        parts.append(f"valid loss {record.valid_loss:.6f}")
    if record.accuracy is not None and record.error_rate is not None:
        parts.append(f"accuracy {record.accuracy:.1%}, error rate {record.error_rate:.1%}")
    return ", ".join(parts)


class Silent:
    """Shows nothing."""

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Show nothing."""

    def finished(self, record: Record) -> bool:
        """Go on."""
        return True

    def close(self) -> None:
        """Do nothing."""


class Lines(Silent):
    """Plain lines, ten or so however long the training."""

    def __init__(self, last: int, epochs: int) -> None:
        self.last = last
        self.every = max(1, epochs // LINES)

    def finished(self, record: Record) -> bool:
        """Print an epoch's line where it is one of the ten."""
        if record.epoch % self.every == 0 or record.epoch == self.last:
            print(f"epoch {record.epoch} of {self.last}: {describe(record)}", file=sys.stderr)
        return True


class Bars(Silent):
    """A bar that fills once for the training rows of an epoch and once for its validation rows."""

    def __init__(self, last: int) -> None:
        self.last = last
        self.bar = tqdm(total=0, file=sys.stderr, leave=False, unit="row", dynamic_ncols=True)
        self.shown = 0.0

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Move the bar, at most twenty times a second."""
        now = time.perf_counter()
        if now - self.shown < REFRESH_SECONDS:
            return
        self.shown = now
        self.bar.total = total
        self.bar.n = done
        self.bar.set_description(f"epoch {epoch} of {self.last} {phase}", refresh=True)

    def finished(self, record: Record) -> bool:
        """Show where the epoch ended."""
        self.bar.set_postfix_str(describe(record), refresh=False)
        return True

    def close(self) -> None:
        """Take the bar away."""
        self.bar.close()


def observer(first: int, epochs: int, quiet: bool) -> Silent:
    """Return what shows this many epochs after the first so many, as fits where standard error goes."""
    if quiet:
        return Silent()
    return Bars(first + epochs) if sys.stderr.isatty() else Lines(first + epochs, epochs)
