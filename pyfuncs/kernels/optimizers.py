"""Optimizer steps on a run of parameters in place, and as pure functions of whole matrices.

`update` is what training calls; the formulas call `stacked_step`, which copies first and calls `update`, so a step in a
cell and a step of the trainer are the same bits. Weight decay adds weight_decay·parameter to the gradient, but AdamW's
takes it off the parameter.
"""

import math
from dataclasses import dataclass

import numpy as np

from pyfuncs.kernels.arrays import ZERO, Index, Matrix, Vector
from pyfuncs.kernels.jit import inlined, kernel
from pyfuncs.kernels.simd import Lanes, multiply_add

NO_OPTIMIZER, SGD, MOMENTUM, NESTEROV, ADAGRAD, RMSPROP, ADAM, EVE, ADAMW = range(-1, 8)


@dataclass(frozen=True)
class Optimizer:
    """An optimizer as training and formulas know it; `code` is what the kernels branch on."""

    code: int
    settings: tuple[str, ...] = ()
    """Which settings it takes beside lr and weight_decay, in the order of its formula's arguments."""
    slots: int = 0
    """How many numbers of memory it keeps for each parameter."""
    shared: int = 0
    """How many numbers of memory it keeps for all parameters together: the steps taken, Eve's d, Eve's loss."""
    square: int | None = None
    """Which slot holds squares, which are never negative."""
    needs_loss: bool = False
    """Whether a step asks for the batch's loss."""


OPTIMIZERS = {
    "sgd": Optimizer(SGD),
    "momentum": Optimizer(MOMENTUM, ("momentum",), slots=1),
    "nesterov": Optimizer(NESTEROV, ("momentum",), slots=1),
    "adagrad": Optimizer(ADAGRAD, ("eps",), slots=1, square=0),
    "rmsprop": Optimizer(RMSPROP, ("alpha", "eps"), slots=1, square=0),
    "adam": Optimizer(ADAM, ("beta_1", "beta_2", "eps"), slots=2, shared=1, square=1),
    "adamw": Optimizer(ADAMW, ("beta_1", "beta_2", "eps"), slots=2, shared=1, square=1),
    "eve": Optimizer(EVE, ("beta_1", "beta_2", "beta_3", "eps"), slots=2, shared=3, square=1, needs_loss=True),
}

NEEDING_LOSS = tuple(optimizer.code for optimizer in OPTIMIZERS.values() if optimizer.needs_loss)
"""The codes of those for which training finds the batch's loss before each step."""

STEPS_TAKEN, FEEDBACK, REMEMBERED_LOSS = range(3)
"""Places among the shared numbers."""

MOST_SLOTS = max(optimizer.slots for optimizer in OPTIMIZERS.values())
MOST_SHARED = max(optimizer.shared for optimizer in OPTIMIZERS.values())

(
    LR,
    MOMENTUM_FACTOR,
    WEIGHT_DECAY,
    ALPHA,
    BETA_1,
    BETA_2,
    BETA_3,
    EPS,
    BASE_LR,
    SCHEDULE,
    SCHEDULE_EPOCHS,
    SCHEDULE_GAMMA,
    HYPERPARAMETERS,
) = range(13)
"""Places in the vector of hyperparameters, and their number. LR is that of the present epoch."""

SMALLEST_NORMAL = float(np.finfo(np.float64).tiny)

# Eve's bounds on how much its remembered loss changes in a step, as in the paper.
LEAST_CHANGE, MOST_CHANGE = 0.1, 10.0


@dataclass(frozen=True)
class OptimizerSetting:
    """A setting that only some optimizers take, 0 or more; `place` is that in the vector of hyperparameters."""

    place: int
    default: float
    help: str
    largest_share: float | None = None
    """Of a share, which is below 1: the largest that a sheet lets somebody type."""


