"""Text files of rows: the encoding and the delimiter are found out, and said.

The encoding is not guessed by letter frequencies: on tables of a few short words such guesses (charset-normalizer's
among them) name one of several encodings that differ in just the letters that matter. A byte-order mark, valid UTF-8,
and Windows-1252, which most spreadsheet programs write otherwise, can be told apart with certainty or be overruled.
csv.Sniffer looks at letters only; the row of names settles which delimiter is meant, decimal commas or not.
"""

import codecs
import csv
import io
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from addin.file.errors import FileProblem
from pyfuncs.cells.block import CellValue

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
LOOKED_AT = 100
LONGEST_FIELD = 1_000_000


def read_delimited(path: Path, encoding: str | None) -> tuple[list[list[CellValue]], tuple[str, ...]]:
    """Return the rows of a text file, and what was found out about it.

    Raises:
        FileProblem: for a file that cannot be read, is no text in that encoding, or has broken quotes.
    """
    text, name = decoded(path, read_bytes(path), encoding)
    if not text.strip():
        return [], ()
    delimiter = delimiter_of(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    csv.field_size_limit(LONGEST_FIELD)
    rows: list[list[CellValue]] = []
    try:
        rows.extend(list(row) for row in reader if row)
    except csv.Error as error:
        raise FileProblem(
            f"{path}, line {reader.line_num}: {error}; check the quotes around the texts there."
        ) from None
    return rows, (f"{SPOKEN.get(name, name)} text, {DELIMITERS[delimiter]} between the columns",)


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises:
        FileProblem: where it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileProblem(f"{path} cannot be read ({error.strerror}); check its name and folder.") from None


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
    """Return the delimiter that cuts most rows into as many fields as there are names, and most fields."""

    def fits(delimiter: str) -> tuple[float, int]:
        rows = list(islice(parsed(text, delimiter), LOOKED_AT))
        width = len(rows[0]) if rows else 1
        return (sum(len(row) == width for row in rows) / max(len(rows), 1) if width > 1 else 0.0), width

    best = max(DELIMITERS, key=fits)
    return best if fits(best)[1] > 1 else ","


def parsed(text: str, delimiter: str) -> Iterable[list[str]]:
    """Yield the rows that are not empty, as far as they can be parsed."""
    try:
        yield from (row for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter) if row)
    except csv.Error:
        return
