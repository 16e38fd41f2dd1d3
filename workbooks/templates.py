"""The templates by name, each with one line about it and its builder."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from workbooks import backprop, neurons, playground, sine, titanic_notebook
from workbooks.book import Book, StoredCells
from workbooks.titanic_models import LINEAR, TWO_LAYER, build


@dataclass(frozen=True)
class Template:
    """A workbook that `gradsheet build` can make."""

    summary: str
    build: Callable[[StoredCells | None], Book]


TEMPLATES: Mapping[str, Template] = {
    "titanic_linear": Template("A linear model of the Titanic passengers", lambda stored: build(LINEAR, stored)),
    "titanic_two_layer": Template(
        "Two sets of weights with ReLU, or a trained second layer", lambda stored: build(TWO_LAYER, stored)
    ),
    "sine": Template("Two hidden layers fit a sine wave: with ReLU they can, without they cannot", sine.build),
    "titanic_notebook": Template(
        "The from-scratch notebook: a linear model, one hidden layer, two, and whom they get wrong",
        titanic_notebook.build,
    ),
    "backprop": Template("Every number of the way forward and of the way back, 3-4-1", backprop.build),
    "playground": Template("Circle, XOR, two Gaussians, spiral: features, layers, and the border", playground.build),
    "neurons": Template("From a threshold neuron to activations: gates, XOR, the perceptron", neurons.build),
}
