"""gradsheet warm: compile the kernels for this machine, once."""

import argparse

from pyfuncs.catalogue.registry import formulas
from pyfuncs.catalogue.warm import warm


def run(options: argparse.Namespace) -> int:
    """Compile every kernel, or find it compiled."""
    del options
    print(f"{len(formulas())} formulas and the trainer are ready ({warm():.1f} s).")
    return 0
