"""The formulas of whole training runs: the weights they end with, the loss on the way, the rate to choose."""

from pyfuncs.catalogue.arguments import Argument, Flags
from pyfuncs.catalogue.data import SHUFFLE
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.models import (
    ACTIVATIONS_OF_LAYERS,
    INPUTS,
    LOSS,
    MOST_LAYERS,
    ROWS,
    TAIL,
    TARGET,
    layer_arguments,
)
from pyfuncs.catalogue.optimizers import LR, WEIGHT_DECAY
from pyfuncs.catalogue.plain_networks import loss_curve_plain, train_plain
from pyfuncs.catalogue.scalars import Choice, Number
from pyfuncs.catalogue.training_runs import RangeTest, Setup, is_plain_descent, loss_curve, lr_find, train, with_setup
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels.optimizers import OPTIMIZERS

TITLE = "Training runs"

SEED = Number(name="seed", optional=True, default=0, whole=True, help="Which shuffling of the rows.")
BATCH_SIZE = Number(
    name="batch_size",
    optional=True,
    minimum=1,
    whole=True,
    help="How many rows one step looks at. Left out: all that count.",
)
OPTIMIZER_SETTINGS: tuple[Argument, ...] = (
    Number(
        name="momentum",
        optional=True,
        minimum=0,
        below=1,
        help="How much of the last step goes into this one. Left out: 0, or 0.9 if an optimizer is named.",
    ),
    SEED,
    Choice(
        name="optimizer",
        options=OPTIMIZERS,
        optional=True,
        help="How steps are taken. Left out: sgd, or momentum where momentum is above 0.",
    ),
    WEIGHT_DECAY,
    SHUFFLE,
)
TRAINS = Flags(name="trains", optional=True, help="TRUE or FALSE a layer: whether it trains. Left out: all do.")
NETWORK = (ACTIVATIONS_OF_LAYERS, ROWS, TRAINS)

TRAIN_SETTINGS = (
    INPUTS,
    TARGET,
    LOSS,
    LR,
    Number(
        name="momentum",
        optional=True,
        default=0.0,
        minimum=0,
        below=1,
        help="How much of the last step goes into this one.",
    ),
    Number(name="epochs", minimum=0, whole=True, help="How often the model sees every row."),
    Number(name="batch_size", minimum=1, whole=True, help="How many rows one step looks at."),
    SEED,
)
LOSS_CURVE_SETTINGS = (
    INPUTS,
    TARGET,
    LOSS,
    LR,
    Number(
        name="epochs",
        minimum=1,
        whole=True,
        help="How often the model sees every row: the curve has a row each.",
    ),
    BATCH_SIZE,
    *OPTIMIZER_SETTINGS,
    *NETWORK,
)
LR_FIND_SETTINGS = (
    INPUTS,
    TARGET,
    LOSS,
    Number(name="lr_first", optional=True, default=1e-6, above=0, help="The rate of the first step."),
    Number(name="lr_last", optional=True, default=10.0, above=0, help="The rate of the last step."),
    Number(
        name="steps",
        optional=True,
        default=100,
        minimum=2,
        whole=True,
        help="How many rates are tried, each by one step; each is the one before times the same factor.",
    ),
    BATCH_SIZE,
    *OPTIMIZER_SETTINGS,
    *NETWORK,
)


def names(arguments: tuple[Argument, ...]) -> list[str]:
    """Return the arguments' names."""
    return [argument.name for argument in arguments]


LINEAR = "identity"

