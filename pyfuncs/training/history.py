"""The history keeps a fixed number of rows however long training goes, and the same rows however it was cut."""

from collections.abc import Sequence

from pyfuncs.training.model import Record


def stride(epoch: int, rows: int) -> int:
    """Return every how many epochs a row is kept once `epoch` is reached: the least power of two that fits `rows`.

    One row is for epoch 0 and one for the latest state.
    """
    step = 1
    while epoch // step + 2 > max(rows, 2):
        step *= 2
    return step


def extended(history: Sequence[Record], latest: Record, rows: int) -> list[Record]:
    """Return the history with the latest record: whole epochs at the present stride, and the latest state as it is."""
    if rows < 2:
        return [latest]
    every = stride(latest.epoch, rows)
    kept = [
        record
        for record in history
        if record.step == 0 and record.epoch % every == 0 and (record.epoch, 0) < (latest.epoch, latest.step)
    ]
    return [*kept, latest]
