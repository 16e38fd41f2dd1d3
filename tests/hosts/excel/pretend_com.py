"""Stand-ins for pywin32, so that xlwings' own code for Windows runs anywhere; nothing of xlwings is replaced."""

import ctypes
import datetime
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType, SimpleNamespace
from typing import Any
from unittest import mock

import xlwings

from addin.excel.inside.values import ERROR_NUMBERS, FIRST_SCODE
from pyfuncs.cells.errors import ErrorCode

SCODES = {code: FIRST_SCODE - 2000 + number for code, number in ERROR_NUMBERS.items()}
MISSING = -2147352572
"""What VBA hands over for an optional argument left out."""
OF_WINDOWS = ("_xlwindows", "udfs", "com_server")
RANGE_INTERFACE = "{00020846-0000-0000-C000-000000000046}"


class Time(datetime.datetime):
    """A date as pywin32 hands it over."""


class ComError(Exception):
    pass


class ComObject:
    """What pywin32 wraps around an object of Excel's."""


class TypeInfo:
    def __init__(self, interface: str) -> None:
        self.iid = interface

    def GetTypeInfo(self) -> "TypeInfo":  # noqa: N802 - the name is COM's
        return self

    def GetTypeAttr(self) -> "TypeInfo":  # noqa: N802
        return self


class ComRange(ComObject):
    """A range of cells: its value is one value, or a tuple of rows."""

    def __init__(self, value: Any) -> None:
        rows = value if isinstance(value, tuple) else ((value,),)
        self.Value = value
        self.Row = self.Column = 1
        self.Rows, self.Columns = SimpleNamespace(Count=len(rows)), SimpleNamespace(Count=len(rows[0]))
        book = SimpleNamespace(Application=SimpleNamespace(Hwnd=1), Name="book.xlsm")
        self.Worksheet = SimpleNamespace(Name="Data", Parent=book)
        self._oleobj_ = TypeInfo(RANGE_INTERFACE)


def com_cell(cell: Any) -> Any:
    """Return one cell as pywin32 hands it over: numbers are floating, errors are their numbers."""
    if isinstance(cell, ErrorCode):
        return SCODES[cell]
    if isinstance(cell, datetime.date):
        return Time(cell.year, cell.month, cell.day)
    return cell if isinstance(cell, bool | str) or cell is None else float(cell)


def com_rows(block: Any) -> Any:
    """Return a block as pywin32 hands over the value of a range: one value, or a tuple of rows."""
    if not isinstance(block, list):
        return com_cell(block)
    rows = tuple(tuple(com_cell(cell) for cell in (row if isinstance(row, list) else [row])) for row in block)
    if not isinstance(block[0], list):
        rows = (tuple(row[0] for row in rows),)
    return rows[0][0] if len(rows) == len(rows[0]) == 1 else rows


def com_range(block: Any) -> Any:
    """Return an argument that refers to cells, or one that is left out."""
    return MISSING if block is None else ComRange(com_rows(block))


def rows_of(result: Any) -> list[list[Any]]:
    """Return what CallUDF gives as rows: it takes the brackets from one cell and from one row."""
    if not isinstance(result, list):
        return [[result]]
    return result if isinstance(result[0], list) else [result]


class ComBook(ComObject):
    """A workbook without sheets."""

    def __init__(self, name: str = "book.xlsm") -> None:
        self.Name = name
        self.Worksheets = self.Sheets = ()


def modules() -> dict[str, ModuleType]:
    def module(name: str, **attributes: Any) -> ModuleType:
        made = ModuleType(name)
        made.__dict__.update(attributes)
        return made

    def unwrap(value: Any) -> Any:
        raise ComError("not one of ours")

    def same(value: Any, *rest: Any, **options: Any) -> Any:
        return value

    dispatch = "IDispatch"
    client = module(
        "win32com.client",
        CDispatch=ComObject,
        Dispatch=same,
        DispatchEx=same,
        DispatchBaseClass=type("DispatchBaseClass", (), {}),
        CoClassBaseClass=type("CoClassBaseClass", (), {}),
    )
    util = module("win32com.server.util", unwrap=unwrap, wrap=same)
    policy, dispatcher = module("win32com.server.policy"), module("win32com.server.dispatcher")
    server = module("win32com.server", util=util, policy=policy, dispatcher=dispatcher)
    made = [
        module("pywintypes", TimeType=Time, com_error=ComError, error=ComError, IID=str),
        module(
            "pythoncom",
            __file__=None,
            CoInitialize=lambda: None,
            IID_IDispatch=dispatch,
            TypeIIDs={dispatch: type("PyIDispatch", (), {})},
            com_error=ComError,
        ),
        module("win32timezone", TimeZoneInfo=SimpleNamespace(utc=lambda: datetime.UTC)),
        module("win32process", GetWindowThreadProcessId=lambda window: (1, 1)),
        *(module(name) for name in ("win32api", "win32con", "win32gui", "win32event")),
        module("win32com", client=client, server=server),
        client,
        server,
        util,
        policy,
        dispatcher,
    ]
    return {each.__name__: each for each in made}


@contextmanager
def windows() -> Iterator[SimpleNamespace]:
    """Let xlwings believe that it is on Windows; gives its modules udfs and com_server. All of it is undone after."""
    kept = dict(sys.modules)
    engines, by_name = list(xlwings.engines.engines), dict(xlwings.engines.engines_by_name)
    names = (*OF_WINDOWS, "func", "arg", "ret", "sub", "script")
    before = {name: getattr(xlwings, name) for name in names if hasattr(xlwings, name)}
    for name in OF_WINDOWS:  # on Windows they are there already, with the real pywin32
        sys.modules.pop(f"xlwings.{name}", None)
        vars(xlwings).pop(name, None)
    sys.modules.update(modules())
    libraries = {"oledll": mock.MagicMock(), "windll": mock.MagicMock(), "PyDLL": lambda *a, **k: mock.MagicMock()}
    try:
        with mock.patch.multiple(ctypes, create=True, **libraries):
            from xlwings import _xlwindows
        from xlwings import udfs

        xlwings._xlwindows = _xlwindows
        xlwings.engines.add(xlwings.Engine(impl=_xlwindows.engine))
        xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
        xlwings.sub = xlwings.script = udfs.xlsub
        for name in [name for name in sys.modules if name.startswith("addin.excel.")]:
            del sys.modules[name]  # they are to be imported again, with the functions of Windows
        from xlwings import com_server

        yield SimpleNamespace(udfs=udfs, server=com_server, cell_errors=_xlwindows.cell_errors)
        com_server.loop.close()
    finally:
        for name in set(sys.modules) - set(kept):
            if name.startswith(("win32", "python", "pywin", "xlwings.", "addin.excel")):
                del sys.modules[name]
        sys.modules.update(kept)
        for name in names:
            if name in before:
                setattr(xlwings, name, before[name])
            elif hasattr(xlwings, name):
                delattr(xlwings, name)
        xlwings.engines.engines, xlwings.engines.engines_by_name = engines, by_name
