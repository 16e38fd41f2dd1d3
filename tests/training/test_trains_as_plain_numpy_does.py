"""Training equals an implementation in plain NumPy that shares nothing with ours but the order of the rows."""

import itertools

import numpy as np
import pytest
from scipy.special import ndtr

from pyfuncs.kernels.random import shuffle
from pyfuncs.training.trainer import Trainer

ACTIVATIONS = {
    "identity": (lambda z: z, lambda z: np.ones_like(z)),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0) * 1.0),
    "leaky_relu": (lambda z: np.where(z > 0, z, 0.01 * z), lambda z: np.where(z > 0, 1, 0.01)),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "gelu": (lambda z: z * ndtr(z), lambda z: ndtr(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)),
    "silu": (lambda z: z / (1 + np.exp(-z)), lambda z: (1 + np.exp(-z) + z * np.exp(-z)) / (1 + np.exp(-z)) ** 2),
}


def softmax(z):
    return np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)


def loss_of(loss, p, y):
    """Return the mean loss and its gradient by the outputs."""
    if loss == "mse":
        return ((p - y) ** 2).mean(), 2 * (p - y) / p.size
    if loss == "l1":
        return np.abs(p - y).mean(), np.sign(p - y) / p.size
    if loss == "bce":
        return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean(), (p - y) / (p * (1 - p)) / p.size
    return -(y * np.log(softmax(p))).sum(axis=1).mean(), (softmax(p) - y) / len(p)


class Plain:
    """A network as the textbook writes it."""

    def __init__(self, blocks):
        self.x, self.y = np.array(blocks["inputs"]), np.array(blocks["target"], float)
        only = {name: rows[0][0] for name, rows in blocks.items()}
        self.loss = only["loss"]
        if self.loss == "cross_entropy":
            classes = np.array(blocks["bias_2"]).shape[1]
            self.y = np.eye(classes)[self.y[:, 0].astype(int)]
        self.lr, self.decay, self.batch = only["lr"], only["weight_decay"], only["batch_size"]
        self.factor = only["momentum"] if only["optimizer"] == "momentum" else 0.0
        self.seed, self.shuffles = only["seed"], only["shuffle"]
        self.weights = [np.array(blocks["weight_1"]), np.array(blocks["weight_2"])]
        self.biases = [np.array(blocks.get(f"bias_{k}", [[0.0]])) for k in (1, 2)]
        self.activations = [ACTIVATIONS[only["activation_1"]], ACTIVATIONS[only["activation_2"]]]
        trains = [only["trains_1"], only["trains_2"]]
        self.moving = [t for t in trains for _ in range(2)]
        self.moving[1] &= "bias_1" in blocks
        self.moving[3] &= "bias_2" in blocks
        self.velocities = [np.zeros_like(p) for p in self.parameters()]
        split = blocks.get("split")
        self.rows = np.array([i for i in range(len(self.x)) if split is None or split[i] == ["train"]])

    def parameters(self):
        return [p for pair in zip(self.weights, self.biases, strict=True) for p in pair]

    def order(self, epoch):
        if not self.shuffles:
            return self.rows
        order = np.empty(len(self.rows), np.int64)
        shuffle(order, self.seed, epoch)
        return self.rows[order]

    def step(self, rows):
        (first, first_slope), (second, second_slope) = self.activations
        x = self.x[rows]
        z1 = x @ self.weights[0] + self.biases[0]
        z2 = first(z1) @ self.weights[1] + self.biases[1]
        d2 = loss_of(self.loss, second(z2), self.y[rows])[1] * second_slope(z2)
        d1 = d2 @ self.weights[1].T * first_slope(z1)
        grads = [x.T @ d1, d1.sum(axis=0, keepdims=True), first(z1).T @ d2, d2.sum(axis=0, keepdims=True)]
        for p, g, v, moves in zip(self.parameters(), grads, self.velocities, self.moving, strict=True):
            if moves:
                v[:] = self.factor * v + g + self.decay * p
                p -= self.lr * v

    def mean_loss(self):
        (first, _), (second, _) = self.activations
        hidden = first(self.x[self.rows] @ self.weights[0] + self.biases[0])
        return loss_of(self.loss, second(hidden @ self.weights[1] + self.biases[1]), self.y[self.rows])[0]

    def train(self, epochs):
        for epoch in range(epochs):
            order = self.order(epoch)
            for start in range(0, len(order), self.batch):
                self.step(order[start : start + self.batch])


def compared(small_blocks, small_cells, sizes=(3, 2, 1), epochs=7, rows=12, **changes):
    """Train both and check every parameter and the loss."""
    plain = Plain(small_blocks(sizes, rows, **changes))
    trainer = Trainer(small_cells(sizes, rows, **changes).model())
    trainer.train(epochs)
    plain.train(epochs)
    ours = dict(trainer.model.blocks(trainer.state.params))
    theirs = {"weight_1": plain.weights[0], "weight_2": plain.weights[1]}
    theirs |= {f"bias_{k}": plain.biases[k - 1] for k in (1, 2) if f"bias_{k}" in ours}
    for name, block in theirs.items():
        np.testing.assert_allclose(ours[name], block, rtol=0, atol=1e-12, err_msg=name)
    assert trainer.state.history[-1].train_loss == pytest.approx(plain.mean_loss(), abs=1e-12)


CLASSES = [[i % 3] for i in range(12)]
LOSSES = {
    "mse": {},
    "l1": {"loss": "l1"},
    "bce": {"loss": "bce", "activation_2": "sigmoid"},
    "cross_entropy": {"sizes": (3, 2, 3), "loss": "cross_entropy", "target": CLASSES},
    "mse of two outputs": {"sizes": (3, 4, 2)},
}
OPTIMIZERS = {
    "sgd": {},
    "momentum": {"optimizer": "momentum", "momentum": 0.7},
    "sgd, decay": {"weight_decay": 0.3},
    "momentum, decay": {"optimizer": "momentum", "weight_decay": 0.3},
}
BATCHES = {
    "all rows": {},
    "one row": {"batch_size": 1},
    "five rows, the last batch two": {"batch_size": 5},
    "five rows unshuffled": {"batch_size": 5, "shuffle": False},
}


@pytest.mark.parametrize(("loss", "optimizer", "batch"), list(itertools.product(LOSSES, OPTIMIZERS, BATCHES)))
def test_every_loss_optimizer_and_batch(small_blocks, small_cells, loss, optimizer, batch):
    compared(small_blocks, small_cells, **LOSSES[loss], **OPTIMIZERS[optimizer], **BATCHES[batch], seed=3)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_activation(small_blocks, small_cells, activation):
    compared(small_blocks, small_cells, activation_1=activation, activation_2="sigmoid", batch_size=4)


@pytest.mark.parametrize("rows", [{"batch_size": 7}, {}])
def test_a_network_wide_enough_for_the_batched_kernel(small_blocks, small_cells, rows):
    target = [[i % 3] for i in range(60)]
    changes = {"loss": "cross_entropy", "target": target, "optimizer": "momentum", "lr": 0.01}
    compared(small_blocks, small_cells, (20, 30, 3), 3, 60, **changes, **rows)


def test_fixed_layers_and_no_biases(small_blocks, small_cells):
    compared(small_blocks, small_cells, trains_2=False, bias_1=None, batch_size=5)
    compared(small_blocks, small_cells, trains_1=False, bias_2=None, weight_decay=0.5)


def test_only_the_training_rows_count(small_blocks, small_cells):
    split = [["valid" if i % 3 == 1 else "train"] for i in range(12)]
    compared(small_blocks, small_cells, split=split, batch_size=3, seed=11)
