"""The sheet Lesson: a model small enough for one screen, in the spreadsheet's own functions alone.

On top a row of weights a unit, in line with the columns that it multiplies, its gradient and the weights after a step;
below a row a case, from the inputs to the loss. The weights are the model's own: what trains them changes this sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from workbooks.sheets.block import Block, Values, below, beside
from workbooks.sheets.book import Look, Page
from workbooks.sheets.buttons import ButtonBar
from workbooks.sheets.expression import Expression, native
from workbooks.sheets.settings import TrainingPage
from workbooks.sheets.step import Transposed
from workbooks.xlsx.area import column_letters

TITLE = "Lesson"
LEAD_ROW, NAMES_ROW, WEIGHTS_ROW, STATUS_ROW, SOLVER_ROW, HEADER_ROW, TOP = 2, 3, 4, 6, 7, 11, 12
LEFT = 2
"""The column of the first input; the one before it labels the rows."""
SECOND_ROW = SOLVER_ROW + 1
"""Where a second layer's weights stand, in place of what is said about the Solver."""
SLOTS, BUTTON_ROWS = 4, 2
"""So many figures, or buttons, stand side by side over the columns right of the inputs."""
LONGEST_NAME = 8
"""So many letters of an input's name stand in one line."""
NUMBER, SMALL = "0.0000", "0.00000"
AGREES = "The buttons take this very step."
DIFFERS = "Training is set otherwise: see Model."


@dataclass(frozen=True)
class Cases:
    """The rows of the table: what each is called, its inputs, which are on the sheet already, and its target."""

    number: Block
    inputs: Block
    names: Sequence[str]
    target: Block
    target_name: str
    target_format: str = "0"


@dataclass(frozen=True)
class FirstParameters:
    """The model's first weights: a row a unit, and biases beside them where it has any.

    A hidden layer has ReLU, and over it a second one of a single output, whose weights are 1 where none are given.
    """

    weight: Values
    """units×inputs."""
    bias: Values | None = None
    """units×1."""
    hidden: bool = False
    second_weight: Values | None = None
    """1×units."""
    second_bias: Values | None = None
    """1×1."""


@dataclass(frozen=True)
class LabelledValue:
    """A number beside the weights with what it is: a constant, or a formula's text on {p}, {y} and {l}.

    Those are the columns of predictions, targets and losses.
    """

    label: str
    value: str | float
    number_format: str

    def shown(self, forward: "LessonForward") -> Expression | float:
        """Return what stands in its cell."""
        if isinstance(self.value, str):
            return native(self.value, p=forward.prediction, y=forward.target, l=forward.loss)
        return self.value


@dataclass(frozen=True)
class LessonTexts:
    """What the sheet says in sentences; `solver` in as many rows as are free for it."""

    title: str
    lead: str
    solver: Sequence[str]


@dataclass(frozen=True)
class LessonForward:
    """The columns from the inputs to the loss; a linear model's prediction is its only linear output."""

    linear: Sequence[Block]
    relu: Block | None
    prediction: Block
    target: Block
    error: Block
    loss: Block


@dataclass(frozen=True)
class LessonCells:
    """What stands on the sheet; all but the inputs and the target in the terms of the lesson's own setting."""

    layers: Sequence[Transposed]
    forward: LessonForward
    mean_loss: Block
    gradient: Block
    new_weights: Block


