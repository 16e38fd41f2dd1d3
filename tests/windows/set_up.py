"""Lay Windows' Python, an environment of a user's, and a copy of this project out on a disk C: of Wine's.

    set_up.py DISK USER WHEELS

C:\\Python313 is the Python with all that tests need, as if from python.org's installer. The user's environment, where
install.ps1 makes it, holds what Gradsheet needs and no more. C:\\gradsheet is the copy, and
its wheel goes into the folder WHEELS. Pythons with the right packages stay.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent.parent
PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
FOR_WINDOWS = ("--only-binary=:all:", "--platform=win_amd64", "--python-version=3.13", "--implementation=cp")
# pip asks this system, not the one that it installs for, which of them are needed there.
OF_WINDOWS_ALONE = ("pywin32", "colorama")
SITE = Path("Lib", "site-packages")
BESIDE_PROGRAM = ("python.exe", "pythonw.exe", "python3.dll", "python313.dll", "vcruntime140.dll", "vcruntime140_1.dll")


def bootstrap() -> ModuleType:
    """Return the module that installs from an unpacked folder, which needs no more than the standard library."""
    spec = importlib.util.spec_from_file_location("bootstrap", SOURCE / "addin" / "excel" / "install" / "bootstrap.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["bootstrap"] = module
    spec.loader.exec_module(module)
    return module


def pip(*words: str) -> None:
    """Run pip.

    Raises:
        subprocess.CalledProcessError: where it fails.

    """
    subprocess.run([*PIP, *words], check=True)


def lay_out_python(home: Path) -> None:
    """Put the embeddable Python where it lies after an installation, without its ._pth, which would isolate it."""
    libraries, library = home / "DLLs", home / "Lib"
    for folder in (libraries, library):
        folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as folder:
        pip("install", "--no-deps", "--require-hashes", f"--target={folder}", f"--requirement={HERE / 'python.txt'}")
        for path in Path(folder).iterdir():
            if path.is_file() and path.suffix not in ("._pth", ".cat"):
                is_library = path.suffix in (".pyd", ".dll") and path.name not in BESIDE_PROGRAM
                shutil.copy(path, libraries if is_library else home)
    with zipfile.ZipFile(home / "python313.zip") as archive:
        archive.extractall(library)
    (home / "python313.zip").unlink()
    # What the embeddable Python leaves out, of the same version and without machine code.
    for name in ("venv", "ensurepip"):
        shutil.copytree(Path(os.__file__).parent / name, library / name)


def lay_out_environment(folder: Path, base: Path) -> None:
    """Make what venv makes."""
    scripts = folder / "Scripts"
    scripts.mkdir(parents=True)
    for name in BESIDE_PROGRAM:
        shutil.copy(base / name, scripts)
    (folder / "pyvenv.cfg").write_text("home = C:\\Python313\nversion = 3.13.2\ninclude-system-site-packages = false\n")


def install_packages(prefix: Path, packages: list[str]) -> None:
    """Install packages for Windows into an environment, and what they bring for its top."""
    site = prefix / SITE
    pip("install", *FOR_WINDOWS, f"--target={site}", *packages)
    for library in site.glob("xlwings*.dll"):
        library.rename(prefix / library.name)
    shutil.copy(HERE / "sitecustomize.py", site)


def copy_project(copy: Path) -> None:
    """Copy this project without what work in it leaves behind."""
    shutil.rmtree(copy, ignore_errors=True)
    unpack = bootstrap()

    def left_out(folder: str, names: list[str]) -> set[str]:
        return unpack.MADE_ANYWHERE(folder, names) | (unpack.MADE_HERE if Path(folder) == SOURCE else set())

    shutil.copytree(SOURCE, copy, ignore=left_out)


def main(disk: Path, user: str, wheels: Path) -> None:
    """Lay out what is missing or was made for other requirements, and bring the copy of the project up to date."""
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *OF_WINDOWS_ALONE]
    extra = project["optional-dependencies"]
    tested_with = [*extra["digits"], *(line for line in extra["test"] if not line.startswith("gradsheet"))]
    python, copy = disk / "Python313", disk / "gradsheet"
    environment = disk / "users" / user / "AppData" / "Local" / "gradsheet" / "venv"

    inputs = [repr(needed + tested_with), *((HERE / name).read_text() for name in ("python.txt",))]
    stamp = python / hashlib.sha256("".join(inputs).encode()).hexdigest()
    if not stamp.exists():
        for folder in (python, environment):
            shutil.rmtree(folder, ignore_errors=True)
        lay_out_python(python)
        install_packages(python, [*needed, *tested_with])
        lay_out_environment(environment, python)
        install_packages(environment, [*needed, "pip"])
        stamp.touch()

    # Wine's own does nothing, and says that it succeeded.
    for program in disk.glob("windows/sys*/WindowsPowerShell/v1.0/powershell.exe"):
        program.unlink()
    copy_project(copy)
    shutil.rmtree(wheels, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        copy_project(Path(folder, "source"))
        pip("wheel", "--no-deps", f"--wheel-dir={wheels}", str(Path(folder, "source")))
    pip("install", "--no-deps", "--upgrade", f"--target={python / SITE}", *map(str, wheels.glob("gradsheet-*.whl")))
    for folder in (python, environment):
        shutil.copy(HERE / "sitecustomize.py", folder / SITE)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
