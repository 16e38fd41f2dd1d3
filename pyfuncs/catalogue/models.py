"""The whole model in one formula: forward, loss, gradient and training, for up to six layers."""

from collections.abc import Sequence

import numpy as np

from pyfuncs.catalogue.arguments import Argument, Block, Choice, Mask, Number, Words
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.targets import class_probabilities
from pyfuncs.cells.block import shape_text
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import model, steps
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.arrays import Matrix, Order, Vector
from pyfuncs.kernels.layout import build_network, pack
from pyfuncs.kernels.losses import CROSS_ENTROPY, LOSSES
from pyfuncs.kernels.network import Network
from pyfuncs.kernels.optimizers import MOMENTUM, hyperparameters

TITLE = "Whole models"
MOST_LAYERS = 6
MOST_MULTIPLY_ADDS = 10**9

BACKPROPAGATION = "Rumelhart, Hinton and Williams, Learning representations by back-propagating errors (Nature, 1986)"
NETWORK = "Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.4"

INPUTS = Block(name="inputs", shape=("n", "in"), help="The model's inputs: one row a case, one column a feature.")
TARGET = Block(
    name="target", shape=("n", "k"), help="What the model should give: one column an output, or class numbers from 0."
)
LOSS = Choice(name="loss", options=LOSSES, help="Which loss: mse, l1, bce (after a sigmoid) or cross_entropy.")
ACTIVATIONS_OF_LAYERS = Words(
    name="activations", options=ACTIVATIONS, help='One word a layer: "relu, identity", or a range with a word a cell.'
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
            Block(
                name=f"weight_{k}",
                shape=(below, f"h{k}"),
                optional=k > 1,
                fill=None,
                help=f"Layer {k}'s weights: one row an input of the layer, one column a unit.",
            )
        )
        arguments.append(
            Block(
                name=f"bias_{k}",
                shape=(1, f"h{k}"),
                optional=True,
                fill=None,
                help=f"Layer {k}'s biases: one row, one number a unit. Left out: none.",
            )
        )
    return tuple(arguments)


TAIL = (ACTIVATIONS_OF_LAYERS, ROWS, *layer_arguments())


def read_layers(activations: Sequence[int], layers: Sequence[Matrix | None]) -> tuple[Network, Vector]:
    """Return the network, everything training, and its parameters, from weight_1, bias_1, weight_2, ...

    Raises:
        CellError: #VALUE! for a layer left out between two, a bias without weight, or one activation too few or many.

    """
    pairs = list(zip(layers[::2], layers[1::2], strict=True))
    depth = max(k + 1 for k, pair in enumerate(pairs) if pair[0] is not None or pair[1] is not None)
    weights = [weight for weight, _ in pairs[:depth] if weight is not None]
    biases = [bias for _, bias in pairs[:depth]]
    if len(weights) < depth:
        gap = next(k for k, (weight, _) in enumerate(pairs) if weight is None)
        raise CellError(ErrorCode.VALUE, f"weight_{gap + 1} is missing or blank, but a later layer is given.")
    if len(activations) != depth:
        raise CellError(
            ErrorCode.VALUE,
            f"activations names {len(activations)}, but there are {depth} layers: give one for each.",
        )
    trains = [True] * depth
    return build_network(weights, biases, activations, trains, trains), pack(weights, biases)


def read_target(target: Matrix, network: Network, loss: int) -> Matrix:
    """Return the target with one column an output.

    Raises:
        CellError: #VALUE! with both shapes where they differ, #NUM! for a class number out of range.

    """
    outputs = int(network[-1]["fan_out"])
    if loss == CROSS_ENTROPY:
        return class_probabilities(target, outputs)
    if target.shape[1] != outputs:
        raise CellError(ErrorCode.VALUE, f"target is {shape_text(target)}, but the last layer has {outputs} outputs.")
    return target


def forward(inputs: Matrix, activations: list[int], rows: Order, *layers: Matrix | None) -> Matrix:
    """Return the model's outputs, 0 in the rows left out."""
    network, params = read_layers(activations, layers)
    output = model.predict(network, params, inputs)
    if rows.size < inputs.shape[0]:
        output[np.setdiff1d(np.arange(inputs.shape[0]), rows)] = 0.0
    return output


def mean_loss(
    inputs: Matrix, target: Matrix, loss: int, activations: list[int], rows: Order, *layers: Matrix | None
) -> Matrix:
    """Return the mean loss over the rows, 1×1."""
    network, params = read_layers(activations, layers)
    value, _ = model.evaluate(network, params, inputs, read_target(target, network, loss), rows, loss, 0.5)
    return np.array([[value]])


def place_of(parameter: tuple[str, int], network: Network) -> tuple[int, int, int]:
    """Return where a parameter begins in the flat vector, and its rows and columns.

    Raises:
        CellError: #VALUE! where the model has no such parameter.

    """
    kind, k = parameter
    if k >= network.size or (kind == "bias" and not network[k]["has_bias"]):
        raise CellError(ErrorCode.VALUE, f"parameter is {kind}_{k + 1}, but that is not given to this formula.")
    columns = int(network[k]["fan_out"])
    return int(network[k][kind]), (int(network[k]["fan_in"]) if kind == "weight" else 1), columns


