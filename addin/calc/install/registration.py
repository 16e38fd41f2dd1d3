"""Register the extension with the office through its API, or take it out; run by the office's own Python.

The command unopkg refuses to work for root without --shared, the API does not.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment

from addin.calc.inside.identifiers import IDENTIFIER, PACKAGE, PYTHON_PATH
from addin.calc.install.headless import AlreadyOpenError, EndedError, Office

FOR_USER = "user"
BOOTSTRAP = {"win32": "program/bootstrap.ini", "darwin": "Resources/bootstraprc"}.get(
    sys.platform, "program/bootstraprc"
)
LIFE_SECONDS = 240


class ApprovingHandler(unohelper.Base, XCommandEnvironment, XInteractionHandler):
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


# One for the whole process: the office knows an object of ours by its address, which a second one could be given.
APPROVING = ApprovingHandler()


def manager_of(office: Office) -> Any:
    """Return the office's extension manager."""
    return office.context.getValueByName("/singletons/com.sun.star.deployment.ExtensionManager")


def installed(office: Office) -> Any:
    """Return the registered extension, None where there is none."""
    manager = manager_of(office)
    found = manager.getDeployedExtensions(FOR_USER, manager.createAbortChannel(), APPROVING)
    return next((package for package in found if package.getIdentifier().Value == IDENTIFIER), None)


def remove(office: Office) -> bool:
    """Take the extension out, and tell whether it was there."""
    if installed(office) is None:
        return False
    manager = manager_of(office)
    manager.removeExtension(IDENTIFIER, PACKAGE, FOR_USER, manager.createAbortChannel(), APPROVING)
    return True


def add(office: Office, extension: Path) -> None:
    """Register the extension in place of an older one."""
    remove(office)
    manager = manager_of(office)
    url = extension.absolute().as_uri()
    manager.addExtension(url, (), FOR_USER, manager.createAbortChannel(), APPROVING)


def state(office: Office) -> dict[str, Any]:
    """Return what is registered: the version and whether each part is."""
    package = installed(office)
    if package is None:
        return {"version": None, "parts": {}}
    channel = manager_of(office).createAbortChannel()
    parts = {}
    for part in package.getBundle(channel, APPROVING):
        registered = part.isRegistered(channel, APPROVING)
        parts[part.getName()] = bool(registered.IsPresent and registered.Value.Value)
    return {"version": package.getVersion(), "parts": parts}


def user_folder(office: Office) -> str:
    """Return the office's folder for this user."""
    paths = office.service("com.sun.star.util.PathSubstitution")
    folder: str = uno.fileUrlToSystemPath(paths.getSubstituteVariableValue("$(user)"))
    return folder


def own_user_folder() -> str:
    """Return the office's folder for this user without starting the office."""
    expander = uno.getComponentContext().getValueByName("/singletons/com.sun.star.util.theMacroExpander")
    profile = expander.expandMacros(f"${{$BRAND_BASE_DIR/{BOOTSTRAP}::UserInstallation}}")
    return str(Path(uno.fileUrlToSystemPath(profile)) / "user")


def path_file(office: Office) -> Path:
    """Return the file that tells the extension where the packages are."""
    return Path(user_folder(office)) / PYTHON_PATH


def known_folders(office: Office) -> list[str]:
    """Return the folders that the file names."""
    file = path_file(office)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def try_formula(office: Office) -> dict[str, Any]:
    """Type a formula into a new document and return what the cell shows."""
    document = office.load("private:factory/scalc")
    try:
        cell = document.Sheets[0].getCellByPosition(0, 0)
        began = time.perf_counter()
        cell.setFormula("=NN_RELU(2)")
        return {"shown": cell.getString(), "value": cell.getValue(), "seconds": time.perf_counter() - began}
    finally:
        document.close(True)


def main() -> int:
    """Do one thing and print what is registered then, or where the user's folder is, as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("task", choices=("add", "remove", "try", "where"))
    parser.add_argument("--soffice", required=True)
    parser.add_argument("--profile", type=Path)
    parser.add_argument("--extension", type=Path)
    parser.add_argument("--folders", nargs="*")
    options = parser.parse_args()
    if options.task == "where":
        print(json.dumps({"user": str(options.profile / "user") if options.profile else own_user_folder()}))
        return 0
    try:
        office = Office(options.soffice, options.profile, seconds=LIFE_SECONDS)
    except (TimeoutError, AlreadyOpenError, EndedError) as error:
        print(error, file=sys.stderr)
        return 1
    with office:
        report: dict[str, Any] = {}
        if options.task == "add":
            path_file(office).write_text("\n".join(options.folders) + "\n", encoding="utf-8")
            add(office, options.extension)
        elif options.task == "remove":
            report["was_there"] = remove(office)
            path_file(office).unlink(missing_ok=True)
        else:
            report = try_formula(office)
        report |= state(office) | {"folders": known_folders(office)}
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    sys.exit(main())
