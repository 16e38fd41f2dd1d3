"""The templates by name, each with one line about it and its builder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbooks.lessons import sine
from workbooks.lessons.backprop import workbook as backprop
from workbooks.lessons.digits import workbook as digits
from workbooks.lessons.digits.images import MISSING, has_large_images
from workbooks.lessons.digits.lesson import LARGE, SMALL
from workbooks.lessons.gradient_descent import workbook as gradient_descent
from workbooks.lessons.neurons import workbook as neurons
from workbooks.lessons.notebook import workbook as notebook
from workbooks.lessons.playground import workbook as playground
from workbooks.lessons.titanic.lesson import LINEAR, TWO_LAYER, build
from workbooks.sheets.book import Book, StoredCells


@dataclass(frozen=True)
class Template:
    """A workbook that `gradsheet build` can make."""

    summary: str
    build: Callable[[StoredCells | None], Book]
    missing: Callable[[], str | None] = lambda: None
    """Says what to install, where what it is built of is not there."""
    bundled: bool = True
    """Whether it comes with Gradsheet as a file; a large one is for the user to build."""


TEMPLATES: Mapping[str, Template] = {
    "titanic_linear": Template("A linear model of the Titanic passengers", lambda stored: build(LINEAR, stored)),
    "titanic_two_layer": Template(
        "Two sets of weights with ReLU, or a trained second layer", lambda stored: build(TWO_LAYER, stored)
    ),
    "sine": Template("Two hidden layers fit a sine wave: with ReLU they can, without they cannot", sine.build),
    "titanic_notebook": Template(
        "The from-scratch notebook: a linear model, one hidden layer, two, and whom they get wrong",
        notebook.build,
    ),
    "backprop": Template("Every number of the forward and the backward pass, 3-4-1", backprop.build),
    "playground": Template("Circle, XOR, two Gaussians, spiral: features, layers, and the border", playground.build),
    "neurons": Template("From a threshold neuron to activations: gates, XOR, the perceptron", neurons.build),
    "gradient_descent": Template(
        "A line through 29 points, a row a step, by SGD, Adam and five more; the loss surface",
        gradient_descent.build,
    ),
    "digits_8x8": Template(
        "Handwritten digits of 8×8 pixels, drawn in cells, and a network of two layers of 16",
        lambda stored: digits.build(SMALL, stored),
    ),
    "digits": Template(
        "5,000 handwritten digits of 28×28 pixels and their 13,002 parameters (needs the extra digits)",
        lambda stored: digits.build(LARGE, stored),
        missing=lambda: None if has_large_images() else MISSING,
        bundled=False,
    ),
}

BUNDLED = tuple(name for name, template in TEMPLATES.items() if template.bundled)
