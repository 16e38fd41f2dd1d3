"""What the menu offers besides the buttons: the help, and the workbooks to begin with."""

from importlib import resources
from pathlib import Path

from pyfuncs.cells.errors import GradsheetError
from workbooks.clicks.click import Click
from workbooks.clicks.table import COMMANDS

HELP = Click("help", "Help", "Say what each button does, and where the formulas are explained")
OPEN = "open/"
OPEN_LABEL = "Open workbook"
"""A copy, so that the one that comes with Gradsheet stays as it is."""

SENTENCES = (
    *(f"{command.label}: {command.help}." for command in COMMANDS),
    "",
    f"{OPEN_LABEL}, in the menu Gradsheet, opens a copy of one of the workbooks to begin with; save it where you like.",
    "The formulas NN_... are explained in Insert, Function (category Add-in); a workbook's own on its sheet Functions.",
    "A formula that gives several cells: select as many, type it, and press Ctrl+Shift+Enter.",
    "A cell shows an error: select it and press Messages.",
)


def help_text() -> str:
    """Return what Help shows."""
    return "\n".join(SENTENCES)


def workbook_path(name: str) -> Path:
    """Return where a workbook is that comes with Gradsheet.

    Raises:
        GradsheetError: where it is not there.

    """
    path = Path(str(resources.files("workbooks"))) / f"{name}.xlsx"
    if not path.exists():
        raise GradsheetError(f"{path} is not there: install Gradsheet anew, or run gradsheet build {name}.")
    return path
