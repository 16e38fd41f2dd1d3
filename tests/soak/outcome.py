"""What became of one attempt, and the command run in this process for it."""

import contextlib
import io
import signal
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from addin.cli.command import main
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.contract import read_model
from pyfuncs.training.weights import export_weights
from workbooks.xlsx.workbook import WorkbookFile

LONGEST_SECONDS = 20
DONE, REFUSED, FAULT = "done", "refused", "fault"


@dataclass(frozen=True)
class Outcome:
    """Whether it was done, refused as promised, or is a fault; and which."""

    kind: str
    said: str = ""


class HangError(Exception):
    """An attempt took far longer than any should."""


@contextlib.contextmanager
def watched() -> Iterator[None]:
    """Raise HangError in what computes too long; on a busy machine the clock says nothing."""

    def ring(*_: Any) -> None:
        raise HangError

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def run(*arguments: object) -> Outcome:
    """Run the command: it does what it is told, or says in one line on standard error why not, with status 2."""
    out, err = io.StringIO(), io.StringIO()
    try:
        with watched(), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            status = main([str(argument) for argument in arguments])
    except SystemExit as ended:
        status = int(ended.code or 0)
    except HangError:
        return Outcome(FAULT, f"longer than {LONGEST_SECONDS} s of computing")
    except Exception:
        return Outcome(FAULT, traceback.format_exc().strip().rpartition("\n")[2])
    return judged(status, err.getvalue())


def judged(status: int, err: str) -> Outcome:
    """Return whether a status and what was said on standard error are as promised."""
    lines = [line for line in err.splitlines() if not line.endswith("…")]
    if "Traceback" in err or "Please report" in err:
        return Outcome(FAULT, lines[-1])
    if status == 0:
        return Outcome(DONE)
    complaints = [line for line in lines if line.startswith("gradsheet")]
    if status == 2 and len(complaints) == 1 and lines[-1] == complaints[0]:
        return Outcome(REFUSED, complaints[0])
    return Outcome(FAULT, f"status {status}, {len(complaints)} complaints: {err[-200:]}")


def is_readable(path: Path) -> bool:
    """Tell whether a workbook's model can be read."""
    try:
        read_model(WorkbookFile.open(path))
    except GradsheetError as error:
        # What a spreadsheet program is to calculate is no damage.
        return "without a stored value" in str(error)
    return True


def holds_weights_of(weights: Path, book: Path) -> bool:
    """Tell whether a weights file is what a workbook would be exported as."""
    try:
        model = read_model(WorkbookFile.open(book))
    except GradsheetError:
        return False
    return weights.read_bytes() == export_weights(model, model.state.params).encode()
