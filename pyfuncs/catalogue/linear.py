"""The linear layer's formulas."""

from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels import linear

TITLE = "Linear layer"
CHAIN_RULE = "Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5"

INPUTS = Numbers(name="inputs", shape=("n", "in"), help="The layer's inputs: one row a sample, one column a feature.")
WEIGHT = Numbers(name="weight", shape=("in", "out"), help="The layer's weights: one row an input, one column a unit.")
BIAS = Numbers(
    name="bias", shape=(1, "out"), optional=True, help="One number a unit, added to every row. Left out: nothing added."
)
GRAD_OUTPUT = Numbers(
    name="grad_output", shape=("n", "out"), help="The gradient of the loss with respect to the layer's output."
)

FORMULAS = (
    Formula(
        name="NN_MATMUL",
        summary="Multiplies two matrices, as MMULT does.",
        arguments=(
            Numbers(name="a", shape=("n", "k"), help="The left matrix."),
            Numbers(name="b", shape=("k", "m"), help="The right matrix: as many rows as the left one has columns."),
        ),
        returns="n×m",
        run=linear.matmul,
        source="PyTorch: torch.matmul",
        array_plain="MMULT({a},{b})",
        examples=(
            Example([[[1, 2], [3, 4]], [[10], [1]]], [[12], [34]]),
            Example([[[1, 2, 3]], [[1, 0], [0, 1], [2, 2]]], [[7, 8]]),
            Example([[[1, 2]], [[1, 2]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_LINEAR",
        summary="A linear layer: every row of inputs times the weights, plus the bias.",
        arguments=(INPUTS, WEIGHT, BIAS),
        returns="n×out",
        run=linear.linear,
        source="PyTorch: torch.nn.functional.linear, with the weight as in×out",
        array_plain="MMULT({inputs},{weight})+{bias}",
        examples=(
            Example([[[1, 2], [3, 4]], [[10], [1]]], [[12], [34]]),
            Example([[[1, 2], [3, 4]], [[10], [1]], 0.5], [[12.5], [34.5]]),
            Example([[[1, 2]], [[10], [1]], [[1, 2]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_LINEAR_GRAD_INPUT",
        summary="How the loss changes with each input of a linear layer: grad_output times the weights transposed.",
        arguments=(GRAD_OUTPUT, WEIGHT),
        returns="n×in",
        run=linear.linear_grad_input,
        source=CHAIN_RULE,
        array_plain="MMULT({grad_output},TRANSPOSE({weight}))",
        examples=(
            Example([[[1], [2]], [[10], [3]]], [[10, 3], [20, 6]]),
            Example([[[1, 1]], [[1, 2], [3, 4]]], [[3, 7]]),
            Example([[[1, 2, 3]], [[10], [3]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_LINEAR_GRAD_WEIGHT",
        summary="How the loss changes with each weight of a linear layer: the inputs transposed times grad_output.",
        arguments=(INPUTS, GRAD_OUTPUT),
        returns="in×out",
        run=linear.linear_grad_weight,
        source=CHAIN_RULE,
        array_plain="MMULT(TRANSPOSE({inputs}),{grad_output})",
        examples=(
            Example([[[1, 2], [3, 4]], [[1], [10]]], [[31], [42]]),
            Example([[[5]], [[2, 3]]], [[10, 15]]),
            Example([[[1, 2], [3, 4]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_LINEAR_GRAD_BIAS",
        summary="How the loss changes with each bias of a linear layer: the sum of each column of grad_output.",
        arguments=(GRAD_OUTPUT,),
        returns="1×out",
        run=linear.linear_grad_bias,
        source=CHAIN_RULE,
        array_plain="MMULT(SEQUENCE(1,ROWS({grad_output}),1,0),{grad_output})",
        examples=(
            Example([[[1, 2], [3, 4]]], [[4, 6]]),
            Example([7], [[7]]),
            Example([[[1, "two"]]], ErrorCode.VALUE),
        ),
    ),
)
