"""A training that flies off stops at once, says in which epoch, and keeps the last numbers that are finite."""

import numpy as np
import pytest

from pyfuncs.training.trainer import Diverged, Trainer

FLIES_OFF = {"lr": 1e30, "activation_1": "identity"}


def everything(state):
    memory = state.optimizer.tobytes(), state.shared.tobytes()
    return state.params.tobytes(), memory, state.epoch, state.step, state.history


def last_finite(small_cells, **changes):
    """Return the state after the last epoch that can be trained, and how many there are."""
    epochs = 0
    while True:
        trainer = Trainer(small_cells(**changes).model())
        try:
            trainer.train(epochs + 1)
        except Diverged:
            again = Trainer(small_cells(**changes).model())
            again.train(epochs)
            return everything(again.state), epochs
        epochs += 1


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_it_keeps_the_last_whole_epoch_with_finite_numbers(small_cells, optimizer):
    changes = {**FLIES_OFF, "optimizer": optimizer}
    expected, epochs = last_finite(small_cells, **changes)
    trainer = Trainer(small_cells(**changes).model())
    with pytest.raises(Diverged, match=f"Training diverged in epoch {epochs + 1}: the loss is no longer finite"):
        trainer.train(1000)
    assert everything(trainer.state) == expected
    assert np.isfinite(trainer.state.params).all()
    assert all(np.isfinite(row.train_loss) for row in trainer.state.history)


def test_an_epoch_that_diverges_in_its_middle_is_taken_back_as_a_whole(small_cells):
    trainer = Trainer(small_cells(**FLIES_OFF, batch_size=2).model())
    before = everything(trainer.state.copy())
    with pytest.raises(Diverged, match="epoch 1:"):
        trainer.train(1)
    assert everything(trainer.state) == before


def test_single_steps_keep_the_last_finite_step_and_say_which_was_not(small_cells):
    trainer = Trainer(small_cells(**FLIES_OFF, batch_size=2).model())
    with pytest.raises(Diverged, match=r"Training diverged in step \d+ of epoch 1:"):
        trainer.step(100)
    again = Trainer(small_cells(**FLIES_OFF, batch_size=2).model())
    again.step(trainer.state.step)
    assert everything(trainer.state) == everything(again.state)
    with pytest.raises(Diverged, match=f"in step {again.state.step + 1} of epoch 1"):
        again.step()


def test_the_sentence_says_what_to_do(small_cells):
    with pytest.raises(Diverged) as caught:
        Trainer(small_cells(**FLIES_OFF).model()).train(100)
    assert "choose a learning rate smaller than 1e+30, or Reset" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_was_kept_trains_on_with_a_smaller_rate(small_cells):
    cells = small_cells(lr=1e3, activation_1="identity")
    trainer = Trainer(cells.model())
    with pytest.raises(Diverged):
        trainer.train(1000)
    cells.hold(trainer.model, trainer.state)
    cells.blocks["lr"] = [[0.0]]
    resumed = Trainer(cells.model())
    resumed.train(1)
    assert resumed.state.epoch == trainer.state.epoch + 1


def test_weights_whose_loss_is_not_finite_can_be_saved_and_read_again(small_cells):
    """Somebody types 1E+200: the loss overflows, but the workbook must stay one that can be reset."""
    cells = small_cells(weight_2=[[1e200], [1e200]])
    trainer = Trainer(cells.model())
    cells.hold(trainer.model, trainer.state)
    resumed = Trainer(cells.model())
    resumed.reset()
    resumed.train(1)
