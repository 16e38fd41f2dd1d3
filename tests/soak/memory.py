"""Measure the memory of very long trainings, by the command and by clicks in Calc: python -m tests.soak.memory."""

import argparse
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from workbooks.lessons.templates import TEMPLATES
from workbooks.sheets.writer import write

from .bench import Bench

TEMPLATE = "titanic_two_layer"
PROGRESS = re.compile(r"epoch (\d+) of ")
SAMPLES = 10
FLAT, LEAKING = 10, 100
"""Megabytes by which the last sample may exceed the first; LibreOffice's Python leaks by every click."""


def main() -> int:
    """Print a line for each tenth of the work; fail where the memory grows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=100_000)
    parser.add_argument("--clicks", type=int, default=5_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Bench(Path(folder)) as bench:
        path = bench.folder / "long.xlsx"
        path.write_bytes(write(TEMPLATES[TEMPLATE].build(None)))
        by_command = growth("epochs by the command", epochs(path, options.epochs))
        in_calc = growth("clicks in Calc", clicks(bench, path, options.clicks))
    return 0 if by_command <= FLAT and in_calc <= LEAKING else 1


def growth(what: str, samples: Iterator[tuple[int, float]]) -> float:
    """Print the samples as a table; return by how much the last exceeds the first, of which the start is a part."""
    print(f"| {what} | megabytes |\n|---|---|")
    held = []
    for count, megabytes in samples:
        print(f"| {count:,} | {megabytes:.0f} |", flush=True)
        held.append(megabytes)
    return held[-1] - held[0]


def epochs(path: Path, count: int) -> Iterator[tuple[int, float]]:
    """Train by the command; yield the epochs done and what it holds, ten times."""
    command = [sys.executable, "-P", "-m", "addin.cli", "train", str(path), "--epochs", str(count)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    due = count // SAMPLES
    for line in process.stderr:
        found = PROGRESS.match(line)
        if found and int(found[1]) >= due:
            yield int(found[1]), megabytes_of(process.pid)
            due += count // SAMPLES
    assert process.wait() == 0


def clicks(bench: Bench, path: Path, count: int) -> Iterator[tuple[int, float]]:
    """Click Epoch again and again in one document; yield the clicks done and what the office holds, ten times."""
    number = bench.calc.open(str(path))
    for done in range(1, count + 1):
        assert bench.calc.click(number, "epoch")["done"]
        if done % (count // SAMPLES) == 0:
            yield done, megabytes_of(bench.calc.office)
    bench.calc.close(number)


def megabytes_of(process: int | None) -> float:
    """Return what a process and those that it has started hold in memory."""
    held, parents = {}, {}
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        except OSError:  # it has ended meanwhile
            continue
        number = int(status.parent.name)
        held[number], parents[number] = int(fields.get("VmRSS", "0 kB").split()[0]) / 1024, int(fields["PPid"])
    ours = {process}
    while more := {number for number, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return sum(held.get(number, 0.0) for number in ours)


if __name__ == "__main__":
    sys.exit(main())
