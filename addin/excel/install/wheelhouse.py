"""Fill a folder with the wheels of Gradsheet and of all it needs, and list their checksums: wheelhouse.py FOLDER.

install.ps1 -Offline installs from such a folder. Only the standard library is used: nothing is installed yet.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
from pathlib import Path

CHECKSUMS = "SHA256SUMS"
SOURCE = Path(__file__).resolve().parents[3]


def write_checksums(folder: Path) -> None:
    """List the SHA-256 of every wheel of a folder in a file beside them, as sha256sum does."""
    wheels = sorted(folder.glob("*.whl"))
    lines = [f"{hashlib.sha256(wheel.read_bytes()).hexdigest()}  {wheel.name}\n" for wheel in wheels]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8", newline="\n")


def main() -> int:
    """Build and download the wheels, then list them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="where the wheels go")
    parser.add_argument("--extra", help="what else is needed: test")
    options = parser.parse_args()
    wanted = f"{SOURCE}[{options.extra}]" if options.extra else str(SOURCE)
    command = [sys.executable, "-I", "-m", "pip", "wheel", "--wheel-dir", str(options.folder), wanted]
    status = subprocess.run(command, check=False).returncode
    if status == 0:
        write_checksums(options.folder)
    return status


if __name__ == "__main__":
    sys.exit(main())
