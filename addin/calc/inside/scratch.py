"""A hidden document in which a formula is evaluated on copies of what it reads; the user's stays untouched."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from addin.calc.inside import messages
from addin.calc.inside.reentry import array_around, scoped_names
from pyfuncs.cells.errors import CellError

SPREADSHEET = "com.sun.star.sheet.SpreadsheetDocument"
READS_ANYWHERE = re.compile(r"\b(INDIRECT|OFFSET|MULTIPLE\.OPERATIONS)\(")
"""Functions that read cells which the formula does not name."""
FIXED_BLOCK = re.compile(r"\$('([^']|'')*'|[^.']+)\.\$[A-Z]+\$\d+(:\$[A-Z]+\$\d+)?")
OTHER_FILE = re.compile(r"'[a-z]+:[^']*'#")
COLUMN_RELATIVE, ROW_RELATIVE, SHEET_RELATIVE = 1, 4, 16
"""From the constants com.sun.star.sheet.ReferenceFlags."""
SETTINGS = ("IgnoreCase", "MatchWholeCell", "NullDate", "RegularExpressions", "Wildcards", "CalcAsShown")
"""What a document decides about its formulas."""


@dataclass(frozen=True)
class FormulaResult:
    """What a formula gives: the number of its cell's error, what was raised meanwhile, and the size of the whole."""

    error: int
    raised: list[CellError]
    shape: tuple[int, int] | None
    """Rows and columns, None for an error."""


class FormulaCell:
    """A cell with a formula, and the block that the formula fills: several cells for an array, else itself."""

    def __init__(self, document: Any, cell: Any) -> None:
        self.document = document
        self.cell = cell
        self.sheet = cell.getSpreadsheet()
        text = cell.getFormula()
        self.is_array = text.startswith("{")
        self.text = text[1:-1] if self.is_array else text
        self.block = array_around(self.sheet, cell) if self.is_array else cell
        """For an array a cursor, for one cell the cell."""

    @property
    def shape(self) -> tuple[int, int]:
        """Return how many rows and columns the formula fills."""
        address = self.block.getRangeAddress()
        return address.EndRow - address.StartRow + 1, address.EndColumn - address.StartColumn + 1

    def tokens(self) -> tuple[Any, ...]:
        """Return the formula's parts as the office has read them."""
        tokens: tuple[Any, ...] = self.block.getArrayTokens() if self.is_array else self.cell.getTokens()
        return tokens

    def sources(self) -> list[Any]:
        """Return the blocks that the formula refers to, itself or by a name; None for each that cannot be told."""
        found = []
        for token in self.tokens():
            kind = getattr(token.Data, "typeName", "").rpartition(".")[2]
            if kind == "SingleReference":
                found.append(self.block_between(token.Data, token.Data))
            elif kind == "ComplexReference":
                found.append(self.block_between(token.Data.Reference1, token.Data.Reference2))
            elif kind == "NameToken":
                found.append(self.named_block(token.Data))
        if READS_ANYWHERE.search(self.text) or self.names_a_database_range():
            found.append(None)
        return found

    def names_a_database_range(self) -> bool:
        """Tell whether the formula may use a block by its name as a database range."""
        text = self.text.casefold()
        return any(name.casefold() in text for name in self.document.DatabaseRanges.getElementNames())

    def block_between(self, first: Any, last: Any) -> Any:
        """Return the block between two references, which may count from the formula's own cell."""
        here = self.block.getRangeAddress()
        (sheet, top, left), (_, bottom, right) = (place_of(reference, here) for reference in (first, last))
        sheets = self.document.Sheets
        if not 0 <= sheet < sheets.getCount():
            return None
        return sheets[sheet].getCellRangeByPosition(
            min(left, right), min(top, bottom), max(left, right), max(top, bottom)
        )

    def named_block(self, token: Any) -> Any:
        """Return the block behind a name in the formula, None for a name that stands for anything else."""
        scope = self.document if token.Sheet < 0 else self.document.Sheets[token.Sheet]
        names = map(scope.NamedRanges.getByName, scope.NamedRanges.getElementNames())
        name = next((name for name in names if name.TokenIndex == token.Index), None)
        return name.getReferredCells() if name is not None and FIXED_BLOCK.fullmatch(name.getContent()) else None

    def reads_other_files(self) -> bool:
        """Tell whether the formula needs another file, which the copy must not open."""
        return OTHER_FILE.search(self.text) is not None


