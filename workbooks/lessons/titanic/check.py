"""What a student has typed on the sheet Your turn, worked out from the file's cells alone: nothing in it is run."""

import datetime
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pyfuncs.cells.block import quoted, to_number
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.cells.spelling import joined
from workbooks.lessons.titanic.tasks import WEIGHTS
from workbooks.lessons.titanic.your_turn import GIVEN, RAW, TITLE, Exercise, TaskAnswer, exercise
from workbooks.sheets.block import Block
from workbooks.xlsx.area import Area, split_sheet
from workbooks.xlsx.cells import ShownValue, Uncalculated
from workbooks.xlsx.formulas import words
from workbooks.xlsx.sheets import Sheets, open_sheets

RIGHT, WRONG, EMPTY, COPIED, NUMBERS = "right", "wrong", "empty", "copied", "numbers"
UNCALCULATED = "not calculated"
SAVE = "open the file in a spreadsheet program and save it"
TOLERANCE = 1e-9
DIGITS = 9
TEXT = re.compile(r'"((?:[^"]|"")*+)"')

Shown = ShownValue | Uncalculated


@dataclass(frozen=True)
class Mark:
    """How a task was solved, and what is to be said of it where that is not right."""

    state: str
    sentence: str = ""


@dataclass(frozen=True)
class Checked:
    """One student's file: a mark a task by its name, none where the sheet cannot be checked."""

    marks: Mapping[str, Mark] = field(default_factory=dict)
    remark: str = ""
    """What is wrong with the file or with the cells that were given."""

    @property
    def score(self) -> int:
        """Return how many tasks are right."""
        return sum(mark.state == RIGHT for mark in self.marks.values())

    @property
    def first(self) -> str:
        """Return the sentence on the first thing that is not right, nothing where all is."""
        sentences = (f"{name}: {mark.sentence}" for name, mark in self.marks.items() if mark.state != RIGHT)
        return self.remark or next(sentences, "")


def check(path: Path) -> Checked:
    """Check a student's .xlsx or .ods file against the lesson's own data.

    Raises:
        FileProblem: for a file that is no workbook, damaged, or protected.
    """
    sheets = open_sheets(path)
    title = next((title for title in sheets.titles if title.casefold() == TITLE.casefold()), None)
    if title is None:
        return Checked(remark=f"it has no sheet {TITLE}")
    read = Typed(sheets, title)
    found = next((known for known in map(exercise, (2, 1)) if read.has_header_of(known)), None)
    if found is None:
        return Checked(
            remark=f"on the sheet {TITLE} the columns' names are not where they were: nothing can be checked"
        )
    if read.is_uncalculated(found):
        return Checked(
            dict.fromkeys((a.task.name for a in found.answers), Mark(UNCALCULATED, f"{UNCALCULATED}: {SAVE}"))
        )
    order, remark = read.order(found)
    return Checked({answer.task.name: read.mark(answer, order) for answer in found.answers}, remark)


