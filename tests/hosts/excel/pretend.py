"""A Windows that is folders on any machine: registry, user's folders, interpreter, and an Excel that is only named."""

import struct
from dataclasses import replace
from pathlib import Path

from addin.excel.build.dependency import pinned_xlwings
from addin.excel.install.windows import CLASSES, MACHINE, USER, Folders, Interpreter

APP_PATH = rf"{MACHINE}\Software\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
CLICK_TO_RUN = rf"{MACHINE}\Software\Microsoft\Office\ClickToRun\Configuration"
CURRENT = rf"{CLASSES}\Excel.Application\CurVer"
EXCEL = rf"{USER}\Software\Microsoft\Office\16.0\Excel"
OPTIONS = rf"{EXCEL}\Options"


class PretendRegistry:
    """Keys and values by their names, which are not case-sensitive; only the user's part may be written."""

    def __init__(self):
        self.keys = {}

    def _find(self, key):
        return next((known for known in self.keys if known.lower() == key.lower()), None)

    def exists(self, key):
        return self._find(key) is not None

    def values(self, key):
        return dict(self.keys.get(self._find(key), {}))

    def subkeys(self, key):
        inner = [known[len(key) + 1 :] for known in self.keys if known.lower().startswith(key.lower() + "\\")]
        return list(dict.fromkeys(name.partition("\\")[0] for name in inner))

    def put(self, key, name, value):
        parts = key.split("\\")
        for n in range(2, len(parts) + 1):
            way = "\\".join(parts[:n])
            if not self.exists(way):
                self.keys[way] = {}
        values = self.keys[self._find(key)]
        values[next((known for known in values if known.lower() == name.lower()), name)] = value

    def write(self, key, name, value):
        assert key.startswith(USER), "no administrator"
        assert isinstance(value, str)
        self.put(key, name, value)

    def delete(self, key, name):
        assert key.startswith(USER), "no administrator"
        del self.keys[self._find(key)][name]

    def delete_key(self, key):
        assert key.startswith(USER), "no administrator"
        assert not self.values(key), "only an empty key"
        assert not self.subkeys(key), "only an empty key"
        del self.keys[self._find(key)]

    def copy(self):
        return {key: dict(values) for key, values in self.keys.items()}


class PretendWindows:
    """A user whose folders have a space and an umlaut in their names, and a 64-bit Excel of today."""

    def __init__(self, folder, user="Zoë Müller"):
        home = folder / "Users" / user
        self.folders = Folders(
            profile=home,
            documents=home / "Documents",
            local=home / "AppData" / "Local",
            roaming=home / "AppData" / "Roaming",
        )
        for place in (self.folders.documents, self.folders.local, self.folders.roaming / "Microsoft"):
            place.mkdir(parents=True)
        self.registry = PretendRegistry()
        self.environment = {}
        self.ansi = "cp1252"
        self.running = set()
        self.opened = []
        self.program = program(folder / "Program Files" / "Microsoft Office" / "EXCEL.EXE", 0x8664)
        self.registry.put(CURRENT, "", "Excel.Application.16")
        self.registry.put(APP_PATH, "", str(self.program))
        self.registry.put(CLICK_TO_RUN, "Platform", "x64")
        self.registry.put(CLICK_TO_RUN, "VersionToReport", "16.0.17928.20114")
        self.registry.put(OPTIONS, "DefaultPath", "C:\\")
        self.interpreter = environment(self.folders.local / "gradsheet" / "venv")

    def is_running(self, program):
        return program in self.running

    def open(self, path):
        self.opened.append(path)

    def change_interpreter(self, **changes):
        self.interpreter = replace(self.interpreter, **changes)


def program(path, machine):
    """Write the head of a Windows program made for a machine type."""
    path.parent.mkdir(parents=True, exist_ok=True)
    dos_header = b"MZ" + bytes(0x3A) + struct.pack("<I", 0x80)
    path.write_bytes(dos_header.ljust(0x80, b"\0") + b"PE\0\0" + struct.pack("<H", machine))
    return path


def environment(prefix):
    """Make a virtual environment as Excel sees it: an interpreter and, one folder up, xlwings' libraries."""
    python = prefix / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True)
    python.write_bytes(b"MZ")
    version = pinned_xlwings()
    for bits in (32, 64):
        (prefix / f"xlwings{bits}-{version}.dll").write_bytes(b"MZ")
    return Interpreter(
        program=python,
        prefix=prefix,
        base=Path("C:/Python312"),
        version="3.12.7",
        platform="win-amd64",
        packages={"gradsheet": "0.1.0", "xlwings": version, "pywin32": "308"},
        import_problem=None,
    )


def contents(folder):
    """Return every file with its bytes and every folder below one."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
