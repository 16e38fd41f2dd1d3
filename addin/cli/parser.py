"""The command's words and options."""

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, Never, Self

from addin.cli.streams import one_line
from pyfuncs.cells.spelling import LARGEST_EXACT_INTEGER

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


def seed(text: str) -> int:
    """Return a whole number that a cell holds with all its digits."""
    number = int(text)
    if abs(number) > LARGEST_EXACT_INTEGER:
        raise argparse.ArgumentTypeError(
            f"{text} must be a whole number from -{LARGEST_EXACT_INTEGER} to {LARGEST_EXACT_INTEGER}"
        )
    return number


class Version(argparse.Action):
    """Prints the version, which is looked up only then: that takes longer than all else of the parser."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> Never:
        """Print it and exit."""
        import importlib.metadata

        print(importlib.metadata.version("gradsheet"))
        parser.exit()


class CommandParser(OneLineParser):
    """The parser of one command, which takes on its options when it is used: no command imports what others need."""

    def __init__(self, *, set_up: Callable[[argparse.ArgumentParser], None] | None = None, **given: Any) -> None:
        super().__init__(**given)
        self.set_up = set_up

    def complete(self) -> Self:
        """Add the options, once."""
        set_up, self.set_up = self.set_up, None
        if set_up is not None:
            set_up(self)
        return self

    def parse_known_args(self, *given: Any, **named: Any) -> Any:
        """Parse what the command was given."""
        return super(CommandParser, self.complete()).parse_known_args(*given, **named)


class Subcommand(NamedTuple):
    """A command: what help says of it, and where its options and what runs it are found in the folder addin/cli."""

    help: str
    module: str
    options: Callable[[argparse.ArgumentParser, ModuleType], None]
    run: str = "run"

    def set_up(self, parser: argparse.ArgumentParser) -> None:
        """Give the command's options and what runs it to its parser."""
        module = importlib.import_module(f"addin.cli.{self.module}")
        parser.set_defaults(run=getattr(module, self.run))
        parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
        self.options(parser, module)


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = OneLineParser(prog="gradsheet", description="Gradient descent inside a spreadsheet.")
    parser.add_argument("--version", action=Version, nargs=0, help="show program's version number and exit")
    parser.set_defaults(debug=False)
    parsers = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=CommandParser)
    for name, command in SUBCOMMANDS.items():
        description = command.help[0].upper() + command.help[1:] + "."
        parsers.add_parser(name, help=command.help, description=description, set_up=command.set_up)
    return parser


def add_building_options(command: argparse.ArgumentParser, _: ModuleType) -> None:
    """Add what is built, and where to."""
    command.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help='a template\'s name, "all" of them, what a program needs: "calc", "excel", or "anywhere": templates for '
        "Excel 365 and 2024 without Gradsheet",
    )
    command.add_argument("-o", "--output", type=Path, default=Path(), help="folder to write into (default: this one)")
    command.add_argument("--force", action="store_true", help="replace workbooks that are there already")


def add_export_options(command: argparse.ArgumentParser, _: ModuleType) -> None:
    """Add the workbook, and where its weights go."""
    add_workbook(command)
    command.add_argument("csv", type=Path, nargs="?", help="file to write (default: print them)")


def add_import_options(command: argparse.ArgumentParser, _: ModuleType) -> None:
    """Add the workbook, and where its weights come from."""
    add_workbook(command)
    command.add_argument("csv", type=Path, help="file to read")
    command.add_argument("--save", type=Path, help="write this workbook instead of changing the one read")


def add_catalogue_options(command: argparse.ArgumentParser, _: ModuleType) -> None:
    """Add which formulas are meant, and in which form."""
    command.add_argument("names", nargs="*", metavar="NAME", help="formulas to explain, NN_RELU for instance")
    command.add_argument("--markdown", action="store_true", help="print the whole reference as Markdown")
    command.add_argument("--pages", type=Path, metavar="FOLDER", help="write it as Markdown, a page a family")


def add_workbook(command: argparse.ArgumentParser, _: ModuleType | None = None) -> None:
    """Add the workbook, and which of its models is meant."""
    command.add_argument("workbook", type=Path, help="an .xlsx or .xlsm file with the names inputs, target, weight_1 …")
    command.add_argument("--model", metavar="SHEET", help="the sheet whose model is meant, where there are several")


def add_training_options(command: argparse.ArgumentParser, _: ModuleType) -> None:
    """Add what the command train can be told; settings are kept in the workbook."""
    from addin.cli.settings import add_settings
    from addin.cli.workers import add_workers

    add_workbook(command)
    command.add_argument("--epochs", type=int, help="epochs to train (default: the workbook's epochs_per_click)")
    command.add_argument("--steps", type=count, help="single steps to take instead of epochs")
    command.add_argument("--reset", action="store_true", help="begin again from the first weights")
    command.add_argument("--restarts", type=count, help="train from this many seeds and keep the best")
    add_workers(command)
    add_settings(command)
    output = command.add_argument_group("output")
    output.add_argument("--save", type=Path, help="write this workbook instead of changing the one read")
    output.add_argument("--export", type=Path, help="also write the weights as CSV")
    output.add_argument("--quiet", action="store_true", help="no progress")


SUBCOMMANDS: Mapping[str, Subcommand] = {
    "build": Subcommand(
        "build template workbooks, or list them when no name is given",
        "build",
        add_building_options,
    ),
    "new": Subcommand(
        "make a workbook from your own table, CSV or xlsx", "new", lambda command, new: new.add_options(command)
    ),
    "predict": Subcommand(
        "answer new rows with a workbook made by new, and trained",
        "predict",
        lambda command, predict: predict.add_options(command),
    ),
    "equip": Subcommand(
        "let a copy of a workbook carry its formulas, for Excel 365 and 2024 without Gradsheet",
        "equip",
        lambda command, equip: equip.add_options(command),
    ),
    "train": Subcommand("train the model in a workbook and save it in place", "train", add_training_options),
    "sweep": Subcommand(
        "train with every combination of some settings and draw which ends best",
        "sweep",
        lambda command, sweep: sweep.add_options(command),
    ),
    "evaluate": Subcommand(
        "print as JSON how good the model is: loss, accuracy, confusion matrix, recall, and what guessing would reach",
        "evaluate",
        add_workbook,
    ),
    "check": Subcommand(
        "say which tasks of the sheet Your turn are right in students' files, a line of CSV a file",
        "check",
        lambda command, check: check.add_options(command),
    ),
    "export": Subcommand("write the trained weights as CSV", "weights", add_export_options, "run_export"),
    "import": Subcommand("put weights from a CSV file into a workbook", "weights", add_import_options, "run_import"),
    "repair": Subcommand(
        "let Excel know the formulas of a workbook that LibreOffice has saved",
        "repair",
        lambda command, repair: repair.add_options(command),
    ),
    "functions": Subcommand("list the formulas, or explain some of them", "functions", add_catalogue_options),
    "install": Subcommand(
        "put the formulas and buttons into a program",
        "install",
        lambda command, install: install.add_install(command),
        "run_install",
    ),
    "uninstall": Subcommand(
        "take the formulas and buttons out of it again",
        "install",
        lambda command, install: install.add_host(command),
        "run_uninstall",
    ),
    "doctor": Subcommand(
        "check every step from the program to a formula",
        "install",
        lambda command, install: install.add_doctor(command),
        "run_doctor",
    ),
    "warm": Subcommand(
        "compile the formulas for this machine, so that the first one answers at once",
        "warm",
        lambda command, warm: None,
    ),
}
