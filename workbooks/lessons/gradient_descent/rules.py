"""How each optimizer makes a step, written out in the spreadsheet's own functions.

In a rule's texts `{p}` is the parameter (a or b), `{g}` its gradient, `{m0}` and `{m1}` its memory before the step and
`{n0}`, `{n1}` after it; `{u0}` and so on the memory that a and b share, before, and `{s0}` and so on after; `{loss}` is
the row's squared error. Settings go by their names in the contract.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyfuncs.kernels import optimizers
from workbooks.sheets.block import Values
from workbooks.sheets.settings import Setting

FIRST = (1.0, 1.0)
"""The first a and b of every sheet."""

EPS = Setting("eps", 1e-8, "A small number that keeps a division by 0 away.", minimum=0)
BETAS = (
    Setting("beta_1", 0.9, "How much of the mean gradient stays.", minimum=0, maximum=0.9999),
    Setting("beta_2", 0.999, "How much of the mean square stays.", minimum=0, maximum=0.9999),
)
SCHEDULE = (
    Setting("schedule", "step", "How lr changes with the epochs.", ("step", "exponential", "cosine", "constant")),
    Setting("schedule_epochs", 10, "How many epochs that takes.", minimum=1),
    Setting("schedule_gamma", 0.5, "What lr is multiplied by then.", minimum=0.000001),
)


@dataclass(frozen=True)
class Rule:
    """An optimizer with its sheet: what it says, its settings, its memory, and the formulas of a step."""

    sheet: str
    optimizer: str
    says: str
    lr: float
    new: str
    settings: tuple[Setting, ...] = ()
    memory: tuple[str, ...] = ()
    memory_texts: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    shared_texts: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    """The settings that the formula of the step takes after lr, in its order."""
    question: str = ""
    """A question that comes up on the sheet, with its answer."""

    @property
    def formula(self) -> str:
        """Return the name of the formula that makes the same step."""
        return f"NN_{self.optimizer.upper()}_STEP"


MOMENT_TEXTS = (
    "{beta_1:all}*{m0}+(1-{beta_1:all})*{g}",
    "{beta_2:all}*{m1}+(1-{beta_2:all})*{g}*{g}",
)
RULES = (
    Rule(
        "SGD",
        "sgd",
        "New a = a - lr × gradient, row after row. The slope a arrives at once, the intercept b crawls.",
        0.0001,
        "{p}-{lr:all}*{g}",
        question="What happens when the learning rate is too high? Set lr to 0.001: every step overshoots, and the "
        "loss grows. To get back, set lr to 0.0001 and press Reset.",
    ),
    Rule(
        "Momentum",
        "momentum",
        "A ball that rolls on: velocity = momentum × velocity + gradient, and the step goes along the velocity.",
        0.00002,
        "{p}-{lr:all}*{n0}",
        (Setting("momentum", 0.9, "How much of the last step stays.", minimum=0, maximum=0.999),),
        ("velocity",),
        ("{momentum:all}*{m0}+{g}",),
        arguments=("momentum",),
    ),
    Rule(
        "AdaGrad",
        "adagrad",
        "Each parameter has its own learning rate: lr / root of all its squared gradients so far. So b catches up.",
        5,
        "{p}-{lr:all}*{g}/(SQRT({n0})+{eps:all})",
        (EPS,),
        ("squares",),
        ("{m0}+{g}*{g}",),
        arguments=("eps",),
    ),
    Rule(
        "RMSProp",
        "rmsprop",
        "AdaGrad that forgets: the squares are a moving mean, so the steps do not shrink for ever.",
        0.1,
        "{p}-{lr:all}*{g}/(SQRT({n0})+{eps:all})",
        (Setting("alpha", 0.9, "How much of the mean square stays.", minimum=0, maximum=0.9999), EPS),
        ("mean square",),
        ("{alpha:all}*{m0}+(1-{alpha:all})*{g}*{g}",),
        arguments=("alpha", "eps"),
    ),
    Rule(
        "Adam",
        "adam",
        "Momentum over the root of RMSProp's mean square, both corrected for having begun at 0.",
        0.3,
        "{p}-{lr:all}/(1-{beta_1:all}^{s0})*{n0}/(SQRT({n1})/SQRT(1-{beta_2:all}^{s0})+{eps:all})",
        (*BETAS, EPS),
        ("mean gradient", "mean square"),
        MOMENT_TEXTS,
        ("steps",),
        ("{u0}+1",),
        ("beta_1", "beta_2", "eps"),
    ),
    Rule(
        "Eve",
        "eve",
        "Adam with feedback: where the loss jumps from step to step, d grows and the steps shrink.",
        0.3,
        "{p}-{lr:all}/(1-{beta_1:all}^{s0})*{n0}/({s1}*(SQRT({n1})/SQRT(1-{beta_2:all}^{s0}))+{eps:all})",
        (
            *BETAS,
            Setting("beta_3", 0.999, "How much of the feedback d stays.", minimum=0, maximum=0.9999),
            EPS,
        ),
        ("mean gradient", "mean square"),
        MOMENT_TEXTS,
        ("steps", "d", "loss kept"),
        (
            "{u0}+1",
            "IF({s0}=1,1,{beta_3:all}*{u1}+(1-{beta_3:all})*IF(MIN({s2},{u2})>0,ABS({s2}-{u2})/MIN({s2},{u2}),0))",
            "IF({s0}=1,{loss},MIN(MAX(IF({loss}>={u2},1.1,1/11),IF({u2}>0,{loss}/{u2},11)),"
            "IF({loss}>={u2},11,1/1.1))*{u2})",
        ),
        ("beta_1", "beta_2", "beta_3", "eps"),
    ),
    Rule(
        "Annealing",
        "sgd",
        "SGD whose learning rate is halved every ten epochs: long steps first, short ones to settle.",
        0.0002,
        "{p}-{lr:all}*{g}",
        SCHEDULE,
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
