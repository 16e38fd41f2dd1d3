"""Register the extension with the office through its API, or take it out; run by the office's own Python.

The command unopkg refuses to work for root without --shared, the API does not.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import uno
import unohelper
from addin.calc.headless import Office
from addin.calc.identifiers import IDENTIFIER, PACKAGE
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment

FOR_USER = "user"


class Approving(unohelper.Base, XCommandEnvironment, XInteractionHandler):
    """Says yes to what the office asks while it registers an extension."""

    def getInteractionHandler(self) -> Any:
        """Return who answers."""
        return self

    def getProgressHandler(self) -> None:
        """Show no progress."""

    def handle(self, request: Any) -> None:
        """Approve."""
        approve = uno.getTypeByName("com.sun.star.task.XInteractionApprove")
        for continuation in request.getContinuations():
            if continuation.queryInterface(approve):
                continuation.select()
                return


def manager_of(office: Office) -> Any:
    """Return the office's extension manager."""
    return office.context.getValueByName("/singletons/com.sun.star.deployment.ExtensionManager")


def installed(office: Office) -> Any:
    """Return the registered extension, None where there is none."""
    manager = manager_of(office)
    found = manager.getDeployedExtensions(FOR_USER, manager.createAbortChannel(), Approving())
    return next((package for package in found if package.getIdentifier().Value == IDENTIFIER), None)


def remove(office: Office) -> bool:
    """Take the extension out, and tell whether it was there."""
    if installed(office) is None:
        return False
    manager = manager_of(office)
    manager.removeExtension(IDENTIFIER, PACKAGE, FOR_USER, manager.createAbortChannel(), Approving())
    return True


def add(office: Office, extension: Path) -> None:
    """Register the extension in place of an older one."""
    remove(office)
    manager = manager_of(office)
    url = extension.absolute().as_uri()
    manager.addExtension(url, (), FOR_USER, manager.createAbortChannel(), Approving())


def state(office: Office) -> dict[str, Any]:
    """Return what is registered: the version and whether each part is."""
    package = installed(office)
    if package is None:
        return {"version": None, "parts": {}}
    channel = manager_of(office).createAbortChannel()
    parts = {}
    for part in package.getBundle(channel, Approving()):
        registered = part.isRegistered(channel, Approving())
        parts[part.getName()] = bool(registered.IsPresent and registered.Value.Value)
    return {"version": package.getVersion(), "parts": parts}


def user_folder(office: Office) -> str:
    """Return the office's folder for this user."""
    paths = office.service("com.sun.star.util.PathSubstitution")
    folder: str = uno.fileUrlToSystemPath(paths.getSubstituteVariableValue("$(user)"))
    return folder


def main() -> int:
    """Do one thing and print what is registered then, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=("add", "remove", "state"))
    parser.add_argument("--soffice", required=True)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--extension", type=Path)
    options = parser.parse_args()
    with Office(options.soffice, options.profile) as office:
        was_there = None
        if options.task == "add":
            add(office, options.extension)
        elif options.task == "remove":
            was_there = remove(office)
        report = state(office) | {"user_folder": user_folder(office), "was_there": was_there}
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
