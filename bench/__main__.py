"""Measure epochs, all sides by turns in one run, and what a formula costs; write the tables to out/bench.json."""

import argparse
import dataclasses
import json
import platform
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from bench.calls import measure
from bench.others import in_c, pytorch, scikit_learn
from bench.tasks import Epochs, digits, gradsheet, linear, two_set

AT_LEAST = 0.02
"""Seconds that one timing should take; a faster side is given more epochs at a time."""


@dataclass
class Side:
    """One way to train, and how long an epoch took in each round."""

    epochs: Epochs
    starts_anew: bool = False
    """A call has a cost of its own, to be taken off."""
    at_a_time: int = 1
    seconds: list[float] = dataclasses.field(default_factory=list)

    def spent(self, count: int) -> float:
        """Return the seconds that `count` epochs take."""
        start = time.perf_counter()
        self.epochs(count)
        return time.perf_counter() - start

    def warm_up(self) -> None:
        """Compile, load and find out how many epochs make a timing long enough."""
        self.spent(1)
        while self.spent(self.at_a_time) < AT_LEAST:
            self.at_a_time *= 2

    def measure(self) -> None:
        """Time an epoch once more."""
        start = self.spent(1) if self.starts_anew else 0.0
        count = self.at_a_time
        self.seconds.append((self.spent(count + self.starts_anew) - start) / count)


@dataclass
class Goal:
    """A comparison: how many times faster than the other side the kernel is to be."""

    task: str
    batch_size: int
    against: str
    asked: float
    ours: Side
    other: Side

    def row(self) -> dict[str, object]:
        """Return the medians and their ratio; the ratio is the median of the rounds' own."""
        pairs = zip(self.other.seconds, self.ours.seconds, strict=True)
        reached = statistics.median(other / ours for other, ours in pairs)
        return {
            "task": self.task,
            "batch_size": self.batch_size,
            "against": self.against,
            "epoch_us": round(statistics.median(self.ours.seconds) * 1e6, 2),
            "other_epoch_us": round(statistics.median(self.other.seconds) * 1e6, 2),
            "asked": self.asked,
            "reached": round(reached, 2),
            "met": reached >= self.asked,
        }


def goals() -> list[Goal]:
    """Return every comparison, ready to be measured."""
    result = []
    for name, task, asked in (
        ("10-2-1, Titanic", two_set(), {1: 2000.0, 32: 150.0, 712: 15.0}),
        ("784-16-16-10, mse", digits(), {1: 10.0, 32: 4.0}),
        ("784-16-16-10, cross-entropy", dataclasses.replace(digits(), loss="cross_entropy"), {1: 10.0, 32: 4.0}),
    ):
        for batch_size, ratio in asked.items():
            ours, other = Side(gradsheet(task, batch_size)[0]), Side(pytorch(task, batch_size))
            result.append(Goal(name, batch_size, "PyTorch", ratio, ours, other))
    task = linear()
    ours = Side(gradsheet(task, 1)[0])
    result.append(Goal("10-1, Titanic", 1, "scikit-learn", 2.0, ours, Side(scikit_learn(task), starts_anew=True)))
    epochs, params = gradsheet(task, 1)
    weight = params.copy()
    compiled = in_c(task, weight)
    if compiled is None:
        print("There is no gcc here, so the comparison with C is left out.")
        return result
    for train in (epochs, compiled):
        train(10)
    np.testing.assert_allclose(weight, params, rtol=1e-9)
    result.append(Goal("10-1, Titanic", 1, "C (gcc -O3 -march=native)", 1.3, Side(epochs), Side(compiled)))
    return result


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="timings of each side (default 9)")
    parser.add_argument("--output", type=Path, default=Path("out/bench.json"), help="default out/bench.json")
    options = parser.parse_args()
    with threadpool_limits(1):
        measured = goals()
        for goal in measured:
            goal.ours.warm_up()
            goal.other.warm_up()
        for _ in range(options.rounds):
            for goal in measured:
                goal.other.measure()
                goal.ours.measure()
    rows = [goal.row() for goal in measured]
    print(f"{'task':28} {'batch':>5}  {'against':26} {'epoch':>12} {'theirs':>13} {'asked':>8} {'reached':>9}")
    for row in rows:
        print(
            f"{row['task']:28} {row['batch_size']:5}  {row['against']:26} {row['epoch_us']:9} µs "
            f"{row['other_epoch_us']:10} µs {row['asked']:7}× {row['reached']:8}×{'' if row['met'] else '  missed'}"
        )
    calls = measure(options.rounds)
    for result in calls:
        print("{what}: {measured} {unit}, asked {asked}{0}".format("" if result["met"] else "  missed", **result))
    options.output.parent.mkdir(parents=True, exist_ok=True)
    machine = {"processor": platform.processor() or platform.machine(), "python": platform.python_version()}
    options.output.write_text(
        json.dumps({**machine, "rounds": options.rounds, "goals": rows, "calls": calls}, indent=2) + "\n"
    )


if __name__ == "__main__":
    main()
