"""What gradient_descent.xlsx says is true: a row is a step, an epoch is the table, and each claim is trained."""

from pathlib import Path

import numpy as np
import pytest

from pyfuncs.training.contract import read_model
from pyfuncs.training.storage import state_blocks
from pyfuncs.training.trainer import Diverged, Trainer
from workbooks.lessons.gradient_descent.epoch_table import TOP
from workbooks.lessons.gradient_descent.rules import RULES
from workbooks.lessons.gradient_descent.surface import PATH
from workbooks.lessons.gradient_descent.why import ARRIVES, FLIES, HOPS, RATES
from workbooks.recalculate import FileCells, refresh
from workbooks.sheets.status import ABOVE_THE_START, NOT_ABOVE
from workbooks.xlsx.area import Area
from workbooks.xlsx.package import Package
from workbooks.xlsx.workbook import WorkbookFile

ROWS = 29
SHEETS = [rule.sheet for rule in RULES]


class Sheet:
    """A model's sheet of the template, trained and refreshed in memory as the command does it."""

    def __init__(self, path, title):
        self.title = title
        self.file = WorkbookFile.open(path, title)

    def hold(self, **cells):
        self.file.write({name: [[value]] for name, value in cells.items()})
        assert refresh(self.file)
        return self

    @property
    def trainer(self):
        return Trainer(read_model(self.file))

    def train(self, epochs=0, steps=0):
        trainer = self.trainer
        trainer.train(epochs)
        trainer.step(steps)
        self.put(trainer)
        return trainer

    def put(self, trainer):
        self.file.write(state_blocks(trainer.model, trainer.state, self.file))
        assert refresh(self.file)

    def table(self):
        """Return the columns of the table by their headers, the start row left out."""
        cells = FileCells(self.file.package)
        headers = cells.values(Area(self.title, TOP - 1, 4, TOP - 1, 40))[0].tolist()
        headers = headers[: headers.index(None)]
        rows = cells.values(Area(self.title, TOP + 1, 4, TOP + ROWS, 3 + len(headers)))
        return {header: rows[:, j].astype(float) for j, header in enumerate(headers)}

    def cell(self, row, column):
        return FileCells(self.file.package).values(Area(self.title, row, column, row, column))[0, 0]


@pytest.fixture
def sheet(template):
    path = template("gradient_descent")
    return lambda title: Sheet(path, title)


def state_of(trainer):
    return np.concatenate([trainer.state.params, trainer.state.optimizer.ravel()])


