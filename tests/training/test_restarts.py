"""Restarts train from many seeds and give the best first; each is what a separate training from its seed gives."""

import math

import numpy as np
import pytest

from pyfuncs.kernels.initialize import METHODS, initialize
from pyfuncs.training.restarts import restart, started
from pyfuncs.training.trainer import Trainer

SETTINGS = {"batch_size": 4, "optimizer": "momentum", "seed": 3, "lr": 0.02}


def nobody(done, start):
    pass


def test_the_best_comes_first_and_all_seeds_are_tried(small_cells):
    starts = restart(small_cells(**SETTINGS).model(), 5, 6, nobody)
    assert [start.loss for start in starts] == sorted(start.loss for start in starts)
    assert {start.seed for start in starts} == {3, 4, 5, 6, 7, 8}
    assert len({start.loss for start in starts}) == 6


def test_they_can_be_repeated_bit_for_bit(small_cells):
    model = small_cells(**SETTINGS).model()
    assert restart(model, 5, 4, nobody) == restart(model, 5, 4, nobody)


@pytest.mark.parametrize("fraction", [0, 0.25])
def test_each_equals_a_separate_training_of_the_rows_that_judge(small_cells, fraction):
    model = small_cells(**SETTINGS, valid_fraction=fraction).model()
    for start in restart(model, 5, 4, nobody):
        trainer = Trainer(started(model, start.seed))
        trainer.train(5)
        row = trainer.state.history[-1]
        assert start.loss == (row.valid_loss if fraction else row.train_loss)


@pytest.mark.parametrize("method", METHODS)
def test_each_layer_starts_as_nn_init_gives_it(small_cells, method):
    model = started(small_cells(**SETTINGS, initializer=method).model(), 42)
    for k, layer in enumerate(model.layers, 1):
        assert np.array_equal(layer.weight, initialize(*layer.weight.shape, 42, METHODS[method], k))
        assert np.array_equal(layer.weight, layer.initial_weight)
    assert model.settings.seed == 42


def test_what_does_not_train_keeps_its_first_values(small_cells):
    cells = small_cells(trains_2=False, initial_weight_2=[[1.0], [1.0]], initial_bias_1=[[0.5, 0.25]])
    first, second = started(cells.model(), 9).layers
    assert second.weight.tolist() == [[1.0], [1.0]]
    assert first.bias.tolist() == [[0.5, 0.25]]


def test_a_start_forgets_the_training_before_it(small_cells):
    cells = small_cells(**SETTINGS)
    fresh = restart(cells.model(), 3, 2, nobody)
    trainer = Trainer(cells.model())
    trainer.train(4)
    cells.hold(trainer.model, trainer.state)
    assert restart(cells.model(), 3, 2, nobody) == fresh


def test_everyone_is_heard_as_it_ends(small_cells):
    seen = []
    starts = restart(small_cells(**SETTINGS).model(), 2, 3, lambda done, start: seen.append((done, start)))
    assert [done for done, _ in seen] == [1, 2, 3]
    assert sorted(start.seed for _, start in seen) == [3, 4, 5]
    assert {start for _, start in seen} == set(starts)


def test_one_that_diverges_comes_last(small_cells):
    starts = restart(small_cells(lr=1e30, activation_1="identity").model(), 50, 2, nobody)
    assert [start.loss for start in starts] == [math.inf, math.inf]
    assert [start.seed for start in starts] == [0, 1]


def test_no_epochs_judge_the_first_weights(small_cells):
    model = small_cells(**SETTINGS).model()
    for start in restart(model, 0, 2, nobody):
        assert start.loss == Trainer(started(model, start.seed)).state.history[0].train_loss
