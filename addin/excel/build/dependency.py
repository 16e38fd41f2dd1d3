"""The version of xlwings that this Gradsheet is made for: its macros name a library by that version."""

import importlib.metadata
import re

PINNED = re.compile(r"xlwings\s*==\s*([\w.]+)")


def pinned_xlwings() -> str | None:
    """Return the version that Gradsheet's own requirements pin."""
    for requirement in importlib.metadata.requires("gradsheet") or []:
        if match := PINNED.match(requirement):
            return match[1]
    return None
