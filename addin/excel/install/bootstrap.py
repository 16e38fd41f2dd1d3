"""Take an unpacked Gradsheet and a bare Python, make an environment, install into it, and hand over to the command.

install.ps1 starts this file in isolated mode (python -I) with the switches that it was given. Nothing is installed
then, so only the standard library is used; and Python from 3.7 on can read the file, to say that it is too old.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import importlib
import io
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Callable, NamedTuple, NoReturn  # noqa: UP035 - Python 3.8 must read this, to say that it is too old

SCRIPT = "install.ps1"
OLDEST, NEWEST = (3, 11), (3, 14)
PLATFORM = "win-amd64"
NEEDED = ("venv", "ensurepip", "ssl")
FITS = "fits"
FAILED = 2
HOME = "gradsheet"
RECORD = "excel.json"
CHECKSUMS = "SHA256SUMS"
TASKLIST_SECONDS = 60
# The first pip that holds truststore, and the first that asks Windows for its certificates without being told.
HOLDS_TRUSTSTORE, USES_TRUSTSTORE = (23, 3), (24, 2)
QUIETLY = ("--quiet", "--disable-pip-version-check", "--no-warn-script-location")
# What work in the folder leaves at its top; of the same name further down are folders of the source.
MADE_HERE = {".git", ".venv", "build", "dist", "out"}
MADE_ANYWHERE = shutil.ignore_patterns("__pycache__", "*.egg-info", "*.whl")


class Refusal(Exception):  # noqa: N818 - nothing is wrong with the program
    """What stands in the way; its text is one plain sentence that says what to do."""


class Python(NamedTuple):
    """What a Python says of itself."""

    version: tuple[int, int]
    implementation: str
    system: str
    platform: str
    base: str
    is_conda: bool
    is_free_threaded: bool
    missing: tuple[str, ...]


def this_python() -> Python:
    """Return what the Python that runs now is."""
    return Python(
        version=sys.version_info[:2],
        implementation=sys.implementation.name,
        system=sys.platform,
        platform=sysconfig.get_platform(),
        base=sys.base_prefix,
        is_conda="conda" in sys.version.lower() or Path(sys.base_prefix, "conda-meta").is_dir(),
        is_free_threaded=bool(sysconfig.get_config_var("Py_GIL_DISABLED")),
        missing=tuple(name for name in NEEDED if not loads(name)),
    )


def loads(module: str) -> bool:
    """Tell whether a module can be loaded."""
    try:
        importlib.import_module(module)
    except ImportError:
        return False
    return True


def is_of_store(base: str) -> bool:
    """Tell whether a Python in the folder `base` came from the Microsoft Store."""
    return any(name in base.lower() for name in ("windowsapps", "pythonsoftwarefoundation"))


def unfit(python: Python) -> str | None:
    """Return why a Python does not do, as the end of a sentence; None where it does."""
    if not OLDEST <= python.version <= NEWEST:
        return "is Python {}.{}".format(*python.version)
    if python.implementation != "cpython":
        return f"is {python.implementation}, and Numba needs CPython"
    if python.system in ("win32", "cygwin") and python.platform != PLATFORM:
        return f"is made for {python.platform}, not for 64-bit Intel and AMD ({PLATFORM})"
    if is_of_store(python.base):
        return "is of the Microsoft Store, which hides its folders from Excel"
    if python.is_conda:
        return "is Conda's, which works in Conda's own environments only"
    if python.is_free_threaded:
        return "is free-threaded, which Numba is not made for"
    if python.missing:
        return f"lacks {', '.join(python.missing)}"
    return None


def is_running(program: str) -> bool:
    """Tell whether a program runs in the session of this process; where Windows does not answer, no.

    Programs of other users who are signed in are none of ours, but Windows lists them too.
    """
    try:
        listed = subprocess.run(["tasklist", "/NH", "/FO", "CSV"], capture_output=True, timeout=TASKLIST_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return False
    rows = [row for row in csv.reader(listed.stdout.decode("ascii", "replace").splitlines()) if len(row) > 3]
    own = {session for _, process, _, session, *_ in rows if process == str(os.getpid())}
    same = [session for name, _, _, session, *_ in rows if name.lower() == program.lower()]
    return any(session in own for session in same) if own else bool(same)


class Machine:
    """The folder that was unpacked, the one that all of Gradsheet's own goes into, and the programs; tests pretend."""

    def __init__(self, source: Path, home: Path) -> None:
        self.source = source
        self.home = home

    def say(self, line: str) -> None:
        """Print at once: the next step may take minutes."""
        print(line, flush=True)

    def run(self, command: Sequence[str], folder: Path | None = None) -> bool:
        """Run a program where everybody sees what it says, and tell whether it did its work.

        Raises:
            Refusal: where it cannot be started.

        """
        try:
            return subprocess.run(command, cwd=folder).returncode == 0
        except OSError as error:
            raise Refusal(
                f"{command[0]} could not be started ({error.strerror}): allow it in your virus scanner, and run this "
                "once more."
            ) from None

    def answer(self, command: Sequence[str]) -> str | None:
        """Return what a program prints, None where it is not there or fails."""
        try:
            ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        except OSError:
            return None
        return ended.stdout.decode("ascii", "replace").strip() if ended.returncode == 0 else None

    def is_running(self, program: str) -> bool:
        """Tell whether the user has a program open."""
        return is_running(program)


