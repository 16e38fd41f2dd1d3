"""No kernel changes what it is given, not even where training shares its code with a formula."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from pyfuncs.kernels import activations, linear, losses, metrics, model, neurons, scaling, steps
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.layout import build_network, pack
from pyfuncs.kernels.losses import LOSSES, REDUCTIONS

RNG = np.random.default_rng(1)
X, W, B, G = (RNG.normal(size=shape) for shape in ((6, 3), (3, 4), (1, 4), (6, 4)))
P, T = RNG.uniform(0.1, 0.9, (6, 4)), RNG.dirichlet(np.ones(4), 6)
ROWS = np.array([4, 0, 3])
MEAN = REDUCTIONS["mean"]


def whole_model(rows: int) -> tuple[np.ndarray, ...]:
    widths = [3, 4, 4] if rows < 100 else [20, 30, 4]
    weights = [RNG.normal(size=shape) for shape in pairwise(widths)]
    biases = [RNG.normal(size=(1, width)) for width in widths[1:]]
    codes = [ACTIVATIONS["relu"].code, ACTIVATIONS["softmax"].code]
    network = build_network(weights, biases, codes, [True, True], [True, True])
    inputs, target = RNG.normal(size=(rows, widths[0])), RNG.normal(size=(rows, 4))
    return network, pack(weights, biases), inputs, target, RNG.permutation(rows)


def of_model(function: Callable, rows: int, *rest: float) -> tuple[Callable, tuple]:
    network, params, inputs, target, picked = whole_model(rows)
    return function, (network, params, inputs, target, picked, LOSSES["mse"].code, *rest)


CALLS: dict[str, tuple[Callable, tuple]] = {
    "matmul": (linear.matmul, (X, W)),
    "matmul of registers": (linear.matmul, (RNG.normal(size=(64, 64)), RNG.normal(size=(64, 64)))),
    "transpose": (linear.transpose, (X,)),
    "linear": (linear.linear, (X, W, B)),
    "linear_grad_input": (linear.linear_grad_input, (G, W)),
    "linear_grad_weight": (linear.linear_grad_weight, (X, G)),
    "linear_grad_bias": (linear.linear_grad_bias, (G,)),
    **{word: (activations.elementwise, (rule.code, G)) for word, rule in ACTIVATIONS.items()},
    **{f"{word}_grad": (activations.elementwise_grad, (rule.code, G, P)) for word, rule in ACTIVATIONS.items()},
    "leaky_relu": (activations.leaky_relu, (G, 0.1)),
    "leaky_relu_grad": (activations.leaky_relu_grad, (G, P, 0.1)),
    "softmax": (activations.softmax, (G,)),
    "softmax_grad": (activations.softmax_grad, (G, P)),
    "mse_loss": (losses.mse_loss, (P, T, MEAN)),
    "mse_loss_grad": (losses.mse_loss_grad, (P, T, MEAN)),
    "l1_loss": (losses.l1_loss, (P, T, MEAN)),
    "l1_loss_grad": (losses.l1_loss_grad, (P, T, MEAN)),
    "bce_loss": (losses.bce_loss, (P, T, MEAN)),
    "bce_loss_grad": (losses.bce_loss_grad, (P, T, MEAN)),
    "cross_entropy": (losses.cross_entropy, (G, T, MEAN)),
    "cross_entropy_grad": (losses.cross_entropy_grad, (G, T, MEAN)),
    "accuracy": (metrics.accuracy, (P, T, 0.5)),
    "error_rate": (metrics.error_rate, (P, T, 0.5)),
    "standardize": (scaling.standardize, (P, T)),
    "minmax": (scaling.minmax, (P, T)),
    "heaviside": (neurons.heaviside, (G, 1.0)),
    "mcculloch_pitts": (neurons.mcculloch_pitts, (T.round(), P.round(), 1.0)),
    "perceptron": (neurons.perceptron, (X, W, B)),
    "perceptron_step": (neurons.perceptron_step, (np.vstack([W, B]), X, T.round(), 1.0)),
    "batch_mask": (steps.batch_mask, (ROWS, 6, 2, True, 1, 0, 0)),
    "predict by rows": (model.predict, whole_model(6)[:3]),
    "predict batched": (model.predict, whole_model(600)[:3]),
    "evaluate": of_model(model.evaluate, 6, 0.5),
    "gradient by rows": of_model(model.gradient, 6),
    "gradient batched": of_model(model.gradient, 600),
    "numeric_gradient": of_model(model.numeric_gradient, 6, 0, 3),
}


@pytest.mark.parametrize("name", list(CALLS))
def test_the_kernel_leaves_its_inputs_alone_and_shares_no_memory_with_them(name: str) -> None:
    function, arguments = CALLS[name]
    before = [np.array(argument).tobytes() for argument in arguments]
    result = function(*arguments)
    assert [np.array(argument).tobytes() for argument in arguments] == before
    for argument in arguments:
        if isinstance(argument, np.ndarray) and isinstance(result, np.ndarray):
            assert not np.shares_memory(argument, result)
