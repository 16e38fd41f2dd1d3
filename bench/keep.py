"""Keep the figures of the last runs in bench/table.json, and in the table of docs/performance.md."""

import argparse
import json
from pathlib import Path

from bench import report

RUNS = ("bench", "bench_commands", "bench_calc", "bench_own_tables")
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- figures: begin -->\n", "<!-- figures: end -->\n"


def figures(rows: list[report.Row]) -> str:
    """Return the rows as a table of Markdown, what was before beside what is now."""
    lines = ["| measured | before | now | goal | |", "|---|---|---|---|---|"]
    for row in rows:
        before = f"{row['before']:,g}" if "before" in row else "-"
        unit = "×" if "theirs" in row else row["unit"]
        missed = "" if row["met"] else "missed"
        lines.append(f"| {row['what']} | {before} | {row['figure']:,g} | {row['goal']:,g} {unit} | {missed} |")
    return "\n".join(lines) + "\n"


def with_figures(page: str, kept: dict[str, object], rows: list[report.Row]) -> str:
    """Return the page with the table that belongs to what is kept."""
    head, rest = page.split(BEGIN)
    _, tail = rest.split(END)
    machine = f"{kept['processor']}; Python {kept['python']}; load {kept['load']}.\n"
    return f"{head}{BEGIN}{machine}\n{figures(rows)}{END}{tail}"


def main() -> None:
    """Put the rows of all runs together and write both."""
    parser = argparse.ArgumentParser(prog="python -m bench.keep", description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("out"), help="where the runs have written (default out)")
    parser.add_argument("--before", type=Path, help="a JSON object of earlier figures, measured on the same machine")
    options = parser.parse_args()
    found = [json.loads((options.folder / f"{name}.json").read_text(encoding="utf-8")) for name in RUNS]
    rows = [row for run in found for row in run["rows"]]
    before = json.loads(options.before.read_text(encoding="utf-8")) if options.before else {}
    for row in rows:
        if row["what"] in before:
            row["before"] = before[row["what"]]
    machine = {name: value for name, value in found[0].items() if name != "rows"}
    report.write(report.KEPT, rows, machine)
    PAGE.write_text(with_figures(PAGE.read_text(encoding="utf-8"), machine, rows), encoding="utf-8")


if __name__ == "__main__":
    main()