class Action(NamedTuple):
    """One thing to do, and the words that -WhatIf says instead."""

    words: str
    do: Callable[[], None]


class Environment:
    """A virtual environment with Gradsheet in it."""

    def __init__(self, machine: Machine, name: str) -> None:
        self.machine = machine
        self.folder = machine.home / name
        self.python = str(self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))

    def run(self, *words: str, otherwise: str, folder: Path | None = None) -> None:
        """Run the environment's Python.

        Raises:
            Refusal: with the sentence `otherwise` where it fails.

        """
        if not self.machine.run([self.python, *words], folder):
            raise Refusal(otherwise)

    def make(self) -> None:
        """Make the environment anew, unless its Python runs and still does.

        Raises:
            Refusal: where it cannot be made.

        """
        if self.machine.answer([self.python, "-I", __file__, "-Fit"]) == FITS:
            return
        self.machine.say(f"Making an environment with {sys.executable} in {self.folder} ...")
        if not self.machine.run([sys.executable, "-I", "-m", "venv", "--clear", str(self.folder)]):
            raise Refusal(
                f"{self.folder} could not be made, for the reason above: close Excel and what runs Python from there, "
                "and try again."
            )

    def pip(self, *words: str) -> None:
        """Run pip's install.

        Raises:
            Refusal: where it fails.

        """
        otherwise = (
            "the packages could not be installed: pip says why above. Without internet, or where pip does not trust "
            "your network's certificate, use -Offline WHEELHOUSE (docs/install-windows.md)."
        )
        self.run("-I", "-m", "pip", "install", *QUIETLY, *words, otherwise=otherwise)

    def install_from_source(self, extra: str) -> None:
        """Build and install the package, with what it needs from the internet."""
        self.renew_pip()
        with copy_of_source(self.machine) as copy:
            self.pip(f"{copy}{extra}")

    def install_from_wheels(self, wheels: Path, extra: str) -> None:
        """Install from a folder of wheels alone."""
        options = ("--no-index", "--find-links", str(wheels))
        # A newer wheel of Gradsheet's own may bear the same version.
        self.pip(*options, "--force-reinstall", "--no-deps", "gradsheet")
        self.pip(*options, f"gradsheet{extra}")

    def renew_pip(self) -> None:
        """Renew a pip that does not know Windows' certificates; where that fails, the old one may still do."""
        said = re.match(r"pip (\d+)\.(\d+)", self.machine.answer([self.python, "-I", "-m", "pip", "--version"]) or "")
        version = tuple(map(int, said.groups())) if said else USES_TRUSTSTORE
        if version < USES_TRUSTSTORE:
            truststore = ["--use-feature=truststore"] if version >= HOLDS_TRUSTSTORE else []
            self.machine.run([self.python, "-I", "-m", "pip", "install", *QUIETLY, *truststore, "--upgrade", "pip"])


@contextmanager
def copy_of_source(machine: Machine) -> Iterator[Path]:
    """Copy the unpacked folder for as long as it is needed.

    Building and testing write where they run, but the folder may be a share or a stick that only gives.

    Raises:
        Refusal: where a file cannot be copied.

    """
    copy = machine.home / "source"
    if copy.exists():
        remove(copy)

    def left_out(folder: str, names: list[str]) -> set[str]:
        return MADE_ANYWHERE(folder, names) | (MADE_HERE if Path(folder) == machine.source else set())

    try:
        shutil.copytree(machine.source, copy, ignore=left_out)
    except shutil.Error as error:
        path, _, why = error.args[0][0]
        raise Refusal(f"{path} could not be copied ({why}): unpack Gradsheet anew, and run it there.") from None
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)
    try:
        yield copy
    finally:
        shutil.rmtree(copy, ignore_errors=True)


