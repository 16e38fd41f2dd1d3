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
    "No. The batch size says how many rows one step looks at. Rows go through the net in batches, weights never do: "
    "all rows meet the same ones.",
)
HOW_MANY_SETS = Question(
    "Who chooses how many sets of weights there are?",
    "Whoever draws the net: one set a unit, and as many units in a layer as you like. The two of this lesson stand "
    "side by side in one W1. Neither the data nor training decides it; training only changes the numbers in them.",
)
WEIGHTED_SUM = Question(
    "What is multiplied with what, and what is added?",
    "Each of a passenger's ten inputs is multiplied by its own weight, and the ten products are added up: a weighted "
    "sum, one passenger at a time. A matrix product is nothing else, for all passengers at once; the adding is "
    "inside it. The sheet Multiply lights up what meets what.",
)
TWICE_712 = Question(
    "Elsewhere X is said to be (1424,10) and the output (1424,2). Is that right here?",
    "No. 1424 is two times 712: every passenger would stand there twice, once for each set of weights. The second "
    "set is no second lot of rows, it is a second column of W1, so 712×10 times 10×2 gives 712×2.",
)
WHAT_KIND = Question(
    "What kind of net is this, and what are a CNN, an RNN and a GAN?",
    "A feedforward net: numbers go one way, from the inputs to the output. With a hidden layer it is a multilayer "
    "perceptron, in which every input has a weight of its own to every unit. In a CNN a small set of weights slides "
    "over an image, so the same pattern counts at every place. An RNN reads one piece after another with the same "
    "weights, and its hidden numbers come back as inputs. A GAN is two nets: one makes examples, the other tells "
    "them from real ones, and each is the other's loss. All are weighted sums, activations and gradients.",
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
    "All rows, yes: no passenger needs another one. All sets of weights of a layer too: they look at the same inputs. "
    "The layers, no: the second one needs what the first one gives, and the gradient goes back through them in turn.",
)
TWO_PHASES = Question(
    "What are the two progress phases of an epoch?",
    "Training, in which each batch changes the weights; then validation, in which the rows kept aside are only "
    "predicted and measured. With valid_fraction 0 no rows are kept aside, so there is no second phase. The bar of the "
    "command names the one that runs; the second is short, for nothing goes backward in it.",
)
ERROR_RATE = Question(
    "Why an error rate beside the accuracy?",
    "They say the same, for error rate = 1 - accuracy; but small errors show better. From 98 % to 99 % looks like "
    "little, from 2 % to 1 % is half the mistakes.",
)
NEAR_OR_FAR = Question(
    "What stands in their place when the answer is a number?",
    "Nothing is right or wrong then, only near or far: the loss itself, its square root in the unit of the target, "
    "and R², the share of the target's spread that the model explains: 1 is all of it, 0 no more than always saying "
    "the mean.",
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
GOOD_RATE = Question(
    "How does one find a good learning rate?",
    "Begin small, take it three times as large again and again, a few epochs each from the same first weights, until "
    "the loss flies off; then go back a step or two. On the sheet What if the formula NN_LR_FIND tries a hundred and "
    "suggests a tenth of the rate with the least loss.",
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
