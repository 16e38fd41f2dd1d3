"""read_model gives what the cells say, and the contract's default for every name that is not there."""

import numpy as np
import pytest

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.trainer import Trainer

LEAST = ("inputs", "target", "weight_1")


def test_every_cell_arrives(small_blocks, small_cells):
    blocks = small_blocks(lr=0.25, weight_decay=0.5, batch_size=5, seed=7, shuffle=False, epoch=3, step=1)
    model = small_cells(lr=0.25, weight_decay=0.5, batch_size=5, seed=7, shuffle=False, epoch=3, step=1).model()
    assert model.inputs.tolist() == blocks["inputs"]
    assert model.target.tolist() == blocks["target"]
    assert [layer.weight.tolist() for layer in model.layers] == [blocks["weight_1"], blocks["weight_2"]]
    assert [layer.bias.tolist() for layer in model.layers] == [blocks["bias_1"], blocks["bias_2"]]
    assert [layer.activation for layer in model.layers] == ["tanh", "identity"]
    settings = model.settings
    assert (settings.lr, settings.weight_decay, settings.batch_size, settings.seed) == (0.25, 0.5, 5, 7)
    assert settings.shuffle is False
    assert (model.state.epoch, model.state.step) == (3, 1)
    assert model.history_rows == 20
    assert model.task == "binary"


def test_three_names_are_enough_and_the_rest_has_defaults(small_blocks, small_cells):
    absent = dict.fromkeys(small_blocks((3, 1)).keys() - set(LEAST))
    model = small_cells((3, 1), **absent).model()
    settings = model.settings
    assert (settings.loss, settings.optimizer, settings.initializer) == ("mse", "sgd", "uniform")
    assert (settings.lr, settings.weight_decay, settings.seed) == (0.1, 0.0, 0)
    own = {"momentum": 0.9, "alpha": 0.99, "beta_1": 0.9, "beta_2": 0.999, "beta_3": 0.999, "eps": 1e-8}
    assert settings.optimizer_settings == own
    assert settings.shuffle is True
    assert settings.epochs_per_click == 10
    assert settings.batch_size == 12
    assert model.trains.all()
    (layer,) = model.layers
    assert layer.activation == "identity"
    assert layer.bias is None
    assert layer.trains_weight
    assert not layer.trains_bias
    assert layer.initial_weight is None
    assert (model.state.epoch, model.state.step, model.state.history) == (0, 0, [])
    assert model.names.features == ("x1", "x2", "x3")
    assert model.names.outputs == ("y1",)


@pytest.mark.parametrize(
    ("change", "task"),
    [
        ({"task": None}, "binary"),
        ({"task": None, "target": [[0.5]] * 12}, "regression"),
        ({"task": None, "loss": "cross_entropy", "target": [[0]] * 12}, "multiclass"),
        ({"task": "regression"}, "regression"),
    ],
)
def test_the_task_follows_from_target_and_loss_unless_it_is_said(small_cells, change, task):
    assert small_cells(**change).model().task == task


def test_words_may_be_typed_in_any_case(small_cells):
    settings = small_cells(loss=" MSE ", optimizer="Momentum").model().settings
    assert (settings.loss, settings.optimizer) == ("mse", "momentum")


def test_booleans_and_whole_floats_are_numbers(small_cells):
    model = small_cells(inputs=[[True, False, 2]] * 12, batch_size=4.0, trains_1=0.0).model()
    assert model.inputs[0].tolist() == [1.0, 0.0, 2.0]
    assert model.settings.batch_size == 4
    assert not model.layers[0].trains_weight


def test_a_bias_trains_as_its_weight_does_unless_it_is_said(small_cells):
    def trains(**changes):
        layer = small_cells(**changes).model().layers[0]
        return layer.trains_weight, layer.trains_bias

    assert trains() == (True, True)
    assert trains(trains_1=False) == (False, False)
    assert trains(trains_bias_1=False) == (True, False)
    assert trains(trains_1=False, trains_bias_1=True) == (False, True)
    assert trains(bias_1=None, trains_bias_1=True) == (True, False)


def test_split_wins_over_valid_fraction(small_cells):
    split = [["train"]] * 9 + [["valid"]] * 3
    model = small_cells(split=split, valid_fraction=0.5).model()
    assert model.trains.tolist() == [True] * 9 + [False] * 3


@pytest.mark.parametrize(("fraction", "kept"), [(0, 0), (0.2, 2), (0.25, 3), (0.99, 11)])
def test_valid_fraction_keeps_rows_aside(small_cells, fraction, kept):
    assert (~small_cells(valid_fraction=fraction).model().trains).sum() == kept


def test_split_seed_says_which_rows_are_kept_aside(small_cells):
    masks = {tuple(small_cells(valid_fraction=0.5, split_seed=seed).model().trains) for seed in range(6)}
    assert len(masks) > 3
    assert {sum(mask) for mask in masks} == {6}


def test_class_numbers_become_a_column_a_class(small_cells):
    target = [[i % 3] for i in range(12)]
    model = small_cells((3, 2, 3), loss="cross_entropy", task="multiclass", target=target).model()
    assert model.target.tolist() == np.eye(3)[[i % 3 for i in range(12)]].tolist()


def test_names_of_features_and_outputs(small_cells):
    names = small_cells(feature_names=[["Age", None, 3]], target_names="Survived").model().names
    assert names.features == ("Age", "", "3")
    assert names.outputs == ("Survived",)


def test_more_memory_than_the_optimizer_needs_is_left_alone(small_cells):
    def trained(rows):
        memory = [[1.0, 2.0]] * 3 + [[9.0, 9.0]] * rows
        trainer = Trainer(small_cells(optimizer="momentum", optimizer_state_1=memory).model())
        trainer.train(2)
        return trainer.state.params.tobytes()

    assert trained(0) == trained(1) == trained(20)


def test_a_blank_input_is_an_error_unless_the_workbook_says_what_it_is(small_blocks, small_cells):
    inputs = [list(row) for row in small_blocks()["inputs"]]
    inputs[3][1] = None
    with pytest.raises(GradsheetError, match="inputs, row 4, column 2"):
        small_cells(inputs=inputs).model()
    model = small_cells(inputs=inputs, inputs_blank=0.5).model()
    assert model.inputs[3, 1] == 0.5
    assert model.inputs[3, 0] == inputs[3][0]


def test_a_column_of_class_numbers_is_a_column_a_class_where_the_task_says_so(small_cells):
    numbers = [[float(i % 3)] for i in range(12)]
    model = small_cells((3, 2, 3), target=numbers, task="multiclass").model()
    assert model.target.tolist() == [[float(i % 3 == k) for k in range(3)] for i in range(12)]
    with pytest.raises(GradsheetError, match="class from 0 to 2"):
        small_cells((3, 2, 3), target=[[3.0]] * 12, task="multiclass").model()
    with pytest.raises(GradsheetError, match="3 units"):
        small_cells((3, 2, 3), target=numbers, task="regression").model()
