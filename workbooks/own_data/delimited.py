"""Text files of rows: the encoding and the delimiter are found out, and said.

The encoding is not guessed by letter frequencies: on tables of a few short words such guesses (charset-normalizer's
among them) name one of several encodings that differ in just the letters that matter. A byte-order mark, valid UTF-8,
and Windows-1252, which most spreadsheet programs write otherwise, can be told apart with certainty or be overruled.
csv.Sniffer looks at letters only; the row of names settles which delimiter is meant, decimal commas or not. Excel's own
line "sep=;" before them settles it for good.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pyfuncs.cells.block import CellValue
from workbooks.own_data.numerals import is_number
from workbooks.own_data.rows import TableRows
from workbooks.xlsx.archive import read_file
from workbooks.xlsx.errors import FileProblem

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = {"\t": "tab", ";": "semicolon", "|": "bar", ",": "comma"}
"""In the order in which they are believed where several fit: a comma may be a decimal mark too."""
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SPOKEN = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "utf-32": "UTF-32", "cp1252": "Windows-1252"}
BLANKS = "blanks"
SEPARATOR_LINE = re.compile(r'"?sep=(.)("?)(?=[\r\n])', re.IGNORECASE)
"""The line that Excel writes and reads before the names, so that it need not find out the delimiter."""
QUOTED_OR_BLANKS = re.compile(r'("(?:[^"]|"")*")|[ \t]+')
LOOKED_AT = 100
MOST = 0.5
LEAST_WORDS = 3
"""So many words in every line are columns; two may be a name."""
LONGEST_FIELD = 1_000_000


def read_delimited(path: Path, encoding: str | None) -> TableRows:
    """Return the rows of a text file that are not empty, and what was found out about it.

    Raises:
        FileProblem: for a file that cannot be read, is no text in that encoding, or has broken quotes.
    """
    text, name = decoded(path, read_file(path), encoding)
    if not text.strip():
        return TableRows(cells=[], places=[])
    stated = SEPARATOR_LINE.match(text)
    delimiter = stated[1] if stated else delimiter_of(text)
    # The line stays as an empty one, so that the numbers of the others hold.
    text = text[stated.end(1) + len(stated[2]) :] if stated else text
    rows: list[list[CellValue]] = []
    places: list[int] = []
    reader = csv_reader(text, delimiter, strict=True)
    csv.field_size_limit(LONGEST_FIELD)
    first = 1
    try:
        for row in reader:
            if row:
                rows.append(list(row))
                places.append(first)
            first = reader.line_num + 1
    except csv.Error as error:
        raise FileProblem(
            f"{path}, line {reader.line_num}: {error}; check the quotes around the texts there."
        ) from None
    said = f"{SPOKEN.get(name, name)} text, {DELIMITERS.get(delimiter, delimiter)} between the columns"
    return TableRows(cells=rows, places=places, said=(said,), prefers_comma=delimiter == ";")


def decoded(path: Path, data: bytes, encoding: str | None) -> tuple[str, str]:
    """Return a file's text and its encoding's name, the one asked for or the one found.

    Raises:
        FileProblem: for an unknown encoding, or bytes that are no text in it.
    """
    marked = next((name for mark, name in MARKS.items() if data.startswith(mark)), None)
    tried = [encoding] if encoding else [marked] if marked else ["utf-8", "cp1252"]
    for name in tried:
        try:
            text = data.decode(name)
        except LookupError:
            raise FileProblem(f"There is no encoding {name}; utf-8, cp1252 or utf-16 are the usual ones.") from None
        except UnicodeError:
            continue
        if "\0" not in text:
            return text, name
    what = f"is not text in the encoding {tried[0]}" if encoding or marked else "is not text in an encoding found out"
    raise FileProblem(f"{path} {what}: save it as CSV UTF-8, or name its encoding with --encoding.")


def delimiter_of(text: str) -> str:
    """Return the delimiter that cuts most rows into as many fields as there are names, and most fields into numbers.

    Where another cuts the rows better without the first one, that one is no row of names.
    """
    cut = {delimiter: list(islice(parsed(text, delimiter), LOOKED_AT)) for delimiter in (*DELIMITERS, BLANKS)}
    fits = {delimiter: fit(rows, usual_width(rows)) for delimiter, rows in cut.items()}
    named = max(DELIMITERS, key=lambda delimiter: fit(cut[delimiter], first_width(cut[delimiter])))
    best = max(named, *DELIMITERS, key=lambda delimiter: fits[delimiter])
    are_fields = fits[BLANKS].numbers > MOST or (fits[best].share < MOST and fits[BLANKS].width >= LEAST_WORDS)
    if are_fields and fits[BLANKS] > fits[best]:
        return BLANKS
    return best if fits[best].width > 1 else ","


class Fit(NamedTuple):
    """How well a delimiter cuts rows: the share of the rows of one width, the share of numbers, and the width."""

    share: float
    numbers: float
    width: int


def fit(rows: Sequence[Sequence[str]], width: int) -> Fit:
    """Return how well rows are cut into so many fields."""
    if width < 2:
        return Fit(0.0, 0.0, 1)
    fields = [field for row in rows for field in row]
    numbers = sum(is_number(field) for field in fields)
    return Fit(sum(len(row) == width for row in rows) / len(rows), numbers / len(fields), width)


def first_width(rows: Sequence[Sequence[str]]) -> int:
    """Return how many fields the first row has."""
    return len(rows[0]) if rows else 1


def usual_width(rows: Sequence[Sequence[str]]) -> int:
    """Return how many fields most of the rows with several have, 1 where none has."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return widths.most_common(1)[0][0] if widths else 1


def csv_reader(text: str, delimiter: str, *, strict: bool = False) -> "Reader":
    """Return a reader of the rows of a text; BLANKS stands for any run of blanks and tabs."""
    if delimiter != BLANKS:
        return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    lines = (f"{joined_by_tabs(line)}\n" for line in io.StringIO(text, newline=None))
    return csv.reader(lines, delimiter="\t", strict=strict)


def joined_by_tabs(line: str) -> str:
    """Return a line with a tab for every run of blanks and tabs that is not within quotes."""
    return QUOTED_OR_BLANKS.sub(lambda match: match[1].replace("\t", " ") if match[1] else "\t", line.strip())


def parsed(text: str, delimiter: str) -> Iterable[list[str]]:
    """Yield the rows that are not empty, as far as they can be parsed."""
    try:
        yield from (row for row in csv_reader(text, delimiter) if row)
    except csv.Error:
        return
