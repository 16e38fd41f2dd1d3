"""The digits in Calc: another image is drawn and answered at once, and training brings the error rate down."""

import numpy as np
import pytest

from workbooks.lessons.digits.images import small_images


def test_another_image_is_drawn_and_answered(calc, opened):
    book = opened("digits_8x8")
    images = small_images()
    calc.put_named(book, "image", [[7]])
    drawn = np.array(calc.get(book, "Start", "H4:O19"))
    np.testing.assert_array_equal(drawn, np.repeat(images.pixels[6].reshape(8, 8), 2, axis=0))
    outputs = [row[0] for row in calc.get(book, "Start", "X4:X13")]
    assert calc.get(book, "Start", "D5") == [[outputs.index(max(outputs))]]
    assert calc.get(book, "Start", "E5") == [[images.digits[6, 0]]]


def test_a_click_brings_the_error_rate_down_on_every_sheet(calc, opened):
    book = opened("digits_8x8")
    before = calc.get(book, "Results", "A5")[0][0]
    assert calc.click(book, "epochs")["done"]
    after = calc.get(book, "Results", "A5")[0][0]
    assert before > 0.8
    assert after < 0.12
    assert calc.get(book, "Start", "F5") == [[after]]
    last = [row for row in calc.named(book, "history") if row[0] != ""][-1]
    assert last[5] == pytest.approx(after, abs=1e-12)
    masks = np.array(calc.get(book, "First layer", "A5:H12"))
    weight = np.array(calc.named(book, "weight_1"))
    np.testing.assert_array_equal(masks, weight[:, 0].reshape(8, 8))


def test_a_digit_typed_after_training_is_answered_at_once(calc, opened):
    book = opened("digits_8x8")
    assert calc.click(book, "epochs")["done"]
    stroke = [["", "", "", 16, 12, "", "", ""]] * 8
    calc.put_named(book, "drawn_image", [[0]])
    calc.put_named(book, "drawn", stroke)
    assert calc.named(book, "drawn_answer") == [[1]]
    calc.put_named(book, "drawn_shown", [["chessboard"]])
    outputs = calc.named(book, "drawn_outputs")[0]
    assert calc.named(book, "drawn_answer") == [[outputs.index(max(outputs))]]
    assert calc.named(book, "drawn_pixels")[0][:8] == [0, 1] * 4
