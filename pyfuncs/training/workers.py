"""Many independent runs at once: in threads of this process, or on a Dask cluster; joblib hands them out."""

import logging
import os
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pyfuncs.cells.errors import GradsheetError

Result = TypeVar("Result")
Check = Callable[[], None]
"""Called between two pieces of work; it raises what is to end them."""

CONNECT_SECONDS = 30


def go_on() -> None:
    """Let the work go on."""


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True)
class Workers:
    """So many threads, which run side by side because kernels release the GIL; or the Dask cluster at an address."""

    jobs: int = 1
    cluster: str | None = None

    def results(
        self, function: Callable[..., Result], arguments: Iterable[tuple[Any, ...]], check: Check = go_on
    ) -> Iterator[Result]:
        """Yield what `function` returns for each tuple of arguments, in their order whoever ends first.

        It is given a `Check` as its last argument. Arguments are made as workers come free, never many at once; on a
        cluster, an object that several tuples hold is sent once, and `check` is not called.

        Raises:
            GradsheetError: for a cluster that does not answer, or that fails.
        """
        if self.cluster is not None:
            with failing_as_one_line(self.cluster), client_of(self.cluster) as client:
                yield from run_on(function, ((*each, go_on) for each in arguments), backend="dask", client=client)
        elif self.jobs == 1:
            for each in arguments:
                check()
                yield function(*each, check)
        else:
            work = ((*each, check) for each in arguments)
            yield from run_on(function, work, backend="threading", n_jobs=self.jobs)


ALONE = Workers()
"""The present thread does all."""


def run_on(function: Callable[..., Result], arguments: Iterable[tuple[Any, ...]], **options: Any) -> Iterator[Result]:
    """Yield the results that joblib's workers return; whoever stops early ends them."""
    from joblib import Parallel, delayed, parallel_config  # wanted by several workers alone

    with parallel_config(**options):
        parallel = Parallel(return_as="generator")
    results = parallel(delayed(function)(*each) for each in arguments)
    try:
        for result in results:  # noqa: UP028 - yield from would close them before the warning is off
            yield result
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joblib warns of what was not waited for
            results.close()


@contextmanager
def client_of(address: str) -> Iterator[Any]:
    """Connect to a Dask cluster, and leave it again.

    Raises:
        GradsheetError: where Dask is not installed, or nothing answers at the address.
    """
    import asyncio  # wanted by a cluster alone

    try:
        from distributed import Client
        from distributed.comm import connect
    except ImportError:
        raise GradsheetError("--cluster needs Dask: pip install 'gradsheet[cluster]'.") from None
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what fails is said in one line

    async def reach() -> None:
        await (await connect(address, timeout=CONNECT_SECONDS)).close()

    try:
        asyncio.run(reach())  # a client that cannot connect prints a traceback when it goes
    except (OSError, ValueError) as error:
        raise GradsheetError(
            f"No Dask scheduler answers at {address}: start one with dask scheduler, and name the address it prints."
        ) from error
    with Client(address, timeout=CONNECT_SECONDS, set_as_default=False) as client:
        yield client


@contextmanager
def failing_as_one_line(address: str) -> Iterator[None]:
    """Turn what a cluster fails of, a worker that was lost for instance, into an error that names the cluster.

    Raises:
        GradsheetError: the same, in one sentence.
    """
    try:
        yield
    except GradsheetError:
        raise
    except Exception as error:
        what = str(error) or type(error).__name__
        raise GradsheetError(f"The cluster {address} failed: {what}") from error
