"""What installing needs of Windows: the registry, the user's folders, the interpreter. Tests bring a pretend one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

USER = "HKEY_CURRENT_USER"
MACHINE = "HKEY_LOCAL_MACHINE"
CLASSES = "HKEY_CLASSES_ROOT"

Value = str | int | bytes | Sequence[str] | None


class Registry(Protocol):
    r"""Keys by their full path, HKEY_CURRENT_USER\Software\..., and their values; names are not case-sensitive."""

    def exists(self, key: str) -> bool:
        """Tell whether a key is there."""

    def values(self, key: str) -> Mapping[str, Value]:
        """Return a key's values, none where there is no such key; the unnamed one is called ""."""

    def subkeys(self, key: str) -> Sequence[str]:
        """Return the names below a key."""

    def write(self, key: str, name: str, value: str) -> None:
        """Put a text into a value, and make the key where it is missing."""

    def delete(self, key: str, name: str) -> None:
        """Remove a value that is there."""

    def delete_key(self, key: str) -> None:
        """Remove a key that is empty."""


@dataclass(frozen=True)
class Folders:
    """The user's folders as Windows names them; Documents may be redirected to OneDrive or a server."""

    profile: Path
    documents: Path
    local: Path
    roaming: Path


@dataclass(frozen=True)
class Interpreter:
    """The Python that Excel runs: its program, its folder, what it is made for, and the packages in it.

    `base` is the Python behind the environment, `import_problem` what went wrong when the COM modules were loaded.
    """

    program: Path
    prefix: Path
    base: Path
    version: str
    platform: str
    packages: Mapping[str, str]
    import_problem: str | None


class Windows(Protocol):
    """The machine and the user at it."""

    registry: Registry
    folders: Folders
    interpreter: Interpreter
    environment: Mapping[str, str]
    ansi: str

    def is_running(self, program: str) -> bool:
        """Tell whether a program runs now."""

    def open(self, path: Path) -> None:
        """Open a file with the program that belongs to it."""


def first_value(registry: Registry, keys: Sequence[str], name: str) -> Value:
    """Return a value from the first key that has it, None where none has."""
    for key in keys:
        for found, value in registry.values(key).items():
            if found.lower() == name.lower():
                return value
    return None
