"""gradsheet train: the workbook's model through the same trainer as the buttons."""

import argparse
import contextlib
import sys
from collections.abc import Iterator
from pathlib import Path

from addin.cli.progress import StartLines, announce, describe, observer
from addin.cli.settings import change_settings, given_settings
from addin.cli.stopping import Interrupts, exit_status
from addin.cli.workers import stopping, workers_of
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.cells.spelling import LARGEST_EXACT_INTEGER, spelled
from pyfuncs.training.model import Model
from pyfuncs.training.restarts import restart, start_blocks, started, summary
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Diverged, Trainer
from pyfuncs.training.weights import export_weights
from workbooks.recalculate import first_values, model_of, refresh, write_and_refresh
from workbooks.xlsx.atomic import refuse_unwritable, write_atomically
from workbooks.xlsx.locks import held
from workbooks.xlsx.workbook import WorkbookFile

MOST_EPOCHS = 1_000_000_000


def run(options: argparse.Namespace) -> int:
    """Train, save the workbook in place or elsewhere, and say how good the model is.

    Raises:
        GradsheetError: for a workbook or a setting that does not fit, or training that diverges; whole epochs before
            that are saved.
    """
    target = options.save or options.workbook
    with held(target):
        return train_workbook(options, target)


def train_workbook(options: argparse.Namespace, target: Path) -> int:
    """Do what `run` does, to a file that nobody else changes meanwhile."""
    tell = (lambda what, path: None) if options.quiet else announce
    tell("Reading", options.workbook)
    file = WorkbookFile.open(options.workbook, options.model)
    if options.export and not options.export.parent.is_dir():
        raise GradsheetError(f"{options.export} cannot be written: there is no folder {options.export.parent}.")
    if not target.exists():
        refuse_unwritable(target)
    change_settings(file, given_settings(options))
    model = up_to_date_model(file)
    with naming(options.workbook):
        trainer = Trainer(model)
        if options.reset:
            trainer.reset()
    file.refuse_unwritable(state_blocks(model, trainer.state, file))
    epochs = model.settings.epochs_per_click if options.epochs is None else options.epochs
    if not 0 <= epochs <= MOST_EPOCHS:
        raise GradsheetError(f"--epochs is {epochs}, but must be from 0 to {MOST_EPOCHS:,}.")
    if trainer.state.epoch + epochs > LARGEST_EXACT_INTEGER:
        raise GradsheetError(f"{options.workbook}: the epoch is {trainer.state.epoch}, which ends the counting: Reset.")
    if options.restarts:
        trainer = best_of(file, model, epochs, options)
    problem: Diverged | None = None
    stopped: KeyboardInterrupt | None = None
    try:
        train(trainer, epochs, options)
    except Diverged as diverged:
        problem = diverged
    except KeyboardInterrupt as stop:
        stopped = stop
    tell("Calculating and saving", options.workbook)
    save(file, trainer, target)
    if options.export:
        write_atomically(options.export, export_weights(model, trainer.state.params).encode())
    if problem is not None:
        raise GradsheetError(f"{options.workbook}: {problem}")
    latest = trainer.state.history[-1]
    where = target if file.sheet is None else f"{target}, {file.sheet}"
    print(f"{where}: epoch {latest.epoch}, {describe(latest)}{explained(trainer)}.")
    if stopped is not None:
        print(f"gradsheet: stopped after epoch {latest.epoch}; {target} holds it.", file=sys.stderr)
    return 0 if stopped is None else exit_status(stopped)


def up_to_date_model(file: WorkbookFile) -> Model:
    """Return the model of a workbook whose settings were perhaps changed, its formulas calculated where it reads them.

    Raises:
        GradsheetError: for a model that does not fit.
    """
    try:
        model = model_of(file)
        is_stale = file.may_have_read_stale_values()
    except GradsheetError:
        is_stale = file.is_changed
        if not is_stale:
            raise
    if is_stale:
        if not refresh(file):
            file.forget_surely_stale_values()
        model = model_of(file)
    return model


def explained(trainer: Trainer) -> str:
    """Return R² of a regression on the validation rows, or on those that train where there are none."""
    if trainer.model.task != "regression":
        return ""
    rows = trainer.model.valid_rows if trainer.model.valid_rows.size else trainer.model.train_rows
    value = trainer.r_squared(rows)
    return "" if value is None else f", R² {spelled(value, 3)}"


@contextlib.contextmanager
def naming(workbook: Path) -> Iterator[None]:
    """Name the workbook in an error that comes from where no file is known."""
    try:
        yield
    except GradsheetError as error:
        raise GradsheetError(f"{workbook}: {error}") from None


def train(trainer: Trainer, epochs: int, options: argparse.Namespace) -> None:
    """Train as asked, shown as fits."""
    with Interrupts() as interrupts:
        if options.steps:
            for _ in range(options.steps):
                trainer.step()
                interrupts.check()
            return
        watching = observer(interrupts, trainer.state.epoch, epochs, options.quiet)
        try:
            trainer.train(epochs, watching)
        finally:
            watching.close()


def save(file: WorkbookFile, trainer: Trainer, target: Path) -> None:
    """Put the trainer's state into the workbook, refresh its formulas where they are known, and write it."""
    write_and_refresh(file, state_blocks(trainer.model, trainer.state, file))
    file.save(target)


def best_of(file: WorkbookFile, model: Model, epochs: int, options: argparse.Namespace) -> Trainer:
    """Train from many seeds, say how they ended, and return a trainer at the best one's first weights."""
    first_values_of = first_values(file)
    show = StartLines("start", options.restarts, options.quiet).ended
    workers = workers_of(options)
    with stopping(workers) as check:
        starts = restart(model, epochs, options.restarts, show, check, first_values_of, workers)
    print(summary(starts, epochs))
    best = started(model, starts[0].seed, first_values_of)
    file.write(start_blocks(best, file))
    return Trainer(best)
