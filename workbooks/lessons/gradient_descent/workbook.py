"""Gradient descent on a line through 29 points, a row a step, with seven optimizers side by side."""

from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.gradient_descent.compare import compare_page
from workbooks.lessons.gradient_descent.data import data_page
from workbooks.lessons.gradient_descent.optimizer_page import LOSS_AXIS, STEP_AXIS, OptimizerPage
from workbooks.lessons.gradient_descent.rules import RULES
from workbooks.lessons.gradient_descent.surface import surface_page
from workbooks.lessons.gradient_descent.valley import TITLE as VALLEY
from workbooks.lessons.gradient_descent.valley import valley_page
from workbooks.lessons.gradient_descent.why import why_page
from workbooks.sheets.book import Book, Look, StoredCells
from workbooks.sheets.charts import Frame, curve_chart
from workbooks.sheets.expression import reference
from workbooks.sheets.links import link, link_to_sheets
from workbooks.sheets.reference import functions_page
from workbooks.sheets.start import CHART, PICTURE_LEFT, PICTURE_ROW, Start, start_page

TITLE = "Gradient descent, a row a step"
LEAD = (
    "29 points lie on the line y = 2x + 30. A model y = ax + b begins at a = 1, b = 1 and looks at one point after the "
    "other; each time the gradient says which way a and b should go. Seven optimizers make different steps of it."
)
STEPS = (
    "Sheet SGD: read one row from left to right: prediction, error, gradient, new a and b.",
    "Press ▶ Step (Ctrl+click in Calc): grey steps are done, the yellow one is next. ▶▶ Epoch goes through all rows.",
    "Press ▶▶▶ N epochs a few times on each sheet. In a terminal: gradsheet train gradient_descent.xlsx --model Adam",
    "Compare: whose loss falls fastest? Surface: choose whose path you see.",
    "SGD: set lr to 0.001 and press Epoch: the loss flies off. Set it back to 0.0001, press Reset, all is well.",
)
RESHAPE = "Valley: standardise x, and plain SGD does in one epoch what fifty could not."
NOTICE = (
    "The numerical gradient (from a + 0.01) is nearly the computed one. Nearly: 0.01 is not nothing.",
    "a is found at once, b crawls: its gradient is x times smaller. AdaGrad, Adam and Eve even that out.",
    "After 50 epochs SGD has b at 3, AdaGrad, Adam and Eve at 30, which is right.",
    "Why the gradient: three kinds of steps from one start; only the one that follows the slope arrives.",
    RESHAPE,
)
TABLE = PICTURE_ROW + 1


def build(stored: StoredCells | None = None) -> Book:
    """Return the workbook, as new or with the values that its input cells hold by now."""
    book = Book("gradient_descent", TITLE, stored)
    start = book.page("Start")
    data_place = len(book.pages)
    points = data_page(book)
    data = book.pages.pop(data_place)
    pages = [OptimizerPage(book, rule, points) for rule in RULES]
    steps, curves, _ = compare_page(book, pages)
    surface_page(book, pages, points)
    valley_page(book, points)
    why_page(book)
    book.pages.append(data)
    functions_page(book)
    note = f"The buttons above train {pages[0].rule.sheet}; those on the sheet of another optimizer train that one."
    start.text(TABLE - 1, PICTURE_LEFT, note, Look("note"))
    start.text(TABLE, PICTURE_LEFT, [["sheet", "a", "b", "loss", "epochs"]], Look("header"))
    for i, page in enumerate(pages, 1):
        parts = (page.state[0], page.state[1], page.mean_loss.part(rows=1), page.settings["epoch"])
        for j, (block, form) in enumerate(zip(parts, ("0.000", "0.000", "0.000", "0"), strict=True), 1):
            start.cell(TABLE + i, PICTURE_LEFT + j, reference(block), Look("output", form))
    link_to_sheets(start, TABLE + 1, PICTURE_LEFT, [page.rule.sheet for page in pages])
    lost = [page.rule.sheet for page in pages]
    lost[0] = f"the columns NN_… on {lost[0]}"
    lost.append(f"the losses after epochs on {VALLEY}")

    def picture(sheet: Worksheet) -> None:
        below = TABLE + len(pages) + 1
        frame = Frame("Loss after each step of the next epoch", f"H{below}", (CHART[0], 4.9), "r")
        curve_chart(sheet, steps, curves, frame, (STEP_AXIS, LOSS_AXIS))

    declared = Start(title=TITLE, lead=LEAD, steps=STEPS, notice=NOTICE, picture=picture, lost=lost)
    start_page(start, declared)
    link(start, RESHAPE, VALLEY)
    return book
