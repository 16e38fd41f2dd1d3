"""Calls through COM with values laid out in memory as VBA lays them out, and xlwings' library that starts Python."""

import ctypes
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EMPTY, NULL, LONG, DOUBLE, CURRENCY, DATE, TEXT, OBJECT, ERROR, BOOLEAN, VARIANT = 0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 12
ARRAY = 0x2000
METHOD = 1
LOCALE = 0x409
GET_IDS_OF_NAMES, INVOKE = 5, 6
LEFT_OUT = -0x7FFDFFFC
"""DISP_E_PARAMNOTFOUND, an error that says that an argument is not there."""

ole = ctypes.WinDLL("oleaut32")


class Variant(ctypes.Structure):
    _fields_ = (
        ("kind", ctypes.c_ushort),
        ("reserved", ctypes.c_ushort * 3),
        ("value", ctypes.c_uint64),
        ("second", ctypes.c_uint64),
    )


class Bound(ctypes.Structure):
    _fields_ = (("count", ctypes.c_uint32), ("first", ctypes.c_int32))


class Parameters(ctypes.Structure):
    _fields_ = (
        ("arguments", ctypes.c_void_p),
        ("named", ctypes.c_void_p),
        ("count", ctypes.c_uint),
        ("named_count", ctypes.c_uint),
    )


class Raised(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("reserved", ctypes.c_ushort),
        ("source", ctypes.c_void_p),
        ("description", ctypes.c_void_p),
        ("help_file", ctypes.c_void_p),
        ("help_context", ctypes.c_ulong),
        ("pointer", ctypes.c_void_p),
        ("deferred", ctypes.c_void_p),
        ("scode", ctypes.c_long),
    )


ole.SafeArrayCreate.restype = ctypes.c_void_p
ole.SafeArrayCreate.argtypes = [ctypes.c_ushort, ctypes.c_uint, ctypes.POINTER(Bound)]
ole.SafeArrayAccessData.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_void_p)]
ole.SafeArrayUnaccessData.argtypes = ole.SafeArrayGetDim.argtypes = [ctypes.c_void_p]
ole.SafeArrayGetVartype.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_ushort)]
for function in (ole.SafeArrayGetLBound, ole.SafeArrayGetUBound):
    function.argtypes = [ctypes.c_void_p, ctypes.c_uint, ctypes.POINTER(ctypes.c_long)]
ole.SysAllocStringLen.restype = ctypes.c_void_p
ole.SysAllocStringLen.argtypes = [ctypes.c_wchar_p, ctypes.c_uint]
ole.SysStringLen.argtypes = ole.VariantClear.argtypes = [ctypes.c_void_p]


@dataclass(frozen=True)
class Given:
    """A value of a kind that no Python value stands for."""

    kind: int
    value: float = 0


def error(number: int) -> Given:
    """Return what CVErr(number) is, or with a negative number the error of COM's."""
    return Given(ERROR, number if number < 0 else number - 0x7FF60000)


class Problem(Exception):  # noqa: N818 - what VBA sees in Err
    """A call that failed, with the number and the text that VBA would have in Err."""

    def __init__(self, number: int, text: str) -> None:
        super().__init__(f"{number & 0xFFFFFFFF:08X} {text}")
        self.number = number
        self.text = text