FORMULAS = (
    Formula(
        name="NN_TRAIN",
        summary="The parameters after some epochs of SGD with momentum, in one column: weight_1 by rows, bias_1, …",
        arguments=(*TRAIN_SETTINGS, *TAIL),
        returns="one column",
        run=with_setup(Setup, train, names((*TRAIN_SETTINGS, ACTIVATIONS_OF_LAYERS, ROWS))),
        array_plain=train_plain(MOST_LAYERS),
        plain_covers=with_setup(Setup, is_plain_descent, names((*TRAIN_SETTINGS, ACTIVATIONS_OF_LAYERS, ROWS))),
        needs_python="momentum and batches of fewer rows, which take memory and random numbers and give #N/A",
        source="Robbins and Monro, A stochastic approximation method (Annals of Mathematical Statistics, 1951)",
        errors=((ErrorCode.NUM, "More than a billion multiplications: ask for fewer epochs."),),
        examples=(
            Example([[[1], [2]], [[1], [1]], "mse", 0.1, None, 1, 2, None, LINEAR, None, 1], [[0.8]]),
            Example([[[1]], [[3]], "mse", 0.5, None, 1, 1, None, LINEAR, None, 0, 0], [[3], [3]]),
            Example([[[1]], [[3]], "mse", -0.5, None, 1, 1, None, LINEAR, None, 0], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_LOSS_CURVE",
        summary="The mean loss after each epoch of a training run, in one column: the numbers that the buttons give.",
        arguments=(*LOSS_CURVE_SETTINGS, *layer_arguments()),
        returns="epochs×1; #NUM! from where training has diverged",
        run=with_setup(Setup, loss_curve, names(LOSS_CURVE_SETTINGS)),
        array_plain=loss_curve_plain(MOST_LAYERS),
        plain_covers=with_setup(Setup, is_plain_descent, names(LOSS_CURVE_SETTINGS)),
        needs_python=("other optimizers and batches of fewer rows, which take memory and random numbers and give #N/A"),
        source="Robbins and Monro, A stochastic approximation method (Annals of Mathematical Statistics, 1951)",
        errors=((ErrorCode.NUM, "More than a billion multiplications: ask for fewer epochs."),),
        examples=(
            Example(
                [[[1], [2]], [[1], [1]], "mse", 0.1, 2, *[None] * 6, LINEAR, None, None, 1],
                [[0.2], [0.125]],
            ),
            Example(
                [[[1]], [[3]], "mse", 0.25, 3, 1, 0.5, *[None] * 4, LINEAR, None, None, 1],
                [[1], [0], [0.25]],
            ),
            Example(
                [[[1], [2]], [[1], [1]], "mse", 0.1, 10**6, *[None] * 6, LINEAR, None, None, 1],
                ErrorCode.NUM,
            ),
        ),
    ),
    Formula(
        name="NN_LR_FIND",
        summary="Learning rate | loss: a step with each of many rates that grow by a factor. First row: the suggested.",
        arguments=(*LR_FIND_SETTINGS, *layer_arguments()),
        returns=(
            "(1+steps)×2: a tenth of the rate with the least loss, and the loss there; below, each rate and the loss "
            "after its step, #N/A once it is over four times the least"
        ),
        run=with_setup(RangeTest, lr_find, names(LR_FIND_SETTINGS)),
        needs_python="the memory of every optimizer would not fit into the 8,192 characters of a formula",
        source=(
            "Smith, Cyclical learning rates for training neural networks (WACV 2017); fast.ai: Learner.lr_find with "
            "the suggestion minimum"
        ),
        errors=(
            (ErrorCode.NUM, "lr_last is not above lr_first, or the steps take more than a billion multiplications."),
            (ErrorCode.NA, "No loss, after the divergence; in the first row: no rate can be suggested."),
        ),
        examples=(
            Example(
                [[[1]], [[3]], "mse", 0.0025, 0.25, 3, *[None] * 6, LINEAR, None, None, 1],
                [[0.025, 3.57399025], [0.0025, 3.9601], [0.025, 3.57399025], [0.25, 0.8934975625]],
            ),
            Example(
                [[[1]], [[3]], "mse", 1.5, 150, 3, *[None] * 6, LINEAR, None, None, 1],
                [[ErrorCode.NA, ErrorCode.NA], [1.5, 16], [15, 13456], [150, ErrorCode.NA]],
            ),
            Example([[[1]], [[3]], "mse", 0.1, 0.1, 3, *[None] * 6, LINEAR, None, None, 1], ErrorCode.NUM),
        ),
    ),
)
