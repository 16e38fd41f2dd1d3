"""The Mark of the Web: a second stream of a file that says it came from the internet, so Excel blocks its macros."""

from pathlib import Path

STREAM = ":Zone.Identifier"


def is_marked(path: Path) -> bool:
    """Tell whether a file carries the mark."""
    try:
        with open(f"{path}{STREAM}", "rb"):  # noqa: PTH123 - a stream is no path
            return True
    except OSError:
        return False


def unmark(path: Path) -> bool:
    """Take the mark off, and tell whether it was there."""
    try:
        Path(f"{path}{STREAM}").unlink()
    except OSError:
        return False
    return True
