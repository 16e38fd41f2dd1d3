"""The buttons: one declaration each, for every program's toolbar, menu, ribbon, shapes and help."""

from dataclasses import dataclass

from workbooks.sheets.buttons import LABELS


@dataclass(frozen=True)
class Command:
    """A button: its name, what it says and what its tooltip explains."""

    name: str
    label: str
    help: str
    begins_group: bool = False


COMMANDS = (
    Command("step", LABELS["step"], "Take one step of gradient descent: one batch"),
    Command("epoch", LABELS["epoch"], "Train to the end of the epoch: every row once"),
    Command("epochs", LABELS["epochs"], "Train as many epochs as epochs_per_click says"),
    Command("stop", LABELS["stop"], "Stop the training after the last whole epoch"),
    Command("reset", LABELS["reset"], "Go back to the first weights", True),
    Command("undo", LABELS["undo"], "Take the last click of these buttons back"),
    Command("export", LABELS["export"], "Write the weights into a CSV file", True),
    Command("import", LABELS["import"], "Put the weights from a CSV file into the workbook"),
    Command("messages", "Messages", "Say in plain words why the selected cell shows an error", True),
)
