"""Commands that are killed, interrupted or out of room: a file is as before, or as they write it undisturbed."""

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from .outcome import DONE, FAULT, REFUSED, HangError, Outcome, holds_weights_of, is_readable, judged

WAITED_SECONDS = 60
"""After so long without a second of computing a command hangs; how slow the machine is does not matter."""
LEAST_COMPUTING = 1.0
LONGEST_COMPUTING = 300.0
LOOK_SECONDS = 0.002
COMMANDS = {
    "train": "train book.xlsx --epochs 20",
    "train for long": "train book.xlsx --epochs 5000",
    "train and export": "train book.xlsx --epochs 3 --quiet --export out.csv",
    "train from several": "train book.xlsx --epochs 2 --restarts 3 --jobs 2",
    "sweep": "sweep book.xlsx --lr 0.01,0.1 --epochs 2 --jobs 2 --force -o swept.xlsx",
    "import": "import book.xlsx weights.csv",
    "export": "export book.xlsx out.csv",
    "new": "new table.csv --target rent --force -o new.xlsx",
    "predict": "predict made.xlsx table.csv -o out.csv",
    "equip": "equip book.xlsx --force -o equipped.xlsx",
    "repair": "repair saved.xlsx",
    "check": "check book.xlsx made.xlsx -o marks.csv",
    "build": "build titanic_linear --force -o .",
    "build calc": "build calc --force -o .",
    "build excel": "build excel --force -o .",
    "functions": "functions --pages .",
}
"""Every command that writes into a folder of the user's, at least once."""

Files = dict[str, bytes]


@dataclass(frozen=True)
class Undisturbed:
    """What a command leaves that nobody disturbs, and how long it takes."""

    files: Files
    seconds: float


