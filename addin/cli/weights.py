"""gradsheet export and import: trained weights out to CSV and back."""

import argparse
from pathlib import Path

from addin.cli.progress import announce
from addin.cli.streams import print_data
from addin.cli.train import naming, save
from pyfuncs.cells.spelling import spelled
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer
from pyfuncs.training.weights import export_weights
from workbooks.clicks.click import read_weights
from workbooks.recalculate import model_of
from workbooks.xlsx.atomic import write_atomically
from workbooks.xlsx.locks import held
from workbooks.xlsx.workbook import WorkbookFile


def run_export(options: argparse.Namespace) -> int:
    """Write the weights as CSV, or print them."""
    announce("Reading", options.workbook)
    model = model_of(WorkbookFile.open(options.workbook, options.model))
    text = export_weights(model, model.state.params)
    if options.csv is None:
        print_data(text.replace("\r\n", "\n"))
        return 0
    write_atomically(options.csv, text.encode())
    print(f"Wrote {text.count(chr(10)) - 1} numbers to {options.csv}.")
    return 0


def run_import(options: argparse.Namespace) -> int:
    """Put weights from a CSV file into the workbook.

    Raises:
        GradsheetError: for a file that cannot be read or does not fit the model; the workbook stays as it was.
    """
    target = options.save or options.workbook
    with held(target):
        return import_into(options, target)


def import_into(options: argparse.Namespace, target: Path) -> int:
    """Do what `run_import` does, to a file that nobody else changes meanwhile."""
    announce("Reading", options.workbook)
    file = WorkbookFile.open(options.workbook, options.model)
    model = model_of(file)
    params = read_weights(model, options.csv)
    with naming(options.workbook):
        trainer = Trainer(model)
    file.refuse_unwritable(state_blocks(model, trainer.state, file))
    trainer.take(params)
    announce("Calculating and saving", options.workbook)
    save(file, trainer, target)
    print(
        f"{target}: {params.size} numbers from {options.csv}, loss {spelled(trainer.state.history[-1].train_loss, 6)}."
    )
    return 0