def remove(folder: Path) -> None:
    """Remove a folder.

    Raises:
        Refusal: where something in it is held, with Windows' reason.

    """
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise Refusal(
            f"{folder} could not be removed ({error.strerror}: {error.filename}): close what runs Python from there, "
            "and try again."
        ) from None


def refuse_while_excel_is_open(machine: Machine) -> None:
    """Check that Excel does not hold the add-in and the library beside Python.

    Raises:
        Refusal: while it does.

    """
    if machine.is_running("EXCEL.EXE"):
        raise Refusal("Excel is open: save your work, close Excel, and run this once more.")


def preparing(options: argparse.Namespace, environment: Environment, extra: str = "") -> list[Action]:
    """Return what leads to an environment with Gradsheet in it."""
    folder, wheels = environment.folder, options.Offline

    def install() -> None:
        environment.machine.say("Installing Gradsheet and what it needs (some minutes the first time) ...")
        if wheels is None:
            environment.install_from_source(extra)
        else:
            environment.install_from_wheels(wheels, extra)

    place = f"{environment.machine.source} and the internet" if wheels is None else wheels
    return [
        Action(f"make an environment in {folder}, unless the one there works", environment.make),
        Action(f"install Gradsheet and what it needs from {place} into {folder}", install),
    ]


def installing(options: argparse.Namespace, machine: Machine) -> list[Action]:
    """Return the way to Gradsheet in Excel."""
    environment = Environment(machine, "venv")
    command = ["-I", "-m", "addin.cli"]
    passed_on = ["--no-open"] if options.NoOpen else []
    passed_on += [] if options.Workbooks is None else ["--workbooks", str(options.Workbooks)]

    def hand_over() -> None:
        otherwise = "Gradsheet is not in Excel yet: the line above says why."
        environment.run(*command, "install", "excel", *passed_on, otherwise=otherwise)

    def examine() -> None:
        otherwise = "Gradsheet is in Excel, but something stands in its way: each line above that begins with BAD."
        environment.run(*command, "doctor", "excel", otherwise=otherwise)

    return [
        Action("check that Excel is closed", lambda: refuse_while_excel_is_open(machine)),
        *preparing(options, environment),
        Action("build the add-in and the workbooks, and register them in Excel for this user", hand_over),
        Action("check each step from Excel to Python", examine),
    ]


def testing(options: argparse.Namespace, machine: Machine) -> list[Action]:
    """Return the way to an answer of the tests, without Excel."""
    environment = Environment(machine, "venv-test")

    def test() -> None:
        with copy_of_source(machine) as copy:
            environment.run("-m", "pytest", otherwise="a test fails: what it says is above.", folder=copy)

    return [*preparing(options, environment, "[test]"), Action(f"run the tests of {machine.source}", test)]


def uninstalling(machine: Machine) -> list[Action]:
    """Return the actions that take Gradsheet out again."""
    if not machine.home.exists():
        return [Action("find nothing to remove", lambda: machine.say("Gradsheet is not there: nothing is to remove."))]
    environment = Environment(machine, "venv")

    def take_out() -> None:
        if machine.answer([environment.python, "-I", "-c", "import addin.cli"]) is not None:
            otherwise = "Gradsheet could not be taken out: the line above says why."
            environment.run("-I", "-m", "addin.cli", "uninstall", "excel", otherwise=otherwise)
        elif (machine.home / RECORD).exists():
            raise Refusal(
                f"the Python in {environment.folder} does not run Gradsheet any more: run {SCRIPT} without -Uninstall "
                "to repair it, then with it."
            )

    def remove_home() -> None:
        remove(machine.home)
        machine.say("Gradsheet is removed.")

    return [
        Action("check that Excel is closed", lambda: refuse_while_excel_is_open(machine)),
        Action("take Gradsheet out of Excel, and remove the workbooks that were not changed", take_out),
        Action(f"remove {machine.home}", remove_home),
    ]


def actions(options: argparse.Namespace, machine: Machine) -> list[Action]:
    """Return what the switches ask for.

    Raises:
        Refusal: where they name what is not there, or the folders are one.

    """
    if machine.source == machine.home or machine.home in machine.source.parents:
        raise Refusal(f"{machine.home} is Gradsheet's own folder: unpack Gradsheet into another one, and run it there.")
    if options.Offline is not None:
        check_wheels(options.Offline)
    if options.Uninstall:
        return uninstalling(machine)
    return testing(options, machine) if options.Test else installing(options, machine)