def lesson_sheet(
    page: Page, cases: Cases, first: FirstParameters, lr: Block, words: LessonTexts, figures: Sequence[LabelledValue]
) -> LessonCells:
    """Fill the sheet; `figures` stand between the mean loss and the learning rate.

    Raises:
        ValueError: where the rows over the table are too few for the units, or several units are not hidden.
    """
    units = first.weight.shape[0]
    if WEIGHTS_ROW + 3 * units > HEADER_ROW or (units > 1 and not first.hidden):
        raise ValueError(f"A Lesson of {units} units, hidden: {first.hidden}, has no place here.")
    if first.bias is not None:
        cases = with_ones(page, cases)
    fan_in = cases.inputs.values.shape[1]
    count = cases.inputs.values.shape[0]
    page.bulk = (TOP, count)
    page.frozen = f"B{TOP}"
    is_short = max(map(len, cases.names)) <= LONGEST_NAME
    page.widths |= {"A": 12.3} | input_widths(cases.names)
    lines = 1 + len(words.lead) // int(sum(page.widths.values()))
    page.heights |= {1: 30, LEAD_ROW: max(36, 16 * lines), NAMES_ROW: 30, HEADER_ROW: 18 if is_short else 32}
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
    layers = parameters(page, first)
    weights = with_bias(layers[0])
    panel = Panel(page, LEFT + fan_in, 2 if first.hidden else 1)
    rate = panel.figure(SLOTS - 1, "learning rate", native("{lr}", lr=lr), "General")
    second = layers[1] if len(layers) > 1 else None
    forward = forward_columns(page, panel.left, cases, weights, second, hidden=first.hidden)
    gradient, new_weights = step_rows(page, cases.inputs, weights, forward, rate, second)
    if second is not None and forward.relu is not None:
        second_step_rows(page, second, forward.relu, forward.error, rate)
    mean_loss = panel.figure(0, None, native("AVERAGE({l})", l=forward.loss), NUMBER)
    # All digits, since a least-squares fit is known to thirteen of them.
    panel.label(0, native('"mean loss "&ROUND({l},13)', l=mean_loss))
    for i, figure in enumerate(figures, 1):
        panel.figure(i, figure.label, figure.shown(forward), figure.number_format)
    panel.buttons()
    for i, line in enumerate(words.solver):
        panel.line(SOLVER_ROW + i, line, Look("side_note"))
    return LessonCells(layers, forward, mean_loss, gradient, new_weights)


def with_ones(page: Page, cases: Cases) -> Cases:
    """Put a column of ones beside the inputs, for the biases to be multiplied with, and return them with it."""
    inputs = cases.inputs
    count, width = inputs.values.shape
    ones = page.text(TOP, LEFT + width, np.ones((count, 1)), Look("inputs", "0"))
    return replace(cases, inputs=beside([inputs, ones]), names=[*cases.names, "bias"])


def parameters(page: Page, first: FirstParameters) -> list[Transposed]:
    """Put the parameters: the first layer's in its rows, the second's over the columns that it multiplies."""
    units, fan_in = first.weight.shape
    look = Look("input", NUMBER)
    bias = None
    weight = page.input(WEIGHTS_ROW, LEFT, first.weight, look, "weight_1_transposed")
    if first.bias is not None:
        bias = page.input(WEIGHTS_ROW, LEFT + fan_in, first.bias, look, "bias_1_transposed")
    layers = [Transposed(weight, bias)]
    if first.second_weight is not None and first.second_bias is not None:
        left = LEFT + fan_in + (bias is not None) + units
        weight = page.input(SECOND_ROW, left, first.second_weight, look, "weight_2_transposed")
        layers.append(
            Transposed(weight, page.input(SECOND_ROW, left + units, first.second_bias, look, "bias_2_transposed"))
        )
    return layers


def with_bias(layer: Transposed) -> Block:
    """Return a layer's weights with its biases as one block."""
    return beside([layer.weight] if layer.bias is None else [layer.weight, layer.bias])


def input_widths(names: Sequence[str]) -> dict[str, float]:
    """Return the widths of the inputs' columns by their letters."""
    return {column_letters(LEFT + j): 9.2 if len(name) >= LONGEST_NAME else 8.6 for j, name in enumerate(names)}


def forward_columns(
    page: Page, left: int, cases: Cases, weights: Block, second: Transposed | None, *, hidden: bool
) -> LessonForward:
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
    relu = None
    if hidden:
        each = [columns.next(f"ReLU{ends[unit]}", "MAX(0,{z})", look, z=block) for unit, block in enumerate(linear)]
        relu = beside(each)
        if second is None or second.bias is None:
            blocks = {f"h{unit}": block for unit, block in enumerate(each)}
            prediction = columns.next("Preds", "+".join(f"{{{name}}}" for name in blocks), look, **blocks)
        else:
            text = "SUMPRODUCT({w:all},{h:row})+{b:all}"
            prediction = columns.next("Preds", text, look, w=second.weight.part(), h=relu, b=second.bias.part())
    target = columns.next(cases.target_name, "{y}", Look("target", cases.target_format), y=cases.target)
    error = columns.next("Error", "{p}-{y}", Look("loss", NUMBER), p=prediction, y=target)
    loss = columns.next("Loss", "({p}-{y})^2", Look("loss", NUMBER), p=prediction, y=target)
    return LessonForward(tuple(linear), relu, prediction, target, error, loss)


