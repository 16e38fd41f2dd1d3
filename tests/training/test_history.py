"""The history never outgrows its rows and is the same however training was cut."""

from hypothesis import given
from hypothesis import strategies as st

from pyfuncs.training.history import extended, stride
from pyfuncs.training.model import Record
from pyfuncs.training.trainer import Trainer


def record(epoch, step=0):
    return Record(epoch, step, 0.5, None, None, None)


@given(st.integers(0, 10**6), st.integers(2, 500))
def test_the_stride_is_the_least_power_of_two_that_fits(epoch, rows):
    every = stride(epoch, rows)
    assert every & (every - 1) == 0
    assert epoch // every + 2 <= rows or rows == 2
    if every > 1:
        assert epoch // (every // 2) + 2 > rows


@given(st.integers(2, 12), st.lists(st.integers(0, 2), max_size=40))
def test_it_holds_the_epochs_of_the_stride_and_the_latest_state(rows, steps):
    """Each number is how many single steps of three are recorded in an epoch on the way."""
    history = [record(0)]
    for epoch, count in enumerate(steps):
        for step in range(1, count + 1):
            history = extended(history, record(epoch, step), rows)
            assert len(history) <= rows
        history = extended(history, record(epoch + 1), rows)
        assert len(history) <= rows
        every = stride(epoch + 1, rows)
        expected = [e for e in range(0, epoch + 1) if e % every == 0]
        assert [(r.epoch, r.step) for r in history] == [*((e, 0) for e in expected), (epoch + 1, 0)]


@given(st.integers(2, 9), st.integers(1, 30), st.sets(st.integers(1, 29)))
def test_saving_in_between_changes_no_row(small_cells, rows, epochs, saves):
    empty = [[None] * 6 for _ in range(rows)]
    straight = Trainer(small_cells(history=empty, valid_fraction=0.25).model())
    straight.train(epochs)
    cells = small_cells(history=empty, valid_fraction=0.25)
    cut = Trainer(cells.model())
    for epoch in range(1, epochs + 1):
        cut.train(1)
        if epoch in saves:
            cells.hold(cut.model, cut.state)
            cut = Trainer(cells.model())
    assert cut.state.history == straight.state.history
    assert len(cut.state.history) <= rows


def test_rows_hold_loss_and_accuracy_of_train_and_valid_rows(small_cells):
    trainer = Trainer(small_cells(valid_fraction=0.25).model())
    trainer.train(1)
    row = trainer.state.history[-1]
    valid = trainer.evaluate(trainer.model.valid_rows)
    assert row.train_loss == trainer.evaluate(trainer.model.train_rows).loss
    assert row.valid_loss == valid.loss
    assert (row.accuracy, row.error_rate) == (valid.accuracy, valid.error_rate)
    assert row.accuracy + row.error_rate == 1


def test_rows_of_a_regression_have_no_accuracy(small_cells):
    row = Trainer(small_cells(task="regression").model()).state.history[0]
    assert (row.valid_loss, row.accuracy, row.error_rate) == (None, None, None)


def test_a_history_of_one_row_never_writes_into_the_cell_below(small_cells):
    cells = small_cells(history=[[None] * 6])
    trainer = Trainer(cells.model())
    trainer.train(3)
    cells.hold(trainer.model, trainer.state)
    assert len(cells.read("history")) == 1


def test_a_workbook_without_history_trains(small_cells):
    cells = small_cells(history=None)
    trainer = Trainer(cells.model())
    trainer.train(3)
    cells.hold(trainer.model, trainer.state)
    assert "history" not in cells
    assert trainer.state.history[-1].epoch == 3


def test_a_row_left_in_the_middle_of_an_epoch_goes_with_the_next(small_cells):
    trainer = Trainer(small_cells(batch_size=4).model())
    trainer.step(1)
    assert [(r.epoch, r.step) for r in trainer.state.history] == [(0, 0), (0, 1)]
    trainer.step(1)
    assert [(r.epoch, r.step) for r in trainer.state.history] == [(0, 0), (0, 2)]
    trainer.step(1)
    assert [(r.epoch, r.step) for r in trainer.state.history] == [(0, 0), (1, 0)]
