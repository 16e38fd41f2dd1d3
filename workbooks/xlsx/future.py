"""How a file spells functions newer than the format, and what LAMBDA and LET bind: with prefixes nobody sees."""

import re
from collections.abc import Collection

LONGEST_FORMULA = 8192
"""Characters; Excel takes no longer one."""
FUTURE = frozenset(
    {
        "BYCOL",
        "BYROW",
        "DROP",
        "HSTACK",
        "ISOMITTED",
        "LAMBDA",
        "LET",
        "MAKEARRAY",
        "MAP",
        "REDUCE",
        "SCAN",
        "SEQUENCE",
        "TAKE",
        "TEXTJOIN",
        "TEXTSPLIT",
        "TOCOL",
        "VSTACK",
        "XMATCH",
    }
)
FUTURE_OF_SHEETS = frozenset({"FILTER", "SORT"})
TOKEN = re.compile(
    r'"(?:[^"]|"")*"|#[A-Z/0]+[!?]?|\d+(?:\.\d+)?(?:E[+-]?\d+)?'  # as they are: texts, errors and numbers
    r"|\[(?P<optional>[a-z]\w*)\]|(?P<bound>[a-z]\w*)|(?P<function>[A-Z][A-Z0-9_.]*)(?=\()|[A-Z]\w*"
)


def stored(text: str, taken: Collection[str] = ()) -> str:
    """Return a formula as a file holds it, from one with functions in capitals and bound names in small letters.

    `_xlfn.` stands before a function that came after the format, `_xlpm.` before a bound name, and `_xlop.` where
    LAMBDA declares one that may be left out. A bound name that is `taken` by the workbook, in small letters, gets an
    underscore behind it: not every program lets it go before the workbook's.
    """

    def bound(name: str) -> str:
        return f"{name}_" if name in taken else name

    def prefixed(match: re.Match[str]) -> str:
        if match["optional"]:
            return f"_xlop.{bound(match['optional'])}"
        if match["bound"]:
            return f"_xlpm.{bound(match[0])}"
        if match["function"] in FUTURE:
            return f"_xlfn.{match[0]}"
        return f"_xlfn._xlws.{match[0]}" if match["function"] in FUTURE_OF_SHEETS else match[0]

    return TOKEN.sub(prefixed, text)