OPTIMIZER_SETTINGS = {
    "momentum": OptimizerSetting(MOMENTUM_FACTOR, 0.9, "How much of the last step stays", 0.999),
    "alpha": OptimizerSetting(ALPHA, 0.99, "How much of the mean square stays", 0.9999),
    "beta_1": OptimizerSetting(BETA_1, 0.9, "How much of the mean gradient stays", 0.9999),
    "beta_2": OptimizerSetting(BETA_2, 0.999, "How much of the mean square stays", 0.9999),
    "beta_3": OptimizerSetting(BETA_3, 0.999, "How much of the feedback stays", 0.9999),
    "eps": OptimizerSetting(EPS, 1e-8, "Keeps a division by 0 away"),
}

COMMON_DEFAULTS = {
    "weight_decay": (WEIGHT_DECAY, 0.0),
    "schedule": (SCHEDULE, 0.0),
    "schedule_epochs": (SCHEDULE_EPOCHS, 1.0),
    "schedule_gamma": (SCHEDULE_GAMMA, 1.0),
}
"""The place in the vector of each setting that every optimizer takes, and what it is where it is left out."""


def hyperparameters(lr: float, **settings: float) -> Vector:
    """Return the vector of hyperparameters that training reads; what is left out has its default.

    Raises:
        KeyError: for a name that is no setting.

    """
    hyper = np.zeros(HYPERPARAMETERS)
    hyper[LR] = hyper[BASE_LR] = lr
    own = {name: (setting.place, setting.default) for name, setting in OPTIMIZER_SETTINGS.items()}
    defaults = COMMON_DEFAULTS | own
    for place, default in defaults.values():
        hyper[place] = default
    for name, value in settings.items():
        hyper[defaults[name][0]] = value
    return hyper


@inlined
def settled(state: float) -> float:
    """Return state, or 0 where it is too small for full precision.

    A sum that only decays ends there, and a processor takes many times as long for such a number: 600 of the 880 ns of
    a step on 10-2-1 when one of the two units was dead.
    """
    return 0.0 if abs(state) < SMALLEST_NORMAL else state


@inlined
def decayed(grad: Lanes, decay: float, param: Lanes) -> Lanes:
    """Return the gradient with weight decay, which costs a step of the linear model time even where it is 0."""
    return grad if decay == 0.0 else multiply_add(decay, param, grad)


@inlined
def sgd_step(param: Lanes, grad: Lanes, lr: float, decay: float) -> Lanes:
    """Return the parameter after a step of SGD."""
    return multiply_add(-lr, decayed(grad, decay, param), param)


@inlined
def begin_step(optimizer: int, hyper: Vector, shared: Vector, loss: float) -> None:
    """Count a step in the shared memory and, for Eve, compare its loss with the one remembered."""
    if optimizer not in (ADAM, ADAMW, EVE):
        return
    shared[STEPS_TAKEN] += 1.0
    if optimizer == EVE:
        if shared[STEPS_TAKEN] == 1.0:
            shared[FEEDBACK] = 1.0
            shared[REMEMBERED_LOSS] = loss
            return
        before = shared[REMEMBERED_LOSS]
        if loss >= before:
            low, high = LEAST_CHANGE + 1.0, MOST_CHANGE + 1.0
        else:
            low, high = 1.0 / (MOST_CHANGE + 1.0), 1.0 / (LEAST_CHANGE + 1.0)
        ratio = loss / before if before > 0.0 else high
        after = min(max(low, ratio), high) * before
        change = abs(after - before) / min(after, before) if min(after, before) > 0.0 else 0.0
        shared[FEEDBACK] = hyper[BETA_3] * shared[FEEDBACK] + (1.0 - hyper[BETA_3]) * change
        shared[REMEMBERED_LOSS] = after


