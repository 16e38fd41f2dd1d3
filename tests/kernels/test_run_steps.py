"""One kernel takes every step: its fast ways against its general one, and against a plain NumPy reference."""

from dataclasses import dataclass

import numpy as np
import pytest
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from pyfuncs.kernels.activations import ACTIVATIONS, NEGATIVE_SLOPE
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.model import gradient
from pyfuncs.kernels.network import LAYER, batched_from, is_narrow
from pyfuncs.kernels.optimizers import OPTIMIZERS, hyperparameters
from pyfuncs.kernels.passes import Rules, batches_of, parameters_of, room_for
from pyfuncs.kernels.random import shuffle
from pyfuncs.kernels.steps import run_steps, steps_per_epoch

FEW = settings(max_examples=60, deadline=None, derandomize=True)


@dataclass(repr=False)
class Case:
    network: np.ndarray
    params: np.ndarray
    inputs: np.ndarray
    targets: np.ndarray
    loss: str

    def near(self, actual, expected):
        np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-12 * max(1.0, np.abs(expected).max()))


def build(rng, fan_in, layers, rows, loss):
    """Draw parameters and data for layers given as (units, activation, has_bias, trains_weight, trains_bias)."""
    network = np.zeros(len(layers), LAYER)
    params = []
    place = values = 0
    for layer, (units, activation, has_bias, trains_weight, trains_bias) in zip(network, layers, strict=True):
        bias = place + fan_in * units
        flags = (has_bias, values, ACTIVATIONS[activation].code, trains_weight, trains_bias)
        for name, value in zip(LAYER.names, (fan_in, units, place, bias, *flags), strict=True):
            layer[name] = value
        place = bias + units * has_bias
        params.append(rng.uniform(-1.5, 1.5, fan_in * units + units * has_bias) / np.sqrt(fan_in))
        values += units
        fan_in = units
    targets = rng.random((rows, fan_in))
    if loss == "cross_entropy":
        targets = np.eye(fan_in)[rng.integers(0, fan_in, rows)]
    inputs = rng.normal(size=(rows, int(network[0]["fan_in"])))
    return Case(network, np.concatenate(params), inputs, targets, loss)


@st.composite
def cases(draw, most_rows=80):
    loss = draw(st.sampled_from(sorted(LOSSES)))
    widths = draw(st.sampled_from([st.integers(1, 4), st.integers(1, 4), st.integers(1, 20)]))
    layers = []
    for k in reversed(range(draw(st.integers(1, 4)))):
        # Outside (0, 1) the binary cross-entropy has no gradient to speak of.
        names = ["sigmoid", "softmax"] if loss == "bce" and k == 0 else sorted(ACTIVATIONS)
        layers.append((draw(widths), draw(st.sampled_from(names)), *(draw(st.booleans()) for _ in range(3))))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return build(rng, draw(st.integers(1, 21)), layers, draw(st.integers(1, most_rows)), loss)


class Run:
    """A training run with state of its own."""

    def __init__(self, case, batch_size, optimizer="sgd", hyper=(0.05, 0.9, 0.01), shuffles=True, seed=3):
        n = len(case.inputs)
        self.case = case
        rule = OPTIMIZERS[optimizer]
        settings = hyperparameters(lr=hyper[0], momentum=hyper[1], weight_decay=hyper[2])
        self.rules = Rules(LOSSES[case.loss].code, rule.code, settings)
        self.parameters = parameters_of(case.params.copy(), rule.slots)
        self.batches = batches_of(case.inputs, case.targets, np.arange(n), batch_size, shuffles=shuffles, seed=seed)
        self.work = room_for(case.network, batch_size)
        self.per_epoch = steps_per_epoch(n, batch_size)

    def take(self, epoch, step, count):
        run_steps(self.case.network, self.rules, self.parameters, self.batches, self.work, epoch, step, count)
        return self


def activated(name, z):
    if name == "softmax":
        power = np.exp(z - z.max(axis=1, keepdims=True))
        return power / power.sum(axis=1, keepdims=True)
    return {
        "identity": lambda: z,
        "relu": lambda: np.maximum(z, 0.0),
        "leaky_relu": lambda: np.where(z > 0.0, z, NEGATIVE_SLOPE * z),
        "sigmoid": lambda: 1.0 / (1.0 + np.exp(-z)),
        "tanh": lambda: np.tanh(z),
        "gelu": lambda: z * scipy.stats.norm.cdf(z),
        "silu": lambda: z * scipy.special.expit(z),
    }[name]()


