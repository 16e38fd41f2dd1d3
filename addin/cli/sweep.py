"""gradsheet sweep: train with every combination of some settings, and draw which of them ends best."""

import argparse
import shlex
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path

import numpy as np

from addin.cli.parser import add_workbook, count
from addin.cli.progress import StartLines, announce
from addin.cli.settings import SETTINGS, assigned, cell_value, change_settings
from addin.cli.train import MOST_EPOCHS, naming, up_to_date_model
from addin.cli.workers import add_workers, stopping, workers_of
from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.reader import spelled
from pyfuncs.training.sweep import Trial, least, sweep
from pyfuncs.training.trainer import Trainer
from workbooks.recalculate import first_values, model_of
from workbooks.sheets.writer import write
from workbooks.sweep import Sweep, as_csv, build
from workbooks.xlsx.atomic import refuse_unwritable, write_atomically
from workbooks.xlsx.locks import refuse_if_open
from workbooks.xlsx.workbook import WorkbookFile

Values = Mapping[str, Sequence[CellValue]]

MOST_VALUES = 100
MOST_RUNS = 100_000
ON_A_LOG_SCALE = ("lr", "weight_decay")
"""Settings for which a range is spread evenly over the powers of ten."""
RANGE_HELP = ": 0.001,0.01,0.1 or a range, 0.001:0.3:8 for 8 values evenly spread over the powers of ten"
KEPT: Mapping[str, str] = {
    "seed": "give --seeds, and the seeds from the workbook's own on are tried",
    "epoch": "training begins at the first weights",
    "step": "training begins at the first weights",
    "epochs_per_click": "give --epochs",
    **dict.fromkeys(("loss", "task"), "losses of another kind cannot be compared"),
    **dict.fromkeys(("valid_fraction", "split_seed"), "losses of other rows cannot be compared"),
}
"""Settings that cannot be swept, with what to do or why."""


def run(options: argparse.Namespace) -> int:
    """Train with every combination of the settings given, and write the workbook and the CSV file of all losses.

    Raises:
        GradsheetError: for a workbook or a setting that does not fit, or a file that is there already; nothing is
            written then.
    """
    output = options.output or Path(f"{options.workbook.stem}.sweep.xlsx")
    table = output.with_suffix(".csv")
    refuse_outputs(options, output, table)
    values = given_values(options)
    swept = {name: each for name, each in values.items() if len(each) > 1}
    announce("Reading", options.workbook)
    file = WorkbookFile.open(options.workbook, options.model)
    refuse_settings(file, swept)
    trials = trials_of(file, values, swept)
    check_trials(options, trials)
    model = trials[0].model
    epochs = model.settings.epochs_per_click if options.epochs is None else options.epochs
    workers = workers_of(options)
    show = StartLines("run", len(trials) * options.seeds, options.quiet).ended
    with stopping(workers) as check:
        outcomes = sweep(trials, epochs, options.seeds, show, check, workers)
    judged = "validation" if model.valid_rows.size else "training"
    best = {name: each[0] for name, each in values.items()} | dict(zip(swept, least(outcomes).values, strict=True))
    command = training_command(options, epochs, best)
    found = Sweep(options.workbook.name, swept, outcomes, epochs, judged, command)
    write_atomically(table, as_csv(found).encode())
    write_atomically(output, write(build(found)))
    print(f"{len(trials)} combinations, {len(trials) * options.seeds} runs of {epochs} epochs. {found.sentence}")
    print(f"Wrote {output} and {table}. To train it so: {command}")
    return 0


def refuse_outputs(options: argparse.Namespace, output: Path, table: Path) -> None:
    """Check, before hours of work, that what comes of them can be written.

    Raises:
        GradsheetError: for a file that is there already, or a place where none can be.
    """
    if output.suffix.lower() != ".xlsx":
        raise GradsheetError(f"-o {output} must end in .xlsx; the CSV file is written beside it.")
    if output.exists() and options.workbook.exists() and output.samefile(options.workbook):
        raise GradsheetError(f"{output} is the workbook itself: name another file with -o.")
    for path in (output, table):
        if path.exists() and not options.force:
            raise GradsheetError(f"{path} is there already; name another file with -o, or replace it with --force.")
        refuse_if_open(path)
        refuse_unwritable(path)


def given_values(options: argparse.Namespace) -> dict[str, Sequence[CellValue]]:
    """Return the values of each setting on the command line, by name.

    Raises:
        GradsheetError: for a value given twice.
    """
    values = {name: getattr(options, name) for name in SWEEPABLE if getattr(options, name) is not None}
    values |= {
        name: [cell_value(part.strip()) for part in text.split(",")] for name, text in map(assigned, options.set)
    }
    for name, each in values.items():
        twice = next((value for i, value in enumerate(each) if value in each[:i]), None)
        if twice is not None:
            raise GradsheetError(f"{name} is to be {spelled(twice)} twice: name each value once.")
    return values


def refuse_settings(file: WorkbookFile, swept: Values) -> None:
    """Check that there is something to try, that it may be tried, and that seeds have a cell.

    Raises:
        GradsheetError: where not.
    """
    if not swept:
        raise GradsheetError("There is nothing to try: give a setting several values, --lr 0.001:0.3:8 for instance.")
    for name in swept:
        if name in KEPT:
            raise GradsheetError(f"{name} can have one value only here: {KEPT[name]}.")
        if len(swept[name]) > MOST_VALUES:
            raise GradsheetError(f"{name} has {len(swept[name])} values, but at most {MOST_VALUES} can be drawn.")
    if "seed" not in file:
        raise GradsheetError(
            f"{file.title} has no name seed, so no run could be repeated: define it for a cell with a whole number."
        )


