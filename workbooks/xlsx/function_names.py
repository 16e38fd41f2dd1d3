"""Names of functions in a workbook's formulas, as a program has written them and as others know them."""

import re
from collections.abc import Mapping

from workbooks.xlsx.archive import Archive

_FORMULA = re.compile(
    rb"(<(?:\w+:)?(?:f|formula|formula[12]|definedName|calculatedColumnFormula)(?:\s[^<>]*)?>)([^<]+)"
)
"""The elements that hold a formula: of a cell, a condition, a validation, a name and a table's column."""
_QUOTED = re.compile(rb"((?:&quot;|\").*?(?:&quot;|\"))", re.DOTALL)


def without_prefix(archive: Archive, prefix: str) -> tuple[Mapping[str, bytes], int]:
    """Take a prefix off the functions in all formulas; return the parts that change, and how many functions.

    LibreOffice before 25.2 writes an add-in's function with the add-in's name before it, which no other program knows.
    Texts stay as they are, in cells as well as within formulas.
    """
    named = re.compile(rb"(?<![\w.])" + re.escape(prefix.encode()) + rb"\.(?=\w+\s*\()", re.IGNORECASE)
    count = 0

    def shorten(found: re.Match[bytes]) -> bytes:
        nonlocal count
        pieces = _QUOTED.split(found[2])
        for i in range(0, len(pieces), 2):
            pieces[i], replaced = named.subn(b"", pieces[i])
            count += replaced
        return found[1] + b"".join(pieces)

    parts = {
        name: _FORMULA.sub(shorten, data)
        for name, data in archive.parts.items()
        if name.endswith(".xml") and named.search(data)
    }
    return {name: data for name, data in parts.items() if data != archive.parts[name]}, count
