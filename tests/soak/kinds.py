"""The kinds of attack."""

import random
from collections.abc import Callable

from . import files
from .bench import Bench
from .formulas import one_formula
from .hosts import three_hosts
from .outcome import FAULT, HangError, Outcome

Attempt = Callable[[Bench, random.Random], list[Outcome]]
THREE_HOSTS = "formulas in three hosts"


def single(attempt: Callable[[Bench, random.Random], Outcome]) -> Attempt:
    """Return an attempt that tries one thing; it is a fault where that hangs."""

    def tried(bench: Bench, rng: random.Random) -> list[Outcome]:
        try:
            return [attempt(bench, rng)]
        except HangError as hang:
            return [Outcome(FAULT, str(hang))]

    return tried


KINDS: dict[str, tuple[float, Attempt]] = {
    "formulas": (0.05, single(lambda _, rng: one_formula(rng))),
    THREE_HOSTS: (0.15, lambda bench, rng: three_hosts(bench.calc, rng)),
    "workbooks": (0.2, single(files.workbooks)),
    "xlsx tables": (0.1, single(files.tables)),
    "CSV tables": (0.1, single(files.csv_tables)),
    "CSV weights": (0.1, single(files.csv_weights)),
    "kill -9": (0.1, single(lambda bench, rng: bench.commands.kill(rng))),
    "Ctrl-C, SIGTERM, SIGHUP": (0.1, single(lambda bench, rng: bench.commands.interrupt(rng))),
    "disk full": (0.1, single(lambda bench, rng: bench.commands.fill_disk(rng))),
}
"""What share of the time each kind gets, and one attempt of it: what became of each thing that was tried."""
