"""The same seed gives the same bits, whether trained in one go, in pieces, step by step, or saved and resumed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.training.trainer import Trainer

EPOCHS = 9
STEPS = 4
SETTINGS = {"batch_size": 3, "valid_fraction": 0.1, "weight_decay": 0.01, "seed": 5}
SETTINGS |= {"optimizer": "eve", "schedule": "cosine", "schedule_epochs": 6}
FEW_HISTORY_ROWS = [[None] * 6 for _ in range(6)]


def everything(state):
    memory = state.optimizer.tobytes(), state.shared.tobytes()
    return state.params.tobytes(), memory, state.epoch, state.step, state.history


@pytest.fixture(scope="module")
def in_one_go(small_cells):
    """Return the states after each epoch of one uninterrupted training."""
    trainer = Trainer(small_cells(**SETTINGS, history=FEW_HISTORY_ROWS).model())
    assert trainer.steps_per_epoch == STEPS
    states = [everything(trainer.state)]
    for _ in range(EPOCHS):
        trainer.train(1)
        states.append(everything(trainer.state.copy()))
    return states


def test_one_call_for_all_epochs(small_cells, in_one_go):
    trainer = Trainer(small_cells(**SETTINGS, history=FEW_HISTORY_ROWS).model())
    trainer.train(EPOCHS)
    assert everything(trainer.state) == in_one_go[EPOCHS]


def test_the_steps_of_an_epoch_are_the_epoch(small_cells, in_one_go):
    trainer = Trainer(small_cells(**SETTINGS, history=FEW_HISTORY_ROWS).model())
    for epoch in range(1, EPOCHS + 1):
        for step in range(1, STEPS + 1):
            trainer.step()
            assert (trainer.state.epoch, trainer.state.step) == ((epoch - 1, step) if step < STEPS else (epoch, 0))
        assert everything(trainer.state) == in_one_go[epoch]


def test_many_steps_at_once(small_cells, in_one_go):
    trainer = Trainer(small_cells(**SETTINGS, history=FEW_HISTORY_ROWS).model())
    trainer.step(2 * STEPS + 1)
    assert (trainer.state.epoch, trainer.state.step) == (2, 1)
    trainer.train(1)
    assert everything(trainer.state) == in_one_go[3]


def test_an_epoch_ends_the_one_under_way(small_cells, in_one_go):
    trainer = Trainer(small_cells(**SETTINGS, history=FEW_HISTORY_ROWS).model())
    trainer.step(3)
    trainer.train(1)
    assert everything(trainer.state) == in_one_go[1]
    trainer.step()
    trainer.train(2)
    assert everything(trainer.state) == in_one_go[3]


CUTS = st.lists(st.sampled_from(["step", "steps", "epoch", "epochs", "save"]), max_size=14)


@given(CUTS)
def test_any_cuts_with_saves_in_between(small_cells, in_one_go, cuts):
    cells = small_cells(**SETTINGS, history=FEW_HISTORY_ROWS)
    trainer = Trainer(cells.model())
    for cut in cuts:
        if cut == "step":
            trainer.step()
        elif cut == "steps":
            trainer.step(STEPS + 2)
        elif cut == "epoch":
            trainer.train(1)
        elif cut == "epochs":
            trainer.train(2)
        else:
            cells.hold(trainer.model, trainer.state)
            trainer = Trainer(cells.model())
        if trainer.state.epoch > EPOCHS - 3:
            break
    trainer.train(EPOCHS - trainer.state.epoch)
    assert everything(trainer.state) == in_one_go[EPOCHS]


@given(st.lists(st.booleans(), min_size=3, max_size=3), st.sampled_from(list(OPTIMIZERS)), st.integers(1, 13))
def test_saving_and_resuming_changes_no_bit(small_cells, saves, optimizer, batch_size):
    settings = {"optimizer": optimizer, "batch_size": batch_size, "activation_1": "relu", "seed": batch_size}
    cells = small_cells(**settings)
    straight = Trainer(cells.model())
    cut = Trainer(cells.model())
    for save in saves:
        straight.step(2)
        cut.step(2)
        if save:
            cells.hold(cut.model, cut.state)
            cut = Trainer(cells.model())
    assert everything(cut.state) == everything(straight.state)


def test_another_seed_gives_other_bits(small_cells):
    def params(seed):
        trainer = Trainer(small_cells(batch_size=3, seed=seed).model())
        trainer.train(2)
        return trainer.state.params.tobytes()

    assert len({params(seed) for seed in range(4)}) == 4
    assert params(2) == params(2)


def test_the_model_stays_as_it_was_read(small_cells):
    model = small_cells(**SETTINGS).model()
    before = everything(model.state.copy()), model.inputs.tobytes(), model.target.tobytes()
    Trainer(model).train(3)
    assert (everything(model.state), model.inputs.tobytes(), model.target.tobytes()) == before
    assert np.array_equal(model.layers[0].weight, small_cells().model().layers[0].weight)


def test_a_step_beyond_the_epoch_begins_the_next(small_cells):
    """A larger batch size, typed in the middle of an epoch, leaves fewer steps than are done."""
    trainer = Trainer(small_cells(batch_size=6, epoch=4, step=3).model())
    assert (trainer.state.epoch, trainer.state.step) == (5, 0)
