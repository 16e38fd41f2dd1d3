"""Lay a network's weights and biases out in one flat vector of parameters, and take them out again."""

from collections.abc import Sequence

import numpy as np

from pyfuncs.kernels.arrays import Matrix, Vector, aligned_copy
from pyfuncs.kernels.network import LAYER, Network


def build_network(
    weights: Sequence[Matrix],
    biases: Sequence[Matrix | None],
    activations: Sequence[int],
    trains_weight: Sequence[bool],
    trains_bias: Sequence[bool],
) -> Network:
    """Return the layers' records; parameters lie in the order weight_1, bias_1, weight_2, ..."""
    network = np.zeros(len(weights), LAYER)
    place = 0
    values = 0
    for k, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        fan_in, fan_out = weight.shape
        network[k] = (
            fan_in,
            fan_out,
            place,
            place + weight.size,
            bias is not None,
            values,
            activations[k],
            trains_weight[k],
            trains_bias[k] and bias is not None,
        )
        place += weight.size + (0 if bias is None else bias.size)
        values += fan_out
    return network.view(np.recarray)  # for Numba the same, and its fields have names without Numba too


def pack(weights: Sequence[Matrix], biases: Sequence[Matrix | None]) -> Vector:
    """Return all weights and biases in one new vector, in the network's order."""
    parts = [part.ravel() for pair in zip(weights, biases, strict=True) for part in pair if part is not None]
    return aligned_copy(np.concatenate(parts))


def weight_of(network: Network, params: Vector, k: int) -> Matrix:
    """Return layer k's weight (in×out), sharing memory with params."""
    layer = network[k]
    start, stop = int(layer["weight"]), int(layer["bias"])
    return params[start:stop].reshape(int(layer["fan_in"]), int(layer["fan_out"]))


def bias_of(network: Network, params: Vector, k: int) -> Matrix | None:
    """Return layer k's bias (1×out), sharing memory with params, or None where it has none."""
    layer = network[k]
    if not layer["has_bias"]:
        return None
    start = int(layer["bias"])
    return params[start : start + int(layer["fan_out"])].reshape(1, -1)
