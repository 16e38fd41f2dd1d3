"""The buttons of a sheet: links to the commands of Gradsheet's extension in a workbook, shapes in a file for Excel."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbooks.xlsx.area import Area

PROTOCOL = "org.gradsheet:"
"""What the address of a link to a command begins with."""
NOTE = "Ctrl+click, in Calc"
PARAMETER = re.compile(r"(weight|bias)_\d+")


@dataclass(frozen=True)
class Button:
    """A button: the name of its command, what it says, and the sign before that."""

    name: str
    label: str
    sign: str = ""
    linked: bool = True
    """Whether a workbook has it as a link; the others stand on Calc's toolbar."""
    needs_first_values: bool = False
    """Whether it makes sense only where each weight and bias has a name for its first values."""

    @property
    def text(self) -> str:
        """Return what stands on the button."""
        return f"{self.sign} {self.label}".strip()


BUTTONS = (
    Button("step", "Step", "▶"),
    Button("epoch", "Epoch", "▶▶"),
    Button("epochs", "N epochs", "▶▶▶"),
    Button("stop", "Stop", "■", linked=False),
    Button("reset", "Reset", "↺", needs_first_values=True),
    Button("undo", "Undo step"),
    Button("export", "Export weights"),
    Button("import", "Import weights", linked=False),
)
LABELS = {button.name: button.label for button in BUTTONS}


@dataclass(frozen=True)
class ButtonBar:
    """The cells in which a model's buttons stand, each over `size` rows and columns of them."""

    area: "Area"
    size: tuple[int, int] = (1, 1)
    note: tuple[int, int] | None = None
    """The cell that says how a link is clicked; the first one without a button where it is None."""

    def places(self) -> Iterator["Area"]:
        """Yield the cells of each button, line by line."""
        area, (rows, columns) = self.area, self.size
        for top in range(area.top, area.bottom + 1, rows):
            for left in range(area.left, area.right + 1, columns):
                yield replace(area, top=top, left=left, bottom=top + rows - 1, right=left + columns - 1)


def useful_buttons(names: Collection[str]) -> list[Button]:
    """Return the buttons that make sense where these names are defined: none without a model to train."""
    if not {"inputs", "target", "weight_1"} <= set(names):
        return []
    parameters = [name for name in names if PARAMETER.fullmatch(name)]
    has_first_values = all(f"initial_{name}" in names for name in parameters)
    return [button for button in BUTTONS if has_first_values or not button.needs_first_values]
