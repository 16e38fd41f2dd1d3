"""The settings that a command line can give, and how they get into the workbook's cells."""

import argparse
from collections.abc import Callable, Mapping
from typing import NamedTuple

from pyfuncs.cells.block import CellValue
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.kernels.schedules import SCHEDULES
from pyfuncs.training.contract import takers
from pyfuncs.training.reader import refuse_other_words
from pyfuncs.training.storage import no_memory
from workbooks.xlsx.workbook import WorkbookFile


class SettingOption(NamedTuple):
    """A setting with an option of its own: what its value is, and what help says of it."""

    kind: Callable[[str], CellValue]
    help: str

    def spelling(self, name: str) -> str:
        """Return how the option for a setting of this name is typed."""
        return "--" + name.replace("_", "-")


SETTINGS: Mapping[str, SettingOption] = {
    "lr": SettingOption(float, "learning rate"),
    "momentum": SettingOption(float, f"how much of the last step stays: {takers('momentum')}"),
    "schedule": SettingOption(str, " or ".join(SCHEDULES) + ": how lr changes with the epochs"),
    "schedule_epochs": SettingOption(float, "over how many epochs"),
    "schedule_gamma": SettingOption(float, f"what lr is multiplied by then: {takers('schedule_gamma')}"),
    "weight_decay": SettingOption(float, "weight decay"),
    "batch_size": SettingOption(int, "rows a step looks at"),
    "optimizer": SettingOption(str, " or ".join(OPTIMIZERS)),
    "seed": SettingOption(int, "seed of the first weights and the shuffling"),
    "valid_fraction": SettingOption(float, "share of the rows kept aside for checking"),
}


def add_settings(command: argparse.ArgumentParser) -> None:
    """Add the options that put one value into a setting."""
    settings = command.add_argument_group("settings, kept in the workbook")
    for name, option in SETTINGS.items():
        settings.add_argument(option.spelling(name), type=option.kind, help=option.help)
    settings.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="any other named cell, loss=bce for instance"
    )


def given_settings(options: argparse.Namespace) -> dict[str, CellValue]:
    """Return the settings given on the command line, by name.

    Raises:
        GradsheetError: for a --set that is no NAME=VALUE.
    """
    given = {name: getattr(options, name) for name in SETTINGS if getattr(options, name) is not None}
    return given | {name: cell_value(text) for name, text in map(assigned, options.set)}


def assigned(assignment: str) -> tuple[str, str]:
    """Return the name and the text of NAME=VALUE.

    Raises:
        GradsheetError: where there is no equals sign.
    """
    name, mark, value = assignment.partition("=")
    if not mark:
        raise GradsheetError(f"--set {assignment} must be NAME=VALUE, loss=bce for instance.")
    return name.strip(), value.strip()


def cell_value(text: str) -> CellValue:
    """Return what a spreadsheet makes of a typed value."""
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    try:
        return float(text)
    except ValueError:
        return text


def change_settings(file: WorkbookFile, changes: Mapping[str, CellValue]) -> None:
    """Put settings into the workbook's cells.

    Raises:
        GradsheetError: for a name the workbook does not have, or a word that the cell's drop-down does not offer.
    """
    if "optimizer" in changes and "optimizer" in file and file.read("optimizer") != [[changes["optimizer"]]]:
        file.write(no_memory(file))  # what one optimizer remembers means nothing to another
    for name, value in changes.items():
        if name not in file:
            raise GradsheetError(f"{file.title} has no name {name}: define it for the cell of that setting.")
        if file.area(name).shape != (1, 1):
            raise GradsheetError(f"{file.address(name)} ({name}) is not one cell, so it cannot be set from here.")
        refuse_other_words(file, name, value)
        file.write({name: [[value]]})
