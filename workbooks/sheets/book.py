"""A workbook as a program: each cell is put where it belongs, in an order in which every value is known.

The same program runs twice in a workbook's life: with the values it is built with, and with those that a person or
the training has put into the input cells since, to refresh what the formulas show.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np

from pyfuncs.cells.errors import ErrorCode
from workbooks.sheets.block import Block, Values, as_values
from workbooks.sheets.buttons import ButtonBar
from workbooks.sheets.expression import PLACEHOLDER, Expression, evaluated, finite, text_of
from workbooks.xlsx.area import Area

TEMPLATE_PROPERTY = "gradsheet-template"
"""The document property that says which builder made a workbook."""


class StoredCells(Protocol):
    """The values that a workbook's input cells hold now."""

    def values(self, area: Area) -> Values:
        """Return the values of an area, None for a blank cell."""

    def has_formula(self, area: Area) -> bool:
        """Tell whether any cell of an area holds a formula."""

    def formula_texts(self, area: Area) -> Values:
        """Return the formulas of an area, each with its equals sign, None for a cell without one."""


@dataclass(frozen=True)
class FormulaBlock:
    """A formula over an area: one for all of it (an array formula), or one a cell."""

    area: Area
    texts: Values | str


@dataclass(frozen=True)
class Look:
    """How a block of cells looks: a style of `workbooks.sheets.style`, a number format, and what a cell may hold."""

    style: str = "body"
    number_format: str | None = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    whole: bool = False
    help: str | None = None


BODY = Look()


