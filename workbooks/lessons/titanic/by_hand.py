"""The sheet Lesson of the passengers: their ten inputs as formulas of the sheet Data, and what is said beside them."""

from workbooks.lessons.titanic.passengers import FEATURES, input_columns
from workbooks.sheets.block import Block, NamedBlocks, Values, as_values
from workbooks.sheets.book import Page
from workbooks.sheets.lesson_sheet import (
    LEFT,
    NAMES_ROW,
    TOP,
    WEIGHTS_ROW,
    Cases,
    FirstParameters,
    LabelledValue,
    LessonCells,
    LessonTexts,
    lesson_sheet,
    one_sum,
)
from workbooks.xlsx.area import column_letters

TITLES = {
    1: "One linear sum a passenger: change a weight, watch the loss",
    2: "Two linear sums, ReLU, and their sum: change a weight, watch the loss",
}
SOLVER_TAKES = {1: "about half a minute", 2: "some minutes"}
LEADS = {
    1: "A row a passenger. Each input times the weight over it, added up, is the prediction: near 1 survived, near 0 "
    "not. A step goes against the gradient, learning rate times as far.",
    2: "A row a passenger. Each set of weights gives one sum (Lin); ReLU makes negative sums 0; both added are the "
    "prediction. A step goes against the gradient, learning rate times as far.",
}


def lesson_of_passengers(
    page: Page, data: NamedBlocks, first: Values, lr: Block, solver_loss: float
) -> tuple[Block, LessonCells]:
    """Fill the sheet, and return the block of inputs with the other cells; `first` are its weights, a row a unit."""
    units = first.shape[0]
    inputs = input_columns(page, TOP, LEFT, data)
    cases = Cases(data["#"], inputs, FEATURES, data["Survived"], "Survived")
    changing = f"{column_letters(LEFT)}{WEIGHTS_ROW}:{column_letters(inputs.area.right)}{WEIGHTS_ROW + units - 1}"
    objective = f"{column_letters(inputs.area.right + 1)}{NAMES_ROW}"
    solver = (
        f"Solver, as in the lesson: {objective} is to be smallest, by changing {changing}.",
        "Excel: Data, Solver; no tick at Non-Negative; GRG Nonlinear; Solve.",
        "Calc, with the package libreoffice-nlpsolver: Tools, Solver, Options: engine DEPS,",
        f"variable range threshold 20, stagnation limit 300. It takes {SOLVER_TAKES[units]}.",
    )
    figures = (
        LabelledValue("the lesson's Solver", solver_loss, "0.0000"),
        LabelledValue("accuracy", "SUMPRODUCT(({p}>0.5)*({y}=1)+({p}<=0.5)*({y}=0))/ROWS({y})", "0.0%"),
    )
    words = LessonTexts(TITLES[units], LEADS[units], solver)
    cells = lesson_sheet(page, cases, FirstParameters(first, hidden=units > 1), lr, words, figures)
    if units == 1:
        one_sum(page, cases, cells.layers[0].weight, "passenger")
    names = Block(page.area(NAMES_ROW, LEFT, 1, len(FEATURES)), as_values(list(FEATURES)))
    page.book.names["feature_names"] = names.address("")
    return inputs, cells
