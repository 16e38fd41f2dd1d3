"""The sheet Your turn: the lesson typed by oneself, answered by formulas as soon as a column or cell is filled."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from workbooks.lessons.titanic.data import TITLE as DATA
from workbooks.lessons.titanic.data import data_page
from workbooks.lessons.titanic.passengers import FEATURES, FORMATS, TEXTS, input_columns
from workbooks.lessons.titanic.tasks import INPUTS, LR, WEIGHTS, Task, tasks
from workbooks.sheets.block import Block, Values, as_values, below, beside
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.expression import PLACEHOLDER, Expression, native
from workbooks.sheets.lesson_sheet import LEFT, NUMBER, TOP
from workbooks.sheets.lesson_sheet import TITLE as LESSON
from workbooks.sheets.multiply import TITLE as MULTIPLY
from workbooks.sheets.start import frame
from workbooks.sheets.style import fill
from workbooks.xlsx.area import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "Your turn"
WORKED_OUT = ("formulas", "typed as", "it is, or off by", "done")
RAW = ("Pclass", "Sex", "Age", "Fare", "Embarked")
GIVEN = ("SibSp", "Parch")
"""The inputs that are raw columns, side by side with those to be made."""
LEAD_ROW, HEADS_ROW, LIST_ROW = 2, 3, 4
HEADS = ("task", "what to type, down to the last row", "answer", "hint")
INPUTS_LEFT = 2 + len(RAW)
TYPED_LEFT = INPUTS_LEFT + len(GIVEN)
RESULTS_LEFT = INPUTS_LEFT + len(FEATURES)
WIDTHS = (5.0, 6.4, 7.0, 5.0, 6.8, 9.4, 6.4, 6.2, 7.8, 8.6, 8.6, 8.6, 9.3, 9.3, 6.8, 6.8)
RESULT_WIDTHS = {1: (12.0, 16.0, 16.0, 9.0), 2: (8.0, 8.0, 8.0, 8.0, 8.0, 8.6, 8.0)}
RIGHT, WRONG = "C6E0B4", "FCE4D6"
LEAD = (
    "Type the lesson yourself: fill the framed columns down to the last row, with formulas on this sheet's own cells, "
    "the spreadsheet's or NN_ ones. Each task answers at once. Training leaves the weights on this sheet alone."
)
SHOW = "show"
LONGEST_LINE = 42
"""So many letters of a task's line or hint stand beside each other."""
STATES = '[=0]"right";[<0]"empty";"row "0'
"""The number format of the row of the first cell that is not right."""
ELSEWHERE = ("!", "'.", "inputs", *(f"{title}." for title in (LESSON, MULTIPLY, "Model", DATA)))
"""What a formula that points to another sheet holds, as Excel and as Calc spell it."""


