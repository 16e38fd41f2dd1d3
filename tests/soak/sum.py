"""Add tables of make soak up: python -m tests.soak.sum FILE ... prints one table of all counts."""

import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from .outcome import DONE, FAULT, REFUSED

HEAD = "| Attack | Tried | Done | Refused in a sentence | Faults |"
KINDS_OF_OUTCOME = (DONE, REFUSED, FAULT)
Counts = Counter[tuple[str, str]]


def table(names: Iterable[str], counts: Mapping[tuple[str, str], int]) -> str:
    """Return the counts of some attacks as a table in Markdown."""
    lines = [HEAD, "|---|---|---|---|---|"]
    for name in names:
        tried = [counts.get((name, kind), 0) for kind in KINDS_OF_OUTCOME]
        lines.append(f"| {name} | " + " | ".join(f"{count:,}" for count in (sum(tried), *tried)) + " |")
    return "\n".join(lines)


def read(text: str) -> tuple[list[str], Counts]:
    """Return the attacks in a text with such tables, and their counts; what stands around the tables is passed over.

    Raises:
        ValueError: where a row does not add up.
    """
    counts: Counts = Counter()
    names: dict[str, None] = {}
    inside = False
    for line in text.splitlines():
        inside = line == HEAD or (inside and line.startswith("|"))
        if not inside or line == HEAD or line.startswith("|---"):
            continue
        name, *columns = (cell.strip() for cell in line.strip("|").split("|"))
        tried, *parts = (int(cell.replace(",", "")) for cell in columns)
        if tried != sum(parts):
            raise ValueError(f"This row does not add up: {line}")
        names[name] = None
        counts.update(dict(zip(((name, kind) for kind in KINDS_OF_OUTCOME), parts, strict=True)))
    return list(names), counts


if __name__ == "__main__":
    print(table(*read("\n".join(Path(file).read_text(encoding="utf-8") for file in sys.argv[1:]))))
