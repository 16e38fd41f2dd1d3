"""gradsheet repair: formulas that LibreOffice has saved under a longer name get the one that Excel knows."""

import argparse
from pathlib import Path

from addin.calc.inside.identifiers import FUNCTIONS
from workbooks.xlsx.archive import archive_bytes, read_archive
from workbooks.xlsx.atomic import write_atomically
from workbooks.xlsx.function_names import without_prefix
from workbooks.xlsx.locks import held
from workbooks.xlsx.package import Package


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
    with held(target):
        archive = read_archive(options.workbook)
        Package(options.workbook, archive)  # refuses a zip file that is no workbook
        changed, count = without_prefix(archive, FUNCTIONS)
        if changed or options.save:
            write_atomically(target, archive_bytes(archive, {name: (data,) for name, data in changed.items()}))
    what = f"{count} function name{'s' * (count != 1)} repaired" if count else "there was nothing to repair"
    print(f"{target}: {what}.")
    return 0
