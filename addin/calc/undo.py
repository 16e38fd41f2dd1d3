"""One entry in the office's undo list for one click."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

PREFIX = "Gradsheet: "


@contextmanager
def one_entry(document: Any, label: str) -> Iterator[None]:
    """Make all changes inside one entry of the undo list; none where there are no changes."""
    manager = document.getUndoManager()
    manager.enterUndoContext(PREFIX + label)
    try:
        yield
    finally:
        manager.leaveUndoContext()


@contextmanager
def not_to_be_undone(document: Any) -> Iterator[None]:
    """Keep changes out of the undo list; never while the office is undoing, which kills it."""
    manager = document.getUndoManager()
    manager.lock()
    try:
        yield
    finally:
        manager.unlock()


def undo_click(document: Any) -> bool:
    """Take the last click back, and tell whether the last change was one; the sheet in front stays there."""
    manager = document.getUndoManager()
    if not manager.isUndoPossible() or not manager.getCurrentUndoActionTitle().startswith(PREFIX):
        return False
    controller = document.getCurrentController()
    sheet = controller.getActiveSheet()
    manager.undo()
    controller.setActiveSheet(sheet)
    return True