def put(place: Variant, value: Any) -> None:
    """Lay a value out: rows of rows as a range's Value, a list as VBA's Array(), a Given as it says."""
    place.kind, place.value = EMPTY, 0
    if value is None:
        return
    if isinstance(value, Given):
        place.kind = value.kind
        bits = {DATE: double, CURRENCY: lambda amount: round(amount * 10_000)}.get(value.kind, int)
        place.value = bits(value.value) & (0xFFFFFFFF if value.kind in (ERROR, LONG) else 0xFFFFFFFFFFFFFFFF)
    elif isinstance(value, bool):
        place.kind, place.value = BOOLEAN, 0xFFFF * value
    elif isinstance(value, int | float):
        place.kind, place.value = DOUBLE, double(value)
    elif isinstance(value, str):
        place.kind = TEXT
        place.value = ole.SysAllocStringLen(value, len(value.encode("utf-16-le")) // 2)
    elif isinstance(value, list):
        place.kind, place.value = ARRAY | VARIANT, array(value, [len(value)], first=0)
    elif isinstance(value, tuple):
        cells = [row[j] for j in range(len(value[0])) for row in value]  # column by column
        place.kind, place.value = ARRAY | VARIANT, array(cells, [len(value), len(value[0])], first=1)
    else:  # an object: the caller keeps it alive, so it is not counted
        place.kind, place.value = OBJECT, pointer_of(value)


def double(number: float) -> int:
    """Return a number's bits."""
    return int(struct.unpack("<Q", struct.pack("<d", number))[0])


def pointer_of(value: Any) -> int:
    """Return the address of an object of pywin32's."""
    text = repr(value)  # <PyIDispatch at 0x... with obj at 0x...>
    return int(text.rpartition(" 0x")[2].rstrip(">"), 16)


def array(cells: Sequence[Any], shape: Sequence[int], first: int) -> int:
    """Return a new array of variants."""
    bounds = (Bound * len(shape))(*(Bound(count, first) for count in shape))
    address: int = ole.SafeArrayCreate(VARIANT, len(shape), bounds)
    for place, value in zip(elements(address, len(cells)), cells, strict=True):
        put(place, value)
    return address


def elements(address: int, count: int) -> Iterator[Variant]:
    """Yield the elements of an array of variants."""
    data = ctypes.c_void_p()
    ole.SafeArrayAccessData(address, ctypes.byref(data))
    if count:
        yield from (Variant * count).from_address(data.value or 0)
    ole.SafeArrayUnaccessData(address)


def get(place: Variant) -> Any:
    """Return the value that a variant holds: an error as Given, an array as a list or as a tuple of rows."""
    if place.kind == ARRAY | VARIANT:
        lengths = []
        for dimension in range(1, ole.SafeArrayGetDim(place.value) + 1):
            first, last = ctypes.c_long(), ctypes.c_long()
            ole.SafeArrayGetLBound(place.value, dimension, ctypes.byref(first))
            ole.SafeArrayGetUBound(place.value, dimension, ctypes.byref(last))
            lengths.append(last.value - first.value + 1)
        rows, columns = (*lengths, 1)[:2]
        cells = [get(each) for each in elements(place.value, rows * columns)]
        return cells if len(lengths) == 1 else tuple(tuple(cells[i::rows]) for i in range(rows))
    if place.kind == TEXT:
        return ctypes.wstring_at(place.value, ole.SysStringLen(place.value)) if place.value else ""
    if place.kind in (ERROR, LONG):
        number = ctypes.c_int32(place.value & 0xFFFFFFFF).value
        return Given(ERROR, number) if place.kind == ERROR else number
    if place.kind == DOUBLE:
        return struct.unpack("<d", struct.pack("<Q", place.value))[0]
    if place.kind == BOOLEAN:
        return bool(place.value & 0xFFFF)
    assert place.kind == EMPTY, place.kind
    return None


def method(address: int, number: int, *types: Any) -> Any:
    """Return a method of a COM object by its place in the table of its interface."""
    table = ctypes.c_void_p.from_address(address).value or 0
    function = ctypes.c_void_p.from_address(table + number * ctypes.sizeof(ctypes.c_void_p)).value or 0
    call = ctypes.WINFUNCTYPE(ctypes.c_long, ctypes.c_void_p, *types)(function)
    return lambda *arguments: call(address, *arguments)


def invoke(address: int, name: str, *arguments: Any) -> Any:
    """Call a method of a COM object by its name, as VBA does.

    Raises:
        Problem: where the call fails.

    """
    pointer, number = ctypes.c_void_p, ctypes.c_long()
    names, no_interface = ctypes.c_wchar_p(name), ctypes.create_string_buffer(16)
    status = method(address, GET_IDS_OF_NAMES, pointer, pointer, ctypes.c_uint, ctypes.c_uint, pointer)(
        no_interface, ctypes.byref(names), 1, LOCALE, ctypes.byref(number)
    )
    if status:
        raise Problem(status, f"{name} was not found")
    given = (Variant * len(arguments))()
    for place, value in zip(given, reversed(arguments), strict=True):
        put(place, value)
    parameters = Parameters(ctypes.addressof(given), None, len(arguments), 0)
    result, raised, which = Variant(), Raised(), ctypes.c_uint()
    types = (ctypes.c_long, pointer, ctypes.c_uint, ctypes.c_ushort, pointer, pointer, pointer, pointer)
    places = [ctypes.byref(each) for each in (parameters, result, raised, which)]
    status = method(address, INVOKE, *types)(number.value, no_interface, LOCALE, METHOD, *places)
    for place in given:
        if place.kind != OBJECT:
            ole.VariantClear(ctypes.byref(place))
    if status:
        raise Problem(status, ctypes.wstring_at(raised.description) if raised.description else "")
    answer = get(result)
    ole.VariantClear(ctypes.byref(result))
    return answer


class Library:
    """The library of xlwings' that Excel loads from beside Python's environment."""

    def __init__(self, environment: Path) -> None:
        (path,) = environment.glob("xlwings64-*.dll")
        ctypes.windll.kernel32.LoadLibraryA(str(path).encode("mbcs"))
        self._library = ctypes.WinDLL(str(path))

    def activate(self, command: str, mode: int = 1) -> int:
        """Return the address of the server that a command starts, or has started; mode -1 ends it.

        Raises:
            Problem: where it does not start.

        """
        answer = Variant()
        status = self._library.XLPyDLLActivateAuto(ctypes.byref(answer), command.encode("mbcs"), mode)
        if status:
            raise Problem(status, str(get(answer)))
        return int(answer.value)


def server_command(python: Path) -> str:
    """Return the command that xlwings' macro XLPyCommand makes of the settings in our workbooks."""
    code = (
        'import sys, os;import xlwings.utils;xlwings.utils.prepare_sys_path(\\"False;;;;;;\\");import xlwings; '
        "xlwings.serve('$(CLSID)')"
    )
    return f'cmd.exe  /C ""{python}" -B -c "{code}""'
