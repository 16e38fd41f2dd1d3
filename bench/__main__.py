"""Measure epochs, all sides by turns in one run, and what a formula costs; write the table to out/bench.json."""

import argparse
import dataclasses
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from bench import peak, report, runs
from bench.calls import measure
from bench.others import in_c, multilayer_perceptron, pytorch, scikit_learn
from bench.tasks import Epochs, digits, gradsheet, linear, two_set, with_logits

AT_LEAST = max(0.02, 20 * time.get_clock_info("process_time").resolution)
"""Seconds that one timing should take; a faster side is given more epochs at a time."""
STARTS = 5
MSE, CROSS_ENTROPY = "784-16-16-10, mse", "784-16-16-10, cross-entropy"


@dataclass
class Side:
    """One way to train, and how long an epoch took in each round."""

    epochs: Epochs
    starts_anew: bool = False
    """A call has a cost of its own, to be taken off: `start`, in seconds."""
    start: float = 0.0
    at_a_time: int = 1
    seconds: list[float] = dataclasses.field(default_factory=list)

    def spent(self, count: int) -> float:
        """Return the seconds of the processor that `count` epochs take: what else runs meanwhile does not count."""
        began = time.process_time()
        self.epochs(count)
        return time.process_time() - began

    def warm_up(self) -> None:
        """Compile, load and find out how many epochs make a timing long enough, and what a call costs of its own."""
        self.spent(1)
        while self.spent(self.at_a_time) < AT_LEAST:
            self.at_a_time *= 2
        if self.starts_anew:
            self.start = min(self.spent(1) for _ in range(STARTS))

    def measure(self) -> None:
        """Time an epoch once more."""
        count = self.at_a_time
        self.seconds.append((self.spent(count + self.starts_anew) - self.start) / count)


@dataclass
class Comparison:
    """How many times faster than the other side the kernel is, and is to be."""

    task: str
    batch_size: int
    against: str
    goal: float
    ours: Side
    other: Side

    def row(self) -> report.Row:
        """Return the medians of an epoch in microseconds and their ratio, the median of the rounds' own."""
        pairs = zip(self.other.seconds, self.ours.seconds, strict=True)
        ratio = statistics.median(other / ours for other, ours in pairs)
        what = f"{self.task}, batch {self.batch_size}, against {self.against}"
        found = report.result(f"{self.task}, against {self.against}", what, ratio, self.goal, "µs", more_is_better=True)
        return found | {
            "figure": round(ratio, 2),
            "ours": round(statistics.median(self.ours.seconds) * 1e6, 2),
            "theirs": round(statistics.median(self.other.seconds) * 1e6, 2),
        }


def comparisons() -> list[Comparison]:
    """Return every comparison, ready to be measured."""
    result = []
    images = {MSE: digits(), CROSS_ENTROPY: with_logits()}
    for name, task, goals in (
        ("10-2-1, Titanic", two_set(), {1: 3000.0, 32: 250.0, 712: 25.0}),
        *((name, task, {1: 40.0, 32: 6.0, 256: 4.0}) for name, task in images.items()),
    ):
        for batch_size, goal in goals.items():
            ours, other = Side(gradsheet(task, batch_size)[0]), Side(pytorch(task, batch_size))
            result.append(Comparison(name, batch_size, "PyTorch", goal, ours, other))
    for name, task in images.items():
        ours, other = Side(gradsheet(task, 32)[0]), Side(pytorch(task, 32, torch.float32))
        result.append(Comparison(name, 32, "PyTorch in float32", 4.0, ours, other))
    for (name, task), against in zip(images.items(), ("MLPRegressor", "MLPClassifier"), strict=True):
        ours, other = Side(gradsheet(task, 32)[0]), Side(multilayer_perceptron(task, 32), starts_anew=True)
        result.append(Comparison(name, 32, against, 4.0, ours, other))
    return [*result, *linear_comparisons()]


def linear_comparisons() -> list[Comparison]:
    """Return those of the linear model."""
    task = linear()
    ours = Side(gradsheet(task, 1)[0])
    other = Side(scikit_learn(task), starts_anew=True)
    result = [Comparison("10-1, Titanic", 1, "scikit-learn", 2.5, ours, other)]
    epochs, params = gradsheet(task, 1)
    weight = params.copy()
    compiled = in_c(task, weight)
    if compiled is None:
        print("There is no gcc here, so the comparison with C is left out.")
        return result
    for train in (epochs, compiled):
        train(10)
    np.testing.assert_allclose(weight, params, rtol=1e-9)
    result.append(Comparison("10-1, Titanic", 1, "C (gcc -O3 -march=native)", 1.6, Side(epochs), Side(compiled)))
    return result


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="timings of each side (default 9)")
    parser.add_argument("--output", type=Path, default=Path("out/bench.json"), help="default out/bench.json")
    options = parser.parse_args()
    with threadpool_limits(1):
        measured = comparisons()
        for comparison in measured:
            comparison.ours.warm_up()
            comparison.other.warm_up()
        for _ in range(options.rounds):
            for comparison in measured:
                comparison.other.measure()
                comparison.ours.measure()
        shares = peak.measure(MSE, digits(), 32, options.rounds, 35.0)
    rows = [comparison.row() for comparison in measured] + shares + measure(options.rounds) + runs.measure()
    report.publish(rows, options.output)


if __name__ == "__main__":
    main()
