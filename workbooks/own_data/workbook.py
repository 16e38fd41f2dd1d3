"""Make the workbook of an own table, as new or with the values that its input cells hold by now."""

from dataclasses import replace

from pyfuncs.training.model import Record
from workbooks.own_data import data_page, preparation
from workbooks.own_data.data_page import DataPage
from workbooks.own_data.network import OwnNetworkPage
from workbooks.own_data.numbers import headline_numbers
from workbooks.own_data.preparation import PreparationPage, recipe_of
from workbooks.own_data.recipe import Recipe
from workbooks.own_data.settings import settings_of
from workbooks.own_data.table import Table
from workbooks.own_data.words import Words
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.book import Book, Look, StoredCells
from workbooks.sheets.network import TOP, random_weights
from workbooks.sheets.reference import functions_page
from workbooks.sheets.settings import TrainingPage
from workbooks.sheets.start import Card, Start, shown, start_page
from workbooks.sheets.style import STAGES

TEMPLATE = "own_data"
LEGEND = ("rows", "inputs", "target", "weights", "forward", "loss", "gradient", "new")


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
    words: Words | None = None,
    valid_fraction: float = 0.2,
    seed: int = 0,
) -> Book:
    """Return the workbook; `table` is there for a new one, `stored` for one that exists."""
    words = words or Words.of(recipe, "my.xlsx", "the table", ())
    book = Book(TEMPLATE, words.title, stored)
    start, page = book.page("Start"), book.page("Model")
    training = TrainingPage(book, settings_of(recipe, valid_fraction, seed))
    training.counters(0, 0)
    preparation_page, data = book.page(preparation.TITLE), DataPage(book.page(data_page.TITLE), recipe, table)
    page.bulk = (TOP, recipe.rows)
    network = OwnNetworkPage(page, training.settings)
    page.text(1, 1, words.title, Look("title"))
    page.heights |= {1: 34, 6: 20, 8: 32}
    page.text(2, 1, "One step of training, left to right. Yellow rows are this step's batch.", Look("line"))
    split = network.raw(data)
    prepared = PreparationPage(preparation_page, recipe, data, split)
    network.inputs(recipe, data, prepared)
    network.target(recipe, data, prepared)
    sources, labels, lins, activated = layers(network, recipe)
    network.loss(sources[-1])
    loss_column = network.cells["loss_rows"].area.left
    network.answers(recipe, data, prepared)
    network.row_gradients(activated, lins)
    network.parameter_gradients(sources[:-1], labels, activated)
    numbers = headline_numbers(training.page, training.next_row, network, prepared, recipe)
    network.cells["batch loss"] = numbers["batch loss"]
    network.new_weights(labels, activated)
    network.highlight_batch()
    page.frozen = f"B{TOP}"
    page.text(4, loss_column, "train loss", Look("label"))
    page.cell(5, loss_column, shown(numbers["train loss"]), Look("output", "0.0000"))
    for column, stage, label in zip(network.wide_columns(), STAGES, LEGEND, strict=False):
        page.text(3, column, label, Look(f"{stage}_group"))
    history = training.history(first_record(numbers))
    functions_page(book)
    declared = Start(
        title=words.title,
        lead=words.lead,
        steps=words.steps,
        notice=words.notice,
        cards=cards(numbers, training, recipe),
        history=history,
        dead=network.dead_units() if network.many else None,
        lost=("the cards on Start", "Model", "the figures on Training", "the figures on Preparation"),
    )
    start_page(start, declared)
    return book


def layers(
    network: OwnNetworkPage, recipe: Recipe
) -> tuple[list[Block], list[list[str]], list[list[str]], list[list[str]]]:
    """Put every layer's weights and forward pass; return sources, row labels, and units before and after activation."""
    settings = network.settings
    sources, labels = [network.cells["inputs"]], [[each.name for each in recipe.inputs]]
    lins, activated = [], []
    depth = len(recipe.sizes) - 1
    for k in range(1, depth + 1):
        is_last = k == depth
        units = list(output_words(recipe)) if is_last else unit_names(recipe, k)
        before = units if is_last and recipe.task != "binary" else [f"lin {unit}" for unit in units]
        trains = settings[f"trains_{k}"]
        first = random_weights(settings, recipe.sizes[k - 1], recipe.sizes[k])
        network.weights(labels[-1], units, settings[f"activation_{k}"], trains, trains, first)
        sources.append(network.forward(sources[-1], before, units, hidden=not is_last))
        lins.append(before)
        activated.append(units)
        labels.append(units)
    area = settings["activation_1"].area
    words = [[settings[f"activation_{k}"].only] for k in range(1, depth + 1)]
    network.cells["activations"] = Block(replace(area, bottom=area.top + depth - 1), as_values(words))
    return sources, labels[:-1], lins, activated


def unit_names(recipe: Recipe, k: int) -> list[str]:
    """Return the names of a hidden layer's units, as the weights file has them."""
    prefix = "h" if len(recipe.hidden) == 1 else f"h{k}_"
    return [f"{prefix}{j}" for j in range(1, recipe.sizes[k] + 1)]


def output_words(recipe: Recipe) -> tuple[str, ...]:
    """Return short names of what the last layer gives."""
    if recipe.task == "multiclass":
        return tuple(f"score {name.partition(' = ')[2]}" for name in recipe.output_names)
    return ("p",) if recipe.task == "binary" else ("prediction",)


def first_record(numbers: dict[str, Block]) -> Record:
    """Return the history's first row: the untrained model."""

    def number(name: str) -> float | None:
        value = numbers[name].only if name in numbers else None
        return value if isinstance(value, float) else None

    return Record(0, 0, number("train loss") or 0.0, number("valid loss"), number("accuracy"), number("error rate"))


def cards(numbers: dict[str, Block], training: TrainingPage, recipe: Recipe) -> list[Card]:
    """Return the large numbers of the sheet Start."""
    loss = [Card("train loss", shown(numbers["train loss"])), Card("valid loss", shown(numbers["valid loss"]))]
    if recipe.task == "regression":
        good = [Card("R²", shown(numbers["R²"]), "0.000")]
    else:
        good = [
            Card("accuracy", shown(numbers["accuracy"]), "0.0%"),
            Card("by guessing", shown(numbers["by guessing"]), "0.0%"),
        ]
    counters = [
        Card("epoch", shown(training.settings["epoch"]), "0"),
        Card("next step", shown(numbers["this step"]), "General"),
        Card("rows", float(recipe.rows), "0"),
    ]
    return [*loss, *good, *counters]
