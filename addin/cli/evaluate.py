"""gradsheet evaluate: how good the workbook's model is, beside what guessing would reach."""

import argparse
import json
import math
import re
from typing import Any

from addin.cli.progress import announce
from addin.cli.train import naming
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.kernels.arrays import Order
from pyfuncs.training.judgement import Judge
from pyfuncs.training.model import Model
from pyfuncs.training.trainer import Trainer
from workbooks.recalculate import model_of
from workbooks.xlsx.workbook import WorkbookFile

_NUMBERS = re.compile(r"\[\s+([-+.,\deE\s]+?)\s+\]")


def run(options: argparse.Namespace) -> int:
    """Print how good the model is on all, train and valid rows as JSON with all digits.

    Raises:
        GradsheetError: for a workbook that does not fit, or weights with which the loss is not finite.
    """
    announce("Reading", options.workbook)
    model = model_of(WorkbookFile.open(options.workbook, options.model))
    with naming(options.workbook):
        judge = Judge(Trainer(model))
    found = {"train": judged(judge, model.train_rows), "valid": judged(judge, model.valid_rows)}
    everything = found["train"] if model.trains.all() else judged(judge, all_rows(model))
    if everything is not None and not math.isfinite(everything["loss"]):
        raise GradsheetError(f"{options.workbook}: the loss is not finite with these weights: Reset, or train anew.")
    print(on_lines({"all": everything, **found}))
    return 0


def judged(judge: Judge, rows: Order) -> dict[str, Any] | None:
    """Return the measures of some rows by name, None where there are no rows."""
    return judge.measures(rows) if rows.size else None


def on_lines(result: dict[str, Any]) -> str:
    """Return JSON with an entry a line, and a row of a matrix a line."""
    text = json.dumps(result, indent=2, allow_nan=False)
    return _NUMBERS.sub(lambda row: f"[{' '.join(row[1].split())}]", text)


def all_rows(model: Model) -> Order:
    """Return the numbers of all rows."""
    rows: Order = (model.trains | True).nonzero()[0]
    return rows
