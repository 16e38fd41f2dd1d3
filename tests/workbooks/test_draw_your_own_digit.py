"""The sheet Draw your own digit: what is typed, moved or nonsense, and what one pixel changes, against NumPy."""

import io
import re

import numpy as np
import openpyxl
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.digits.draw import (
    ANSWER,
    CARD,
    GRID,
    NAMES,
    NUMBERS,
    PICTURES,
    SEEN,
    SENTENCE,
    TABLE,
    TITLE,
    TOP,
)
from workbooks.lessons.digits.images import small_images
from workbooks.recalculate import refresh
from workbooks.xlsx.area import Area
from workbooks.xlsx.workbook import WorkbookFile

SIDE = 8
EMPTY = [[None] * SIDE for _ in range(SIDE)]
A_ONE = [[None, None, None, 16, 12, None, None, None] for _ in range(SIDE)]


@pytest.fixture
def book(opened):
    return opened("digits_8x8")


@pytest.fixture(scope="module")
def trained(template_bytes, tmp_path_factory):
    """Return weights and biases after one click on N epochs."""
    path = tmp_path_factory.mktemp("drawn") / "digits_8x8.xlsx"
    path.write_bytes(template_bytes["digits_8x8"])
    trainer = Trainer(read_model(WorkbookFile.open(path)))
    trainer.train(100)
    return {name: block.tolist() for name, block in trainer.model.blocks(trainer.state.params)} | {"epoch": 100}


def answers_of(parameters, pixels):
    """Return the ten outputs for pictures (n×64), in NumPy alone."""
    for k in (1, 2, 3):
        weight, bias = (np.array(parameters[f"{kind}_{k}"], float) for kind in ("weight", "bias"))
        pixels = 1 / (1 + np.exp(-(pixels @ weight + bias)))
    return pixels


def shown(book, top, left, rows, columns):
    return book.sheets.values(Area(TITLE, top, left, top + rows - 1, left + columns - 1))


def moved(square):
    """Return a picture moved by one pixel to the left, right, up and down; what comes in is dark."""
    wide = np.pad(square, 1)
    return [wide[1:-1, 2:], wide[1:-1, :-2], wide[2:, 1:-1], wide[:-2, 1:-1]]


def outputs(book):
    return np.array(book.file.read("drawn_outputs"), float)


def answer(book):
    return book.file.read("drawn_answer")[0][0]


@pytest.mark.parametrize("number", [1, 2, 3, 10, 99, 500, 1000, 1438])
def test_on_training_images_it_says_what_the_model_says(book, trained, number):
    book.hold({**trained, "drawn_image": number})
    images = small_images()
    np.testing.assert_array_equal(np.array(book.file.read("drawn_pixels"), float)[0], images.pixels[number - 1])
    expected = answers_of(trained, images.pixels[number - 1 : number])
    np.testing.assert_allclose(outputs(book), expected, rtol=0, atol=1e-12)
    assert answer(book) == expected.argmax() == images.digits[number - 1, 0]
    assert book.sheets.cell(TITLE, CARD + 1, GRID + 4) == images.digits[number - 1, 0]
    bars = shown(book, TOP, ANSWER, 10, 3)
    np.testing.assert_array_equal(bars[:, 0], np.arange(10))
    np.testing.assert_allclose(bars[:, 1:].astype(float), np.repeat(expected.T, 2, axis=1), rtol=0, atol=1e-12)


def test_what_is_typed_wins_and_what_is_empty_is_the_images(book, trained):
    typed = [list(row) for row in EMPTY]
    typed[2][5], typed[7][0] = 0, 7.5
    book.hold({**trained, "drawn_image": 1500, "drawn": typed})
    pixels = small_images().pixels[1499].copy()
    pixels[2 * SIDE + 5], pixels[7 * SIDE] = 0, 7.5 / 16
    np.testing.assert_array_equal(np.array(book.file.read("drawn_pixels"), float)[0], pixels)
    np.testing.assert_array_equal(shown(book, TOP, SEEN, SIDE, SIDE).astype(float), pixels.reshape(SIDE, SIDE))


def test_a_stroke_drawn_into_an_empty_grid_is_a_one_until_it_is_moved(book, trained):
    book.hold({**trained, "drawn_image": 0, "drawn": A_ONE})
    assert answer(book) == 1
    assert outputs(book).max() > 0.9
    assert book.sheets.cell(TITLE, CARD + 1, GRID + 4) == "–"
    book.hold({**trained, "drawn_image": 0, "drawn": A_ONE, "drawn_shown": "moved left"})
    assert answer(book) != 1


