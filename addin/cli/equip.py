"""gradsheet equip: a copy of a workbook that carries its formulas, for programs without Gradsheet."""

import argparse
from pathlib import Path

from pyfuncs.cells.errors import GradsheetError
from workbooks.equip import equip
from workbooks.sheets.status import listed
from workbooks.xlsx.locks import refuse_if_open
from workbooks.xlsx.package import Package


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the workbook, and where its copy goes."""
    command.add_argument("workbook", type=Path, help="an .xlsx file that calls formulas of Gradsheet's")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="COPY", help="the .xlsx file to write")
    command.add_argument("--force", action="store_true", help="replace a file that is there already")


def run(options: argparse.Namespace) -> int:
    """Write the copy, and say which formulas it carries and which cells hold values.

    Raises:
        GradsheetError: for a copy that is there already or is no .xlsx, a workbook that cannot be read or equipped.
    """
    if options.output.suffix.lower() != ".xlsx":
        raise GradsheetError(f"{options.output} must end in .xlsx: a workbook with macros has functions of its own.")
    if options.output.exists() and (not options.force or options.output.samefile(options.workbook)):
        raise GradsheetError(f"{options.output} is there already; name another, or replace a copy with --force.")
    refuse_if_open(options.output)
    package = Package.open(options.workbook)
    equipped = equip(package)
    package.save(options.output)
    held = f" {equipped.cells} formulas with {listed(equipped.held)} hold their values." if equipped.held else ""
    print(f"Wrote {options.output}: it carries its formulas for Excel 365 and 2024.{held}")
    return 0
