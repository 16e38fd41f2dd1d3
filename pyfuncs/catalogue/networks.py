"""What the whole-model formulas compute, once their arguments are read: forward, loss and gradient."""

from collections.abc import Sequence

import numpy as np

from pyfuncs.catalogue.targets import check_probabilities, class_probabilities
from pyfuncs.cells.block import shape_text
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import model
from pyfuncs.kernels.arrays import Matrix, Order, Vector
from pyfuncs.kernels.layout import build_network, pack
from pyfuncs.kernels.losses import BCE, CROSS_ENTROPY
from pyfuncs.kernels.network import Network


def read_layers(
    activations: Sequence[int], layers: Sequence[Matrix | None], trains: Sequence[bool] | None = None
) -> tuple[Network, Vector]:
    """Return the network and its parameters, from weight_1, bias_1, weight_2, ...; without `trains` all layers train.

    Raises:
        CellError: #VALUE! for a layer left out between two, a bias without weight, or one activation or one of
            `trains` too few or many.

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
    if trains is None:
        trains = [True] * depth
    elif len(trains) != depth:
        raise CellError(
            ErrorCode.VALUE, f"trains has {len(trains)}, but there are {depth} layers: give one TRUE or FALSE for each."
        )
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
