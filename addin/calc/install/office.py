"""Find the office on this machine and the Python that it runs."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from pyfuncs.cells.errors import GradsheetError

SOFFICE = "GRADSHEET_SOFFICE"
PROBE_SECONDS = 60
PROBE = "import sys, uno; print(*sys.version_info[:3], sep='.')"
# Not -I: on Windows the office tells its own Python by PYTHONPATH where uno is. Before 3.11 Python does not know this
# variable, so it is started in a folder of its own too.
ISOLATED = {"PYTHONSAFEPATH": "1"}
"""Lets Python import nothing from the folder it is started in."""
SYSTEM_PYTHON = Path("/usr/bin/python3")
PLACES = (
    "/usr/bin/soffice",
    "/usr/lib/libreoffice/program/soffice",
    "/opt/libreoffice/program/soffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    "C:/Program Files/LibreOffice/program/soffice.exe",
    "C:/Program Files (x86)/LibreOffice/program/soffice.exe",
)


@dataclass(frozen=True)
class Program:
    """An office: the program, the Python it runs, and that Python's version."""

    soffice: Path
    python: Path
    python_version: str

    @property
    def minor(self) -> tuple[int, int]:
        """Return the version that compiled packages must be made for."""
        major, minor, *_ = (int(part) for part in self.python_version.split("."))
        return major, minor


def find_office() -> Program:
    """Return the office of this machine; the variable GRADSHEET_SOFFICE names another one.

    Raises:
        GradsheetError: where there is no office, or none with Python.

    """
    soffice = find_soffice()
    for python in pythons_of(soffice):
        version = probe(python)
        if version is not None:
            return Program(soffice, python, version)
    raise GradsheetError(
        f"{soffice} has no Python: install its Python part (on Debian and Ubuntu: "
        "apt install libreoffice-calc python3-uno libreoffice-script-provider-python)."
    )


def find_soffice() -> Path:
    """Return the office's program.

    Raises:
        GradsheetError: where there is none.

    """
    named = os.environ.get(SOFFICE)
    found = shutil.which(named) if named else shutil.which("soffice") or shutil.which("libreoffice")
    if found is None and not named:
        found = next((place for place in PLACES if Path(place).exists()), None)
    if found is None:
        where = f"{named}, which {SOFFICE} names, is not there" if named else "LibreOffice is not found"
        raise GradsheetError(f"{where}: install it, or set {SOFFICE} to its soffice program.")
    return Path(found)


def pythons_of(soffice: Path) -> list[Path]:
    """Return where the office's Python may be: in its own folders, else the system's that knows the office."""
    program = soffice.resolve().parent
    own = [program / "python.exe", program / "python", program.parent / "Resources" / "python"]
    system = [SYSTEM_PYTHON, *(Path(found) for found in [shutil.which("python3")] if found)]
    return [python for python in (*own, *system) if python.exists()]


def probe(python: Path) -> str | None:
    """Return a Python's version if it can talk to the office, else None."""
    try:
        ended = subprocess.run(
            [str(python), "-c", PROBE],
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            env=clean_environment() | ISOLATED,
            cwd=python.parent,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return ended.stdout.strip() if ended.returncode == 0 else None


def clean_environment() -> dict[str, str]:
    """Return the environment without what would make the office's Python load another one's library.

    That Python looks for its home along PATH. Where it meets another Python first (an activated venv, conda, pyenv), it
    loads that one's library, made for another build, and registering an extension ends with bad_alloc.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    folders = kept.get("PATH", os.defpath).split(os.pathsep)
    kept["PATH"] = os.pathsep.join(folder for folder in folders if not has_other_python(Path(folder)))
    return kept


def other_python(office: Program) -> str | None:
    """Return the folder of PATH from which the office's Python, started here, would load another one's library."""
    if office.python != SYSTEM_PYTHON:
        return None  # an office that brings its Python along tells it where its home is
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return next((folder for folder in folders if has_other_python(Path(folder))), None)


def has_other_python(folder: Path) -> bool:
    """Tell whether a folder of PATH holds a Python that is not the system's."""
    if (folder.parent / "pyvenv.cfg").exists():
        return True
    found = [python for python in (folder / "python3", folder / "python") if python.exists()]
    return bool(found) and not (SYSTEM_PYTHON.exists() and any(python.samefile(SYSTEM_PYTHON) for python in found))


def show(office: Program, workbook: Path, profile: Path | None = None) -> subprocess.Popen[bytes]:
    """Open a workbook in a window of the office; the process returned need not be waited for."""
    settings = [] if profile is None else [f"-env:UserInstallation={profile.absolute().as_uri()}"]
    return subprocess.Popen(
        [str(office.soffice), *settings, "--calc", str(workbook)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=clean_environment(),
        start_new_session=True,
    )


def check_version(office: Program) -> None:
    """Check that packages compiled for the Python that runs now load in the office's.

    Raises:
        GradsheetError: where they do not, with the way out.

    """
    ours = sys.version_info[:2]
    if office.minor == ours:
        return
    theirs = "{}.{}".format(*office.minor)
    problem = (
        f"{office.soffice} runs Python {theirs}, but this Gradsheet runs Python {ours[0]}.{ours[1]}, and NumPy made "
        "for one does not load in the other."
    )
    if office.minor < (3, 11):
        raise GradsheetError(f"{problem} Gradsheet needs 3.11 or newer: install a newer LibreOffice.")
    raise GradsheetError(
        f"{problem} Set Gradsheet up once more with Python {theirs} (python{theirs} -m venv, then pip install), and "
        "run gradsheet install calc there."
    )
