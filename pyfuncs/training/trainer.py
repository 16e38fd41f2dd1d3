"""Train a model by steps and epochs; every host and the command drive this one trainer."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.cells.spelling import short
from pyfuncs.kernels import model as kernels
from pyfuncs.kernels import steps
from pyfuncs.kernels.arrays import Order, Vector
from pyfuncs.kernels.layout import pack
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.kernels.passes import Rules, batches_of, parameters_of, room_for
from pyfuncs.training.clock import in_pieces
from pyfuncs.training.history import extended
from pyfuncs.training.model import Model, Record, State, first_state

THRESHOLD = 0.5


class Diverged(GradsheetError):  # noqa: N818 - what happened, not a fault of the program
    """The loss or a weight is no longer finite; the trainer is back at the last whole epoch that was."""


class Observer(Protocol):
    """Who watches the training: a progress bar, a status bar, a chart."""

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Take note that `done` of `total` rows of a phase, "train" or "valid", are through in an epoch (from 1)."""

    def finished(self, record: Record) -> bool:
        """Take note of an epoch's end, and return whether to go on."""


class Unwatched:
    """Nobody watches."""

    def advanced(self, epoch: int, phase: str, done: int, total: int) -> None:
        """Do nothing."""

    def finished(self, record: Record) -> bool:
        """Go on."""
        return True


@dataclass(frozen=True)
class Evaluation:
    """How good the model is on some rows; accuracy and error rate are None for a regression."""

    rows: int
    loss: float
    accuracy: float | None
    error_rate: float | None


