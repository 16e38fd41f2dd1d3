"""Texts that are numbers: with a decimal point or comma, marks between thousands, a currency or percent sign."""

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from workbooks.own_data.meaning import PERCENT


class Numeral(NamedTuple):
    """What a text says: 45 % is 0.45, (1,200) in accounts is -1200; `unit` is its percent or currency sign, or ""."""

    value: float
    unit: str


def plain(decimal: str, thousands: str) -> re.Pattern[str]:
    """Return the pattern of a number without a unit; blanks and apostrophes stand between thousands too."""
    groups = "|".join(rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+(?:{decimal}\d+)?" for mark in (thousands, " ", "['’]"))
    return re.compile(rf"[+-]?(?:\d+{decimal}?\d*|{decimal}\d+|{groups})(?:[eE][+-]?\d+)?")


POINT, COMMA = plain(r"\.", ","), plain(",", r"\.")
LINES_OF_NUMBERS = re.compile(r"(?:[+-]?\d+(?:\.\d*)?\n)*", re.ASCII)
"""The simplest numbers with a decimal point, each on a line: a column of them is told in one look."""
CURRENCY = (
    r"(?:(?:US|CA?|AU?|NZ|HK|S|R|MX|NT)?\$|[£¥¢฿\u20a0-\u20cf]|Rs\.?|kr\.?|zł|Kč|USD|EUR|GBP|JPY|CHF|CAD|AUD|NZD|CNY|"
    r"INR|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|KRW|TRY)"
)
UNIT = rf"(?:%|{CURRENCY})"
WITH_UNIT = re.compile(
    rf"(?P<minus>-?) ?(?P<outside>{CURRENCY}?) ?(?P<open>\(?) ?(?P<before>{CURRENCY}?) ?"
    rf"(?P<number>[+-]?[.,]?\d.*?) ?(?P<after>{UNIT}?) ?(?P<close>\)?) ?(?P<behind>{UNIT}?)"
)
MINUS = str.maketrans("\u2212\u2013", "--")
"""The real minus sign, and the dash that many write for it."""
GROUPED = str.maketrans("", "", " '’")
UNKNOWN = frozenset({"?", "-", "–", "—", ".", "*", "none", "missing", "unknown"})
"""Words for a blank, but only where all else is a number or a date."""
LONGEST_UNKNOWN = max(map(len, UNKNOWN))


def is_unknown(text: str) -> bool:
    """Tell whether a text says among numbers that nothing is known."""
    return len(text) <= LONGEST_UNKNOWN and text.lower() in UNKNOWN


def are_simple(texts: Collection[str], pattern: re.Pattern[str]) -> bool:
    """Tell whether all texts are surely numbers with a decimal point, which `float` reads."""
    lines = "\n".join([*texts, ""])
    return pattern is POINT and lines.count("\n") == len(texts) and LINES_OF_NUMBERS.fullmatch(lines) is not None


def numeral(text: str, pattern: re.Pattern[str]) -> Numeral | None:
    """Return what a text says as a number, written as `pattern` has it, POINT or COMMA; None where it is no number."""
    if pattern.fullmatch(text):
        return Numeral(value_of(text, pattern), "")
    text = text.translate(MINUS)
    if pattern.fullmatch(text):
        return Numeral(value_of(text, pattern), "")
    found = WITH_UNIT.fullmatch(text)
    if found is None or not pattern.fullmatch(found["number"]) or bool(found["open"]) != bool(found["close"]):
        return None
    units = [found[place] for place in ("outside", "before", "after", "behind") if found[place]]
    is_negative = bool(found["minus"] or found["open"])
    if len(units) > 1 or (is_negative and found["number"][0] in "+-") or (found["minus"] and found["open"]):
        return None
    value = value_of(found["number"], pattern) * (-1 if is_negative else 1)
    unit = units[0] if units else ""
    return Numeral(value / 100 if unit == PERCENT else value, unit)


def is_number(text: str) -> bool:
    """Tell whether a text is a number with either decimal mark, or a word for an unknown one."""
    text = text.strip()
    return is_unknown(text) or numeral(text, POINT) is not None or numeral(text, COMMA) is not None


def value_of(text: str, pattern: re.Pattern[str]) -> float:
    """Return the number that a text matching the pattern says."""
    if pattern is POINT:
        try:
            return float(text)
        except ValueError:
            pass  # with marks between the thousands
    text = text.translate(GROUPED)
    if pattern is COMMA:
        text = text.replace(".", "").replace(",", ".")
    return float(text.replace(",", ""))


def decimal_mark(columns: Iterable[Iterable[str]], *, prefers_comma: bool) -> re.Pattern[str]:
    """Return whether a table's numbers have a decimal point or comma: whichever more columns can be read with."""
    point, comma, has_comma = 0, 0, False
    for texts in columns:
        known = [text for text in texts if not is_unknown(text)]
        point += all_numerals(known, POINT)
        if all_numerals(known, COMMA):
            comma += 1
            has_comma = has_comma or any("," in text for text in known)
    return COMMA if has_comma and (comma > point or (comma == point and prefers_comma)) else POINT


def all_numerals(texts: list[str], pattern: re.Pattern[str]) -> bool:
    """Tell whether there are texts and all are numbers."""
    if not texts or are_simple(texts, pattern):
        return bool(texts)
    return all(pattern.fullmatch(text) or numeral(text, pattern) for text in texts)