def trials_of(file: WorkbookFile, values: Values, swept: Values) -> list[Trial]:
    """Return a trial for each combination of the settings, each read as `gradsheet train` would read it.

    Raises:
        GradsheetError: for a value that does not fit its cell, naming the cell.
    """
    change_settings(file, {name: each[0] for name, each in values.items()})
    data = up_to_date_model(file)
    change_settings(file, {name: other_value(file, name, each) for name, each in swept.items()})
    up_to_date_model(file)
    # What is still marked as changed is read by none of the formulas that a model or its first values come from.
    has_dependents = not file.is_changed
    formulas = first_values(file)
    trials = []
    for combination in product(*swept.values()):
        change_settings(file, dict(zip(swept, combination, strict=True)))
        model = up_to_date_model(file) if has_dependents else model_of(file)
        if has_dependents:
            formulas = first_values(file)
        trials.append(Trial.of(combination, model, data, formulas))
    return trials


def other_value(file: WorkbookFile, name: str, values: Sequence[CellValue]) -> CellValue:
    """Return one of several values that a setting's cell does not hold."""
    held = file.read(name)
    return next(value for value in values if held != [[value]])


def check_trials(options: argparse.Namespace, trials: Sequence[Trial]) -> None:
    """Check that every model can be trained, and that there are not too many runs.

    Raises:
        GradsheetError: where not.
    """
    if options.epochs is not None and not 0 <= options.epochs <= MOST_EPOCHS:
        raise GradsheetError(f"--epochs is {options.epochs}, but must be from 0 to {MOST_EPOCHS:,}.")
    runs = len(trials) * options.seeds
    if runs > MOST_RUNS:
        raise GradsheetError(f"That would be {runs:,} runs, but at most {MOST_RUNS:,} can be listed: try fewer values.")
    with naming(options.workbook):
        for trial in trials:
            Trainer(trial.model)
            if not any(layer.trains_weight or layer.trains_bias for layer in trial.model.layers):
                raise GradsheetError("No layer trains, so all settings would end the same: set trains_1 to TRUE.")


def training_command(options: argparse.Namespace, epochs: int, best: Mapping[str, CellValue]) -> str:
    """Return the command that trains the workbook with some settings, from as many seeds."""
    words = ["gradsheet", "train", str(options.workbook)]
    if options.model is not None:
        words += ["--model", options.model]
    for name, value in best.items():
        words += (
            [SETTINGS[name].spelling(name), spelled(value)]
            if name in SETTINGS
            else ["--set", f"{name}={spelled(value)}"]
        )
    return shlex.join([*words, "--epochs", str(epochs), "--restarts", str(options.seeds)])


def several(kind: Callable[[str], CellValue], *, is_logarithmic: bool) -> Callable[[str], list[CellValue]]:
    """Return what reads a list of values, 1,32,712, or a range, 0.001:0.3:8."""

    def read(text: str) -> list[CellValue]:
        if is_logarithmic and ":" in text:
            return list(spread(text))
        try:
            return [kind(part.strip()) for part in text.split(",")]
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text} must be numbers with commas between") from None

    return read


def spread(text: str) -> list[float]:
    """Return the numbers of a range FIRST:LAST:COUNT, evenly spread over the powers of ten, with 4 digits each."""
    try:
        first, last, number = text.split(":")
        low, high, steps = float(first), float(last), int(number)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} must be FIRST:LAST:COUNT, 0.001:0.3:8 for instance") from None
    if not (0 < low < high < float("inf") and 2 <= steps <= MOST_VALUES):
        raise argparse.ArgumentTypeError(
            f"{text} must go from a number above 0 to a larger one, in 2 to {MOST_VALUES} values"
        )
    inner = [float(f"{value:.4g}") for value in np.geomspace(low, high, steps)[1:-1]]
    return [low, *inner, high]


SWEEPABLE = tuple(name for name in SETTINGS if name not in KEPT)


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the workbook, the settings to try, and where the result goes."""
    add_workbook(command)
    command.add_argument("--epochs", type=int, help="epochs of each run (default: the workbook's epochs_per_click)")
    command.add_argument(
        "--seeds", type=count, default=1, metavar="N", help="seeds to train each from, the workbook's own first"
    )
    settings = command.add_argument_group("settings to try, in every combination")
    for name in SWEEPABLE:
        option, is_logarithmic = SETTINGS[name], name in ON_A_LOG_SCALE
        settings.add_argument(
            option.spelling(name),
            type=several(option.kind, is_logarithmic=is_logarithmic),
            metavar="LIST",
            help=option.help + RANGE_HELP * is_logarithmic,
        )
    settings.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=LIST",
        help="any other named cell, activation_1=relu,tanh for instance",
    )
    add_workers(command)
    output = command.add_argument_group("output")
    output.add_argument("-o", "--output", type=Path, help="workbook to write (default: WORKBOOK.sweep.xlsx)")
    output.add_argument("--force", action="store_true", help="replace files that are there already")
    output.add_argument("--quiet", action="store_true", help="no progress")