@pytest.mark.parametrize("title", SHEETS)
@pytest.mark.parametrize("epochs", [0, 1, 12])
def test_the_last_row_is_what_an_epoch_commits(sheet, title, epochs):
    page = sheet(title)
    page.train(epochs)
    table = page.table()
    trainer = page.trainer
    trainer.train(1)
    for by in ("new a", "NN_… a"):
        assert table[by][-1] == pytest.approx(trainer.state.params[0], abs=1e-12)
    for by in ("new b", "NN_… b"):
        assert table[by][-1] == pytest.approx(trainer.state.params[1], abs=1e-12)
    assert table["loss, all rows"][-1] == pytest.approx(trainer.state.history[-1].train_loss, rel=1e-9, abs=1e-12)
    memory = [column[-1] for name, column in table.items() if name[:-2] in ("velocity", "squares", "mean square")]
    np.testing.assert_allclose(memory, trainer.state.optimizer[-1:].ravel()[: len(memory)], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("title", SHEETS)
@pytest.mark.parametrize("steps", [1, 17, 28])
def test_steps_taken_leave_the_end_of_the_epoch_where_it_was(sheet, title, steps):
    page = sheet(title)
    before = page.table()
    page.train(steps=steps)
    after = page.table()
    for name in ("new a", "new b"):
        assert after[name][-1] == pytest.approx(before[name][-1], abs=1e-12)
        assert after[name][:steps].tolist() == [after[name][0]] * steps
        np.testing.assert_allclose(after[name][steps:], before[name][steps:], rtol=0, atol=1e-12)


@pytest.mark.parametrize("title", SHEETS)
def test_each_row_is_the_step_of_plain_python(sheet, title):
    """The gradient of (a·x + b - y)², and the estimate from 0.01 to the right."""
    table = sheet(title).table()
    x, y, a, b = (table[name] for name in ("x", "y", "a", "b"))
    np.testing.assert_allclose(table["prediction"], a * x + b, rtol=1e-12)
    np.testing.assert_allclose(table["squared error"], (a * x + b - y) ** 2, rtol=1e-9)
    np.testing.assert_allclose(table["d/da"], 2 * x * (a * x + b - y), rtol=1e-9)
    np.testing.assert_allclose(table["d/db"], 2 * (a * x + b - y), rtol=1e-9)
    np.testing.assert_allclose(table["d/da, numerical"] - table["d/da"], 0.01 * x**2, rtol=1e-5)
    np.testing.assert_allclose(table["d/db, numerical"] - table["d/db"], 0.01, rtol=1e-5)
    assert a[1:].tolist() == table["new a"][:-1].tolist()
    assert (y == 2 * x + 30).all()
    assert len(set(x)) == ROWS


TORCH = {
    "SGD": ("SGD", {}),
    "Momentum": ("SGD", {"momentum": 0.9}),
    "AdaGrad": ("Adagrad", {"eps": 1e-8}),
    "RMSProp": ("RMSprop", {"alpha": 0.9}),
    "Adam": ("Adam", {}),
}


@pytest.mark.parametrize("title", TORCH)
def test_the_rows_are_pytorchs_steps(sheet, torch, title):
    page = sheet(title)
    table = page.table()
    a, b = (torch.ones((), dtype=torch.float64, requires_grad=True) for _ in range(2))
    name, settings = TORCH[title]
    optimizer = getattr(torch.optim, name)([a, b], lr=page.file.read("lr")[0][0], **settings)
    for i in range(ROWS):
        optimizer.zero_grad()
        ((a * table["x"][i] + b - table["y"][i]) ** 2).backward()
        optimizer.step()
        assert table["new a"][i] == pytest.approx(a.item(), rel=1e-9)
        assert table["new b"][i] == pytest.approx(b.item(), rel=1e-9)


def test_annealing_halves_the_rate_every_ten_epochs(sheet):
    page = sheet("Annealing")
    rates = []
    for _ in range(3):
        rates.append(page.file.read("lr_now")[0][0])
        page.train(10)
    assert rates == pytest.approx([0.0002, 0.0001, 0.00005], rel=1e-12)


def test_training_one_sheet_leaves_the_others_and_refreshes_all(template, gradsheet):
    path = template("gradient_descent")
    assert gradsheet("train", path, "--model", "Adam", "--epochs", 3, "--quiet").status == 0
    for title in SHEETS:
        file = WorkbookFile.open(path, title)
        assert file.read("epoch") == [[3 if title == "Adam" else 0]]
        assert (file.read("weight_1") == [[1]]) == (title != "Adam")
        assert refresh(file)
    assert gradsheet("train", path, "--model", "Adam", "--reset", "--epochs", 0, "--quiet").status == 0
    assert WorkbookFile.open(path, "Adam").read("weight_1") == [[1]]
    assert WorkbookFile.open(path, "Adam").read("optimizer_state_1") == [[0], [0], [0]]


def test_after_fifty_epochs_sgd_has_b_at_3_and_three_others_at_30(sheet):
    found = {title: sheet(title).train(50).state for title in SHEETS}
    assert round(found["SGD"].params[1]) == 3
    assert [round(found[title].params[1]) for title in ("AdaGrad", "Adam", "Eve")] == [30, 30, 30]
    assert [round(found[title].params[0], 1) for title in ("AdaGrad", "Adam", "Eve")] == [2, 2, 2]
    assert found["Momentum"].history[-1].train_loss < found["SGD"].history[-1].train_loss


def test_the_page_says_what_fifty_epochs_give(sheet):
    page = Path(__file__).parents[2] / "docs" / "gradient_descent.md"
    lines = page.read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    found = {row[0]: row[2:] for row in rows if len(row) == 5 and row[0] in SHEETS}
    assert set(found) == set(SHEETS)
    for title, (a, b, loss) in found.items():
        state = sheet(title).train(50).state
        assert state.params.tolist() == [pytest.approx(float(a), abs=0.006), pytest.approx(float(b), abs=0.06)]
        assert state.history[-1].train_loss == pytest.approx(float(loss), rel=0.15)


def test_adam_jumps_up_again(sheet):
    page = sheet("Adam")
    assert page.train(50).state.history[-1].train_loss < 1e-6
    assert page.train(50).state.history[-1].train_loss > 1


def test_annealing_settles_where_the_same_constant_rate_hops(sheet):
    annealed = sheet("Annealing").train(20).state.history[-1].train_loss
    constant = sheet("Annealing").hold(schedule="constant").train(20).state.history[-1].train_loss
    assert annealed < constant / 4


def test_with_ten_times_the_rate_it_flies_off_and_reset_brings_it_back(sheet):
    page = sheet("SGD")
    assert page.cell(6, 4) == NOT_ABOVE
    page.hold(lr=0.001)
    assert page.cell(6, 4) == ABOVE_THE_START
    before = page.trainer.evaluate(page.trainer.model.train_rows).loss
    assert page.train(1).state.history[-1].train_loss > 1e6 * before
    with pytest.raises(Diverged):
        page.train(50)
    page.hold(lr=0.0001)
    trainer = page.trainer
    trainer.reset()
    page.put(trainer)
    assert page.cell(6, 4) == NOT_ABOVE
    assert page.train(1).state.history[-1].train_loss < before


def test_a_loss_beyond_all_numbers_still_leaves_a_readable_sheet(sheet):
    page = sheet("SGD").hold(lr=1e12)
    assert page.cell(6, 4) == ABOVE_THE_START


def test_the_surface_is_the_mean_squared_error_and_its_bottom_is_known(template):
    cells = FileCells(Package.open(template("gradient_descent")))
    grid = cells.values(Area("Surface", 7, 3, 35, 28)).astype(float)
    a, b = (cells.values(Area("Surface", *place)).astype(float) for place in ((6, 3, 6, 28), (7, 2, 35, 2)))
    data = cells.values(Area("Data", 6, 1, 34, 2)).astype(float)
    for i, j in ((0, 0), (10, 15), (28, 25)):
        loss = np.mean((a[0, j] * data[:, 0] + b[i, 0] - data[:, 1]) ** 2)
        assert grid[i, j] == pytest.approx(loss, rel=1e-9, abs=1e-9)
    lowest = np.unravel_index(grid.argmin(), grid.shape)
    assert (a[0, lowest[1]], b[lowest[0], 0]) == pytest.approx((2, 30), abs=1e-9)


def test_the_path_lies_in_the_cells_next_to_its_numbers(template):
    cells = FileCells(Package.open(template("gradient_descent")))
    a, b = (cells.values(Area("Surface", *place)).astype(float) for place in ((6, 3, 6, 28), (7, 2, 35, 2)))
    path = cells.values(Area("Surface", 7, PATH, 36, PATH + 4)).astype(float)
    table = Sheet(cells.package.path, "Adam").table()
    np.testing.assert_allclose(path[1:, 1], table["new a"], rtol=1e-12)
    np.testing.assert_allclose(path[1:, 2], table["new b"], rtol=1e-12)
    inside = 0
    for _, slope, intercept, row, column in path:
        if 1 <= row <= 29 and 1 <= column <= 26:
            inside += 1
            assert abs(b[int(row) - 1, 0] - intercept) <= 1 + 1e-9
            assert abs(a[0, int(column) - 1] - slope) <= 0.05 + 1e-9
    assert inside > 20


def test_only_the_gradient_step_arrives(template):
    cells = FileCells(Package.open(template("gradient_descent")))
    verdicts = cells.values(Area("Why the gradient", 16, 2, 18, 9)).tolist()
    gradient, sign, inverse = (dict(zip(RATES, row, strict=True)) for row in verdicts)
    assert {rate for rate, word in gradient.items() if word == ARRIVES} == {rate for rate in RATES if rate < 1}
    assert gradient[1.0] == HOPS
    assert {rate for rate, word in gradient.items() if word == FLIES} == {rate for rate in RATES if rate > 1}
    assert set(sign.values()) == {HOPS}
    assert ARRIVES not in inverse.values()
    assert FLIES in inverse.values()


@pytest.mark.parametrize("lr", RATES)
def test_the_three_steps_do_so_for_longer_too(lr):
    w = {"gradient": 0.23, "sign": 0.23, "inverse": 0.23}
    late = {kind: [] for kind in w}
    for step in range(5000):
        slopes = {kind: 2 * (place - 3) for kind, place in w.items()}
        w["gradient"] = w["gradient"] - lr * slopes["gradient"] if abs(w["gradient"]) < 1e100 else w["gradient"]
        w["sign"] -= lr * np.sign(slopes["sign"])
        w["inverse"] -= lr / slopes["inverse"]
        if step >= 1000:
            for kind, place in w.items():
                late[kind].append(abs(place - 3))
    assert (max(late["gradient"]) < 1e-9) == (lr < 1)
    assert 0 < max(late["sign"]) <= lr + 1e-9
    assert max(late["inverse"]) > 3