@dataclass
class Page:
    """One sheet: blocks with their looks, formulas, and what `workbooks.sheets.writer` draws around them."""

    title: str
    book: "Book"
    blocks: list[tuple[Block, Look]] = field(default_factory=list)
    formulas: list[FormulaBlock] = field(default_factory=list)
    widths: dict[str, float] = field(default_factory=dict)
    heights: dict[int, float] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    frozen: str | None = None
    decorations: list[Callable[[Any], None]] = field(default_factory=list)
    """Each is called with the openpyxl sheet once the cells are there: charts, conditional formats, tables."""
    completions: list[Callable[[], None]] = field(default_factory=list)
    """Each puts what can be said only once all sheets hold their formulas; they run when the workbook is written."""
    zoom: int = 100
    scoped: bool = False
    """Whether the names of this sheet's blocks are its own, so that the workbook can hold several models."""
    bulk: tuple[int, int] | None = None
    """The first row and the number of rows of tall blocks, which are written past openpyxl because there are so many
    cells in them; such a block has no drop-down, and nothing decorates its cells one by one."""
    suggestions: list[tuple[Block, Expression]] = field(default_factory=list)
    """The formulas that a person may replace with numbers, and has not."""
    sparse: Block | None = None
    """Numbers nearly all of which are 0 and left blank, to the right of everything else; written past openpyxl too."""
    buttons: ButtonBar | None = None
    """Where the buttons of the sheet's model stand; each host draws its own."""
    cards: dict[str, Block] = field(default_factory=dict)
    """The large numbers by their labels."""
    steps: tuple[str, ...] = ()
    """What the sheet tells people to do, line by line."""

    def area(self, top: int, left: int, rows: int, columns: int) -> Area:
        """Return an area of this sheet by its first cell and size."""
        return Area(self.title, top, left, top + rows - 1, left + columns - 1)

    def is_bulk(self, area: Area) -> bool:
        """Tell whether a block is one of the tall ones."""
        return (area.top, area.shape[0]) == self.bulk

    def small_formula_places(self) -> set[tuple[int, int]]:
        """Return the cells with a formula, by row and column from 1, but for those of tall blocks."""
        return {
            place for formula in self.formulas if not self.is_bulk(formula.area) for place in formula.area.positions()
        }

    def small_formula_values(self) -> dict[tuple[int, int], Any]:
        """Return the values of these cells."""
        places = self.small_formula_places()
        return {
            place: value
            for block, _ in self.blocks
            if not self.is_bulk(block.area)
            for place, value in zip(block.area.positions(), block.values.ravel().tolist(), strict=True)
            if place in places
        }

    def tall_formula_blocks(self) -> list[Block]:
        """Return the blocks of formulas that are written as XML row by row, not cell by cell."""
        areas = {formula.area for formula in self.formulas if self.is_bulk(formula.area)}
        return [block for block, _ in self.blocks if block.area in areas]

    def _add(self, block: Block, look: Look) -> Block:
        if block.name is not None:
            block = self.define(block.name, block)
        self.blocks.append((block, look))
        return block

    def block(self, name: str) -> Block | None:
        """Return the block with a name."""
        return next((block for block, _ in self.blocks if block.name == name), None)

    def define(self, name: str, block: Block) -> Block:
        """Give a block, of this sheet or another, a name: this sheet's own if it is scoped, else the workbook's."""
        block = replace(block, name=name, scope=self.title if self.scoped else None)
        names = self.book.scoped_names.setdefault(self.title, {}) if self.scoped else self.book.names
        names[name] = block.address("")
        return block

    def text(self, top: int, left: int, rows: object, look: Look = BODY) -> Block:
        """Put fixed texts or numbers, which are nobody's to change."""
        values = as_values(rows)
        return self._add(Block(self.area(top, left, *values.shape), values), look)

    def input(self, top: int, left: int, rows: object, look: Look = BODY, name: str | None = None) -> Block:
        """Put values that people or the training change; a workbook that exists brings its own."""
        values = as_values(rows)
        area = self.area(top, left, *values.shape)
        if self.book.stored is not None:
            values = as_values(self.book.stored.values(area))
        return self._add(Block(area, values, name, choices=look.choices), look)

    def exercise(self, top: int, left: int, shape: tuple[int, int], look: Look = BODY) -> Block:
        """Put blank cells for a person to type formulas into; a workbook that exists brings what was typed.

        A cell with an error is NaN.
        """
        area = self.area(top, left, *shape)
        values, typed = np.full(shape, None, dtype=object), None
        if self.book.stored is not None:
            values, typed = self.book.stored.values(area), self.book.stored.formula_texts(area)
            values = np.array([math.nan if isinstance(cell, ErrorCode) else cell for cell in values.flat], dtype=object)
        return self._add(Block(area, as_values(values.reshape(shape).tolist()), typed=typed), look)

    def sparse_input(self, top: int, left: int, numbers: Values, name: str) -> Block:
        """Put numbers that people may change where a blank is 0; the rows must hold other cells to their left."""
        area = self.area(top, left, *numbers.shape)
        if self.book.stored is not None:
            cells = self.book.stored.values(area)
            numbers = np.where(cells == np.array(None), 0.0, cells).astype(np.float64)
        self.sparse = self.define(name, Block(area, numbers))
        return self.sparse

    def written(self, top: int, left: int, texts: Values, values: Values, look: Look = BODY) -> Block:
        """Put a formula written out into every cell of a block, with the values they have."""
        block = Block(self.area(top, left, *texts.shape), values)
        self.formulas.append(FormulaBlock(block.area, texts))
        return self._add(block, look)

    def array(
        self,
        top: int,
        left: int,
        shape: tuple[int, int],
        formula: Expression,
        look: Look = BODY,
        name: str | None = None,
        *,
        replaceable: bool = False,
    ) -> Block:
        """Put one formula over a whole block, which shows as much of what it gives as a spreadsheet does.

        A replaceable formula is a suggestion: where a person has put numbers in its place, those are taken.
        """
        area = self.area(top, left, *shape)
        if replaceable and self.book.stored is not None and not self.book.stored.has_formula(area):
            return self.input(top, left, np.empty(shape, dtype=object), look, name)
        block = self._add(Block(area, spread(formula.value(), shape), name), look)
        self.formulas.append(FormulaBlock(block.area, formula.text(self.title)))
        if replaceable:
            self.suggestions.append((block, formula))
        return block

    def cell(
        self,
        top: int,
        left: int,
        formula: Expression,
        look: Look = BODY,
        name: str | None = None,
        *,
        choices: tuple[str, ...] = (),
    ) -> Block:
        """Put a formula into one cell; `choices` are the words that it can give."""
        return replace(self.fill(top, left, (1, 1), formula, look, name), choices=choices)

    def fill(
        self,
        top: int,
        left: int,
        shape: tuple[int, int],
        formula: Expression,
        look: Look = BODY,
        name: str | None = None,
    ) -> Block:
        """Put the same formula into every cell of a block; see `each` for references that move along."""
        texts = np.full(shape, formula.text(self.title), dtype=object)
        block = Block(self.area(top, left, *shape), np.broadcast_to(formula.value(), shape), name)
        self.formulas.append(FormulaBlock(block.area, texts))
        return self._add(block, look)

    def each(
        self,
        top: int,
        left: int,
        shape: tuple[int, int],
        text: str,
        look: Look = BODY,
        name: str | None = None,
        **blocks: Block,
    ) -> Block:
        """Put a formula into every cell of a block, with references that move along.

        In the text `{x}` is the cell of block x that belongs to this one, `{x:row}` and `{x:column}` its row or column
        of x, `{x:all}` all of x.
        """
        area = self.area(top, left, *shape)
        return self._filled(area, text, evaluated(text, blocks, area), look, name, blocks)

    def recurrence(self, top: int, left: int, text: str, values: Values, look: Look, **blocks: Block) -> Block:
        """Do as `each` for cells that refer to one another, row after row, so that their values must be given."""
        return self._filled(self.area(top, left, *values.shape), text, finite(values), look, None, blocks)

    def _filled(
        self, area: Area, text: str, values: Values, look: Look, name: str | None, blocks: Mapping[str, Block]
    ) -> Block:
        first, *pieces = PLACEHOLDER.split(text)
        texts = np.full(area.shape, first, dtype=object)
        for operand, part, literal in zip(pieces[::3], pieces[1::3], pieces[2::3], strict=True):
            texts = texts + self._places(blocks[operand], part, *area.shape) + literal
        self.formulas.append(FormulaBlock(area, texts))
        return self._add(Block(area, np.broadcast_to(values, area.shape), name), look)

    def _places(self, block: Block, part: str | None, rows: int, columns: int) -> Values | str:
        """Return what `{x}` stands for in each cell of a formula that is filled down."""
        if part == "row":
            return np.array([[block.row(self.title, i)] for i in range(rows)], dtype=object)
        if part == "column":
            return np.array([[block.column(self.title, j) for j in range(columns)]], dtype=object)
        return text_of(block, self.title) if part == "all" else block.cells(self.title, rows, columns)


