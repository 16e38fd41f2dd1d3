"""Workbooks, tables and weights with something wrong in them, given to the command."""

import random

from .bench import CORPUS, Bench
from .mutations import bent_package, bent_text
from .outcome import DONE, FAULT, REFUSED, Outcome, is_readable, run


def workbooks(bench: Bench, rng: random.Random) -> Outcome:
    """Train a workbook with something wrong in it."""
    path = bench.folder / "bent.xlsx"
    data = bent_package(rng, rng.choice((bench.template, bench.made.read_bytes())))
    path.write_bytes(data)
    outcome = run("train", path, "--epochs", 1, "--quiet")
    if outcome.kind == REFUSED and "diverged" not in outcome.said and path.read_bytes() != data:
        return Outcome(FAULT, f"changed, though refused: {outcome.said}")
    if outcome.kind == DONE and not is_readable(path):
        return Outcome(FAULT, "what was saved cannot be read again")
    return outcome


def tables(bench: Bench, rng: random.Random) -> Outcome:
    """Make a workbook of a spreadsheet file with something wrong in it."""
    return new(bench, rng, "bent_table.xlsx", bent_package(rng, bench.sheet.read_bytes()))


def csv_tables(bench: Bench, rng: random.Random) -> Outcome:
    """Make a workbook of a text file with something wrong in it."""
    files = [*[bench.table] * 9, *sorted(CORPUS.glob("table_*.csv"))]
    return new(bench, rng, "bent.csv", bent_text(rng, rng.choice(files).read_bytes()))


def new(bench: Bench, rng: random.Random, name: str, data: bytes, *options: str) -> Outcome:
    """Make a workbook of a table."""
    path, output = bench.folder / name, bench.folder / "new.xlsx"
    path.write_bytes(data)
    output.unlink(missing_ok=True)
    wishes = rng.choice(((), ("--fill", "mode"), ("--fill", "drop"), ("--task", "regression"), ("--no-header",)))
    outcome = run("new", path, "--target", "rent", "-o", output, *options, *wishes)
    if output.exists() != (outcome.kind == DONE) and outcome.kind != FAULT:
        return Outcome(FAULT, f"a file, or none: {outcome}")
    return outcome


def csv_weights(bench: Bench, rng: random.Random) -> Outcome:
    """Import weights with something wrong in them."""
    files = [*[bench.weights] * 9, *sorted(CORPUS.glob("weights_*.csv"))]
    path = bench.folder / "bent_weights.csv"
    path.write_bytes(bent_text(rng, rng.choice(files).read_bytes()))
    target = bench.folder / "imported.xlsx"
    target.unlink(missing_ok=True)
    outcome = run("import", bench.book, path, "--save", target)
    if target.exists() != (outcome.kind == DONE) and outcome.kind != FAULT:
        return Outcome(FAULT, f"a file, or none: {outcome}")
    return outcome
