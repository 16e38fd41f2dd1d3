"""Compile everything once, so that no formula and no button waits for the compiler later."""

import contextlib
import time

import numpy as np

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError
from pyfuncs.kernels.arrays import Order
from pyfuncs.kernels.layout import build_network, pack
from pyfuncs.kernels.optimizers import SGD, hyperparameters
from pyfuncs.kernels.passes import Rules, batches_of, parameters_of, room_for
from pyfuncs.kernels.steps import run_steps


def call_examples() -> int:
    """Call every formula with the arguments of its examples, some of which show an error; return how many there are."""
    count = 0
    for formula in formulas().values():
        for example in formula.examples:
            with contextlib.suppress(CellError):
                call(formula, example.arguments)
            count += 1
    return count


def warm() -> float:
    """Run every formula's examples and a training step, and return the seconds it took."""
    began = time.perf_counter()
    call_examples()
    weight = np.zeros((1, 1))
    network = build_network([weight], [None], [0], [True], [False])
    rows: Order = np.zeros(1, np.int64)
    parameters = parameters_of(pack([weight], [None]), 0)
    batches = batches_of(weight, weight, rows, 1, shuffles=True)
    run_steps(network, Rules(0, SGD, hyperparameters(lr=0.1)), parameters, batches, room_for(network, 1), 0, 0, 1)
    return time.perf_counter() - began
