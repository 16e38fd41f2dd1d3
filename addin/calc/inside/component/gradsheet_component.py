"""The part of Gradsheet that the extension brings: it finds the Python packages and hands over to them.

The office loads this file with its own Python, also while the extension is being registered, so it imports nothing but
UNO. Where the packages are, `gradsheet install calc` has written into a file in the office's user folder.
"""

import sys
import traceback
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.frame import XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo

PYTHON_PATH = "gradsheet-python-path.txt"
NOT_INSTALLED = (
    "Gradsheet's Python packages are not found: run the command gradsheet install calc, then restart the office."
)


def user_folder(context: Any) -> Any:
    """Return the office's folder for this user."""
    paths = context.ServiceManager.createInstanceWithContext("com.sun.star.util.PathSubstitution", context)
    return uno.fileUrlToSystemPath(paths.getSubstituteVariableValue("$(user)"))


def find_packages(context: Any) -> None:
    """Put the folders of Gradsheet and of what it needs in front of those that Python knows, once."""
    try:
        with (Path(user_folder(context)) / PYTHON_PATH).open(encoding="utf-8") as file:
            folders = [line.strip() for line in file if line.strip()]
    except OSError:
        return
    for folder in reversed(folders):
        if folder not in sys.path:
            sys.path.insert(0, folder)


def functions(context: Any, *arguments: Any) -> Any:
    """Return the formulas."""
    find_packages(context)
    from addin.calc.inside.functions import Functions

    return Functions()


def load_job(context: Any, *arguments: Any) -> Any:
    """Return the job that runs when a document has been loaded."""
    find_packages(context)
    from addin.calc.inside.jobs import LoadJob

    return LoadJob()


def save_job(context: Any, *arguments: Any) -> Any:
    """Return the job that runs when a document has been saved."""
    find_packages(context)
    from addin.calc.inside.jobs import SaveJob

    return SaveJob()


def handler(context: Any, *arguments: Any) -> Any:
    """Return what the buttons call."""
    find_packages(context)
    try:
        from addin.calc.inside.handler import Handler
    except Exception:
        traceback.print_exc()
        return WithoutPackages()
    return Handler(context)


class WithoutPackages(unohelper.Base, XDispatchProvider, XDispatch, XInitialization, XServiceInfo):
    """The buttons without the packages: they say what is missing."""

    def initialize(self, arguments: Any) -> None:
        """Take the frame."""
        self.frame = arguments[0] if arguments else None

    def queryDispatch(self, url: Any, target: str, flags: int) -> Any:
        """Answer to every button."""
        return self

    def queryDispatches(self, requests: Any) -> tuple[Any, ...]:
        """Answer to every button."""
        return tuple(self for _ in requests)

    def dispatch(self, url: Any, arguments: Any) -> None:
        """Say what is missing."""
        window = self.frame and self.frame.getContainerWindow()
        if window and window.isVisible():
            kind = uno.Enum("com.sun.star.awt.MessageBoxType", "ERRORBOX")
            window.getToolkit().createMessageBox(window, kind, 1, "Gradsheet", NOT_INSTALLED).execute()

    def addStatusListener(self, listener: Any, url: Any) -> None:
        """Have no status."""

    def removeStatusListener(self, listener: Any, url: Any) -> None:
        """Have no status."""

    def getImplementationName(self) -> str:
        """Return the handler's name."""
        return "org.gradsheet.Handler"

    def supportsService(self, name: str) -> bool:
        """Tell whether this is a service."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self) -> tuple[str, ...]:
        """Return the handler's services."""
        return ("com.sun.star.frame.ProtocolHandler", "org.gradsheet.Handler")


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816 - the office looks for this name
g_ImplementationHelper.addImplementation(functions, "org.gradsheet.Functions", ("org.gradsheet.Functions",))
g_ImplementationHelper.addImplementation(load_job, "org.gradsheet.LoadJob", ("org.gradsheet.LoadJob",))
g_ImplementationHelper.addImplementation(save_job, "org.gradsheet.SaveJob", ("org.gradsheet.SaveJob",))
g_ImplementationHelper.addImplementation(
    handler, "org.gradsheet.Handler", ("com.sun.star.frame.ProtocolHandler", "org.gradsheet.Handler")
)
