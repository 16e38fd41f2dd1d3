"""The activation functions' formulas."""

from pyfuncs.catalogue.arguments import Block
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.scalars import Number
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels import activations

TITLE = "Activation functions"

INPUTS = Block(name="inputs", shape=("n", "out"), help="The numbers before the activation, one row a case.")
GRAD_OUTPUT = Block(
    name="grad_output", shape=("n", "out"), help="The gradient of the loss with respect to the activation's result."
)
NEGATIVE_SLOPE = Number(
    name="negative_slope",
    optional=True,
    default=activations.NEGATIVE_SLOPE,
    help="What negative numbers are multiplied by.",
)
LOGITS = Block(name="inputs", shape=("n", "out"), help="One row a case, one column a class.")

FORMULAS = (
    Formula(
        name="NN_RELU",
        summary="Replaces negative numbers with zero and leaves the others as they are.",
        arguments=(INPUTS,),
        returns="n×out",
        run=activations.relu,
        source="Nair and Hinton, Rectified linear units improve restricted Boltzmann machines (ICML 2010)",
        examples=(
            Example([[[-2, 0, 3.5]]], [[0, 0, 3.5]]),
            Example([-1], [[0]]),
            Example([[["three"]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_RELU_GRAD",
        summary="Lets the gradient through where the input is positive, and stops it (0) elsewhere, at 0 too.",
        arguments=(INPUTS, GRAD_OUTPUT),
        returns="n×out",
        run=activations.relu_grad,
        source="PyTorch: the gradient of torch.relu",
        examples=(
            Example([[[-2, 0, 3.5]], [[10, 20, 30]]], [[0, 0, 30]]),
            Example([5, -1], [[-1]]),
            Example([[[1, 2]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_LEAKY_RELU",
        summary="Multiplies negative numbers by a small slope and leaves the others as they are.",
        arguments=(INPUTS, NEGATIVE_SLOPE),
        returns="n×out",
        run=activations.leaky_relu,
        source="Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models (ICML 2013)",
        examples=(
            Example([[[-2, 0, 3.5]]], [[-0.02, 0, 3.5]]),
            Example([-2, 0.5], [[-1]]),
            Example([[[None]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_LEAKY_RELU_GRAD",
        summary="Lets the gradient through where the input is positive, and times the slope elsewhere, at 0 too.",
        arguments=(INPUTS, GRAD_OUTPUT, NEGATIVE_SLOPE),
        returns="n×out",
        run=activations.leaky_relu_grad,
        source="PyTorch: the gradient of torch.nn.functional.leaky_relu",
        examples=(
            Example([[[-2, 3.5]], [[10, 20]]], [[0.1, 20]]),
            Example([-1, 4, 0.25], [[1]]),
            Example([[[1], [2]], [[1, 2]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_SIGMOID",
        summary="Squeezes any number into the range 0 to 1: 1/(1+e^-x). 0 becomes a half.",
        arguments=(INPUTS,),
        returns="n×out",
        run=activations.sigmoid,
        source="Goodfellow, Bengio and Courville, Deep Learning (2016), section 3.10",
        examples=(
            Example([0], [[0.5]]),
            Example([[[-1000, 1.0986122886681098]]], [[0, 0.75]]),
            Example([ErrorCode.DIV0], ErrorCode.DIV0),
        ),
    ),
    Formula(
        name="NN_SIGMOID_GRAD",
        summary="The gradient through a sigmoid s: grad_output times s times (1-s). At 0 it is a quarter.",
        arguments=(INPUTS, GRAD_OUTPUT),
        returns="n×out",
        run=activations.sigmoid_grad,
        source="PyTorch: the gradient of torch.sigmoid",
        examples=(
            Example([0, 1], [[0.25]]),
            Example([[[1.0986122886681098, 1000]], [[16, 1]]], [[3, 0]]),
            Example([[[0]], [[1], [2]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_TANH",
        summary="Squeezes any number into the range -1 to 1: the hyperbolic tangent.",
        arguments=(INPUTS,),
        returns="n×out",
        run=activations.tanh,
        source="Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.3.2",
        examples=(
            Example([0], [[0]]),
            Example([[[0.5493061443340549, -1000]]], [[0.5, -1]]),
            Example([[["", 1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_TANH_GRAD",
        summary="The gradient through a hyperbolic tangent t: grad_output times (1 - t squared). At 0 it is 1.",
        arguments=(INPUTS, GRAD_OUTPUT),
        returns="n×out",
        run=activations.tanh_grad,
        source="PyTorch: the gradient of torch.tanh",
        examples=(
            Example([0, 3], [[3]]),
            Example([0.5493061443340549, 4], [[3]]),
            Example([[[0, 1]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_SOFTMAX",
        summary="Turns each row into shares between 0 and 1 that add up to 1; larger numbers get larger shares.",
        arguments=(LOGITS,),
        returns="n×out",
        run=activations.softmax,
        source="Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3",
        examples=(
            Example([[[0, 1.0986122886681098]]], [[0.25, 0.75]]),
            Example([[[5, 5], [1000, 0]]], [[0.5, 0.5], [1, 0]]),
            Example([[["a", "b"]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_SOFTMAX_GRAD",
        summary="The gradient through a softmax s of each row: s times (grad_output - the sum of s times grad_output).",
        arguments=(LOGITS, GRAD_OUTPUT),
        returns="n×out",
        run=activations.softmax_grad,
        source="PyTorch: the gradient of torch.softmax",
        examples=(
            Example([[[0, 1.0986122886681098]], [[16, 0]]], [[3, -3]]),
            Example([[[7, 7]], [[1, 1]]], [[0, 0]]),
            Example([[[1, 2]], [[1, 2, 3]]], ErrorCode.VALUE),
        ),
    ),
)
