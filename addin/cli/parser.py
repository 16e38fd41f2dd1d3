"""The command's words and options."""

import argparse
import importlib.metadata
import sys
from pathlib import Path
from typing import Any, Never

from addin.cli import build, evaluate, functions, install, new, predict, repair, train, warm, weights
from addin.cli.streams import one_line
from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.kernels.schedules import SCHEDULES

MOST_COUNTED = 1_000_000_000


class OneLineParser(argparse.ArgumentParser):
    """A parser whose complaints are one line."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Remember what is parsed, to help where a file's name looks like an option."""
        self.given = sys.argv[1:] if args is None else list(args)
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> Never:
        """Say what is wrong in one line and exit with status 2."""
        dashed = next((each for each in self.given if each.startswith("-") and Path(each).exists()), None)
        hint = f"try {self.prog} --help" if dashed is None else f"the file {dashed} must be called ./{dashed} here"
        print(f"{self.prog}: {one_line(message)} ({one_line(hint)})", file=sys.stderr)
        sys.exit(2)


def count(text: str) -> int:
    """Return a whole number from 1 on, small enough to come to an end."""
    number = int(text)
    if not 1 <= number <= MOST_COUNTED:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number from 1 to {MOST_COUNTED:,}")
    return number


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = OneLineParser(prog="gradsheet", description="Gradient descent inside a spreadsheet.")
    parser.add_argument("--version", action="version", version=importlib.metadata.version("gradsheet"))
    parser.set_defaults(debug=False)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=OneLineParser)

    command = add(commands, "build", build.run, "build template workbooks, or list them when no name is given")
    command.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help='a template\'s name, "all" of them, or what a program needs: "calc", "excel"',
    )
    command.add_argument("-o", "--output", type=Path, default=Path(), help="folder to write into (default: this one)")
    command.add_argument("--force", action="store_true", help="replace workbooks that are there already")

    new.add_options(add(commands, "new", new.run, "make a workbook from your own table, CSV or xlsx"))

    predict.add_options(
        add(commands, "predict", predict.run, "answer new rows with a workbook made by new, and trained")
    )

    command = add(commands, "train", train.run, "train the model in a workbook and save it in place")
    add_workbook(command)
    add_training_options(command)

    command = add(
        commands,
        "evaluate",
        evaluate.run,
        "print as JSON how good the model is: loss, accuracy, confusion matrix, recall, and what guessing would reach",
    )
    add_workbook(command)

    command = add(commands, "export", weights.run_export, "write the trained weights as CSV")
    add_workbook(command)
    command.add_argument("csv", type=Path, nargs="?", help="file to write (default: print them)")

    command = add(commands, "import", weights.run_import, "put weights from a CSV file into a workbook")
    add_workbook(command)
    command.add_argument("csv", type=Path, help="file to read")
    command.add_argument("--save", type=Path, help="write this workbook instead of changing the one read")

    repair.add_options(
        add(commands, "repair", repair.run, "let Excel know the formulas of a workbook that LibreOffice has saved")
    )

    command = add(commands, "functions", functions.run, "list the formulas, or explain some of them")
    command.add_argument("names", nargs="*", metavar="NAME", help="formulas to explain, NN_RELU for instance")
    command.add_argument("--markdown", action="store_true", help="print the whole reference as Markdown")
    command.add_argument("--pages", type=Path, metavar="FOLDER", help="write it as Markdown, a page a family")

    install.add_install(add(commands, "install", install.run_install, "put the formulas and buttons into a program"))
    install.add_host(add(commands, "uninstall", install.run_uninstall, "take the formulas and buttons out of it again"))
    install.add_doctor(add(commands, "doctor", install.run_doctor, "check every step from the program to a formula"))

    add(commands, "warm", warm.run, "compile the formulas for this machine, so that the first one answers at once")
    return parser


def add(commands: object, name: str, run: object, help_text: str) -> argparse.ArgumentParser:
    """Add one command."""
    command: argparse.ArgumentParser = commands.add_parser(  # type: ignore[attr-defined]
        name, help=help_text, description=help_text[0].upper() + help_text[1:] + "."
    )
    command.set_defaults(run=run)
    command.add_argument("--debug", action="store_true", help="show the traceback of an error")
    return command


def add_workbook(command: argparse.ArgumentParser) -> None:
    """Add the workbook, and which of its models is meant."""
    command.add_argument("workbook", type=Path, help="an .xlsx or .xlsm file with the names inputs, target, weight_1 …")
    command.add_argument("--model", metavar="SHEET", help="the sheet whose model is meant, where there are several")


def add_training_options(command: argparse.ArgumentParser) -> None:
    """Add what the command train can be told; settings are kept in the workbook."""
    command.add_argument("--epochs", type=int, help="epochs to train (default: the workbook's epochs_per_click)")
    command.add_argument("--steps", type=count, help="single steps to take instead of epochs")
    command.add_argument("--reset", action="store_true", help="begin again from the first weights")
    command.add_argument("--restarts", type=count, help="train from this many seeds and keep the best")
    settings = command.add_argument_group("settings, kept in the workbook")
    settings.add_argument("--lr", type=float, help="learning rate")
    settings.add_argument("--momentum", type=float, help="momentum, for the optimizers momentum and nesterov")
    settings.add_argument("--schedule", help=" or ".join(SCHEDULES) + ": how lr changes with the epochs")
    settings.add_argument("--schedule-epochs", type=float, help="over how many epochs")
    settings.add_argument("--schedule-gamma", type=float, help="what lr is multiplied by then: step, exponential")
    settings.add_argument("--weight-decay", type=float, help="weight decay")
    settings.add_argument("--batch-size", type=int, help="rows a step looks at")
    settings.add_argument("--optimizer", help=" or ".join(OPTIMIZERS))
    settings.add_argument("--seed", type=int, help="seed of the first weights and the shuffling")
    settings.add_argument("--valid-fraction", type=float, help="share of the rows kept aside for checking")
    settings.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="any other named cell, loss=bce for instance"
    )
    output = command.add_argument_group("output")
    output.add_argument("--save", type=Path, help="write this workbook instead of changing the one read")
    output.add_argument("--export", type=Path, help="also write the weights as CSV")
    output.add_argument("--quiet", action="store_true", help="no progress")
