"""First weights for a layer with `rows` inputs and `columns` units."""

import math

import numpy as np

from pyfuncs.kernels.arrays import Matrix
from pyfuncs.kernels.random import normal, uniform

UNIFORM, XAVIER, KAIMING, ZEROS = range(4)
METHODS = {"uniform": UNIFORM, "xavier": XAVIER, "kaiming": KAIMING, "zeros": ZEROS}


def initialize(rows: int, columns: int, seed: int, method: int, layer: int) -> Matrix:
    """Return rows×columns first weights; layers of one seed draw from streams of their own.

    uniform: within ±1/√rows, the default of PyTorch's linear layer. xavier: within ±√(6/(rows+columns)) (Glorot and
    Bengio 2010). kaiming: normal with deviation √(2/rows) (He et al. 2015).
    """
    if method == UNIFORM:
        return uniform(rows, columns, 1.0 / math.sqrt(rows), seed, layer)
    if method == XAVIER:
        return uniform(rows, columns, math.sqrt(6.0 / (rows + columns)), seed, layer)
    if method == KAIMING:
        return normal(rows, columns, math.sqrt(2.0 / rows), seed, layer)
    return np.zeros((rows, columns))
