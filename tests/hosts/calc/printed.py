"""The texts in a PDF file that Calc has written: what is really to be seen, number formats and too narrow cells too.

Only what Calc's files need of ISO 32000-1, 9.4 and 9.10: one byte a glyph, and each font's map from glyphs to text.
"""

import re
import zlib

OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\r?\n(.*?)\r?\n?endstream", re.DOTALL)
FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
GLYPH = re.compile(rb"<([0-9A-F]{2})> <([0-9A-F]{4,})>")
SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)>Tj|\[(.*?)\]TJ", re.DOTALL)


def printed_texts(data: bytes) -> list[str]:
    """Return the texts of all pages, a cell's or a label's line each."""
    objects = {int(number): content for number, content in OBJECT.findall(data)}
    fonts = {name: glyphs(objects, objects[int(number)]) for name, number in FONT.findall(data)}
    found = []
    for content in objects.values():
        page = stream(content)
        if b" Tf" not in page:
            continue
        letters: dict[int, str] = {}
        for font, text, pieces in SHOWN.findall(page):
            if font:
                letters = fonts[font]
            else:
                codes = bytes.fromhex((text or b"".join(re.findall(rb"<([0-9A-F]+)>", pieces))).decode())
                found.append("".join(letters.get(code, "?") for code in codes))
    return found


def stream(content: bytes) -> bytes:
    """Return an object's stream, empty where it has none that is compressed."""
    match = STREAM.search(content) if b"/FlateDecode" in content else None
    return zlib.decompressobj().decompress(match[1]) if match else b""


def glyphs(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    """Return what each glyph of a font stands for."""
    match = re.search(rb"/ToUnicode (\d+) 0 R", font)
    pairs = GLYPH.findall(stream(objects[int(match[1])])) if match else []
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
