"""Formulas that judge predictions."""

import numpy as np

from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.scalars import Number
from pyfuncs.catalogue.targets import PLAIN_CLASS_PROBABILITIES, class_probabilities
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels import metrics
from pyfuncs.kernels.arrays import Matrix

TITLE = "Metrics"

THRESHOLD = Number(
    name="threshold", optional=True, default=0.5, help="With one column: above it a prediction counts as a yes."
)
INPUTS = Numbers(name="inputs", shape=("n", "out"), help="The predictions, one row a sample.")
TARGET = Numbers(
    name="target", shape=("n", "k"), help="The truth: 0 or 1 in one column, a class number from 0, or a column a class."
)


LARGEST = "BYROW({block},LAMBDA(each,XMATCH(MAX(each),each)-1))"
SHARE_RIGHT = (
    f"LET(truth,{PLAIN_CLASS_PROBABILITIES},right,IF(COLUMNS({{inputs}})=1,1-ABS(({{inputs}}>{{threshold}})*1-(truth>0.5)*1),"
    f"({LARGEST.replace('block', 'inputs')}={LARGEST.replace('{block}', 'truth')})*1),SUM(right)/ROWS({{inputs}}))"
)
COUNTS = (
    f"LET(truth,{PLAIN_CLASS_PROBABILITIES},one,COLUMNS({{inputs}})=1,down,IF(one,(truth>0.5)*1,"
    f"{LARGEST.replace('{block}', 'truth')}),across,IF(one,({{inputs}}>{{threshold}})*1,"
    f"{LARGEST.replace('block', 'inputs')}),size,MAX(COLUMNS({{inputs}}),2),"
    "MAKEARRAY(size,size,LAMBDA(true_class,given_class,SUM((down=true_class-1)*(across=given_class-1)))))"
)


def accuracy(inputs: Matrix, target: Matrix, threshold: float) -> Matrix:
    """Return the share of rows that are right."""
    return metrics.accuracy(inputs, class_probabilities(target, inputs.shape[1]), threshold)


def error_rate(inputs: Matrix, target: Matrix, threshold: float) -> Matrix:
    """Return the share of rows that are wrong."""
    return metrics.error_rate(inputs, class_probabilities(target, inputs.shape[1]), threshold)


def argmax(inputs: Matrix) -> Matrix:
    """Return the number (from 0) of each row's largest column, n×1."""
    numbers: Matrix = np.argmax(inputs, axis=1).astype(np.float64).reshape(-1, 1)
    return numbers


def confusion_matrix(inputs: Matrix, target: Matrix, threshold: float) -> Matrix:
    """Return how many rows of each true class (down) were given each class (across)."""
    return metrics.confusion_matrix(inputs, class_probabilities(target, inputs.shape[1]), threshold)


FORMULAS = (
    Formula(
        name="NN_ARGMAX",
        summary="The number of each row's largest column, counted from 0: the class with the highest score.",
        arguments=(Numbers(name="inputs", shape=("n", "out"), help="One row a sample, one column a class."),),
        returns="n×1",
        run=argmax,
        source="PyTorch: torch.argmax",
        array_plain=LARGEST.replace("block", "inputs"),
        examples=(
            Example([[[0.1, 0.7, 0.2], [5, 1, 1]]], [[1], [0]]),
            Example([[[2, 2]]], [[0]]),
            Example([[[1, None]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_ACCURACY",
        summary="The share of predictions that are right, from 0 to 1.",
        arguments=(INPUTS, TARGET, THRESHOLD),
        returns="1×1",
        run=accuracy,
        source="scikit-learn: sklearn.metrics.accuracy_score",
        array_plain=SHARE_RIGHT,
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
        array_plain=f"1-{SHARE_RIGHT}",
        examples=(
            Example([[[0.9], [0.2], [0.4], [0.6]], [[1], [0], [1], [1]]], [[0.25]]),
            Example([[[0.9], [0.2]], [[1], [0]], 0.95], [[0.5]]),
            Example([[[0.9, 0.1]], [[2]]], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_CONFUSION_MATRIX",
        summary="Counts how often each true class (down) was taken for each class (across); right on the diagonal.",
        arguments=(INPUTS, TARGET, THRESHOLD),
        returns="classes×classes; 2×2 with one column",
        run=confusion_matrix,
        source="scikit-learn: sklearn.metrics.confusion_matrix",
        array_plain=COUNTS,
        examples=(
            Example([[[0.9], [0.2], [0.4], [0.6]], [[1], [0], [1], [1]]], [[1, 0], [1, 2]]),
            Example([[[1, 5], [3, 2]], [[1], [1]]], [[0, 0], [1, 1]]),
            Example([[[1, 5]], [[2]]], ErrorCode.NUM),
        ),
    ),
)
