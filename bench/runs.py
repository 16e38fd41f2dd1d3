"""Many starts of the lesson's two-set model, on one core and on two."""

import time
from pathlib import Path

import workbooks
from bench import report
from pyfuncs.training.restarts import restart
from pyfuncs.training.workers import Workers, cores
from workbooks.recalculate import first_values, model_of
from workbooks.xlsx.workbook import WorkbookFile

MANY_STARTS = "64 starts on two cores against one"
STARTS = 64
AT_LEAST = 30.0
"""Seconds that the starts take on one core."""


def measure() -> list[report.Row]:
    """Return how many times as long the starts take on one core as on two, by the clock; nothing where there is one."""
    if cores() < 2:
        print("There is one core here, so starts on two are left out.")
        return []
    file = WorkbookFile.open(Path(str(workbooks.__path__[0])) / "titanic_two_layer.xlsx")
    model, formulas = model_of(file), first_values(file)

    def seconds(epochs: int, jobs: int) -> float:
        began = time.perf_counter()
        restart(model, epochs, STARTS, lambda done, start: None, first_values=formulas, workers=Workers(jobs))
        return time.perf_counter() - began

    seconds(1, 2)
    epochs = 100
    while (alone := seconds(epochs, 1)) < AT_LEAST:
        epochs = int(epochs * max(2.0, 1.1 * AT_LEAST / alone))
    together = seconds(epochs, 2)
    return [
        {
            "row": MANY_STARTS,
            "what": MANY_STARTS,
            "figure": round(alone / together, 2),
            "goal": round(1 / 0.6, 2),
            "unit": "s",
            "ours": round(together, 1),
            "theirs": round(alone, 1),
            "met": together <= 0.6 * alone,
        }
    ]
