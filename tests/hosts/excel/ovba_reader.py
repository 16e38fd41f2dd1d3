"""A second reader of VBA projects, made from the format's own description ([MS-OVBA] 2.3.4.2 and 2.4.1) alone."""

import struct
from typing import NamedTuple

import olefile

PROCEDURAL, OTHER = 0x21, 0x22
NAME, STREAM, OFFSET, END_OF_MODULE = 0x19, 0x1A, 0x31, 0x2B
PROJECT_VERSION = 0x09
REFERENCE_NAME = 0x16
END = 0x10


class Module(NamedTuple):
    is_procedural: bool
    text: bytes
    offset: int
    """How many bytes of compiled code its stream begins with."""


def decompressed(data: bytes) -> bytes:
    """Return what a compressed container holds."""
    assert data[0] == 1
    at, result = 1, bytearray()
    while at < len(data):
        (header,) = struct.unpack_from("<H", data, at)
        assert header >> 12 & 7 == 3
        end = min(at + (header & 0xFFF) + 3, len(data))
        at += 2
        if not header & 0x8000:
            result += data[at:end]
            at = end
            continue
        start = len(result)
        while at < end:
            flags = data[at]
            at += 1
            for bit in range(8):
                if at >= end:
                    break
                if not flags >> bit & 1:
                    result.append(data[at])
                    at += 1
                    continue
                (token,) = struct.unpack_from("<H", data, at)
                at += 2
                bits = max((len(result) - start - 1).bit_length(), 4)
                distance, length = (token >> 16 - bits) + 1, (token & (1 << 16 - bits) - 1) + 3
                for _ in range(length):
                    result.append(result[-distance])
    return bytes(result)


def records(data: bytes):
    """Yield the records of the stream dir; that of the project's version says a size that is not its own."""
    at = 0
    while at < len(data):
        kind, size = struct.unpack_from("<HI", data, at)
        size = 6 if kind == PROJECT_VERSION else size
        yield kind, data[at + 6 : at + 6 + size]
        at += 6 + size
        if kind == END:
            assert not data[at:].strip(b"\0")
            return
    raise AssertionError("no end")


def read(project: bytes) -> tuple[dict[str, Module], list[str]]:
    """Return the modules of a vbaProject.bin by name, and the names of the libraries it refers to."""
    modules, references = {}, []
    with olefile.OleFileIO(project, raise_defects=olefile.DEFECT_UNSURE) as file:
        assert not file.parsing_issues
        name = stream = ""
        offset, procedural = 0, False
        for kind, payload in records(decompressed(file.openstream("VBA/dir").read())):
            if kind == REFERENCE_NAME:
                references.append(payload.decode("cp1252"))
            elif kind == NAME:
                name = payload.decode("cp1252")
            elif kind == STREAM:
                stream = payload.decode("cp1252")
            elif kind == OFFSET:
                (offset,) = struct.unpack("<I", payload)
            elif kind in (PROCEDURAL, OTHER):
                procedural = kind == PROCEDURAL
            elif kind == END_OF_MODULE:
                text = decompressed(file.openstream(f"VBA/{stream}").read()[offset:])
                modules[name] = Module(procedural, text, offset)
    return modules, references
