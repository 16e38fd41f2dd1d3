"""The activation functions' formulas."""

from functools import partial

from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.scalars import Number
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels import activations

TITLE = "Activation functions"

INPUTS = Numbers(name="inputs", shape=("n", "out"), help="The pre-activations: the numbers before the activation.")
GRAD_OUTPUT = Numbers(
    name="grad_output", shape=("n", "out"), help="The gradient of the loss with respect to the activation's result."
)
NEGATIVE_SLOPE = Number(
    name="negative_slope",
    optional=True,
    default=activations.NEGATIVE_SLOPE,
    help="What negative numbers are multiplied by.",
)
LOGITS = Numbers(name="inputs", shape=("n", "out"), help="One row a sample, one column a class.")

SIGMOID = "IF({inputs}<0,EXP({inputs})/(1+EXP({inputs})),1/(1+EXP(-{inputs})))"
SIGMOID_SLOPE = "EXP(-ABS({inputs}))/(1+EXP(-ABS({inputs})))^2"

FORMULAS = (
    Formula(
        name="NN_RELU",
        summary="Replaces negative numbers with zero and leaves the others as they are.",
        arguments=(INPUTS,),
        returns="n×out",
        run=partial(activations.elementwise, activations.RELU),
        source="Nair and Hinton, Rectified linear units improve restricted Boltzmann machines (ICML 2010)",
        plain="IF({inputs}<0,0,{inputs})",
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
        run=partial(activations.elementwise_grad, activations.RELU),
        source="PyTorch: the gradient of torch.relu",
        plain="{grad_output}*IF({inputs}>0,1,0)",
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
        plain="IF({inputs}<0,{negative_slope}*{inputs},{inputs})",
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
        plain="{grad_output}*IF({inputs}>0,1,{negative_slope})",
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
        run=partial(activations.elementwise, activations.SIGMOID),
        source="Goodfellow, Bengio and Courville, Deep Learning (2016), section 3.10",
        plain=SIGMOID,
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
        run=partial(activations.elementwise_grad, activations.SIGMOID),
        source="PyTorch: the gradient of torch.sigmoid",
        plain="{grad_output}*" + SIGMOID_SLOPE,
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
        run=partial(activations.elementwise, activations.TANH),
        source="Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.3.2",
        plain="TANH({inputs})",
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
        run=partial(activations.elementwise_grad, activations.TANH),
        source="PyTorch: the gradient of torch.tanh",
        plain="{grad_output}*(1-TANH({inputs})^2)",
        examples=(
            Example([0, 3], [[3]]),
            Example([0.5493061443340549, 4], [[3]]),
            Example([[[0, 1]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_GELU",
        summary="x times the share of the normal distribution below x: a ReLU with a round corner.",
        arguments=(INPUTS,),
        returns="n×out",
        run=partial(activations.elementwise, activations.GELU),
        source="Hendrycks and Gimpel, Gaussian error linear units (2016), arXiv:1606.08415",
        plain="{inputs}*NORMSDIST({inputs})",
        examples=(
            Example([[[0, 1]]], [[0, 0.8413447460685429]]),
            Example([-1], [[-0.15865525393145707]]),
            Example([[["one"]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_GELU_GRAD",
        summary="The gradient through a GELU: grad_output times (the share below x + x times the density at x).",
        arguments=(INPUTS, GRAD_OUTPUT),
        returns="n×out",
        run=partial(activations.elementwise_grad, activations.GELU),
        source="PyTorch: the gradient of torch.nn.functional.gelu",
        plain="{grad_output}*(NORMSDIST({inputs})+{inputs}*EXP(-({inputs}^2)/2)/SQRT(2*PI()))",
        examples=(
            Example([0, 3], [[1.5]]),
            Example([[[1, -1]], [[1, 1]]], [[1.0833154705876862, -0.08331547058768613]]),
            Example([[[1, 2]], [[1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_SILU",
        summary="x times the sigmoid of x, also called swish: a ReLU with a round corner.",
        arguments=(INPUTS,),
        returns="n×out",
        run=partial(activations.elementwise, activations.SILU),
        source="Elfwing, Uchibe and Doya, Sigmoid-weighted linear units (Neural Networks, 2018)",
        plain="{inputs}*" + SIGMOID,
        examples=(
            Example([[[0, 1.0986122886681098]]], [[0, 0.8239592165010823]]),
            Example([-1], [[-0.2689414213699951]]),
            Example([[[None]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_SILU_GRAD",
        summary="The gradient through a SiLU: grad_output times (s + x times s times (1-s)), s the sigmoid of x.",
        arguments=(INPUTS, GRAD_OUTPUT),
        returns="n×out",
        run=partial(activations.elementwise_grad, activations.SILU),
        source="PyTorch: the gradient of torch.nn.functional.silu",
        plain=f"{{grad_output}}*({SIGMOID}+{{inputs}}*{SIGMOID_SLOPE})",
        examples=(
            Example([0, 3], [[1.5]]),
            Example([1.0986122886681098, 16], [[15.295836866004329]]),
            Example([[[1], [2]], [[1, 2]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_SOFTMAX",
        summary="Turns each row into shares between 0 and 1 that add up to 1; larger numbers get larger shares.",
        arguments=(LOGITS,),
        returns="n×out",
        run=activations.softmax,
        source="Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3",
        array_plain=(
            "LET(power,EXP({inputs}-BYROW({inputs},LAMBDA(each,MAX(each)))),power/BYROW(power,LAMBDA(each,SUM(each))))"
        ),
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
        array_plain=(
            "LET(share,NN_SOFTMAX({inputs}),share*({grad_output}-BYROW(share*{grad_output},LAMBDA(each,SUM(each)))))"
        ),
        examples=(
            Example([[[0, 1.0986122886681098]], [[16, 0]]], [[3, -3]]),
            Example([[[7, 7]], [[1, 1]]], [[0, 0]]),
            Example([[[1, 2]], [[1, 2, 3]]], ErrorCode.VALUE),
        ),
    ),
)
