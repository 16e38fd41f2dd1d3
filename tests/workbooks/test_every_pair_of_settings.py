"""Every word and every pair of words that drop-downs offer: the sheet shows the step that the trainer takes next.

A book is held in memory: its builder, which gives each formula its value, runs again on the cells of the last run.
"""

from collections.abc import Callable, Mapping
from functools import partial
from itertools import combinations
from random import Random
from typing import Any

import numpy as np
import pytest

from pyfuncs.cells.errors import ErrorCode, GradsheetError
from pyfuncs.training.contract import read_model
from pyfuncs.training.named_cells import common
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.backprop.net import THETA, TOP
from workbooks.lessons.gradient_descent.epoch_table import HEADER
from workbooks.lessons.gradient_descent.rules import RULES
from workbooks.lessons.templates import TEMPLATES
from workbooks.own_data.workbook import rebuild
from workbooks.recalculate import FileCells
from workbooks.sheets.book import Book, StoredCells
from workbooks.xlsx.area import Area
from workbooks.xlsx.package import Package


def part(inner: Area, outer: Area) -> tuple[slice, slice]:
    """Return where in a block another one lies that it holds."""
    top, left = inner.top - outer.top, inner.left - outer.left
    rows, columns = inner.shape
    return slice(top, top + rows), slice(left, left + columns)


Build = Callable[[StoredCells | None], Book]
Cell = tuple[str | None, str]
"""A name with the sheet to which it belongs, None where it is the workbook's."""
Words = Mapping[Cell, tuple[str, ...]]
Chosen = dict[Cell, str]


def typed(word: str) -> Any:
    """Return what a spreadsheet makes of a word of a drop-down."""
    return word == "TRUE" if word in ("TRUE", "FALSE") else float(word) if word.isdigit() else word


class Cells:
    """The cells of a built book under the names that one sheet sees; training writes into them."""

    def __init__(self, built: "BuiltBook", sheet: str | None) -> None:
        self.built = built
        self.names = built.book.names | (built.book.scoped_names[sheet] if sheet else {})

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def area(self, name: str) -> Area:
        return Area.parse(self.names[name])

    def read(self, name: str) -> list[list[Any]]:
        return self.built.values(self.area(name)).tolist()

    def constant(self, name: str) -> None:
        return None

    def matrix(self, name: str) -> None:
        return None

    def labelled(self, name: str) -> dict[str, str]:
        return {}

    def choices(self, name: str) -> tuple[str, ...]:
        return self.built.drop_downs.get(self.area(name), ())

    def address(self, name: str, row: int | None = None, column: int | None = None) -> str:
        return self.names.get(name, self.built.book.template)

    def write(self, name: str, rows: list[list[Any]]) -> None:
        self.built.write(self.area(name), rows)

    def trainer(self) -> Trainer:
        return Trainer(read_model(self))

    def hold(self, trainer: Trainer) -> None:
        for name, rows in state_blocks(trainer.model, trainer.state, self).items():
            self.write(name, rows)


class BuiltBook:
    """A builder's book, and what has been written into its cells for the next building."""

    def __init__(self, build: Build, stored: StoredCells | None = None) -> None:
        self.build = build
        self.book = build(stored)
        self.written: dict[Area, np.ndarray] = {}
        self.formulas = self.book.formula_cells()
        self.drop_downs = {block.area: look.choices for page in self.book.pages for block, look in page.blocks}
        self.first = self.book

    def values(self, area: Area) -> np.ndarray:
        if area in self.written:
            return self.written[area]
        found = np.full(area.shape, None, dtype=object)
        page = next(page for page in self.book.pages if page.title == area.sheet)
        for block, _ in page.blocks:
            both = common(block.area, area)
            if both is not None:
                found[part(both, area)] = block.values[part(both, block.area)]
        return found

    def has_formula(self, area: Area) -> bool:
        return any(place in self.formulas[area.sheet] for place in area.positions())

    def formula_texts(self, area: Area) -> np.ndarray:
        return np.full(area.shape, None, dtype=object)

    def write(self, area: Area, rows: list[list[Any]]) -> None:
        assert not self.has_formula(area)
        assert any(block.area == area for page in self.book.pages for block, _ in page.blocks)
        self.written[area] = np.array([[*row, None] for row in rows], dtype=object)[:, :-1]

    def again(self) -> None:
        self.book = self.build(self)

    def reset(self) -> None:
        self.book, self.written = self.first, {}

    def model(self, sheet: str | None = None) -> Cells:
        return Cells(self, sheet)

    def words(self, sheet: str | None = None) -> Words:
        """Return what the drop-downs behind the names offer, but for those that no step depends on."""
        cells = self.model(sheet)
        names = [name for name in cells.names if cells.area(name).shape == (1, 1) and name not in ONLY_SHOWN]
        found = {(sheet, name): cells.choices(name) for name in names}
        return {cell: words for cell, words in found.items() if words and not self.has_formula(cells.area(cell[1]))}


