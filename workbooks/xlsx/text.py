"""Text as a workbook's XML holds it: runs of rich text, and characters that XML cannot hold."""

import re

from lxml.etree import _Element

from workbooks.xlsx.namespaces import R, T

_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
# What XML forbids, the carriage return that XML readers drop, and text that looks like an escape itself.
_MUST_ESCAPE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")


def decode(text: str) -> str:
    """Undo the `_xHHHH_` escapes of a stored text."""
    if "_x" not in text:
        return text
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def encode(text: str) -> str:
    """Escape what a stored text cannot hold as it is; `decode` undoes it."""
    return _MUST_ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)


def rich_text(item: _Element) -> str:
    """Join the text of a shared or inline string, leaving out the phonetic runs that only show how it is read."""
    pieces = []
    for child in item:
        if child.tag == T:
            pieces.append(child.text or "")
        elif child.tag == R:
            pieces.append(child.findtext(T) or "")
    return decode("".join(pieces))
