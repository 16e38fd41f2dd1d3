"""The formulas of whole training runs against PyTorch, and what they refuse."""

import math

import numpy as np
import pytest

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.catalogue.training_runs import Setup, with_setup
from pyfuncs.cells.errors import CellError, ErrorCode

ROWS, EPOCHS, BATCH = 30, 8, 7
RNG = np.random.default_rng(5)
INPUTS = RNG.normal(size=(ROWS, 4))
TARGET = (INPUTS @ RNG.normal(size=(4, 1)) > 0).astype(float)
WEIGHTS = [RNG.normal(size=(4, 3)), RNG.normal(size=(1, 3)), RNG.normal(size=(3, 1)), RNG.normal(size=(1, 1))]
LAYERS = {"weight_1": WEIGHTS[0], "bias_1": WEIGHTS[1], "weight_2": WEIGHTS[2], "bias_2": WEIGHTS[3]}
MODEL = {"inputs": INPUTS, "target": TARGET, "loss": "mse", "activations": "tanh, identity", **LAYERS}


def given(name, **arguments):
    """Call a formula with arguments by name; the others are left out."""
    formula = formulas()[name]
    assert arguments.keys() <= {argument.name for argument in formula.arguments}
    return call(formula, [arguments.get(argument.name) for argument in formula.arguments])


class TorchRun:
    """The same network in PyTorch, its rows taken from top to bottom."""

    def __init__(self, torch, optimizer, batch_size):
        self.torch, self.batch_size = torch, batch_size
        self.params = [torch.tensor(block.copy(), requires_grad=True) for block in WEIGHTS]
        self.inputs, self.target = torch.tensor(INPUTS), torch.tensor(TARGET)
        self.optimizer = optimizer(self.params)

    def loss(self, rows=slice(None)):
        w1, b1, w2, b2 = self.params
        output = self.torch.tanh(self.inputs[rows] @ w1 + b1) @ w2 + b2
        return self.torch.nn.functional.mse_loss(output, self.target[rows])

    def step(self, first):
        self.optimizer.zero_grad()
        self.loss(slice(first, first + self.batch_size)).backward()
        self.optimizer.step()

    def epochs(self, count):
        losses = []
        for _ in range(count):
            for first in range(0, ROWS, self.batch_size):
                self.step(first)
            losses.append(self.loss().item())
        return losses


OPTIMIZERS = {
    "sgd": lambda torch: lambda params: torch.optim.SGD(params, lr=0.05, weight_decay=0.1),
    "momentum": lambda torch: lambda params: torch.optim.SGD(params, lr=0.05, momentum=0.7, weight_decay=0.1),
    "adam": lambda torch: lambda params: torch.optim.Adam(params, lr=0.05, weight_decay=0.1),
    "rmsprop": lambda torch: lambda params: torch.optim.RMSprop(params, lr=0.05, weight_decay=0.1),
}


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("batch_size", [1, BATCH, ROWS])
def test_the_loss_curve_is_pytorchs(torch, optimizer, batch_size):
    settings = {"optimizer": optimizer, "momentum": 0.7, "weight_decay": 0.1}
    found = given("NN_LOSS_CURVE", **MODEL, **settings, lr=0.05, epochs=EPOCHS, batch_size=batch_size, shuffle=False)
    wanted = TorchRun(torch, OPTIMIZERS[optimizer](torch), batch_size).epochs(EPOCHS)
    np.testing.assert_allclose(np.array(found)[:, 0], wanted, rtol=1e-10)


