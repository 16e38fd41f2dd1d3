"""The other sides: PyTorch as a user would write it, scikit-learn, and C."""

import ctypes
import shutil
import subprocess
import tempfile
import warnings
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import SGDRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from torch import nn

from bench.tasks import LEARNING_RATE, SEED, Epochs, Task

ACTIVATIONS = {"relu": nn.ReLU, "sigmoid": nn.Sigmoid}
LOSSES = {"mse": nn.functional.mse_loss, "cross_entropy": nn.functional.cross_entropy}


def pytorch(task: Task, batch_size: int, dtype: torch.dtype = torch.float64) -> Epochs:
    """Return PyTorch's training of a task: eager, one thread, the rows in a new order each epoch."""
    torch.set_num_threads(1)
    parts: list[nn.Module] = []
    fan_in = task.inputs.shape[1]
    for layer in task.layers:
        linear = nn.Linear(fan_in, layer.units, bias=layer.has_bias, dtype=dtype)
        if layer.fixed:
            nn.init.ones_(linear.weight).requires_grad_(False)
        parts.append(linear)
        if layer.activation != "identity":
            parts.append(ACTIVATIONS[layer.activation]())
        fan_in = layer.units
    model = nn.Sequential(*parts)
    loss_of = LOSSES[task.loss]
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=LEARNING_RATE)
    inputs, targets = (torch.from_numpy(numbers).to(dtype) for numbers in (task.inputs, task.targets))

    def epochs(count: int) -> None:
        for _ in range(count):
            order = torch.randperm(len(inputs))
            shuffled, wanted = inputs.index_select(0, order), targets.index_select(0, order)
            for first in range(0, len(inputs), batch_size):
                loss = loss_of(model(shuffled[first : first + batch_size]), wanted[first : first + batch_size])
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()

    return epochs


def scikit_learn(task: Task) -> Epochs:
    """Return scikit-learn's SGD on a linear task without penalty; a call fits anew, with so many epochs."""

    def epochs(count: int) -> None:
        # Its squared error has a half in front, hence twice the rate.
        SGDRegressor(
            penalty=None, fit_intercept=False, max_iter=count, tol=None, learning_rate="constant",
            eta0=2.0 * LEARNING_RATE, random_state=0,
        ).fit(task.inputs, task.targets[:, 0])  # fmt: skip

    return epochs


def multilayer_perceptron(task: Task, batch_size: int) -> Epochs:
    """Return scikit-learn's training of a task with hidden layers of sigmoids; a call fits anew, with so many epochs.

    Its classifier has softmax and cross-entropy behind the last layer, its regressor half the squared error behind an
    identity.
    """
    kind = MLPClassifier if task.loss == "cross_entropy" else MLPRegressor
    targets = task.targets.argmax(axis=1) if kind is MLPClassifier else task.targets

    def epochs(count: int) -> None:
        with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
            kind(
                hidden_layer_sizes=[layer.units for layer in task.layers[:-1]], activation="logistic", solver="sgd",
                alpha=0.0, batch_size=batch_size, learning_rate_init=LEARNING_RATE, max_iter=count, tol=0.0,
                n_iter_no_change=count + 1, momentum=0.0, random_state=0,
            ).fit(task.inputs, targets)  # fmt: skip

    return epochs


def in_c(task: Task, weight: NDArray[np.float64]) -> Epochs | None:
    """Return the linear task's loop in C, which changes weight in place, or nothing where there is no gcc."""
    if shutil.which("gcc") is None:
        return None
    source = Path(__file__).with_name("sgd.c")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / "sgd.so"
        command = ["gcc", "-O3", "-march=native", "-shared", "-fPIC", "-o", str(library), str(source)]
        subprocess.run(command, check=True)
        train = ctypes.CDLL(str(library)).train
    rows, fan_in = task.inputs.shape
    order = np.empty(rows, np.int64)
    targets = np.ascontiguousarray(task.targets[:, 0])
    arrays = [ctypes.c_void_p(array.ctypes.data) for array in (weight, task.inputs, targets, order)]
    done = 0

    def epochs(count: int) -> None:
        nonlocal done
        numbers = [ctypes.c_int64(number) for number in (rows, fan_in)]
        places = [ctypes.c_int64(number) for number in (SEED, done, count)]
        # The arrays are named so that they live as long as this function does.
        assert order.size == targets.size == rows
        assert weight.size == task.inputs.shape[1]
        train(*arrays, *numbers, ctypes.c_double(LEARNING_RATE), *places)
        done += count

    return epochs
