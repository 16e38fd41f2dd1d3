"""gradsheet warm: compile the kernels for this machine, once."""

import argparse

from addin.cli.heartbeat import Heartbeat
from pyfuncs.catalogue.registry import formulas
from pyfuncs.catalogue.warm import warm


def run(options: argparse.Namespace) -> int:
    """Compile every kernel, or find it compiled."""
    del options
    with Heartbeat():
        seconds = warm()
    print(f"{len(formulas())} formulas and the trainer are ready ({seconds:.1f} s).")
    return 0
