"""What the formulas of whole training runs compute, once their arguments are read."""

import math
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import numpy as np

from pyfuncs.catalogue.networks import read_layers, read_target
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import model, steps
from pyfuncs.kernels.arrays import Matrix, Order, Vector
from pyfuncs.kernels.optimizers import BASE_LR, LR, OPTIMIZERS, Optimizer, hyperparameters
from pyfuncs.kernels.passes import Rules, batches_of, parameters_of, room_for

MOST_MULTIPLY_ADDS = 10**9
# What finding a batch and taking a step costs besides, in the same measure; and going to a kernel for steps and a loss.
MULTIPLY_ADDS_OF_A_STEP = 100
MULTIPLY_ADDS_OF_A_LOSS = 20_000

FEWER_EPOCHS = "ask for fewer epochs, or train with the buttons"

# As in fast.ai's lr_find: where a range test ends, in multiples of its least loss, and the share of the rate with the
# least loss that is suggested.
DIVERGED_AT = 4.0
SUGGESTED_SHARE = 0.1


@dataclass(frozen=True, kw_only=True)
class Setup:
    """A training run as a formula's arguments, which bear the same names, describe it."""

    inputs: Matrix
    target: Matrix
    loss: int
    activations: list[int]
    rows: Order
    layers: tuple[Matrix | None, ...]
    """weight_1, bias_1, weight_2, ..."""
    lr: float = 0.0
    epochs: int = 0
    batch_size: int | None = None
    """None: all rows."""
    momentum: float | None = None
    seed: int = 0
    optimizer: Optimizer | None = None
    """None: sgd, or momentum where momentum is above 0."""
    weight_decay: float = 0.0
    shuffle: int = 1
    trains: list[bool] | None = None
    """Which layers train; None: all."""

    @property
    def rule(self) -> Optimizer:
        """The optimizer, also where none is named."""
        return self.optimizer or OPTIMIZERS["momentum" if self.momentum else "sgd"]


@dataclass(frozen=True, kw_only=True)
class RangeTest(Setup):
    """A learning-rate range test as a formula's arguments describe it: rates from lr_first to lr_last, one a step."""

    lr_first: float
    lr_last: float
    steps: int


S = TypeVar("S", bound=Setup)


def with_setup(kind: type[S], compute: Callable[[S], Any], names: list[str]) -> Callable[..., Any]:
    """Return a function of the named arguments and the layers behind them that hands all to `compute` as one setup.

    Raises:
        ValueError: for a name that a setup does not know.

    """
    if unknown := set(names) - {field.name for field in fields(kind)}:
        raise ValueError(f"{kind.__name__} has no {', '.join(sorted(unknown))}.")

    def run(*given: Any) -> Any:
        return compute(kind(layers=given[len(names) :], **dict(zip(names, given, strict=False))))

    return run


class TrainingRun:
    """A training run in progress, from its first weights on.

    Raises:
        CellError: #VALUE! or #NUM! for layers or a target that do not fit, or settings out of range.

    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self.network, params = read_layers(setup.activations, setup.layers, setup.trains)
        self.target = read_target(setup.target, self.network, setup.loss)
        given = {} if setup.momentum is None else {"momentum": setup.momentum}
        hyper = hyperparameters(lr=setup.lr, weight_decay=setup.weight_decay, **given)
        self.rules = Rules(setup.loss, setup.rule.code, hyper)
        self.parameters = parameters_of(params, setup.rule.slots)
        self.batches = batches_of(
            setup.inputs,
            self.target,
            setup.rows,
            setup.batch_size or setup.rows.size,
            shuffles=bool(setup.shuffle),
            seed=setup.seed,
        )
        self.room = room_for(self.network, self.batches.batch_size)
        self.per_epoch = steps.steps_per_epoch(setup.rows.size, self.batches.batch_size)

    @property
    def params(self) -> Vector:
        """The present weights and biases."""
        return self.parameters.values

    @property
    def multiply_adds(self) -> int:
        """How many multiply-adds a row's forward pass takes."""
        return sum(int(layer["fan_in"]) * int(layer["fan_out"]) for layer in self.network)

    def check_work(self, what: str, count: int, losses: int, remedy: str) -> None:
        """Check that `count` steps, with the mean loss after some of them, are not too much for a cell.

        Raises:
            CellError: #NUM!, with what was asked and the remedy.

        """
        epochs, beyond = divmod(count, self.per_epoch)
        trained = epochs * self.setup.rows.size + beyond * self.batches.batch_size
        rows = 3 * trained + self.setup.inputs.shape[0] * losses
        work = rows * self.multiply_adds + MULTIPLY_ADDS_OF_A_STEP * count + MULTIPLY_ADDS_OF_A_LOSS * losses
        if work > MOST_MULTIPLY_ADDS:
            raise CellError(
                ErrorCode.NUM,
                f"{what} are {work:.1g} multiplications, but one cell may take {MOST_MULTIPLY_ADDS:.0e}: {remedy}.",
            )

    def advance(self, epoch: int, step: int, count: int) -> None:
        """Take `count` steps from a step (from 0) of an epoch (from 0) on."""
        steps.run_steps(self.network, self.rules, self.parameters, self.batches, self.room, epoch, step, count)

    def mean_loss(self) -> float:
        """Return the mean loss over the rows, as the history of a workbook has it; NaN after a divergence."""
        setup = self.setup
        loss, _ = model.evaluate(self.network, self.params, setup.inputs, self.target, setup.rows, setup.loss, 0.5)
        return loss if np.isfinite(self.params).all() else math.nan


