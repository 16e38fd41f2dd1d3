r"""Folders that are not only on this machine: OneDrive and servers.

With AutoSave on, Excel knows a workbook in OneDrive by its address on the web, and xlwings may not find its way back.
"""

from pathlib import Path, PurePath

from addin.excel.install.windows import USER, Windows

ACCOUNTS = rf"{USER}\Software\Microsoft\OneDrive\Accounts"
VARIABLES = ("OneDrive", "OneDriveConsumer", "OneDriveCommercial")


def synced_note(windows: Windows, folder: Path) -> str | None:
    """Return what it means that a folder is somewhere else too, None where it is on this machine only."""
    if str(folder).startswith(("\\\\", "//")):
        return (
            f"{folder} is on a server, whose workbooks Excel may open without macros: run gradsheet install excel "
            r"--workbooks C:\Gradsheet to keep them on this machine."
        )
    for root in roots(windows):
        if is_inside(folder, root):
            return (
                f"{folder} is in OneDrive: switch AutoSave off in workbooks with formulas, or run gradsheet install "
                r"excel --workbooks C:\Gradsheet to keep them out of it."
            )
    return None


def roots(windows: Windows) -> list[PurePath]:
    """Return the folders that OneDrive keeps, after the environment and its own accounts."""
    named = [windows.environment.get(variable) for variable in VARIABLES]
    keys = [rf"{ACCOUNTS}\{account}" for account in windows.registry.subkeys(ACCOUNTS)]
    named += [value for key in keys if isinstance(value := windows.registry.values(key).get("UserFolder"), str)]
    return [PurePath(name) for name in dict.fromkeys(named) if name]


def is_inside(folder: PurePath, root: PurePath) -> bool:
    """Tell whether a folder is another one or in it; Windows does not tell capitals from small letters."""
    inner, outer = ([part.lower() for part in path.parts] for path in (folder, root))
    return inner[: len(outer)] == outer
