"""docs/commands.md, made from the parser itself: `python -m addin.cli.reference`."""

import argparse
from collections.abc import Iterator

from addin.cli.parser import command_parser
from addin.cli.streams import print_data
from workbooks.clicks.table import COMMANDS

HEAD = """# The command

Made from the command's own help (`make docs`); `gradsheet COMMAND --help` says the same. A problem is one line on
standard error and exit status 2; `--debug`, which every command takes, shows where it came from.
"""
BUTTONS = """## The buttons

What the toolbar in Calc and the tab in Excel do without the command; [how they train](training.md).
"""


def markdown() -> str:
    """Return every command with its arguments and options as Markdown."""
    return "\n".join([HEAD, *(section(name, parser) for name, parser in commands().items()), buttons()])


def buttons() -> str:
    """Return what the buttons of the spreadsheet programs do."""
    rows = [f"| {click.label} | {click.help} |" for click in COMMANDS]
    return "\n".join([BUTTONS, "| | |", "|---|---|", *rows, ""])


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return the parser of each command by its name."""
    for action in command_parser()._actions:  # argparse gives no public way to its commands
        if isinstance(action, argparse._SubParsersAction):
            return {name: parser.complete() for name, parser in action.choices.items()}
    raise AssertionError("the command has no subcommands")


def options(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Return what a command takes, apart from what all take."""
    return (action for action in parser._actions if not {"--help", "--debug"} & set(action.option_strings))


def section(name: str, parser: argparse.ArgumentParser) -> str:
    """Return one command's part."""
    lines = [f"## gradsheet {name}", "", parser.description or "", ""]
    rows = [f"| {spelled(action)} | {action.help} |" for action in options(parser)]
    return "\n".join([*lines, *(["| | |", "|---|---|", *rows, ""] if rows else [])])


def spelled(action: argparse.Action) -> str:
    """Return how an argument is typed."""
    value = action.metavar if isinstance(action.metavar, str) else action.dest.upper()
    if action.choices:
        value = " or ".join(map(str, action.choices))
    if not action.option_strings:
        return f"`{value}`"
    return ", ".join(f"`{text}`" if action.nargs == 0 else f"`{text} {value}`" for text in action.option_strings)


if __name__ == "__main__":
    print_data(markdown())
