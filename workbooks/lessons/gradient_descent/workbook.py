"""Gradient descent on a line through 29 points, a row a step, with seven optimizers side by side."""

from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.gradient_descent.compare import compare_page
from workbooks.lessons.gradient_descent.data import data_page
from workbooks.lessons.gradient_descent.optimizer_page import OptimizerPage, reference
from workbooks.lessons.gradient_descent.rules import RULES
from workbooks.lessons.gradient_descent.surface import surface_page
from workbooks.lessons.gradient_descent.why import why_page
from workbooks.sheets.book import Book, Look, StoredCells
from workbooks.sheets.curve_charts import curve_chart
from workbooks.sheets.opening import headline, lines
from workbooks.sheets.questions import put_questions
from workbooks.sheets.reference import functions_page
from workbooks.sheets.start import without_gradsheet

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
NOTICE = (
    "The derivative found by trying (a + 0.01) is nearly the computed one. Nearly: 0.01 is not nothing.",
    "a is found at once, b crawls: its gradient is x times smaller. AdaGrad, Adam and Eve even that out.",
    "After 50 epochs SGD has b at 3, AdaGrad, Adam and Eve at 30, which is right.",
    "Why the gradient: three kinds of steps from one start; only the one that follows the slope arrives.",
)
TABLE = 20


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
    why_page(book)
    book.pages.append(data)
    functions_page(book)
    start.widths = {"A": 2.0, "B": 4.0, "H": 3.0} | dict.fromkeys("CDEFG", 22.0)
    headline(start, TITLE, LEAD, "G")
    lines(start, 4, STEPS, NOTICE, "G", 112)
    start.text(TABLE - 1, 2, "Where they stand", Look("heading"))
    start.text(TABLE, 3, [["sheet", "a", "b", "loss", "epochs"]], Look("header"))
    for i, page in enumerate(pages):
        row = TABLE + 1 + i
        start.text(row, 3, page.rule.sheet, Look("label"))
        shown = (page.state[0], page.state[1], page.mean_loss.part(rows=1), page.settings["epoch"])
        for j, (block, form) in enumerate(zip(shown, ("0.000", "0.000", "0.00E+00", "0"), strict=True)):
            start.cell(row, 4 + j, reference(block), Look("output", form))
    lost = [page.rule.sheet for page in pages]
    lost[0] = f"the columns NN_… on {lost[0]}"
    put_questions(start, TABLE + len(pages) + 2, 2, "G", (without_gradsheet(start, lost),), 112)

    def picture(sheet: Worksheet) -> None:
        title = "Loss after each step of the next epoch"
        curve_chart(sheet, steps, curves, title, "I4", (19, 12), (0, 30), unit=5, logarithmic=True)

    start.decorations.append(picture)
    return book
