"""Formulas against NumPy and SciPy for any block from 1×1 to 60×60 of any numbers up to ±1e300."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import special

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import ErrorCode

FEW = settings(max_examples=40, deadline=None, derandomize=True)
SIDES = st.integers(1, 60)
NUMBERS = st.floats(-1e300, 1e300, allow_subnormal=False)
SLOPE = 0.01


def block(rows, columns, numbers=NUMBERS):
    """Return the strategy of a block; most cells share a value, or no example of 60×60 would ever be drawn."""
    return arrays(np.float64, (rows, columns), elements=numbers, fill=numbers)


def cells(name, *arguments):
    """Return what a formula gives, with NaN in place of #NUM!."""
    given = call(formulas()[name], [argument.tolist() for argument in arguments])
    return np.array([[np.nan if cell == ErrorCode.NUM else cell for cell in row] for row in given])


def softmax_grad(x, g):
    p = special.softmax(x, axis=1)
    return p * (g - (p * g).sum(axis=1, keepdims=True))


ONE_BLOCK = {
    "NN_RELU": lambda x: np.maximum(x, 0),
    "NN_LEAKY_RELU": lambda x: np.where(x > 0, x, SLOPE * x),
    "NN_SIGMOID": special.expit,
    "NN_TANH": np.tanh,
    "NN_SOFTMAX": lambda x: special.softmax(x, axis=1),
}
TWO_BLOCKS = {
    "NN_RELU_GRAD": lambda x, g: np.where(x > 0, g, 0),
    "NN_LEAKY_RELU_GRAD": lambda x, g: np.where(x > 0, g, SLOPE * g),
    "NN_SIGMOID_GRAD": lambda x, g: g * special.expit(x) * special.expit(-x),
    "NN_TANH_GRAD": lambda x, g: g / np.cosh(np.clip(x, -709, 709)) / np.cosh(np.clip(x, -709, 709)),
}


def same(found, wanted):
    """Compare, where the right number is one that a cell can hold; elsewhere the cell must be #NUM!."""
    finite = np.isfinite(wanted)
    np.testing.assert_allclose(found[finite], wanted[finite], rtol=1e-12, atol=1e-290)
    assert np.isnan(found[~finite]).all()


@pytest.mark.parametrize("name", ONE_BLOCK)
@given(data=st.data())
@FEW
def test_an_activation(name, data):
    x = data.draw(block(data.draw(SIDES), data.draw(SIDES)))
    same(cells(name, x), ONE_BLOCK[name](x))


@pytest.mark.parametrize("name", TWO_BLOCKS)
@given(data=st.data())
@FEW
def test_the_gradient_of_an_activation(name, data):
    rows, columns = data.draw(SIDES), data.draw(SIDES)
    x, g = data.draw(block(rows, columns)), data.draw(block(rows, columns))
    same(cells(name, x, g), TWO_BLOCKS[name](x, g))


@given(data=st.data())
@FEW
def test_the_gradient_of_softmax(data):
    rows, columns = data.draw(SIDES), data.draw(SIDES)
    x, g = data.draw(block(rows, columns)), data.draw(block(rows, columns, st.floats(-1e3, 1e3)))
    np.testing.assert_allclose(cells("NN_SOFTMAX_GRAD", x, g), softmax_grad(x, g), rtol=1e-9, atol=1e-9)


@given(data=st.data())
@FEW
def test_a_product_of_matrices(data):
    rows, inner, columns = (data.draw(SIDES) for _ in range(3))
    a, b = data.draw(block(rows, inner)), data.draw(block(inner, columns))
    with np.errstate(over="ignore", invalid="ignore"):
        wanted, size = a @ b, np.abs(a) @ np.abs(b)
    found, sure = cells("NN_MATMUL", a, b), np.isfinite(size)
    assert (np.abs(found - wanted)[sure] <= 1e-13 * inner * size[sure] + 1e-290).all()


@pytest.mark.parametrize(
    ("name", "of"), [("NN_MSE_LOSS", lambda d: d * d), ("NN_L1_LOSS", np.abs)], ids=["squares", "distances"]
)
@given(data=st.data())
@FEW
def test_a_loss_of_distances(name, of, data):
    rows, columns = data.draw(SIDES), data.draw(SIDES)
    x, y = data.draw(block(rows, columns)), data.draw(block(rows, columns))
    with np.errstate(over="ignore"):
        terms = of(x - y)
    if np.isfinite(terms / 1e4).all() and terms.max() < 1e290:
        same(cells(name, x, y), np.array([[terms.mean()]]))


@given(data=st.data())
@FEW
def test_cross_entropy(data):
    rows, classes = data.draw(SIDES), data.draw(st.integers(2, 60))
    x = data.draw(block(rows, classes, st.floats(-1e290, 1e290)))
    y = data.draw(arrays(np.int64, rows, elements=st.integers(0, classes - 1)))
    wanted = -special.log_softmax(x, axis=1)[np.arange(rows), y].mean()
    np.testing.assert_allclose(cells("NN_CROSS_ENTROPY", x, y[:, None]), [[wanted]], rtol=1e-12, atol=1e-12)
