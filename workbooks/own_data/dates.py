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
"""So many texts without a date among them, and a column is not one of dates."""


def dates(counts: Mapping[str, int], order: str | None = None) -> tuple[str, dict[str, float]]:
    """Return the way of writing that reads most of the texts, and their day numbers.

    `counts` says how often each text comes; `order` is the way of writing that is believed first.
    """
    ways = [ISO, *([order] if order in SWAPPED else []), *ORDERS]
    found = {way: moments(list(counts), formats_of(way)) for way in dict.fromkeys(ways)}
    best = max(found, key=lambda way: sum(counts[text] for text in found[way]))
    return best, {text: serial_number(moment) for text, moment in found[best].items()}


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


def moments(texts: Sequence[str], formats: Sequence[str]) -> dict[str, datetime.datetime]:
    """Return what the texts say that fit one of the formats, the one that fitted last tried first."""
    found: dict[str, datetime.datetime] = {}
    ordered = list(formats)
    for tried, text in enumerate(texts):
        if tried == TRIED and not found:
            return found
        for i, form in enumerate(ordered):
            moment = parsed(text, form)
            if moment is not None:
                found[text] = moment
                ordered.insert(0, ordered.pop(i))
                break
    return found


def parsed(text: str, form: str) -> datetime.datetime | None:
    """Return the moment that a text says in a format."""
    if not text[:1].isdigit() and not text[-1:].isdigit():
        return None
    try:
        return datetime.datetime.fromisoformat(text) if form == ISO else datetime.datetime.strptime(text, form)
    except ValueError:
        return None
