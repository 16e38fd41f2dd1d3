"""The lesson's two models of the Titanic passengers: the linear one, and two sets of weights or a real second layer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from openpyxl.worksheet.table import Table, TableStyleInfo
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.training.model import Record
from workbooks.lessons.titanic.passengers import (
    COLUMNS,
    FEATURES,
    complete_passengers,
    input_columns,
    passengers,
    raw_columns,
)
from workbooks.sheets import questions
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.book import Book, Look, Page, StoredCells
from workbooks.sheets.expression import Expression, Operand, call, choose, native
from workbooks.sheets.native import NativePage
from workbooks.sheets.network import TOP, NetworkPage, random_weights
from workbooks.sheets.questions import Question, put_questions
from workbooks.sheets.reference import functions_page
from workbooks.sheets.rules import ELEMENTWISE, ONE_OUTPUT
from workbooks.sheets.settings import Setting, TrainingPage, common_settings
from workbooks.sheets.start import Card, Start, start_page
from workbooks.sheets.style import STAGES

FIXED, TRAINED = "fixed ones", "trained with biases"
FIRST_BIAS = 0.3
"""Where the first layer's biases begin once they train: so ReLU lets most passengers through at first."""
OUTPUT = ("identity", "sigmoid")
TRAINING_QUESTIONS = (questions.TWO_PHASES, questions.ERROR_RATE, questions.TOO_HIGH)


@dataclass(frozen=True)
class Lesson:
    """What sets one of the two workbooks apart from the other."""

    template: str
    title: str
    lead: str
    solver: float
    lr: float
    units: tuple[tuple[str, ...], ...]
    activated: tuple[tuple[str, ...], ...]
    steps: tuple[str, ...]
    notice: tuple[str, ...]
    answers: tuple[Question, ...]
    """To the questions of the sheet Start; the sheet Training has its own."""


LINEAR = Lesson(
    template="titanic_linear",
    title="Who survived the Titanic? A linear model",
    lead="Ten numbers describe each of 712 passengers. The model multiplies each by a weight and adds them up: near 1 "
    "means survived, near 0 means not. Training changes the ten weights so that the mean squared error falls.",
    solver=0.1442271493085,
    lr=0.1,
    units=(("Lin",),),
    activated=(("Preds",),),
    steps=(
        "Look at the sheet Model: inputs, weights, prediction, loss, gradient, new weights, left to right.",
        "Change a weight in Model and watch the loss above; then undo it.",
        "Train: press Epoch; or in a terminal, gradsheet train titanic_linear.xlsx --epochs 10.",
        "In Training, raise lr step by step. Somewhere between 0.1 and 1 the loss flies off; Reset brings it back.",
        "Set activation_1 to sigmoid and loss to bce: now it is logistic regression.",
    ),
    notice=(
        "The numerical gradient (finite differences) equals the computed one.",
        "The loss falls fast at first, then slowly: near the bottom the gradient, and so each step, is small.",
        "Excel's Solver ended at the loss shown above. Gradient descent gets there too, step by step.",
        "Accuracy moves in jumps, the loss smoothly: that is why training follows the loss.",
    ),
    answers=(questions.ONE_LAYER, questions.PROPORTIONAL),
)
TWO_LAYER = Lesson(
    template="titanic_two_layer",
    title="Who survived the Titanic? Two sets of weights",
    lead="Two linear models look at each passenger, each with its own set of ten weights. Negative results become 0 "
    "(ReLU), and the prediction is the sum of the two: the smallest network that can do more than a straight line.",
    solver=0.1431520964101,
    lr=0.1,
    units=(("Lin1", "Lin2"), ("Sum",)),
    activated=(("ReLU1", "ReLU2"), ("Preds",)),
    steps=(
        "Look at the sheet Model: each passenger goes left to right through both layers to a loss, and back.",
        "Train: press Epoch; or in a terminal, gradsheet train titanic_two_layer.xlsx --epochs 100.",
        "In Training, set second_layer to trained with biases, press Reset, and train 100 epochs: a lower loss.",
        "Set activation_1 to identity: two linear models added up are only a linear model.",
        "Other seeds end in other valleys: gradsheet train titanic_two_layer.xlsx --restarts 64 keeps the best.",
    ),
    notice=(
        "A set of weights is one column of W1: a unit of the layer, not a batch. Batches do not change their number.",
        "The lesson adds the two ReLUs: a second layer with weights fixed at 1. Normally its weights train too.",
        "Rows can be computed at once, layers cannot: the second needs what the first gives.",
        "Shapes: X 712×10 times W1 10×2 gives 712×2; times W2 2×1 gives one prediction a passenger.",
    ),
    answers=(
        questions.SET_OF_WEIGHTS,
        questions.SETS_AND_BATCHES,
        questions.ADDED_RELUS,
        questions.TWO_LAYERS,
        questions.THRESHOLDING,
        questions.AT_ONCE,
    ),
)


