"""How a file spells functions newer than the format, and what LAMBDA and LET bind: with prefixes nobody sees."""

import re

LONGEST_FORMULA = 8192
"""Characters; Excel takes no longer one."""
FUTURE = frozenset(
    "BYCOL BYROW CHOOSECOLS CHOOSEROWS DROP EXPAND HSTACK ISOMITTED LAMBDA LET MAKEARRAY MAP REDUCE SCAN SEQUENCE "
    "SWITCH TAKE TEXTJOIN TEXTSPLIT TOCOL TOROW VSTACK WRAPROWS XMATCH".split()
)
FUTURE_OF_SHEETS = frozenset({"FILTER", "SORT"})
TOKEN = re.compile(
    r'"(?:[^"]|"")*"|#[A-Z/0]+[!?]?|\d+(?:\.\d+)?(?:E[+-]?\d+)?'  # as they are: texts, errors and numbers
    r"|\[(?P<optional>[a-z]\w*)\]|(?P<bound>[a-z]\w*)|(?P<function>[A-Z][A-Z0-9_.]*)(?=\()|[A-Z]\w*"
)


def stored(text: str) -> str:
    """Return a formula as a file holds it, from one with functions in capitals and bound names in small letters.

    `_xlfn.` stands before a function that came after the format, `_xlpm.` before a bound name, and `_xlop.` where
    LAMBDA declares one that may be left out.
    """
    return TOKEN.sub(prefixed, text)


def prefixed(match: re.Match[str]) -> str:
    """Return a token with its prefix."""
    if match["optional"]:
        return f"_xlop.{match['optional']}"
    if match["bound"]:
        return f"_xlpm.{match[0]}"
    if match["function"] in FUTURE:
        return f"_xlfn.{match[0]}"
    return f"_xlfn._xlws.{match[0]}" if match["function"] in FUTURE_OF_SHEETS else match[0]
