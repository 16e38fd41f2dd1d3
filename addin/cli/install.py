"""gradsheet install, uninstall and doctor: Gradsheet inside a spreadsheet program."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path

from addin.calc import installer as calc

FAILED = 2
INSTALL: Mapping[str, Callable[[Path | None, Callable[[str], None]], None]] = {"calc": calc.install}
UNINSTALL: Mapping[str, Callable[[Path | None, Callable[[str], None]], None]] = {"calc": calc.uninstall}
HOSTS = tuple(INSTALL)


def say(line: str) -> None:
    """Print at once: the next step may take a minute."""
    print(line, flush=True)


def run_install(options: argparse.Namespace) -> int:
    """Put Gradsheet into the program."""
    INSTALL[options.host](options.profile, say)
    return 0


def run_uninstall(options: argparse.Namespace) -> int:
    """Take Gradsheet out of the program."""
    UNINSTALL[options.host](options.profile, say)
    return 0


def run_doctor(options: argparse.Namespace) -> int:
    """Check every step, and fail where one fails."""
    status = 0
    for finding in calc.examine(options.profile):
        say(f"{'ok  ' if finding.is_well else 'BAD '} {finding.text}")
        status = status if finding.is_well else FAILED
    return status


def add_host(command: argparse.ArgumentParser) -> None:
    """Add which program is meant, and whose settings."""
    command.add_argument("host", choices=HOSTS, help="the program: LibreOffice Calc")
    command.add_argument("--profile", type=Path, metavar="FOLDER", help="another settings folder than the user's own")
