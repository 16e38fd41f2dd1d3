"""What a click shows around the cells: the status bar, a message, a file dialog, and the office's own events."""

from pathlib import Path
from typing import Any

import uno
from com.sun.star.beans import PropertyValue
from com.sun.star.frame.InfobarType import INFO
from com.sun.star.ui.dialogs import ExecutableDialogResults, TemplateDescription

TITLE = "Gradsheet"
PROGRESS_STEPS = 100
CSV_FILES = ("Weights (*.csv)", "*.csv")


class Screen:
    """The window that a click came from; a hidden document has none, and nothing is shown then."""

    def __init__(self, context: Any, frame: Any) -> None:
        self.context = context
        self.frame = frame
        self.toolkit = self.service("com.sun.star.awt.Toolkit")
        self.status: Any = None

    def service(self, name: str) -> Any:
        """Return a new instance of one of the office's services."""
        return self.context.ServiceManager.createInstanceWithContext(name, self.context)

    @property
    def is_visible(self) -> bool:
        """Tell whether somebody can see the window."""
        window = self.frame.getContainerWindow()
        return window is not None and bool(window.isVisible())

    def catch_up(self) -> None:
        """Let the office draw what has changed and take clicks."""
        self.toolkit.processEventsToIdle()

    def progress(self, text: str, share: float) -> None:
        """Show how far the work is, from 0 to 1, in the status bar."""
        if not self.is_visible:
            return
        if self.status is None:
            self.status = self.frame.createStatusIndicator()
            self.status.start(text, PROGRESS_STEPS)
        self.status.setText(text)
        self.status.setValue(round(share * PROGRESS_STEPS))

    def finish(self) -> None:
        """Take the progress away."""
        if self.status is not None:
            self.status.end()
            self.status = None

    def notice(self, name: str, text: str | None) -> None:
        """Show a line over the sheet while work goes on, or take the one of that name away."""
        if not self.is_visible:
            return
        controller = self.frame.getController()
        if controller.hasInfobar(name):
            controller.removeInfobar(name)
        if text is not None:
            controller.appendInfobar(name, TITLE, text, INFO, (), True)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a message until it is closed."""
        if self.is_visible:
            kind = uno.Enum("com.sun.star.awt.MessageBoxType", "WARNINGBOX" if wrong else "INFOBOX")
            window = self.frame.getContainerWindow()
            self.toolkit.createMessageBox(window, kind, 1, TITLE, text).execute()

    def ask_for_csv(self, title: str, *, suggestion: str | None = None) -> Path | None:
        """Return the file that a person picks, None where they close the dialog; a suggestion asks for a new file.

        The dialog begins in the document's folder.
        """
        if not self.is_visible:
            return None
        picker = self.service("com.sun.star.ui.dialogs.FilePicker")
        to_read, to_write = TemplateDescription.FILEOPEN_SIMPLE, TemplateDescription.FILESAVE_AUTOEXTENSION
        picker.initialize((to_read if suggestion is None else to_write,))
        picker.setTitle(title)
        picker.appendFilter(*CSV_FILES)
        folder = folder_url(self.frame.getController().getModel().URL)
        if folder:
            picker.setDisplayDirectory(folder)
        if suggestion is not None:
            picker.setDefaultName(suggestion)
        if picker.execute() != ExecutableDialogResults.OK:
            return None
        return Path(uno.fileUrlToSystemPath(picker.getSelectedFiles()[0]))

    def open_copy(self, path: Path) -> None:
        """Open a file as a new document without a name, which leaves the file as it is whatever is saved."""
        arguments = (
            PropertyValue(Name="AsTemplate", Value=True),
            PropertyValue(Name="Hidden", Value=not self.is_visible),
        )
        desktop = self.service("com.sun.star.frame.Desktop")
        desktop.loadComponentFromURL(path.as_uri(), "_blank", 0, arguments)


def folder_url(url: str) -> str:
    """Return the folder of a document on this machine, nothing for one that was never saved or is elsewhere."""
    return url.rpartition("/")[0] if url.startswith("file:") else ""