@pytest.mark.parametrize("parameters", ["untrained", "trained"])
def test_the_sheet_answers_to_every_picture_what_the_network_says(book, trained, parameters):
    used = trained if parameters == "trained" else {}
    book.hold({**used, "drawn_image": 1593})
    square = small_images().pixels[1592].reshape(SIDE, SIDE)
    pictures = shown(book, CARD + 2, NUMBERS, len(PICTURES), SIDE * SIDE).astype(float)
    np.testing.assert_array_equal(pictures[:5], [each.ravel() for each in (square, *moved(square))])
    dark, bright, chess, noise = pictures[5:]
    assert (dark == 0).all()
    assert (bright == 1).all()
    assert chess.reshape(SIDE, SIDE)[:2, :3].tolist() == [[0, 1, 0], [1, 0, 1]]
    assert len(set(noise)) > 10
    weights = {name: book.file.read(name) for name in trained if name != "epoch"}
    expected = answers_of(weights, pictures)
    table = shown(book, TOP, TABLE, len(PICTURES), 3)
    assert table[:, 0].tolist() == list(PICTURES) == list(book.file.choices("drawn_shown"))
    np.testing.assert_array_equal(table[:, 1], expected.argmax(axis=1))
    np.testing.assert_allclose(table[:, 2].astype(float), expected.max(axis=1), rtol=0, atol=1e-12)


@pytest.mark.parametrize("picture", PICTURES)
def test_the_picture_that_is_chosen_is_seen_and_answered(book, trained, picture):
    book.hold({**trained, "drawn_shown": picture})
    row = PICTURES.index(picture)
    pixels = shown(book, CARD + 2 + row, NUMBERS, 1, SIDE * SIDE).astype(float)
    np.testing.assert_array_equal(shown(book, TOP, SEEN, SIDE, SIDE).astype(float).ravel(), pixels[0])
    expected = answers_of(trained, pixels)[0]
    assert answer(book) == expected.argmax()
    best, share, second = (book.sheets.cell(TITLE, CARD + 1, column) for column in (ANSWER + 2, TABLE, TABLE + 1))
    assert best == pytest.approx(expected.max(), abs=1e-12)
    assert share == pytest.approx(expected.max() / expected.sum(), abs=1e-12)
    assert second == np.argsort(expected)[-2]
    sure = book.sheets.cell(TITLE, SENTENCE, GRID)
    assert sure.startswith("No output is above a half" if best < 0.5 else "It would answer to anything")


def test_before_training_it_says_that_it_guesses(book):
    book.hold({})
    assert "random" in book.sheets.cell(TITLE, SENTENCE, GRID)


def test_one_pixel_turned_over_changes_what_numpy_says_it_does(book, trained):
    book.hold({**trained, "drawn_image": 1593})
    pixels = np.array(book.file.read("drawn_pixels"), float)
    before, now = outputs(book)[0], int(answer(book))
    turned = np.where(np.eye(SIDE * SIDE) > 0, 1 - pixels, pixels)
    expected = answers_of(trained, turned)
    lower = TOP + SIDE + 1
    change = shown(book, lower, GRID, SIDE, SIDE).astype(float).ravel()
    np.testing.assert_allclose(change, expected[:, now] - before[now], rtol=0, atol=1e-12)
    then = shown(book, lower, SEEN, SIDE, SIDE).ravel()
    np.testing.assert_array_equal(then, expected.argmax(axis=1))
    words = book.sheets.cell(TITLE, lower + SIDE, GRID)
    count, row, column = map(int, re.search(r"(\d+) of 64 .* row (\d+), column (\d+)\.", words).groups())
    assert count == (expected.argmax(axis=1) != now).sum() > 0
    assert (row - 1) * SIDE + column - 1 == np.abs(change).argmax()


def test_the_grid_is_as_bright_as_its_pixels(template_bytes):
    sheet = openpyxl.load_workbook(io.BytesIO(template_bytes["digits_8x8"]))[TITLE]
    rules = [rule for place in sheet.conditional_formatting if str(place.sqref) == "B8:I15" for rule in place.rules]
    greys = [int(rule.dxf.fill.bgColor.rgb[-2:], 16) for rule in rules]
    assert greys == sorted(greys)
    assert greys[-1] == 255
    assert [rule.formula[0].rpartition("=")[2] for rule in rules] == [str(level) for level in range(len(rules))]


def test_what_is_drawn_stays_when_the_network_trains(template, gradsheet, sheets):
    path = template("digits_8x8")
    file = WorkbookFile.open(path)
    file.write({"drawn": A_ONE, "drawn_image": [[0]]})
    assert refresh(file)
    file.save(path)
    assert gradsheet("train", path, "--quiet").status == 0
    file = WorkbookFile.open(path)
    assert file.read("drawn") == A_ONE
    assert file.read("drawn_answer") == [[1]]
    assert sheets(path).cell(TITLE, CARD + 2, NAMES) == "as drawn"


def test_half_of_the_right_answers_go_wrong_when_an_image_is_moved_and_a_third_by_one_pixel(trained):
    images = small_images()
    pixels, digits = images.pixels[images.training :], images.digits[images.training :, 0]
    right = answers_of(trained, pixels).argmax(axis=1) == digits
    pixels, digits = pixels[right], digits[right]
    columns = [np.array([moved(each.reshape(SIDE, SIDE))[side].ravel() for each in pixels]) for side in (0, 1)]
    wrong = [(answers_of(trained, column).argmax(axis=1) != digits).mean() for column in columns]
    assert 0.4 < np.mean(wrong) < 0.6
    turned = np.abs(pixels[:, np.newaxis] - np.eye(SIDE * SIDE))
    answers = answers_of(trained, turned.reshape(-1, SIDE * SIDE)).argmax(axis=1).reshape(-1, SIDE * SIDE)
    assert 0.3 < (answers != digits[:, np.newaxis]).any(axis=1).mean() < 0.42
