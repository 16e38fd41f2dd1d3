"""Formulas that prepare data and judge predictions."""

from dataclasses import dataclass

import numpy as np

from pyfuncs.catalogue.arguments import Argument, Block, Choice, Dimensions, Number
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.targets import class_probabilities
from pyfuncs.cells.block import CellBlock, to_number, to_rows
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import metrics, steps
from pyfuncs.kernels.arrays import Matrix, Order
from pyfuncs.kernels.initialize import METHODS, initialize
from pyfuncs.kernels.split import TRAIN, VALID, split_rows

TITLE = "Data and metrics"


@dataclass(frozen=True, kw_only=True)
class Split(Argument):
    """A column of the words train and valid."""

    is_block = True

    def read(self, given: CellBlock, dimensions: Dimensions) -> list[bool]:
        """Return which rows train."""
        trains = []
        for i, row in enumerate(to_rows(given, self.name)):
            word = row[0]
            if isinstance(word, ErrorCode):
                to_number(word, self.name)
            if len(row) > 1 or word not in (TRAIN, VALID):
                raise CellError(
                    ErrorCode.VALUE, f'{self.name}, row {i + 1}, must be one cell with "{TRAIN}" or "{VALID}".'
                )
            trains.append(word == TRAIN)
        return trains

    @property
    def shape_text(self) -> str:
        """Return the shape."""
        return f'n×1 of "{TRAIN}" and "{VALID}"'


SEED = Number(name="seed", optional=True, default=0, whole=True, help="Any whole number; another one deals otherwise.")
THRESHOLD = Number(
    name="threshold", optional=True, default=0.5, help="With one column: above it a prediction counts as a yes."
)
INPUTS = Block(name="inputs", shape=("n", "out"), help="The predictions, one row a case.")
TARGET = Block(
    name="target", shape=("n", "k"), help="The truth: 0 or 1 in one column, a class number from 0, or a column a class."
)


def split(count: int, valid_fraction: float, seed: int) -> list[list[str]]:
    """Return a word a row: the fraction, rounded down, of all rows is valid, the rest trains."""
    trains = split_rows(count, valid_fraction, seed)
    return [[TRAIN if train else VALID] for train in trains]


def batch(split: list[bool], batch_size: int, epoch: int, batch: int, seed: int, shuffle: int) -> Matrix:
    """Return an n×1 mask of one batch's rows."""
    rows: Order = np.flatnonzero(split)
    if rows.size == 0:
        raise CellError(ErrorCode.NUM, "split has no train row: at least one is needed.")
    batch_size = min(batch_size, rows.size)
    batches = steps.steps_per_epoch(rows.size, batch_size)
    if batch >= batches:
        raise CellError(ErrorCode.NUM, f"batch is {batch}, but an epoch has {batches} batches, counted from 0.")
    return steps.batch_mask(rows, len(split), batch_size, bool(shuffle), seed, epoch, batch)


def accuracy(inputs: Matrix, target: Matrix, threshold: float) -> Matrix:
    """Return the share of rows that are right."""
    return metrics.accuracy(inputs, class_probabilities(target, inputs.shape[1]), threshold)


def error_rate(inputs: Matrix, target: Matrix, threshold: float) -> Matrix:
    """Return the share of rows that are wrong."""
    return metrics.error_rate(inputs, class_probabilities(target, inputs.shape[1]), threshold)