@inlined
def update_by_moments(
    optimizer: int,
    hyper: Vector,
    params: Vector,
    grads: Vector,
    state: Matrix,
    shared: Vector,
    start: Index,
    stop: Index,
) -> None:
    """Take a step of Adam, AdamW or Eve, whose moving averages are corrected for having begun at 0.

    AdamW decays the parameters themselves: p ← p - lr·weight_decay·p before Adam's step without weight decay.
    """
    b1 = hyper[BETA_1]
    b2 = hyper[BETA_2]
    lr = hyper[LR] / (1.0 - b1 ** shared[STEPS_TAKEN])
    root = math.sqrt(1.0 - b2 ** shared[STEPS_TAKEN])
    feedback = shared[FEEDBACK] if optimizer == EVE else 1.0
    kept = 1.0 - hyper[LR] * hyper[WEIGHT_DECAY] if optimizer == ADAMW else 1.0
    decay = 0.0 if optimizer == ADAMW else hyper[WEIGHT_DECAY]
    for i in range(start, stop):
        grad = decayed(grads[i], decay, params[i])
        params[i] *= kept
        state[0, i] = settled(b1 * state[0, i] + (1.0 - b1) * grad)
        state[1, i] = settled(b2 * state[1, i] + (1.0 - b2) * grad * grad)
        params[i] -= lr * state[0, i] / (feedback * (math.sqrt(state[1, i]) / root) + hyper[EPS])


@inlined
def update(
    optimizer: int,
    hyper: Vector,
    params: Vector,
    grads: Vector,
    state: Matrix,
    shared: Vector,
    start: Index,
    stop: Index,
) -> None:
    """Take one step on params[start:stop] in place, given their gradients; state holds one row a slot.

    sgd: p ← p - lr·g. momentum: v ← momentum·v + g, p ← p - lr·v (PyTorch's form, without dampening).
    nesterov: the same v, p ← p - lr·(g + momentum·v). adagrad: s ← s + g², p ← p - lr·g / (√s + eps).
    rmsprop: s ← alpha·s + (1 - alpha)·g², p as adagrad's. adam, adamw and eve: `update_by_moments`.
    """
    lr = hyper[LR]
    decay = hyper[WEIGHT_DECAY]
    if optimizer == SGD:
        for i in range(start, stop):
            params[i] = sgd_step(params[i], grads[i], lr, decay)
    elif optimizer == MOMENTUM:
        factor = hyper[MOMENTUM_FACTOR]
        for i in range(start, stop):
            state[0, i] = settled(factor * state[0, i] + decayed(grads[i], decay, params[i]))
            params[i] = multiply_add(-lr, state[0, i], params[i])
    elif optimizer == NESTEROV:
        factor = hyper[MOMENTUM_FACTOR]
        for i in range(start, stop):
            grad = decayed(grads[i], decay, params[i])
            state[0, i] = settled(factor * state[0, i] + grad)
            params[i] = multiply_add(-lr, grad + factor * state[0, i], params[i])
    elif optimizer in (ADAGRAD, RMSPROP):
        kept = 1.0 if optimizer == ADAGRAD else hyper[ALPHA]
        taken = 1.0 if optimizer == ADAGRAD else 1.0 - hyper[ALPHA]
        for i in range(start, stop):
            grad = decayed(grads[i], decay, params[i])
            state[0, i] = settled(kept * state[0, i] + taken * grad * grad)
            params[i] -= lr * grad / (math.sqrt(state[0, i]) + hyper[EPS])
    elif optimizer in (ADAM, ADAMW, EVE):
        update_by_moments(optimizer, hyper, params, grads, state, shared, start, stop)


@kernel
def stacked_step(
    optimizer: int, hyper: Vector, slots: int, shares: int, stacked: Matrix, grads: Matrix, loss: float
) -> Matrix:
    """Return one step from `stacked`: the parameters, over their slots of memory, over a row for each shared number."""
    size = grads.size
    flat = stacked.copy().reshape(stacked.size)
    params = flat[:size]
    state = flat[size : size * (1 + slots)].reshape((slots, size))
    shared = np.zeros(MOST_SHARED)
    for k in range(shares):
        shared[k] = flat[size * (1 + slots) + k * grads.shape[1]]
    begin_step(optimizer, hyper, shared, loss)
    update(optimizer, hyper, params, grads.reshape(size), state, shared, ZERO, np.uint64(size))
    for k in range(shares):
        for j in range(grads.shape[1]):
            flat[size * (1 + slots) + k * grads.shape[1] + j] = shared[k]
    return flat.reshape(stacked.shape)
