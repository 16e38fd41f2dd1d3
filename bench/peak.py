"""What the processor could do at most, and the share of it that an epoch reaches."""

import statistics
import time

import numpy as np

from bench import report
from bench.tasks import Epochs, Task, gradsheet
from pyfuncs.kernels.jit import without_refcounts
from pyfuncs.kernels.simd import LANES

FMA_UNITS = 2
"""Multiply-adds of whole registers that a core begins in a cycle: two in all but the smallest processors."""
CYCLES = 40_000_000
SHARE = "share of the processor's peak"


@without_refcounts
def dependent_additions(count: int, a: np.uint64, b: np.uint64) -> np.uint64:
    """Do `count` additions and as many exclusive-ors, each of which waits for the one before: a cycle for each."""
    word = np.uint64(0)
    for _ in range(count):
        word = (word + a) ^ b
    return word


def cycles_a_second() -> float:
    """Return the processor's clock while it works, in Hz."""
    began = time.process_time()
    dependent_additions(CYCLES // 2, np.uint64(3), np.uint64(5))
    return CYCLES / (time.process_time() - began)


def operations(task: Task) -> int:
    """Return the multiplications and additions of a task's products in an epoch.

    A layer has one product forward and one for the gradient of its weight; all but the first also one for that of
    their inputs.
    """
    fan_in = task.inputs.shape[1]
    count = 0
    for k, layer in enumerate(task.layers):
        count += 2 * fan_in * layer.units * (2 if k == 0 else 3)
        fan_in = layer.units
    return count * len(task.inputs)


def share(task: Task, epochs: Epochs, count: int) -> float:
    """Return what part of the peak some epochs reach, the clock being measured before and after."""
    before = cycles_a_second()
    began = time.process_time()
    epochs(count)
    seconds = time.process_time() - began
    clock = (before + cycles_a_second()) / 2.0
    return operations(task) * count / seconds / (clock * LANES * FMA_UNITS * 2)


def measure(name: str, task: Task, batch_size: int, rounds: int, goal: float) -> list[report.Row]:
    """Return the share of the peak in percent."""
    epochs, _ = gradsheet(task, batch_size)
    share(task, epochs, 1)
    shares = [share(task, epochs, 5) for _ in range(rounds)]
    what = f"{name}, batch {batch_size}, {SHARE}"
    return [report.result(SHARE, what, round(100.0 * statistics.median(shares), 1), goal, "%", more_is_better=True)]
