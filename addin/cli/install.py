"""gradsheet install, uninstall and doctor: Gradsheet inside a spreadsheet program."""

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path

from addin.calc.install import installer as calc
from addin.calc.install.office import find_office, show
from addin.cli.heartbeat import Heartbeat
from addin.excel.build.files import files as excel_files
from addin.excel.check.doctor.examine import examine as examine_excel
from addin.excel.check.smoke.run import NAME as REPORT
from addin.excel.check.smoke.run import smoke
from addin.excel.check.this_excel import left_out, start_excel
from addin.excel.install import installer as excel
from addin.excel.install.this_windows import this_windows
from addin.finding import Finding
from pyfuncs.catalogue.warm import warm
from pyfuncs.cells.errors import GradsheetError

FAILED = 2
CALC, EXCEL = "calc", "excel"
HOSTS = (CALC, EXCEL)
BUTTONS = "the buttons are in the toolbar and the menu Gradsheet."
BELONGS_TO = {"profile": CALC, "open": CALC, "workbooks": EXCEL, "no_open": EXCEL}


def say(line: str) -> None:
    """Print at once: the next step may take a minute."""
    print(line, flush=True)


def run_install(options: argparse.Namespace) -> int:
    """Put Gradsheet into the program."""
    check(options)
    if options.host == CALC:
        install_in_calc(options.profile, options.open)
        return 0
    windows = this_windows()
    with Heartbeat() as alive:
        workbook = excel.install(windows, build_for_excel, warm, alive.say, options.workbooks)
    if options.no_open:
        say(f"Open {workbook}; the buttons are on the sheet and in the tab Gradsheet.")
    else:
        windows.open(workbook)
    return 0


def install_in_calc(profile: Path | None, workbook: Path | None) -> None:
    """Put Gradsheet into Calc; to open a workbook, only what is missing or old, for Calc may be open.

    Raises:
        GradsheetError: where the workbook is not there, or something stands in the way of installing.

    """
    if workbook is not None and not workbook.is_file():
        raise GradsheetError(f"{workbook} does not exist; check its name and folder.")
    with Heartbeat() as alive:
        calc.install(profile, alive.say, once_more=workbook is None)
    if workbook is None:
        say(f"Open a workbook in Calc; {BUTTONS}")
    else:
        say(f"Opening {workbook} in Calc; {BUTTONS}")
        show(find_office(), workbook, profile)


def build_for_excel(folder: Path, settings: Mapping[str, str]) -> None:
    """Write the add-in and the workbooks with buttons into a folder; their macros have these settings."""
    for name, make in excel_files(settings).items():
        (folder / name).write_bytes(make())


def run_uninstall(options: argparse.Namespace) -> int:
    """Take Gradsheet out of the program."""
    check(options)
    if options.host == CALC:
        with Heartbeat() as alive:
            calc.uninstall(options.profile, alive.say)
    else:
        excel.uninstall(this_windows(), say)
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Check every step, and fail where one fails; or try everything once in Excel.

    Raises:
        GradsheetError: where no program is named.

    """
    if options.excel:
        return try_excel(options)
    if options.host is None:
        raise GradsheetError(f"Name the program: gradsheet doctor {CALC}, or gradsheet doctor {EXCEL}.")
    check(options)
    status = 0
    with Heartbeat() as alive:
        for finding in findings(options):
            alive.say(finding.line)
            status = status if finding.is_well else FAILED
    return status


def try_excel(options: argparse.Namespace) -> int:
    """Try every workbook, formula and button in Excel, and write a report."""
    bad = smoke(this_windows(), start_excel, left_out, options.report, say)
    return FAILED if bad else 0


def findings(options: argparse.Namespace) -> Iterator[Finding]:
    """Return what the program's doctor finds."""
    return calc.examine(options.profile) if options.host == CALC else examine_excel(this_windows())


def check(options: argparse.Namespace) -> None:
    """Check that the options are for the program that is meant.

    Raises:
        GradsheetError: where one is for the other.

    """
    for name, host in BELONGS_TO.items():
        if getattr(options, name, None) and options.host != host:
            raise GradsheetError(f"--{name.replace('_', '-')} is for {host} only; leave it out for {options.host}.")


def add_host(command: argparse.ArgumentParser, nargs: str | None = None) -> None:
    """Add which program is meant, and whose settings."""
    command.set_defaults(changes_programs=True)
    command.add_argument("host", choices=HOSTS, nargs=nargs, help="the program: LibreOffice Calc, or Excel on Windows")
    command.add_argument(
        "--profile", type=Path, metavar="FOLDER", help="calc: another settings folder than the user's own"
    )


def add_doctor(command: argparse.ArgumentParser) -> None:
    """Add what the doctor can be told."""
    add_host(command, nargs="?")
    command.add_argument(
        "--excel", action="store_true", help="try every workbook, formula and button in Excel, and write a report"
    )
    command.add_argument(
        "--report", type=Path, default=Path(REPORT), metavar="FILE", help=f"where the report goes (default: {REPORT})"
    )


def add_install(command: argparse.ArgumentParser) -> None:
    """Add what installing can be told."""
    add_host(command)
    command.add_argument(
        "--workbooks", type=Path, metavar="FOLDER", help="excel: where the workbooks go (default: Documents\\Gradsheet)"
    )
    command.add_argument(
        "--open",
        type=Path,
        metavar="WORKBOOK",
        help="calc: open this workbook, and install only what is not up to date",
    )
    command.add_argument("--no-open", action="store_true", help="excel: do not open the first workbook afterwards")
