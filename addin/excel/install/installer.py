"""Put Gradsheet into Excel for the user who runs it, and take it out again."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PureWindowsPath

from addin.excel.build.settings import settings
from addin.excel.build.vba import ADD_IN_FILE
from addin.excel.install import configuration, record, registration
from addin.excel.install.office import Excel, find_excel, refuse_while_open
from addin.excel.install.record import InstallRecord
from addin.excel.install.synced import synced_note
from addin.excel.install.web_mark import unmark
from addin.excel.install.windows import Folders, Windows
from pyfuncs.cells.errors import GradsheetError
from workbooks.xlsx.atomic import write_atomically

WORKBOOKS = "Gradsheet"
SUFFIX = ".xlsm"
FIRST = "titanic_linear.xlsm"

Say = Callable[[str], None]
Build = Callable[[Path, Mapping[str, str]], None]
"""Writes the add-in and the workbooks into a folder; their macros have these settings."""


def install(windows: Windows, build: Build, warm: Callable[[], float], say: Say, workbooks: Path | None = None) -> Path:
    """Build the add-in and the workbooks, register them, compile, and return what to open first.

    What was built before is replaced; a workbook that somebody has changed since stays, under a new name.

    Raises:
        GradsheetError: where something stands in the way, with what to do.

    """
    excel = find_excel(windows)
    refuse_while_open(windows)
    folders = windows.folders
    kept = record.load(folders) or InstallRecord()
    folder = (workbooks or (Path(kept.workbooks) if kept.workbooks else folders.documents / WORKBOOKS)).absolute()
    configuration.refuse_unreadable(windows, folder)
    say(f"Excel {excel.release or excel.version} at {excel.program or 'an unknown place'}")
    if note := synced_note(windows, folder):
        say(f"Note: {note}")
    kept.workbooks = str(folder)
    kept.gradsheet = windows.interpreter.packages["gradsheet"]
    kept.xlwings = windows.interpreter.packages.get("xlwings", "")
    put_files(folders, folder, lambda place: build(place, settings_of(windows, folder)), kept, say)
    register(windows, excel, kept)
    say(f"The add-in {registration.add_in_path(folders)} is registered; Excel loads it when it starts.")
    say(f"Its formulas and those of the workbooks call {windows.interpreter.program}")
    say("Compiling the formulas (about a minute, once) ...")
    say(f"The formulas and the trainer are ready ({warm():.1f} s).")
    return first_workbook(folder)


def put_files(folders: Folders, folder: Path, build: Callable[[Path], None], kept: InstallRecord, say: Say) -> None:
    """Build, and put each file where it belongs."""
    home = record.home(folders)
    make_folders(home, kept, folders)
    make_folders(folder, kept, folders)
    add_in = registration.add_in_path(folders)
    make_folders(add_in.parent, kept, folders)
    say("Building the add-in and the workbooks ...")
    with tempfile.TemporaryDirectory(dir=home) as temporary:
        build(Path(temporary))
        built = {path.name: path.read_bytes() for path in sorted(Path(temporary).iterdir()) if path.is_file()}
    if ADD_IN_FILE not in built:
        raise GradsheetError(f"{ADD_IN_FILE} was not built: install Gradsheet anew.")
    for name, data in built.items():
        target = add_in if name == ADD_IN_FILE else folder / name
        if target != add_in and (moved := move_aside(target, kept)):
            say(f"{target.name} was changed since it was built: it is now {moved.name}.")
        write_atomically(target, data)
        unmark(target)
        kept.files[str(target)] = record.digest(data)
        record.save(folders, kept)
    say(f"Built {len(built) - 1} workbooks in {folder}")


def make_folders(folder: Path, kept: InstallRecord, folders: Folders) -> None:
    """Make a folder and those it is in, and remember the ones that were missing, the outermost first."""
    missing = [way for way in (*reversed(folder.parents), folder) if not way.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    kept.made_folders += [str(way) for way in missing if str(way) not in kept.made_folders]
    if record.home(folders).exists():
        record.save(folders, kept)


def move_aside(path: Path, kept: InstallRecord) -> Path | None:
    """Rename a workbook that is not as it was built, and return its new name; None where there is nothing to keep.

    Raises:
        GradsheetError: where it is open or may not be renamed.

    """
    if not path.exists() or kept.wrote(path):
        return None
    target = next(free for free in numbered(path) if not free.exists())
    try:
        return path.rename(target)
    except OSError as error:
        raise GradsheetError(
            f"{path} cannot be kept as {target.name} ({error.strerror}); close it and try again."
        ) from None


def numbered(path: Path) -> Iterator[Path]:
    """Yield names for a second file of a name: book (1).xlsm, book (2).xlsm ..."""
    number = 1
    while True:
        yield path.with_name(f"{path.stem} ({number}){path.suffix}")
        number += 1


def register(windows: Windows, excel: Excel, kept: InstallRecord) -> None:
    """Write the list of add-ins, and take out of the user's xlwings configuration what an earlier version wrote."""
    made = registration.missing_keys(windows.registry, registration.options_key(excel))
    kept.made_keys += [key for key in made if key not in kept.made_keys]
    record.save(windows.folders, kept)
    registration.register(windows.registry, excel, registration.add_in_path(windows.folders))
    restore_settings(windows, kept)


