"""The kinds of attack."""

import random
from collections.abc import Callable

from . import files
from .bench import Bench
from .formulas import one_formula
from .outcome import Outcome

KINDS: dict[str, tuple[float, Callable[[Bench, random.Random], Outcome]]] = {
    "formulas": (0.1, lambda _, rng: one_formula(rng)),
    "workbooks": (0.25, files.workbooks),
    "xlsx tables": (0.15, files.tables),
    "CSV tables": (0.15, files.csv_tables),
    "CSV weights": (0.1, files.csv_weights),
    "kill -9": (0.1, lambda bench, rng: bench.commands.kill(rng)),
    "Ctrl-C, SIGTERM, SIGHUP": (0.1, lambda bench, rng: bench.commands.interrupt(rng)),
    "disk full": (0.05, lambda bench, rng: bench.commands.fill_disk(rng)),
}
"""What share of the time each kind gets, and one attempt of it."""
