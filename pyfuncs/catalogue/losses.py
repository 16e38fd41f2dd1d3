"""The losses' formulas."""

from collections.abc import Callable

from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.plain import each_cell
from pyfuncs.catalogue.scalars import Choice
from pyfuncs.catalogue.targets import PLAIN_CLASS_PROBABILITIES, check_probabilities, class_probabilities
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels import losses
from pyfuncs.kernels.arrays import Matrix

TITLE = "Losses"

INPUTS = Numbers(name="inputs", shape=("n", "out"), help="The predictions, one row a sample.")
TARGET = Numbers(name="target", shape=("n", "out"), help="What the predictions should be, of the same shape.")
PROBABILITIES = Numbers(name="inputs", shape=("n", "out"), help="The predicted probabilities, each between 0 and 1.")
TRUTH = Numbers(name="target", shape=("n", "out"), help="The true probabilities, mostly 0 or 1, of the same shape.")
LOGITS = Numbers(name="inputs", shape=("n", "out"), help="One row a sample, one column a class, before any softmax.")
CLASSES = Numbers(
    name="target", shape=("n", "k"), help="The true class of each row, counted from 0; or one probability a class."
)
REDUCTION = Choice(
    name="reduction",
    options=losses.REDUCTIONS,
    optional=True,
    default="mean",
    help='"mean" over all rows, "sum", or "none": one number a row.',
)
RETURNS = '1×1, or n×1 for "none"'
OUTSIDE = ((ErrorCode.NUM, "A probability lies outside 0 to 1."),)
NO_CLASS = ((ErrorCode.NUM, "A class number is not a whole number from 0 to one less than the number of columns."),)


