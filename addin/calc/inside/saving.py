"""What the office has saved as .xlsx, with the names of functions that other programs know."""

import os
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

    The file keeps its time, or the office would ask next time whether to overwrite what another program has changed.

    Raises:
        FileProblem: where the file cannot be written, as on Windows while the office holds it; it is then as saved.

    """
    if not document.URL.startswith("file:"):
        return 0
    path = Path(uno.fileUrlToSystemPath(document.URL))
    if path.suffix.lower() not in SUFFIXES:
        return 0
    archive = read_archive(path)
    changed, count = without_prefix(archive, FUNCTIONS)
    if changed:
        before = path.stat()
        write_atomically(path, archive_bytes(archive, {name: (data,) for name, data in changed.items()}))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return count