def through(name, z, grad):
    """Return the gradient by z, given that by the activation of z."""
    a = activated(name, z)
    if name == "softmax":
        return a * (grad - (grad * a).sum(axis=1, keepdims=True))
    derivatives = {
        "identity": lambda: 1.0,
        "relu": lambda: z > 0.0,
        "leaky_relu": lambda: np.where(z > 0.0, 1.0, NEGATIVE_SLOPE),
        "sigmoid": lambda: a * (1.0 - a),
        "tanh": lambda: 1.0 - a * a,
        "gelu": lambda: scipy.stats.norm.cdf(z) + z * scipy.stats.norm.pdf(z),
        "silu": lambda: scipy.special.expit(z) * (1.0 + z * scipy.special.expit(-z)),
    }
    return grad * derivatives[name]()


def loss_gradient(name, output, target):
    error = output - target
    return {
        "mse": lambda: 2.0 * error / error.size,
        "l1": lambda: np.sign(error) / error.size,
        "bce": lambda: error / np.maximum(output * (1.0 - output), 1e-12) / error.size,
        "cross_entropy": lambda: (activated("softmax", output) - target) / len(error),
    }[name]()


def reference_gradient(case, params, rows):
    """Return the gradient by matrices, in NumPy, and where parameters train."""
    names = {rule.code: name for name, rule in ACTIVATIONS.items()}
    grads, trains = np.zeros(params.size), np.zeros(params.size, bool)
    source, tape = case.inputs[rows], []
    for layer in case.network:
        a, b, at, bias = (int(layer[name]) for name in ("fan_in", "fan_out", "weight", "bias"))
        weight = params[at : at + a * b].reshape(a, b)
        z = source @ weight + (params[bias : bias + b] if layer["has_bias"] else 0.0)
        tape.append((layer, slice(at, at + a * b), slice(bias, bias + b), weight, source, z))
        source = activated(names[int(layer["activation"])], z)
    grad = loss_gradient(case.loss, source, case.targets[rows])
    # Behind a sigmoid the two are one, or what the loss's floor cuts off would be missing.
    together = case.loss == "bce" and names[int(case.network[-1]["activation"])] == "sigmoid"
    if together:
        grad = (source - case.targets[rows]) / source.size
    for layer, weights, biases, weight, inputs, z in reversed(tape):
        grad = grad if together else through(names[int(layer["activation"])], z, grad)
        together = False
        if layer["trains_weight"]:
            grads[weights] = (inputs.T @ grad).ravel()
            trains[weights] = True
        if layer["has_bias"] and layer["trains_bias"]:
            grads[biases] = grad.sum(axis=0)
            trains[biases] = True
        grad = grad @ weight.T
    return grads, trains


def reference_epoch(case, batch_size, optimizer, hyper, order):
    lr, factor, decay = hyper
    params, velocity = case.params.copy(), np.zeros(case.params.size)
    for first in range(0, len(order), batch_size):
        grads, trains = reference_gradient(case, params, order[first : first + batch_size])
        grads = grads + decay * params
        velocity = factor * velocity + grads if optimizer == "momentum" else grads
        params = np.where(trains, params - lr * velocity, params)
    return params


@FEW
@given(cases())
def test_the_gradient_is_that_of_plain_numpy(case):
    rows = np.arange(len(case.inputs))
    actual = gradient(case.network, case.params, case.inputs, case.targets, rows, LOSSES[case.loss].code)
    case.near(actual, reference_gradient(case, case.params, rows)[0])


@FEW
@given(cases())
def test_rows_together_give_the_mean_of_the_gradients_row_by_row(case):
    n = len(case.inputs)
    by_rows = np.zeros(case.params.size)
    for i in range(n):
        row = np.array([i])
        by_rows += gradient(case.network, case.params, case.inputs, case.targets, row, LOSSES[case.loss].code) / n
    case.near(
        gradient(case.network, case.params, case.inputs, case.targets, np.arange(n), LOSSES[case.loss].code), by_rows
    )


@pytest.mark.parametrize("layers", [(2, 1), (16, 8), (4, 4, 3)])
@pytest.mark.parametrize("rows", [1, 11, 12, 63, 64, 65, 130, 700])
def test_every_size_of_batch_has_the_same_gradient(layers, rows):
    rng = np.random.default_rng(rows)
    case = build(rng, 10, [(units, "tanh", True, True, True) for units in layers], rows, "mse")
    chosen = rng.permutation(rows)
    actual = gradient(case.network, case.params, case.inputs, case.targets, chosen, LOSSES["mse"].code)
    case.near(actual, reference_gradient(case, case.params, chosen)[0])


