"""Formula text: the words in it that may refer to cells, and a shared formula's text at each of its cells."""

import re
import sys
from functools import cache, lru_cache
from importlib import import_module
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from workbooks.xlsx.area import LAST_COLUMN, LAST_ROW, column_letters, column_number

if TYPE_CHECKING:
    from openpyxl.formula.tokenizer import Token

_DIGITS = re.compile("[0-9]+")
_SPACES = re.compile("[ \n]+")
# A cell inside a reference: not a part of a longer name, of a function's or a table's name.
_CELL = re.compile(r"(?<![A-Za-z0-9_.\\$])(\$?)([A-Za-z]{1,3})(\$?)([0-9]{1,7})(?![A-Za-z0-9_.(])")
_COLUMNS = re.compile(r"(\$?)([A-Za-z]{1,3}):(\$?)([A-Za-z]{1,3})")
_ROWS = re.compile(r"(\$?)([0-9]{1,7}):(\$?)([0-9]{1,7})")


def words(formula: str) -> list[str] | None:
    """List a formula's references and names, and its functions with their bracket; None if it cannot be taken apart."""
    # The tokenizer reads character by character. Formulas filled down a column differ in their digits alone, so it
    # runs once for all of them, with every run of digits made a 1.
    plan = _plan(_DIGITS.sub("1", formula))
    if plan is None:
        return None
    runs = _DIGITS.findall(formula)
    found = []
    for first_run, literals in plan:
        text = literals[0]
        for run, literal in zip(runs[first_run:], literals[1:], strict=False):
            text += run + literal
        found.append(text)
    return found


class SharedFormula:
    """A formula that is stored at one cell and shared by others, its relative references shifted to each."""

    def __init__(self, text: str, row: int, column: int) -> None:
        self._row = row
        self._column = column
        self._template: list[str | _Relative] = []
        position = 0
        for word in _scan(text) or ():
            prefix, mark, reference = word.text.rpartition("!")
            if "[" not in reference:  # a table's columns are words, however like cells they look
                self._template.append(text[position : word.start] + prefix + mark)
                self._template.extend(_relative_parts(reference))
                position = word.start + len(word.text)
        self._template.append(text[position:])

    def at(self, row: int, column: int) -> str:
        """Return the formula as the cell at `row` and `column` has it."""
        down, across = row - self._row, column - self._column
        return "".join(part if isinstance(part, str) else part.shifted(down, across) for part in self._template)


class _Word(NamedTuple):
    text: str
    start: int


class _Relative(NamedTuple):
    """A row or column without a dollar sign."""

    number: int
    is_row: bool

    def shifted(self, down: int, across: int) -> str:
        # Beyond the last row or column Excel goes on at the first.
        if self.is_row:
            return str((self.number + down - 1) % LAST_ROW + 1)
        return column_letters((self.number + across - 1) % LAST_COLUMN + 1)


@lru_cache(maxsize=4096)
def _plan(skeleton: str) -> list[tuple[int, list[str]]] | None:
    """For each word: how many runs of digits stand before it in the formula, and the text around its own."""
    found = _scan(skeleton)
    if found is None:
        return None
    return [(skeleton.count("1", 0, word.start), word.text.split("1")) for word in found]


def all_tokens(text: str) -> "list[Token] | None":
    """List the parts of a formula with its equals sign, spaces too; None if it cannot be taken apart."""
    reader = _tokenizer()
    try:
        return list(reader.Tokenizer(text).items)
    except (reader.TokenizerError, IndexError, AssertionError):  # the last two are what it makes of unmatched brackets
        return None


def _scan(formula: str) -> list[_Word] | None:
    parts = all_tokens(f"={formula}")
    if parts is None:
        return None
    found = []
    position = 0
    for token in parts:
        if token.type == token.WSPACE:  # one token for any number of spaces
            spaces = _SPACES.match(formula, position)
            position = position if spaces is None else spaces.end()
            continue
        if not formula.startswith(token.value, position):
            return None
        if _may_refer(token):
            found.append(_Word(token.value, position))
        position += len(token.value)
    return found


@cache
def _tokenizer() -> ModuleType:
    """Return openpyxl's tokenizer, without the rest of openpyxl, whose import takes a tenth of a second."""
    name = "openpyxl.formula.tokenizer"
    package = find_spec("openpyxl")
    if name in sys.modules or package is None or package.origin is None:
        return import_module(name)
    spec = spec_from_file_location(name, Path(package.origin).parent / "formula" / "tokenizer.py")
    if spec is None or spec.loader is None:
        return import_module(name)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _may_refer(token: "Token") -> bool:
    if token.type == token.FUNC:
        return bool(token.subtype == token.OPEN)
    if token.type != token.OPERAND:
        return False
    # The tokenizer takes names such as inf and nan for numbers.
    return token.subtype == token.RANGE or (token.subtype == token.NUMBER and not _DIGITS.search(token.value))


def _relative_parts(reference: str) -> list[str | _Relative]:
    parts: list[str | _Relative] = []
    whole = _COLUMNS.fullmatch(reference) or _ROWS.fullmatch(reference)
    if whole is not None and (whole[2].isdecimal() or (_is_cell(whole[2], "1") and _is_cell(whole[4], "1"))):
        first_dollar, first, second_dollar, second = whole.groups()
        return [*_part(first_dollar, first), ":", *_part(second_dollar, second)]
    position = 0
    for match in _CELL.finditer(reference):
        if _is_cell(match[2], match[4]):
            parts.append(reference[position : match.start()])
            parts.extend(_part(match[1], match[2]))
            parts.extend(_part(match[3], match[4]))
            position = match.end()
    parts.append(reference[position:])
    return parts


def _is_cell(letters: str, digits: str) -> bool:
    """Whether it lies on a sheet; XYZ1 and A9999999 do not, and are names."""
    try:
        column_number(letters.upper())
        return 1 <= int(digits) <= LAST_ROW
    except ValueError:
        return False


def _part(dollar: str, text: str) -> list[str | _Relative]:
    if dollar:
        return [dollar + text]
    if text[0] in "0123456789":
        return [_Relative(int(text), is_row=True)]
    return [_Relative(column_number(text.upper()), is_row=False)]
