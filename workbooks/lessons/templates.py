"""The templates by name, each with one line about it and its builder."""

import importlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbooks import lessons
from workbooks.sheets.book import Book, StoredCells


def built_by(module: str, lesson: str | None = None) -> Callable[[StoredCells | None], Book]:
    """Return the builder of a module here, for a lesson in one of them where it builds several.

    The module is imported when a workbook is built: a command that needs one need not wait for all.
    """

    def build(stored: StoredCells | None) -> Book:
        builder = named(f"{module}.build")
        book: Book = builder(stored) if lesson is None else builder(named(lesson), stored)
        return book

    return build


def named(path: str) -> Any:
    """Return what a module here holds under a name: sine.build."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(f"workbooks.lessons.{module}"), name)


def missing_digits() -> str | None:
    """Return what to install for the large pictures of digits, None where they are there."""
    from workbooks.lessons.digits.images import MISSING, has_large_images

    return None if has_large_images() else MISSING


@dataclass(frozen=True)
class Template:
    """A workbook that `gradsheet build` can make."""

    summary: str
    build: Callable[[StoredCells | None], Book]
    missing: Callable[[], str | None] = lambda: None
    """Says what to install, where what it is built of is not there."""
    bundled: bool = True
    """Whether it comes with Gradsheet as a file; a large one is for the user to build."""


FIRST_LINE = re.compile(r'"""(\w+)\.xlsx: (.+?)\.?(?:""")?')


def templates_by_first_line() -> Mapping[str, Template]:
    """Return the templates of the modules here whose first line says NAME.xlsx and what that is, each by its name.

    Only that line is read: a command that needs one workbook need not wait for the modules of all.

    Raises:
        ValueError: for a module that is not called as its workbook.
    """
    found = {}
    for path in sorted(path for folder in lessons.__path__ for path in Path(folder).glob("*.py")):
        with path.open(encoding="utf-8") as source:
            said = FIRST_LINE.fullmatch(source.readline().strip())
        if said is None:
            continue
        if said[1] != path.stem:
            raise ValueError(f"{path.name} says in its first line that it builds {said[1]}.xlsx: give both one name.")
        found[path.stem] = Template(said[2], built_by(path.stem))
    return found


TEMPLATES: Mapping[str, Template] = {
    "titanic_linear": Template(
        "A linear model of the Titanic passengers", built_by("titanic.lesson", "titanic.lesson.LINEAR")
    ),
    "titanic_two_layer": Template(
        "Two sets of weights with ReLU, or a trained second layer",
        built_by("titanic.lesson", "titanic.lesson.TWO_LAYER"),
    ),
    **templates_by_first_line(),
    "titanic_notebook": Template(
        "The from-scratch notebook: a linear model, one hidden layer, two, and whom they get wrong",
        built_by("notebook.workbook"),
    ),
    "backprop": Template("Every number of the forward and the backward pass, 3-4-1", built_by("backprop.workbook")),
    "playground": Template(
        "Circle, XOR, two Gaussians, spiral: features, layers, and the border", built_by("playground.workbook")
    ),
    "neurons": Template(
        "From a threshold neuron to activations: gates, XOR, the perceptron", built_by("neurons.workbook")
    ),
    "gradient_descent": Template(
        "A line through 29 points, a row a step, by SGD, Adam and five more; the loss surface",
        built_by("gradient_descent.workbook"),
    ),
    "digits_8x8": Template(
        "Handwritten digits of 8×8 pixels, drawn in cells, and a network of two layers of 16",
        built_by("digits.workbook", "digits.lesson.SMALL"),
    ),
    "digits": Template(
        "5,000 handwritten digits of 28×28 pixels and their 13,002 parameters (needs the extra digits)",
        built_by("digits.workbook", "digits.lesson.LARGE"),
        missing=missing_digits,
        bundled=False,
    ),
}

BUNDLED = tuple(name for name, template in TEMPLATES.items() if template.bundled)
