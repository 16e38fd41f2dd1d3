"""state_blocks puts a state into the cells so that read_model takes the same state out again."""

import pytest

from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.training.storage import HISTORY_COLUMNS, history_block, state_blocks
from pyfuncs.training.trainer import Trainer


def trained(cells):
    trainer = Trainer(cells.model())
    trainer.train(2)
    trainer.step()
    return trainer


def test_only_names_that_are_there_are_written(small_cells):
    cells = small_cells(epoch=None, step=None, history=None, optimizer_bias_state_1=None)
    trainer = trained(cells)
    names = set(state_blocks(trainer.model, trainer.state, cells))
    parameters = {"weight_1", "weight_2", "bias_1", "bias_2"}
    assert names == parameters | {"optimizer_state_1", "optimizer_state_2", "optimizer_bias_state_2"}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_blocks_have_the_shapes_of_their_cells(small_cells, optimizer):
    cells = small_cells(optimizer=optimizer, batch_size=5)
    trainer = trained(cells)
    for name, rows in state_blocks(trainer.model, trainer.state, cells).items():
        assert [len(row) for row in rows] == [len(row) for row in cells.read(name)], name


def test_memory_lies_slot_over_slot_and_is_zero_below(small_cells):
    cells = small_cells(optimizer="momentum")
    trainer = trained(cells)
    block = state_blocks(trainer.model, trainer.state, cells)["optimizer_state_1"]
    assert [cell for row in block[:3] for cell in row] == trainer.state.optimizer[0, :6].tolist()
    assert block[3:] == [[0.0, 0.0]] * (len(block) - 3)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_everything_comes_back(small_cells, optimizer):
    cells = small_cells(optimizer=optimizer, batch_size=5, valid_fraction=0.25)
    trainer = trained(cells)
    cells.hold(trainer.model, trainer.state)
    state = cells.model().state
    assert state.params.tobytes() == trainer.state.params.tobytes()
    assert Trainer(cells.model()).state.optimizer.tobytes() == trainer.state.optimizer.tobytes()
    assert state.shared.tobytes() == trainer.state.shared.tobytes()
    assert (state.epoch, state.step) == (2, 1)
    assert state.history == trainer.state.history


def test_the_history_is_blank_below_its_end(small_cells):
    trainer = trained(small_cells())
    block = history_block(trainer.state.history, 5)
    assert [row[0] for row in block] == [0, 1, 2, 3, None] or [row[0] for row in block][-1] is None
    assert block[-1] == [None] * len(HISTORY_COLUMNS)
    assert len(block) == 5


def test_taking_other_parameters_forgets_what_belongs_to_the_old(small_cells):
    trainer = trained(small_cells(optimizer="momentum"))
    assert trainer.state.optimizer.any()
    trainer.take(trainer.state.params.copy())
    assert trainer.state.optimizer.any()
    trainer.take(trainer.state.params + 1)
    assert not trainer.state.optimizer.any()
    latest = trainer.state.history[-1]
    assert latest.train_loss == trainer.evaluate(trainer.model.train_rows).loss
    assert latest.epoch == trainer.state.epoch
