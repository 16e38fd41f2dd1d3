"""The kinds of attack: each makes one attempt after another out of random numbers, and says what became of it."""

import math
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode, GradsheetError
from pyfuncs.cells.spelling import LARGEST_EXACT_INTEGER
from pyfuncs.training.contract import read_model
from workbooks.lessons.templates import TEMPLATES
from workbooks.sheets.writer import write
from workbooks.xlsx.workbook import WorkbookFile

from .mutations import bent_package, bent_text
from .outcome import DONE, FAULT, REFUSED, HangError, Outcome, judged, run, watched

CORPUS = Path(__file__).with_name("corpus")
TEMPLATE = "titanic_linear"
CELLS = (
    0.0,
    -1.0,
    1.0,
    0.5,
    3.0,
    -0.0,
    1e300,
    -1e300,
    1e-310,
    float(LARGEST_EXACT_INTEGER),
    2.0,
    None,
    True,
    False,
    "",
    "x",
)
ODD = ("3", "=A1", "a\nb", "x" * 500, ErrorCode.NA, ErrorCode.NUM, math.inf, math.nan, "relu", "sgd", "train", "valid")
LONGEST_SENTENCE = 400
SECONDS_OF_A_COMMAND = 120


class Bench:
    """A folder with files to attack, made once; `attempt` is called by the names of the kinds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = write(TEMPLATES[TEMPLATE].build(None))
        self.book = folder / "book.xlsx"
        self.book.write_bytes(self.template)
        self.weights = folder / "weights.csv"
        self.table = folder / "table.csv"
        self.table.write_text(
            "size,kind,when,rent\n"
            + "".join(f"{30 + i},{'abc'[i % 3]},2020-01-{1 + i % 28:02},{400 + i * i % 97}\n" for i in range(60))
        )
        self.sheet = folder / "table.xlsx"
        sheet = openpyxl.Workbook()
        for line in self.table.read_text().splitlines():
            sheet.active.append([float(cell) if cell.isdecimal() else cell for cell in line.split(",")])
        sheet.save(self.sheet)
        self.made = folder / "made.xlsx"
        for arguments in (
            ("export", self.book, self.weights),
            ("new", self.table, "--target", "rent", "-o", self.made),
        ):
            assert run(*arguments).kind == DONE, arguments

    def formulas(self, rng: random.Random) -> Outcome:
        """Call a formula with arguments that fit somewhat, or not at all."""
        name, formula = rng.choice(list(formulas().items()))
        count = rng.randrange(formula.fewest_arguments, len(formula.arguments) + 1)
        example = rng.choice(formula.examples)
        arguments = [
            bent_block(rng, example.arguments[i] if i < len(example.arguments) else None) for i in range(count)
        ]
        before = repr(arguments)
        try:
            with watched():
                result = call(formula, arguments)
        except CellError as error:
            said = str(error)
            is_plain = "Please report" not in said and said.isprintable() and len(said) < LONGEST_SENTENCE
            return Outcome(REFUSED if is_plain else FAULT, f"{name}: {said}")
        except HangError:
            return Outcome(FAULT, f"{name}: hangs on {before[:300]}")
        except Exception as error:
            return Outcome(FAULT, f"{name}: {type(error).__name__} on {before[:300]}")
        if any(isinstance(cell, float) and not math.isfinite(cell) for row in result for cell in row):
            return Outcome(FAULT, f"{name}: gives no number on {before[:300]}")
        return Outcome(DONE if repr(arguments) == before else FAULT, f"{name}: changes its arguments")

    def workbooks(self, rng: random.Random) -> Outcome:
        """Train a workbook with something wrong in it."""
        path = self.folder / "bent.xlsx"
        data = bent_package(rng, rng.choice((self.template, self.made.read_bytes())))
        path.write_bytes(data)
        outcome = run("train", path, "--epochs", 1, "--quiet")
        if outcome.kind == REFUSED and "diverged" not in outcome.said and path.read_bytes() != data:
            return Outcome(FAULT, f"changed, though refused: {outcome.said}")
        if outcome.kind == DONE and not is_readable(path):
            return Outcome(FAULT, "what was saved cannot be read again")
        return outcome

    def tables(self, rng: random.Random) -> Outcome:
        """Make a workbook of a spreadsheet file with something wrong in it."""
        return self.new(rng, "bent_table.xlsx", bent_package(rng, self.sheet.read_bytes()))

    def csv_tables(self, rng: random.Random) -> Outcome:
        """Make a workbook of a text file with something wrong in it."""
        files = [*[self.table] * 9, *sorted(CORPUS.glob("table_*.csv"))]
        return self.new(rng, "bent.csv", bent_text(rng, rng.choice(files).read_bytes()))

    def new(self, rng: random.Random, name: str, data: bytes, *options: str) -> Outcome:
        """Make a workbook of a table."""
        path, output = self.folder / name, self.folder / "new.xlsx"
        path.write_bytes(data)
        output.unlink(missing_ok=True)
        wishes = rng.choice(((), ("--fill", "mode"), ("--fill", "drop"), ("--task", "regression"), ("--no-header",)))
        outcome = run("new", path, "--target", "rent", "-o", output, *options, *wishes)
        if output.exists() != (outcome.kind == DONE) and outcome.kind != FAULT:
            return Outcome(FAULT, f"a file, or none: {outcome}")
        return outcome

    def csv_weights(self, rng: random.Random) -> Outcome:
        """Import weights with something wrong in them."""
        files = [*[self.weights] * 9, *sorted(CORPUS.glob("weights_*.csv"))]
        path = self.folder / "bent_weights.csv"
        path.write_bytes(bent_text(rng, rng.choice(files).read_bytes()))
        target = self.folder / "imported.xlsx"
        target.unlink(missing_ok=True)
        outcome = run("import", self.book, path, "--save", target)
        if target.exists() != (outcome.kind == DONE) and outcome.kind != FAULT:
            return Outcome(FAULT, f"a file, or none: {outcome}")
        return outcome

    def kills(self, rng: random.Random) -> Outcome:
        """Kill a command at any moment; each file is the old one or the new one, and the next run clears up."""
        book, process = self.started(rng)
        process.kill()
        process.communicate()
        if not self.is_whole(book.parent):
            return Outcome(FAULT, f"broken by a kill: {process.args}")
        ended = run("train", book, "--epochs", 1, "--quiet")
        left = hidden(book.parent)
        return ended if ended.kind == FAULT or not left else Outcome(FAULT, f"left lying: {left}")

    def signals(self, rng: random.Random) -> Outcome:
        """Interrupt a command at any moment; it says what is true, in one line, and leaves nothing."""
        book, process = self.started(rng)
        before = contents(book.parent)
        process.send_signal(rng.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)))
        _, err = process.communicate(timeout=SECONDS_OF_A_COMMAND)
        said = err.strip().rpartition("\n")[2]
        left = hidden(book.parent)
        if left or not self.is_whole(book.parent):
            return Outcome(FAULT, f"left lying: {left}, after {said}")
        # Before our first line runs it is Python that speaks, or the system that ends the process.
        if "Traceback" in err and "in main" in err:
            return Outcome(FAULT, said)
        if "nothing was changed" in said and contents(book.parent) != before:
            return Outcome(FAULT, f"changed, though it says: {said}")
        return Outcome(DONE if process.returncode == 0 else REFUSED, said)

    def is_whole(self, folder: Path) -> bool:
        """Tell whether every workbook in a folder is the one that was there, or one that can be read."""
        return all(file.read_bytes() == self.template or is_readable(file) for file in folder.glob("*.xlsx"))

    def commands(self, rng: random.Random, folder: Path) -> list[str]:
        """Return a command that writes into a folder with a workbook."""
        book = folder / "book.xlsx"
        chosen = rng.choice(
            (
                ["train", book, "--epochs", rng.choice((1, 20, 20_000))],
                ["train", book, "--epochs", 3, "--quiet", "--export", folder / "out.csv"],
                ["import", book, self.weights],
                ["new", self.table, "--target", "rent", "-o", folder / "new.xlsx"],
                ["build", TEMPLATE, "-o", folder],
                ["export", book, folder / "out.csv"],
            )
        )
        return [sys.executable, "-m", "addin.cli", *map(str, chosen)]

    def disk_full(self, rng: random.Random) -> Outcome:
        """Let the disk take only so many bytes of a file."""
        folder = self.fresh_folder()
        path = folder / "book.xlsx"
        path.write_bytes(self.template)
        most = rng.randrange(len(self.template))
        command = self.commands(rng, folder)
        ended = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=SECONDS_OF_A_COMMAND,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
        )
        outcome = judged(ended.returncode, ended.stderr)
        if path.read_bytes() != self.template and outcome.kind != DONE:
            return Outcome(FAULT, f"changed by a full disk: {outcome}")
        left = hidden(folder)
        return Outcome(FAULT, f"left lying: {left}") if left else outcome

    def started(self, rng: random.Random) -> tuple[Path, subprocess.Popen[str]]:
        """Start a command in a folder of its own, and wait for any moment of it."""
        book = self.fresh_folder() / "book.xlsx"
        book.write_bytes(self.template)
        command = self.commands(rng, book.parent)
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        time.sleep(rng.uniform(0.05, 6.0))
        return book, process

    def fresh_folder(self) -> Path:
        """Return an empty folder."""
        folder = self.folder / "fresh"
        folder.mkdir(exist_ok=True)
        for file in folder.iterdir():
            file.unlink()
        return folder


def bent_block(rng: random.Random, block: Any) -> Any:
    """Return an argument like an example's with cells exchanged, or of another shape altogether."""
    way = rng.random()
    if way < 0.3 or block is None:
        rows, columns = rng.choice((1, 1, 2, 3, 5, 30)), rng.choice((1, 1, 2, 3, 5))
        cells = CELLS if way < 0.2 else CELLS + ODD
        return [[rng.choice(cells) for _ in range(columns)] for _ in range(rows)]
    if not isinstance(block, list):
        return block if way < 0.8 else rng.choice(CELLS + ODD)
    rows = [list(row) if isinstance(row, list) else [row] for row in block]
    for _ in range(rng.choice((0, 1, 1, 3))):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(CELLS + ODD)
    return rows


def hidden(folder: Path) -> list[str]:
    """Return what lies in a folder that nobody put there to be seen."""
    return [file.name for file in folder.iterdir() if file.name.startswith(".")]


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder that are to be seen."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if not file.name.startswith(".")}


def is_readable(path: Path) -> bool:
    """Tell whether a workbook's model can be read."""
    try:
        read_model(WorkbookFile.open(path))
    except GradsheetError as error:
        # What a spreadsheet program is to calculate is no damage.
        return "without a stored value" in str(error)
    return True


KINDS: dict[str, tuple[float, Callable[[Bench, random.Random], Outcome]]] = {
    "formulas": (0.1, Bench.formulas),
    "workbooks": (0.25, Bench.workbooks),
    "xlsx tables": (0.15, Bench.tables),
    "CSV tables": (0.15, Bench.csv_tables),
    "CSV weights": (0.1, Bench.csv_weights),
    "kill -9": (0.1, Bench.kills),
    "Ctrl-C, SIGTERM, SIGHUP": (0.1, Bench.signals),
    "disk full": (0.05, Bench.disk_full),
}
"""What share of the time each kind gets, and one attempt of it."""