@pytest.mark.parametrize("batch_size", [BATCH, ROWS])
def test_the_range_test_is_pytorchs(torch, batch_size):
    found = given(
        "NN_LR_FIND",
        **MODEL,
        lr_first=1e-4,
        lr_last=100.0,
        steps=40,
        batch_size=batch_size,
        momentum=0.5,
        shuffle=False,
    )
    run = TorchRun(torch, lambda params: torch.optim.SGD(params, lr=1.0, momentum=0.5), batch_size)
    per_epoch = -(-ROWS // batch_size)
    rates = [1e-4 * 10.0 ** (6 * i / 39) for i in range(40)]
    losses = []
    for i, rate in enumerate(rates):
        run.optimizer.param_groups[0]["lr"] = rate
        run.step(i % per_epoch * batch_size)
        losses.append(run.loss().item())
        if losses[-1] > 4.0 * min(losses):
            break
    assert 20 < len(losses) < 40
    np.testing.assert_allclose([row[0] for row in found[1:]], rates, rtol=1e-12)
    curve = [row[1] for row in found[1:]]
    np.testing.assert_allclose(curve[: len(losses)], losses, rtol=1e-9)
    assert curve[len(losses) :] == [ErrorCode.NA] * (40 - len(losses))
    best = rates[losses.index(min(losses))] / 10.0
    above = next(i for i, rate in enumerate(rates) if rate > best)
    share = math.log(best / rates[above - 1]) / math.log(rates[above] / rates[above - 1])
    between = losses[above - 1] + share * (losses[above] - losses[above - 1])
    np.testing.assert_allclose(found[0], [best, between], rtol=1e-9)


def test_the_rate_found_trains_better_than_one_ten_times_larger_or_a_thousand_times_smaller():
    rate = given("NN_LR_FIND", **MODEL)[0][0]
    losses = [given("NN_LOSS_CURVE", **MODEL, lr=lr, epochs=50)[-1][0] for lr in (rate, 20 * rate, rate / 1000)]
    assert losses[0] < 0.5 * losses[2]
    assert losses[1] == ErrorCode.NUM or losses[0] < losses[1]


def test_training_leaves_the_weights_of_the_curve():
    after = np.array(given("NN_TRAIN", **MODEL, lr=0.05, epochs=EPOCHS, batch_size=BATCH, momentum=0.5, seed=3))
    sizes = [0, 12, 15, 18, 19]
    blocks = [after[a:b, 0].reshape(w.shape) for a, b, w in zip(sizes, sizes[1:], WEIGHTS, strict=False)]
    loss = given("NN_LOSS", **MODEL | dict(zip(LAYERS, blocks, strict=True)))
    curve = given("NN_LOSS_CURVE", **MODEL, lr=0.05, epochs=EPOCHS, batch_size=BATCH, momentum=0.5, seed=3)
    assert curve[-1] == loss[0]


@pytest.mark.parametrize(
    ("name", "asked", "sentence"),
    [
        ("NN_TRAIN", {"lr": 0.1, "epochs": 10**6, "batch_size": 1}, "1000000 epochs are 4e.09 multiplications"),
        ("NN_LOSS_CURVE", {"lr": 0.1, "epochs": 10**6}, "1000000 epochs are 2e.10 multiplications"),
        ("NN_LOSS_CURVE", {"lr": 0.1, "epochs": 2**53}, "9007199254740992 epochs are 2e.20 multiplications"),
        ("NN_LR_FIND", {"steps": 10**6}, "1000000 steps are 2e.10 multiplications"),
    ],
)
def test_more_than_a_billion_multiplications_are_refused(name, asked, sentence):
    with pytest.raises(CellError, match=f"^{name}: {sentence}, but one cell may take 1e.09: ask for fewer") as caught:
        given(name, **MODEL, **asked)
    assert caught.value.code is ErrorCode.NUM


@pytest.mark.parametrize(
    ("trains", "code", "sentence"),
    [
        ([[True]], ErrorCode.VALUE, "trains has 1, but there are 2 layers: give one TRUE or FALSE for each."),
        ([[True, 2.0]], ErrorCode.NUM, "trains must hold TRUE and FALSE only."),
        ([[1, 0], [0, 1]], ErrorCode.VALUE, "trains is 2×2, but must be a row or a column."),
    ],
)
def test_what_says_which_layers_train_is_checked(trains, code, sentence):
    with pytest.raises(CellError, match=f"^NN_LOSS_CURVE: {sentence}$") as caught:
        given("NN_LOSS_CURVE", **MODEL, lr=0.1, epochs=2, trains=trains)
    assert caught.value.code is code


def test_a_layer_that_does_not_train_keeps_its_weights():
    assert (
        given("NN_LOSS_CURVE", **MODEL, lr=0.1, epochs=3, trains=[[False], [False]])
        == [given("NN_LOSS", **MODEL)[0]] * 3
    )


def test_a_name_that_no_setup_knows_is_refused_when_declared():
    with pytest.raises(ValueError, match=r"^Setup has no momemtum\.$"):
        with_setup(Setup, lambda setup: setup, ["inputs", "momemtum"])
