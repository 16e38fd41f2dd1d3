"""The optimizers' formulas: one step, as a pure function of the parameters and their gradient."""

from pyfuncs.catalogue.arguments import Block
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.scalars import Number
from pyfuncs.cells.block import shape_text
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import optimizers
from pyfuncs.kernels.arrays import Matrix

TITLE = "Optimizer steps"

PARAMS = Block(name="params", shape=("r", "c"), help="The weights or biases before the step.")
GRADS = Block(name="grads", shape=("r", "c"), help="Their gradient, of the same shape.")
LR = Number(name="lr", minimum=0, help="The learning rate: how far a step goes along the gradient.")
WEIGHT_DECAY = Number(
    name="weight_decay",
    optional=True,
    default=0.0,
    minimum=0,
    help="Pulls every parameter towards 0: this much of it is added to its gradient.",
)
NEGATIVE = ((ErrorCode.NUM, "lr, or another setting, lies outside its range."),)


def stacked(state: str) -> Block:
    """Return the argument that holds the parameters over the optimizer's state."""
    return Block(
        name="stacked", shape=("s", "c"), help=f"One block: the parameters, and under them {state}, 0 at first."
    )


def check_stack(block: Matrix, grads: Matrix, slots: int) -> None:
    """Check that a stacked block holds the parameters and `slots` blocks of state of the shape of grads.

    Raises:
        CellError: #VALUE!, with both shapes.

    """
    rows = grads.shape[0] * (1 + slots)
    if block.shape[0] != rows:
        raise CellError(
            ErrorCode.VALUE,
            f"stacked is {shape_text(block)}, but grads is {shape_text(grads)}: stacked must have {rows} rows.",
        )


def momentum_step(stacked: Matrix, grads: Matrix, lr: float, momentum: float, weight_decay: float) -> Matrix:
    """Return the next parameters over their velocity."""
    check_stack(stacked, grads, 1)
    return optimizers.momentum_step(stacked, grads, lr, momentum, weight_decay)


FORMULAS = (
    Formula(
        name="NN_SGD_STEP",
        summary="One step of gradient descent: new weights = weights - learning rate × gradient.",
        arguments=(PARAMS, GRADS, LR, WEIGHT_DECAY),
        returns="r×c",
        run=optimizers.sgd_step,
        source="PyTorch: torch.optim.SGD",
        errors=NEGATIVE,
        examples=(
            Example([[[1], [2]], [[10], [-10]], 0.1], [[0], [3]]),
            Example([[[1, 2]], [[0, 0]], 0.5, 0.1], [[0.95, 1.9]]),
            Example([1, 1, -0.1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_MOMENTUM_STEP",
        summary="One step that rolls on: velocity = momentum × velocity + gradient; weights - lr × velocity.",
        arguments=(
            stacked("their velocity"),
            GRADS,
            LR,
            Number(
                name="momentum",
                optional=True,
                default=0.9,
                minimum=0,
                below=1,
                help="How much of the last step's velocity goes into this one.",
            ),
            WEIGHT_DECAY,
        ),
        returns="the new parameters over the new velocity, s×c",
        run=momentum_step,
        source="PyTorch: torch.optim.SGD with momentum; Sutskever et al., The importance of momentum (ICML 2013)",
        errors=NEGATIVE,
        examples=(
            Example([[[1], [4]], 2, 0.5, 0.5], [[-1], [4]]),
            Example([[[1, 1], [0, 0]], [[1, 2]], 0.5], [[0.5, 0], [1, 2]]),
            Example([[[1], [4], [0]], 2, 0.5], ErrorCode.VALUE),
        ),
    ),
)