class Typed:
    """The cells of the sheet with their formulas."""

    def __init__(self, sheets: Sheets, title: str) -> None:
        known = [exercise(units) for units in range(1, len(WEIGHTS) + 1)]
        bottom = max(answer.typed.area.bottom for each in known for answer in each.answers)
        right = max(each.layout.right for each in known)
        self.area = Area(title, 1, 1, bottom, right)
        self.cells: dict[tuple[int, int], Shown] = {}
        for row, cells in sheets.rows(title):
            if row > bottom:
                break
            self.cells |= {(row, column): cell for column, cell in cells.items() if column <= right}
        self.formulas = sheets.formulas(self.area)
        self.names = {name.casefold(): text for name, text in sheets.names().items()}
        self.others = [other.casefold() for other in sheets.titles if other != title]

    def column(self, area: Area) -> list[Shown]:
        """Return the values of a block's cells."""
        return [self.cells.get(place) for place in area.positions()]

    def has_header_of(self, known: Exercise) -> bool:
        """Tell whether the columns' names are those of one of the two workbooks."""
        names = {block.area.left: name for name, block in columns(known).items()}
        row = known.layout.header_row
        return all(self.cells.get((row, column)) == name for column, name in names.items())

    def is_uncalculated(self, known: Exercise) -> bool:
        """Tell whether a formula in the cells that were given has no value."""
        blocks = known.given.values()
        return any(isinstance(cell, Uncalculated) for block in blocks for cell in self.column(block.area))

    def order(self, known: Exercise) -> tuple[Sequence[int], str]:
        """Return the original place of each row, from 0, and what was changed of the cells that were given."""
        names = ("#", *RAW, *GIVEN, "Survived")
        own = [known.given[name].values[:, 0].tolist() for name in names]
        original = list(zip(*own, strict=True))
        present = list(zip(*(self.column(known.given[name].area) for name in names), strict=True))
        remark = "; ".join(self.changed_cells(known))
        order: Sequence[int] = range(len(original))
        if present != original:
            if Counter(map(repr, present)) == Counter(map(repr, original)):
                places = {row[0]: place for place, row in enumerate(original)}
                order = [places[row[0]] for row in present]
            else:
                place = next(i for i, (a, b) in enumerate(zip(present, original, strict=True)) if a != b)
                j = next(j for j in range(len(names)) if present[place][j] != original[place][j])
                row = known.layout.top + place
                cells = f"{as_words(present[place][j])}, but was {as_words(original[place][j])}"
                remark = f"the data were changed: row {row}, {names[j]} is {cells}"
        return order, remark

    def changed_cells(self, known: Exercise) -> Iterator[str]:
        """Yield what was changed of the weights and the learning rate."""
        for name in ("weights", "lr"):
            block = known.given[name]
            for place, cell, value in zip(
                block.area.positions(), self.column(block.area), block.values.flat, strict=True
            ):
                if cell != value:
                    where = Area(TITLE, *place, *place).cells
                    yield f"the {name} were changed: {where} is {as_words(cell)}, but was {as_words(value)}"
                    return

    def mark(self, answer: TaskAnswer, order: Sequence[int]) -> Mark:
        """Return how a task was solved."""
        task, area = answer.task, answer.typed.area
        cells = self.column(area)
        right = np.broadcast_to(answer.right, area.shape)[:, 0].tolist()
        right = [right[place] for place in order] if task.is_column else right
        begun = [i for i, place in enumerate(area.positions()) if cells[i] is not None or place in self.formulas]
        if not begun:
            return Mark(EMPTY, EMPTY)
        places = list(area.positions())
        where = [f"row {row}, " if task.is_column else "" for row, _ in places]
        copied = next((i for i in begun if self.points_elsewhere(self.formulas.get(places[i]))), None)
        if copied is not None:
            return Mark(COPIED, f"copied: {where[copied]}a formula points to another sheet")
        if any(isinstance(cell, Uncalculated) for cell in cells):
            return Mark(UNCALCULATED, f"{UNCALCULATED}: {SAVE}")
        wrong = next((i for i, cell in enumerate(cells) if not is_right(cell, right[i])), None)
        if wrong is not None:
            start = "first wrong" if task.is_column else "wrong"
            return Mark(
                WRONG, f"{start}: {where[wrong]}you have {as_words(cells[wrong])}, it is {as_words(right[wrong])}"
            )
        typed = next((i for i, place in enumerate(places) if place not in self.formulas), None)
        if typed is not None and not task.may_be_numbers:
            return Mark(NUMBERS, f"right, but {where[typed]}typed as a number: type a formula")
        return Mark(RIGHT)

    def points_elsewhere(self, formula: str | None) -> bool:
        """Tell whether a formula reads another sheet, by a reference, by a name or by INDIRECT."""
        if formula is None:
            return False
        found = words(formula)
        if found is None or any(other in text.casefold() for text in TEXT.findall(formula) for other in self.others):
            return True
        return any(self.is_elsewhere(word) for word in found)

    def is_elsewhere(self, word: str) -> bool:
        """Tell whether a reference or a name stands for cells of another sheet."""
        named = self.names.get(word.casefold(), word)
        found = (split_sheet(part)[0] for part in named.split(",") if "!" in part)
        return any(sheet is None or sheet.casefold() != self.area.sheet.casefold() for sheet in found)


def columns(known: Exercise) -> Mapping[str, Block]:
    """Return the sheet's columns by the names over them."""
    given = {name: block for name, block in known.given.items() if name not in ("weights", "lr")}
    return given | {answer.task.name: answer.typed for answer in known.answers if answer.task.is_column}


def is_right(cell: Shown, right: float) -> bool:
    """Tell whether a cell holds a number, but for rounding; TRUE is 1 and FALSE 0."""
    number = number_in(cell)
    return number is not None and abs(number - right) <= TOLERANCE * (1 + abs(number))


def number_in(cell: Shown) -> float | None:
    """Return the number in a cell, a date's too where one is shown as such; None where there is none."""
    if isinstance(cell, str | Uncalculated | datetime.time):
        return None
    try:
        return to_number(cell, "")
    except CellError:
        return None


def as_words(cell: Shown) -> str:
    """Return a cell as a sentence names it."""
    if cell is None or cell == "":
        return "nothing"
    if isinstance(cell, ErrorCode):
        return f"the error {cell}"
    number = number_in(cell)
    return quoted(str(cell)) if number is None else joined(round(number, DIGITS))
