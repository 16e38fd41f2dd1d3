"""Standard output and error that no character can end: Python alone stops at one that a code page does not have."""

import io
import sys


def replace_unknown_characters() -> None:
    """Let both streams write a question mark for a character that their encoding does not have."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def print_data(text: str) -> None:
    """Print what a program reads on, its line ends included: UTF-8 in a pipe or a file, whatever the code page."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.stdout.write(text)
