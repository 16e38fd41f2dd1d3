"""The report: what was tried and what came of it, on the disk line by line, so that a crash leaves all before it."""

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from addin.finding import Finding

Say = Callable[[str], None]


class Report:
    """Findings under headings, shown and written at once, without the user's name."""

    def __init__(self, stream: TextIO, say: Say, home: Path) -> None:
        self.stream = stream
        self.say = say
        self.home = re.compile(re.escape(home.as_posix()).replace("/", r"[\\/]"), re.IGNORECASE)
        self.name = re.compile(rf"(?<=[\\/_.@-]){re.escape(home.name)}(?!\w)", re.IGNORECASE)
        self.well = 0
        self.bad = 0

    def line(self, text: str) -> None:
        """Show a line, and see to it that it is on the disk."""
        shown = self.name.sub("%USERNAME%", self.home.sub("%USERPROFILE%", text.replace("\n", " ")))
        self.say(shown)
        self.stream.write(shown + "\n")
        self.stream.flush()
        os.fsync(self.stream.fileno())

    def heading(self, text: str) -> None:
        """Begin a part."""
        self.line(f"== {text}")

    def add(self, finding: Finding) -> None:
        """Write a finding, and count it."""
        self.line(finding.line)
        self.well += finding.is_well
        self.bad += not finding.is_well

    def check(self, is_well: bool, text: str) -> None:
        """Write what one trial gave."""
        self.add(Finding(is_well, text))

    def note(self, text: str) -> None:
        """Write what is worth knowing and neither right nor wrong."""
        self.add(Finding(True, text, is_note=True))

    @contextmanager
    def trying(self, what: str) -> Iterator[None]:
        """Write down whatever Excel raises, and go on with the next trial."""
        try:
            yield
        except Exception as error:
            self.check(False, f"{what}: {type(error).__name__}: {error}")

    @contextmanager
    def timing(self, what: str) -> Iterator[None]:
        """Write how long something took."""
        began = time.perf_counter()
        yield
        self.note(f"{what}: {time.perf_counter() - began:.2f} s")
