"""The sheet By hand: the loss of typed weights, the tries that are kept, and gradient descent with as many steps."""

import numpy as np
import pytest

from addin.at_once import press
from pyfuncs.cells.errors import GradsheetError
from workbooks.clicks.table import CLICKS
from workbooks.lessons.titanic.passengers import FEATURES
from workbooks.lessons.titanic.tuned_by_hand import KEPT, LABELS, LOSS, STEPS_LEFT, TRIES, TRY
from workbooks.recalculate import refresh
from workbooks.xlsx.area import Area
from workbooks.xlsx.patch import set_values

CARDS = {"tries": 1, "best": 4, "descent": 7}


@pytest.fixture
def book(opened):
    book = opened("titanic_linear")
    book.hold({})
    type_weights(book, **dict.fromkeys(FEATURES, 0))
    return book


def type_weights(book, **weights):
    places = {(TRY, 2 + FEATURES.index(name)): value for name, value in weights.items()}
    set_values(book.file.package, "By hand", places)
    book.file.forget()
    assert refresh(book.file)


def shown(book, card):
    return book.sheets.cell("By hand", LABELS + 1, CARDS[card])


def model(book):
    return (np.array(book.file.read(name), dtype=float) for name in ("inputs", "target"))


def test_the_loss_is_that_of_the_typed_weights(book):
    x, y = model(book)
    weights = np.linspace(-0.5, 0.7, len(FEATURES))
    type_weights(book, **dict(zip(FEATURES, weights, strict=True)))
    expected = np.mean((x @ weights - y[:, 0]) ** 2)
    assert book.sheets.cell("By hand", TRY, LOSS) == pytest.approx(expected, rel=1e-12)


def test_keep_counts_the_tries_and_remembers_the_best(book):
    _, y = model(book)
    assert [shown(book, card) for card in CARDS] == [0, "none yet", pytest.approx(np.mean(y**2), rel=1e-12)]
    found = []
    for i, male in enumerate((-0.4, -0.9, -0.5), 1):
        type_weights(book, Male=male, Ones=0.7)
        found.append(book.sheets.cell("By hand", TRY, LOSS))
        said = press(CLICKS["keep"], book.file)
        assert said.endswith(f"'By hand'!A{KEPT}:L{KEPT + TRIES - 1}.")
        assert shown(book, "tries") == i
        assert shown(book, "best") == min(found)
        assert book.sheets.cell("By hand", TRY, 1) == i + 1
    kept = book.sheets.values(Area("By hand", KEPT, 1, KEPT + 3, LOSS))
    assert kept[:3, 0].tolist() == [1, 2, 3]
    assert kept[:3, LOSS - 1].tolist() == found
    assert kept[:3, 1 + FEATURES.index("Male")].tolist() == [-0.4, -0.9, -0.5]
    assert set(kept[3]) == {None}
    assert found[0] < book.sheets.cell("By hand", TRY + 1, LOSS)


def test_gradient_descent_takes_as_many_steps(book):
    x, y = model(book)
    w = np.zeros((len(FEATURES), 1))
    expected = [np.mean((x @ w - y) ** 2)]
    for _ in range(TRIES):
        w = w - 0.1 * 2 * x.T @ (x @ w - y) / len(x)
        expected.append(np.mean((x @ w - y) ** 2))
    left = STEPS_LEFT + 1
    column = book.sheets.values(Area("By hand", KEPT, left, KEPT + TRIES, left))[:, 0].astype(float)
    np.testing.assert_allclose(column, expected, rtol=1e-12)
    for steps in range(3):
        assert shown(book, "descent") == column[steps]
        press(CLICKS["keep"], book.file)


def test_when_all_rows_are_kept_that_is_said_and_none_is_lost(book):
    book.file.write({"kept_hand_try": [[float(i + 1)] + [0.0] * (LOSS - 1) for i in range(TRIES)]})
    assert refresh(book.file)
    before = book.file.read("kept_hand_try"), book.file.read("kept_loss_curve")
    with pytest.raises(GradsheetError, match=r"kept_hand_try\) is full: 50 are kept"):
        press(CLICKS["keep"], book.file)
    assert (book.file.read("kept_hand_try"), book.file.read("kept_loss_curve")) == before


def test_a_row_that_was_cleared_takes_the_next_try(book):
    for _ in range(3):
        press(CLICKS["keep"], book.file)
    rows = book.file.read("kept_hand_try")
    book.file.write({"kept_hand_try": [rows[0], [None] * LOSS, *rows[2:]]})
    assert refresh(book.file)
    press(CLICKS["keep"], book.file)
    assert [row[0] for row in book.file.read("kept_hand_try")[:4]] == [1, 4, 3, None]
