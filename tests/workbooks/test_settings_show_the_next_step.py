"""Whatever the settings, the sheet shows the step that the trainer takes next, and the spreadsheet's own sum agrees."""

import numpy as np
import pytest

from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.training.contract import read_model
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Trainer
from workbooks.recalculate import refresh

TRAINED = "trained with biases"


def numbers(seed, rows, columns, size=0.5):
    return (np.random.default_rng(seed).normal(size=(rows, columns)) * size).tolist()


MEMORY_1 = {"optimizer": "momentum", "optimizer_state_1": numbers(1, 10, 1)}
LINEAR = {
    "as built": {},
    "l1": {"loss": "l1"},
    "logistic": {"loss": "bce", "activation_1": "sigmoid"},
    "momentum with memory": MEMORY_1,
    "batch 32 at epoch 3, step 2": {"batch_size": 32, "epoch": 3, "step": 2},
    "batch 32, no shuffle": {"batch_size": 32, "epoch": 3, "step": 22, "shuffle": False},
    "weight decay": {"weight_decay": 0.5, "weight_1": numbers(4, 10, 1)},
    "a fifth kept aside": {"valid_fraction": 0.2, "split_seed": 3, "batch_size": 100, "step": 5},
    "layer fixed": {"trains_1": False},
    "learning rate in steps": {"schedule": "step", "schedule_epochs": 10, "epoch": 25},
    "all at once": MEMORY_1
    | {"loss": "bce", "activation_1": "sigmoid", "weight_decay": 0.1, "batch_size": 64, "valid_fraction": 0.2},
}
MEMORY = {
    "optimizer": "momentum",
    "optimizer_state_1": numbers(1, 10, 2),
    "optimizer_bias_state_1": numbers(2, 1, 2),
    "optimizer_state_2": numbers(3, 2, 1),
    "optimizer_bias_state_2": numbers(4, 1, 1),
}
SECOND = {
    "second_layer": TRAINED,
    "weight_2": numbers(5, 2, 1),
    "bias_1": numbers(6, 1, 2),
    "bias_2": numbers(7, 1, 1),
    "weight_1": numbers(8, 10, 2),
}
TWO_LAYER = {
    "as built": {},
    "leaky_relu": {"activation_1": "leaky_relu"},
    "sigmoid": {"activation_1": "sigmoid"},
    "tanh": {"activation_1": "tanh"},
    "fixed ones keep their memory out": MEMORY,
    "second layer trained": SECOND,
    "second layer, momentum with memory": SECOND | MEMORY,
    "second layer, bce, batch 32": SECOND
    | {"loss": "bce", "activation_2": "sigmoid", "activation_1": "tanh", "batch_size": 32, "epoch": 3, "step": 2},
    "second layer, l1, decay": SECOND | {"loss": "l1", "weight_decay": 0.2, "activation_1": "leaky_relu"},
    "all at once": SECOND
    | MEMORY
    | {"loss": "bce", "activation_2": "sigmoid", "weight_decay": 0.1, "batch_size": 50, "valid_fraction": 0.2},
}
SLOW = {"batch_size": 100, "lr": 0.01, "schedule": "exponential", "epoch": 40}
CASES = [
    *(pytest.param("titanic_linear", cells, id=f"linear: {name}") for name, cells in LINEAR.items()),
    *(pytest.param("titanic_two_layer", cells, id=f"two layers: {name}") for name, cells in TWO_LAYER.items()),
]


@pytest.mark.parametrize(("name", "cells"), CASES)
def test_the_step_shown(opened, name, cells):
    book = opened(name)
    book.hold(cells)
    trainer = Trainer(read_model(book.file))
    trainer.step()
    many = name == "titanic_two_layer"
    for parameter, after in trainer.model.blocks(trainer.state.params):
        number = f" {parameter[-1]}" * many
        area = book.file.area(f"new_{parameter}")
        shown = book.sheets.block(f"New weights{number}", "new ", area)
        np.testing.assert_allclose(shown, after, rtol=0, atol=1e-12, err_msg=parameter)
        computed = book.sheets.block(f"Gradient{number}", "grad ", area)
        numerical = book.sheets.block(f"Gradient{number}", "numerical ", area)
        np.testing.assert_allclose(computed, numerical, rtol=0, atol=1e-6, err_msg=parameter)


@pytest.mark.parametrize("optimizer", [name for name in OPTIMIZERS if name not in ("sgd", "momentum")])
def test_the_step_shown_with_a_memory_that_training_left(opened, optimizer):
    many = optimizer in ("adam", "eve")
    book = opened("titanic_two_layer" if many else "titanic_linear")
    book.hold((SECOND if many else {}) | SLOW | {"optimizer": optimizer})
    trainer = Trainer(read_model(book.file))
    trainer.step(3)
    book.file.write(state_blocks(trainer.model, trainer.state, book.file))
    assert refresh(book.file)
    trainer = Trainer(read_model(book.file))
    trainer.step()
    for parameter, after in trainer.model.blocks(trainer.state.params):
        shown = book.sheets.block(
            "New weights" + f" {parameter[-1]}" * many, "new ", book.file.area(f"new_{parameter}")
        )
        np.testing.assert_allclose(shown, after, rtol=0, atol=1e-12, err_msg=parameter)


def test_the_batch_shown_is_the_batch_trained(opened):
    book = opened("titanic_linear")
    book.hold({"batch_size": 32, "epoch": 3, "step": 2, "valid_fraction": 0.2, "lr": 1})
    batch = book.sheets.column("Target and batch", "in batch").astype(float)
    split = book.sheets.column("Target and batch", "split")
    assert batch.sum() == 32
    assert set(split[batch == 1]) == {"train"}
    assert (split == "valid").sum() == int(712 * 0.2)
    model = read_model(book.file)
    x, y = model.inputs[batch == 1], model.target[batch == 1]
    (layer,) = model.layers
    trainer = Trainer(model)
    trainer.step()
    expected = layer.weight - 2 * x.T @ (x @ layer.weight - y) / 32
    np.testing.assert_allclose(trainer.state.params, expected[:, 0], rtol=0, atol=1e-12)


def test_the_headline_is_the_trainers(opened):
    book = opened("titanic_two_layer")
    book.hold(SECOND | {"valid_fraction": 0.2, "batch_size": 50, "epoch": 1, "step": 3})
    trainer = Trainer(read_model(book.file))
    row = {book.sheets.cell("Model", 3, c): book.sheets.cell("Model", 4, c) for c in range(1, 14)}
    assert row["mean loss"] == pytest.approx(trainer.evaluate(trainer.model.train_rows).loss, abs=1e-12)
    everything = trainer.evaluate(np.arange(712))
    assert row["accuracy"] == pytest.approx(everything.accuracy, abs=1e-12)
    assert row["error rate"] == pytest.approx(everything.error_rate, abs=1e-12)
    assert row["step"] == "4 of 12"


def test_per_row_losses_have_the_mean_loss(opened):
    for loss, activation in (("mse", "identity"), ("l1", "identity"), ("bce", "sigmoid")):
        book = opened("titanic_linear")
        book.hold({"loss": loss, "activation_1": activation})
        trainer = Trainer(read_model(book.file))
        rows = book.sheets.column("Loss", "Loss").astype(float)
        assert rows.mean() == pytest.approx(trainer.evaluate(trainer.model.train_rows).loss, abs=1e-12)
