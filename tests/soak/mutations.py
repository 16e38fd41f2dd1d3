"""Files made a little wrong, the same way for the same random numbers."""

import io
import random
import re
import zipfile

WORDS = (
    b"",
    b"0",
    b"-1",
    b"1e999",
    b"nan",
    b"9" * 400,
    b"A1",
    b"XFD1048576",
    b"A1:XFD1048576",
    b"#REF!",
    b"=1+1",
    b"\xff\xfe",
    b"&bogus;",
    b"<",
    b"'",
    b"9223372036854775808",
    b"_x0000_",
    "é𝕏".encode(),
)
LINES = ('"', ",,,", "\t", "\x00", "=cmd|1", "1e400", "\ufeff", "'", ";", "-0", "nan", "é", "\u2212 5", "x" * 40_000)
PIECE = re.compile(rb'"[^"<>]*"|>[^<>]+<|<[^<>]+>')


def bent_bytes(rng: random.Random, data: bytes) -> bytes:
    """Return bytes with some of them cut off, turned over, doubled or zeroed."""
    place, length = rng.randrange(len(data) + 1), rng.choice((1, 2, 8, 64, 512))
    way = rng.randrange(4)
    if way == 0:
        return data[:place]
    if way == 1:
        return data[:place] + rng.randbytes(length) + data[place + length :]
    if way == 2:
        return data[:place] + data[max(0, place - length) :]
    return data[:place] + bytes(length) + data[place + length :]


def bent_xml(rng: random.Random, data: bytes) -> bytes:
    """Return XML with one value, text or tag exchanged, doubled or gone."""
    pieces = list(PIECE.finditer(data))
    if not pieces:
        return bent_bytes(rng, data)
    piece = rng.choice(pieces)
    old = piece[0]
    if old[:1] == b"<":
        new = rng.choice((b"", old + old, rng.choice(pieces)[0]))
    else:
        new = old[:1] + rng.choice(WORDS) + old[-1:]
    return data[: piece.start()] + new + data[piece.end() :]


def bent_package(rng: random.Random, data: bytes) -> bytes:
    """Return a workbook with something wrong in a part, in which parts there are, or in the zip."""
    if rng.random() < 0.2:
        return bent_bytes(rng, data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = rng.choice([*parts, *(part for part in parts if "sheet" in part or "workbook.xml" in part)])
    way = rng.random()
    if way < 0.05:
        del parts[name]
    elif way < 0.1:
        parts[name] = parts[rng.choice(list(parts))]
    else:
        for _ in range(rng.choice((1, 1, 1, 2, 5))):
            parts[name] = bent_xml(rng, parts[name]) if rng.random() < 0.9 else bent_bytes(rng, parts[name])
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def bent_text(rng: random.Random, data: bytes) -> bytes:
    """Return a text of rows with fields exchanged, moved, emptied or made odd."""
    if rng.random() < 0.2:
        return bent_bytes(rng, data)
    lines = data.decode(errors="replace").split("\n")
    for _ in range(rng.choice((1, 1, 2, 8))):
        number = rng.randrange(len(lines))
        fields = lines[number].split(",")
        place, way = rng.randrange(len(fields)), rng.randrange(5)
        if way == 0:
            fields[place] = rng.choice(LINES)
        elif way == 1:
            fields[place] += rng.choice(LINES)
        elif way == 2:
            del fields[place]
        elif way == 3:
            fields[place] = ""
        else:
            lines.insert(rng.randrange(len(lines)), rng.choice(lines))
        lines[number] = ",".join(fields)
    return (
        rng.choice(("\n", "\n", "\r\n", "\r")).join(lines).encode(rng.choice(("utf-8", "utf-8", "utf-16")), "replace")
    )
