"""The sheet Lesson: a model small enough for one screen, in the spreadsheet's own functions alone.

On top a row of weights a unit, in line with the columns that it multiplies, its gradient and the weights after a step;
below a row a case, from the inputs to the loss. The weights are the model's own: what trains them changes this sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.sheets.block import Block, Values
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Expression, native
from workbooks.xlsx.area import column_letters

TITLE = "Lesson"
LEAD_ROW, NAMES_ROW, WEIGHTS_ROW, STATUS_ROW, SOLVER_ROW, HEADER_ROW, TOP = 2, 3, 4, 6, 7, 11, 12
LEFT = 2
"""The column of the first input; the one before it labels the rows."""
SLOTS = 4
"""So many figures, or buttons, stand side by side over the columns right of the inputs."""
LONGEST_NAME = 8
"""So many letters of an input's name stand in one line."""
NUMBER, SMALL = "0.0000", "0.00000"
BUTTONS = (
    ("▶ Step", "org.gradsheet:step"),
    ("▶▶ Epoch", "org.gradsheet:epoch"),
    ("▶▶▶ N epochs", "org.gradsheet:epochs"),
    ("↺ Reset", "org.gradsheet:reset"),
    ("Undo step", "org.gradsheet:undo"),
    ("Export weights", "org.gradsheet:export"),
)
AGREES = "The buttons take the very step shown here."
DIFFERS = "Training is set otherwise: see Model."


@dataclass(frozen=True)
class Cases:
    """The rows of the table: what each is called, its inputs, which are on the sheet already, and its target."""

    number: Block
    inputs: Block
    names: Sequence[str]
    target: Block
    target_name: str


@dataclass(frozen=True)
class Figure:
    """A number beside the weights with what it is: a constant, or a formula's text on {p}, {y} and {l}.

    Those are the columns of predictions, targets and losses.
    """

    label: str
    value: str | float
    number_format: str

    def shown(self, forward: "Forward") -> Expression | float:
        """Return what stands in its cell."""
        if isinstance(self.value, str):
            return native(self.value, p=forward.prediction, y=forward.target, l=forward.loss)
        return self.value


@dataclass(frozen=True)
class Words:
    """What the sheet says in sentences; `solver` in as many rows as are free for it."""

    title: str
    lead: str
    solver: Sequence[str]


@dataclass(frozen=True)
class Forward:
    """The columns from the inputs to the loss; a linear model's prediction is its only linear output."""

    linear: Sequence[Block]
    prediction: Block
    target: Block
    error: Block
    loss: Block


@dataclass(frozen=True)
class LessonCells:
    """What stands on the sheet; all but the inputs and the target in the terms of the lesson's own setting."""

    weights: Block
    """units×inputs, named weight_1_transposed."""
    forward: Forward
    mean_loss: Block
    gradient: Block
    new_weights: Block


def lesson_sheet(
    page: Page, cases: Cases, first: Values, lr: Block, words: Words, figures: Sequence[Figure], *, hidden: bool
) -> LessonCells:
    """Fill the sheet, given its first weights (units×inputs).

    `hidden` puts ReLU over the units and adds them up; without it there is one unit, whose sum is the prediction.
    `figures` stand between the mean loss and the learning rate.

    Raises:
        ValueError: where the rows over the table are too few for the units, or several units are not hidden.
    """
    units, fan_in = first.shape
    if WEIGHTS_ROW + 3 * units > HEADER_ROW or (units > 1 and not hidden):
        raise ValueError(f"A Lesson of {units} units, hidden: {hidden}, has no place here.")
    count = cases.inputs.values.shape[0]
    page.bulk = (TOP, count)
    page.frozen = f"B{TOP}"
    is_short = max(map(len, cases.names)) <= LONGEST_NAME
    page.heights |= {1: 30, LEAD_ROW: 36, NAMES_ROW: 30, HEADER_ROW: 18 if is_short else 32}
    page.text(1, 1, words.title, Look("title"))
    page.text(LEAD_ROW, 1, words.lead, Look("lead"))
    page.merged.append(f"A{LEAD_ROW}:{column_letters(LEFT + fan_in - 1)}{LEAD_ROW}")
    page.text(NAMES_ROW, 1, "", Look("weights_header"))
    page.text(NAMES_ROW, LEFT, [list(cases.names)], Look("weights_header"))
    page.text(HEADER_ROW, 1, [["#", *cases.names]], Look("inputs_header"))
    page.each(TOP, 1, (count, 1), "{n}", Look("inputs", "0"), None, n=cases.number)
    for row, label, stage in ((0, "weights", "weights"), (1, "gradient", "gradient"), (2, "new weights", "new")):
        for unit in range(units):
            name = f"{label.split()[0]} {unit + 1}" if units > 1 else label
            page.text(WEIGHTS_ROW + row * units + unit, 1, name, Look(f"{stage}_header"))
    weights = page.input(WEIGHTS_ROW, LEFT, first, Look("input", NUMBER), "weight_1_transposed")
    panel = Panel(page, LEFT + fan_in, 2 if hidden else 1)
    rate = panel.figure(SLOTS - 1, "learning rate", native("{lr}", lr=lr), "General")
    forward = forward_columns(page, panel.left, cases, weights, hidden=hidden)
    gradient, new_weights = step_rows(page, cases.inputs, weights, forward, rate)
    mean_loss = panel.figure(0, None, native("AVERAGE({l})", l=forward.loss), NUMBER)
    # All digits, since a least-squares fit is known to thirteen of them.
    panel.label(0, native('"mean loss "&ROUND({l},13)', l=mean_loss))
    for i, figure in enumerate(figures, 1):
        panel.figure(i, figure.label, figure.shown(forward), figure.number_format)
    panel.buttons()
    for i, line in enumerate(words.solver):
        panel.line(SOLVER_ROW + i, line, Look("note"))
    page.widths |= {"A": 12.3} | input_widths(cases.names)
    return LessonCells(weights, forward, mean_loss, gradient, new_weights)


