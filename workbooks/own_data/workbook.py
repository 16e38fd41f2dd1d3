"""Make the workbook of an own table, as new or with the values that its input cells hold by now."""

from pyfuncs.training.model import Record
from workbooks.own_data import data_page, preparation
from workbooks.own_data.data_page import DataPage
from workbooks.own_data.lesson import own_lesson, why_no_lesson
from workbooks.own_data.network import OwnModelSheet
from workbooks.own_data.numbers import Figures
from workbooks.own_data.preparation import PreparationPage, recipe_of
from workbooks.own_data.recipe import Recipe
from workbooks.own_data.settings import settings_of
from workbooks.own_data.table import Table
from workbooks.own_data.words import StartTexts
from workbooks.sheets.block import NamedBlocks
from workbooks.sheets.book import Book, Look, StoredCells
from workbooks.sheets.expression import reference
from workbooks.sheets.lesson_sheet import TITLE as LESSON
from workbooks.sheets.model_sheet import TOP, random_weights
from workbooks.sheets.questions import Question
from workbooks.sheets.reference import functions_page
from workbooks.sheets.settings import TrainingPage
from workbooks.sheets.start import Card, Start, start_page
from workbooks.sheets.step import LayerSpec
from workbooks.sheets.units import dead_units

TEMPLATE = "own_data"
FIGURES = "the figures on Preparation"


def rebuild(stored: StoredCells) -> Book:
    """Return the book of a workbook that exists, made from what its own cells hold.

    Raises:
        ValueError: where they are not as they were made.
    """
    return build(recipe_of(stored), None, stored)


def build(
    recipe: Recipe,
    table: Table | None,
    stored: StoredCells | None = None,
    words: StartTexts | None = None,
    valid_fraction: float = 0.2,
    seed: int = 0,
) -> Book:
    """Return the workbook; `table` is there for a new one, `stored` for one that exists."""
    words = words or StartTexts.of(recipe, "my.xlsx", "the table", ())
    book = Book(TEMPLATE, words.title, stored)
    start = book.page("Start")
    reason = why_no_lesson(recipe)
    by_hand = None if reason else book.page(LESSON)
    page = book.page("Model")
    training = TrainingPage(book, settings_of(recipe, valid_fraction, seed))
    training.counters(0, 0)
    preparation_page, data = book.page(preparation.TITLE), DataPage(book.page(data_page.TITLE), recipe, table)
    page.bulk = (TOP, recipe.rows)
    settings = training.settings
    sheet = OwnModelSheet(page, settings, [each.name for each in recipe.inputs], layers(recipe, settings))
    page.text(1, 2, words.title, Look("title"))
    page.heights |= {1: 34, 6: 20, 8: 32}
    page.text(2, 2, "One step of training, left to right. Yellow rows are this step's batch.", Look("line"))
    split = sheet.split(data)
    prepared = PreparationPage(preparation_page, recipe, data, split)
    inputs = sheet.inputs(recipe, data, prepared)
    rows = sheet.rows(inputs, split, recipe, data, prepared)
    transposed = () if by_hand is None else own_lesson(by_hand, recipe, data, rows, training)
    forward = sheet.forward(rows, transposed=transposed)
    right = sheet.answers(forward, recipe, data, prepared)
    gradients = sheet.gradients(forward, numerical=sheet.is_small(recipe.rows))
    figures = Figures(settings, forward, right, prepared, recipe)
    numbers = figures.put(training.page, training.next_row)
    sheet.step(forward, gradients, numbers["batch loss"])
    page.frozen = f"B{TOP}"
    page.text(4, forward.losses.area.left, "train loss", Look("label"))
    page.cell(5, forward.losses.area.left, reference(numbers["train loss"]), Look("output", "0.0000"))
    history = training.history(first_record(numbers))
    functions_page(book)
    declared = Start(
        title=words.title,
        lead=words.lead,
        steps=words.steps,
        notice=words.notice,
        cards=cards(numbers, training, recipe),
        history=history,
        questions=() if reason is None else (Question("Why is there no sheet Lesson here?", reason),),
        dead=dead_units(settings["activation_1"], forward.passes[0].output) if recipe.hidden else None,
        lost=("the cards on Start", *([] if reason else [LESSON]), "Model", "the figures on Training", FIGURES),
    )
    start_page(start, declared)
    return book


def layers(recipe: Recipe, settings: NamedBlocks) -> list[LayerSpec]:
    """Return the layers; what a number or a score of a class comes from has no activation."""
    found = []
    depth = len(recipe.sizes) - 1
    for k in range(1, depth + 1):
        is_last = k == depth
        units = list(output_words(recipe)) if is_last else unit_names(recipe, k)
        is_linear = is_last and recipe.task != "binary"
        found.append(
            LayerSpec(
                units,
                units,
                activation=settings[f"activation_{k}"],
                trains=settings[f"trains_{k}"],
                first_weight=random_weights(settings, recipe.sizes[k - 1], recipe.sizes[k], k),
                trains_bias=settings[f"trains_{k}"],
                linear=units if is_linear else [f"lin {unit}" for unit in units],
                is_linear=is_linear,
            )
        )
    return found


def unit_names(recipe: Recipe, k: int) -> list[str]:
    """Return the names of a hidden layer's units, as the weights file has them."""
    prefix = "h" if len(recipe.hidden) == 1 else f"h{k}_"
    return [f"{prefix}{j}" for j in range(1, recipe.sizes[k] + 1)]


def output_words(recipe: Recipe) -> tuple[str, ...]:
    """Return short names of what the last layer gives."""
    if recipe.task == "multiclass":
        return tuple(f"score {name.partition(' = ')[2]}" for name in recipe.output_names)
    return ("p",) if recipe.task == "binary" else ("prediction",)


def first_record(numbers: NamedBlocks) -> Record:
    """Return the history's first row: the untrained model."""

    def number(name: str) -> float | None:
        value = numbers[name].only if name in numbers else None
        return value if isinstance(value, float) else None

    return Record(0, 0, number("train loss") or 0.0, number("valid loss"), number("accuracy"), number("error rate"))


def cards(numbers: NamedBlocks, training: TrainingPage, recipe: Recipe) -> list[Card]:
    """Return the large numbers of the sheet Start."""
    loss = [Card("train loss", reference(numbers["train loss"])), Card("valid loss", reference(numbers["valid loss"]))]
    if recipe.task == "regression":
        good = [Card("R²", reference(numbers["R²"]), "0.000")]
    else:
        good = [
            Card("accuracy", reference(numbers["accuracy"]), "0.0%"),
            Card("by guessing", reference(numbers["by guessing"]), "0.0%"),
        ]
    counters = [
        Card("epoch", reference(training.settings["epoch"]), "0"),
        Card("next step", reference(numbers["this step"]), "General"),
        Card("rows", float(recipe.rows), "0"),
    ]
    return [*loss, *good, *counters]
