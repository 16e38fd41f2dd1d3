"""What a doctor says about one thing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What one check found; a note is well, but worth knowing."""

    is_well: bool
    text: str
    is_note: bool = False

    @property
    def line(self) -> str:
        """Return the finding as the command prints it."""
        word = "note" if self.is_note else "ok  " if self.is_well else "BAD "
        return f"{word} {self.text}"