def covering(words: Words, is_legal: Callable[[Chosen], bool]) -> list[Chosen]:
    """Return choices of one word a cell so that every legal pair of words is in one of them."""
    pick = Random(0)
    left = {
        frozenset(((a, x), (b, y)))
        for a, b in combinations(words, 2)
        for x in words[a]
        for y in words[b]
        if is_legal({a: x, b: y})
    }

    def newly_covered(chosen: Chosen, cell: Cell, word: str) -> int:
        return sum(frozenset(((cell, word), other)) in left for other in chosen.items())

    found = []
    while left:
        chosen = dict(min(left, key=lambda pair: sorted(map(str, pair))))
        cells = [cell for cell in words if cell not in chosen]
        pick.shuffle(cells)
        for cell in cells:
            legal = [word for word in words[cell] if is_legal(chosen | {cell: word})]
            pick.shuffle(legal)
            chosen[cell] = max(legal, key=partial(newly_covered, chosen, cell))
        left -= {frozenset(pair) for pair in combinations(chosen.items(), 2)}
        found.append(chosen)
    return found


ONLY_SHOWN = ("blamed",)
"""Choose what a sheet shows of the step; test_who_is_to_blame goes through them with every activation."""
NOTEBOOK = ("Linear", "One hidden", "Two hidden")
MODELS = {
    "titanic_linear": (None,),
    "titanic_two_layer": (None,),
    "sine": (None,),
    "titanic_notebook": NOTEBOOK,
    "backprop": (None,),
    "playground": (None,),
    "gradient_descent": tuple(rule.sheet for rule in RULES),
}
OWN_TABLES = {"binary": (), "regression": ("--hidden", "3"), "multiclass": ("--hidden", "4,3"), "linear": ()}
EXACT = 1e-12
CALM = 0.01
"""A learning rate with which no model flies off: large numbers have no digit at 1e-12."""


