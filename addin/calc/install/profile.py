"""What is registered in an office's profile, read from its files: an office that is open need not be asked."""

from collections.abc import Sequence
from pathlib import Path

from addin.calc.inside.identifiers import IDENTIFIER, PACKAGE, PYTHON_PATH
from addin.calc.install.package import contents

REGISTERED = "uno_packages/cache/uno_packages.pmap"
UNPACKED = "uno_packages/cache/uno_packages"


def is_current(user: Path, folders: Sequence[str]) -> bool:
    """Tell whether the extension as it is built today is registered in a user folder, and finds its packages."""
    try:
        known = (user / PYTHON_PATH).read_text(encoding="utf-8").splitlines()
        registered = (user / REGISTERED).read_bytes()
    except OSError:
        return False
    if known != list(folders) or IDENTIFIER.encode() not in registered:
        return False
    # The office names the folder with an underscore after the name under which it keeps it.
    unpacked = (user / UNPACKED).glob(f"*/{PACKAGE}")
    return any(folder.parent.name.rstrip("_").encode() in registered and holds_contents(folder) for folder in unpacked)


def holds_contents(folder: Path) -> bool:
    """Tell whether a folder holds what the extension is built of."""
    try:
        return all((folder / path).read_bytes() == data for path, data in contents().items())
    except OSError:
        return False