@dataclass(frozen=True)
class TurnLayout:
    """Where things stand, for a model of so many linear sums a passenger."""

    units: int

    @property
    def lines(self) -> int:
        """Return in how many rows the tasks are listed, in two columns."""
        return -(-len(tasks(self.units)) // 2)

    @property
    def weights_row(self) -> int:
        """Return the first row of weights."""
        return LIST_ROW + self.lines + 2 - self.units

    @property
    def cells_row(self) -> int:
        """Return the row of the single cells to type into; what they are stands in the row above."""
        return LIST_ROW + self.lines + 1

    @property
    def states_row(self) -> int:
        """Return the row that says over each column where it is not right."""
        return self.cells_row + 1

    @property
    def header_row(self) -> int:
        """Return the row of the columns' names."""
        return self.states_row + 1

    @property
    def top(self) -> int:
        """Return the first passenger's row."""
        return self.header_row + 1

    @property
    def right(self) -> int:
        """Return the last column of the table."""
        return len(WIDTHS) + len(RESULT_WIDTHS[self.units])

    @property
    def target(self) -> int:
        """Return the column of who survived; the loss stands right of it."""
        return RESULTS_LEFT + sum(task.is_column for task in tasks(self.units)[len(INPUTS) :]) - 1

    @property
    def lists(self) -> tuple[tuple[int, int, int, int], ...]:
        """Return, for each half of the list, the first columns of its names, lines, checks and hints."""
        return (1, 3, 7, 12), (13, 14, 18, self.right)

    @property
    def checks_left(self) -> int:
        """Return the first column of what the checks work out, right of everything else."""
        return self.right + 2


@dataclass(frozen=True)
class TaskAnswer:
    """A task with its cells and what is right there."""

    task: Task
    typed: Block
    right: Values


@dataclass(frozen=True)
class Exercise:
    """What stands on the sheet to be answered."""

    layout: TurnLayout
    given: Mapping[str, Block]
    """The columns of raw data by their names, the weights and the learning rate."""
    answers: tuple[TaskAnswer, ...]


def your_turn_page(page: Page, data: Mapping[str, Block], inputs: Block, units: int) -> Exercise:
    """Fill the sheet; `inputs` are those that the sheet Lesson makes of the same data."""
    layout = TurnLayout(units)
    count = inputs.values.shape[0]
    page.bulk = (layout.top, count)
    page.frozen = f"A{layout.top}"
    widths = (*WIDTHS, *RESULT_WIDTHS[units], 2.0, 10.0, 10.0, 13.0, 8.0, 2.0, 10.0, 10.0, 13.0, 8.0)
    page.widths = {column_letters(column): width for column, width in enumerate(widths, 1)}
    page.heights |= {1: 28, LEAD_ROW: 34, layout.header_row: 18} | dict.fromkeys(range(HEADS_ROW, layout.top - 3), 14)
    page.text(1, 1, "Your turn: type the lesson yourself", Look("title"))
    page.text(LEAD_ROW, 1, LEAD, Look("lead"))
    page.merged.append(f"A{LEAD_ROW}:{column_letters(layout.right)}{LEAD_ROW}")
    given = given_cells(page, layout, data, inputs)
    typed = typed_columns(page, layout, count) | typed_cells(page, layout)
    known = {"inputs": inputs, **given, **operands(given, typed)}
    answers = tuple(TaskAnswer(task, typed[task.name], native(task.right, **known).value()) for task in tasks(units))
    list_heads(page, layout)
    points = [line(page, layout, i, answer, known) for i, answer in enumerate(answers)]
    halves = below(points[: layout.lines]), below(points[layout.lines :])
    score = native(f'"Score: "&SUM({{a}},{{b}})&" of {len(points)}"', a=halves[0], b=halves[1])
    place = layout.right - (3 if units > 1 else 1)
    page.cell(1, place, score, Look("card"))
    frame(page, 1, place, (1, layout.right - place + 1), "card")
    return Exercise(layout, given, answers)


@cache
def exercise(units: int) -> Exercise:
    """Return what a new workbook has on its sheet, without making the others."""
    book = Book("", "")
    data = data_page(book.page(DATA))
    inputs = input_columns(book.page(LESSON), TOP, LEFT, data)
    return your_turn_page(book.page(TITLE), data, inputs, units)


def given_cells(page: Page, layout: TurnLayout, data: Mapping[str, Block], inputs: Block) -> dict[str, Block]:
    """Put the raw columns, the target, the weights and the learning rate."""
    count = inputs.values.shape[0]
    found = {}
    columns = ["#", *RAW, *GIVEN]
    places = [*enumerate(columns, 1), (layout.target, "Survived")]
    for column, name in places:
        stage = "target" if name == "Survived" else "inputs" if name in GIVEN else "raw"
        page.text(layout.header_row, column, name, Look(f"{stage}_header"))
        look = Look(f"{stage}_word") if name in TEXTS else Look(stage, FORMATS.get(name, "0"))
        found[name] = page.each(layout.top, column, (count, 1), "{x}", look, None, x=data[name])
    for k in range(layout.units):
        row = layout.weights_row + k
        name = f"weights {k + 1}" if layout.units > 1 else "weights"
        page.text(row, 1, name, Look("weights_header"))
        frame(page, row, 1, (1, INPUTS_LEFT - 1), "weights_header")
    rows = as_values(WEIGHTS[: layout.units])
    found["weights"] = page.text(layout.weights_row, INPUTS_LEFT, rows, Look("weights", "0.00"))
    page.text(layout.states_row, 1, "first cell that is not right", Look("raw_header"))
    frame(page, layout.states_row, 1, (1, TYPED_LEFT - 1), "raw_header")
    page.text(layout.states_row, layout.target, None, Look("state"))
    found["lr"] = page.text(layout.cells_row, layout.right, LR, Look("weights", "General"))
    page.text(layout.cells_row - 1, layout.right, "lr", Look("weights_header"))
    return found


def typed_columns(page: Page, layout: TurnLayout, count: int) -> dict[str, Block]:
    """Put the columns to fill under their names."""
    names = [task.name for task in tasks(layout.units) if task.is_column]
    made = len(FEATURES) - len(GIVEN)
    spans = [(TYPED_LEFT, names[:made]), (RESULTS_LEFT, names[made:-1]), (layout.target + 1, names[-1:])]
    found = {}
    for left, these in spans:
        stage = "inputs" if left == TYPED_LEFT else "loss" if these == ["Loss"] else "forward"
        page.text(layout.header_row, left, [these], Look(f"{stage}_header"))
        usual = "0" if stage == "inputs" else NUMBER
        for j, name in enumerate(these):
            look = Look("input", FORMATS.get(name, usual))
            found[name] = page.exercise(layout.top, left + j, (count, 1), look)
    return found


def typed_cells(page: Page, layout: TurnLayout) -> dict[str, Block]:
    """Put the single cells to fill, each under its name."""
    found = {}
    span = 2 if layout.units > 1 else 1
    names = [task.name for task in tasks(layout.units) if not task.is_column]
    for i, (name, stage) in enumerate(zip(names, ("loss", "gradient", "new"), strict=True)):
        left = RESULTS_LEFT + i * span
        page.text(layout.cells_row - 1, left, name, Look(f"{stage}_header"))
        frame(page, layout.cells_row - 1, left, (1, span), f"{stage}_header")
        found[name] = page.exercise(layout.cells_row, left, (1, 1), Look("input", "0.000000"))
        frame(page, layout.cells_row, left, (1, span), "input")
    return found


def operands(given: Mapping[str, Block], typed: Mapping[str, Block]) -> dict[str, Block]:
    """Return blocks under the names that the tasks' formulas have for them."""
    weights = given["weights"]
    made = [given[name] for name in GIVEN] + [typed[name] for name in FEATURES[len(GIVEN) :]]
    return {
        **{name.replace(" ", "_"): block for name, block in typed.items()},
        **{f"w{k + 1}": weights.part(top=k, rows=1) for k in range(weights.values.shape[0])},
        "w_age": weights.part(rows=1, left=FEATURES.index("Age_N"), columns=1),
        "typed_inputs": beside(made),
    }


def list_heads(page: Page, layout: TurnLayout) -> None:
    """Put what stands over the two halves of the list of tasks, and over what the checks work out."""
    for i, half in enumerate(layout.lists):
        ends = (*half[1:], half[3] + 1)
        for text, left, end in zip(HEADS, half, ends, strict=True):
            page.text(HEADS_ROW, left, text, Look("side_note" if text != "hint" else "note"))
            frame(page, HEADS_ROW, left, (1, end - left), "note")
        page.text(HEADS_ROW, layout.checks_left + 5 * i, [list(WORKED_OUT)], Look("note"))
    page.text(LEAD_ROW, layout.checks_left, "What the answers are worked out from", Look("note"))


def line(page: Page, layout: TurnLayout, i: int, answer: TaskAnswer, known: Mapping[str, Block]) -> Block:
    """Put a task's line with its check; return the cell that holds 1 where the task is done, else 0."""
    task = answer.task
    row, half = LIST_ROW + i % layout.lines, layout.lists[i // layout.lines]
    name, what, check, hint = half
    column = layout.checks_left + 5 * (i // layout.lines)
    page.text(row, name, task.name, Look("shrunk_label"))
    frame(page, row, name, (1, what - name), "shrunk_label")
    asked = page.input(row, hint, None, Look("choice", choices=(SHOW, "hide"), help="Choose show to see a formula."))
    shown = hint_of(page, task, known)
    text = f'IF({{asked}}="{SHOW}",{{shown}},{{what}})'
    style = "shrunk"
    if len(shown) > LONGEST_LINE:
        style = "two_lines"
        page.heights[row] *= 2
    page.cell(row, what, native(text, asked=asked, what=task.what, shown=shown), Look(style))
    frame(page, row, what, (1, check - what), style)
    how = how_typed(page, row, column, answer)
    if task.is_column:
        message, done = column_check(page, layout, row, column, answer, how, known)
    else:
        message, done = cell_check(page, row, column, answer, how, known)
    page.cell(row, check, message, Look("shrunk"))
    frame(page, row, check, (1, hint - check), "shrunk")
    mark(page, row, check, hint - check, done)
    return done


def hint_of(page: Page, task: Task, known: Mapping[str, Block]) -> str:
    """Return the formula for a task's first cell, as one types it: with $ only where filling down needs it."""

    def spelled(name: str, part: str | None) -> str:
        block = known[name]
        if part == "row":
            return block.row(page.title, 0)
        return block.address(page.title) if part == "all" else block.cell(page.title, 0, 0)

    text = PLACEHOLDER.sub(lambda found: spelled(found[1], found[2]), task.hint)
    return "=" + re.sub(r"\$(?=[A-Z])" if task.is_column else r"\$", "", text)


def how_typed(page: Page, row: int, column: int, answer: TaskAnswer) -> Block:
    """Put how cells were filled: with formulas, numbers, copied ones, or "" where they are empty; return the cell.

    Where a program has no FORMULATEXT and ISFORMULA, Excel 2010 for instance, all that is typed counts as formulas.
    """
    v = answer.typed
    text = "_xlfn.FORMULATEXT({v})"
    for mark_of_sheet in "!.":
        text = f'SUBSTITUTE({text},"\'{TITLE}\'{mark_of_sheet}","")'
    formulas = f"IF({is_empty(answer.task)},-1,IFERROR(SUM(_xlfn.ISFORMULA({{v}})*1),1))"
    count = page.array(row, column, (1, 1), native(formulas, v=v), Look("note"))
    # IronCalc asks the first cell of a column alone: 1 says nothing.
    typed = f'IF(AND({{n}}<>1,{{n}}<{v.values.size}),"numbers","formula")'
    typed = '"formula"' if answer.task.may_be_numbers else typed
    words = ",".join(f'"{word}"' for word in ELSEWHERE)
    copied = f"SUM(ISNUMBER(FIND({{{words}}},{text}))*1)>0"
    how = native(f'IF({{n}}<0,"",IF({copied},"copied",{typed}))', v=v, n=count)
    return page.array(row, column + 1, (1, 1), how, Look("note"))


def is_empty(task: Task) -> str:
    """Return the condition that nothing is typed into the cells {v} yet."""
    return "COUNTA({v})=0" if task.is_column else "ISBLANK({v})"


COPIED = '"copied: a formula points to another sheet"'
NUMBERS = '"right, but typed as numbers: type a formula"'
NEAR = "<=1E-9*(1+ABS({v}))"


def column_check(
    page: Page, layout: TurnLayout, row: int, column: int, answer: TaskAnswer, how: Block, known: Mapping[str, Block]
) -> tuple[Expression, Block]:
    """Put what a column's check works out from the raw columns; return its sentence, and the cell that counts it."""
    used = {**known, "v": answer.typed}
    right, above = answer.task.right, layout.top - 1
    is_right = f'IFERROR(({{v}}<>"")*(ABS({{v}}-({right})){NEAR}),0)'
    text = f"IF(COUNTA({{v}})=0,-1,IFERROR({above}+MATCH(0,{is_right},0),0))"
    place = answer.typed.area.left
    state = page.array(layout.states_row, place, (1, 1), native(text, **used), Look("state", STATES))
    mark_state(page, state)
    text = f'IF({{k}}>0,INDEX({right},{{k}}-{above}),"")'
    truth = page.array(row, column + 2, (1, 1), native(text, k=state, **used), Look("note"))
    cell = f"INDEX({{v}},{{k}}-{above})"
    have = f'IFERROR(IF({cell}="","nothing",IFERROR(ROUND({cell},9),{cell})),"an error")'
    wrong = f'"first wrong: row "&{{k}}&", you have "&{have}&", it is "&ROUND({{t}},9)'
    done = f'IF({{h}}="numbers",{NUMBERS},ROWS({{v}})&" of "&ROWS({{v}})&" right")'
    text = f'IF({{k}}<0,"empty",IF({{h}}="copied",{COPIED},IF({{k}}>0,{wrong},{done})))'
    found = {"k": state, "h": how, "t": truth, "v": answer.typed}
    counted = native('IF(AND({k}=0,{h}="formula"),1,0)', k=state, h=how)
    return native(text, **found), page.cell(row, column + 3, counted, Look("note"))


def cell_check(
    page: Page, row: int, column: int, answer: TaskAnswer, how: Block, known: Mapping[str, Block]
) -> tuple[Expression, Block]:
    """Do the same for a single cell; the right number itself stands nowhere."""
    used = {**known, "v": answer.typed}
    off = native(f'IF(ISBLANK({{v}}),"",IFERROR({{v}}-({answer.task.right}),"no number"))', **used)
    found = {"d": page.array(row, column + 2, (1, 1), off, Look("note")), "h": how, "v": answer.typed}
    wrong = '"wrong: you have "&ROUND({v},9)&", it is "&ROUND({v}-{d},9)'
    done = f'IF({{h}}="numbers",{NUMBERS},"right")'
    compared = f'IF(ISNUMBER({{d}}),IF(ABS({{d}}){NEAR},{done},{wrong}),"wrong: that is no number")'
    text = f'IF(ISBLANK({{v}}),"empty",IF({{h}}="copied",{COPIED},{compared}))'
    counted = native(f'IF(AND(ISNUMBER({{d}}),{{h}}="formula"),IF(ABS({{d}}){NEAR},1,0),0)', **found)
    return native(text, **found), page.cell(row, column + 3, counted, Look("note"))


def mark(page: Page, row: int, left: int, columns: int, done: Block) -> None:
    """Colour a task's answer: right, or begun and not right."""
    place = Block(page.area(row, left, 1, columns), as_values([None] * columns))
    first, points = (f"${block.letters}${row}" for block in (place, done))
    colour(page, place, {f"{points}=1": RIGHT, f'{first}<>"empty"': WRONG})


def mark_state(page: Page, state: Block) -> None:
    """Colour the cell that says where a column is not right."""
    cell = state.address(page.title)
    colour(page, state, {f"{cell}=0": RIGHT, f"{cell}>0": WRONG})


def colour(page: Page, block: Block, rules: Mapping[str, str]) -> None:
    """Fill cells by the first of some formulas that holds."""

    def paint(sheet: Worksheet) -> None:
        from openpyxl.formatting.rule import FormulaRule

        for formula, paper in rules.items():
            rule = FormulaRule(formula=[formula], fill=fill(paper), stopIfTrue=True)
            sheet.conditional_formatting.add(block.area.cells, rule)

    page.decorations.append(paint)