def own_table(kind):
    """Return a small table as CSV: a number, a word with a blank, and what to tell from them."""
    answers = {
        "binary": lambda i: ["no", "yes"][(i * i + i // 3) % 5 > 1],
        "regression": lambda i: (i * 7) % 11 + i / 4,
        "multiclass": lambda i: "abc"[(i + i // 5) % 3],
        "linear": lambda i: (i * 3) % 7 - i / 2,
    }
    rows = [f"{(i * i) % 13 + i / 8},{['red', 'green', ''][i % 3]},{answers[kind](i)}" for i in range(40)]
    return "\n".join(["size,colour,answer", *rows]) + "\n"


@pytest.fixture
def own_book(gradsheet, tmp_path):
    """Return the maker of an own table's book."""

    def make(kind):
        table, path = tmp_path / "table.csv", tmp_path / "own.xlsx"
        table.write_text(own_table(kind), encoding="utf-8")
        made = gradsheet("new", table, "--target", "answer", *OWN_TABLES[kind], "-o", path)
        assert made.status == 0, made.err
        return BuiltBook(rebuild, FileCells(Package.open(path)))

    return make


def legal_with(words):
    """Return what tells whether some words make models that can be trained: bce takes probabilities."""
    last = {
        sheet: max(name for sheet_, name in words if sheet_ == sheet and name.startswith("activation_"))
        for sheet, name in words
        if name == "loss"
    }

    def is_legal(chosen):
        return all(
            chosen.get((sheet, "loss")) != "bce" or chosen.get((sheet, name), "sigmoid") == "sigmoid"
            for sheet, name in last.items()
        )

    return is_legal


def shown(built, cells, trainer):
    """Return the new weights and biases that the book displays, by the name of what they replace."""
    if built.book.template == "backprop":
        at = TOP
        found = {}
        for name, block in trainer.model.blocks(trainer.state.params):
            area = Area("Net", at, THETA + 5, at + block.size - 1, THETA + 5)
            found[name] = built.values(area).reshape(block.shape)
            at += block.size
        return found
    if built.book.template == "gradient_descent":
        sheet = cells.area("weight_1").sheet
        headers = built.values(Area(sheet, HEADER, 1, HEADER, 60))[0].tolist()
        row = HEADER + 2 + int(cells.read("step")[0][0])
        places = {"weight_1": headers.index("new a") + 1, "bias_1": headers.index("new b") + 1}
        return {name: built.values(Area(sheet, row, column, row, column)) for name, column in places.items()}
    return {name: np.array(cells.read(f"new_{name}")) for name, _ in trainer.model.blocks(trainer.state.params)}


def check(built, sheets, chosen):
    """Choose words, press Reset, take two steps; then the step shown is the one that the third press takes."""
    for (sheet, name), word in chosen.items():
        built.model(sheet).write(name, [[typed(word)]])
    built.again()
    for sheet in sheets:
        cells = built.model(sheet)
        trainer = cells.trainer()
        trainer.reset()
        trainer.step(2)
        cells.hold(trainer)
    built.again()
    for sheet in sheets:
        cells = built.model(sheet)
        trainer = cells.trainer()
        displayed = shown(built, cells, trainer)
        trainer.step()
        for name, after in trainer.model.blocks(trainer.state.params):
            assert displayed[name].shape == after.shape, (name, chosen)
            np.testing.assert_allclose(
                displayed[name].astype(float), after, rtol=0, atol=EXACT, err_msg=f"{name} {chosen}"
            )


def check_all(built, sheets):
    for sheet in sheets:
        cells = built.model(sheet)
        cells.write("lr", [[min(cells.read("lr")[0][0], CALM)]])
    built.again()
    built.first = built.book
    words = {cell: offered for sheet in sheets for cell, offered in built.words(sheet).items()}
    tried = covering(words, legal_with(words))
    assert {item for chosen in tried for item in chosen.items()} == {
        (cell, word) for cell, offered in words.items() for word in offered
    }
    for chosen in tried:
        built.reset()
        check(built, sheets, chosen)


@pytest.mark.parametrize("name", MODELS)
def test_every_pair_of_words_shows_the_next_step(name):
    """The notebook takes 20 seconds: some fifty choices, each for three models of 891 passengers."""
    check_all(BuiltBook(TEMPLATES[name].build), MODELS[name])


@pytest.mark.parametrize("kind", OWN_TABLES)
def test_every_pair_of_words_shows_the_next_step_of_an_own_table(own_book, kind):
    check_all(own_book(kind), (None,))


def test_every_template_that_trains_is_here():
    """But for the digits, which show no new weights."""
    trained = set()
    for name, template in TEMPLATES.items():
        if template.bundled:
            book = template.build(None)
            every = (book.names, *book.scoped_names.values())
            trained |= {name for names in every if names.keys() & {"weight_1", "weight_1_transposed"}}
    assert trained == set(MODELS) | {"digits_8x8"}


OWN_WORDS = {
    "titanic_two_layer": ("second_layer", ("trains_2", "initial_bias_1", "new_bias_1", "new_bias_2")),
    "playground": ("dataset", ("inputs", "new_weight_1")),
    "titanic_linear": ("activation_1", ("new_weight_1",)),
    "sine": ("schedule", ("lr_now", "new_weight_3")),
}


@pytest.mark.parametrize("name", OWN_WORDS)
def test_the_sheet_shows_nothing_for_a_word_that_it_does_not_know(name):
    built = BuiltBook(TEMPLATES[name].build)
    setting, blocks = OWN_WORDS[name]
    cells = built.model()
    cells.write(setting, [["softplus"]])
    built.again()
    for block in blocks:
        found = np.array(cells.read(block))
        assert set(found[:, :2].flat) == {ErrorCode.NA}, block


@pytest.mark.parametrize(("name", "sheet"), [(name, sheet) for name, sheets in MODELS.items() for sheet in sheets])
def test_training_refuses_a_word_that_the_drop_down_does_not_offer(name, sheet):
    built = BuiltBook(TEMPLATES[name].build)
    cells = built.model(sheet)
    words = {
        "activation_1",
        "activation_2",
        "activation_3",
        "activation_4",
        "loss",
        "optimizer",
        "schedule",
        "initializer",
        "task",
    }
    known = {setting for _, setting in built.words(sheet)} & words
    assert known
    for setting in known:
        built.reset()
        cells.write(setting, [["softmax"]])
        with pytest.raises(GradsheetError, match=rf'\({setting}\) is "softmax", but must be one of'):
            read_model(cells)
