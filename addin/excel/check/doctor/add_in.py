"""Whether the built files are there, made for this version, and let through by Windows."""

from collections.abc import Iterator
from pathlib import Path

from addin.excel.build.vba import ADD_IN_FILE
from addin.excel.check.doctor.settings import INSTALL
from addin.excel.install import record, registration
from addin.excel.install.office import Excel
from addin.excel.install.record import InstallRecord
from addin.excel.install.synced import synced_note
from addin.excel.install.web_mark import is_marked
from addin.excel.install.windows import Windows
from addin.finding import Finding


def examine_add_in(windows: Windows, excel: Excel) -> Iterator[Finding]:
    """Look at the add-in, at Excel's list, and at the workbooks."""
    kept = record.load(windows.folders)
    add_in = registration.add_in_path(windows.folders)
    if not add_in.exists():
        yield Finding(False, f"{add_in} is not there: {INSTALL}; if it vanishes again, allow it in your virus scanner.")
    listed = registration.registered(windows.registry, excel)
    if not listed:
        yield Finding(False, f"Excel does not load {ADD_IN_FILE}: close Excel and {INSTALL}.")
    elif add_in.exists():
        yield Finding(True, f"Excel loads {add_in}")
    if is_disabled(windows, excel):
        yield Finding(
            False,
            f"Excel has disabled {ADD_IN_FILE} after a crash: File, Options, Add-ins, Manage: Disabled Items, "
            "Go, Enable.",
        )
    if kept is None:
        yield Finding(False, f"There is no record of an installation: {INSTALL}.")
        return
    yield from examine_versions(windows, kept)
    yield from examine_files(windows, kept)


def is_disabled(windows: Windows, excel: Excel) -> bool:
    """Tell whether Excel holds the add-in for the cause of a crash; it keeps the path in UTF-16 among other bytes."""
    key = rf"{excel.key}\Resiliency\DisabledItems"
    name = ADD_IN_FILE.encode("utf-16-le")
    return any(isinstance(item, bytes) and name in item.lower() for item in windows.registry.values(key).values())


def examine_versions(windows: Windows, kept: InstallRecord) -> Iterator[Finding]:
    """Compare what the files were built for with what is installed now."""
    packages = windows.interpreter.packages
    built = {"gradsheet": kept.gradsheet, "xlwings": kept.xlwings}
    stale = [f"{name} {version}" for name, version in built.items() if packages.get(name) != version]
    if stale:
        now = ", ".join(f"{name} {packages.get(name, 'missing')}" for name in built)
        yield Finding(False, f"The workbooks were built with {', '.join(stale)}, but now there is {now}: {INSTALL}.")
    else:
        yield Finding(True, f"The workbooks were built with Gradsheet {kept.gradsheet} and xlwings {kept.xlwings}")


def examine_files(windows: Windows, kept: InstallRecord) -> Iterator[Finding]:
    """Look for files that Windows holds for downloads, and for folders that are elsewhere too."""
    folder = Path(kept.workbooks)
    marked = [path for path in sorted({*map(Path, kept.files), *folder.glob("*.xls*")}) if is_marked(path)]
    for path in marked:
        yield Finding(
            False,
            f"{path} carries the Mark of the Web, so Excel blocks its macros: right-click the file, Properties, "
            "Unblock (or run gradsheet install excel, which unblocks what it builds).",
        )
    if not marked:
        yield Finding(True, f"Windows blocks no file in {folder}")
    if note := synced_note(windows, folder):
        yield Finding(True, note, is_note=True)