def grad(
    parameter: tuple[str, int],
    inputs: Matrix,
    target: Matrix,
    loss: int,
    activations: list[int],
    rows: Order,
    *layers: Matrix | None,
) -> Matrix:
    """Return the gradient of the mean loss over the rows by one parameter block, in its shape."""
    network, params = read_layers(activations, layers)
    start, height, width = place_of(parameter, network)
    grads = model.gradient(network, params, inputs, read_target(target, network, loss), rows, loss)
    return grads[start : start + height * width].reshape(height, width)


def numeric_grad(
    parameter: tuple[str, int],
    inputs: Matrix,
    target: Matrix,
    loss: int,
    activations: list[int],
    rows: Order,
    *layers: Matrix | None,
) -> Matrix:
    """Return the same gradient by central differences."""
    network, params = read_layers(activations, layers)
    start, height, width = place_of(parameter, network)
    target = read_target(target, network, loss)
    grads = model.numeric_gradient(network, params, inputs, target, rows, loss, start, height * width)
    return grads.reshape(height, width)


def train(
    inputs: Matrix,
    target: Matrix,
    loss: int,
    lr: float,
    momentum: float,
    epochs: int,
    batch_size: int,
    seed: int,
    activations: list[int],
    rows: Order,
    *layers: Matrix | None,
) -> Matrix:
    """Return the parameters after some epochs of SGD with momentum, in one column: weight_1 row by row, bias_1, ..."""
    network, params = read_layers(activations, layers)
    target = read_target(target, network, loss)
    work = 3 * rows.size * epochs * sum(int(layer["fan_in"]) * int(layer["fan_out"]) for layer in network)
    if work > MOST_MULTIPLY_ADDS:
        raise CellError(
            ErrorCode.NUM,
            f"{epochs} epochs are {work:.1g} multiplications, but one cell may take {MOST_MULTIPLY_ADDS:.0e}: "
            "ask for fewer epochs, or train with the buttons.",
        )
    run = steps.start(network, params, inputs, target, rows, batch_size, True, seed, 1)
    count = epochs * steps.steps_per_epoch(rows.size, min(batch_size, rows.size))
    hyper = hyperparameters(lr=lr, momentum=momentum)
    steps.run_steps(network, run.parameters, run.batches, loss, MOMENTUM, hyper, run.work, 0, 0, count)
    return params.reshape(-1, 1)


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
        source=BACKPROPAGATION,
        examples=(
            Example(["weight_1", [[1], [2]], [[1], [1]], "mse", "identity", None, 1], [[2]]),
            Example(["bias_1", [[1], [2]], [[1], [1]], "mse", "identity", None, 1, 0], [[1]]),
            Example(["bias_1", [[1], [2]], [[1], [1]], "mse", "identity", None, 1], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_NUMERIC_GRAD",
        summary="The same gradient found by trying: each weight a little up and down. Slow, but hard to get wrong.",
        arguments=(PARAMETER, INPUTS, TARGET, LOSS, *TAIL),
        returns="the shape of the block",
        run=numeric_grad,
        source="Press, Teukolsky, Vetterling and Flannery, Numerical Recipes (2007), section 5.7",
        examples=(
            Example(["weight_1", [[1], [2]], [[1], [1]], "l1", "identity", None, 3], [[1.5]]),
            Example(["bias_1", [[1], [2]], [[1], [1]], "l1", "identity", None, 3, 0], [[1]]),
            Example(["weight_2", [[1], [2]], [[1], [1]], "l1", "identity", None, 3], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_TRAIN",
        summary="The parameters after some epochs of SGD with momentum, in one column: weight_1 by rows, bias_1, …",
        arguments=(
            INPUTS,
            TARGET,
            LOSS,
            Number(name="lr", minimum=0, help="The learning rate: how far a step goes along the gradient."),
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
            Number(name="seed", optional=True, default=0, whole=True, help="Which shuffling of the rows."),
            *TAIL,
        ),
        returns="one column",
        run=train,
        source="Robbins and Monro, A stochastic approximation method (Annals of Mathematical Statistics, 1951)",
        errors=((ErrorCode.NUM, "More than a billion multiplications: ask for fewer epochs."),),
        examples=(
            Example([[[1], [2]], [[1], [1]], "mse", 0.1, None, 1, 2, None, "identity", None, 1], [[0.8]]),
            Example([[[1]], [[3]], "mse", 0.5, None, 1, 1, None, "identity", None, 0, 0], [[3], [3]]),
            Example([[[1]], [[3]], "mse", -0.5, None, 1, 1, None, "identity", None, 0], ErrorCode.NUM),
        ),
    ),
)
