"""One entry in the office's undo list for one click."""

from typing import Any

from addin.calc.inside.bracket import Bracket
from pyfuncs.cells.errors import GradsheetError

PREFIX = "Gradsheet: "


def one_entry(document: Any, label: str) -> Bracket:
    """Make all changes one entry of the undo list, none where there are none; the office undoes nothing meanwhile."""
    manager = document.getUndoManager()
    return Bracket(lambda: manager.enterUndoContext(PREFIX + label), manager.leaveUndoContext)


def not_to_be_undone(document: Any) -> Bracket:
    """Keep one change out of the undo list; never while the office is undoing, which kills it.

    The office takes note again after the first call that puts values into cells, so each such call wants its own.
    """
    manager = document.getUndoManager()
    return Bracket(manager.lock, manager.unlock)


def undo_click(document: Any) -> None:
    """Take the last click back; the sheet in front stays there.

    Raises:
        GradsheetError: where there is no click to take back, or something else was changed after it.

    """
    manager = document.getUndoManager()
    if not any(title.startswith(PREFIX) for title in manager.getAllUndoActionTitles()):
        raise GradsheetError("There is no click of these buttons to take back.")
    last = manager.getCurrentUndoActionTitle()
    if not last.startswith(PREFIX):
        raise GradsheetError(
            f'The last change was not made by these buttons, but is "{last}": Edit, Undo takes that one back first.'
        )
    take_back_last(document)


def forget_last(document: Any) -> None:
    """Take back the last click and have it forgotten, where the office keeps an undo list."""
    manager = document.getUndoManager()
    if manager.isUndoPossible() and manager.getCurrentUndoActionTitle().startswith(PREFIX):
        take_back_last(document)
        manager.clearRedo()


def take_back_last(document: Any) -> None:
    """Take back the last entry of the undo list; the sheet in front stays there."""
    controller = document.getCurrentController()
    sheet = controller.getActiveSheet()
    document.getUndoManager().undo()
    controller.setActiveSheet(sheet)
