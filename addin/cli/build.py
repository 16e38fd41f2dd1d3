"""gradsheet build: write template workbooks, and the extension for LibreOffice Calc."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from addin.calc.identifiers import PACKAGE
from addin.calc.package import extension
from addin.file.atomic import write_atomically
from addin.file.locks import refuse_if_open
from pyfuncs.cells.errors import GradsheetError
from workbooks.templates import TEMPLATES
from workbooks.writer import write

ALL = "all"
EXTENSIONS: Mapping[str, tuple[str, Callable[[], bytes]]] = {"calc": (PACKAGE, extension)}


def run(options: argparse.Namespace) -> int:
    """Build what is named, or list the templates.

    Raises:
        GradsheetError: for a name that is none of them, a file that is there already.
    """
    if not options.names:
        width = max(len(name) for name in TEMPLATES)
        for name, template in TEMPLATES.items():
            print(f"{name:{width}}  {template.summary}")
        return 0
    names = list(TEMPLATES) if ALL in options.names else options.names
    for name in names:
        if name not in TEMPLATES and name not in EXTENSIONS:
            raise GradsheetError(f"There is no template {name}; there are {', '.join(TEMPLATES)}.")
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GradsheetError(f"{options.output} cannot be made a folder ({error.strerror}); name another.") from None
    for name in names:
        if name in EXTENSIONS:
            file, make = EXTENSIONS[name]
            path = put(options.output / file, make, options.force)
            print(f"Built {path}: the extension; gradsheet install {name} registers it.")
        else:
            path = put(options.output / f"{name}.xlsx", lambda: write(TEMPLATES[name].build(None)), options.force)  # noqa: B023
            print(f"Built {path}: {TEMPLATES[name].summary}.")
    return 0


def put(path: Path, make: Callable[[], bytes], force: bool) -> Path:
    """Write a file that is made only when it may be written.

    Raises:
        GradsheetError: for a file that is there already.
    """
    if path.exists() and not force:
        raise GradsheetError(f"{path} is there already; move it, or replace it with --force.")
    refuse_if_open(path)
    write_atomically(path, make())
    return path
