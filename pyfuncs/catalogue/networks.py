"""What the whole-model formulas compute, once their arguments are read: forward, loss, gradient and training."""

from collections.abc import Sequence

import numpy as np

from pyfuncs.catalogue.targets import check_probabilities, class_probabilities
from pyfuncs.cells.block import shape_text
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import model, steps
from pyfuncs.kernels.arrays import Matrix, Order, Vector
from pyfuncs.kernels.layout import build_network, pack
from pyfuncs.kernels.losses import BCE, CROSS_ENTROPY
from pyfuncs.kernels.network import Network
from pyfuncs.kernels.optimizers import MOMENTUM, hyperparameters
from pyfuncs.kernels.passes import batches_of, parameters_of, room_for

MOST_MULTIPLY_ADDS = 10**9
# What finding a batch and taking a step costs besides, in the same measure.
MULTIPLY_ADDS_OF_A_STEP = 100


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
    if loss == BCE:
        check_probabilities(target, "target")
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
    steps_taken = epochs * steps.steps_per_epoch(rows.size, min(batch_size, rows.size))
    each = sum(int(layer["fan_in"]) * int(layer["fan_out"]) for layer in network)
    work = MULTIPLY_ADDS_OF_A_STEP * steps_taken + 3 * rows.size * epochs * each
    if work > MOST_MULTIPLY_ADDS:
        raise CellError(
            ErrorCode.NUM,
            f"{epochs} epochs are {work:.1g} multiplications, but one cell may take {MOST_MULTIPLY_ADDS:.0e}: "
            "ask for fewer epochs, or train with the buttons.",
        )
    rules = steps.Rules(loss, MOMENTUM, hyperparameters(lr=lr, momentum=momentum))
    batches = batches_of(inputs, target, rows, batch_size, shuffles=True, seed=seed)
    room = room_for(network, batches.batch_size)
    steps.run_steps(network, rules, parameters_of(params, 1), batches, room, 0, 0, steps_taken)
    return params.reshape(-1, 1)