def on_probabilities(kernel: Callable[[Matrix, Matrix, int], Matrix]) -> Callable[[Matrix, Matrix, int], Matrix]:
    """Return the kernel behind a check that inputs and target are probabilities."""

    def checked(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
        check_probabilities(inputs, "inputs")
        check_probabilities(target, "target")
        return kernel(inputs, target, reduction)

    return checked


def on_classes(kernel: Callable[[Matrix, Matrix, int], Matrix]) -> Callable[[Matrix, Matrix, int], Matrix]:
    """Return the kernel with class numbers allowed as target."""

    def converted(inputs: Matrix, target: Matrix, reduction: int) -> Matrix:
        return kernel(inputs, class_probabilities(target, inputs.shape[1]), reduction)

    return converted


SUMS_OF_ROWS = "LAMBDA(each,SUM(each))"


def reduced(row_losses: str, width: str = "1") -> str:
    """Return the text of a loss from that of each row's, n×1; `width` is what "sum" counts of each row."""
    return (
        f'LET(losses,{row_losses},IF({{reduction}}="none",losses,IF({{reduction}}="mean",SUM(losses)/ROWS({{inputs}}),'
        f"SUM(losses)*{width})))"
    )


def reduced_cells(plain: str) -> str:
    """Return the text of a loss from that of each cell's: a row's is the mean of its cells'."""
    rows = f"BYROW({each_cell(plain, 'inputs', 'target')},{SUMS_OF_ROWS})/COLUMNS({{inputs}})"
    return reduced(rows, "COLUMNS({inputs})")


def reduced_cells_grad(plain: str) -> str:
    """Return the text of a loss's gradient from that of each cell's."""
    return (
        f'{each_cell(plain, "inputs", "target")}/IF({{reduction}}="mean",ROWS({{inputs}})*COLUMNS({{inputs}}),'
        'IF({reduction}="none",COLUMNS({inputs}),1))'
    )


def of_probabilities(text: str) -> str:
    """Return the text behind a check that inputs and target are probabilities."""
    return f"IF(OR(MIN({{inputs}},{{target}})<0,MAX({{inputs}},{{target}})>1),#NUM!,{text})"


def of_classes(text: str) -> str:
    """Return the text with `classes` for the target's probabilities and `shifted` for inputs less the row's largest."""
    return (
        f"LET(classes,{PLAIN_CLASS_PROBABILITIES},shifted,{{inputs}}-BYROW({{inputs}},LAMBDA(each,MAX(each))),{text})"
    )


SOFTMAX_LOSS = of_classes(
    reduced(
        f"BYROW(classes,{SUMS_OF_ROWS})*LN(BYROW(EXP(shifted),{SUMS_OF_ROWS}))-BYROW(classes*shifted,{SUMS_OF_ROWS})"
    )
)
SOFTMAX_LOSS_GRAD = of_classes(
    f"(BYROW(classes,{SUMS_OF_ROWS})*EXP(shifted)/BYROW(EXP(shifted),{SUMS_OF_ROWS})-classes)"
    '/IF({reduction}="mean",ROWS({inputs}),1)'
)
MSE, MSE_GRAD = "({inputs}-{target})^2", "2*({inputs}-{target})"
L1, L1_GRAD = "ABS({inputs}-{target})", "SIGN({inputs}-{target})"
BCE_GRAD = "({inputs}-{target})/IF({inputs}*(1-{inputs})<1E-12,1E-12,{inputs}*(1-{inputs}))"
BCE = "-{target}*IF({inputs}<=EXP(-100),-100,LN({inputs}))-(1-{target})*IF(1-{inputs}<=EXP(-100),-100,LN(1-{inputs}))"

FORMULAS = (
    Formula(
        name="NN_MSE_LOSS",
        summary="Mean squared error: the average of (prediction - target) squared, without a half in front.",
        arguments=(INPUTS, TARGET, REDUCTION),
        returns=RETURNS,
        run=losses.mse_loss,
        source="PyTorch: torch.nn.functional.mse_loss",
        plain=MSE,
        array_plain=reduced_cells(MSE),
        examples=(
            Example([[[1], [0.5]], [[0], [0]]], [[0.625]]),
            Example([[[1], [0.5]], [[0], [0]], "none"], [[1], [0.25]]),
            Example([[[1], [2]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_MSE_LOSS_GRAD",
        summary="How the mean squared error changes with each prediction: 2 (prediction - target) / n.",
        arguments=(INPUTS, TARGET, REDUCTION),
        returns="n×out",
        run=losses.mse_loss_grad,
        source="PyTorch: the gradient of torch.nn.functional.mse_loss",
        plain=MSE_GRAD,
        array_plain=reduced_cells_grad(MSE_GRAD),
        examples=(
            Example([[[1], [0.5]], [[0], [0]]], [[1], [0.5]]),
            Example([[[1], [0.5]], [[0], [1]], "sum"], [[2], [-1]]),
            Example([[[1]], [[1]], "median"], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_L1_LOSS",
        summary="Mean absolute error: the average distance between prediction and target.",
        arguments=(INPUTS, TARGET, REDUCTION),
        returns=RETURNS,
        run=losses.l1_loss,
        source="PyTorch: torch.nn.functional.l1_loss",
        plain=L1,
        array_plain=reduced_cells(L1),
        examples=(
            Example([[[1], [0.5]], [[0], [1]]], [[0.75]]),
            Example([[[1], [0.5]], [[0], [1]], "sum"], [[1.5]]),
            Example([[["x"]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_L1_LOSS_GRAD",
        summary="How the mean absolute error changes with each prediction: its sign over n, 0 where it is right.",
        arguments=(INPUTS, TARGET, REDUCTION),
        returns="n×out",
        run=losses.l1_loss_grad,
        source="PyTorch: the gradient of torch.nn.functional.l1_loss",
        plain=L1_GRAD,
        array_plain=reduced_cells_grad(L1_GRAD),
        examples=(
            Example([[[1], [0.5]], [[0], [1]]], [[0.5], [-0.5]]),
            Example([3, 3], [[0]]),
            Example([[[1, 2]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_BCE_LOSS",
        summary="Binary cross-entropy: small where what happened had a high probability. Logarithms stop at -100.",
        arguments=(PROBABILITIES, TRUTH, REDUCTION),
        returns=RETURNS,
        run=on_probabilities(losses.bce_loss),
        source="PyTorch: torch.nn.functional.binary_cross_entropy",
        errors=OUTSIDE,
        plain=BCE,
        array_plain=of_probabilities(reduced_cells(BCE)),
        examples=(
            Example([0.5, 1], [[0.6931471805599453]]),
            Example([[[0], [1]], [[1], [1]], "none"], [[100], [0]]),
            Example([1.5, 1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_BCE_LOSS_GRAD",
        summary="How binary cross-entropy changes with each probability p: (p - target) / (p (1 - p)) / n.",
        arguments=(PROBABILITIES, TRUTH, REDUCTION),
        returns="n×out",
        run=on_probabilities(losses.bce_loss_grad),
        source="PyTorch: the gradient of torch.nn.functional.binary_cross_entropy",
        errors=OUTSIDE,
        plain=BCE_GRAD,
        array_plain=of_probabilities(reduced_cells_grad(BCE_GRAD)),
        examples=(
            Example([0.5, 1], [[-2]]),
            Example([[[0.2], [0.5]], [[0], [0]]], [[0.625], [1]]),
            Example([-0.1, 0], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_CROSS_ENTROPY",
        summary="Cross-entropy of each row's softmax: small where the true class has by far the largest number.",
        arguments=(LOGITS, CLASSES, REDUCTION),
        returns=RETURNS,
        run=on_classes(losses.cross_entropy),
        source="PyTorch: torch.nn.functional.cross_entropy",
        errors=NO_CLASS,
        array_plain=SOFTMAX_LOSS,
        examples=(
            Example([[[0, 0]], [[1]]], [[0.6931471805599453]]),
            Example([[[1000, 0], [1000, 0]], [[0], [1]], "none"], [[0], [1000]]),
            Example([[[0, 0]], [[2]]], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_CROSS_ENTROPY_GRAD",
        summary="How cross-entropy changes with each number: (softmax - target) / n.",
        arguments=(LOGITS, CLASSES, REDUCTION),
        returns="n×out",
        run=on_classes(losses.cross_entropy_grad),
        source="PyTorch: the gradient of torch.nn.functional.cross_entropy",
        errors=NO_CLASS,
        array_plain=SOFTMAX_LOSS_GRAD,
        examples=(
            Example([[[0, 0]], [[1]]], [[0.5, -0.5]]),
            Example([[[3, 3]], [[0.5, 0.5]]], [[0, 0]]),
            Example([[[0, 0]], [[0.5]]], ErrorCode.NUM),
        ),
    ),
)
