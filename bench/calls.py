"""What a formula costs around its kernel: the first one in a new process, and cells in to cells out."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

from pyfuncs.catalogue.call import call, read_arguments
from pyfuncs.catalogue.registry import formulas
from pyfuncs.catalogue.warm import warm

FIRST = """
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
assert call(formulas()["NN_MATMUL"], [[[1.0, 2.0]], [[3.0], [4.0]]]) == [[11.0]]
"""
CALLS = 200


def median(work: Callable[[], object], rounds: int) -> float:
    """Return the median of the seconds that some work takes."""
    seconds = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)


def row(what: str, seconds: float, asked: float, unit: float, name: str) -> dict[str, object]:
    """Return one result."""
    measured = seconds / unit
    return {"what": what, "measured": round(measured, 3), "asked": asked, "unit": name, "met": measured <= asked}


def measure(rounds: int) -> list[dict[str, object]]:
    """Return every result, the cache warm."""
    warm()
    first = median(lambda: subprocess.run([sys.executable, "-c", FIRST], check=True), rounds)
    results = [row("first formula of a new process, from its start", first, 0.8, 1.0, "s")]
    rng = np.random.default_rng(0)
    inputs = tuple(map(tuple, rng.random((712, 10)).tolist()))
    weights = tuple(map(tuple, rng.random((10, 2)).tolist()))
    for name, arguments in (("NN_MATMUL", (inputs, weights)), ("NN_RELU", (inputs,))):
        formula = formulas()[name]
        taken = read_arguments(formula, arguments)
        around = median(lambda: call(formula, arguments), CALLS)  # noqa: B023 - called at once
        kernel = median(lambda: formula.run(*taken), CALLS)  # noqa: B023
        results.append(row(f"{name} of 712x10, cells to cells, beyond the kernel", around - kernel, 0.4, 1e-3, "ms"))
    return results
