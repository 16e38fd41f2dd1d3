"""What a formula costs around its kernel: the first one in a new process, and cells in to cells out."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from bench import report
from bench.tasks import two_set
from pyfuncs.catalogue.call import call, read_arguments
from pyfuncs.catalogue.registry import formulas
from pyfuncs.catalogue.warm import warm

FIRST = """
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
assert call(formulas()["NN_MATMUL"], [[[1.0, 2.0]], [[3.0], [4.0]]]) == [[11.0]]
"""
FIRST_FORMULA = "first formula of a new process, from its start"
BEYOND_THE_KERNEL = "a formula of 712x10, cells to cells, beyond the kernel"
LOSS_CURVE = "NN_LOSS_CURVE of 100 epochs"
MILLISECOND = (1e-3, "ms")
CALLS = 200
EPOCHS = 100


def median(work: Callable[[], object], rounds: int, clock: Callable[[], float] = time.process_time) -> float:
    """Return the median of the seconds that some work takes, of the processor's unless by another clock."""
    seconds = []
    for _ in range(rounds):
        began = clock()
        work()
        seconds.append(clock() - began)
    return statistics.median(seconds)


def children() -> float:
    """Return the seconds of the processor that ended child processes took; those of the clock where none count them."""
    return sum(os.times()[2:4]) if os.name == "posix" else time.perf_counter()


def row(group: str, what: str, seconds: float, goal: float, unit: tuple[float, str]) -> report.Row:
    """Return one result: a time in a unit of so many seconds."""
    size, name = unit
    return report.result(group, what, round(seconds / size, 3), goal, name)


def measure(rounds: int) -> list[report.Row]:
    """Return every result, the cache warm."""
    warm()
    first = median(lambda: subprocess.run([sys.executable, "-c", FIRST], check=True), rounds, children)
    results = [row(FIRST_FORMULA, FIRST_FORMULA, first, 0.3, (1.0, "s"))]
    rng = np.random.default_rng(0)
    inputs = tuple(map(tuple, rng.random((712, 10)).tolist()))
    weights = tuple(map(tuple, rng.random((10, 2)).tolist()))
    for name, arguments in (("NN_MATMUL", (inputs, weights)), ("NN_RELU", (inputs,))):
        formula = formulas()[name]
        taken = read_arguments(formula, arguments)
        around = median(lambda: call(formula, arguments), CALLS)  # noqa: B023 - called at once
        kernel = median(lambda: formula.run(*taken), CALLS)  # noqa: B023
        what = f"{name} of 712x10, cells to cells, beyond the kernel"
        results.append(row(BEYOND_THE_KERNEL, what, around - kernel, 0.2, MILLISECOND))
    return [*results, *curves(rounds)]


def curves(rounds: int) -> list[report.Row]:
    """Return what 100 epochs of the lesson's models take as one formula, cells to cells."""
    task = two_set()
    cells = [tuple(map(tuple, block.tolist())) for block in (task.inputs, task.targets)]
    rng = np.random.default_rng(0)
    linear = ("identity", None, None, rng.normal(size=(10, 1)).tolist())
    two_layer = ("relu, identity", None, ((True, False),), rng.normal(size=(10, 2)).tolist(), None, ((1.0,), (1.0,)))
    results = []
    for name, layers in (("10-1", linear), ("10-2-1", two_layer)):
        for batch_size in (None, 32, 1):
            arguments = (*cells, "mse", 0.01, EPOCHS, batch_size, *[None] * 5, *layers)
            seconds = median(lambda: call(formulas()["NN_LOSS_CURVE"], arguments), 3 * rounds)  # noqa: B023
            what = f"NN_LOSS_CURVE of {EPOCHS} epochs, {name}, batch {batch_size or 'of all rows'}"
            results.append(row(LOSS_CURVE, what, seconds, 20.0, MILLISECOND))
    return results