def check_wheels(wheels: Path) -> None:
    """Check that a folder holds Gradsheet's wheel.

    Raises:
        Refusal: where it does not.

    """
    if not wheels.is_dir():
        raise Refusal(f"{wheels} is no folder: -Offline names the folder with the wheels.")
    if not any(wheels.glob("gradsheet-*.whl")):
        raise Refusal(f"{wheels} has no wheel of Gradsheet: fill it as docs/install-windows.md says.")
    if (wheels / CHECKSUMS).is_file():
        check_sums(wheels)


def check_sums(wheels: Path) -> None:
    """Check that a folder holds the very wheels of its list.

    Raises:
        Refusal: naming one that is missing, not on the list, or not as it was when the list was made.

    """
    lines = (wheels / CHECKSUMS).read_text(encoding="utf-8").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines) if name}
    there = {wheel.name: hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels.glob("*.whl")}
    for name in sorted(listed.keys() | there.keys()):
        if listed.get(name) != there.get(name):
            what = "is not as it was" if name in listed and name in there else "is on one of the two only"
            raise Refusal(
                f"{wheels}: {name} {what} (the folder, and its list {CHECKSUMS}): copy the folder anew, or fill it as "
                "docs/install-windows.md says."
            )


class OneLineParser(argparse.ArgumentParser):
    """A parser whose complaints are one line, under the name that the user typed."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one line and exit with status 2."""
        print(f"{SCRIPT}: {message} (docs/install-windows.md lists the switches)", file=sys.stderr)
        sys.exit(FAILED)


def parser() -> argparse.ArgumentParser:
    """Return the switches, which are those of install.ps1."""
    switches = OneLineParser(prog="bootstrap.py", description="Put Gradsheet into Excel.")
    way = switches.add_mutually_exclusive_group()
    way.add_argument("-Test", action="store_true", help="run the tests, install nothing into Excel")
    way.add_argument("-Uninstall", action="store_true", help="take everything out again")
    way.add_argument("-Fit", action="store_true", help="say whether this Python does")
    switches.add_argument("-NoOpen", action="store_true", help="do not open the first workbook afterwards")
    switches.add_argument("-Offline", type=Path, metavar="WHEELHOUSE", help="install from a folder of wheels")
    switches.add_argument("-Workbooks", type=Path, metavar="FOLDER", help="where the workbooks go")
    switches.add_argument("-WhatIf", action="store_true", help="say what would happen, and change nothing")
    return switches


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Return the switches that were given; those that would do nothing are refused."""
    switches = parser()
    options = switches.parse_args(arguments)
    for way, others in (("Test", ("NoOpen", "Workbooks")), ("Uninstall", ("NoOpen", "Workbooks", "Offline"))):
        for other in others:
            if getattr(options, way) and getattr(options, other):
                switches.error(f"-{other} has no meaning beside -{way}: leave one out")
    return options


def this_machine() -> Machine:
    """Return the machine at hand.

    Raises:
        Refusal: where it does not say where the user's programs keep their data.

    """
    local = os.environ.get("LOCALAPPDATA")
    if not local:
        raise Refusal("LOCALAPPDATA is not set: this is for Windows; on Linux and macOS the README says what to do.")
    return Machine(Path(__file__).resolve().parents[3], Path(local) / HOME)


def follow(options: argparse.Namespace, machine: Machine) -> None:
    """Do what the switches ask for, or say it.

    Raises:
        Refusal: where something stands in the way.

    """
    for action in actions(options, machine):
        if options.WhatIf:
            machine.say(f"What if: {action.words}.")
        else:
            action.do()


def main(arguments: Sequence[str] | None = None) -> int:
    """Return the exit status: 0 done, 2 a problem, with one sentence on standard error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file or a pipe may be in a code page without the letters of a folder's name.
            stream.reconfigure(errors="backslashreplace")
    options = parsed(arguments)
    reason = unfit(this_python())
    if options.Fit:
        print(reason or FITS)
        return 0
    try:
        if reason is not None:
            raise Refusal(f"{sys.executable} {reason}: use the 64-bit Python 3.13 from python.org.")
        follow(options, this_machine())
    except Refusal as refusal:
        problem = str(refusal)
    except OSError as error:
        problem = f"{error.filename or Path(__file__).name}: {error.strerror}; mend that, and run this once more."
    except KeyboardInterrupt:
        problem = "stopped; run this once more to go on."
    else:
        return 0
    print(f"{SCRIPT}: {problem}", file=sys.stderr)
    return FAILED


if __name__ == "__main__":
    sys.exit(main())
