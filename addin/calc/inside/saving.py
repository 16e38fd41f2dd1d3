"""What the office has saved as .xlsx, with the names of functions that other programs know."""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import uno

from addin.calc.inside.identifiers import FUNCTIONS
from workbooks.xlsx.archive import archive_bytes, read_archive
from workbooks.xlsx.atomic import write_atomically
from workbooks.xlsx.function_names import without_prefix

SUFFIXES = {".xlsx", ".xlsm"}


def repair_saved(document: Any) -> int:
    """Take the add-in's name off the functions in a document's file, and return how many there were.

    Raises:
        FileProblem: where the file cannot be written, as on Windows while the office holds it; it is then as saved.

    """
    path = saved_file(document, SUFFIXES)
    if path is None:
        return 0
    archive = read_archive(path)
    changed, count = without_prefix(archive, FUNCTIONS)
    if changed:
        data = archive_bytes(archive, {name: (part,) for name, part in changed.items()})
        write_keeping_time(path, lambda: write_atomically(path, data))
    return count


def saved_file(document: Any, suffixes: Collection[str]) -> Path | None:
    """Return the file that a document was saved as, None where it is none of this computer's or of another kind."""
    if not document.URL.startswith("file:"):
        return None
    path = Path(uno.fileUrlToSystemPath(document.URL))
    return path if path.suffix.lower() in suffixes else None


def write_keeping_time(path: Path, write: Callable[[], None]) -> None:
    """Write a saved file anew and leave it its time.

    Else the office would ask next time whether to overwrite what another program has changed.
    """
    before = path.stat()
    write()
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
