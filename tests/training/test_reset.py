"""Reset gives exactly the first weights, and a training as if there had been none."""

import pytest

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.trainer import Trainer

SETTINGS = {"optimizer": "momentum", "batch_size": 3, "valid_fraction": 0.25}


def everything(state):
    memory = state.optimizer.tobytes(), state.shared.tobytes()
    return state.params.tobytes(), memory, state.epoch, state.step, state.history


def test_reset_takes_everything_back(small_cells):
    trainer = Trainer(small_cells(**SETTINGS).model())
    first = everything(trainer.state.copy())
    trainer.train(3)
    trained = everything(trainer.state.copy())
    assert trained[0] != first[0]
    trainer.step(1)
    trainer.reset()
    assert everything(trainer.state) == first
    trainer.train(3)
    assert everything(trainer.state) == trained


def test_reset_goes_to_the_initial_values_not_to_those_read(small_cells):
    first = [[0.1 + 0.2, -0.0], [1e-310, 3.0], [4.0, 1 / 3]]
    trainer = Trainer(small_cells(initial_weight_1=first, initial_bias_2=[[7.0]]).model())
    trainer.reset()
    blocks = dict(trainer.model.blocks(trainer.state.params))
    assert repr(blocks["weight_1"].tolist()) == repr(first)
    assert blocks["bias_2"].tolist() == [[7.0]]


def test_reset_of_a_resumed_training_empties_its_memory(small_cells):
    cells = small_cells(**SETTINGS)
    trainer = Trainer(cells.model())
    trainer.train(5)
    cells.hold(trainer.model, trainer.state)
    resumed = Trainer(cells.model())
    assert resumed.state.optimizer.any()
    resumed.reset()
    assert everything(resumed.state) == everything(Trainer(small_cells(**SETTINGS).model()).state)


@pytest.mark.parametrize("name", ["initial_weight_1", "initial_weight_2", "initial_bias_1", "initial_bias_2"])
def test_reset_without_first_values_says_which_name_is_missing(small_cells, name):
    trainer = Trainer(small_cells(**{name: None}).model())
    with pytest.raises(GradsheetError, match=f"There is no {name}: name the cells"):
        trainer.reset()


def test_reset_needs_no_first_bias_where_there_is_no_bias(small_cells):
    trainer = Trainer(small_cells(bias_1=None, initial_bias_1=None).model())
    trainer.train(1)
    trainer.reset()
    assert trainer.state.epoch == 0
