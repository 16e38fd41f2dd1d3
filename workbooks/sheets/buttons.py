"""Where a sheet's buttons stand: links to Gradsheet's extension in a workbook, shapes in a file for Excel."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pyfuncs.training.reader import TRANSPOSED
from workbooks.clicks.click import Click
from workbooks.clicks.table import CLICKS, COMMANDS

if TYPE_CHECKING:
    from workbooks.xlsx.area import Area

NOTE = "Ctrl+click, in Calc"
LINKS = tuple(click for click in COMMANDS if click.is_on_sheets and click.is_link)
"""The buttons that a model's sheet can show as links."""
PARAMETER = re.compile(r"(weight|bias)_\d+")


@dataclass(frozen=True)
class ButtonBar:
    """The cells in which a model's buttons stand, each over `size` rows and columns of them."""

    area: "Area"
    size: tuple[int, int] = (1, 1)
    note: tuple[int, int] | None = None
    """The cell that says how a link is clicked; the first one without a button where it is None."""
    only: tuple[str, ...] = ()
    """The names of its buttons, where it has not those of a model."""

    def clicks(self, names: Collection[str]) -> list[Click]:
        """Return its buttons where these names are defined."""
        return [CLICKS[name] for name in self.only] or useful_clicks(names)

    def places(self) -> Iterator["Area"]:
        """Yield the cells of each button, line by line."""
        area, (rows, columns) = self.area, self.size
        for top in range(area.top, area.bottom + 1, rows):
            for left in range(area.left, area.right + 1, columns):
                yield replace(area, top=top, left=left, bottom=top + rows - 1, right=left + columns - 1)


def useful_clicks(names: Collection[str]) -> list[Click]:
    """Return the buttons that make sense where these names are defined: none without a model to train."""
    names = {name.removesuffix(TRANSPOSED) for name in names}
    if not {"inputs", "target", "weight_1"} <= names:
        return []
    parameters = [name for name in names if PARAMETER.fullmatch(name)]
    has_first_values = all(f"initial_{name}" in names for name in parameters)
    return [
        click
        for click in COMMANDS
        if click.is_on_sheets and names.issuperset(click.needs) and (has_first_values or not click.needs_first_values)
    ]
