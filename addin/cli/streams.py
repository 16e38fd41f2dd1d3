"""Standard output and error that no character can end: Python alone stops at one that a code page does not have."""

import io
import os
import sys


def ready_streams() -> None:
    """Let both streams write a question mark for a character that their encoding does not have.

    One that is closed becomes a file that cannot be written, so that printing fails as on a full disk.
    """
    if sys.stdout is None:
        sys.stdout = open(os.devnull)  # noqa: PTH123, SIM115 - open for reading, as long as the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def one_line(text: str) -> str:
    """Return a text with a space for each character that could break the line or command the terminal."""
    return "".join(each if each.isprintable() else " " for each in text)


def print_data(text: str) -> None:
    """Print what a program reads on, its line ends included: UTF-8 in a pipe or a file, whatever the code page."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.write(text)
