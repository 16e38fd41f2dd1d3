"""The sheet Valley: curvatures, paths and losses as NumPy has them, with x as it is and standardised."""

import numpy as np
import pytest

from workbooks.lessons.gradient_descent import valley
from workbooks.lessons.gradient_descent.data import XS
from workbooks.lessons.gradient_descent.valley import ALL_ROWS, CHOICE, ONE_ROW, PATH, TOP, VERDICT
from workbooks.recalculate import refresh
from workbooks.xlsx.area import Area
from workbooks.xlsx.patch import set_values
from workbooks.xlsx.workbook import WorkbookFile

COUNT = len(XS)
X = np.array(XS, dtype=float)
Y = 2 * X + 30
SCALES = (X, (X - X.mean()) / X.std())


@pytest.fixture
def book(opened):
    book = opened("gradient_descent")
    book.hold({})
    choose(book, False, ONE_ROW)
    return book


def choose(book, standardise, rows, lr=None):
    places = {(CHOICE, 3): standardise, (CHOICE + 1, 3): rows}
    places |= {(TOP, 3): 0.0001, (TOP, 4): 0.1} | ({} if lr is None else {(TOP, 3 + standardise): lr})
    set_values(book.file.package, "Valley", places)
    book.file.forget()
    assert refresh(book.file)


def figures(book, row):
    return book.sheets.values(Area("Valley", row, 3, row, 4))[0].tolist()


def walked(standardise, lr, rows):
    """Return a, b and the loss of all points at the start and after each step."""
    x = SCALES[standardise]
    a = b = 1.0
    found = [(a, b, np.mean((a * x + b - Y) ** 2))]
    for i in range(COUNT):
        seen = slice(i, i + 1) if rows == ONE_ROW else slice(None)
        error = a * x[seen] + b - Y[seen]
        a, b = a - lr * 2 * np.mean(error * x[seen]), b - lr * 2 * np.mean(error)
        found.append((a, b, np.mean((a * x + b - Y) ** 2)))
    return np.array(found)


def path(book):
    return book.sheets.values(Area("Valley", TOP, PATH + 1, TOP + COUNT, PATH + 3)).astype(float)


def test_the_condition_number_falls_from_12393_to_1(book):
    ends = [np.linalg.eigvalsh(2 / COUNT * np.array([[x @ x, x.sum()], [x.sum(), COUNT]])) for x in SCALES]
    assert figures(book, TOP + 1) == pytest.approx([high for _, high in ends], rel=1e-12)
    assert figures(book, TOP + 2) == pytest.approx([low for low, _ in ends], rel=1e-9)
    ratios = figures(book, TOP + 3)
    assert round(ratios[0]) == 12393
    assert ratios == pytest.approx([high / low for low, high in ends], rel=1e-9)
    assert ratios[1] == pytest.approx(1, abs=1e-12)


def test_one_epoch_of_sgd_reaches_0003_where_fifty_left_213(book):
    after_one, after_fifty = figures(book, TOP + 4), figures(book, TOP + 5)
    assert round(after_one[1], 3) == 0.003
    assert round(after_fifty[0]) == 213
    for standardise, lr in enumerate(valley.LRS):
        x, a, b = SCALES[standardise], 1.0, 1.0
        losses = []
        for _ in range(valley.EPOCHS):
            for xi, yi in zip(x, Y, strict=True):
                error = a * xi + b - yi
                a, b = a - lr * 2 * error * xi, b - lr * 2 * error
            losses.append(np.mean((a * x + b - Y) ** 2))
        column = 3 + standardise
        area = Area("Valley", valley.TABLE + 1, column, valley.TABLE + valley.EPOCHS, column)
        found = book.sheets.values(area)[:, 0].astype(float)
        np.testing.assert_allclose(found, losses, rtol=1e-9, atol=1e-20)
        assert [after_one[standardise], after_fifty[standardise]] == [found[0], found[-1]]


def test_the_sheet_sgd_reaches_the_same_loss(book, gradsheet, template):
    path = template("gradient_descent")
    assert gradsheet("train", path, "--model", "SGD", "--epochs", 50, "--quiet").status == 0
    rows = [row for row in WorkbookFile.open(path, "SGD").read("history") if row[0] is not None]
    assert rows[-1][2] == figures(book, TOP + 5)[0]


