r"""The add-in in Excel's list: one value OPEN, OPEN1, OPEN2 ... for each add-in that Excel loads when it starts.

Excel reads the values in order and stops at the first number that is missing. Add-ins that are known but not loaded
are names of values in the key Add-in Manager.
"""

import ntpath
import re
from pathlib import Path

from addin.excel.build.vba import ADD_IN_FILE
from addin.excel.install.office import Excel
from addin.excel.install.windows import Folders, Registry

OPEN = re.compile(r"OPEN(\d*)", re.IGNORECASE)


def add_in_path(folders: Folders) -> Path:
    """Return where the add-in belongs: Excel trusts what lies there."""
    return folders.roaming / "Microsoft" / "AddIns" / ADD_IN_FILE


def options_key(excel: Excel) -> str:
    """Return the key that holds the list."""
    return rf"{excel.key}\Options"


def manager_key(excel: Excel) -> str:
    """Return the key that names the add-ins that are not loaded."""
    return rf"{excel.key}\Add-in Manager"


def entries(registry: Registry, excel: Excel) -> dict[str, str]:
    """Return the list in Excel's order: the value's name and what it says."""
    found = []
    for name, value in registry.values(options_key(excel)).items():
        if (match := OPEN.fullmatch(name)) and isinstance(value, str):
            found.append((int(match[1] or 0), name, value))
    return {name: value for _, name, value in sorted(found)}


def is_ours(entry: str) -> bool:
    """Tell whether an entry opens this add-in: a path or a name in quotes, with or without a switch before it."""
    path = re.sub(r"^\s*/\w\s+", "", entry).strip().strip('"')
    return ntpath.basename(path).lower() == ADD_IN_FILE


def registered(registry: Registry, excel: Excel) -> list[str]:
    """Return the entries that open this add-in."""
    return [entry for entry in entries(registry, excel).values() if is_ours(entry)]


def register(registry: Registry, excel: Excel, add_in: Path) -> list[str]:
    """Let Excel load the add-in when it starts, once, after the others; return the keys made for it."""
    made = missing_keys(registry, options_key(excel))
    others = [entry for entry in entries(registry, excel).values() if not is_ours(entry)]
    write_entries(registry, excel, [*others, f'"{add_in}"'])
    forget_inactive(registry, excel)
    return made


def unregister(registry: Registry, excel: Excel) -> bool:
    """Take the add-in out of the list, close the gap, and tell whether it was there."""
    before = list(entries(registry, excel).values())
    others = [entry for entry in before if not is_ours(entry)]
    if others != before:
        write_entries(registry, excel, others)
    return forget_inactive(registry, excel) or others != before


def write_entries(registry: Registry, excel: Excel, wanted: list[str]) -> None:
    """Put a list in place of the one that is there."""
    key = options_key(excel)
    names = [f"OPEN{i or ''}" for i in range(len(wanted))]
    before = entries(registry, excel)
    for name, entry in zip(names, wanted, strict=True):
        if before.get(name) != entry:
            registry.write(key, name, entry)
    for name in before:
        if name.upper() not in names:
            registry.delete(key, name)


def forget_inactive(registry: Registry, excel: Excel) -> bool:
    """Remove the add-in from those that are known but not loaded."""
    key = manager_key(excel)
    ours = [name for name in registry.values(key) if is_ours(name)]
    for name in ours:
        registry.delete(key, name)
    return bool(ours)


def missing_keys(registry: Registry, key: str) -> list[str]:
    """Return the keys that writing into this one makes, the outermost first."""
    parts = key.split("\\")
    ways = ["\\".join(parts[:n]) for n in range(2, len(parts) + 1)]
    return [way for way in ways if not registry.exists(way)]


def remove_empty_keys(registry: Registry, keys: list[str]) -> None:
    """Remove keys, the innermost first, that hold nothing any more."""
    for key in reversed(keys):
        if registry.exists(key) and not registry.values(key) and not registry.subkeys(key):
            registry.delete_key(key)
