"""Run the command and turn every problem into one line on standard error and exit status 2."""

import argparse
import contextlib
import errno
import gc
import io
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from addin.cli.stopping import Signals, exit_status
from addin.cli.streams import one_line, ready_streams
from pyfuncs.cells.errors import GradsheetError
from workbooks.xlsx.atomic import replaced_files

FAILED = 2
ALLOCATIONS_BETWEEN_COLLECTIONS = 200_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 2 a problem, 130 stopped by Ctrl-C, 143 by SIGTERM."""
    ready_streams()
    is_debug = "--debug" in (sys.argv[1:] if arguments is None else arguments)
    before = len(replaced_files())
    options = argparse.Namespace()
    with Signals() as signals:
        over = signals.ignore if arguments is not None else signals.stay_ignored
        try:
            with seldom_collected():
                status = run(arguments, options)
            over()
            return status
        except KeyboardInterrupt as stop:
            over()
            if is_debug:
                raise
            came = stop
        except Exception as error:
            over()
            if is_debug:
                raise
            if signals.came is None:
                return failed(error, replaced_files()[before:])
            came = signals.came  # not every library lets it through, and what it raises instead says nothing
        if getattr(options, "changes_programs", False):
            say("stopped before the end: give the command once more.")
        else:
            say(f"stopped; {state_of_files(replaced_files()[before:])}.")
        return exit_status(came)


@contextlib.contextmanager
def seldom_collected() -> Iterator[None]:
    """Let Python look for reference cycles less often: a command makes few, and looking takes a tenth of its time."""
    before = gc.get_threshold()
    gc.set_threshold(ALLOCATIONS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def run(arguments: Sequence[str] | None, options: argparse.Namespace) -> int:
    """Run one command; its modules are imported here, where an interruption is acted on."""
    from addin.cli.parser import command_parser

    command_parser().parse_args(arguments, options)
    check_names(options)
    status: int = options.run(options)
    sys.stdout.flush()
    return status


def check_names(options: argparse.Namespace) -> None:
    """Check that files have names that can be printed on a line.

    Raises:
        GradsheetError: for a name with a control character, a line break for instance.
    """
    for value in vars(options).values():
        if isinstance(value, Path) and any(ord(each) < 32 or ord(each) == 127 for each in str(value)):
            raise GradsheetError(f"The name {one_line(str(value))} holds a control character: rename the file.")


def failed(error: Exception, written: Iterable[Path]) -> int:
    """Say what is wrong in one line.

    Raises:
        Exception: the error itself, where it is a fault of the program.
    """
    if is_reader_gone(error):
        forget_output()
    elif isinstance(error, GradsheetError):
        say(str(error))
    elif isinstance(error, MemoryError):
        say(f"there is not enough memory for this; {state_of_files(written)}. Close other programs, or use less data.")
    elif isinstance(error, OSError):
        # Whatever opens, moves or removes a file says its name; without one it was a stream, and that is the output.
        if error.filename is None:
            forget_output()
        what = "what was to be printed could not be" if error.filename is None else f"{error.filename} cannot be used"
        say(f"{what} ({error.strerror or error}); {state_of_files(written)}.")
    else:
        raise error
    return FAILED


def is_reader_gone(error: Exception) -> bool:
    """Tell whether the reader of the output, head for instance, has gone; Windows says that the output is no file."""
    if isinstance(error, OSError) and error.filename is None and sys.platform == "win32":
        return error.errno in (errno.EPIPE, errno.EINVAL)
    return isinstance(error, BrokenPipeError)


def state_of_files(written: Iterable[Path]) -> str:
    """Say which files have been written by now, each whole."""
    names = ", ".join(map(str, dict.fromkeys(written)))
    return f"{names} had been written by then" if names else "nothing was changed"


def say(line: str) -> None:
    """Print a line on standard error."""
    print(f"gradsheet: {one_line(line)}", file=sys.stderr)


def forget_output() -> None:
    """Let what is left to print go nowhere: printing it at the exit would fail once more."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (io.UnsupportedOperation, ValueError):  # standard output is no file
        sys.stdout = io.StringIO()
