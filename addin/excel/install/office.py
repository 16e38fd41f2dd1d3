r"""Find Excel: which version, where, made for how many bits, and from where it was installed.

The places are those of Microsoft's documentation of Click-to-Run and of the App Paths key.
"""

import contextlib
import ntpath
import struct
from dataclasses import dataclass
from pathlib import Path

from addin.excel.install.windows import CLASSES, MACHINE, USER, Windows, first_value
from pyfuncs.cells.errors import GradsheetError

PROGRAM = "excel.exe"
CURRENT = rf"{CLASSES}\Excel.Application\CurVer"
APP_PATHS = [rf"{root}\Software\Microsoft\Windows\CurrentVersion\App Paths\{PROGRAM}" for root in (USER, MACHINE)]
CLICK_TO_RUN = rf"{MACHINE}\Software\Microsoft\Office\ClickToRun\Configuration"
STORE = "windowsapps"
# Machine types of the PE header, as in Microsoft's "PE Format".
BITS = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
ARM = 0xAA64


@dataclass(frozen=True)
class Excel:
    """The Excel of this machine. Its `version` is the one in registry keys: 16.0 for 2016, 2019, 2021, 2024 and 365."""

    version: str
    program: Path | None
    release: str | None
    bits: int | None
    is_arm: bool
    is_from_store: bool

    @property
    def key(self) -> str:
        """Return where the user's settings of this Excel are in the registry."""
        return rf"{USER}\Software\Microsoft\Office\{self.version}\Excel"


def find_excel(windows: Windows) -> Excel:
    """Return the Excel that opens workbooks on this machine.

    Raises:
        GradsheetError: where there is none.

    """
    registry = windows.registry
    current = registry.values(CURRENT).get("")
    program = first_value(registry, APP_PATHS, "")
    if not isinstance(current, str) or not current:
        raise GradsheetError(
            "Excel is not found on this machine: install desktop Excel, or use LibreOffice (gradsheet install calc)."
        )
    place = Path(program.strip('"')) if isinstance(program, str) and program else None
    machine = None if place is None else machine_type(place)
    platform = first_value(registry, [CLICK_TO_RUN], "Platform")
    bits = BITS.get(machine or 0) or {"x64": 64, "x86": 32}.get(str(platform))
    release = first_value(registry, [CLICK_TO_RUN], "VersionToReport")
    return Excel(
        version=f"{current.rpartition('.')[2]}.0",
        program=place,
        release=release if isinstance(release, str) else None,
        bits=bits,
        is_arm=machine == ARM,
        is_from_store=isinstance(program, str) and STORE in ntpath.normcase(program),
    )


def machine_type(program: Path) -> int | None:
    """Return what a program is made for, from its PE header; None where it cannot be read, as in the Store's folder."""
    with contextlib.suppress(OSError, struct.error), program.open("rb") as stream:
        stream.seek(0x3C)
        (header,) = struct.unpack("<I", stream.read(4))
        stream.seek(header)
        signature, machine = struct.unpack("<4sH", stream.read(6))
        if signature == b"PE\0\0":
            return int(machine)
    return None


def refuse_while_open(windows: Windows) -> None:
    """Check that Excel is closed: open, it holds the add-in and writes its list of add-ins anew when it ends.

    Raises:
        GradsheetError: where it is open.

    """
    if windows.is_running(PROGRAM):
        raise GradsheetError("Excel is open: save your work, close Excel, and run this once more.")
