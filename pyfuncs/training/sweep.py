"""Train a model with each combination of some settings, from several seeds each."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import Self

import numpy as np

from pyfuncs.cells.block import CellValue
from pyfuncs.training.model import Model
from pyfuncs.training.restarts import FirstValues, Restart, all_ended, runs_of
from pyfuncs.training.workers import ALONE, Check, Workers, go_on


@dataclass(frozen=True)
class Trial:
    """A combination of settings: their values in order, and the model with them."""

    values: tuple[CellValue, ...]
    model: Model
    data: Model
    """The same rows; one object where trials have the same ones, so that workers are sent them once."""
    first_values: FirstValues

    @classmethod
    def of(cls, values: tuple[CellValue, ...], model: Model, data: Model, first_values: FirstValues) -> Self:
        """Return a trial that holds the rows of `data` where its own are equal, for all trials are kept in memory."""
        if not has_rows_of(model, data):
            return cls(values, model, model, first_values)
        return cls(values, replace(data, layers=model.layers, settings=model.settings), data, first_values)


def has_rows_of(model: Model, data: Model) -> bool:
    """Tell whether two models learn from the same rows."""
    pairs = ((model.inputs, data.inputs), (model.target, data.target), (model.trains, data.trains))
    return model.task == data.task and all(np.array_equal(own, other) for own, other in pairs)


@dataclass(frozen=True)
class Outcome:
    """What came of a trial: a start a seed, in the order of the seeds."""

    values: tuple[CellValue, ...]
    starts: tuple[Restart, ...]

    @cached_property
    def losses(self) -> list[float]:
        """The final losses; infinity for a start that diverged."""
        return [start.loss for start in self.starts]

    @cached_property
    def median(self) -> float:
        """The median of the losses, infinity where half of the starts diverged."""
        return statistics.median(self.losses)

    @cached_property
    def mean(self) -> float:
        """The mean of the losses, infinity where any start diverged."""
        with np.errstate(over="ignore"):
            return float(np.mean(self.losses))

    @property
    def best(self) -> Restart:
        """The start with the least loss, of several the one with the least seed."""
        return min(self.starts, key=lambda start: (start.loss, start.seed))


def sweep(
    trials: Sequence[Trial],
    epochs: int,
    seeds: int,
    tried: Callable[[int, Restart], None],
    check: Check = go_on,
    workers: Workers = ALONE,
) -> list[Outcome]:
    """Train every trial from the seeds seed, seed+1, ... for `epochs` each, each run as `restart` does it.

    `tried` is given the number of runs done and each start, in order; the outcomes are the same for any workers.
    """
    runs = chain.from_iterable(runs_of(trial.model, trial.data, epochs, seeds, trial.first_values) for trial in trials)
    starts = all_ended(runs, tried, check, workers)
    groups = (tuple(starts[i : i + seeds]) for i in range(0, len(starts), seeds))
    return [Outcome(trial.values, group) for trial, group in zip(trials, groups, strict=True)]


def least(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome with the least median, of several the one with the least mean, then the first."""
    return min(outcomes, key=lambda outcome: (outcome.median, outcome.mean))
