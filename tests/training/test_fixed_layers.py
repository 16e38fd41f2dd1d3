"""What does not train keeps its bits, whatever the optimizer and its memory."""

import itertools

import pytest

from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.training.trainer import Trainer

FLAGS = list(itertools.product([True, False], repeat=4))


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_only_what_trains_moves(small_cells, flags, optimizer):
    names = ("trains_1", "trains_bias_1", "trains_2", "trains_bias_2")
    cells = small_cells(
        optimizer=optimizer,
        weight_decay=0.1,
        batch_size=5,
        **dict(zip(names, flags, strict=True)),
    )
    trainer = Trainer(cells.model())
    before = {name: block.tobytes() for name, block in trainer.model.blocks(trainer.state.params)}
    trainer.train(2)
    after = {name: block.tobytes() for name, block in trainer.model.blocks(trainer.state.params)}
    moved = [before[name] != after[name] for name in ("weight_1", "bias_1", "weight_2", "bias_2")]
    assert moved == list(flags)


def test_a_learning_rate_of_zero_moves_nothing(small_cells):
    trainer = Trainer(small_cells(lr=0).model())
    before = trainer.state.params.tobytes()
    trainer.train(2)
    assert trainer.state.params.tobytes() == before
    assert trainer.state.epoch == 2