def is_plain_descent(setup: Setup) -> bool:
    """Tell whether a run is SGD on all rows, which needs no memory and no random numbers."""
    is_whole = setup.batch_size is None or setup.batch_size >= setup.rows.size
    return is_whole and setup.rule is OPTIMIZERS["sgd"]


def train(setup: Setup) -> Matrix:
    """Return the parameters after the epochs, in one column: weight_1 row by row, bias_1, ..."""
    run = TrainingRun(setup)
    count = setup.epochs * run.per_epoch
    run.check_work(f"{setup.epochs} epochs", count, 0, FEWER_EPOCHS)
    run.advance(0, 0, count)
    return run.params.reshape(-1, 1)


def loss_curve(setup: Setup) -> Matrix:
    """Return the mean loss over the rows after each epoch, epochs×1; NaN from where training has diverged."""
    run = TrainingRun(setup)
    run.check_work(f"{setup.epochs} epochs", setup.epochs * run.per_epoch, setup.epochs, FEWER_EPOCHS)
    curve = np.full((setup.epochs, 1), math.nan)
    for epoch in range(setup.epochs):
        run.advance(epoch, 0, run.per_epoch)
        curve[epoch, 0] = run.mean_loss()
        if not math.isfinite(curve[epoch, 0]):
            break
    return curve


def lr_find(setup: RangeTest) -> list[list[float | ErrorCode]]:
    """Return a row lr | loss for each rate, under one with the suggested rate and the loss there.

    #N/A stands where there is no loss, after the divergence, and where no rate can be suggested.
    """
    if setup.lr_last <= setup.lr_first:
        raise CellError(
            ErrorCode.NUM, f"lr_last is {setup.lr_last:.12g}, but must be above lr_first, {setup.lr_first:.12g}."
        )
    run = TrainingRun(setup)
    run.check_work(f"{setup.steps} steps", setup.steps, setup.steps, "ask for fewer steps, or give fewer rows")
    rates = np.geomspace(setup.lr_first, setup.lr_last, setup.steps)
    losses = range_test(run, rates)
    missing = [ErrorCode.NA] * (rates.size - len(losses))
    curve = zip(rates.tolist(), [*losses, *missing], strict=True)
    return [suggestion(rates[: len(losses)], losses), *([rate, loss] for rate, loss in curve)]


def range_test(run: TrainingRun, rates: Vector) -> list[float]:
    """Take one step with each rate, and return the loss after each, up to the divergence."""
    losses: list[float] = []
    for i, rate in enumerate(rates):
        epoch, step = divmod(i, run.per_epoch)
        # The schedule's constant rate counts in the first step of an epoch, the present one in the others.
        run.rules.hyper[LR] = run.rules.hyper[BASE_LR] = rate
        run.advance(epoch, step, 1)
        loss = run.mean_loss()
        if not math.isfinite(loss):
            break
        losses.append(loss)
        if loss > DIVERGED_AT * min(losses):
            break
    return losses


def suggestion(rates: Vector, losses: list[float]) -> list[float | ErrorCode]:
    """Return a tenth of the rate with the least loss, and the loss there; #N/A where no rate so small was tried.

    fast.ai's "minimum". Its "valley" and "steep" are made for losses of single batches: on the Titanic models, by the
    loss of all rows, they lie up to a hundred times below and ten times above the rates that train best.
    """
    rate = SUGGESTED_SHARE * float(rates[int(np.argmin(losses))]) if losses else 0.0
    if not losses or rate < rates[0]:
        return [ErrorCode.NA, ErrorCode.NA]
    return [rate, float(np.interp(math.log(rate), np.log(rates), losses))]
