"""The Start sheet: what this workbook is, what to do, where training stands, and a picture of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from openpyxl.styles import Alignment
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block
from workbooks.sheets.book import Look, Page
from workbooks.sheets.charts import history_chart
from workbooks.sheets.expression import Expression, Operand, call, native
from workbooks.sheets.questions import Question, put_questions
from workbooks.sheets.reference import FUNCTIONS
from workbooks.sheets.settings import LOSS_COLUMNS
from workbooks.xlsx.area import column_letters

Buttons: TypeAlias = Sequence[tuple[str, str]]
"""What stands on each button, and the address of the command it is a link to."""

BUTTONS: Buttons = (
    ("▶ Step", "org.gradsheet:step"),
    ("▶▶ Epoch", "org.gradsheet:epoch"),
    ("↺ Reset", "org.gradsheet:reset"),
)
MORE_BUTTONS: Buttons = (*BUTTONS[:2], ("▶▶▶ N epochs", "org.gradsheet:epochs"), BUTTONS[2])

TRAIN_LOSS = LOSS_COLUMNS["train loss"]
ON = "Formulas are on."
OFF = (
    "Formulas are off: this program has no NN_ functions. What stays right without them, and how to switch them on, "
    "is said at the end of this sheet."
)
ABOVE_THE_START = (
    "The loss is above where it began. Most often lr, the learning rate, is too high: make it smaller and press Reset."
)
NOT_ABOVE = "The loss is not above where it began."
SWITCH_ON = (
    "To switch the formulas on, install Gradsheet, a free add-in: for LibreOffice Calc on Linux by the command make "
    "calc, for Excel on Windows by the script install.ps1, both in Gradsheet's folder. Excel then wants the copy of "
    "this workbook that ends in .xlsm. Training by the command gradsheet needs neither program."
)

DEAD = ". ReLU gives 0 there in every row, so nothing trains: choose another seed in Training, then Reset."


@dataclass(frozen=True)
class Card:
    """One large number with what it is."""

    label: str
    value: Expression | float
    number_format: str = "0.0000"


def start_page(
    page: Page,
    title: str,
    lead: str,
    steps: Sequence[str],
    notice: Sequence[str],
    cards: Sequence[Card],
    history: Block,
    *,
    buttons: Buttons = BUTTONS,
    picture: Callable[[Worksheet], None] | None = None,
    questions: Sequence[Question] = (),
    lost: Sequence[str],
    dead: Expression | None = None,
) -> None:
    """Fill the Start sheet; all of it but the questions shows on a wide screen without scrolling.

    `picture` draws what stands beside the text, the loss where there is none; `lost` are the places whose numbers need
    the formulas, as `without_gradsheet` takes them; `dead` counts the units that ReLU keeps at 0 in every row for good.
    """
    page.widths = {"A": 2.0, "B": 4.0, "G": 2.0, "L": 2.0} | dict.fromkeys("CDEF", 20.0) | dict.fromkeys("HIJK", 15.0)
    page.heights = {1: 32, 2: 34, 3: 6, 4: 16, 5: 32, 6: 34}
    page.text(1, 2, title, Look("title"))
    page.text(2, 2, lead, Look("lead"))
    page.merged.append("B2:K2")
    for i, card in enumerate(cards):
        column = 3 + i if i < 4 else 4 + i
        page.text(4, column, card.label, Look("card_label"))
        look = Look("card", card.number_format)
        if isinstance(card.value, Expression):
            page.cell(5, column, card.value, look)
        else:
            page.text(5, column, card.value, look)
    put_status(page, 6, 2, (1, 5), history, dead)
    numbered(page, 7, "What to do", steps)
    numbered(page, 8 + len(steps), "What to notice", notice, "•")
    row = 10 + len(steps) + len(notice)
    put_questions(page, row, 2, "K", (*questions, without_gradsheet(page, lost)), 130)
    page.text(6, 8, [[label for label, _ in buttons]], Look("button"))
    page.text(6, 8 + len(buttons), "Ctrl+click, in Calc", Look("note"))
    page.decorations.append(picture or (lambda sheet: draw(sheet, history)))
    page.decorations.append(lambda sheet: link_buttons(sheet, buttons))


def numbered(page: Page, top: int, heading: str, lines: Sequence[str], mark: str | None = None) -> None:
    """Put a heading and lines under it, each with its number or mark."""
    page.text(top, 2, heading, Look("heading"))
    page.heights[top] = 24
    for i, line in enumerate(lines, 1):
        page.text(top + i, 2, mark or i, Look("label"))
        page.text(top + i, 3, line, Look("wrapped"))
        page.merged.append(f"C{top + i}:F{top + i}")
        page.heights[top + i] = 15 * (1 + len(line) // 88) + 2


def put_status(
    page: Page,
    row: int,
    column: int,
    shape: tuple[int, int],
    history: Block | None = None,
    dead: Expression | None = None,
) -> None:
    """Put the sentence of `status` into cells made one."""
    page.array(row, column, (1, 1), status(history, dead), Look("status"))
    for i, j in np.ndindex(*shape):
        if i or j:
            page.text(row + i, column + j, None, Look("status"))
    first, last = column_letters(column), column_letters(column + shape[1] - 1)
    page.merged.append(f"{first}{row}:{last}{row + shape[0] - 1}")


def status(history: Block | None, dead: Expression | None = None) -> Expression:
    """Return the sentence that says whether Gradsheet's formulas work in this program, and whether training does.

    Being volatile it is calculated whenever a program opens the workbook: no other cell is, all show what is stored.
    """
    fine = native(f'"{ON}"') if dead is None else units_alive(dead)
    on = fine if history is None else progress(history, fine)
    return native(f'IF(ISERROR({{relu}}),"{OFF}",{{on}})', relu=call("NN_RELU", native("1+0*NOW()")), on=on)


def progress(history: Block, well: Operand) -> Expression:
    """Return what to say while the loss is not above that of the first row of the history, and else what to do."""
    return native(
        f'IF(LOOKUP(9E+307,{{x}})>INDEX({{x}},1),"{ABOVE_THE_START}",{{well}})',
        x=history.part(left=TRAIN_LOSS, columns=1),
        well=well,
    )


def without_gradsheet(page: Page, lost: Sequence[str]) -> Question:
    """Return what this workbook shows where the formulas are off; its other sheets are there already.

    `lost` names the sheets whose numbers need the formulas, each with what needs them there, as "the charts on Units".
    """
    titles = [other.title for other in page.book.pages if other.title not in (page.title, FUNCTIONS)]
    kept = [title for title in titles if not any(text.endswith(title) for text in lost)]
    keep = f"{listed(kept)} {'keep' if len(kept) > 1 else 'keeps'} all numbers. " if kept else ""
    return Question(
        "What is right here without Gradsheet, where the formulas are off?",
        f"As soon as the program calculates, these show errors or blanks: {listed(lost)}. {keep}{SWITCH_ON}",
    )


def listed(texts: Sequence[str]) -> str:
    """Return texts as a list in a sentence."""
    return f"{', '.join(texts[:-1])} and {texts[-1]}" if len(texts) > 1 else texts[0]


def units_alive(dead: Expression) -> Expression:
    """Return the sentence that all is well, or how many units no longer train and what to do about it."""
    return native(
        f'IF({{n}}=0,"{ON}","{ON} Dead units: "&{{n}}&"{DEAD}")',
        n=dead,
    )


def link_buttons(sheet: Worksheet, buttons: Buttons = BUTTONS, row: int = 6, left: int = 8) -> None:
    """Make the cells of the buttons links to the commands of Gradsheet's extension."""
    for j, (_, url) in enumerate(buttons):
        cell = sheet.cell(row, left + j)
        style = cell._style
        cell.hyperlink = url
        cell._style = style


def centre(sheet: Worksheet, blocks: Sequence[Block]) -> None:
    """Put what inputs hold into the middle of their cells."""
    for block in blocks:
        sheet.cell(block.area.top, block.area.left).alignment = Alignment(horizontal="center", vertical="center")


def draw(sheet: Worksheet, history: Block) -> None:
    """Draw the loss beside the text."""
    history_chart(sheet, history, "Loss, epoch by epoch", LOSS_COLUMNS, "loss", "H7", (12.4, 8.6))
