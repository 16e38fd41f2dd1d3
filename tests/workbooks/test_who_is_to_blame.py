"""The sheet Who is to blame: paths, their factors and their sums, against Net, PyTorch and finite differences."""

import numpy as np
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.trainer import Trainer
from workbooks.lessons.backprop.blame import (
    BY_A1,
    BY_A2,
    BY_H1,
    BY_P,
    BY_WEIGHT,
    LIST,
    LIST_TOP,
    PRODUCT,
    TITLE,
    TOP,
)
from workbooks.lessons.backprop.net import ROWS
from workbooks.sheets.rules import ELEMENTWISE
from workbooks.xlsx.area import Area, corners

NAMES = [
    *(f"W1{i}{j}" for i in (1, 2, 3) for j in (1, 2, 3, 4)),
    *(f"b1{j}" for j in (1, 2, 3, 4)),
    *(f"W2{i}1" for i in (1, 2, 3, 4)),
    "b21",
]
TRAINED = {
    "weight_1": [[1.7, -0.4, 0.3, -1.1], [1.6, 0.2, -0.8, 0.9], [1.5, 0.7, 0.6, -0.2]],
    "bias_1": [[-1.2, 0.1, 0.4, 0.3]],
    "weight_2": [[-2.1], [0.8], [-0.6], [1.3]],
    "bias_2": [[0.7]],
}


@pytest.fixture
def book(opened):
    return opened("backprop")


def column(book, left):
    return book.sheets.values(Area(TITLE, TOP, left, TOP + ROWS - 1, left))[:, 0]


def shown(book, name):
    return book.file.read(name)[0][0]


def activation(torch, name):
    """Return PyTorch's function."""
    functions = {"identity": lambda z: z, "leaky_relu": lambda z: torch.nn.functional.leaky_relu(z, 0.01)}
    return functions.get(name) or getattr(torch, name, None) or getattr(torch.nn.functional, name)


def row_losses(torch, model, parameters):
    """Return what each row adds to the mean loss, in PyTorch."""
    w1, b1, w2, b2 = parameters
    f, g = (activation(torch, layer.activation) for layer in model.layers)
    hidden = f(torch.tensor(model.inputs) @ w1 + b1)
    return ((g(hidden @ w2 + b2) - torch.tensor(model.target)) ** 2)[:, 0] / ROWS


def of_each_row(torch, model):
    """Return the gradient of what each row adds to the loss by every number of θ: 8×21."""
    blocks = [block for layer in model.layers for block in (layer.weight, layer.bias)]
    parameters = [torch.tensor(block, dtype=torch.float64, requires_grad=True) for block in blocks]
    rows = [torch.autograd.grad(loss, parameters, retain_graph=True) for loss in row_losses(torch, model, parameters)]
    return np.array([np.concatenate([grad.numpy().ravel() for grad in row]) for row in rows])


def by_finite_differences(torch, model, place, step=1e-5):
    """Return how the loss changes with one number of θ, a little up and a little down."""
    losses = []
    for sign in (1, -1):
        blocks = [np.array(block, float) for layer in model.layers for block in (layer.weight, layer.bias)]
        sizes = np.cumsum([0, *(block.size for block in blocks)])
        k = int(np.searchsorted(sizes, place, side="right")) - 1
        blocks[k].flat[place - sizes[k]] += sign * step
        losses.append(row_losses(torch, model, [torch.tensor(block) for block in blocks]).sum().item())
    return (losses[0] - losses[1]) / (2 * step)


def check(torch, book, name):
    """Hold the sheet's paths against Net, PyTorch and finite differences; return the model."""
    model, place = read_model(book.file), NAMES.index(name)
    expected = of_each_row(torch, model)[:, place]
    np.testing.assert_allclose(column(book, PRODUCT).astype(float), expected, rtol=0, atol=1e-12)
    assert shown(book, "blame") == pytest.approx(expected.sum(), abs=1e-12)
    assert shown(book, "blame") == pytest.approx(by_finite_differences(torch, model, place), abs=1e-8)
    cell = book.sheets.cell(TITLE, LIST_TOP + 1, LIST + 4)
    assert shown(book, "blame") == pytest.approx(named(book, cell), abs=1e-12)
    return model


