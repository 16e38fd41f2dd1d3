"""A step in a cell, taken a hundred times, is the path of PyTorch's optimizer."""

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas

FORMULAS = formulas()
SHAPE = (5, 3)

# The formula, PyTorch's optimizer with its options, the settings between lr and weight_decay, rows of state in all.
CASES = {
    "sgd": ("NN_SGD_STEP", "SGD", {}, [], 0),
    "momentum 0": ("NN_MOMENTUM_STEP", "SGD", {"momentum": 0.0}, [0.0], 5),
    "momentum 0.9": ("NN_MOMENTUM_STEP", "SGD", {"momentum": 0.9}, [0.9], 5),
    "nesterov": ("NN_NESTEROV_STEP", "SGD", {"momentum": 0.8, "nesterov": True}, [0.8], 5),
    "adagrad": ("NN_ADAGRAD_STEP", "Adagrad", {"eps": 1e-6}, [1e-6], 5),
    "rmsprop": ("NN_RMSPROP_STEP", "RMSprop", {"alpha": 0.9, "eps": 1e-6}, [0.9, 1e-6], 5),
    "adam": ("NN_ADAM_STEP", "Adam", {"betas": (0.8, 0.95), "eps": 1e-6}, [0.8, 0.95, 1e-6], 11),
}


def gradients(count: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, *SHAPE))


def stepped(name: str, stacked: np.ndarray, grad: np.ndarray, *settings: float) -> np.ndarray:
    return np.array(call(FORMULAS[name], [stacked.tolist(), grad.tolist(), *settings]))


@pytest.mark.parametrize(("lr", "decay"), [(0.1, 0.0), (0.05, 0.01), (0.5, 0.3), (0.0, 0.1)])
@pytest.mark.parametrize("case", list(CASES))
def test_a_hundred_steps_equal_torch(torch: ModuleType, case: str, lr: float, decay: float) -> None:
    formula, optimizer, options, settings, more = CASES[case]
    start = np.random.default_rng(2).normal(size=SHAPE)
    params = torch.tensor(start.copy(), requires_grad=True)
    there = getattr(torch.optim, optimizer)([params], lr=lr, weight_decay=decay, **options)
    here = np.vstack([start, np.zeros((more, SHAPE[1]))])
    for grad in gradients(100):
        params.grad = torch.tensor(grad)
        there.step()
        here = stepped(formula, here, grad, lr, *settings, decay)
        np.testing.assert_allclose(here[: SHAPE[0]], params.detach().numpy(), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("case", "options"),
    [("adagrad", {"eps": 1e-8}), ("rmsprop", {}), ("adam", {}), ("momentum 0.9", {"momentum": 0.9}), ("sgd", {})],
)
def test_settings_left_out_are_those_of_torch_with_the_eps_of_adam(
    torch: ModuleType, case: str, options: dict[str, Any]
) -> None:
    formula, optimizer, _, _, more = CASES[case]
    start = np.random.default_rng(3).normal(size=SHAPE)
    params = torch.tensor(start.copy(), requires_grad=True)
    there = getattr(torch.optim, optimizer)([params], lr=0.1, **options)
    here = np.vstack([start, np.zeros((more, SHAPE[1]))])
    for grad in gradients(10):
        params.grad = torch.tensor(grad)
        there.step()
        here = stepped(formula, here, grad, 0.1)
        np.testing.assert_allclose(here[: SHAPE[0]], params.detach().numpy(), rtol=1e-12, atol=1e-12)


def test_momentum_zero_is_plain_sgd_bit_for_bit() -> None:
    params = np.random.default_rng(4).normal(size=SHAPE)
    stacked = np.vstack([params, np.zeros(SHAPE)])
    for grad in gradients(10):
        params = stepped("NN_SGD_STEP", params, grad, 0.3, 0.01)
        stacked = stepped("NN_MOMENTUM_STEP", stacked, grad, 0.3, 0.0, 0.01)
        assert stacked[: SHAPE[0]].tobytes() == params.tobytes()


def test_the_velocity_follows_its_formula() -> None:
    result = stepped("NN_MOMENTUM_STEP", np.array([[1.0], [4.0]]), np.array([[2.0]]), 0.5, 0.25, 0.5)
    velocity = 0.25 * 4.0 + (2.0 + 0.5 * 1.0)
    np.testing.assert_allclose(result, [[1.0 - 0.5 * velocity], [velocity]], rtol=1e-15)