def spread(values: Values, shape: tuple[int, int]) -> Values:
    """Return what cells of a shape show of an array: no more than fits, a single row or column repeated, else #N/A."""
    values = values[: shape[0], : shape[1]]
    size = tuple(have if have == 1 else wanted for have, wanted in zip(values.shape, shape, strict=True))
    if values.shape != size:
        given, values = values, np.empty(size, dtype=object)
        values.fill(ErrorCode.NA)
        values[: given.shape[0], : given.shape[1]] = given
    return np.broadcast_to(values, shape)


@dataclass
class Book:
    """A workbook: its sheets in order, its defined names, and which template it is."""

    template: str
    title: str
    stored: StoredCells | None = None
    pages: list[Page] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    scoped_names: dict[str, dict[str, str]] = field(default_factory=dict)
    """The names that belong to one sheet, by its title."""

    def page(self, title: str) -> Page:
        """Add a sheet."""
        page = Page(title, self)
        self.pages.append(page)
        return page

    def complete(self) -> None:
        """Put what can be said only now that all sheets hold their formulas."""
        for page in self.pages:
            while page.completions:
                page.completions.pop(0)()

    def names_on(self, page: Page) -> Mapping[str, str]:
        """Return the names that a button on a sheet finds: on one without a model, those of the first that has one."""
        models = (self.scoped_names.get(page.title, {}), self.names, *self.scoped_names.values())
        return self.names | next((names for names in models if "inputs" in names), {})

    def formula_cells(self) -> Mapping[str, Mapping[tuple[int, int], str]]:
        """Return every formula's text without the equals sign, by sheet and by row and column from 1."""
        found: dict[str, dict[tuple[int, int], str]] = {}
        for page in self.pages:
            texts = found.setdefault(page.title, {})
            for formula in page.formulas:
                each = np.broadcast_to(np.asarray(formula.texts, dtype=object), formula.area.shape)
                texts.update(zip(formula.area.positions(), each.flat, strict=True))
        return found

    def formula_values(self) -> Mapping[str, Mapping[tuple[int, int], Any]]:
        """Return every formula cell's value, by sheet and by row and column from 1."""
        return {
            page.title: {
                place: value
                for block, _ in page.blocks
                for place, value in zip(block.area.positions(), block.values.flat, strict=True)
                if place in texts
            }
            for page, texts in zip(self.pages, self.formula_cells().values(), strict=True)
        }
