"""The VBA project in a workbook: xlwings' own modules as its wheel brings them, and ours."""

from collections.abc import Mapping
from pathlib import Path

import xlwings
from pyopenvba import ExcelFile
from pyopenvba.cfb import CFB
from pyopenvba.vba import VBAModuleKind

from addin.excel.build import vba
from workbooks.xlsx.archive import archive_of, new_archive
from workbooks.xlsx.atomic import scratch_folder
from workbooks.xlsx.package import Package

XLWINGS = Path(xlwings.__file__).parent
CALLER = "xlwings"
DICTIONARY = "Dictionary"
FROM_WHEEL: Mapping[str, Path] = {
    CALLER: XLWINGS / "xlwings.bas",
    DICTIONARY: XLWINGS / "addin" / "Dictionary.cls",
}
"""What calls Python, and what it needs; both name the version of the library they call."""

NO_COMPILED_CODE = bytes.fromhex("cc61ffff000000")
"""The whole stream _VBA_PROJECT of a project that holds source alone ([MS-OVBA] 2.3.4.1)."""


ONE_SERVER: Mapping[str, str] = {
    # xlwings keeps a server for each command; without the workbook's path there is one for all.
    '= AddExcelDir & ";" & ThisWorkbook.FullName & ";" & ThisWorkbook.FullName & ";"': '= AddExcelDir & ";;;"',
    # cmd ends with Python, so that a Python which cannot start is noticed at once and not after a minute.
    'ConsoleSwitch & " /K "': 'ConsoleSwitch & " /C "',
}
"""What differs in the macros that start Python."""


def from_wheel(name: str) -> str:
    """Return a module of xlwings' with the line ends of a file."""
    return FROM_WHEEL[name].read_text(encoding="cp1252")


def caller() -> str:
    """Return xlwings' module that calls Python, changed so that one Python answers for all workbooks.

    Raises:
        ValueError: for a version of xlwings whose text is another.

    """
    text = from_wheel(CALLER)
    for before, after in ONE_SERVER.items():
        if before not in text:
            raise ValueError(f"{FROM_WHEEL[CALLER]} does not hold {before!r}")
        text = text.replace(before, after)
    return text


def with_project(data: bytes, kind: str) -> Package:
    """Return a workbook file with the VBA project of a workbook ("xlsm") or of the add-in ("xlam")."""
    with scratch_folder() as folder:
        path = folder / "book.xlsm"
        path.write_bytes(data)
        with ExcelFile(path) as file:
            file.add_vba_project()
            project = file.vba_project()
            project.add_module(CALLER, crlf(caller()))
            project.add_module(DICTIONARY, crlf(from_wheel(DICTIONARY)), kind=VBAModuleKind.other)
            for name, text in vba.modules(kind).items():
                project.add_module(name, crlf(text))
            project.get_module("ThisWorkbook").body = crlf(vba.document_text(kind))
            for module in project.modules:
                module.dirty = True  # written anew, from its source alone
            file.save()
        package = Package(path, new_archive(archive_of(path.read_bytes(), path).parts))
    (part,) = package.targets(package.workbook_part, "vbaProject").values()
    package.put(part, without_compiled_code(package.read(part)))
    return package


def without_compiled_code(project: bytes) -> bytes:
    """Return a vbaProject.bin that every program compiles anew."""
    storages = CFB.from_bytes(project)
    storages.write_stream_in_storage("VBA", "_VBA_PROJECT", NO_COMPILED_CODE)
    data: bytes = storages.to_bytes()
    return data


def crlf(text: str) -> str:
    """Return a text with the line ends that VBA wants."""
    return "\r\n".join(text.splitlines()) + "\r\n"
