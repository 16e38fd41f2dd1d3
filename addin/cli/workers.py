"""Who does many runs at once: the options, and how a signal ends them."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from addin.cli.parser import count
from addin.cli.stopping import Interrupts
from pyfuncs.training.workers import Check, Workers, cores, go_on


def add_workers(command: argparse.ArgumentParser) -> None:
    """Add the options that say who does many runs."""
    workers = command.add_argument_group("many runs at once").add_mutually_exclusive_group()
    workers.add_argument("--jobs", type=count, metavar="N", help="threads that share the runs (default: one a core)")
    workers.add_argument(
        "--cluster",
        metavar="ADDRESS",
        help="a Dask scheduler whose workers do the runs, tcp://10.0.0.5:8786 for instance",
    )


def workers_of(options: argparse.Namespace) -> Workers:
    """Return who is to do the runs."""
    return Workers(options.jobs or cores(), options.cluster)


@contextmanager
def stopping(workers: Workers) -> Iterator[Check]:
    """Give the check that threads make between two pieces of work, which raises a signal that has come.

    A cluster's workers cannot look here: this process only waits for them, and the signal is raised at once.
    """
    if workers.cluster is not None:
        yield go_on
        return
    with Interrupts() as interrupts:
        yield interrupts.check
