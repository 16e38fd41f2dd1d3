"""The lesson's two models of the Titanic passengers: the linear one, and two sets of weights or a real second layer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyfuncs.training.model import Record
from workbooks.lessons.titanic.aboard import TITLE as ABOARD
from workbooks.lessons.titanic.aboard import AnsweringLayer, aboard_page
from workbooks.lessons.titanic.by_hand import lesson_of_passengers
from workbooks.lessons.titanic.data import TITLE as DATA
from workbooks.lessons.titanic.data import data_page
from workbooks.lessons.titanic.experiments import hints
from workbooks.lessons.titanic.fill_down import TITLE as FILL_DOWN
from workbooks.lessons.titanic.fill_down import fill_down_page
from workbooks.lessons.titanic.passengers import FEATURES, complete_passengers
from workbooks.lessons.titanic.tuned_by_hand import TITLE as BY_HAND
from workbooks.lessons.titanic.tuned_by_hand import by_hand_page
from workbooks.lessons.titanic.your_turn import TITLE as YOUR_TURN
from workbooks.lessons.titanic.your_turn import your_turn_page
from workbooks.sheets import questions
from workbooks.sheets.block import Block, NamedBlocks, as_values
from workbooks.sheets.book import Book, Look, Page, StoredCells
from workbooks.sheets.charts import Curve
from workbooks.sheets.expression import Expression, Operand, call, choose, native, reference
from workbooks.sheets.lesson_sheet import TITLE as LESSON
from workbooks.sheets.lesson_sheet import LessonCells, lessons_setting, put_status
from workbooks.sheets.links import link
from workbooks.sheets.model_sheet import TOP, ModelSheet, mean_loss, random_weights
from workbooks.sheets.multiply import TITLE as MULTIPLY
from workbooks.sheets.multiply import multiply_page
from workbooks.sheets.questions import Question, put_questions
from workbooks.sheets.reference import functions_page
from workbooks.sheets.rules import ELEMENTWISE, ONE_OUTPUT, OUTPUT
from workbooks.sheets.settings import Setting, TrainingPage, common_settings
from workbooks.sheets.start import Card, Start, start_page
from workbooks.sheets.step import Forward, LayerSpec
from workbooks.sheets.units import dead_units
from workbooks.sheets.what_if import TITLE as WHAT_IF
from workbooks.sheets.what_if import WhatIfModel, what_if_page

FIXED, TRAINED = "fixed ones", "trained with biases"
FIRST_BIAS = 0.3
"""Where the first layer's biases begin once they train: so ReLU lets most passengers through at first."""
WOULD_YOU = "Would you have survived? Type yourself in on the sheet You aboard, before training and after."
RAISE_LR = "What if: 100 epochs in one formula. Raise lr there: somewhere between 0.1 and 1 the loss flies off."
OTHER_SETTINGS = "What if: 100 epochs in one formula, for every lr, momentum, batch size and seed that you type."
TUNE_BY_HAND = "By hand: be the optimizer yourself, and see how gradient descent does with as many steps."
TYPE_IT = "Type the lesson yourself on the sheet Your turn: every column answers at once."
TRAINING_QUESTIONS = (
    questions.TWO_PHASES,
    questions.ERROR_RATE,
    questions.NEAR_OR_FAR,
    questions.TOO_HIGH,
    questions.GOOD_RATE,
)
NO_BUTTON = "Train without a button: drag a row down on the sheet Fill down, and change lr there."


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
        "On the sheet Lesson, change a weight and watch the loss beside it; then undo it.",
        "Train: press Epoch; or in a terminal, gradsheet train titanic_linear.xlsx --epochs 10.",
        WOULD_YOU,
        TYPE_IT,
        RAISE_LR,
        TUNE_BY_HAND,
        NO_BUTTON,
        "Set activation_1 to sigmoid and loss to bce: now it is logistic regression, on the sheet Model.",
    ),
    notice=(
        "On Model, the numerical gradient (finite differences) equals the computed one.",
        "The loss falls fast at first, then slowly: near the bottom the gradient, and so each step, is small.",
        "Excel's Solver ended at the loss shown above. Gradient descent gets there too, step by step.",
        "Accuracy moves in jumps, the loss smoothly: that is why training follows the loss.",
    ),
    answers=(questions.WEIGHTED_SUM, questions.ONE_LAYER, questions.PROPORTIONAL),
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
        "On the sheet Lesson, change a weight and watch the loss beside it; then undo it.",
        "Train: press Epoch; or in a terminal, gradsheet train titanic_two_layer.xlsx --epochs 100.",
        WOULD_YOU,
        TYPE_IT,
        NO_BUTTON,
        "In Training, set second_layer to trained with biases, press Reset, and train 100 epochs: a lower loss.",
        OTHER_SETTINGS,
        "Set activation_1 to identity: two linear models added up are only a linear model.",
        "Other seeds end in other valleys: gradsheet train titanic_two_layer.xlsx --restarts 64 keeps the best.",
    ),
    notice=(
        "A set of weights is a row on Lesson, a column of W1 on Model. Batches do not change their number.",
        "The lesson adds the two ReLUs: a second layer with weights fixed at 1. Normally its weights train too.",
        "Rows can be computed at once, layers cannot: the second needs what the first gives.",
        "Shapes: X 712×10 times W1 10×2 gives 712×2; times W2 2×1 gives one prediction a passenger.",
    ),
    answers=(
        questions.SET_OF_WEIGHTS,
        questions.HOW_MANY_SETS,
        questions.SETS_AND_BATCHES,
        questions.ADDED_RELUS,
        questions.TWO_LAYERS,
        questions.TWICE_712,
        questions.WHAT_KIND,
        questions.THRESHOLDING,
        questions.AT_ONCE,
    ),
)


