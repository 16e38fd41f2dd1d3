"""Formulas called with arguments that fit somewhat, or not at all."""

import math
import random
from typing import Any

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.cells.spelling import LARGEST_EXACT_INTEGER

from .outcome import DONE, FAULT, REFUSED, HangError, Outcome, watched

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


def one_formula(rng: random.Random) -> Outcome:
    """Call a formula with arguments that fit somewhat, or not at all."""
    name, formula = rng.choice(list(formulas().items()))
    count = rng.randrange(formula.fewest_arguments, len(formula.arguments) + 1)
    example = rng.choice(formula.examples)
    arguments = [bent_block(rng, example.arguments[i] if i < len(example.arguments) else None) for i in range(count)]
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