@pytest.mark.parametrize("standardise", [False, True])
@pytest.mark.parametrize("rows", [ONE_ROW, ALL_ROWS])
def test_the_path_is_that_of_plain_numpy(book, standardise, rows):
    choose(book, standardise, rows)
    np.testing.assert_allclose(path(book), walked(standardise, valley.LRS[standardise], rows), rtol=1e-9)


def said(book):
    return book.sheets.cell("Valley", VERDICT, 2)


@pytest.mark.parametrize(("standardise", "stays", "leaves"), [(False, 0.0003, 0.00033), (True, 0.9, 1.1)])
def test_with_all_rows_the_path_leaves_the_valley_where_lr_times_curvature_passes_2(book, standardise, stays, leaves):
    steepest = figures(book, TOP + 1)[standardise]
    for lr, is_over in ((stays, False), (leaves, True)):
        choose(book, standardise, ALL_ROWS, lr)
        product = book.sheets.cell("Valley", CHOICE + 2, 3)
        assert product == pytest.approx(lr * steepest, rel=1e-12)
        assert (product > 2) is is_over
        losses = walked(standardise, lr, ALL_ROWS)[:, 2]
        assert bool(losses[-1] > losses[0]) is is_over
        assert said(book) == (f"{valley.OVER} {valley.LEAVES}" if is_over else f"{valley.BELOW} {valley.STAYS}")


@pytest.mark.parametrize("standardise", [False, True])
def test_at_most_2_no_step_lands_farther_from_the_bottom(book, standardise):
    x = SCALES[standardise]
    bottom = np.array([2 * (X.std() if standardise else 1), 30 + 2 * (X.mean() if standardise else 0)])
    highest = {ONE_ROW: 2 * (np.abs(x).max() ** 2 + 1), ALL_ROWS: figures(book, TOP + 1)[standardise]}
    for rows, curvature in highest.items():
        for product, farther in ((1.99, False), (3.0, True)):
            choose(book, standardise, rows, product / curvature)
            assert book.sheets.cell("Valley", CHOICE + 2, 3) == pytest.approx(product, rel=1e-9)
            away = np.linalg.norm(path(book)[:, :2] - bottom, axis=1)
            assert bool((np.diff(away) > 1e-9).any()) is farther
            assert said(book).startswith(valley.OVER if farther else valley.BELOW)


@pytest.mark.parametrize("standardise", [False, True])
def test_the_grid_is_the_loss_around_the_bottom_and_shows_the_start(book, standardise):
    choose(book, standardise, ONE_ROW)
    rows, columns, left = valley.ROWS, valley.COLUMNS, valley.GRID_LEFT
    a = book.sheets.values(Area("Valley", TOP - 1, left, TOP - 1, left + columns - 1)).astype(float)
    b = book.sheets.values(Area("Valley", TOP, left - 1, TOP + rows - 1, left - 1)).astype(float)
    grid = book.sheets.values(Area("Valley", TOP, left, TOP + rows - 1, left + columns - 1)).astype(float)
    x = SCALES[standardise]
    expected = np.mean((a[:, :, None] * x + b[:, :, None] - Y) ** 2, axis=2)
    np.testing.assert_allclose(grid, expected, rtol=1e-9, atol=1e-9)
    assert np.unravel_index(grid.argmin(), grid.shape) == (valley.ABOVE, valley.BEFORE)
    places = book.sheets.values(Area("Valley", TOP, PATH + 4, TOP + COUNT, PATH + 5)).astype(int)
    for (row, column), (slope, intercept, _) in zip(places, path(book), strict=True):
        if 1 <= row <= rows and 1 <= column <= columns:
            assert abs(b[row - 1, 0] - intercept) <= abs(b[1, 0] - b[0, 0]) / 2 + 1e-9
            assert abs(a[0, column - 1] - slope) <= (a[0, 1] - a[0, 0]) / 2 + 1e-9
    assert 1 <= places[0, 0] <= rows
    assert 1 <= places[0, 1] <= columns


def test_standardised_the_path_ends_at_the_bottom(book):
    choose(book, True, ONE_ROW)
    assert path(book)[-1, :2] == pytest.approx([2 * X.std(), 30 + 2 * X.mean()], abs=0.1)
    choose(book, False, ONE_ROW)
    assert path(book)[-1, 1] == pytest.approx(1, abs=0.1)
