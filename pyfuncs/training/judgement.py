"""How good a model is on some rows, beside what guessing would reach there."""

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from pyfuncs.kernels import losses, metrics
from pyfuncs.kernels.arrays import Matrix, Order
from pyfuncs.kernels.model import predict
from pyfuncs.training.trainer import THRESHOLD, Trainer

TRUTH = 0.5


class Judge:
    """Judges a trainer's present parameters.

    Guessing is what the rows that train suggest without any input: their most frequent class, for a regression their
    mean.
    """

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.model = trainer.model
        self.outputs: Matrix = predict(trainer.network, trainer.state.params, self.model.inputs)

    def measures(self, rows: Order) -> dict[str, Any]:
        """Return the measures of some rows, at least one, by name.

        Loss, accuracy and error rate; for a regression R² and the loss and R² of guessing; else the accuracy of
        guessing, the confusion matrix (true classes down, given ones across) and each class's recall: the share of its
        rows that were given it, None where it has no rows.
        """
        found = asdict(self.trainer.evaluate(rows))
        if self.model.task == "regression":
            r_squared = finite(self.trainer.r_squared(rows))
            return found | {"r_squared": r_squared, "guessing": self._guessing_the_mean(rows)}
        matrix = metrics.confusion_matrix(self.outputs[rows], self.model.target[rows], THRESHOLD)
        return found | {
            "guessing": {"accuracy": self._guessing_a_class(rows)},
            "confusion_matrix": matrix.astype(int).tolist(),
            "recall": dict(zip(self.class_names, recalls(matrix), strict=True)),
        }

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes in their order: the outputs' names, 0 and 1 where there is one output."""
        outputs = self.model.names.outputs
        return outputs if len(outputs) > 1 else ("0", "1")

    def _guessing_a_class(self, rows: Order) -> float:
        truth = metrics.classes_of(self.model.target, TRUTH)
        commonest = np.bincount(truth[self.model.train_rows]).argmax()
        return float((truth[rows] == commonest).mean())

    def _guessing_the_mean(self, rows: Order) -> dict[str, float | None]:
        target = self.model.target[rows]
        mean = self.model.target[self.model.train_rows].mean(axis=0)
        guess = np.tile(mean, (rows.size, 1))
        spread = float(((target - target.mean(axis=0)) ** 2).sum())
        return {
            "loss": finite(float(losses.reduced_loss(self.trainer.rules.loss, guess, target, losses.MEAN)[0, 0])),
            "r_squared": finite(1.0 - float(((target - mean) ** 2).sum()) / spread) if spread > 0.0 else None,
        }


def recalls(matrix: Matrix) -> list[float | None]:
    """Return the share of each true class's rows that were given it, None for a class without rows."""
    return [float(row[k] / row.sum()) if row.sum() else None for k, row in enumerate(matrix)]


def finite(number: float | None) -> float | None:
    """Return a number, None where it is beyond all numbers: JSON has no word for it."""
    return number if number is not None and math.isfinite(number) else None
