"""Find out what each column of a table is, and turn its texts into numbers where they are numbers, dates or times."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from pyfuncs.cells.block import CellValue, quoted
from pyfuncs.cells.spelling import short
from workbooks.own_data.dates import ISO, MIXED, dates, is_ambiguous, times
from workbooks.own_data.meaning import DATE, NUMBER, PERCENT, TIME, VALUE, WITH_TIME, Meaning, date_text
from workbooks.own_data.numerals import COMMA, are_simple, decimal_mark, is_unknown, numeral, value_of

NEARLY_ALL = 0.9
LARGEST = 1e100
"""Squares of larger numbers, and sums of those, are no numbers any more."""
LONGEST_TEXT = 32_000
"""A cell takes 32,767 characters, and an input is called by its column and its value."""
CALLED = {NUMBER: "numbers", DATE: "dates", TIME: "times of the day"}
Locator = Callable[[int], str]
MEND = "mend it, or empty it so that it counts as blank"


@dataclass(frozen=True)
class Fault:
    """Why a column cannot be used, what to do, and the place of the cell at fault among the rows, from 0."""

    what: str
    remedy: str = MEND
    place: int | None = None


@dataclass(frozen=True)
class Column:
    """A column's cells, numbers where they say numbers, and what they are."""

    cells: list[CellValue]
    meaning: Meaning = field(default_factory=Meaning)
    said: str | None = None
    fault: Fault | None = None


@dataclass(frozen=True)
class Reading:
    """The numbers that texts say when they are taken for one kind."""

    meaning: Meaning
    numbers: Mapping[str, float]
    said: str | None = None
    fault: Fault | None = None


def as_columns(
    columns: Mapping[str, list[CellValue]],
    known: Mapping[str, Meaning],
    where: Callable[[str, int], str],
    *,
    prefers_comma: bool,
) -> tuple[dict[str, Column], tuple[str, ...]]:
    """Return what each column is, and which decimal mark that took.

    `known` says what columns are, by their names in small letters; `where` names a column's cell, counted from 0.
    A column that is nearly all numbers or dates keeps its texts and gets a fault that names the first of them.
    """
    read_as_words = {name for name in columns if known.get(name.lower(), Meaning(NUMBER)).kind == VALUE}
    texts = [
        {cell for cell in cells if isinstance(cell, str)}
        for name, cells in columns.items()
        if name not in read_as_words
    ]
    pattern = decimal_mark(texts, prefers_comma=prefers_comma)
    found = {
        name: with_short_texts(
            as_column(cells, pattern, known.get(name.lower()), partial(where, name)), partial(where, name)
        )
        for name, cells in columns.items()
    }
    return found, ("decimal comma",) if pattern is COMMA else ()


def as_column(cells: list[CellValue], pattern: re.Pattern[str], known: Meaning | None, where: Locator) -> Column:
    """Return what a column is: what it is known to be, else what all of its cells can be read as."""
    counts = Counter(cell for cell in cells if isinstance(cell, str))
    if not counts or (known is not None and known.kind == VALUE):
        meaning = known or Meaning(NUMBER if any(cell is not None for cell in cells) else VALUE)
        return Column(cells, meaning, fault=too_large(cells, where))
    unknown = {text for text in counts if is_unknown(text)}
    for text in unknown:
        del counts[text]
    is_number = any(isinstance(cell, float) for cell in cells)
    reading = best_reading(counts, pattern, known, is_number)
    strange = [
        i for i, cell in enumerate(cells) if isinstance(cell, str) and cell in counts and cell not in reading.numbers
    ]
    if strange and not is_nearly(len(cells) - cells.count(None), len(strange), known):
        return Column(cells)
    if strange:
        return Column(cells, reading.meaning, fault=misfit(cells, strange[0], where, reading.meaning, known))
    if not reading.numbers and not is_number and known is None:
        return Column(cells)
    read: list[CellValue] = [reading.numbers.get(cell) if isinstance(cell, str) else cell for cell in cells]
    return Column(read, reading.meaning, reading.said, reading.fault or too_large(read, where))


def with_short_texts(column: Column, where: Locator) -> Column:
    """Return a column with a fault where it has none but holds a text that no cell can hold."""
    long = (i for i, cell in enumerate(column.cells) if isinstance(cell, str) and len(cell) > LONGEST_TEXT)
    place = next(long, None) if column.fault is None else None
    if place is None:
        return column
    what = (
        f"holds a text of {len(str(column.cells[place]))} characters in {where(place)}, but a workbook takes at most "
    )
    return replace(column, fault=Fault(f"{what}{LONGEST_TEXT}", "make it shorter", place))


