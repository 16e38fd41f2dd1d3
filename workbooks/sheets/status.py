"""How things stand: whether the formulas work, whether the loss falls, and what is right without the formulas."""

from collections.abc import Sequence

from workbooks.sheets.block import Block, as_values
from workbooks.sheets.book import Page
from workbooks.sheets.expression import Expression, Operand, call, native
from workbooks.sheets.questions import Question
from workbooks.sheets.reference import FUNCTIONS
from workbooks.sheets.settings import TRAIN_LOSS

ON = "Formulas are on."
AS_SAVED = "The numbers are as saved. A program that calculates says here whether the formulas are on."
"""What is stored in place of `ON`: a file cannot know who opens it."""
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
WITHOUT = "What is right here without Gradsheet, where the formulas are off?"
DEAD = ". ReLU gives 0 there in every row, so nothing trains: choose another seed in Training, then Reset."


def status(history: Block | None, dead: Expression | None = None) -> Expression:
    """Return the sentence that says whether Gradsheet's formulas work in this program, and whether training does.

    Being volatile it is calculated whenever a program opens the workbook: no other cell is, all show what is stored.
    """
    fine = native(f'"{ON}"') if dead is None else units_alive(dead)
    on = fine if history is None else progress(history, fine)
    text = f'IF(ISERROR({{relu}}),"{OFF}",{{on}})'
    live = native(text, relu=call("NN_RELU", native("1+0*NOW()")), on=on)
    return Expression(live.text, lambda: as_values(str(live.value()[0, 0]).replace(ON, AS_SAVED)))


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
        WITHOUT,
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
