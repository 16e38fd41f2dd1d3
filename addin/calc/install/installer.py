"""Put Gradsheet into the office of this machine, take it out, and look whether all of it is there."""

import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from addin.calc.inside.identifiers import PACKAGE
from addin.calc.install.office import ISOLATED, Program, check_version, clean_environment, find_office, other_python
from addin.calc.install.package import extension, version
from addin.calc.install.profile import is_current
from addin.finding import Finding
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.kernels.code_files import cache_folder
from workbooks.xlsx.atomic import scratch_folder

NEEDED = ("addin", "numpy", "numba", "llvmlite", "platformdirs")
TASK_SECONDS = 300
WARM_SECONDS = 900
REGISTRATION = "addin.calc.install.registration"
COMMAND = "addin.cli"
CACHE_FOLDER = "from pyfuncs.kernels.code_files import cache_folder; print(cache_folder() or '')"

Say = Callable[[str], None]


def package_folders() -> list[str]:
    """Return the folders that the office's Python needs to know, Gradsheet's first."""
    specs = [importlib.util.find_spec(name) for name in NEEDED]
    origins = [Path(spec.origin).resolve() for spec in specs if spec is not None and spec.origin is not None]
    folders = (origin.parents[1] if origin.name == "__init__.py" else origin.parent for origin in origins)
    return list(dict.fromkeys(str(folder) for folder in folders))


def run_python(office: Program, arguments: Sequence[str], seconds: int, folders: Sequence[str]) -> str:
    """Run the office's Python with some folders on its path, and return what it prints.

    Raises:
        GradsheetError: where it fails, with the last line of what it says.

    """
    environment = clean_environment() | ISOLATED | {"PYTHONPATH": os.pathsep.join(folders)}
    try:
        ended = subprocess.run(
            [str(office.python), *arguments],
            capture_output=True,
            text=True,
            timeout=seconds,
            env=environment,
            cwd=office.python.parent,
        )
    except subprocess.TimeoutExpired:
        raise GradsheetError(f"{office.python} did not answer within {seconds} seconds.") from None
    if ended.returncode:
        last = ended.stderr.strip().rpartition("\n")[2] or f"exit status {ended.returncode}"
        raise GradsheetError(f"{office.soffice}: {last}")
    return ended.stdout


def register(office: Program, task: str, profile: Path | None, *arguments: str) -> dict[str, Any]:
    """Let the office add or remove the extension, or say what is there."""
    place = [] if profile is None else ["--profile", str(profile.absolute())]
    command = ["-m", REGISTRATION, task, "--soffice", str(office.soffice), *place, *arguments]
    # Only the first folder, Gradsheet's own: this part runs in any Python.
    said: dict[str, Any] = json.loads(run_python(office, command, TASK_SECONDS, package_folders()[:1]))
    return said


def install(profile: Path | None, say: Say, *, once_more: bool = True) -> None:
    """Register the extension, tell the office where the packages are, and compile the formulas with its Python.

    Args:
        profile: The office's folder of settings, None for the user's own.
        say: Takes each line about what is done.
        once_more: Whether to register also what is registered and up to date. The office must be closed for that.

    Raises:
        GradsheetError: where something stands in the way, with what to do.

    """
    office = find_office()
    say(f"{office.soffice} with Python {office.python_version} ({office.python})")
    check_version(office)
    folders = package_folders()
    if once_more or not is_current(user_folder(office, profile), folders):
        add_extension(office, profile, folders, say)
    else:
        say(f"The extension {version()} is registered and up to date")
    say("Making the formulas ready for the office's Python (about a minute where they are not compiled yet) ...")
    say(run_python(office, ["-m", COMMAND, "warm"], WARM_SECONDS, folders).strip())


def user_folder(office: Program, profile: Path | None) -> Path:
    """Return the office's folder for its user, which may be open."""
    return Path(register(office, "where", profile)["user"])


def add_extension(office: Program, profile: Path | None, folders: Sequence[str], say: Say) -> None:
    """Register the extension."""
    with scratch_folder() as folder:
        path = folder / PACKAGE
        path.write_bytes(extension())
        said = register(office, "add", profile, "--extension", str(path), "--folders", *folders)
    say(f"The extension {said['version']} is registered; its Python packages are in {' and '.join(folders)}")


def uninstall(profile: Path | None, say: Say) -> None:
    """Take the extension out, with what was written for it."""
    office = find_office()
    said = register(office, "remove", profile)
    forget_compiled(office)
    say("The extension is removed." if said["was_there"] else "The extension was not registered.")


def forget_compiled(office: Program) -> None:
    """Remove the kernels compiled for the office's Python, unless they serve the command too."""
    try:
        folder = run_python(office, ["-c", CACHE_FOLDER], TASK_SECONDS, package_folders()).strip()
    except GradsheetError:
        return  # packages that do not load there have compiled nothing there
    if folder and Path(folder) != cache_folder():
        shutil.rmtree(folder, ignore_errors=True)


def examine(profile: Path | None) -> Iterator[Finding]:
    """Check every step from the office to a formula's value; a later check needs the earlier ones."""
    try:
        office = find_office()
        yield Finding(
            True, f"LibreOffice is at {office.soffice}, its Python {office.python_version} at {office.python}"
        )
        check_version(office)
        yield Finding(True, "The packages are made for this Python")
        said = register(office, "try", profile)
    except GradsheetError as error:
        yield Finding(False, str(error))
        return
    other = other_python(office)
    if other is not None:
        advice = "open LibreOffice from the desktop, or with gradsheet install calc --open, not with soffice from here"
        yield Finding(True, f"In this terminal another Python comes first ({other}): {advice}", is_note=True)
    if said["version"] is None:
        yield Finding(False, "The extension is not registered: run gradsheet install calc")
        return
    missing = [name for name, is_there in said["parts"].items() if not is_there]
    if missing or said["version"] != version():
        what = f"without {', '.join(missing)}" if missing else f"in version {said['version']}, not {version()}"
        yield Finding(False, f"The extension is registered {what}: run gradsheet install calc once more")
    else:
        yield Finding(True, f"The extension {said['version']} is registered with all {len(said['parts'])} parts")
    if said["folders"] != package_folders():
        yield Finding(
            False,
            f"The office looks for the packages in {said['folders'] or 'no folder'}, but they are in "
            f"{package_folders()}: run gradsheet install calc once more",
        )
    else:
        yield Finding(True, "The office knows where the packages are")
    if said["value"] == 2.0:
        yield Finding(True, f"=NN_RELU(2) gives 2 in Calc, {said['seconds']:.1f} s after the first was typed")
    else:
        yield Finding(False, f"=NN_RELU(2) gives {said['shown']} in Calc: run gradsheet install calc once more")
