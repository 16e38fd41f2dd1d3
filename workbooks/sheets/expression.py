"""Formulas as they are written into a workbook, each with the value it has: text and value cannot come apart.

`call` makes a formula of the catalogue's and takes its value from the catalogue; `native` makes one of the
spreadsheet's own functions, whose text is read as an expression tree and evaluated.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias, TypeVar

import numpy as np

from pyfuncs.catalogue.call import result
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.block import CellBlock
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.cells.spelling import exact
from workbooks.sheets.block import Block, Values, as_values
from workbooks.sheets.term.cells import Cells, placed
from workbooks.sheets.term.evaluate import evaluate
from workbooks.sheets.term.tree import parsed
from workbooks.xlsx.area import Area

PLACEHOLDER = re.compile(r"\{(\w+)(?::(\w+))?\}")


@dataclass(frozen=True)
class Expression:
    """A formula's text, without the equals sign, for the sheet it stands on, and its value."""

    text: Callable[[str], str]
    value: Callable[[], Values]


Operand: TypeAlias = Block | Expression | float | bool | str | None


def text_of(operand: Operand, sheet: str) -> str:
    """Return how a formula on `sheet` writes an operand; None is an argument left out."""
    if isinstance(operand, Block):
        return operand.reference(sheet)
    if isinstance(operand, Expression):
        return operand.text(sheet)
    if operand is None:
        return ""
    if isinstance(operand, bool):
        return "TRUE" if operand else "FALSE"
    if isinstance(operand, str):
        return '"' + operand.replace('"', '""') + '"'
    return exact(operand)


def value_of(operand: Operand) -> Values:
    """Return an operand's value as a block."""
    if isinstance(operand, Block):
        return operand.values
    if isinstance(operand, Expression):
        return operand.value()
    return as_values(operand)


def cells_of(values: Values) -> CellBlock:
    """Return a block as one of the catalogue's formulas takes it."""
    return values if values.dtype == np.float64 else values.tolist()


def call(name: str, *operands: Operand) -> Expression:
    """Return the call of one of the catalogue's formulas."""
    formula = formulas()[name]

    def value() -> Values:
        given = [None if operand is None else cells_of(value_of(operand)) for operand in operands]
        try:
            return finite(as_values(result(formula, given)))
        except CellError as error:
            return as_values(error.code)

    return Expression(
        lambda sheet: f"{name}({','.join(text_of(operand, sheet) for operand in operands).rstrip(',')})", value
    )


def reference(block: Block) -> Expression:
    """Return a formula that shows other cells."""
    return Expression(block.reference, lambda: block.values)


def cell_of(column: Block, place: Block | Expression) -> Expression:
    """Return a formula that shows a cell of a column, by its place from 1; other cells there may hold errors."""

    def value() -> Values:
        row = int(value_of(place)[0, 0])
        return column.values[row - 1 : row] if 1 <= row <= len(column.values) else as_values(ErrorCode.REF)

    return Expression(lambda sheet: f"INDEX({column.reference(sheet)},{text_of(place, sheet)})", value)


def native(text: str, **operands: Operand) -> Expression:
    """Return a formula of the spreadsheet's own functions; `{name}` in the text stands for an operand."""

    def fill(sheet: str) -> str:
        return PLACEHOLDER.sub(lambda match: text_of(operands[match[1]], sheet), text)

    return Expression(fill, lambda: evaluated(text, operands))


def evaluated(text: str, operands: Mapping[str, Operand], filled: Area | None = None) -> Values:
    """Return the values of a formula that is filled into the cells of an area, or of an array formula."""

    def given(operand: Operand, part: str | None) -> Cells:
        values = value_of(operand)
        if values.dtype == object:
            cells = values.ravel().tolist()
            if ErrorCode in set(map(type, cells)):
                raise CellError(next(cell for cell in cells if isinstance(cell, ErrorCode)), "a cell holds an error")
        return placed(values, part if filled else "all")

    known: dict[str, Callable[[str | None], Cells]] = {
        name: partial(given, operand) for name, operand in operands.items()
    }
    known |= {
        f"ROW({name})": partial(row_numbers, operand.area, "all")
        for name, operand in operands.items()
        if isinstance(operand, Block)
    }
    known |= {
        f"FORMULATEXT({name})": partial(formula_texts, operand)
        for name, operand in operands.items()
        if isinstance(operand, Block)
    }
    if filled is not None:
        known["ROW()"] = partial(row_numbers, filled, None)
    try:
        with np.errstate(all="ignore"):
            cells = evaluate(parsed(text), known)
    except CellError as error:
        return as_values(error.code)
    values = cells[0, 0] if filled is None else cells[:, :, 0, 0]
    if values.dtype == bool:
        return values.astype(object)
    return finite(as_values(values) if values.dtype == object else values.astype(np.float64))


def row_numbers(area: Area, part: str | None, _: str | None) -> Cells:
    """Return the numbers of an area's rows, for the cells of a formula or as a range."""
    return placed(np.arange(area.top, area.bottom + 1.0)[:, np.newaxis], part)


def formula_texts(block: Block, _: str | None) -> Cells:
    """Return the formulas that a person has typed into a block."""
    typed = np.full(block.area.shape, None, dtype=object) if block.typed is None else block.typed
    return placed(typed, "all")


def finite(values: Values) -> Values:
    """Return values with #NUM! for numbers that do not exist."""
    if values.dtype == np.float64 and not np.isfinite(values).all():
        return as_values([[cell if np.isfinite(cell) else ErrorCode.NUM for cell in row] for row in values])
    return values


def cases(word: str, texts: Mapping[str, str]) -> str:
    """Return nested IFs on a word, given by its reference; a word that is none of these gives #N/A."""
    result = "NA()"
    for known, text in reversed(list(texts.items())):
        result = f'IF({word}="{known}",{text},{result})'
    return result


Option = TypeVar("Option")


def case_of(word: object, options: Mapping[str, Option]) -> Option | ErrorCode:
    """Return the option for a word, #N/A for a word that is none of theirs; capitals count as small letters in IF."""
    return {known.casefold(): option for known, option in options.items()}.get(str(word).casefold(), ErrorCode.NA)


def choose(setting: Block, options: Mapping[str, Operand]) -> Expression:
    """Return what belongs to the word in a cell, #N/A where the word is none of the options."""

    def text(sheet: str) -> str:
        return cases(setting.reference(sheet), {word: text_of(option, sheet) for word, option in options.items()})

    return Expression(text, lambda: value_of(case_of(setting.only, options)))
