"""Many runs come out the same whoever does them, and end for all when one of them is stopped or fails."""

import math
import threading

import pytest

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.kernels import model as kernels
from pyfuncs.kernels import steps
from pyfuncs.kernels.jit import Kernel
from pyfuncs.training.restarts import restart
from pyfuncs.training.workers import Workers

SETTINGS = {"batch_size": 4, "optimizer": "momentum", "seed": 3, "lr": 0.02, "valid_fraction": 0.25}


def nobody(done, start):
    pass


def halved(number, check):
    check()
    if number < 0:
        raise GradsheetError("below 0")
    return number / 2


@pytest.mark.parametrize("jobs", [2, 3])
def test_threads_give_the_same_starts_bit_for_bit_in_the_order_of_their_seeds(small_cells, jobs):
    model, seen = small_cells(**SETTINGS).model(), []
    expected = restart(model, 40, 9, nobody)
    found = restart(model, 40, 9, lambda done, start: seen.append((done, start.seed)), workers=Workers(jobs))
    assert found == expected
    assert seen == [(i + 1, 3 + i) for i in range(9)]


@pytest.mark.parametrize("changes", [{}, {"lr": 1e30, "activation_1": "identity"}], ids=["as they are", "diverging"])
def test_a_cluster_gives_the_same_starts_bit_for_bit(small_cells, cluster, changes):
    model = small_cells(**SETTINGS | changes).model()
    found = restart(model, 40, 9, nobody, workers=Workers(cluster=cluster))
    assert found == restart(model, 40, 9, nobody)
    assert math.isinf(found[0].loss) == bool(changes)


def test_arguments_are_made_as_workers_come_free():
    waiting, most = set(), 0

    def arguments():
        nonlocal most
        for i in range(200):
            waiting.add(i)
            most = max(most, len(waiting))
            yield (i,)

    def work(number, check):
        waiting.remove(number)
        return number

    assert list(Workers(2).results(work, arguments())) == list(range(200))
    assert most < 20


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_a_check_raises_ends_all_runs_and_every_thread(jobs):
    checks, before = [], set(threading.enumerate())

    def check():
        checks.append(None)
        if len(checks) >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        list(Workers(jobs).results(halved, ((i,) for i in range(1000)), check))
    assert len(checks) < 50
    started = set(threading.enumerate()) - before
    for thread in started:
        thread.join(10)
    assert not [thread for thread in started if thread.is_alive()]


def test_whoever_stops_listening_ends_the_runs():
    results = Workers(2).results(halved, ((i,) for i in range(1000)))
    assert next(results) == 0
    results.close()


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_error_of_one_run_is_raised(jobs):
    with pytest.raises(GradsheetError, match="below 0"):
        list(Workers(jobs).results(halved, ((i,) for i in (1, -1, 2))))


def test_an_error_in_making_arguments_is_raised():
    def arguments():
        yield from ((i,) for i in range(20))
        raise GradsheetError("no more")

    with pytest.raises(GradsheetError, match="no more"):
        list(Workers(2).results(halved, arguments()))


@pytest.mark.usefixtures("distributed")
def test_a_cluster_that_does_not_answer_is_one_sentence(monkeypatch):
    monkeypatch.setattr("pyfuncs.training.workers.CONNECT_SECONDS", 0.5)
    with pytest.raises(GradsheetError, match=r"No Dask scheduler answers at tcp://127\.0\.0\.1:1: start one"):
        list(Workers(cluster="tcp://127.0.0.1:1").results(halved, [(1,)]))


def test_an_error_on_a_cluster_is_raised(cluster):
    with pytest.raises(GradsheetError, match=r"^below 0$"):
        list(Workers(cluster=cluster).results(halved, [(1,), (-1,)]))


@pytest.mark.parametrize("module", [kernels, steps], ids=["evaluation", "training"])
def test_kernels_let_other_threads_run(module):
    kernels = [each for each in vars(module).values() if isinstance(each, Kernel)]
    assert kernels
    assert all(each.dispatcher.targetoptions["nogil"] for each in kernels)
