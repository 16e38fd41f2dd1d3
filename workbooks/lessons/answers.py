"""What people ask about the lesson, and where each answer is: docs/questions.md, `python -m workbooks.lessons.answers`.

The answers stand where the questions come up, on the sheets and pages that are named here.
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from workbooks.lessons import sine
from workbooks.lessons.backprop import workbook as backprop
from workbooks.lessons.backprop.blame import TITLE as BLAME
from workbooks.lessons.digits import lesson as digits
from workbooks.lessons.digits.draw import TITLE as DRAW
from workbooks.lessons.digits.edges import TITLE as EDGES
from workbooks.lessons.gradient_descent.valley import LANDSCAPE
from workbooks.lessons.gradient_descent.valley import TITLE as VALLEY
from workbooks.lessons.gradient_descent.why import SHEET as WHY
from workbooks.lessons.titanic.aboard import TITLE as ABOARD
from workbooks.lessons.titanic.tuned_by_hand import TITLE as BY_HAND
from workbooks.lessons.titanic.your_turn import TITLE as YOUR_TURN
from workbooks.sheets import questions
from workbooks.sheets.lesson_sheet import TITLE as LESSON
from workbooks.sheets.multiply import TITLE as MULTIPLY
from workbooks.sheets.questions import Question
from workbooks.sheets.what_if import TITLE as WHAT_IF

START, TRAINING = "Start", "Training"
LINEAR, TWO_LAYER, DIGITS = "titanic_linear", "titanic_two_layer", "digits_8x8"
HEAD = """# What people ask, and where the answer is

Each answer stands where its question comes up. *Try it* names sheets whose numbers you can change, *read it* where it
is said in words. The workbooks are in `workbooks/`.

