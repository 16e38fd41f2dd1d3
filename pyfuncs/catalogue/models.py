"""The whole model in one formula: forward, loss and gradient, for up to six layers."""

from pyfuncs.catalogue import plain_networks
from pyfuncs.catalogue.arguments import Argument, Mask, Numbers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.networks import forward, grad, mean_loss, numeric_grad
from pyfuncs.catalogue.scalars import Choice, Choices
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.losses import LOSSES

TITLE = "Whole models"
MOST_LAYERS = 6

BACKPROPAGATION = "Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (Nature, 1986)"
NETWORK = "Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.4"

INPUTS = Numbers(name="inputs", shape=("n", "in"), help="The model's inputs: one row a sample, one column a feature.")
TARGET = Numbers(
    name="target", shape=("n", "k"), help="What the model should give: one column an output, or class numbers from 0."
)
LOSS = Choice(
    name="loss",
    options={word: loss.code for word, loss in LOSSES.items()},
    help="Which loss: bce takes probabilities, so it follows a sigmoid; cross_entropy has the softmax inside.",
)
ACTIVATIONS_OF_LAYERS = Choices(
    name="activations",
    options={word: activation.code for word, activation in ACTIVATIONS.items()},
    help='One word a layer: "relu, identity", or a range with a word a cell.',
)
ROWS = Mask(name="rows", optional=True, help="A column of 1 and 0: the rows that count, a batch say. Left out: all.")
PARAMETER = Choice(
    name="parameter",
    options={f"{kind}_{k}": (kind, k - 1) for k in range(1, MOST_LAYERS + 1) for kind in ("weight", "bias")},
    help='Whose gradient: "weight_1", "bias_1", "weight_2" and so on.',
)


def layer_arguments() -> tuple[Argument, ...]:
    """Return the arguments weight_1, bias_1, ... up to the last layer's."""
    arguments: list[Argument] = []
    for k in range(1, MOST_LAYERS + 1):
        below = "in" if k == 1 else f"h{k - 1}"
        arguments.append(
            Numbers(
                name=f"weight_{k}",
                shape=(below, f"h{k}"),
                optional=k > 1,
                fill=None,
                help=f"Layer {k}'s weights: one row an input of the layer, one column a unit.",
            )
        )
        arguments.append(
            Numbers(
                name=f"bias_{k}",
                shape=(1, f"h{k}"),
                optional=True,
                fill=None,
                help=f"Layer {k}'s biases: one row, one number a unit. Left out: none.",
            )
        )
    return tuple(arguments)


TAIL = (ACTIVATIONS_OF_LAYERS, ROWS, *layer_arguments())


XOR = [[0, 0], [0, 1], [1, 0], [1, 1]]
XOR_TARGET = [[0], [1], [1], [0]]
XOR_LAYERS = [[[1, 1], [1, 1]], [[0, -1]], [[1], [-2]]]

FORMULAS = (
    Formula(
        name="NN_FORWARD",
        summary="The model's predictions: every layer's linear part and activation, one after the other.",
        arguments=(INPUTS, *TAIL),
        returns="n×outputs; 0 in rows that do not count",
        run=forward,
        array_plain=plain_networks.forward_plain(MOST_LAYERS),
        source=NETWORK,
        examples=(
            Example([[[1, 2], [3, 4]], "identity", None, [[10], [1]]], [[12], [34]]),
            Example([XOR, "relu, identity", None, *XOR_LAYERS], XOR_TARGET),
            Example([[[1, 2]], "relu, relu", None, [[10], [1]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_LOSS",
        summary="The model's mean loss over the rows that count.",
        arguments=(INPUTS, TARGET, LOSS, *TAIL),
        returns="1×1",
        run=mean_loss,
        array_plain=plain_networks.loss_plain(MOST_LAYERS),
        source=NETWORK,
        examples=(
            Example([[[1], [2]], [[1], [1]], "mse", "identity", None, 1], [[0.5]]),
            Example([[[1], [2]], [[1], [1]], "mse", "identity", [[0], [1]], 1], [[1]]),
            Example([[[1], [2]], [[1], [1]], "mse", "identity", [[0], [0]], 1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_GRAD",
        summary="How the mean loss changes with each number of one block of weights, by back-propagation.",
        arguments=(PARAMETER, INPUTS, TARGET, LOSS, *TAIL),
        returns="the shape of the block",
        run=grad,
        array_plain=plain_networks.grad_plain(MOST_LAYERS),
        source=BACKPROPAGATION,
        examples=(
            Example(["weight_1", [[1], [2]], [[1], [1]], "mse", "identity", None, 1], [[2]]),
            Example(["bias_1", [[1], [2]], [[1], [1]], "mse", "identity", None, 1, 0], [[1]]),
            Example(["bias_1", [[1], [2]], [[1], [1]], "mse", "identity", None, 1], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_NUMERIC_GRAD",
        summary="The numerical gradient (finite differences): a weight a bit up and down. Slow, but hard to get wrong.",
        arguments=(PARAMETER, INPUTS, TARGET, LOSS, *TAIL),
        returns="the shape of the block",
        run=numeric_grad,
        needs_python="differences of nearly equal losses magnify the last bit, in which programs differ",
        source="Press, Teukolsky, Vetterling and Flannery, Numerical Recipes (2007), section 5.7",
        examples=(
            Example(["weight_1", [[1], [2]], [[1], [1]], "l1", "identity", None, 3], [[1.5]]),
            Example(["bias_1", [[1], [2]], [[1], [1]], "l1", "identity", None, 3, 0], [[1]]),
            Example(["weight_2", [[1], [2]], [[1], [1]], "l1", "identity", None, 3], ErrorCode.VALUE),
        ),
    ),
)