FORMULAS = (
    Formula(
        name="NN_SPLIT",
        summary='Deals rows into "train" and "valid" at random, the same way for the same seed.',
        arguments=(
            Number(name="count", minimum=1, maximum=2**20, whole=True, help="How many rows there are."),
            Number(
                name="valid_fraction",
                minimum=0,
                below=1,
                help="The share of rows kept aside to check the model, rounded down. 0: none.",
            ),
            SEED,
        ),
        returns="count×1 of words",
        run=split,
        source="Steele, Lea and Flood, Fast splittable pseudorandom number generators (OOPSLA 2014), for the shuffling",
        examples=(
            Example([2, 0], [["train"], ["train"]]),
            Example([4, 0.25], [["train"], ["valid"], ["train"], ["train"]]),
            Example([4, 1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_BATCH",
        summary="Marks the rows of one batch with 1, the others with 0. Shuffling depends on seed and epoch alone.",
        arguments=(
            Split(name="split", help='A column with "train" or "valid" for each row.'),
            Number(
                name="batch_size", minimum=1, whole=True, help="How many rows a batch has; the last may have fewer."
            ),
            Number(name="epoch", minimum=0, whole=True, help="Which epoch, from 0: the number of epochs done."),
            Number(name="batch", minimum=0, whole=True, help="Which batch, from 0: the steps done in this epoch."),
            SEED,
            Number(
                name="shuffle",
                optional=True,
                default=1,
                minimum=0,
                maximum=1,
                whole=True,
                help="TRUE deals the rows anew in every epoch, FALSE takes them from top to bottom.",
            ),
        ),
        returns="n×1 of 0 and 1",
        run=batch,
        source="Steele, Lea and Flood, Fast splittable pseudorandom number generators (OOPSLA 2014), for the shuffling",
        errors=((ErrorCode.NUM, "The epoch has no such batch, or no row trains."),),
        examples=(
            Example([[["train"], ["valid"], ["train"]], 2, 0, 0], [[1], [0], [1]]),
            Example([[["train"], ["train"], ["train"]], 1, 0, 1, 0, False], [[0], [1], [0]]),
            Example([[["train"], ["train"]], 2, 0, 1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_INIT",
        summary="Random first weights for a layer, the same for the same seed.",
        arguments=(
            Number(name="rows", minimum=1, maximum=2**20, whole=True, help="How many inputs the layer has."),
            Number(name="columns", minimum=1, maximum=2**14, whole=True, help="How many units the layer has."),
            Number(name="seed", whole=True, help="Any whole number; another one gives other weights."),
            Choice(
                name="method",
                options=METHODS,
                optional=True,
                default="uniform",
                help="uniform: within 1/√rows, as PyTorch; xavier: for sigmoid and tanh; kaiming: for ReLU; zeros.",
            ),
            Number(
                name="layer", optional=True, default=1, minimum=1, whole=True, help="Layers with one seed still differ."
            ),
        ),
        returns="rows×columns",
        run=initialize,
        source="Glorot and Bengio (AISTATS 2010) for xavier, He et al. (ICCV 2015) for kaiming",
        examples=(
            Example([1, 2, 7, "zeros"], [[0, 0]]),
            Example([2, 1, 42], [[-0.15984251143836917], [0.595832533665635]]),
            Example([0, 1, 42], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_ACCURACY",
        summary="The share of predictions that are right, from 0 to 1.",
        arguments=(INPUTS, TARGET, THRESHOLD),
        returns="1×1",
        run=accuracy,
        source="scikit-learn: sklearn.metrics.accuracy_score",
        examples=(
            Example([[[0.9], [0.2], [0.4], [0.6]], [[1], [0], [1], [1]]], [[0.75]]),
            Example([[[1, 5], [3, 2]], [[1], [1]]], [[0.5]]),
            Example([[[0.9], [0.2]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_ERROR_RATE",
        summary="The share of predictions that are wrong: 1 - accuracy.",
        arguments=(INPUTS, TARGET, THRESHOLD),
        returns="1×1",
        run=error_rate,
        source="scikit-learn: sklearn.metrics.zero_one_loss",
        examples=(
            Example([[[0.9], [0.2], [0.4], [0.6]], [[1], [0], [1], [1]]], [[0.25]]),
            Example([[[0.9], [0.2]], [[1], [0]], 0.95], [[0.5]]),
            Example([[[0.9, 0.1]], [[2]]], ErrorCode.NUM),
        ),
    ),
)