def test_the_sizes_above_take_every_way():
    narrow = build(np.random.default_rng(0), 10, [(2, "tanh", True, True, True)], 1, "mse").network
    wide = build(np.random.default_rng(0), 10, [(16, "tanh", True, True, True)], 1, "mse").network
    assert is_narrow(narrow)
    assert not is_narrow(wide)
    assert 1 < batched_from(narrow) <= 64
    assert 1 < batched_from(wide) <= 700


@FEW
@given(cases(most_rows=40), st.data())
def test_single_steps_give_the_bits_of_an_epoch(case, data):
    batch_size = data.draw(st.integers(1, len(case.inputs)))
    optimizer = data.draw(st.sampled_from(sorted(OPTIMIZERS)))
    whole, single = Run(case, batch_size, optimizer), Run(case, batch_size, optimizer)
    whole.take(0, 0, 2 * whole.per_epoch)
    for epoch in range(2):
        for step in range(single.per_epoch):
            single.take(epoch, step, 1)
    for a, b in zip(whole.parameters, single.parameters, strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("loss", sorted(LOSSES))
@pytest.mark.parametrize("activation", sorted(ACTIVATIONS))
@pytest.mark.parametrize("trains", [(True, True), (True, False), (False, True)])
def test_a_single_unit_trained_in_one_pass_gives_the_bits_of_the_general_way(loss, activation, trains):
    # A call for one step goes the general way, a call for many takes all but the last in one pass.
    case = build(np.random.default_rng(1), 11, [(1, activation, True, *trains)], 30, loss)
    many, single = Run(case, 1), Run(case, 1)
    many.take(0, 0, 30)
    for step in range(30):
        single.take(0, step, 1)
    for a, b in zip(many.parameters, single.parameters, strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("loss", ["mse", "cross_entropy"])
@pytest.mark.parametrize("decay", [0.0, 0.1])
@pytest.mark.parametrize("units", [(2, 1), (3, 2), (8, 8), (16, 16, 10), (21, 5)])
def test_sgd_row_by_row_gives_the_bits_of_the_gradients_that_are_kept(units, decay, loss):
    layers = [(width, "sigmoid" if k else "relu", True, True, k > 0) for k, width in enumerate(units)]
    case = build(np.random.default_rng(1), 11, layers, 30, loss)
    case.inputs[::3] = 0.0
    many, single = (Run(case, 1, hyper=(0.05, 0.0, decay)) for _ in range(2))
    many.take(0, 0, 45)
    for step in range(45):
        single.take(step // 30, step % 30, 1)
    for a, b in zip(many.parameters, single.parameters, strict=True):
        assert a.tobytes() == b.tobytes()


@pytest.mark.parametrize("units", [(2, 1), (16, 10)])
def test_a_batch_of_all_rows_takes_them_in_the_order_of_the_sheet(units):
    case = build(np.random.default_rng(1), 11, [(width, "tanh", True, True, True) for width in units], 100, "mse")
    shuffled, plain = (Run(case, 100, shuffles=shuffles).take(0, 0, 5) for shuffles in (True, False))
    assert shuffled.parameters.values.tobytes() == plain.parameters.values.tobytes()
    assert shuffled.batches.order.tolist() == list(range(100))


@FEW
@given(cases(most_rows=40), st.data())
def test_an_epoch_is_that_of_plain_numpy(case, data):
    n = len(case.inputs)
    batch_size = data.draw(st.integers(1, n))
    optimizer = data.draw(st.sampled_from(["momentum", "sgd"]))
    hyper = (1e-3, data.draw(st.sampled_from([0.0, 0.9])), data.draw(st.sampled_from([0.0, 0.1])))
    run = Run(case, batch_size, optimizer, hyper)
    order = np.empty(n, np.int64)
    shuffle(order, 3, 5)
    run.take(5, 0, run.per_epoch)
    case.near(run.parameters.values, reference_epoch(case, batch_size, optimizer, hyper, order))


def test_what_does_not_train_keeps_its_bits():
    layers = [(3, "relu", True, False, True), (2, "tanh", True, True, False), (1, "identity", True, False, False)]
    case = build(np.random.default_rng(2), 4, layers, 20, "mse")
    after = Run(case, 3, "momentum").take(0, 0, 14).parameters.values
    changed = np.flatnonzero(after != case.params)
    assert changed.tolist() == [*range(12, 15), *range(15, 21)]


def test_the_momentum_of_a_dead_unit_comes_to_rest():
    case = build(np.random.default_rng(3), 4, [(1, "relu", True, True, True)], 10, "mse")
    case.inputs[:] = np.abs(case.inputs)
    case.params[:] = -1.0
    run = Run(case, 1, "momentum", hyper=(1e-3, 0.9, 0.0))
    run.parameters.state[:] = 1e-3
    run.take(0, 0, 10_000)
    assert not run.parameters.state.any()
