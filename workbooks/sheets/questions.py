"""Questions that people ask about the lesson, with answers, on the sheets where they come up."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbooks.sheets.book import Look, Page

HEADING = "Questions people ask"


@dataclass(frozen=True)
class Question:
    """A question and its answer in plain words."""

    asked: str
    answer: str


ONE_LAYER = Question(
    "Is this a one-layer net, and which shapes has it?",
    "Yes, one linear layer and nothing after it. X is 712×10: a row a passenger, a column an input. W is 10×1. "
    "X times W is 712×1: one prediction a passenger.",
)
TWO_LAYERS = Question(
    "Is it a one-layer net, and which shapes has it?",
    "It has one hidden layer, so two layers of weights. X is 712×10 and W1 is 10×2, so each passenger gets two numbers "
    "(712×2); ReLU keeps the shape; W2 is 2×1, so the output is 712×1. In the lesson only W1 trains.",
)
SET_OF_WEIGHTS = Question(
    "What is a set of weights?",
    "One column of W1: ten weights, one for each input, that together make one unit of the layer. On Lesson it stands "
    "turned, as a row over the inputs that it multiplies. It is not a batch: a batch is some of the rows.",
)
SETS_AND_BATCHES = Question(
    "Does the number of sets depend on the batches?",
    "No. The batch size says how many rows one step looks at. All rows go through the same weights.",
)
ADDED_RELUS = Question(
    "Why does the lesson add the two ReLUs, and what would one normally do?",
    "A sum is the simplest thing that can be typed into a cell: a second layer whose weights are fixed at 1. Normally "
    "they train too, with biases. In Training, set second_layer to trained with biases, and press Reset. It begins at "
    "the lesson's 1, the first biases at 0.3, so that ReLU lets most passengers through; from a random second layer "
    "and biases of 0 most seeds end above the fixed ones.",
)
THRESHOLDING = Question(
    "Is thresholding the same as replacing negatives with zero?",
    "For ReLU it is: below the threshold 0 comes out 0, above it the number stays. A step function has a threshold "
    "too, but gives 0 or 1, so it forgets how far above it was, and has no slope to follow.",
)
AT_ONCE = Question(
    "Can everything be computed at once?",
    "All rows, yes: no passenger needs another one. The layers, no: the second one needs what the first one gives, and "
    "the gradient goes back through them in turn.",
)
TWO_PHASES = Question(
    "What are the two progress phases of an epoch?",
    "Training, in which each batch changes the weights; then validation, in which the rows kept aside are only "
    "predicted and measured. With valid_fraction 0 no rows are kept aside, so there is no second phase.",
)
ERROR_RATE = Question(
    "Why an error rate beside the accuracy?",
    "They say the same, for error rate = 1 - accuracy; but small errors show better. From 98 % to 99 % looks like "
    "little, from 2 % to 1 % is half the mistakes.",
)
PROPORTIONAL = Question(
    "Why is the step proportional to the gradient?",
    "Where the loss is steep, a long step pays. Near the bottom it is flat, and a long step would jump over. The "
    "gradient is large in the one place and small in the other. The workbook gradient_descent tries it out.",
)
TOO_HIGH = Question(
    "What happens when the learning rate is too high?",
    "Each step jumps over the valley and lands higher up on the other side, so the loss grows. Try it: set lr to 2, "
    "press Reset, and Epoch a few times; Start says what has happened. Set lr back to 0.1 and press Reset.",
)


def put_questions(page: Page, top: int, left: int, last: str, questions: Sequence[Question], letters: int) -> int:
    """Put questions over their answers, merged up to the column `last`, `letters` a line; return the next free row."""
    first = chr(ord("A") + left - 1)
    page.text(top, left, HEADING, Look("heading"))
    page.heights[top] = 24
    for i, question in enumerate(questions):
        row = top + 1 + 2 * i
        page.text(row, left, question.asked, Look("label"))
        page.text(row + 1, left, question.answer, Look("wrapped"))
        page.merged.append(f"{first}{row + 1}:{last}{row + 1}")
        page.heights[row + 1] = 15 * (1 + len(question.answer) // letters) + 4
    return top + 1 + 2 * len(questions)
