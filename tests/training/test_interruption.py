"""Ctrl-C and Stop leave whole epochs, whenever they come."""

import pytest

from pyfuncs.kernels import steps
from pyfuncs.training.trainer import Trainer

SETTINGS = {"optimizer": "momentum", "batch_size": 3, "valid_fraction": 0.25}


def everything(state):
    memory = state.optimizer.tobytes(), state.shared.tobytes()
    return state.params.tobytes(), memory, state.epoch, state.step, state.history


class Watcher:
    """Presses Ctrl-C, or says stop, at a chosen moment."""

    def __init__(self, advanced=None, finished=None, stop=None):
        self.seen = []
        self.moment = {"advanced": advanced, "finished": finished}
        self.stop = stop

    def advanced(self, epoch, phase, done, total):
        self.seen.append((epoch, phase, done, total))
        if (epoch, phase) == self.moment["advanced"]:
            raise KeyboardInterrupt

    def finished(self, record):
        if record.epoch == self.moment["finished"]:
            raise KeyboardInterrupt
        return record.epoch != self.stop


def after(small_cells, epochs):
    trainer = Trainer(small_cells(**SETTINGS).model())
    trainer.train(epochs)
    return everything(trainer.state)


@pytest.mark.parametrize(
    ("moment", "epochs"),
    [
        ({"advanced": (1, "train")}, 0),
        ({"advanced": (3, "train")}, 2),
        ({"advanced": (3, "valid")}, 2),
        ({"finished": 3}, 3),
    ],
)
def test_ctrl_c_while_the_observer_hears(small_cells, moment, epochs):
    trainer = Trainer(small_cells(**SETTINGS).model())
    with pytest.raises(KeyboardInterrupt):
        trainer.train(10, Watcher(**moment))
    assert everything(trainer.state) == after(small_cells, epochs)
    trainer.train(4 - epochs)
    assert everything(trainer.state) == after(small_cells, 4)


def interrupted_at(monkeypatch, call):
    """Press Ctrl-C right after the kernel has run for the given time."""
    run_steps = steps.run_steps
    calls = iter(range(1, 1000))

    def run(*arguments):
        run_steps(*arguments)
        if next(calls) == call:
            raise KeyboardInterrupt

    monkeypatch.setattr(steps, "run_steps", run)


def test_ctrl_c_right_after_the_kernel_ran(small_cells, monkeypatch):
    expected = after(small_cells, 0)
    trainer = Trainer(small_cells(**SETTINGS).model())
    interrupted_at(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt):
        trainer.train(10)
    assert everything(trainer.state) == expected


def test_ctrl_c_during_single_steps_leaves_whole_steps(small_cells, monkeypatch):
    expected = Trainer(small_cells(**SETTINGS).model())
    expected.step(1)
    trainer = Trainer(small_cells(**SETTINGS).model())
    interrupted_at(monkeypatch, 2)
    with pytest.raises(KeyboardInterrupt):
        trainer.step(3)
    assert everything(trainer.state) == everything(expected.state)


def test_an_observer_that_says_no_stops_after_the_epoch(small_cells):
    trainer = Trainer(small_cells(**SETTINGS).model())
    trainer.train(10, Watcher(stop=4))
    assert everything(trainer.state) == after(small_cells, 4)


def test_an_observer_hears_each_phase_to_its_end(small_cells):
    watcher = Watcher()
    trainer = Trainer(small_cells(**SETTINGS).model())
    trainer.train(2, watcher)
    for epoch in (1, 2):
        seen = [(phase, done, total) for number, phase, done, total in watcher.seen if number == epoch]
        assert seen[-1] == ("valid", 3, 3)
        assert seen[-2] == ("train", 9, 9)
        assert all(0 < done <= total for _, done, total in seen)
    dones = [done for number, phase, done, _ in watcher.seen if (number, phase) == (1, "train")]
    assert dones == sorted(dones)


def test_without_validation_rows_there_is_no_validation_phase(small_cells):
    watcher = Watcher()
    Trainer(small_cells().model()).train(1, watcher)
    assert {phase for _, phase, _, _ in watcher.seen} == {"train"}