def best_reading(counts: Counter[str], pattern: re.Pattern[str], known: Meaning | None, is_number: bool) -> Reading:
    """Return the kind that reads most of the texts: the known one, and numbers where some cells are numbers already."""
    kind = known.kind if known is not None else NUMBER if is_number else None
    readers = {
        NUMBER: lambda: as_numbers(counts, pattern),
        DATE: lambda: as_dates(counts, known),
        TIME: lambda: Reading(Meaning(TIME), times(counts), "times of the day, as a part of it: 12:00 is 0.5"),
    }
    if kind is not None:
        return readers[kind]()
    best = readers[NUMBER]()
    for other in (DATE, TIME):
        if all(text in best.numbers for text in counts):
            break
        found = readers[other]()
        best = max(best, found, key=lambda reading: sum(counts[text] for text in reading.numbers))
    return best


def as_numbers(counts: Counter[str], pattern: re.Pattern[str]) -> Reading:
    """Return texts as numbers; a column has one unit, or a fault."""
    if are_simple(counts, pattern):
        return Reading(Meaning(NUMBER), dict(zip(counts, map(float, counts), strict=True)))
    numbers: dict[str, float] = {}
    signs: dict[str, str] = {}
    for text in counts:
        if pattern.fullmatch(text):
            numbers[text] = value_of(text, pattern)
        elif (read := numeral(text, pattern)) is not None:
            numbers[text] = read.value
            if read.unit:
                signs[text] = read.unit
    units = sorted(set(signs.values()))
    if len(units) > 1:
        what = f"holds several units ({', '.join(units)})"
        return Reading(Meaning(NUMBER), numbers, fault=Fault(what, "give them all in one"))
    unit = units[0] if units else None
    bare = next((text for text, value in numbers.items() if text not in signs and value), None) if units else None
    if unit == PERCENT and bare is not None:
        what = f'holds percentages, but "{quoted(bare)}" without the sign'
        return Reading(Meaning(NUMBER), numbers, fault=Fault(what, "give them all with it or all without it"))
    if unit is None:
        return Reading(Meaning(NUMBER), numbers)
    first = next(iter(signs))
    said = f"numbers with {unit}: {quoted(first)} is {short(numbers[first])}"
    return Reading(Meaning(NUMBER, unit), numbers, said)


def as_dates(counts: Counter[str], known: Meaning | None) -> Reading:
    """Return texts as dates, and say how they are written."""
    believed = None if known is None or known.unit is None else known.unit.removesuffix(WITH_TIME)
    order, numbers = dates(counts, believed)
    if order == MIXED:
        fault = Fault("holds dates written in several ways", "write them all as 2020-01-31")
        return Reading(Meaning(DATE), numbers, fault=fault)
    said = "dates, as days"
    if numbers:
        said += f" since the earliest, {date_text(min(numbers.values()))}"
    if order != ISO:
        said += f"; read as {order}"
    if numbers and is_ambiguous(list(numbers), order):
        said += f", though day and month may be swapped: {ISO} would be clear"
    has_time = any(not number.is_integer() for number in numbers.values())
    return Reading(Meaning(DATE, order + WITH_TIME * has_time), numbers, said)


def is_nearly(filled: int, strange: int, known: Meaning | None) -> bool:
    """Tell whether so few cells are strange that they are at fault and not the kind."""
    return known is not None or (filled > strange and strange <= (1 - NEARLY_ALL) * filled)


def misfit(cells: Sequence[CellValue], place: int, where: Locator, meaning: Meaning, known: Meaning | None) -> Fault:
    """Return the fault of a cell that is not what its column is."""
    cell = f'"{quoted(str(cells[place]))}"'
    called = CALLED[meaning.kind]
    if known is not None:
        return Fault(f"holds {cell} in {where(place)}, but a {called.split()[0][:-1]} is needed", place=place)
    return Fault(f"holds {called}, but {cell} in {where(place)}", place=place)


def too_large(cells: Sequence[CellValue], where: Locator) -> Fault | None:
    """Return the fault of a number that cannot be reckoned with, None where there is none."""
    for place, cell in enumerate(cells):
        if isinstance(cell, float) and not abs(cell) <= LARGEST:
            what = f"holds {short(cell)} in {where(place)}, but numbers beyond {short(LARGEST)} are too large to square"
            return Fault(what, "give it in another unit, or empty it so that it counts as blank")
    return None
