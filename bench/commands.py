"""Measure what a person waits for at the command line: whole processes, their kernels compiled before."""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench import report

ROOT = Path(__file__).parents[1]
BOOK = "titanic_linear"
GRADSHEET = (sys.executable, "-m", "addin.cli")
COMMANDS = (
    ("train BOOK --epochs 1", 0.6),
    ("train BOOK --epochs 1 --lr 0.1", 0.7),
    ("evaluate BOOK", 0.5),
    ("export BOOK", 0.5),
    ("functions NN_RELU", 0.3),
)
"""Each command, and the most seconds that are asked of it."""
MAKE_RUN = ("make run, again", ["make", "--silent", "run"], 4.0)


def seconds(command: Sequence[str], folder: Path) -> tuple[float, float]:
    """Return the seconds by the processor, of all its processes, and by the clock that a command takes.

    Raises:
        CalledProcessError: where it fails.
    """
    before, began = sum(os.times()[2:4]), time.perf_counter()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return sum(os.times()[2:4]) - before, time.perf_counter() - began


def measure(what: str, command: Sequence[str], folder: Path, goal: float, rounds: int) -> list[report.Row]:
    """Return the medians of what a command takes, the first time left out, by the processor and by the clock."""
    seconds(command, folder)
    found = [seconds(command, folder) for _ in range(rounds)]
    return [
        report.result("what a command waits for", f"{what}, {by}", round(statistics.median(taken), 3), goal, "s")
        for by, taken in zip(("processor", "clock"), zip(*found, strict=True), strict=True)
    ]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(prog="python -m bench.commands", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="how often each command runs (default 9)")
    parser.add_argument("--output", type=Path, default=Path("out/bench_commands.json"))
    options = parser.parse_args()
    rows: list[report.Row] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        book = f"{BOOK}.xlsx"
        subprocess.run([*GRADSHEET, "build", BOOK, "--output", "."], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        for words, goal in COMMANDS:
            command = words.replace("BOOK", book)
            given = [*GRADSHEET, *command.split()]
            rows += measure(f"gradsheet {command}", given, folder, goal, options.rounds)
    if (ROOT / "Makefile").exists():
        what, given, goal = MAKE_RUN
        rows += measure(what, given, ROOT, goal, min(options.rounds, 3))
    report.publish(rows, options.output)


if __name__ == "__main__":
    main()
