"""gradsheet build: write template workbooks, and what LibreOffice Calc and Excel need."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from addin.calc.inside.identifiers import PACKAGE
from addin.calc.install.package import extension
from addin.excel.build.files import files as excel_files
from pyfuncs.cells.errors import GradsheetError
from workbooks.equip import equip
from workbooks.lessons.templates import BUNDLED, TEMPLATES
from workbooks.sheets.writer import write
from workbooks.xlsx.archive import archive_of
from workbooks.xlsx.atomic import write_atomically
from workbooks.xlsx.locks import refuse_if_open
from workbooks.xlsx.package import Package

ALL = "all"
PROGRAMS: Mapping[str, Callable[[], Mapping[str, Callable[[], bytes]]]] = {
    "calc": lambda: {PACKAGE: extension},
    "excel": excel_files,
}
"""What makes each file that a spreadsheet program needs."""
ANYWHERE = "anywhere"
"""The templates that come with Gradsheet, each carrying its formulas."""


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
    names = buildable() if ALL in options.names else options.names
    for name in names:
        if name not in TEMPLATES and name not in PROGRAMS and name != ANYWHERE:
            raise GradsheetError(f"There is no template {name}; there are {', '.join(TEMPLATES)}.")
        missing = TEMPLATES[name].missing() if name in TEMPLATES else None
        if missing:
            raise GradsheetError(f"{name} cannot be built: {missing}")
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GradsheetError(f"{options.output} cannot be made a folder ({error.strerror}); name another.") from None
    for name in names:
        if name == ANYWHERE:
            put_anywhere(options.output, options.force)
        elif name in PROGRAMS:
            for file, make in PROGRAMS[name]().items():
                path = put(options.output / file, make, options.force)
                print(f"Built {path}; gradsheet install {name} puts it where the program finds it.")
        else:
            path = put(options.output / f"{name}.xlsx", lambda: write(TEMPLATES[name].build(None)), options.force)  # noqa: B023
            print(f"Built {path}: {TEMPLATES[name].summary}.")
    return 0


def put_anywhere(folder: Path, force: bool) -> None:
    """Write the bundled templates as files that carry their formulas."""
    for name in BUNDLED:
        path = put(folder / f"{name}.xlsx", lambda: anywhere(name), force)  # noqa: B023
        print(f"Built {path}: {TEMPLATES[name].summary}, for Excel 365 and 2024 without Gradsheet.")


def anywhere(name: str) -> bytes:
    """Return a template as a file that carries its formulas."""
    path = Path(f"{name}.xlsx")
    package = Package(path, archive_of(write(TEMPLATES[name].build(None)), path))
    equip(package)
    return package.to_bytes()


def buildable() -> list[str]:
    """Return the names of all templates but those for which something is not installed, and say which those are."""
    names = []
    for name, template in TEMPLATES.items():
        missing = template.missing()
        if missing is None:
            names.append(name)
        else:
            print(f"Left out {name}: {missing}")
    return names


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