def input_widths(names: Sequence[str]) -> dict[str, float]:
    """Return the widths of the inputs' columns by their letters."""
    return {column_letters(LEFT + j): 9.2 if len(name) >= LONGEST_NAME else 8.6 for j, name in enumerate(names)}


def forward_columns(page: Page, left: int, cases: Cases, weights: Block, *, hidden: bool) -> Forward:
    """Put the columns from the linear outputs to the loss."""
    count, units = cases.inputs.values.shape[0], weights.values.shape[0]
    ends = [f" {unit + 1}" if units > 1 else "" for unit in range(units)]
    columns = Columns(page, left, count)
    look = Look("forward", NUMBER)
    linear = []
    for unit in range(units):
        text = "SUMPRODUCT({w:all},{x:row})"
        header = f"Lin{ends[unit]}" if hidden else "Preds"
        linear.append(columns.next(header, text, look, w=weights.part(top=unit, rows=1), x=cases.inputs))
    prediction = linear[0]
    if hidden:
        relu = [columns.next(f"ReLU{ends[unit]}", "MAX(0,{z})", look, z=block) for unit, block in enumerate(linear)]
        blocks = {f"h{unit}": block for unit, block in enumerate(relu)}
        prediction = columns.next("Preds", "+".join(f"{{{name}}}" for name in blocks), look, **blocks)
    target = columns.next(cases.target_name, "{y}", Look("target", "0"), y=cases.target)
    error = columns.next("Error", "{p}-{y}", Look("loss", NUMBER), p=prediction, y=target)
    loss = columns.next("Loss", "({p}-{y})^2", Look("loss", NUMBER), p=prediction, y=target)
    return Forward(tuple(linear), prediction, target, error, loss)


def step_rows(page: Page, inputs: Block, weights: Block, forward: Forward, rate: Block) -> tuple[Block, Block]:
    """Put a row of gradient a unit, and a row of new weights: the mean squared error of all rows, plain SGD."""
    units, fan_in = weights.values.shape
    through = "({z:all}>0)*" if forward.linear[0] is not forward.prediction else ""
    text = f"2*SUMPRODUCT({{e:all}},{through}{{x:column}})/ROWS({{e:all}})"
    rows = []
    for unit, linear in enumerate(forward.linear):
        used = {"e": forward.error, "x": inputs} | ({"z": linear} if through else {})
        top = WEIGHTS_ROW + units + unit
        rows.append(page.each(top, LEFT, (1, fan_in), text, Look("gradient", SMALL), None, **used))
    gradient = below(rows)
    top, look, shape = WEIGHTS_ROW + 2 * units, Look("new", NUMBER), (units, fan_in)
    return gradient, page.each(top, LEFT, shape, "{w}-{r:all}*{g}", look, None, w=weights, r=rate, g=gradient)


