"""The from-scratch notebook as a workbook: all 891 passengers, and three models of growing depth side by side.

Source: fast.ai, Linear model and neural net from scratch (Jeremy Howard, 2022).
"""

from collections.abc import Sequence

from openpyxl.chart import BarChart, Reference
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.notebook.data import PassengersPage
from workbooks.lessons.notebook.mistakes import MistakesPage
from workbooks.lessons.notebook.model import ModelLesson, NotebookModel, model_page
from workbooks.sheets.book import Book, Look, Page, StoredCells
from workbooks.sheets.charts import ORANGE, Axis, put_title_and_axes
from workbooks.sheets.expression import native, reference
from workbooks.sheets.links import link_to_sheets
from workbooks.sheets.reference import functions_page
from workbooks.sheets.start import CHART, PICTURE_LEFT, PICTURE_ROW, Layout, Start, start_page
from workbooks.sheets.style import ACCENT

TITLE = "From scratch: a linear model, a net and a deep net"
MODELS = (
    ModelLesson(
        "Linear",
        "Linear model: 12 inputs, 12 weights, a sigmoid",
        "Each input times its weight, added up; the sigmoid squeezes the sum between 0 and 1. No bias needed: male or "
        "female is always 1.",
        (),
        20.0,
    ),
    ModelLesson(
        "One hidden",
        "Neural net: one hidden layer of 20 units",
        "Twenty linear models with ReLU look at each passenger; the last layer adds up what they found.",
        (20,),
        4.0,
    ),
    ModelLesson(
        "Two hidden",
        "Deep net: two hidden layers of 10 units",
        "The second layer looks at what the first has found, not at the passenger.",
        (10, 10),
        4.0,
    ),
)
STEPS = (
    "Look at Data: blanks are filled with the commonest value, the fare becomes LN(fare+1), words become 0 and 1.",
    "Open Linear and press N epochs (30): the mean absolute error falls, the gradient shrinks.",
    "Do the same on One hidden and Two hidden. Come back: which of the three is best?",
    "In Mistakes, choose a model: whom does it get wrong, and is it the same people as the others do?",
    "Raise lr on One hidden to 200, press Reset and train: the sigmoid jams at 0 or 1 and learning stops.",
)
NOTICE = (
    "After 30 epochs all three get 82.6 % of the validation passengers right, as in the notebook: depth does not help "
    "every table.",
    "Error rate is 1 - accuracy. From 95 to 97 % sounds like little; as errors, 5 to 3 %, it is 40 % fewer.",
    "Once trained, they err on people who fared unlike most of their sex: these columns do not tell them.",
    "Later the loss falls while the error rate stands still: it counts how sure, the error rate only which side.",
)
LEAD = (
    "The notebook that builds a net without a library, as cells: 891 passengers, 12 inputs, 80 % of the rows to train "
    "on and 20 % kept aside. Each sheet is one model, from 12 weights to two layers of ten units."
)
TABLE_TOP = PICTURE_ROW + 2


def build(stored: StoredCells | None = None) -> Book:
    """Return the workbook, as new or with the values that its input cells hold by now."""
    book = Book("titanic_notebook", TITLE, stored)
    start = book.page("Start")
    data = PassengersPage(book)
    models = [model_page(book, lesson, data) for lesson in MODELS]
    MistakesPage(book, data, models)
    functions_page(book)
    # Data stands behind the models, which are what one comes for.
    book.pages.insert(4, book.pages.pop(1))
    fill_start(start, models)
    return book


def fill_start(page: Page, models: Sequence[NotebookModel]) -> None:
    """Put the comparison of the models, and declare the rest."""
    sheets = [model.lesson.sheet for model in models]
    note = f"The buttons above train {sheets[0]}; those on the sheet of another model train that one."
    page.text(TABLE_TOP - 2, PICTURE_LEFT, note, Look("note"))
    headers = ["Model", "Parameters", "Epochs", "Train loss", "Train error rate", "Valid error rate"]
    page.text(TABLE_TOP - 1, PICTURE_LEFT, [headers], Look("header"))
    link_to_sheets(page, TABLE_TOP, PICTURE_LEFT, sheets)
    for i, model in enumerate(models):
        row, left = TABLE_TOP + i, PICTURE_LEFT + 1
        blocks = {f"b{n}": block for n, block in enumerate(filter(None, model.parameters))}
        text = "+".join(f"ROWS({{{name}}})*COLUMNS({{{name}}})" for name in blocks)
        page.cell(row, left, native(text, **blocks), Look("output", "0"))
        parts = [(model.settings["epoch"], "0"), (model.metrics.train_loss, "0.0000")]
        parts += [(error, "0.0%") for error in (model.metrics.train_error, model.metrics.valid_error)]
        for j, (block, number_format) in enumerate(parts, 1):
            page.cell(row, left + j, reference(block), Look("output", number_format))
    declared = Start(
        title=TITLE,
        lead=LEAD,
        steps=STEPS,
        notice=NOTICE,
        picture=lambda sheet: draw(sheet, len(models)),
        lost=("the losses and error rates on Start", *sheets, "the split on Data", "Mistakes"),
        layout=Layout(right=(13.0, 11.5, 13.4, 12.0, 15.0, 15.0)),
    )
    start_page(page, declared)


def draw(sheet: Worksheet, count: int) -> None:
    """Draw the error rates of the models side by side."""
    chart = BarChart()
    chart.type = "bar"
    chart.style = 2
    chart.width, chart.height = CHART[0], 7.0
    axes = (Axis("model"), Axis("share of passengers", 0, number_format="0%"))
    put_title_and_axes(chart, "Error rate: the share that is wrong", axes)
    chart.x_axis.scaling.orientation = "maxMin"
    chart.legend.position = "r"
    bottom, left = TABLE_TOP + count - 1, PICTURE_LEFT
    rates = Reference(sheet, min_col=left + 4, max_col=left + 5, min_row=TABLE_TOP - 1, max_row=bottom)
    chart.add_data(rates, titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=left, min_row=TABLE_TOP, max_row=bottom))
    for series, colour in zip(chart.series, (ACCENT, ORANGE), strict=True):
        series.graphicalProperties = GraphicalProperties(solidFill=colour)
    chart.gapWidth = 60
    sheet.add_chart(chart, f"H{bottom + 1}")