@dataclass(frozen=True)
class Commands:
    """A folder in which commands are run, always on the same files."""

    folder: Path
    before: Files
    known: dict[str, Undisturbed] = field(default_factory=dict)

    def undisturbed(self, name: str) -> Undisturbed:
        """Return what a command leaves, run once for that."""
        if name not in self.known:
            self.refill()
            began = time.monotonic()
            status, err = ended(self.start(name))
            assert status == 0, f"{name}: {err}"
            self.known[name] = Undisturbed(contents(self.folder), time.monotonic() - began)
        return self.known[name]

    def refill(self) -> None:
        """Put the files there, and nothing else."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        for file, data in self.before.items():
            (self.folder / file).write_bytes(data)

    def start(self, name: str, room: int | None = None) -> subprocess.Popen[str]:
        """Start a command, perhaps with room for so many bytes in each file only."""

        def limit() -> None:
            if room is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

        command = [sys.executable, "-P", "-m", "addin.cli", *COMMANDS[name].split()]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, stdout=pipe, stderr=pipe, text=True, preexec_fn=limit)

    def kill(self, rng: random.Random) -> Outcome:
        """Kill a command at any moment; a file is the old one or the new one, and the same command then clears up."""
        name = rng.choice(list(COMMANDS))
        process = self.started(name, rng)
        process.kill()
        process.communicate()
        broken = self.broken(name)
        if broken:
            return Outcome(FAULT, f"{name}: broken by a kill: {broken}")
        if not hidden(self.folder):
            return Outcome(DONE)
        outcome = judged(*ended(self.start(name)))
        left = hidden(self.folder)
        return Outcome(FAULT, f"{name}: left lying: {left}, {outcome.said}") if left else outcome

    def interrupt(self, rng: random.Random) -> Outcome:
        """Interrupt a command at any moment; it says what is true, in one line, and leaves nothing."""
        name = rng.choice(list(COMMANDS))
        process = self.started(name, rng)
        process.send_signal(rng.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)))
        status, err = ended(process)
        said = err.strip().rpartition("\n")[2]
        # A training that is stopped keeps its whole epochs, and exports their weights.
        kept = {
            "book.xlsx": lambda: is_readable(self.folder / "book.xlsx"),
            "out.csv": lambda: holds_weights_of(self.folder / "out.csv", self.folder / "book.xlsx"),
        }
        broken = [file for file in self.broken(name) if file not in kept or not kept[file]()]
        left = hidden(self.folder)
        if left or broken:
            return Outcome(FAULT, f"{name}: left lying: {left}, broken: {broken}, after {said}")
        # Before our first line runs it is Python that speaks, or the system that ends the process.
        if "Traceback" in err and "in main" in err:
            return Outcome(FAULT, f"{name}: {said}")
        if "nothing was changed" in said and contents(self.folder) != self.before:
            return Outcome(FAULT, f"{name}: changed, though it says: {said}")
        return Outcome(DONE if status == 0 else REFUSED, said)

    def fill_disk(self, rng: random.Random) -> Outcome:
        """Let the disk take only so many bytes of a file: often nearly none, or nearly all of it."""
        name = rng.choice(list(COMMANDS))
        after = self.undisturbed(name).files
        sizes = [len(data) for file, data in after.items() if data != self.before.get(file)]
        size = rng.choice(sizes)
        room = rng.choice((rng.randrange(200), max(0, size - rng.randrange(1, 10_000)), rng.randrange(size)))
        self.refill()
        outcome = judged(*ended(self.start(name, room)))
        broken, left = self.broken(name), hidden(self.folder)
        if left or broken:
            return Outcome(FAULT, f"{name}: room for {room}: left lying: {left}, broken: {broken}, after {outcome}")
        if outcome.kind == REFUSED and "disk is full" not in outcome.said:
            return Outcome(FAULT, f"{name}: room for {room}: {outcome.said}")
        if outcome.kind == DONE and contents(self.folder) != after:
            return Outcome(FAULT, f"{name}: room for {room}: said to be done, and is not")
        return Outcome(outcome.kind, f"{name}: room for {room}: {outcome.said}")

    def started(self, name: str, rng: random.Random) -> subprocess.Popen[str]:
        """Start a command, and wait for any moment of it, half of the time for one at which it writes."""
        seconds = self.undisturbed(name).seconds
        self.refill()
        process = self.start(name)
        if rng.random() < 0.5:
            time.sleep(rng.uniform(0, 1.1 * seconds))
            return process
        while process.poll() is None and not hidden(self.folder):
            time.sleep(LOOK_SECONDS)
        time.sleep(rng.choice((0, rng.uniform(0, 0.02), rng.uniform(0, seconds))))
        return process

    def broken(self, name: str) -> list[str]:
        """Return the files that are neither as before nor as the command writes them."""
        after = self.undisturbed(name).files
        return [
            file for file, data in contents(self.folder).items() if data not in (self.before.get(file), after.get(file))
        ]


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Wait for a command as long as it computes; return its status and what it said on standard error.

    Raises:
        HangError: where it does nothing any more, or computes far longer than any should; it is ended.
    """
    computed = -1.0
    while True:
        try:
            _, err = process.communicate(timeout=WAITED_SECONDS)
        except subprocess.TimeoutExpired:
            before, computed = computed, seconds_of_computing(process.pid)
            if computed - before >= LEAST_COMPUTING and computed < LONGEST_COMPUTING:
                continue
            process.kill()
            process.communicate()
            raise HangError(f"{process.args} hangs, after {computed:.0f} s of computing") from None
        return process.returncode, err


def seconds_of_computing(process: int) -> float:
    """Return the processor time of a process and all its threads."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def hidden(folder: Path) -> list[str]:
    """Return what lies in a folder that nobody put there to be seen."""
    return [str(file.relative_to(folder)) for file in files_in(folder) if file.name.startswith(".")]


def contents(folder: Path) -> Files:
    """Return the files of a folder that are to be seen."""
    return {
        str(file.relative_to(folder)): file.read_bytes() for file in files_in(folder) if not file.name.startswith(".")
    }


def files_in(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and in those inside."""
    return (file for file in folder.rglob("*") if file.is_file())
