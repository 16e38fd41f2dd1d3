"""The optimizers of the lesson: what each sheet says and sets; their steps are those of the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from pyfuncs.catalogue.optimizers import PLAIN_STEPS, PlainStep
from pyfuncs.cells.block import CellValue
from pyfuncs.kernels import optimizers
from workbooks.lessons.gradient_descent.data import XS
from workbooks.sheets.block import Values
from workbooks.sheets.settings import Setting, common_settings

FIRST = (1.0, 1.0)
"""The first a and b of every sheet."""

SCHEDULE: Mapping[str, CellValue] = {"schedule": "step", "schedule_epochs": 10, "schedule_gamma": 0.5}


@dataclass(frozen=True)
class Rule:
    """An optimizer with its sheet: what it says, its settings, and what its memory is called there."""

    sheet: str
    optimizer: str
    says: str
    lr: float
    memory: tuple[str, ...] = ()
    """A name for each slot of memory that a and b have."""
    shared: tuple[str, ...] = ()
    """A name for each number of memory that they share."""
    values: Mapping[str, CellValue] | None = None
    """Settings of the sheet beside the optimizer's own, or with other values than elsewhere."""
    question: str = ""
    """A question that comes up on the sheet, with its answer."""

    @property
    def formula(self) -> str:
        """Return the name of the formula that makes the same step."""
        return f"NN_{self.optimizer.upper()}_STEP"

    @property
    def plain(self) -> PlainStep:
        """Return the step in the spreadsheet's own functions."""
        return PLAIN_STEPS[self.optimizer]

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the settings that the formula of the step takes after lr, in its order."""
        return optimizers.OPTIMIZERS[self.optimizer].settings

    @property
    def settings(self) -> tuple[Setting, ...]:
        """Return the settings of the sheet beside lr."""
        values = self.values or {}
        known = {setting.name: setting for setting in common_settings(len(XS), ("mse",), self.lr)}
        names = dict.fromkeys((*self.arguments, *values))
        return tuple(replace(known[name], value=values.get(name, known[name].value)) for name in names)


RULES = (
    Rule(
        "SGD",
        "sgd",
        "New a = a - lr × gradient, row after row. The slope a arrives at once, the intercept b crawls.",
        0.0001,
        question="What happens when the learning rate is too high? Set lr to 0.001: every step overshoots, and the "
        "loss grows. To get back, set lr to 0.0001 and press Reset.",
    ),
    Rule(
        "Momentum",
        "momentum",
        "A ball that rolls on: velocity = momentum × velocity + gradient, and the step goes along the velocity.",
        0.00002,
        ("velocity",),
    ),
    Rule(
        "AdaGrad",
        "adagrad",
        "Each parameter has its own learning rate: lr / root of all its squared gradients so far. So b catches up.",
        5,
        ("squares",),
    ),
    Rule(
        "RMSProp",
        "rmsprop",
        "AdaGrad that forgets: the squares are a moving mean, so the steps do not shrink for ever.",
        0.1,
        ("mean square",),
        values={"alpha": 0.9},
    ),
    Rule(
        "Adam",
        "adam",
        "Momentum over the root of RMSProp's mean square, both corrected for having begun at 0.",
        0.3,
        ("mean gradient", "mean square"),
        ("steps",),
    ),
    Rule(
        "Eve",
        "eve",
        "Adam with feedback: where the loss jumps from step to step, d grows and the steps shrink.",
        0.3,
        ("mean gradient", "mean square"),
        ("steps", "d", "loss kept"),
    ),
    Rule(
        "Annealing",
        "sgd",
        "SGD whose learning rate is halved every ten epochs: long steps first, short ones to settle.",
        0.0002,
        values=SCHEDULE,
    ),
)


@dataclass(frozen=True)
class Epoch:
    """One pass over the rows from where the workbook stands, a row a step; the first row of `states` is the start."""

    states: Values
    """Columns: a, b, each slot of memory for a and for b, the shared memory."""
    predictions: Values
    losses: Values
    grads: Values


def one_epoch(
    rule: Rule, start: Sequence[float], x: Values, y: Values, lr: float, settings: dict[str, float], done: int
) -> Epoch:
    """Return what the rows make of a state; rows already done in this epoch leave it as it is."""
    slots, shares = len(rule.memory), len(rule.shared)
    names: dict[str, Any] = {name: value for name, value in settings.items() if name in rule.arguments}
    hyper = optimizers.hyperparameters(lr=lr, **names)
    code = optimizers.OPTIMIZERS[rule.optimizer].code
    state = np.array(start, dtype=float)
    states, predictions, grads = [state], [], []
    with np.errstate(all="ignore"):
        for i, (xi, yi) in enumerate(zip(x.ravel(), y.ravel(), strict=True)):
            prediction = state[0] * xi + state[1]
            grad = np.array([[2 * (prediction - yi) * xi, 2 * (prediction - yi)]])
            if i >= done:
                shared = np.repeat(state[2 * (1 + slots) :, np.newaxis], 2, axis=1)
                stacked = np.vstack([state[: 2 * (1 + slots)].reshape(-1, 2), shared])
                loss = (prediction - yi) ** 2
                after = optimizers.stacked_step(code, hyper, slots, shares, stacked, grad, loss)
                state = np.concatenate([after[: 1 + slots].ravel(), after[1 + slots :, 0]])
            states.append(state)
            predictions.append(prediction)
            grads.append(grad[0])
        losses = (np.array(predictions) - y.ravel()) ** 2
    return Epoch(np.array(states), np.array(predictions)[:, np.newaxis], losses[:, np.newaxis], np.array(grads))
