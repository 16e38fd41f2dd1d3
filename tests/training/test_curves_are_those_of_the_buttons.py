"""NN_LOSS_CURVE gives the losses of a whole training run bit for bit as the buttons' training records them."""

import re
from pathlib import Path

import numpy as np
import pytest

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Diverged, Trainer
from workbooks.xlsx.workbook import WorkbookFile

EPOCHS = 6


def curve(model, epochs=EPOCHS, **changes):
    """Return the column of NN_LOSS_CURVE for all that a workbook says."""
    settings = model.settings
    layers = [block for layer in model.layers for block in (layer.weight, layer.bias)]
    given = {
        "inputs": model.inputs,
        "target": model.target,
        "loss": settings.loss,
        "lr": settings.lr,
        "epochs": epochs,
        "batch_size": settings.batch_size,
        "momentum": settings.optimizer_settings["momentum"],
        "seed": settings.seed,
        "optimizer": settings.optimizer,
        "weight_decay": settings.weight_decay,
        "shuffle": settings.shuffle,
        "activations": ", ".join(layer.activation for layer in model.layers),
        "rows": model.trains.astype(float).reshape(-1, 1),
        "trains": [[layer.trains_weight for layer in model.layers]],
        **{f"{'bias' if i % 2 else 'weight'}_{i // 2 + 1}": block for i, block in enumerate(layers)},
        **changes,
    }
    formula = formulas()["NN_LOSS_CURVE"]
    assert given.keys() <= {argument.name for argument in formula.arguments}
    return [row[0] for row in call(formula, [given.get(argument.name) for argument in formula.arguments])]


def history(model, epochs=EPOCHS):
    trainer = Trainer(model)
    trainer.train(epochs)
    return [record.train_loss for record in trainer.state.history[1:]]


@pytest.mark.parametrize("optimizer", sorted(OPTIMIZERS))
@pytest.mark.parametrize("batch_size", [1, 5, 12])
def test_with_every_optimizer_and_kind_of_batch(small_cells, optimizer, batch_size):
    model = small_cells(optimizer=optimizer, batch_size=batch_size, weight_decay=0.01, seed=4).model()
    assert curve(model) == history(model)


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
def test_with_every_loss_and_activation(small_cells, loss, activation):
    last = "sigmoid" if loss == "bce" else "identity"
    sizes = (3, 4, 2) if loss == "cross_entropy" else (3, 4, 1)
    target = [[float(i % 2), float(1 - i % 2)][: sizes[-1]] for i in range(12)]
    cells = small_cells(
        sizes,
        loss=loss,
        activation_1=activation,
        activation_2=last,
        target=target,
        task="multiclass" if loss == "cross_entropy" else "binary",
        batch_size=5,
    )
    assert curve(cells.model()) == history(cells.model())


@pytest.mark.parametrize("changes", [{"trains_2": False}, {"valid_fraction": 0.25}, {"shuffle": False}])
def test_with_a_layer_that_stays_with_rows_kept_aside_and_in_the_sheets_order(small_cells, changes):
    model = small_cells(batch_size=4, **changes).model()
    assert curve(model) == history(model)


def test_the_seed_the_batch_size_and_the_momentum_change_it(small_cells):
    model = small_cells(batch_size=5, optimizer="momentum").model()
    first = curve(model)
    for changes in ({"seed": 1}, {"batch_size": 4}, {"momentum": 0.5}, {"lr": 0.01}, {"optimizer": "adam"}):
        assert curve(model, **changes) != first, changes


def test_without_an_optimizer_a_momentum_above_0_counts(small_cells):
    model = small_cells(batch_size=5, optimizer="momentum").model()
    assert curve(model, optimizer=None) == curve(model)
    assert curve(model, optimizer=None, momentum=0) == curve(model, optimizer="sgd")
    assert curve(model, momentum=None) == curve(model, momentum=0.9)


def test_it_ends_where_the_buttons_say_that_training_diverged(small_cells):
    cells = small_cells(lr=1.0, activation_1="identity")
    trainer = Trainer(cells.model())
    with pytest.raises(Diverged):
        trainer.train(2000)
    kept = trainer.state.epoch
    found = curve(cells.model(), kept + 20)
    assert kept > 3
    assert np.isfinite(np.array(found[:kept], dtype=float)).all()
    assert found[kept:] == [ErrorCode.NUM] * 20


def test_the_formula_of_the_page_on_training(template):
    page = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
    typed = re.search(r"=NN_LOSS_CURVE\((.+)\)", page)[1].split(";")
    cells = WorkbookFile.open(template("titanic_linear"))
    given = [cells.read(word) if word in cells else float(word) if word else None for word in typed]
    found = call(formulas()["NN_LOSS_CURVE"], given)
    trainer = Trainer(read_model(cells))
    trainer.train(100)
    assert [row[0] for row in found] == [record.train_loss for record in trainer.state.history[1:]]