def build(lesson: Lesson, stored: StoredCells | None = None) -> Book:
    """Return the lesson's workbook, as new or with the values that its input cells hold by now."""
    book = Book(lesson.template, lesson.title, stored)
    start, page = book.page("Start"), book.page("Model")
    many = len(lesson.units) > 1
    training = TrainingPage(book, settings_of(lesson))
    layer_flags(training, many)
    training.counters(0, 0)
    put_questions(training.page, training.next_row, 1, "C", TRAINING_QUESTIONS, 92)
    network = NetworkPage(page, training.settings)
    head(page, lesson)
    raw = passenger_columns(network)
    left = network.stage("inputs", "Inputs", f"X {raw['Age'].values.shape[0]}×{len(FEATURES)}", list(FEATURES))
    network.cells["inputs"] = input_columns(page, TOP, left, raw)
    names = page.area(TOP - 1, left, 1, len(FEATURES))
    book.names["feature_names"] = Block(names, as_values(list(FEATURES))).address("")
    network.split_and_batch(raw["Survived"])
    book.names["target_names"] = Block(page.area(TOP - 1, left + len(FEATURES) + 1, 1, 1), as_values("y")).address("")
    sources, labels = layers(network, lesson)
    network.gradients(sources[0])
    units = [list(names) for names in lesson.units]
    network.parameter_gradients(sources[:-1], labels, units)
    headline = headlines(network)
    network.cells["batch loss"] = headline["batch loss"]
    network.new_weights(labels, units)
    network.highlight_batch()
    page.frozen = f"B{TOP}"
    history = training.history(first_record(headline), lesson.solver)
    data_page(book)
    NativePage(book.page("Native"), network, units)
    functions_page(book)
    cards = [
        Card("loss now", reference(headline["mean loss"])),
        Card("loss of the lesson's Solver", lesson.solver),
        Card("accuracy", reference(headline["accuracy"]), "0.0%"),
        Card("epoch", reference(training.settings["epoch"]), "0"),
        Card("step", reference(headline["step"]), "General"),
    ]
    declared = Start(
        title=lesson.title,
        lead=lesson.lead,
        steps=lesson.steps,
        notice=lesson.notice,
        cards=cards,
        history=history,
        curves=training.solver,
        questions=lesson.answers,
        dead=network.dead_units() if many else None,
        lost=("the cards on Start", "Model", "the gradient and the new weights on Native"),
    )
    start_page(start, declared)
    return book


def settings_of(lesson: Lesson) -> tuple[Setting, ...]:
    """Return the settings, with the network's own on top."""
    count = len(complete_passengers())
    hidden = Setting("activation_1", "relu", "What happens to negative numbers in the first layer.", ELEMENTWISE)
    last = f"activation_{len(lesson.units)}"
    own: tuple[Setting, ...] = (Setting(last, "identity", "sigmoid squeezes the prediction between 0 and 1.", OUTPUT),)
    if len(lesson.units) > 1:
        choice = Setting(
            "second_layer", FIXED, "The lesson adds the ReLUs; else a real layer. Then Reset.", (FIXED, TRAINED)
        )
        own = (choice, hidden, *own)
    return (*own, *common_settings(count, ONE_OUTPUT, lesson.lr))


def layer_flags(training: TrainingPage, many: bool) -> None:
    """Put which layers train: formulas of the one choice the two-layer workbook offers."""
    page = training.page
    flags: list[tuple[str, str]] = [("trains_1", "The weights of layer 1 train.")]
    if many:
        flags += [
            ("trains_bias_1", f"Its biases: only with a trained second layer, from {FIRST_BIAS}."),
            ("trains_2", "The weights of layer 2 train, from the lesson's 1."),
            ("trains_bias_2", "Its biases."),
        ]
    for name, help_text in flags:
        row = training.next_row
        page.text(row, 1, name, Look("label"))
        page.text(row, 3, help_text, Look("note"))
        if name == "trains_1":
            training.settings[name] = page.input(row, 2, True, Look("input", choices=("TRUE", "FALSE")), name)
        else:
            formula = by_second_layer(training.settings, False, True)
            training.settings[name] = page.cell(row, 2, formula, Look("calculation"), name)
        training.next_row += 1
    training.next_row += 1


def head(page: Page, lesson: Lesson) -> None:
    """Put the sheet's title and the legend of its colours."""
    page.text(1, 1, lesson.title.partition("? ")[2], Look("title"))
    page.heights |= {1: 34, 6: 20, 8: 20}
    page.text(2, 1, "One step of training, left to right. Yellow rows are this step's batch.", Look("line"))
    legend = ("raw data", "inputs", "target", "weights", "forward", "loss", "gradient", "new")
    for i, (stage, label) in enumerate(zip(STAGES, legend, strict=True)):
        page.text(3, 2 + i, label, Look(f"{stage}_group"))


