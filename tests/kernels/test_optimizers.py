from types import ModuleType

import numpy as np
import pytest

from pyfuncs.kernels.optimizers import momentum_step, sgd_step

SHAPE = (5, 3)
settings = pytest.mark.parametrize(("lr", "decay"), [(0.1, 0.0), (0.05, 0.01), (0.5, 0.3), (0.0, 0.1)])


def gradients(count: int) -> np.ndarray:
    return np.random.default_rng(1).normal(size=(count, *SHAPE))


def in_torch(torch: ModuleType, start: np.ndarray, **options: float) -> list[np.ndarray]:
    """The parameters after each of 100 steps of torch.optim.SGD."""
    params = torch.tensor(start.copy(), requires_grad=True)
    optimizer = torch.optim.SGD([params], **options)
    path = []
    for grad in gradients(100):
        params.grad = torch.tensor(grad)
        optimizer.step()
        path.append(params.detach().numpy().copy())
    return path


@settings
def test_a_hundred_sgd_steps_equal_torch(torch: ModuleType, lr: float, decay: float) -> None:
    params = np.random.default_rng(2).normal(size=SHAPE)
    path = in_torch(torch, params, lr=lr, weight_decay=decay)
    for grad, expected in zip(gradients(100), path, strict=True):
        params = sgd_step(params, grad, lr, decay)
        np.testing.assert_allclose(params, expected, rtol=1e-12, atol=1e-13)


@settings
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_a_hundred_momentum_steps_equal_torch(torch: ModuleType, lr: float, decay: float, momentum: float) -> None:
    start = np.random.default_rng(3).normal(size=SHAPE)
    path = in_torch(torch, start, lr=lr, momentum=momentum, weight_decay=decay)
    stacked = np.vstack([start, np.zeros(SHAPE)])
    for grad, expected in zip(gradients(100), path, strict=True):
        stacked = momentum_step(stacked, grad, lr, momentum, decay)
        np.testing.assert_allclose(stacked[: SHAPE[0]], expected, rtol=1e-12, atol=1e-12)


@settings
def test_momentum_zero_is_plain_sgd_bit_for_bit(lr: float, decay: float) -> None:
    params = np.random.default_rng(4).normal(size=SHAPE)
    stacked = np.vstack([params, np.zeros(SHAPE)])
    for grad in gradients(10):
        params = sgd_step(params, grad, lr, decay)
        stacked = momentum_step(stacked, grad, lr, 0.0, decay)
        assert stacked[: SHAPE[0]].tobytes() == params.tobytes()


def test_the_velocity_follows_its_formula() -> None:
    stacked = np.array([[1.0], [4.0]])
    result = momentum_step(stacked, np.array([[2.0]]), 0.5, 0.25, 0.5)
    velocity = 0.25 * 4.0 + (2.0 + 0.5 * 1.0)
    np.testing.assert_allclose(result, [[1.0 - 0.5 * velocity], [velocity]], rtol=1e-15)
