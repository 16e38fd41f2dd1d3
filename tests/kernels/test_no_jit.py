"""The kernels are plain Python underneath: without Numba's compiler the same numbers come out."""

import json
from collections.abc import Callable

import numpy as np
import pytest

PROGRAM = """
import json
import numpy as np
from pyfuncs.kernels import activations, linear, losses, metrics, random, split
from pyfuncs.kernels.layout import build_network, pack
from pyfuncs.kernels.optimizers import SGD, hyperparameters
from pyfuncs.kernels.passes import Rules, batches_of, parameters_of, room_for
from pyfuncs.kernels.steps import run_steps

rng = np.random.default_rng(1)
x, w, b, g = (rng.normal(size=shape) for shape in ((6, 3), (3, 4), (1, 4), (6, 4)))
p, t = rng.uniform(0.1, 0.9, (6, 4)), rng.dirichlet(np.ones(4), 6)
results = {
    "linear": linear.linear(x, w, b),
    "linear_grad_input": linear.linear_grad_input(g, w),
    "linear_grad_weight": linear.linear_grad_weight(x, g),
    "relu_grad": activations.elementwise_grad(activations.RELU, g, p),
    "leaky_relu": activations.leaky_relu(g, 0.1),
    "sigmoid_grad": activations.elementwise_grad(activations.SIGMOID, g, p),
    "tanh_grad": activations.elementwise_grad(activations.TANH, g, p),
    "gelu": activations.elementwise(activations.GELU, g),
    "silu_grad": activations.elementwise_grad(activations.SILU, g, p),
    "softmax_grad": activations.softmax_grad(g, p),
    "mse_loss": losses.mse_loss(p, t, 0),
    "l1_loss_grad": losses.l1_loss_grad(p, t, 1),
    "bce_loss": losses.bce_loss(p, t, 2),
    "bce_loss_grad": losses.bce_loss_grad(p, t, 2),
    "cross_entropy": losses.cross_entropy(g, t, 2),
    "cross_entropy_grad": losses.cross_entropy_grad(g, t, 1),
    "accuracy": metrics.accuracy(p, t, 0.5),
}
order = np.empty(20, np.int64)
with np.errstate(over="ignore"):  # NumPy's words wrap around as Numba's do, but warn of it
    random.shuffle(order, 7, 3)
    results["shuffle"] = order
    results["split"] = split.split_rows(20, 0.3, -5)
    results["uniform"] = random.uniform(3, 4, 0.5, 7, 1)
    results["normal"] = random.normal(3, 4, 0.5, 7, 1)
    for units, batch_size in ((2, 1), (2, 13), (17, 1), (17, 5)):
        weights = [rng.normal(size=(3, units)), rng.normal(size=(units, 2))]
        biases = [rng.normal(size=(1, units)), None]
        network = build_network(weights, biases, [activations.SIGMOID, activations.RELU], [True, True], [True, True])
        parameters = parameters_of(pack(weights, biases), 0)
        batches = batches_of(rng.normal(size=(13, 3)), rng.normal(size=(13, 2)), np.arange(13), batch_size)
        rules = Rules(losses.MSE, SGD, hyperparameters(lr=0.01))
        run_steps(network, rules, parameters, batches, room_for(network, batch_size), 0, 0, 3)
        results[f"{units} units trained in batches of {batch_size}"] = parameters.values
print(json.dumps({name: result.tolist() for name, result in results.items()}))
"""


@pytest.fixture(scope="module")
def compiled() -> dict[str, list]:
    printed: list[str] = []
    exec(PROGRAM, {"print": printed.append})
    return json.loads(printed[0])


def test_kernels_without_the_compiler_give_the_same_numbers(python: Callable[..., str], compiled: dict) -> None:
    interpreted = json.loads(python(PROGRAM, {"NUMBA_DISABLE_JIT": "1"}))
    assert interpreted.keys() == compiled.keys()
    for name, expected in compiled.items():
        np.testing.assert_allclose(interpreted[name], expected, rtol=1e-12, atol=1e-15, err_msg=name)


def test_kernels_in_another_process_give_the_same_bits(python: Callable[..., str], compiled: dict) -> None:
    assert json.loads(python(PROGRAM)) == compiled
