"""A network of linear layers, each with its activation, over one flat vector of parameters: what lies where.

Small batches run row by row (`rows`), larger ones by blocks of rows: in narrow networks a unit at a time (`blocks`), in
the others a tile of many units (`batched`). Which way is taken depends on the sizes alone, so the same call gives the
same bits.

A network is a vector of `LAYER` records. Their sizes and places are unsigned, which spares Numba the test for a
negative index at every access (a third of the time of a row, measured on 10-2-1).
"""

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pyfuncs.kernels.activations import SOFTMAX
from pyfuncs.kernels.arrays import Index, Ranges
from pyfuncs.kernels.jit import kernel

LAYER = np.dtype(
    [
        ("fan_in", np.uint64),
        ("fan_out", np.uint64),
        ("weight", np.uint64),  # where the weight begins among the parameters
        ("bias", np.uint64),
        ("has_bias", np.bool_),
        ("values", np.uint64),  # where the outputs begin among one row's outputs of all layers
        ("activation", np.int64),
        ("trains_weight", np.bool_),
        ("trains_bias", np.bool_),
    ],
    align=True,
)
Network: TypeAlias = NDArray[Any]

# Rows of a block: all that a narrow network has for them stays in the first-level cache, wide inputs in the second.
BLOCK = 64

# Rows from which blocks of them beat single rows, in a narrow network and in another, and what makes a network narrow:
# beyond so many units a register is full of them, and beyond so many inputs a block leaves the first-level cache.
NARROW_BLOCKS_FROM = 12
WIDE_BLOCKS_FROM = 4
NARROW_BELOW = np.uint64(5)
NARROW_INPUTS = np.uint64(64)


@kernel
def values_width(network: Network) -> Index:
    """Return how many outputs all layers have together."""
    return np.int64(network[-1].values + network[-1].fan_out)


@kernel
def is_narrow(network: Network) -> bool:
    """Tell whether blocks go a unit at a time: few inputs, few units in each layer, a softmax at most in the last."""
    if network[0].fan_in > NARROW_INPUTS:
        return False
    for k in range(network.size):
        if network[k].fan_out >= NARROW_BELOW:
            return False
        if network[k].activation == SOFTMAX and k < network.size - 1:
            return False
    return True


@kernel
def batched_from(network: Network) -> int:
    """Return from how many rows on a batch goes by blocks; its workspace must then have room for one."""
    return NARROW_BLOCKS_FROM if is_narrow(network) else WIDE_BLOCKS_FROM


@kernel
def block_size(network: Network, rows: int) -> Index:
    """Return how many numbers `Pass.block` has room for, with blocks of so many rows."""
    if is_narrow(network):
        return rows * np.int64(network[0].fan_in)
    size: Index = 0
    for k in range(1, network.size):
        size = max(size, np.int64(network[k].fan_in * network[k].fan_out))
    return size


@kernel
def lowest_trained(network: Network) -> int:
    """Return the first layer of which anything trains, or the last layer."""
    for k in range(network.size):
        if network[k].trains_weight or (network[k].has_bias and network[k].trains_bias):
            return k
    return network.size - 1


@kernel
def trained_ranges(network: Network) -> Ranges:
    """Return where the parameters that train begin and end, adjacent ones as one range."""
    ranges = np.empty((2 * network.size, 2), np.uint64)
    count = 0
    for k in range(network.size):
        layer = network[k]
        for part in range(2):
            trains = layer.trains_weight if part == 0 else layer.has_bias and layer.trains_bias
            start = layer.weight if part == 0 else layer.bias
            size = layer.fan_in * layer.fan_out if part == 0 else layer.fan_out
            if not trains:
                continue
            if count > 0 and ranges[count - 1, 1] == start:
                ranges[count - 1, 1] = start + size
            else:
                ranges[count, 0] = start
                ranges[count, 1] = start + size
                count += 1
    return ranges[:count]
