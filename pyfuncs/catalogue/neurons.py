"""The formulas of neurons that fire or do not."""

from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.scalars import Number
from pyfuncs.cells.block import shape_text
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import neurons
from pyfuncs.kernels.arrays import Matrix

TITLE = "Neurons with a threshold"

ROSENBLATT = "Rosenblatt, The perceptron: a probabilistic model (Psychological Review, 1958)"
INPUTS = Numbers(name="inputs", shape=("n", "in"), help="The inputs: one row a sample.")


def check_binary(block: Matrix, name: str) -> None:
    """Check that a block holds 0 and 1 only.

    Raises:
        CellError: #NUM!, naming it.
    """
    if not ((block == 0.0) | (block == 1.0)).all():
        raise CellError(ErrorCode.NUM, f"{name} must hold 0 and 1 only: an input is active or it is not.")


def mcculloch_pitts(excitatory: Matrix, inhibitory: Matrix | None, threshold: float) -> Matrix:
    """Return which rows fire, n×1."""
    check_binary(excitatory, "excitatory")
    if inhibitory is None:
        inhibitory = excitatory[:, :0].copy()
    check_binary(inhibitory, "inhibitory")
    return neurons.mcculloch_pitts(excitatory, inhibitory, threshold)


def perceptron_step(stacked: Matrix, inputs: Matrix, target: Matrix, lr: float) -> Matrix:
    """Return the weights over the bias after the rule, row after row."""
    check_binary(target, "target")
    if stacked.shape[0] != inputs.shape[1] + 1:
        raise CellError(
            ErrorCode.VALUE,
            f"stacked is {shape_text(stacked)}, but inputs is {shape_text(inputs)}: stacked must have "
            f"{inputs.shape[1] + 1} rows, a weight for each input and the bias below.",
        )
    return neurons.perceptron_step(stacked, inputs, target, lr)


FORMULAS = (
    Formula(
        name="NN_HEAVISIDE",
        summary="A hard threshold: 1 for positive numbers, 0 for negative ones.",
        arguments=(
            Numbers(name="inputs", shape=("n", "out"), help="The numbers to compare with 0."),
            Number(name="at_zero", optional=True, default=1.0, help="What exactly 0 becomes."),
        ),
        returns="n×out",
        run=neurons.heaviside,
        source="PyTorch: torch.heaviside",
        plain="IF({inputs}>0,1,IF({inputs}<0,0,{at_zero}))",
        examples=(
            Example([[[-2, 0, 0.1]]], [[0, 1, 1]]),
            Example([0, 0.5], [[0.5]]),
            Example([[["no"]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_MCCULLOCH_PITTS",
        summary="A neuron of 1943: fires if enough excitatory inputs are active and no inhibitory one is.",
        arguments=(
            Numbers(name="excitatory", shape=("n", "e"), help="Inputs that speak for firing, 0 or 1: a row a sample."),
            Numbers(
                name="inhibitory",
                shape=("n", "i"),
                optional=True,
                fill=None,
                help="Inputs of which a single active one forbids firing. Left out: none.",
            ),
            Number(name="threshold", help="How many excitatory inputs must be active."),
        ),
        returns="n×1 of 0 and 1",
        run=mcculloch_pitts,
        source="McCulloch and Pitts, A logical calculus of the ideas immanent in nervous activity (1943)",
        errors=((ErrorCode.NUM, "An input is neither 0 nor 1."),),
        array_plain=(
            "LET(veto,IF(ISOMITTED(inhibitory),0*{excitatory},IF(ROWS({inhibitory})=ROWS({excitatory}),{inhibitory},"
            "#VALUE!)),IF(AND({excitatory}*{excitatory}={excitatory},veto*veto=veto),"
            "BYROW({excitatory},LAMBDA(each,(SUM(each)>={threshold})*1))*BYROW(veto,LAMBDA(each,(SUM(each)=0)*1)),"
            "#NUM!))"
        ),
        examples=(
            Example([[[0, 0], [0, 1], [1, 0], [1, 1]], None, 2], [[0], [0], [0], [1]]),
            Example([[[1], [1]], [[0], [1]], 1], [[1], [0]]),
            Example([0.5, None, 1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_PERCEPTRON",
        summary="A neuron with real weights: 1 if the weighted sum plus the bias is 0 or more, else 0.",
        arguments=(
            INPUTS,
            Numbers(name="weight", shape=("in", "out"), help="One row an input, one column a neuron."),
            Numbers(
                name="bias", shape=(1, "out"), optional=True, help="Minus the threshold of each neuron. Left out: 0."
            ),
        ),
        returns="n×out of 0 and 1",
        run=neurons.perceptron,
        source=ROSENBLATT,
        array_plain="(MMULT({inputs},{weight})+{bias}>=0)*1",
        examples=(
            Example([[[0.49], [0.51]], 1, -0.5], [[0], [1]]),
            Example([[[0, 1], [1, 1]], [[1], [1]], -2], [[0], [1]]),
            Example([[[0, 1]], 1], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_PERCEPTRON_STEP",
        summary="The perceptron's learning rule: where the answer is wrong, move the weights by the inputs.",
        arguments=(
            Numbers(name="stacked", shape=("s", "out"), help="One block: a row of weights an input, the bias below."),
            INPUTS,
            Numbers(name="target", shape=("n", "out"), help="What each neuron should answer, 0 or 1."),
            Number(name="lr", optional=True, default=1.0, minimum=0, help="How far the weights move."),
        ),
        returns="the new weights over the new bias, (in+1)×out",
        run=perceptron_step,
        source=ROSENBLATT,
        errors=((ErrorCode.NUM, "The target is neither 0 nor 1, or lr is negative."),),
        array_plain=(
            "IF(ROWS({stacked})<>COLUMNS({inputs})+1,#VALUE!,IF(AND({target}*{target}={target}),LET(biases_first,"
            "REDUCE(VSTACK(TAKE({stacked},-1),DROP({stacked},-1)),SEQUENCE(ROWS({inputs})),LAMBDA(weights,place,"
            "LET(sample,HSTACK(1,INDEX({inputs},place,0)),answer,(MMULT(sample,weights)>=0)*1,"
            "weights+TRANSPOSE(sample)*({lr}*(INDEX({target},place,0)-answer))))),"
            "VSTACK(DROP(biases_first,1),TAKE(biases_first,1))),#NUM!))"
        ),
        examples=(
            Example([[[0], [0], [0]], [[2, 3]], 0], [[-2], [-3], [-1]]),
            Example([[[1], [0]], [[1], [-1]], [[1], [0]], 0.5], [[1], [0]]),
            Example([[[0], [0]], [[2, 3]], 0], ErrorCode.VALUE),
        ),
    ),
)
