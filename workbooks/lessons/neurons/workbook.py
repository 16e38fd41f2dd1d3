"""From the neuron of 1943 to activations: gates, XOR, the perceptron, and what replaced the threshold."""

from collections.abc import Sequence

from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.neurons.activations import activations_page, threshold_page
from workbooks.lessons.neurons.gates import gates_page
from workbooks.lessons.neurons.perceptron import SCORE_AND_ANSWER, film_page, learning_page
from workbooks.lessons.neurons.xor import xor_page
from workbooks.sheets.block import Block
from workbooks.sheets.book import Book, StoredCells
from workbooks.sheets.charts import Curve, Frame, curve_chart
from workbooks.sheets.expression import reference
from workbooks.sheets.reference import functions_page
from workbooks.sheets.start import Card, Start, start_page

TITLE = "Neurons: from a threshold to a curve that learns"
LEAD = (
    "A neuron adds up its inputs and compares the sum with a threshold. That is enough for AND and OR, too little for "
    "XOR, and cannot be trained step by step. A smooth curve in the threshold's place can."
)
STEPS = (
    "Gates: change a threshold. OR with threshold 2 is AND: the truth table shows which rows go wrong.",
    "XOR: all 36 neurons of two inputs are listed, none gets four rows right. Then build it from two layers.",
    "Film: score 0.49, threshold 0.5. Set the score to 0.51 and see both answers.",
    "Learning: follow the perceptron row by row. Then dislike the first film (liked? 0): now it never settles.",
    "Activations: look where the orange line, the derivative, is nearly 0.",
)
NOTICE = (
    "0.49 is a no to the perceptron. The sigmoid says 0.498, and 0.502 at 0.51: close numbers get close answers.",
    "Threshold or ReLU: replacing negatives with zero keeps how much there is, a neuron's threshold says yes or no.",
    "The perceptron learns from mistakes only, and only what one straight cut can part. XOR it never learns.",
    "A derivative of 0 means no correction: so trained networks use sigmoid, tanh and ReLU, no thresholds.",
)


def build(stored: StoredCells | None = None) -> Book:
    """Return the workbook, as new or with the values that its input cells hold by now."""
    book = Book("neurons", TITLE, stored)
    start = book.page("Start")
    right = gates_page(book)
    best = xor_page(book)
    film = film_page(book)
    mistakes = learning_page(book)
    activations_page(book)
    threshold_page(book)
    functions_page(book)
    cards = [
        Card("perceptron about the film", reference(film.perceptron), "0"),
        Card("sigmoid about the film", reference(film.sigmoid), "0.000"),
        Card("truth table rows right", reference(right), "0"),
        Card("best at XOR, of 4 rows", reference(best), "0"),
        Card("mistakes, last pass", reference(mistakes), "0"),
    ]
    lost = (
        "the cards on Start",
        "the neurons on Gates",
        "XOR",
        "Film",
        "Learning",
        "the functions on Activations",
        "Threshold or ReLU",
    )
    declared = Start(
        title=TITLE,
        lead=LEAD,
        steps=STEPS,
        notice=NOTICE,
        cards=cards,
        picture=lambda sheet: draw(sheet, film.score, film.curves),
        lost=lost,
        trains=False,
    )
    start_page(start, declared)
    return book


def draw(sheet: Worksheet, x: Block, curves: Sequence[Curve]) -> None:
    """Draw the answers over the film's score."""
    frame = Frame("Answer over the film's score", "H6", (14.4, 10.0))
    curve_chart(sheet, x, curves, frame, SCORE_AND_ANSWER)
