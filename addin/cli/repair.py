"""gradsheet repair: formulas that LibreOffice has saved under a longer name get the one that Excel knows."""

import argparse
from pathlib import Path

from addin.calc.identifiers import FUNCTIONS
from addin.file.archive import archive_bytes, read_archive
from addin.file.atomic import write_atomically
from addin.file.function_names import without_prefix
from addin.file.locks import refuse_if_open
from addin.file.package import Package


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the workbook, and where it goes."""
    command.add_argument("workbook", type=Path, help="an .xlsx or .xlsm file that LibreOffice has saved")
    command.add_argument("--save", type=Path, help="write this workbook instead of changing the one read")


def run(options: argparse.Namespace) -> int:
    """Repair a workbook; one without such names is left as it is.

    Raises:
        FileProblem: for a file that cannot be read or written, or is open; it is as it was then.

    """
    target = options.save or options.workbook
    refuse_if_open(target)
    archive = read_archive(options.workbook)
    Package(options.workbook, archive)  # refuses a zip file that is no workbook
    changed, count = without_prefix(archive, FUNCTIONS)
    if changed or options.save:
        write_atomically(target, archive_bytes(archive, changed))
    what = f"{count} function name{'s' * (count != 1)} repaired" if count else "there was nothing to repair"
    print(f"{target}: {what}.")
    return 0