def passenger_columns(network: NetworkPage) -> dict[str, Block]:
    """Put each complete passenger's number and raw columns."""
    rows = complete_passengers()
    left = network.stage("raw", f"{len(rows)} complete passengers", "values, from the sheet Data", ["#", *COLUMNS])
    network.page.text(TOP, left, [[number] for number, _ in rows], Look("raw", "0"))
    network.page.widths["A"] = 6
    return raw_columns(network.page, TOP, left + 1)


def layers(network: NetworkPage, lesson: Lesson) -> tuple[list[Block], list[list[str]]]:
    """Put every layer's weights and forward pass, then the loss; return each layer's source and row labels."""
    settings = network.settings
    sources, labels = [network.cells["inputs"]], [list(FEATURES)]
    depth = len(lesson.units)
    for k, (units, activated) in enumerate(zip(lesson.units, lesson.activated, strict=True), 1):
        network.weights(
            labels[-1],
            list(units),
            settings[f"activation_{k}"],
            settings[f"trains_{k}"],
            settings.get(f"trains_bias_{k}"),
            random_weights(settings, len(labels[-1]), len(units)) if k == 1 else ones,
            by_second_layer(settings, 0.0, FIRST_BIAS) if k < depth else None,
        )
        sources.append(network.forward(sources[-1], list(units), list(activated), hidden=k < depth))
        labels.append(list(activated))
    network.loss(sources[-1])
    first, last = settings["activation_1"], settings[f"activation_{depth}"]
    area = first.area
    words = [first.only, last.only][:depth]
    network.cells["activations"] = Block(
        replace(area, bottom=area.top + depth - 1), as_values([[word] for word in words])
    )
    return sources, labels[:-1]


def ones(layer: int) -> Expression:
    """Return the formula of the second layer's first weights: the lesson's, where they train too."""
    return native("1")


def by_second_layer(settings: Mapping[str, Block], fixed: Operand, trained: Operand) -> Expression:
    """Return what holds for fixed ones, or for a second layer that trains."""
    return choose(settings["second_layer"], {FIXED: fixed, TRAINED: trained})


def headlines(network: NetworkPage) -> dict[str, Block]:
    """Put the numbers that matter over the Model sheet."""
    cells, settings, page = network.cells, network.settings, network.page
    batches = native(
        'ROUNDUP(COUNTIF({split},"train")/{size},0)',
        split=cells["split"],
        size=settings["batch_size"],
    )
    step = native(
        '({step}+1)&" of "&{batches}',
        step=settings["step"],
        batches=batches,
    )
    train = native('IF({split}="train",1,0)', split=cells["split"])
    rows = network.whole_model(None)
    rows[4] = train  # type: ignore[call-overload]
    batch = network.whole_model(cells["in_batch"])
    values: list[tuple[str, Expression, str]] = [
        ("mean loss", call("NN_LOSS", *rows), "0.000000"),
        ("batch loss", call("NN_LOSS", *batch), "0.000000"),
        ("accuracy", call("NN_ACCURACY", cells["prediction"], cells["target"]), "0.0%"),
        ("error rate", call("NN_ERROR_RATE", cells["prediction"], cells["target"]), "0.0%"),
        ("step", step, "General"),
    ]
    found = {}
    for i, (label, formula, number_format) in enumerate(values):
        column = 2 + 2 * i if i < 4 else 3 + 2 * i  # past the narrow column between two groups
        page.text(4, column, label, Look("label"))
        found[label] = page.array(4, column + 1, (1, 1), formula, Look("output", number_format))
    return found


def first_record(headline: dict[str, Block]) -> Record:
    """Return the history's first row: the untrained model on all its rows."""
    loss, accuracy = headline["mean loss"].only, headline["accuracy"].only
    if not isinstance(loss, float) or not isinstance(accuracy, float):
        return Record(0, 0, 0.0, None, None, None)
    return Record(0, 0, loss, None, accuracy, 1.0 - accuracy)


def reference(block: Block) -> Expression:
    """Return a formula that shows another cell."""
    return Expression(block.reference, lambda: block.values)


def data_page(book: Book) -> None:
    """Put all passengers as a table."""
    page = book.page("Data")
    rows = passengers()
    complete = len(complete_passengers())
    page.text(1, 1, "All passengers", Look("title"))
    page.text(
        2, 1, f"{len(rows)} passengers; the sheet Model holds the {complete} with no blank, as values.", Look("line")
    )
    page.text(4, 1, [["#", *COLUMNS]], Look("header"))
    page.text(5, 1, [[i, *row] for i, row in enumerate(rows, 1)], Look("body", "General"))
    page.widths = {"A": 6.0} | dict.fromkeys("BCDEFGHI", 13.0)
    page.heights[1] = 30
    page.frozen = "A5"

    def table(sheet: Worksheet) -> None:
        found = Table(displayName="Passengers", ref=f"A4:I{4 + len(rows)}")
        found.tableStyleInfo = TableStyleInfo(name="TableStyleLight9", showRowStripes=True)
        sheet.add_table(found)

    page.decorations.append(table)
