"""Train from many random starts and keep the best: gradient descent finds the valley it starts in."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from pyfuncs.kernels.initialize import METHODS, initialize
from pyfuncs.training.model import Layer, Model, first_state, packed_layers
from pyfuncs.training.trainer import PIECE_SECONDS, Trainer


@dataclass(frozen=True)
class Start:
    """One start: its seed, and the loss it ended with, of the validation rows where there are any."""

    seed: int
    loss: float


def started(model: Model, seed: int) -> Model:
    """Return the model at the first weights of a seed; what does not train keeps its initial values."""
    method = METHODS[model.settings.initializer]
    layers: list[Layer] = []
    for k, layer in enumerate(model.layers, 1):
        weight = layer.weight if layer.initial_weight is None else layer.initial_weight
        if layer.trains_weight:
            weight = initialize(layer.weight.shape[0], layer.weight.shape[1], seed, method, k)
        bias = layer.bias if layer.initial_bias is None else layer.initial_bias
        layers.append(replace(layer, weight=weight, bias=bias, initial_weight=weight, initial_bias=bias))
    state = first_state(packed_layers(tuple(layers)))
    return replace(model, layers=tuple(layers), settings=replace(model.settings, seed=seed), state=state)


def restart(
    model: Model,
    epochs: int,
    count: int,
    heard: Callable[[int, Start], None],
    check: Callable[[], None] = lambda: None,
) -> list[Start]:
    """Train from the seeds seed, seed+1, ... for `epochs` each, and return the starts, the best first.

    `heard` hears of each start with the number of those done; `check` is called between two pieces of work. A start
    that diverges ends with an infinite loss.
    """
    starts = []
    for number in range(count):
        trainer = Trainer(started(model, model.settings.seed + number))
        left = epochs * trainer.steps_per_epoch
        piece = 1
        while left:
            # In pieces, so that Ctrl-C is heard in between.
            began = time.perf_counter()
            trainer.advance(min(piece, left))
            left -= min(piece, left)
            check()
            if time.perf_counter() - began < PIECE_SECONDS / 2:
                piece *= 2
        judged = model.valid_rows if model.valid_rows.size else model.train_rows
        loss = trainer.evaluate(judged).loss
        starts.append(Start(trainer.model.settings.seed, loss if math.isfinite(loss) else math.inf))
        heard(number + 1, starts[-1])
    return sorted(starts, key=lambda start: (start.loss, start.seed))