def build(lesson: Lesson, stored: StoredCells | None = None) -> Book:
    """Return the lesson's workbook, as new or with the values that its input cells hold by now."""
    book = Book(lesson.template, lesson.title, stored)
    many = len(lesson.units) > 1
    titles = ("Start", LESSON, MULTIPLY, YOUR_TURN, ABOARD)
    start, lesson_page, multiply, your_turn, aboard = map(book.page, titles)
    what_if, by_hand = book.page(WHAT_IF), None if many else book.page(BY_HAND)
    fill_down, page = book.page(FILL_DOWN), book.page("Model")
    training = TrainingPage(book, settings_of(lesson))
    layer_flags(training, many)
    training.counters(0, 0)
    settings = training.settings
    first = random_weights(settings, len(FEATURES), len(lesson.units[0]), 1).value().T
    data = data_page(book.page(DATA))
    inputs, shown = lesson_of_passengers(lesson_page, data, first, settings["lr_now"], lesson.solver)
    sheet = ModelSheet(page, settings, FEATURES, layers(lesson, settings))
    forward, metrics = put_model(sheet, lesson, data["#"], inputs, shown)
    history = training.history(first_record(metrics), lesson.solver)
    put_status(lesson_page, shown.forward.linear[0].area.left, 2 if many else 1, is_lessons_setting(training, forward))
    put_questions(training.page, training.next_row, 1, "C", TRAINING_QUESTIONS, 92)
    multiply_page(multiply, inputs, shown.layers[0].weight, FEATURES, "passenger")
    your_turn_page(your_turn, data, inputs, len(lesson.units[0]))
    used = [
        AnsweringLayer(cells.weight.values, None if cells.bias is None else cells.bias.values, layer.activation)
        for cells, layer in zip(forward.layers, sheet.layers, strict=True)
    ]
    what_if_page(what_if, WhatIfModel(settings, forward, sheet.layers), hints(len(lesson.units)))
    if by_hand is not None:
        by_hand_page(by_hand, forward.rows.inputs, forward.rows.target)
    aboard_page(aboard, data["Age"], used, settings["epoch"], lesson.units[0])
    fill_down_page(fill_down, inputs, forward.rows.target, first, FEATURES, lesson.lr)
    functions_page(book)
    dead = dead_units(settings["activation_1"], forward.passes[0].output) if many else None
    put_start(start, lesson, cards(lesson, metrics, settings["epoch"]), history, training.solver, dead)
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
        page.text(row, 3, help_text, Look("side_note"))
        if name == "trains_1":
            training.settings[name] = page.input(row, 2, True, Look("input", choices=("TRUE", "FALSE")), name)
        else:
            formula = by_second_layer(training.settings, False, True)
            training.settings[name] = page.cell(row, 2, formula, Look("calculation"), name)
        training.next_row += 1
    training.next_row += 1


def is_lessons_setting(training: TrainingPage, forward: Forward) -> Block:
    """Put whether training takes the step that the sheet Lesson shows, and return the cell."""
    conditions = ["{trains_1}", f'{{activation_{len(forward.layers)}}}="identity"']
    used = {}
    if len(forward.layers) > 1:
        conditions += [
            '{activation_1}="relu"',
            f'{{second_layer}}="{FIXED}"',
            "SUMPRODUCT(ABS({bias_1}))+SUMPRODUCT(ABS({weight_2}-1))+ABS({bias_2})=0",
        ]
        used = {each.name: each.values for layer in forward.layers for each in layer.parameters}
    return lessons_setting(training, forward.rows.split, conditions, **used)


def layers(lesson: Lesson, settings: NamedBlocks) -> list[LayerSpec]:
    """Return the layers: the first one's weights are random, those of a second one the lesson's 1."""
    found: list[LayerSpec] = []
    depth = len(lesson.units)
    for k, (units, activated) in enumerate(zip(lesson.units, lesson.activated, strict=True), 1):
        found.append(
            LayerSpec(
                units,
                activated,
                activation=settings[f"activation_{k}"],
                trains=settings[f"trains_{k}"],
                first_weight=random_weights(settings, len(FEATURES), len(units), k) if k == 1 else native("1"),
                trains_bias=settings[f"trains_bias_{k}"] if depth > 1 else None,
                first_bias=by_second_layer(settings, 0.0, FIRST_BIAS) if k < depth else None,
            )
        )
    return found


