"""Learning-rate schedules: the learning rate of an epoch as a function of its number."""

import math
from dataclasses import dataclass

from pyfuncs.kernels.jit import inlined

CONSTANT, STEP, EXPONENTIAL, COSINE = range(4)
MOST_TIMES = 1e15


@dataclass(frozen=True)
class Schedule:
    """A schedule as training knows it; `code` is what the kernels branch on."""

    code: int
    settings: tuple[str, ...] = ()
    """Which settings it takes beside the learning rate."""


SCHEDULES = {
    "constant": Schedule(CONSTANT),
    "step": Schedule(STEP, ("schedule_epochs", "schedule_gamma")),
    "exponential": Schedule(EXPONENTIAL, ("schedule_epochs", "schedule_gamma")),
    "cosine": Schedule(COSINE, ("schedule_epochs",)),
}


@inlined
def scheduled(schedule: int, lr: float, epoch: int, period: float, gamma: float) -> float:
    """Return the learning rate of an epoch, counted from 0.

    step: times gamma after every `period` epochs. exponential: the same, smoothly. cosine: half a cosine from lr down
    to 0 at `period` epochs, and 0 from there on. As PyTorch's StepLR, ExponentialLR and CosineAnnealingLR.
    """
    if schedule == STEP:
        # floor gives no whole number beyond the largest; long before, so many times gamma is 0, 1 or infinite.
        return lr * gamma ** math.floor(min(epoch / period, MOST_TIMES))
    if schedule == EXPONENTIAL:
        return lr * gamma ** (epoch / period)
    if schedule == COSINE:
        return lr * 0.5 * (1.0 + math.cos(math.pi * min(epoch / period, 1.0)))
    return lr