class Columns:
    """Columns of the table, each put right of the one before."""

    def __init__(self, page: Page, left: int, count: int) -> None:
        self.page, self.left, self.count = page, left, count

    def next(self, header: str, text: str, look: Look, **blocks: Block) -> Block:
        """Head a column and fill a formula down it."""
        self.page.text(HEADER_ROW, self.left, header, Look(f"{look.style}_header"))
        self.left += 1
        return self.page.each(TOP, self.left - 1, (self.count, 1), text, look, None, **blocks)


@dataclass(frozen=True)
class Panel:
    """The figures and buttons beside the weights: slots of one or two columns."""

    page: Page
    left: int
    span: int

    def __post_init__(self) -> None:
        """Give the columns their widths."""
        letters = [column_letters(self.left + j) for j in range(SLOTS * self.span)]
        self.page.widths |= dict.fromkeys(letters, 16.4 / self.span)

    def place(self, row: int, slot: int, slots: int = 1) -> int:
        """Make the cells of some slots one, and return their first column."""
        first = self.left + slot * self.span
        last = first + slots * self.span - 1
        if last > first:
            self.page.merged.append(f"{column_letters(first)}{row}:{column_letters(last)}{row}")
        return first

    def put(self, row: int, slot: int, value: Expression | float | str, look: Look, slots: int = 1) -> Block:
        """Put a value over some slots."""
        first = self.place(row, slot, slots)
        rest = slots * self.span - 1
        if rest:
            self.page.text(row, first + 1, [[None] * rest], look)
        if isinstance(value, Expression):
            return self.page.cell(row, first, value, look)
        return self.page.text(row, first, value, look)

    def label(self, slot: int, value: Expression | str) -> None:
        """Put what stands over a slot's figure."""
        self.put(LEAD_ROW, slot, value, Look("card_label"))

    def figure(self, slot: int, label: str | None, value: Expression | float, number_format: str) -> Block:
        """Put a slot's figure."""
        if label is not None:
            self.label(slot, label)
        return self.put(NAMES_ROW, slot, value, Look("card", number_format))

    def line(self, row: int, value: Expression | str, look: Look) -> None:
        """Put a line over all slots."""
        self.put(row, 0, value, look, SLOTS)

    def buttons(self) -> None:
        """Put the buttons, links to the commands of Gradsheet's extension."""
        places = [
            (WEIGHTS_ROW + i // SLOTS, self.place(WEIGHTS_ROW + i // SLOTS, i % SLOTS)) for i in range(len(BUTTONS))
        ]
        for (row, column), (label, _) in zip(places, BUTTONS, strict=True):
            self.page.text(row, column, [[label] + [None] * (self.span - 1)], Look("button"))

        def link(sheet: Worksheet) -> None:
            for (row, column), (_, url) in zip(places, BUTTONS, strict=True):
                cell = sheet.cell(row, column)
                style = cell._style
                cell.hyperlink = url
                cell._style = style

        self.page.decorations.append(link)


def one_sum(page: Page, cases: Cases, weights: Block, what: str) -> None:
    """Put the sum of one row spelled out in the three rows that a single unit leaves free; `what` is a row's name."""
    row = SOLVER_ROW + 1
    count, fan_in = cases.inputs.values.shape
    page.text(row, 1, "row", Look("label"))
    chosen = page.input(row + 1, 1, 1, Look("input", "0", minimum=1, maximum=count, whole=True, help=f"Which {what}."))
    look = Look("inputs", "0.000")
    x = page.each(row + 1, LEFT, (1, fan_in), "INDEX({x:column},{k:all})", look, None, x=cases.inputs, k=chosen)
    page.text(row + 2, 1, "× weight", Look("label"))
    look = Look("forward", NUMBER)
    products = page.each(row + 2, LEFT, (1, fan_in), "{w}*{x}", look, None, w=weights.part(rows=1), x=x)
    said = f'"One {what}, product by product: input × weight. Their sum is "&ROUND(SUM({{p}}),4)&"."'
    page.cell(row, LEFT, native(said, p=products), Look("body"))


def put_status(page: Page, left: int, span: int, is_lessons_setting: Block) -> None:
    """Put the sentence that says whether the buttons do what the sheet shows."""
    sentence = native(f'IF({{same}},"{AGREES}","{DIFFERS}")', same=is_lessons_setting)
    Panel(page, left, span).line(STATUS_ROW, sentence, Look("status"))


def below(rows: Sequence[Block]) -> Block:
    """Return rows that stand one below the other as one block."""
    area = replace(rows[0].area, bottom=rows[-1].area.bottom)
    return Block(area, np.vstack([row.values for row in rows]))
