"""Texts that are dates or times of the day: in one way of writing for a whole column, which is found out."""

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import product

from pyfuncs.cells.block import serial_number

ISO = "year-month-day"
ORDERS = {
    ISO: ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d"),
    "month/day/year": ("%m/%d/%Y", "%m/%d/%y"),
    "day/month/year": ("%d/%m/%Y", "%d/%m/%y"),
    "day.month.year": ("%d.%m.%Y", "%d.%m.%y"),
    "day-month-year": ("%d-%m-%Y", "%d-%m-%y"),
    "month-day-year": ("%m-%d-%Y", "%m-%d-%y"),
    "day month year": ("%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y"),
    "month day, year": ("%b %d, %Y", "%B %d, %Y"),
}
"""In the order in which they are believed where several fit."""
MIXED = "in several ways"
SWAPPED = {
    "month/day/year": "day/month/year",
    "day/month/year": "month/day/year",
    "day-month-year": "month-day-year",
    "month-day-year": "day-month-year",
}
"""Ways of writing that differ in nothing but which number is the month."""
TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p", "%I:%M:%S %p")
TIME = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?: [ap]m)?", re.IGNORECASE)
MIDNIGHT = datetime.datetime(1900, 1, 1)
"""The day that strptime gives a time without one."""
DAY = datetime.timedelta(days=1)
TRIED = 20
"""So many texts that fit none, and no further formats are tried."""


def dates(counts: Mapping[str, int], order: str | None = None) -> tuple[str, dict[str, float]]:
    """Return the way of writing that reads most of the texts, and their day numbers.

    `counts` says how often each text comes; `order` is the way of writing that is believed first. Where only several
    ways together read them all, the first is MIXED.
    """
    ways = [ISO, *([order] if order in SWAPPED else []), *ORDERS]
    found = {way: moments(list(counts), formats_of(way)) for way in dict.fromkeys(ways)}
    best = max(found, key=lambda way: sum(counts[text] for text in found[way]))
    everything = {text: moment for each in found.values() for text, moment in each.items()}
    is_mixed = len(found[best]) < len(everything) == len(counts)
    read = everything if is_mixed else found[best]
    return MIXED if is_mixed else best, {text: serial_number(moment) for text, moment in read.items()}


def times(texts: Iterable[str]) -> dict[str, float]:
    """Return the times of the day among some texts, as parts of a day."""
    found = moments([text for text in texts if TIME.fullmatch(text)], TIMES)
    return {text: (moment - MIDNIGHT) / DAY for text, moment in found.items()}


def is_ambiguous(texts: Sequence[str], order: str) -> bool:
    """Tell whether dates could as well be read with day and month the other way round."""
    other = SWAPPED.get(order)
    return other is not None and len(moments(texts, formats_of(other))) == len(texts)


def formats_of(order: str) -> list[str]:
    """Return the formats of a way of writing dates, with and without a time behind."""
    endings = ("", *(f" {time}" for time in TIMES))
    written = [date + ending for date, ending in product(ORDERS[order], endings)]
    return [ISO, *written] if order == ISO else written


def moments(texts: Iterable[str], formats: Sequence[str]) -> dict[str, datetime.datetime]:
    """Return what the texts say that fit one of the formats.

    Formats that have fitted nothing are given up after some texts have fitted none.
    """
    found: dict[str, datetime.datetime] = {}
    left, fitting, missed = list(formats), list[str](), 0
    for text in texts:
        for form in (*fitting, *left):
            moment = parsed(text, form)
            if moment is not None:
                found[text] = moment
                if form in left:
                    left.remove(form)
                    fitting.append(form)
                break
        else:
            missed += 1
            if missed == TRIED:
                left = []
    return found


def parsed(text: str, form: str) -> datetime.datetime | None:
    """Return the moment that a text says in a format."""
    if not any(letter.isdigit() for letter in text):
        return None
    try:
        return datetime.datetime.fromisoformat(text) if form == ISO else datetime.datetime.strptime(text, form)
    except ValueError:
        return None
