"""Every optimizer's formula against PyTorch's optimizer over a hundred steps, Eve's against its paper."""

import math

import numpy as np
import pytest

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.kernels.optimizers import OPTIMIZERS, hyperparameters

STEPS = 100
DECAY = 0.01


def first_block(optimizer, params):
    rule = OPTIMIZERS[optimizer]
    rows = params.shape[0] * rule.slots + rule.shared
    return np.vstack([params, np.zeros((rows, params.shape[1]))])


def gradients(shape):
    generator = np.random.default_rng(7)
    scale = 10.0 ** generator.uniform(-3, 2, size=(STEPS, 1, 1))
    return generator.normal(size=(STEPS, *shape)) * scale


def torch_cases(torch):
    return {
        "sgd": (lambda p: torch.optim.SGD([p], lr=0.1, weight_decay=DECAY), [0.1, DECAY]),
        "momentum": (
            lambda p: torch.optim.SGD([p], lr=0.1, momentum=0.9, weight_decay=DECAY),
            [0.1, 0.9, DECAY],
        ),
        "nesterov": (
            lambda p: torch.optim.SGD([p], lr=0.1, momentum=0.8, nesterov=True, weight_decay=DECAY),
            [0.1, 0.8, DECAY],
        ),
        "adagrad": (lambda p: torch.optim.Adagrad([p], lr=0.1, eps=1e-9, weight_decay=DECAY), [0.1, 1e-9, DECAY]),
        "rmsprop": (
            lambda p: torch.optim.RMSprop([p], lr=0.1, alpha=0.9, eps=1e-7, weight_decay=DECAY),
            [0.1, 0.9, 1e-7, DECAY],
        ),
        "adam": (
            lambda p: torch.optim.Adam([p], lr=0.1, betas=(0.8, 0.99), eps=1e-7, weight_decay=DECAY),
            [0.1, 0.8, 0.99, 1e-7, DECAY],
        ),
        "adamw": (
            lambda p: torch.optim.AdamW([p], lr=0.1, betas=(0.8, 0.99), eps=1e-7, weight_decay=DECAY),
            [0.1, 0.8, 0.99, 1e-7, DECAY],
        ),
    }


@pytest.mark.parametrize("optimizer", sorted(set(OPTIMIZERS) - {"eve"}))
def test_a_hundred_steps_are_pytorchs(optimizer, torch):
    make, settings = torch_cases(torch)[optimizer]
    start = np.random.default_rng(3).normal(size=(4, 3))
    theirs = torch.nn.Parameter(torch.tensor(start))
    stepper = make(theirs)
    block = first_block(optimizer, start)
    for grads in gradients(start.shape):
        block = np.array(call(formulas()[f"NN_{optimizer.upper()}_STEP"], [block, grads, *settings]))
        theirs.grad = torch.tensor(grads)
        stepper.step()
        np.testing.assert_allclose(block[:4], theirs.detach().numpy(), rtol=1e-12, atol=1e-12)


def eve_of_the_paper(params, gradients, losses, lr, beta_1, beta_2, beta_3, eps):
    """Algorithm 1 of arXiv:1611.01505v1, with its names."""
    k, big_k = 0.1, 10.0
    m, v, d, remembered = np.zeros_like(params), np.zeros_like(params), 1.0, 0.0
    for t, (g, f) in enumerate(zip(gradients, losses, strict=True), 1):
        m = beta_1 * m + (1 - beta_1) * g
        v = beta_2 * v + (1 - beta_2) * g**2
        if t > 1:
            if f >= remembered:
                delta, big_delta = k + 1, big_k + 1
            else:
                delta, big_delta = 1 / (big_k + 1), 1 / (k + 1)
            c = min(max(delta, f / remembered), big_delta)
            latest = c * remembered
            r = abs(latest - remembered) / min(latest, remembered)
            d = beta_3 * d + (1 - beta_3) * r
            remembered = latest
        else:
            d, remembered = 1.0, f
        m_hat, v_hat = m / (1 - beta_1**t), v / (1 - beta_2**t)
        params = params - lr * m_hat / (d * np.sqrt(v_hat) + eps)
    return params


def test_a_hundred_steps_of_eve_are_the_papers():
    start = np.random.default_rng(5).normal(size=(3, 2))
    losses = [math.exp(x) for x in np.random.default_rng(6).normal(size=STEPS)]
    block = first_block("eve", start)
    for grads, loss in zip(gradients(start.shape), losses, strict=True):
        block = np.array(call(formulas()["NN_EVE_STEP"], [block, grads, loss, 0.05, 0.8, 0.95, 0.9, 1e-7]))
    paper = eve_of_the_paper(start, gradients(start.shape), losses, 0.05, 0.8, 0.95, 0.9, 1e-7)
    np.testing.assert_allclose(block[:3], paper, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("optimizer", sorted(set(OPTIMIZERS) - {"sgd"}))
def test_a_block_of_the_wrong_height_is_refused_with_both_shapes(optimizer):
    formula = formulas()[f"NN_{optimizer.upper()}_STEP"]
    arguments = [np.zeros((50, 2)), np.zeros((4, 2)), 1.0, 0.1]
    with pytest.raises(Exception, match="stacked is 50×2, but grads is 4×2"):
        call(formula, arguments[: 4 if optimizer == "eve" else 3])


def test_a_setting_that_does_not_exist_is_refused():
    with pytest.raises(KeyError, match="momemtum"):
        hyperparameters(0.1, momemtum=0.9)
