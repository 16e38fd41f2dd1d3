"""What sets the two workbooks of digits apart: the size of the pictures, and what the sheets say."""

from collections.abc import Callable
from dataclasses import dataclass

from workbooks.lessons.digits.images import Images, large_images, small_images
from workbooks.sheets.questions import Question

HIDDEN = (16, 16)
CLASSES = 10


@dataclass(frozen=True)
class DigitsLesson:
    """One workbook of digits."""

    template: str
    title: str
    lead: str
    side: int
    count: int
    images: Callable[[], Images]
    lr: float
    epochs: int
    row: float
    """How high a row of the grid on Start is, in points."""
    text_width: float
    """The width of a column of its text."""
    cells_a_pixel: int
    """How many rows of that grid a pixel of the picture is high."""
    steps: tuple[str, ...]
    notice: tuple[str, ...]
    can_be_drawn: bool = False
    """Whether the picture is small enough to be typed, pixel by pixel, on a sheet of its own."""

    @property
    def inputs(self) -> int:
        """Return how many numbers describe a picture."""
        return self.side * self.side

    @property
    def sizes(self) -> tuple[int, ...]:
        """Return the numbers of inputs and of every layer's units."""
        return (self.inputs, *HIDDEN, CLASSES)

    @property
    def training(self) -> int:
        """Return how many pictures train; they come first."""
        return self.count - self.count // 5


PARAMETERS = "Why these layers, and how many parameters are they?"
UNITS_SEEK = "What does a single unit look for?"
EDGE = "How is an edge detected, and what does the bias move?"
BY_HAND = "Why can nobody tune all these numbers by hand?"
SQUASHED = "Sigmoid or ReLU: which trains better, and why?"
MOVED = "Would it know my digit if I moved it?"


def questions(lesson: DigitsLesson) -> tuple[Question, ...]:
    """Return what people ask about the network of a workbook, with answers."""
    pairs = list(zip(lesson.sizes, lesson.sizes[1:], strict=False))
    total = sum(rows * units + units for rows, units in pairs)
    return (
        Question(
            PARAMETERS,
            f"An input for each of {lesson.side}×{lesson.side} pixels, an output for each of ten digits; the two "
            "layers of 16 between them are a choice, small enough to be looked at. "
            + " + ".join(f"{rows}×{units} + {units}" for rows, units in pairs)
            + f" weights and biases are {total:,} parameters.",
        ),
        Question(
            UNITS_SEEK,
            "The hope was: edges in the first layer, loops and strokes in the second. The pictures on First layer are "
            "what became of it: blots. Training asks for a small loss, not for parts that we would name.",
        ),
        Question(
            EDGE,
            "By weights that are positive in the centre and negative around it: where all pixels are alike they "
            "cancel, at an edge they do not. The bias is added to the sum, so it moves how much is enough. Try both "
            "on Edges.",
        ),
        Question(
            BY_HAND,
            f"Ten tries for one number are a hundred for two, and for {total:,} a 1 with {total:,} noughts. The "
            "gradient says for all of them at once which way the loss falls, after one forward pass and one backward "
            "pass.",
        ),
        Question(
            SQUASHED,
            "Both get there; ReLU sooner. A sigmoid's slope is at most a quarter and nearly 0 where it is sure, and "
            "the gradient is multiplied by it in each layer. One image shows both slopes, side by side.",
        ),
        Question(
            MOVED,
            "Often not: every pixel meets other weights then."
            + (" Try it on Draw your own digit." if lesson.can_be_drawn else "")
            + " A convolutional network slides the same small set of weights over all places, so a stroke counts "
            "wherever it is.",
        ),
    )


def steps(template: str, epochs: int, relu_lr: str) -> tuple[str, ...]:
    """Return what to do, as both workbooks say it."""
    return (
        "Type another image number: the net says which digit it takes it for. Untrained, it guesses.",
        f"Press ▶▶▶ N epochs (Ctrl+click in Calc), or: gradsheet train {template}.xlsx --epochs {epochs}",
        "First layer: what each unit looks for. Results: the confusion matrix, and what it gets wrong.",
        f"In Training set activation_1 and activation_2 to relu, lr to {relu_lr}, press Reset, train again.",
    )


DRAW = "Draw your own digit: type pixels; ten bars answer, to nonsense too. Move it by a column."
NOTICE = (
    "The answer is the brightest of ten outputs: how sure it is shows in the others.",
    "Error rate beside accuracy: from 90 to 92 % sounds like nothing, 10 to 8 % wrong is a fifth fewer.",
    "ReLU learns faster than the sigmoid, whose slope is at most 1/4, and nearly 0 where it is sure.",
    "The masks are no strokes or loops: the net finds what works, not what we would look for.",
)

LARGE = DigitsLesson(
    template="digits",
    title="Which digit is it? 784 pixels, two layers of 16, ten answers",
    lead="5,000 handwritten digits of 28×28 pixels. Each pixel is an input; 16 units look at all of them, 16 at what "
    "those found, and ten outputs say how much it looks like each digit. 4,000 images train, 1,000 check.",
    side=28,
    count=5000,
    images=large_images,
    lr=3.0,
    epochs=30,
    row=11.25,
    text_width=16.5,
    cells_a_pixel=1,
    steps=steps("digits", 30, "1"),
    notice=NOTICE,
)
SMALL = DigitsLesson(
    template="digits_8x8",
    title="Which digit is it? 64 pixels, two layers of 16, ten answers",
    lead="1,797 handwritten digits of 8×8 pixels. Each pixel is an input; 16 units look at all of them, 16 at what "
    "those found, and ten outputs say how much it looks like each digit. 1,438 images train, 359 check.",
    side=8,
    count=1797,
    images=small_images,
    lr=3.0,
    epochs=100,
    row=13.0,
    text_width=18.5,
    cells_a_pixel=2,
    steps=(*steps("digits_8x8", 100, "1"), DRAW),
    notice=NOTICE,
    can_be_drawn=True,
)