def step_rows(
    page: Page, inputs: Block, weights: Block, forward: LessonForward, rate: Block, second: Transposed | None
) -> tuple[Block, Block]:
    """Put a row of gradient a unit, and a row of new weights: the mean squared error of all rows, plain SGD."""
    units, fan_in = weights.values.shape
    through = "({z:all}>0)*" if forward.relu is not None else ""
    weighted = "{v:all}*" if second is not None else ""
    text = f"2*{weighted}SUMPRODUCT({{e:all}},{through}{{x:column}})/ROWS({{e:all}})"
    rows = []
    for unit, linear in enumerate(forward.linear):
        used = {"e": forward.error, "x": inputs} | ({"z": linear} if through else {})
        if second is not None:
            used["v"] = second.weight.part(left=unit, columns=1)
        top = WEIGHTS_ROW + units + unit
        rows.append(page.each(top, LEFT, (1, fan_in), text, Look("gradient", SMALL), None, **used))
    gradient = below(rows)
    top, look, shape = WEIGHTS_ROW + 2 * units, Look("new", NUMBER), (units, fan_in)
    return gradient, page.each(top, LEFT, shape, "{w}-{r:all}*{g}", look, None, w=weights, r=rate, g=gradient)


def second_step_rows(page: Page, second: Transposed, relu: Block, e: Block, rate: Block) -> None:
    """Put the second layer's gradient and new weights under its weights, over the columns that they multiply."""
    left = second.weight.area.left
    weights = with_bias(second)
    units = second.weight.values.shape[1]
    for i, (label, stage) in enumerate((("layer 2", "weights"), ("gradient", "gradient"), ("new", "new"))):
        page.text(SECOND_ROW + i, left - 1, label, Look(f"{stage}_header"))
    look = Look("gradient", NUMBER)
    text = "2*SUMPRODUCT({e:all},{h:column})/ROWS({e:all})"
    by_weight = page.each(SECOND_ROW + 1, left, (1, units), text, look, None, e=e, h=relu)
    by_bias = page.each(SECOND_ROW + 1, left + units, (1, 1), "2*SUM({e:all})/ROWS({e:all})", look, None, e=e)
    gradient = beside([by_weight, by_bias])
    look, shape = Look("new", NUMBER), (1, units + 1)
    page.each(SECOND_ROW + 2, left, shape, "{w}-{r:all}*{g}", look, None, w=weights, r=rate, g=gradient)


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
        self.page.widths |= dict.fromkeys(letters, 18.2 / self.span)

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
        """Keep the cells of the buttons."""
        area = self.page.area(WEIGHTS_ROW, self.left, BUTTON_ROWS, SLOTS * self.span)
        self.page.buttons = ButtonBar(area, (1, self.span), note=(STATUS_ROW, self.left + (SLOTS - 1) * self.span))


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


def lessons_setting(training: TrainingPage, split: Block, more: Sequence[str], **blocks: Block) -> Block:
    """Put whether training takes the step that the sheet shows, and return the cell; `more` conditions read `blocks`.

    They read the settings too, each by its name.
    """
    conditions = [
        '{loss}="mse"',
        '{optimizer}="sgd"',
        "{weight_decay}=0",
        "{batch_size}>=ROWS({split})",
        'COUNTIF({split},"valid")=0',
        *more,
    ]
    page, row = training.page, training.next_row
    page.text(row, 1, "as on Lesson", Look("label"))
    page.text(row, 3, "Whether a step is the one that the sheet Lesson shows.", Look("side_note"))
    training.next_row += 2
    used = training.settings | {"split": split} | blocks
    return page.cell(row, 2, native(f"AND({','.join(conditions)})", **used), Look("calculation"))


def put_status(page: Page, left: int, span: int, is_lessons_setting: Block) -> None:
    """Put the sentence that says whether the buttons do what the sheet shows."""
    sentence = native(f'IF({{same}},"{AGREES}","{DIFFERS}")', same=is_lessons_setting)
    Panel(page, left, span).put(STATUS_ROW, 0, sentence, Look("side_note"), SLOTS - 1)