def restore_settings(windows: Windows, kept: InstallRecord) -> None:
    """Put the user's xlwings configuration back as it was before an earlier version of Gradsheet wrote into it."""
    path = configuration.configuration_path(windows.folders)
    configuration.restore(path, kept.settings, kept.settings_before, windows.ansi)
    if kept.settings and str(path.parent) in kept.made_folders:
        remove_empty(path.parent)
    kept.settings, kept.settings_before = {}, {}
    record.save(windows.folders, kept)


def settings_of(windows: Windows, workbooks: Path) -> Mapping[str, str]:
    """Return the settings for the macros; below the user's own folder the interpreter is named for every user."""
    program, local = windows.interpreter.program, windows.folders.local
    inside = local in program.parents
    return settings(
        f"%LOCALAPPDATA%\\{PureWindowsPath(program.relative_to(local))}" if inside else str(program), str(workbooks)
    )


def first_workbook(folder: Path) -> Path:
    """Return the workbook that a lesson begins with."""
    first = folder / FIRST
    return first if first.exists() else min(folder.glob(f"*{SUFFIX}"), default=folder)


def uninstall(windows: Windows, say: Say) -> None:
    """Remove all that was installed, but no workbook that somebody has changed, and put back what was there before.

    Raises:
        GradsheetError: while Excel is open.

    """
    refuse_while_open(windows)
    folders = windows.folders
    kept = record.load(folders)
    was_registered = unregister(windows, kept or InstallRecord())
    if kept is not None:
        remove_files(kept, say)
        restore_settings(windows, kept)
    registration.add_in_path(folders).unlink(missing_ok=True)
    unmark(registration.add_in_path(folders))
    shutil.rmtree(record.home(folders) / "Cache", ignore_errors=True)
    record.record_path(folders).unlink(missing_ok=True)
    for folder in reversed(kept.made_folders if kept else []):
        remove_empty(Path(folder))
    remove_empty(record.home(folders))
    say("Gradsheet is taken out of Excel." if kept or was_registered else "Gradsheet was not installed in Excel.")


def unregister(windows: Windows, kept: InstallRecord) -> bool:
    """Take the add-in out of Excel's list, and tell whether it was there; without Excel there is no list."""
    try:
        excel = find_excel(windows)
    except GradsheetError:
        return False
    was_there = registration.unregister(windows.registry, excel)
    registration.remove_empty_keys(windows.registry, kept.made_keys)
    return was_there


def remove_files(kept: InstallRecord, say: Say) -> None:
    """Remove the files that are still as they were built."""
    for name in kept.files:
        path = Path(name)
        if kept.wrote(path):
            unmark(path)
            path.unlink()
        elif path.exists() and path.name != ADD_IN_FILE:
            say(f"{path} was changed since it was built and stays.")


def remove_empty(folder: Path) -> None:
    """Remove a folder unless something is in it."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
