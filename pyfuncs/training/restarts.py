"""Train from many random starts and keep the best: gradient descent finds the valley it starts in."""

import math
import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from pyfuncs.cells.spelling import spelled
from pyfuncs.kernels.arrays import Matrix
from pyfuncs.kernels.initialize import METHODS, initialize
from pyfuncs.training.clock import in_pieces
from pyfuncs.training.model import Layer, Model, Settings, first_state, packed_layers
from pyfuncs.training.named_cells import NamedCells, Rows
from pyfuncs.training.storage import first_weight_blocks
from pyfuncs.training.trainer import Trainer
from pyfuncs.training.workers import ALONE, Check, Workers, go_on


@dataclass(frozen=True)
class Restart:
    """One start: its seed, and the loss it ended with, of the validation rows where there are any."""

    seed: int
    loss: float


FirstValues: TypeAlias = Callable[[int], Mapping[str, Matrix]]
"""Gives the first values that a workbook's own formulas have for a seed: initial_weight_1 and so on."""
RunArguments: TypeAlias = tuple[Model, Settings, tuple[Layer, ...], int, int]
"""What `ended` is given of one run."""


def no_formulas(seed: int) -> Mapping[str, Matrix]:
    """Return nothing: the workbook has no formulas for its first values."""
    return {}


def started(model: Model, seed: int, first_values: FirstValues = no_formulas) -> Model:
    """Return the model at the first weights of a seed, as the workbook's formulas give them or drawn at random.

    What does not train keeps its initial values.
    """
    return at_first_weights(model, seed, first_layers(model, seed, first_values))


def first_layers(model: Model, seed: int, first_values: FirstValues) -> tuple[Layer, ...]:
    """Return the layers with the first weights of a seed."""
    method = METHODS[model.settings.initializer]
    given = first_values(seed)
    layers: list[Layer] = []
    for k, layer in enumerate(model.layers, 1):
        weight = layer.weight if layer.initial_weight is None else layer.initial_weight
        if layer.trains_weight:
            weight = initialize(layer.weight.shape[0], layer.weight.shape[1], seed, method, k)
        weight = given.get(f"initial_weight_{k}", weight)
        bias = layer.bias if layer.initial_bias is None else given.get(f"initial_bias_{k}", layer.initial_bias)
        layers.append(replace(layer, weight=weight, bias=bias, initial_weight=weight, initial_bias=bias))
    return tuple(layers)


def at_first_weights(model: Model, seed: int, layers: tuple[Layer, ...]) -> Model:
    """Return the model with the first layers of a seed, not trained yet."""
    state = first_state(packed_layers(layers))
    return replace(model, layers=layers, settings=replace(model.settings, seed=seed), state=state)


def ended(
    data: Model, settings: Settings, layers: tuple[Layer, ...], seed: int, epochs: int, check: Check = go_on
) -> Restart:
    """Train from the first layers of a seed on the rows of `data`, which many runs share; return how it ended.

    A start that diverges ends with an infinite loss.
    """
    trainer = Trainer(at_first_weights(replace(data, settings=settings), seed, layers))
    in_pieces(epochs * trainer.steps_per_epoch, trainer.advance, lambda left: check())
    judged = data.valid_rows if data.valid_rows.size else data.train_rows
    loss = trainer.evaluate(judged).loss
    return Restart(seed, loss if math.isfinite(loss) else math.inf)


def restart(
    model: Model,
    epochs: int,
    count: int,
    tried: Callable[[int, Restart], None],
    check: Check = go_on,
    first_values: FirstValues = no_formulas,
    workers: Workers = ALONE,
) -> list[Restart]:
    """Train from the seeds seed, seed+1, ... for `epochs` each, and return the starts, the best first.

    `tried` is given the number of starts done and each start, in the order of their seeds; `check` is called between
    two pieces of work. The starts are the same for any workers.
    """
    starts = all_ended(runs_of(model, model, epochs, count, first_values), tried, check, workers)
    return sorted(starts, key=lambda start: (start.loss, start.seed))


def runs_of(model: Model, data: Model, epochs: int, count: int, first_values: FirstValues) -> Iterator[RunArguments]:
    """Yield what `ended` is given to train a model on the rows of `data` from each of the seeds seed, seed+1, ..."""
    for seed in range(model.settings.seed, model.settings.seed + count):
        yield data, model.settings, first_layers(model, seed, first_values), seed, epochs


def all_ended(
    runs: Iterable[RunArguments], tried: Callable[[int, Restart], None], check: Check, workers: Workers
) -> list[Restart]:
    """Let workers do the runs, and return how they ended, in their order; `tried` is told of each as in `restart`."""
    starts: list[Restart] = []
    for number, start in enumerate(workers.results(ended, runs, check), 1):
        starts.append(start)
        tried(number, start)
    return starts


def summary(starts: Sequence[Restart], epochs: int) -> str:
    """Return how many starts ended, the best of which comes first."""
    losses = [start.loss for start in starts]
    return (
        f"{len(starts)} starts of {epochs} epochs: best loss {spelled(losses[0], 6)} (seed {starts[0].seed}), "
        f"median {spelled(statistics.median(losses), 6)}, worst {spelled(losses[-1], 6)}."
    )


def start_blocks(model: Model, cells: NamedCells[Any]) -> dict[str, Rows]:
    """Return what to write behind which names so that Reset comes back to a start, beside its formulas."""
    blocks: dict[str, Rows] = {"seed": [[float(model.settings.seed)]]} if "seed" in cells else {}
    first = first_weight_blocks(model.layers, cells)
    return blocks | {name: rows for name, rows in first.items() if not cells.has_formula(name)}