def named(book, cell):
    """Return the number in a cell that the sheet names as Net!B9."""
    sheet, place = cell.split("!")
    return book.sheets.values(Area(sheet, *corners(place)))[0, 0]


@pytest.mark.parametrize("weights", [{}, TRAINED], ids=["at first", "other weights"])
@pytest.mark.parametrize("name", NAMES)
def test_the_paths_of_every_weight_and_bias_add_up_to_its_gradient(torch, book, name, weights):
    book.hold({"blamed": name, **weights})
    check(torch, book, name)


@pytest.mark.parametrize("output", ["sigmoid", "identity"])
@pytest.mark.parametrize("hidden", ELEMENTWISE)
def test_they_do_with_every_activation(torch, book, hidden, output):
    for name in ("W123", "b12", "W231", "b21"):
        book.hold({"blamed": name, "activation_1": hidden, "activation_2": output, **TRAINED})
        model = check(torch, book, name)
        assert [layer.activation for layer in model.layers] == [hidden, output]


@pytest.mark.parametrize("name", NAMES)
def test_every_factor_is_the_cell_of_net_that_it_names(book, name):
    book.hold({"blamed": name, "activation_1": "sigmoid", **TRAINED})
    in_first = name[1] == "1"
    for left, nearest in ((BY_WEIGHT, in_first), (BY_A1, in_first), (BY_H1, True), (BY_A2, True), (BY_P, True)):
        for number, cell in zip(column(book, left), column(book, left + 1), strict=True):
            if not nearest:
                assert (number, cell) == ("", "")
            elif cell == "–":
                assert (number, name[0]) == (1.0, "b")
            else:
                assert number == named(book, cell)
    sums = column(book, BY_A2).astype(float)
    slopes = 1 / (1 + np.exp(-sums)) * (1 - 1 / (1 + np.exp(-sums)))
    np.testing.assert_allclose(column(book, BY_A2 + 2).astype(float), slopes, rtol=0, atol=1e-12)


def test_a_path_is_blocked_where_relu_gave_nothing_or_the_input_was_0(book):
    book.hold({"blamed": "W111", **TRAINED})
    model = read_model(book.file)
    open_paths = (model.inputs[:, 0] > 0) & ((model.inputs @ model.layers[0].weight + model.layers[0].bias)[:, 0] > 0)
    assert ((column(book, PRODUCT).astype(float) != 0) == open_paths).all()
    assert book.sheets.cell(TITLE, LIST_TOP + 1, BY_A2) == (~open_paths).sum()


def test_a_step_changes_the_weight_by_what_the_sheet_says(book):
    book.hold({"blamed": "W231", "lr": 0.3})
    said = book.sheets.cell(TITLE, LIST_TOP + 1, BY_P)
    trainer = Trainer(read_model(book.file))
    before = trainer.state.params[NAMES.index("W231")]
    trainer.step()
    assert trainer.state.params[NAMES.index("W231")] - before == pytest.approx(said, abs=1e-12)
    assert said != 0


def test_the_list_has_all_21_in_the_order_of_theta_and_says_who_is_most_to_blame(torch, book):
    book.hold({"blamed": "b13", **TRAINED})
    top = LIST_TOP + 2
    listed = book.sheets.values(Area(TITLE, top, LIST, top + 20, LIST + 5))
    assert listed[:, 0].tolist() == NAMES == list(book.file.choices("blamed"))
    grads = of_each_row(torch, read_model(book.file)).sum(axis=0)
    np.testing.assert_allclose(listed[:, 5].astype(float), grads, rtol=0, atol=1e-12)
    assert f": {NAMES[np.abs(grads).argmax()]}." in book.sheets.cell(TITLE, LIST_TOP + 4, 2)
