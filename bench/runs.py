"""Many starts of the lesson's two-set model: what part of them two cores share, and what one thread at a time does."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import workbooks
from bench import report
from pyfuncs.kernels import model as kernels
from pyfuncs.kernels import steps
from pyfuncs.training.model import Model
from pyfuncs.training.restarts import FirstValues, restart
from pyfuncs.training.workers import Workers
from workbooks.recalculate import first_values, model_of
from workbooks.xlsx.workbook import WorkbookFile

TWO_CORES = "64 starts on two cores, as a share of the time on one"
STARTS = 64
AT_LEAST = 30.0
"""Seconds of the processor that the starts take in one thread."""


class Inside:
    """The seconds of the processor spent in kernels, which run side by side for they release the GIL."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.lock = threading.Lock()

    def timed(self, kernel: Callable[..., Any]) -> Callable[..., Any]:
        """Return a kernel that adds what its calls take."""

        def call(*arguments: Any) -> Any:
            began = time.thread_time()
            result = kernel(*arguments)
            with self.lock:
                self.seconds += time.thread_time() - began
            return result

        return call


def spent(model: Model, formulas: FirstValues, epochs: int, jobs: int) -> tuple[float, float]:
    """Return the seconds of the processor that the starts take in so many threads, and those of them inside kernels."""
    inside = Inside()
    with (
        patch.object(steps, "run_steps", inside.timed(steps.run_steps)),
        patch.object(kernels, "evaluate", inside.timed(kernels.evaluate)),
    ):
        began = time.process_time()
        restart(model, epochs, STARTS, lambda done, start: None, first_values=formulas, workers=Workers(jobs))
        return time.process_time() - began, inside.seconds


def measure() -> list[report.Row]:
    """Return the time on two cores as a share of that on one, by the seconds of the processor: so at any load."""
    file = WorkbookFile.open(Path(str(workbooks.__path__[0])) / "titanic_two_layer.xlsx")
    model, formulas = model_of(file), first_values(file)
    spent(model, formulas, 1, 2)
    epochs = 200
    while (alone := spent(model, formulas, epochs, 1)[0]) < AT_LEAST:
        epochs = int(epochs * max(2.0, 1.1 * AT_LEAST / alone))
    together, inside = spent(model, formulas, epochs, 2)
    share = (together - inside / 2) / alone
    return [report.result(TWO_CORES, TWO_CORES, round(share, 3), 0.6, "")]