| | Question | Try it | Read it |
|---|---|---|---|
"""


@dataclass(frozen=True)
class OnSheet:
    """A place in a workbook: a sheet, and a text that begins a cell of it."""

    workbook: str
    title: str
    text: str
    question: bool = False
    """Whether the text is a question with its answer below, among others."""

    def markdown(self) -> str:
        """Return the place as the page names it."""
        return f"`{self.workbook}`, {self.title}" + (f": *{self.text}*" if self.question else "")


@dataclass(frozen=True)
class OnPage:
    """A place in docs/: a page and one of its headings."""

    name: str
    heading: str

    @property
    def anchor(self) -> str:
        """Return what a link to the heading ends with: small letters, hyphens for blanks, nothing else."""
        return re.sub(r"[^\w -]", "", self.heading.lower()).replace(" ", "-")

    def markdown(self) -> str:
        """Return the place as the page names it."""
        return f"[{self.name}: {self.heading}]({self.name}.md#{self.anchor})"


@dataclass(frozen=True)
class Asked:
    """A question, and where it is answered."""

    question: str
    live: tuple[OnSheet, ...]
    words: tuple[OnSheet | OnPage, ...]


def answer(workbook: str, question: Question, title: str = START) -> OnSheet:
    """Return where a question stands with its answer."""
    return OnSheet(workbook, title, question.asked, question=True)


def digits_answer(asked: str) -> OnSheet:
    """Return where a question about the digits stands with its answer."""
    return OnSheet(DIGITS, START, asked, question=True)


ALL = (
    Asked(
        "Is the threshold of McCulloch and Pitts' neuron the same as replacing negatives with 0?",
        (OnSheet("neurons", "Threshold or ReLU", "Is thresholding the same"),),
        (answer(TWO_LAYER, questions.THRESHOLDING), OnPage("neurons", "Questions")),
    ),
    Asked(
        "What is multiplied with what, and why is one part of it adding?",
        (
            OnSheet(LINEAR, MULTIPLY, "From SUMPRODUCT to MMULT"),
            OnSheet(LINEAR, YOUR_TURN, "Your turn"),
            OnSheet(LINEAR, ABOARD, "Would you have survived?"),
        ),
        (answer(LINEAR, questions.WEIGHTED_SUM),),
    ),
    Asked(
        "Why does a net without ReLU fail on a sine wave, and how many units with ReLU does it take?",
        (OnSheet("sine", START, "Set activation to identity"), OnSheet("sine", "Units", "What each unit sees")),
        (answer("sine", sine.COLLAPSE), answer("sine", sine.HOW_MANY), OnPage("sine", "What to do")),
    ),
    Asked(
        "What is a set of weights, who chooses how many there are, and do they go to the model in batches?",
        (OnSheet(TWO_LAYER, LESSON, "Two linear sums"), OnSheet("playground", START, "Playground")),
        (
            answer(TWO_LAYER, questions.SET_OF_WEIGHTS),
            answer(TWO_LAYER, questions.HOW_MANY_SETS),
            answer(TWO_LAYER, questions.SETS_AND_BATCHES),
        ),
    ),
    Asked(
        "What are the two progress bars of an epoch, one slow and one fast, and do they say their names?",
        (),
        (answer(LINEAR, questions.TWO_PHASES, TRAINING), OnPage("training", "An epoch")),
    ),
    Asked(
        "Why an error rate beside the accuracy, and what stands in their place when the answer is a number?",
        (OnSheet(DIGITS, "Results", "error rate"),),
        (
            answer(LINEAR, questions.ERROR_RATE, TRAINING),
            answer(LINEAR, questions.NEAR_OR_FAR, TRAINING),
            OnPage("own_data", "Train"),
        ),
    ),
    Asked(
        "X is said to be (1424,10), W (10,2), the output (1424,2): is that right here, and where is the hidden layer?",
        (OnSheet(TWO_LAYER, "Model", "One step of training"),),
        (
            answer(TWO_LAYER, questions.TWICE_712),
            answer(TWO_LAYER, questions.TWO_LAYERS),
            answer(LINEAR, questions.ONE_LAYER),
        ),
    ),
    Asked(
        "Why are the two ReLUs added, and what would one normally do?",
        (OnSheet(TWO_LAYER, TRAINING, "second_layer"),),
        (answer(TWO_LAYER, questions.ADDED_RELUS),),
    ),
    Asked(
        "What can be computed at once: rows, sets of weights, layers?",
        (OnSheet("backprop", "Net", "Forward to the loss"),),
        (answer(TWO_LAYER, questions.AT_ONCE), OnPage("backprop", "Questions")),
    ),
    Asked(
        "What kind of net is this? And, in the same terms, a CNN, an RNN, a GAN?",
        (OnSheet(DIGITS, EDGES, "How a unit finds an edge"), OnSheet(DIGITS, DRAW, "Draw your own digit")),
        (answer(TWO_LAYER, questions.WHAT_KIND), digits_answer(digits.MOVED)),
    ),
    Asked(
        "Why is the step proportional to the gradient, and not its sign alone, or one over it?",
        (OnSheet("gradient_descent", WHY, "Why is the step proportional"),),
        (answer(LINEAR, questions.PROPORTIONAL), OnPage("gradient_descent", "Questions")),
    ),
    Asked(
        "Does SGD shape the loss landscape so that it is stable? What else does?",
        (OnSheet("gradient_descent", VALLEY, "Reshape the valley"),),
        (answer("gradient_descent", LANDSCAPE, VALLEY),),
    ),
    Asked(
        "Why 784-16-16-10 and 13,002 parameters? What do single units look for, how is an edge detected, why a bias?",
        (
            OnSheet(DIGITS, "First layer", "What each unit of the first layer"),
            OnSheet(DIGITS, EDGES, "How a unit finds an edge"),
        ),
        (digits_answer(digits.PARAMETERS), digits_answer(digits.UNITS_SEEK), digits_answer(digits.EDGE)),
    ),
    Asked(
        "Why can nobody tune 13,000 numbers by hand?",
        (OnSheet(LINEAR, BY_HAND, "By hand: tune ten weights"),),
        (OnSheet(LINEAR, BY_HAND, "• Why can nobody tune 13,000 numbers by hand?"), digits_answer(digits.BY_HAND)),
    ),
    Asked(
        "Sigmoid or ReLU: which trains better, and why is a net without either one linear map?",
        (
            OnSheet(DIGITS, "One image", "Sigmoid against ReLU"),
            OnSheet("neurons", "Activations", "Activations, and how"),
        ),
        (digits_answer(digits.SQUASHED), answer("sine", sine.COLLAPSE)),
    ),
    Asked(
        "What can a perceptron not do, and what does the sigmoid change about 0.49 and 0.51?",
        (OnSheet("neurons", "XOR", "XOR: one neuron cannot"), OnSheet("neurons", "Film", "Do I watch this film?")),
        (OnPage("neurons", "Questions"),),
    ),
    Asked(
        "Who is responsible for the loss: the chain rule for one weight, W111, and for all of them stacked as θ?",
        (OnSheet("backprop", BLAME, "Who is to blame?"), OnSheet("backprop", "Net", "Forward to the loss")),
        (answer("backprop", backprop.QUESTIONS[0]), OnPage("backprop", "Who is to blame")),
    ),
    Asked(
        "What happens when the learning rate is too high, and how does one find a good one?",
        (OnSheet("gradient_descent", "SGD", "lr"), OnSheet(LINEAR, WHAT_IF, "What if?")),
        (
            answer(LINEAR, questions.TOO_HIGH, TRAINING),
            answer(LINEAR, questions.GOOD_RATE, TRAINING),
            OnPage("training", "A whole run as one formula"),
        ),
    ),
    Asked(
        "Can I use it on my own table, my own passenger, my own digit?",
        (OnSheet(LINEAR, ABOARD, "Would you have survived?"), OnSheet(DIGITS, DRAW, "Draw your own digit")),
        (OnPage("own_data", "From a table to a workbook"), OnPage("digits", "Draw your own digit")),
    ),
)


def markdown() -> str:
    """Return the page."""
    rows = [
        f"| {number} | {asked.question} | {listed(asked.live)} | {listed(asked.words)} |"
        for number, asked in enumerate(ALL, 1)
    ]
    return HEAD + "\n".join(rows) + "\n"


def listed(places: Sequence[OnSheet | OnPage]) -> str:
    """Return places one below the other."""
    return "<br>".join(place.markdown() for place in places)


if __name__ == "__main__":
    sys.stdout.buffer.write(markdown().encode())
