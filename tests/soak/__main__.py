"""Attack everything for some minutes and print what became of it: make soak MINUTES=20 SEED=1."""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from .bench import Bench
from .kinds import KINDS
from .outcome import FAULT
from .sum import table


def main() -> int:
    """Print a table of counts, and each fault with the numbers that make it again; fail where there is one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--kind", choices=KINDS, help="only this kind")
    parser.add_argument("--attempt", type=int, help="only this attempt, to see a fault again")
    options = parser.parse_args()
    kinds = {name: kind for name, kind in KINDS.items() if options.kind in (None, name)}
    whole = sum(share for share, _ in kinds.values())
    counts: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as folder, Bench(Path(folder)) as bench:
        for name, (share, attempt) in kinds.items():
            until = time.monotonic() + 60 * options.minutes * share / whole
            number = options.attempt or 0
            while time.monotonic() < until or number == (options.attempt or 0):
                for outcome in attempt(bench, random.Random(f"{options.seed} {name} {number}")):
                    counts[name, outcome.kind] += 1
                    if outcome.kind == FAULT:
                        again = f'--seed {options.seed} --kind "{name}" --attempt {number}'
                        print(f"fault: {name}: {outcome.said} ({again})", file=sys.stderr, flush=True)
                number += 1
                if options.attempt is not None:
                    break
    print(table(kinds, counts))
    return 1 if any(kind == FAULT for _, kind in counts) else 0


if __name__ == "__main__":
    sys.exit(main())
