"""What installing has put where, kept beside the environment, so that uninstalling leaves nothing and takes nothing."""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from addin.excel.install.windows import Folders
from workbooks.xlsx.atomic import write_atomically

HOME = "gradsheet"
NAME = "excel.json"


@dataclass
class InstallRecord:
    """The versions, the built files with a hash of what was written, and what was there before.

    `settings` are those that Gradsheet 0.1 wrote into the user's xlwings configuration, `settings_before` those that
    stood there.
    """

    gradsheet: str = ""
    xlwings: str = ""
    workbooks: str = ""
    files: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    settings_before: dict[str, str | None] = field(default_factory=dict)
    made_folders: list[str] = field(default_factory=list)
    made_keys: list[str] = field(default_factory=list)

    def wrote(self, path: Path) -> bool:
        """Tell whether a file is still what was written."""
        return path.exists() and self.files.get(str(path)) == digest(path.read_bytes())


def home(folders: Folders) -> Path:
    """Return the folder of all that belongs to Gradsheet alone: the environment, the compiled formulas, the record."""
    return folders.local / HOME


def record_path(folders: Folders) -> Path:
    """Return where the record is."""
    return home(folders) / NAME


def load(folders: Folders) -> InstallRecord | None:
    """Return the record, None where nothing is installed or it cannot be read."""
    try:
        return InstallRecord(**json.loads(record_path(folders).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def save(folders: Folders, record: InstallRecord) -> None:
    """Write the record."""
    home(folders).mkdir(parents=True, exist_ok=True)
    write_atomically(record_path(folders), json.dumps(asdict(record), indent=2).encode())


def digest(data: bytes) -> str:
    """Return a file's fingerprint."""
    return hashlib.sha256(data).hexdigest()
