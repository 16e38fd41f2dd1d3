"""The table that a run prints, what it says of the machine, and how it compares with the table kept in the project."""

import json
import os
import platform
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_info

KEPT = Path(__file__).with_name("table.json")
SLOWER_FROM = 1.2

Row = dict[str, Any]
"""One measurement: its row in docs/performance.md, what it is, the figure that counts (a ratio or a time), the goal."""


def result(group: str, what: str, figure: float, goal: float, unit: str, *, more_is_better: bool = False) -> Row:
    """Return a measurement of what is compared with its goal alone."""
    return {
        "row": group,
        "what": what,
        "figure": figure,
        "goal": goal,
        "unit": unit,
        "ours": figure,
        "more_is_better": more_is_better,
        "met": figure >= goal if more_is_better else figure <= goal,
    }


def machine() -> dict[str, str]:
    """Return the processor, the kernels that its BLAS libraries have chosen, and the version of Python."""
    architectures = {library.get("architecture", "?") for library in threadpool_info() if library["user_api"] == "blas"}
    return {
        "processor": processor(),
        "blas": ", ".join(sorted(architectures)) or "none",
        "python": platform.python_version(),
    }


def processor() -> str:
    """Return the processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    names = {name.strip(): value.strip() for name, value in found.items()}
    return (
        f"{names.get('model name', platform.machine())}, family {names.get('cpu family')}, model {names.get('model')}"
    )


def publish(rows: Sequence[Row], output: Path) -> None:
    """Print the rows with the machine and its load, name those slower than in the table kept, and write all as JSON."""
    found = machine()
    load = os.getloadavg()[0]
    print(f"{found['processor']}; BLAS kernels: {found['blas']}; Python {found['python']}; load {load:.1f}")
    for line in (table(rows), *slower(rows, found)):
        print(line)
    write(output, rows, found | {"load": f"{load:.1f}"})


def table(rows: Sequence[Row]) -> str:
    """Return the rows as lines of text, the figure that counts first."""
    lines = [f"{'figure':>12} {'goal':>10}   {'what':66} ours (against)"]
    for row in rows:
        times = f"{row['ours']:g} {row['unit']}" + (f" ({row['theirs']:g})" if "theirs" in row else "")
        unit = "×" if "theirs" in row else f" {row['unit']}"
        mark = "" if row["met"] else "  missed"
        lines.append(f"{row['figure']:>9g}{unit:3} {row['goal']:>7g}{unit:3}   {row['what']:66} {times}{mark}")
    return "\n".join(lines)


def slower(rows: Sequence[Row], found: dict[str, str], kept: Path = KEPT) -> list[str]:
    """Return a line for each row that got slower by more than a fifth since the table kept for this kind of machine."""
    if not kept.exists():
        return []
    before = json.loads(kept.read_text(encoding="utf-8"))
    # What asks no BLAS of anybody else is the same with each.
    if before["processor"] != found["processor"] or found["blas"] not in (before["blas"], "none"):
        return [f"The table kept is of another machine ({before['processor']}; BLAS {before['blas']}): not compared."]
    figures = {row["what"]: row["figure"] for row in before["rows"]}
    lines = []
    for row in rows:
        if row["what"] not in figures:
            continue
        old, new = figures[row["what"]], row["figure"]
        factor = old / new if row["more_is_better"] else new / old
        if factor > SLOWER_FROM:
            lines.append(f"Slower than in the table kept, {old:g} then and {new:g} now: {row['what']}")
    return lines


def write(path: Path, rows: Sequence[Row], found: dict[str, str]) -> None:
    """Write rows and what is known of the machine to a JSON file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({**found, "rows": rows}, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
