"""The sheets What if and By hand in Calc: the formula trains as the buttons do, and Keep writes what is shown."""

import pytest

NAMES = ("titanic_linear", "titanic_two_layer")


def press(calc, book, name):
    answer = calc.click(book, name)
    assert answer["done"], answer["said"]
    return answer["said"]


def losses(calc, book, name="loss_curve"):
    return [row[0] for row in calc.named(book, name)[1:]]


@pytest.mark.parametrize("name", NAMES)
def test_epoch_pressed_a_hundred_times_gives_the_losses_of_the_formula(calc, opened, name):
    book = opened(name)
    for setting, value in (("lr", 0.05), ("batch_size", 128), ("seed", 3)):
        calc.put_named(book, setting, [[value]])
        calc.put_named(book, f"what_if_{setting}", [[value]])
    press(calc, book, "reset")
    for _ in range(100):
        press(calc, book, "epoch")
    trained = [row[2] for row in calc.named(book, "history") if row[0] not in ("", 0)]
    assert losses(calc, book) == trained
    assert len(set(trained)) == 100


@pytest.mark.parametrize("name", NAMES)
def test_keep_writes_the_curve_as_values_and_can_be_undone(calc, opened, name):
    book = opened(name)
    calc.activate(book, "What if")
    before = calc.named(book, "loss_curve")
    assert press(calc, book, "keep").endswith(f"{name}.xlsx, What if.H29:H129.")
    assert calc.named(book, "kept_loss_curve") == before
    calc.put_named(book, "what_if_lr", [[0.2]])
    assert calc.named(book, "loss_curve")[0] == ["sgd, lr 0.2, batch 712, seed 0"]
    assert not set(losses(calc, book)) & set(losses(calc, book, "kept_loss_curve"))
    assert calc.follow_link(book, "keep")["done"]
    assert calc.named(book, "kept_loss_curve") == calc.named(book, "loss_curve")
    press(calc, book, "undo")
    assert calc.named(book, "kept_loss_curve") == before


def test_each_keep_is_a_try_by_hand(calc, opened):
    book = opened("titanic_linear")
    calc.activate(book, "By hand")
    found = []
    for male in (-0.4, -0.5):
        calc.put(book, "By hand", "J5:K5", [[male, 0.7]])
        found += calc.named(book, "hand_try")
        press(calc, book, "keep")
    assert calc.named(book, "kept_hand_try")[:2] == found
    assert [row[0] for row in found] == [1, 2]
    assert calc.get(book, "By hand", "A9") == [[2]]
    assert calc.get(book, "By hand", "D9") == [[min(row[-1] for row in found)]]


def test_where_nothing_can_be_kept_that_is_said(calc, opened):
    book = opened("titanic_linear")
    calc.activate(book, "Start")
    answer = calc.click(book, "keep")
    assert not answer["done"]
    assert answer["said"].endswith(
        "titanic_linear.xlsx, Start: nothing here can be kept. Keep writes cells NAME into the cells kept_NAME of the "
        "same sheet, as on the sheet What if of the Titanic workbooks."
    )