class Trainer:
    """A model in training. The model stays as it was read; `state` is what training has made of it.

    Raises:
        GradsheetError: where nothing can be trained: no training row.
    """

    def __init__(self, model: Model) -> None:
        if not model.trains.any():
            raise GradsheetError("No row trains: the split needs at least one train row.")
        self.model = model
        self.network = model.network
        settings = model.settings
        self.optimizer = OPTIMIZERS[settings.optimizer]
        self.rules = Rules(LOSSES[settings.loss].code, self.optimizer.code, settings.hyperparameters)
        self.batches = batches_of(
            model.inputs,
            model.target,
            model.train_rows,
            settings.batch_size,
            shuffles=settings.shuffle,
            seed=settings.seed,
        )
        self.room = room_for(self.network, self.batches.batch_size)
        self.steps_per_epoch = steps.steps_per_epoch(model.train_rows.size, self.batches.batch_size)
        self.put(model.state.copy())

    def put(self, state: State) -> None:
        """Go on from `state`, which the trainer changes from now on."""
        self.state = state
        self.parameters = parameters_of(state.params, self.optimizer.slots)
        self.parameters.state[:] = state.optimizer[: self.optimizer.slots]
        state.optimizer = self.parameters.state
        self.parameters.shared[:] = state.shared
        state.shared = self.parameters.shared
        if state.step >= self.steps_per_epoch:
            state.step = 0
            state.epoch += 1
        if not state.history:
            state.history = [self.record()]

    def advance(self, count: int) -> None:
        """Take `count` steps; no history is kept and nothing is checked."""
        steps.run_steps(
            self.network,
            self.rules,
            self.parameters,
            self.batches,
            self.room,
            self.state.epoch,
            self.state.step,
            count,
        )
        done = self.state.step + count
        self.state.epoch += done // self.steps_per_epoch
        self.state.step = done % self.steps_per_epoch

    def step(self, count: int = 1) -> None:
        """Take single steps.

        Raises:
            Diverged: at the first step after which a number is not finite; that step is taken back.
        """
        for _ in range(count):
            before = self.state.copy()
            try:
                self.advance(1)
                self._conclude(before, f"step {before.step + 1} of epoch {before.epoch + 1}")
            except KeyboardInterrupt:
                self.put(before)
                raise

    def train(self, epochs: int, observer: Observer | None = None) -> None:
        """Train to the end of the present epoch, and so on for as many epochs as asked.

        A KeyboardInterrupt, like an observer that says no, leaves whole epochs.

        Raises:
            Diverged: at the first epoch after which a number is not finite; that epoch is taken back.
        """
        watching = observer or Unwatched()
        for _ in range(epochs):
            before = self.state.copy()
            try:
                self._run_epoch(watching)
                self._conclude(before, f"epoch {before.epoch + 1}")
            except KeyboardInterrupt:
                self.put(before)
                raise
            if not watching.finished(self.state.history[-1]):
                return

    def _run_epoch(self, observer: Observer) -> None:
        epoch = self.state.epoch + 1
        rows = self.model.train_rows.size
        size = self.batches.batch_size

        def look(left: int) -> None:
            observer.advanced(epoch, "train", rows if not left else (self.steps_per_epoch - left) * size, rows)

        in_pieces(self.steps_per_epoch - self.state.step, self.advance, look)
        valid = self.model.valid_rows.size
        if valid:
            observer.advanced(epoch, "valid", valid, valid)

    def _conclude(self, before: State, what: str) -> None:
        latest = self.record()
        if not (np.isfinite(self.state.params).all() and np.isfinite(latest.train_loss)):
            self.put(before)
            loss = self.evaluate(self.model.train_rows).loss
            raise Diverged(
                f"Training diverged in {what}: the loss is no longer finite. The weights are those before it (loss "
                f"{loss:.6g}); choose a learning rate smaller than {short(self.model.settings.lr)}, or Reset."
            )
        self.state.history = extended(self.state.history, latest, self.model.history_rows)

    def record(self) -> Record:
        """Return the history's row for the present state."""
        train = self.evaluate(self.model.train_rows)
        valid = self.evaluate(self.model.valid_rows) if self.model.valid_rows.size else None
        judged = valid or train
        return Record(
            self.state.epoch,
            self.state.step,
            train.loss,
            None if valid is None else valid.loss,
            judged.accuracy,
            judged.error_rate,
        )

    def evaluate(self, rows: Order) -> Evaluation:
        """Return how good the present parameters are on some rows, at least one."""
        loss, accuracy = kernels.evaluate(
            self.network, self.state.params, self.model.inputs, self.model.target, rows, self.rules.loss, THRESHOLD
        )
        if self.model.task == "regression":
            return Evaluation(rows.size, loss, None, None)
        return Evaluation(rows.size, loss, accuracy, 1.0 - accuracy)

    def r_squared(self, rows: Order) -> float | None:
        """Return 1 - squared error / squared distance from the mean on some rows; None where they do not differ.

        As sklearn.metrics.r2_score with one output; several are taken together.
        """
        target = self.model.target[rows]
        output = kernels.predict(self.network, self.state.params, self.model.inputs)[rows]
        spread = float(((target - target.mean(axis=0)) ** 2).sum())
        return 1.0 - float(((target - output) ** 2).sum()) / spread if spread > 0.0 else None

    def take(self, params: Vector) -> None:
        """Go on from other parameters; what the optimizer remembers of different ones is forgotten."""
        if not np.array_equal(params, self.state.params):
            self.state.params[:] = params
            self.state.optimizer[:] = 0.0
            self.state.shared[:] = 0.0
            self.state.history = extended(self.state.history, self.record(), self.model.history_rows)

    def reset(self) -> None:
        """Go back to the first weights, with no memory and no history.

        Raises:
            GradsheetError: where the workbook has no initial values for a layer.
        """
        weights, biases = [], []
        for k, layer in enumerate(self.model.layers, 1):
            if layer.initial_weight is None:
                raise GradsheetError(
                    f"There is no initial_weight_{k}: name the cells with the first weights of layer {k}."
                )
            if layer.bias is not None and layer.initial_bias is None:
                raise GradsheetError(
                    f"There is no initial_bias_{k}: name the cells with the first biases of layer {k}."
                )
            weights.append(layer.initial_weight)
            biases.append(None if layer.bias is None else layer.initial_bias)
        self.put(first_state(pack(weights, biases)))
