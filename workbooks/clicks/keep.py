"""The button Keep: what cells of the sheet in front hold now is written, as values, into cells where it stays."""

from typing import Any

from pyfuncs.cells.errors import ErrorCode, GradsheetError
from pyfuncs.training.named_cells import NamedCells, Rows
from workbooks.clicks.click import Run

KEPT = "kept_"
"""What the name of the cells that keep begins with; that of the cells whose values they keep follows."""


def keep(run: Run) -> None:
    """Write what the cells `NAME` of the sheet in front hold into `kept_NAME`; a file has all its sheets in front.

    Where there is room for several, the first that is blank takes it.

    Raises:
        GradsheetError: where the sheet has no such cells, or no room is left.
    """
    cells = run.cells
    names = [name for name in kept_names(cells) if cells.front in (None, cells.area(name).sheet)]
    if not names:
        place = cells.title if cells.front is None else f"{cells.title}, {cells.front}"
        raise GradsheetError(
            f"{place}: nothing here can be kept. Keep writes cells NAME into the cells kept_NAME of the same sheet, as "
            "on the sheet What if of the Titanic workbooks."
        )
    for name in names:
        run.settings[name] = with_one_more(cells, name)
    places = ", ".join(cells.address(name) for name in names)
    run.said = f"What the sheet shows is kept: {places}."


def kept_names(cells: NamedCells[Any]) -> list[str]:
    """Return the names of the cells that keep what others hold."""
    return [name for name in cells.names if name.startswith(KEPT) and name.removeprefix(KEPT) in cells]


def with_one_more(cells: NamedCells[Any], name: str) -> Rows:
    """Return what the cells of a name hold once they keep one block more; an error is kept as a blank.

    Raises:
        GradsheetError: where no room is left, or the blocks are not equally wide.
    """
    given = cells.read(name.removeprefix(KEPT))
    now = [[None if isinstance(cell, ErrorCode) else cell for cell in row] for row in given]
    kept = [list(row) for row in cells.read(name)]
    height = len(now)
    if len(kept[0]) != len(now[0]) or len(kept) % height:
        raise GradsheetError(
            f"{cells.address(name)} ({name}) cannot keep {cells.address(name.removeprefix(KEPT))}: give it as many "
            "columns, and as many rows or a multiple."
        )
    places = range(0, len(kept), height)
    free = [top for top in places if all(cell in (None, "") for row in kept[top : top + height] for cell in row)]
    if not free and len(places) > 1:
        raise GradsheetError(
            f"{cells.address(name)} ({name}) is full: {len(places)} are kept. Clear those that you need no longer."
        )
    top = free[0] if free else 0
    return kept[:top] + now + kept[top + height :]