def by_second_layer(settings: Mapping[str, Block], fixed: Operand, trained: Operand) -> Expression:
    """Return what holds for fixed ones, or for a second layer that trains."""
    return choose(settings["second_layer"], {FIXED: fixed, TRAINED: trained})


@dataclass(frozen=True)
class TitanicMetrics:
    """The numbers over the sheet Model, a cell each."""

    mean_loss: Block
    batch_loss: Block
    accuracy: Block
    error_rate: Block
    step: Block


def put_metrics(sheet: ModelSheet, forward: Forward) -> TitanicMetrics:
    """Put the numbers that matter over the Model sheet."""
    page, settings, rows = sheet.page, sheet.settings, forward.rows
    batches = native('ROUNDUP(COUNTIF({split},"train")/{size},0)', split=rows.split, size=settings["batch_size"])
    step = native('({step}+1)&" of "&{batches}', step=settings["step"], batches=batches)
    train = native('IF({split}="train",1,0)', split=rows.split)
    values: list[tuple[str, Expression, str]] = [
        ("mean loss", mean_loss(forward, train), "0.000000"),
        ("batch loss", mean_loss(forward, rows.in_batch), "0.000000"),
        ("accuracy", call("NN_ACCURACY", forward.prediction, rows.target), "0.0%"),
        ("error rate", call("NN_ERROR_RATE", forward.prediction, rows.target), "0.0%"),
        ("step", step, "General"),
    ]
    found = []
    for column, (label, formula, number_format) in zip(sheet.wide_columns()[1:], values, strict=False):
        page.text(3, column, label, Look("label"))
        style = "output_word" if label == "step" else "output"
        found.append(page.array(4, column, (1, 1), formula, Look(style, number_format)))
    return TitanicMetrics(*found)


def first_record(metrics: TitanicMetrics) -> Record:
    """Return the history's first row: the untrained model on all its rows."""
    loss, accuracy = metrics.mean_loss.only, metrics.accuracy.only
    if not isinstance(loss, float) or not isinstance(accuracy, float):
        return Record(0, 0, 0.0, None, None, None)
    return Record(0, 0, loss, None, accuracy, 1.0 - accuracy)


def put_model(
    sheet: ModelSheet, lesson: Lesson, numbers: Block, inputs: Block, shown: LessonCells
) -> tuple[Forward, TitanicMetrics]:
    """Put one step of training on the sheet Model, under the passengers' numbers (n×1)."""
    page = sheet.page
    page.text(1, 2, lesson.title.partition("? ")[2], Look("title"))
    page.heights |= {1: 34, 6: 20, 8: 20}
    page.text(2, 2, "One step of training, left to right, from the inputs on the sheet Lesson.", Look("line"))
    sheet.stage("raw", "", "", ["#"])
    page.each(TOP, 1, numbers.values.shape, "{n}", Look("raw", "0"), None, n=numbers)
    page.widths["A"] = 6
    rows = sheet.split_and_batch(inputs, shown.forward.target)
    y = rows.target.area
    page.define("target_names", Block(page.area(TOP - 1, y.left, 1, 1), as_values("y")))
    forward = sheet.forward(rows, transposed=shown.layers[:1])
    gradients = sheet.gradients(forward)
    metrics = put_metrics(sheet, forward)
    sheet.step(forward, gradients, metrics.batch_loss)
    page.frozen = f"B{TOP}"
    return forward, metrics


def cards(lesson: Lesson, metrics: TitanicMetrics, epoch: Block) -> list[Card]:
    """Return the large numbers of the sheet Start."""
    return [
        Card("loss now", reference(metrics.mean_loss)),
        Card("loss of the lesson's Solver", lesson.solver),
        Card("accuracy", reference(metrics.accuracy), "0.0%"),
        Card("epoch", reference(epoch), "0"),
        Card("step", reference(metrics.step), "General"),
    ]


def put_start(
    page: Page,
    lesson: Lesson,
    shown: Sequence[Card],
    history: Block,
    curves: Sequence[Curve],
    dead: Expression | None,
) -> None:
    """Put the sheet Start, whose lines lead to the sheets that they speak of; a linear model has no dead units."""
    is_linear = dead is None
    start = Start(
        title=lesson.title,
        lead=lesson.lead,
        steps=lesson.steps,
        notice=lesson.notice,
        cards=shown,
        history=history,
        curves=curves,
        questions=lesson.answers,
        dead=dead,
        lost=(
            *("the cards on Start", "NN_MATMUL on Multiply", WHAT_IF),
            *((f"gradient descent on {BY_HAND}",) if is_linear else ()),
            "Model",
        ),
    )
    start_page(page, start)
    link(page, WOULD_YOU, ABOARD)
    link(page, RAISE_LR if is_linear else OTHER_SETTINGS, WHAT_IF)
    if is_linear:
        link(page, TUNE_BY_HAND, BY_HAND)
    link(page, TYPE_IT, YOUR_TURN)
    link(page, NO_BUTTON, FILL_DOWN)