def evaluate_copy(formula: FormulaCell, new: Callable[[str], Any]) -> FormulaResult:
    """Evaluate a copy of a formula on copies of what it reads; `new` makes one of the office's services."""
    with scratch(new) as copy:
        copy_document(formula, copy)
        block = same_block(formula.block, copy)
        with messages.listening() as raised:
            enter(block, formula)
            error = same_block(formula.cell, copy).getCellByPosition(0, 0).getError()
        return FormulaResult(error, raised, whole_shape(block, formula.text))


def enter(block: Any, formula: FormulaCell) -> None:
    """Put a formula into its block."""
    if formula.is_array:
        block.setArrayFormula(formula.text)
    else:
        block.getCellByPosition(0, 0).setFormula(formula.text)


def whole_shape(block: Any, text: str) -> tuple[int, int] | None:
    """Return how many rows and columns a formula gives, None for an error; the block that holds it is used up."""
    first = block.getCellByPosition(0, 0)
    if first.getError():
        return None
    shape = []
    for function in ("ROWS", "COLUMNS"):
        block.setArrayFormula("")
        first.setArrayFormula(f"={function}({text[1:]})")
        shape.append(int(first.getValue()))
    return shape[0], shape[1]


@contextmanager
def scratch(new: Callable[[str], Any]) -> Iterator[Any]:
    """Give an empty document without a window, and throw it away afterwards."""
    document = new(SPREADSHEET)
    document.initNew()
    try:
        yield document
    finally:
        document.close(True)


def copy_document(formula: FormulaCell, copy: Any) -> None:
    """Give a new document the sheets, names and settings of a formula's, and the values that it reads."""
    document = formula.document
    for setting in SETTINGS:
        setattr(copy, setting, getattr(document, setting))
    copy_sheets(document, copy)
    sources = formula.sources()
    for block in map(used_part, document.Sheets) if None in sources else sources:
        for part in used_part(block.getSpreadsheet()).queryIntersection(block.getRangeAddress()):
            copy_values(part, same_block(part, copy))
    for sheet, name in scoped_names(document):
        scope = copy if sheet is None else copy.Sheets[sheet]
        scope.NamedRanges.addNewByName(name.getName(), name.getContent(), name.getReferencePosition(), name.getType())
    for title in document.DatabaseRanges.getElementNames():
        area = document.DatabaseRanges.getByName(title).getDataArea()
        copy.DatabaseRanges.addNewByName(title, area)


def copy_sheets(document: Any, copy: Any) -> None:
    """Give a new document, which has one sheet, empty sheets of the same names."""
    first, *others = document.Sheets.getElementNames()
    copy.Sheets[0].setName(first)
    for number, title in enumerate(others, start=1):
        copy.Sheets.insertNewByName(title, number)


def same_block(block: Any, copy: Any) -> Any:
    """Return the block of another document at the place of one."""
    place = block.getRangeAddress()
    sheet = copy.Sheets[place.Sheet]
    return sheet.getCellRangeByPosition(place.StartColumn, place.StartRow, place.EndColumn, place.EndRow)


def place_of(reference: Any, here: Any) -> tuple[int, int, int]:
    """Return the sheet, row and column of a reference in a formula that stands at an address."""
    flags = reference.Flags
    return (
        here.Sheet + reference.RelativeSheet if flags & SHEET_RELATIVE else reference.Sheet,
        here.StartRow + reference.RelativeRow if flags & ROW_RELATIVE else reference.Row,
        here.StartColumn + reference.RelativeColumn if flags & COLUMN_RELATIVE else reference.Column,
    )


def copy_values(source: Any, target: Any) -> None:
    """Put the values of a block into another of its size, errors as errors."""
    rows = source.getDataArray()
    target.setDataArray(tuple(tuple("" if cell is None else cell for cell in row) for row in rows))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            if cell is None:
                target.getCellByPosition(j, i).setFormula(f"=#ERR{source.getCellByPosition(j, i).getError()}!")


def used_part(sheet: Any) -> Any:
    """Return the block from A1 to the last cell of a sheet that holds anything."""
    cursor = sheet.createCursor()
    cursor.gotoEndOfUsedArea(False)
    end = cursor.getRangeAddress()
    return sheet.getCellRangeByPosition(0, 0, end.EndColumn, end.EndRow)
