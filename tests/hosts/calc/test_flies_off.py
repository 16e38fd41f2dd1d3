"""A training that flies off can be read in Calc: no cell too narrow, no endless digits, and what to do is said."""

import importlib.util
import re
from pathlib import Path

import pytest

from workbooks.sheets.status import ABOVE_THE_START

spec = importlib.util.spec_from_file_location("printed", Path(__file__).with_name("printed.py"))
printed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(printed)

IDENTITY = ("--set", "activation_1=identity", "--reset")
FLIES_OFF = {
    "titanic_linear": ("Start", "--lr", 2, "--epochs", 122),
    "sine": ("Start", *IDENTITY, "--optimizer", "sgd", "--lr", 1, "--batch-size", 64, "--epochs", 5),
    "backprop": ("Start", *IDENTITY, "--set", "activation_2=identity", "--lr", 5, "--epochs", 5),
    "titanic_notebook": (
        "One hidden",
        *("--model", "One hidden", "--set", "loss=mse", "--set", "activation_2=identity", "--reset"),
        *("--lr", 20, "--epochs", 60),
    ),
    "gradient_descent": ("SGD", "--model", "SGD", "--lr", 0.001, "--epochs", 2),
    "digits_8x8": (
        "Start",
        *IDENTITY,
        *("--set", "activation_2=identity", "--set", "activation_3=identity"),
        *("--batch-size", 2000, "--lr", 3, "--epochs", 3),
    ),
    "own table": ("Start", "--optimizer", "sgd", "--lr", 2, "--epochs", 150),
}
RIGHT_EDGE, LOWER_EDGE = 1250, 530
"""As many pixels of a sheet are to be seen on a screen of 1366×768, with toolbars and the sidebar's strip."""
HUNDREDTHS = 2540 / 96
"""Of a millimetre, a pixel."""
TOO_NARROW = re.compile(r"#{3,}")
MANY_DIGITS = re.compile(r"[-\d.,]{18,}")


def unreadable(texts):
    return [text for text in texts if TOO_NARROW.search(text) or MANY_DIGITS.fullmatch(text)]


def shown(calc, book, tmp_path):
    path = tmp_path / "printed.pdf"
    calc.print_to(book, str(path))
    return printed.printed_texts(path.read_bytes())


@pytest.mark.parametrize("name", FLIES_OFF)
def test_a_loss_that_flies_off_can_be_read_and_is_explained_beside_it(calc, workbook_of, gradsheet, tmp_path, name):
    path = workbook_of(name)
    sheet, *options = FLIES_OFF[name]
    result = gradsheet("train", path, *options, "--quiet")
    assert (result.status, result.err) == (0, "")
    loss = re.search(r"train loss (\d\.\dE\+\d+)", result.out)[1]
    assert float(loss) > 1e50
    book = calc.open(str(path))
    texts = shown(calc, book, tmp_path)
    right, lower = calc.place_of(book, sheet, ABOVE_THE_START)
    calc.close(book)
    assert len(texts) > 200
    assert unreadable(texts) == []
    assert loss in texts
    assert right <= RIGHT_EDGE * HUNDREDTHS
    assert lower <= LOWER_EDGE * HUNDREDTHS


@pytest.mark.parametrize("name", ["playground", "neurons"])
def test_a_workbook_whose_loss_is_bounded_can_be_read(calc, template, tmp_path, name):
    book = calc.open(str(template(name)))
    texts = shown(calc, book, tmp_path)
    calc.close(book)
    assert len(texts) > 200
    assert unreadable(texts) == []


def test_the_buttons_train_until_the_loss_has_flown_off_and_say_so_briefly(calc, opened):
    book = opened("titanic_linear")
    calc.put_named(book, "lr", [[2]])
    calc.put_named(book, "epochs_per_click", [[60]])
    said = calc.click(book, "epochs")
    assert said["done"]
    assert re.fullmatch(r"Epoch 60, step 0: loss \d\.\dE\+1\d\d, accuracy 40\.4%\.", said["said"])
    assert calc.get(book, "Start", "C5")[0][0] > 1e100
    assert calc.get(book, "Start", "B6") == [[ABOVE_THE_START]]
