"""A rule, a button and a workbook are known everywhere once their own files say so: trained, shown, offered, explained.

A process of its own adds one of each to the two tables of its kind, or to the one, before anything else is imported,
and then runs the command. The kernels are plain Python there, so that nothing is compiled for it.
"""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import pyfuncs
from workbooks.xlsx.workbook import WorkbookFile

ADDITIONS = """
import sys
from functools import partial

from pyfuncs.kernels import activations, losses, optimizers, schedules

ours = -7

scalar, slope = activations.scalar, activations.slope
activations.ACTIVATIONS["softsign"] = activations.Activation(ours)
activations.scalar = lambda code, z: z / (1 + abs(z)) if code == ours else scalar(code, z)
activations.slope = lambda code, z: 1 / (1 + abs(z)) ** 2 if code == ours else slope(code, z)

row, row_grad = losses.loss_row, losses.loss_row_grad


def loss_row(loss, values, start, width, targets, i):
    if loss != ours:
        return row(loss, values, start, width, targets, i)
    return sum((values[start + j] - targets[i, j]) ** 4 for j in range(width)) / width


def loss_row_grad(loss, values, deltas, start, width, targets, i, scale):
    if loss != ours:
        return row_grad(loss, values, deltas, start, width, targets, i, scale)
    for j in range(width):
        deltas[start + j] = scale / width * 4 * (values[start + j] - targets[i, j]) ** 3


losses.LOSSES["quartic"] = losses.Loss(ours)
losses.loss_row, losses.loss_row_grad = loss_row, loss_row_grad

update = optimizers.update


def signum(optimizer, hyper, params, grads, state, shared, start, stop):
    if optimizer != ours:
        return update(optimizer, hyper, params, grads, state, shared, start, stop)
    for i in range(start, stop):
        state[0, i] = hyper[optimizers.MOMENTUM_FACTOR] * state[0, i] + grads[i]
        sign = (state[0, i] > 0) * 1.0 - (state[0, i] < 0) * 1.0
        params[i] -= hyper[optimizers.LR] * sign * abs(state[0, i]) ** hyper[exponent]


exponent = optimizers.HYPERPARAMETERS
optimizers.HYPERPARAMETERS += 1
optimizers.OPTIMIZER_SETTINGS["exponent"] = optimizers.OptimizerSetting(exponent, 0.5, "What the velocity is raised to")
optimizers.OPTIMIZERS["signum"] = optimizers.Optimizer(ours, ("momentum", "exponent"), slots=1)
optimizers.update = signum

scheduled = schedules.scheduled


def harmonic(schedule, lr, epoch, period, gamma):
    return lr / (1 + epoch / period) if schedule == ours else scheduled(schedule, lr, epoch, period, gamma)


from pyfuncs.catalogue.schedules import PLAIN

schedules.SCHEDULES["harmonic"] = schedules.Schedule(ours, ("schedule_epochs",))
schedules.scheduled = harmonic
PLAIN["harmonic"] = "{lr}/(1+{epoch}/{schedule_epochs})"

from pyfuncs.catalogue import activations as told_activations
from pyfuncs.catalogue import losses as told_losses
from pyfuncs.catalogue import optimizers as told_optimizers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.cells.errors import ErrorCode


def formula(name, run, arguments, examples, **plain):
    words = {"summary": f"What {name} gives.", "returns": "n×out", "source": "This test"}
    examples = (*(Example(*each) for each in examples), Example(["one"] * len(arguments), ErrorCode.VALUE))
    return Formula(name=name, run=run, arguments=arguments, examples=examples, **words, **plain)


inputs, grad = told_activations.INPUTS, told_activations.GRAD_OUTPUT
told_activations.FORMULAS += (
    formula(
        "NN_SOFTSIGN",
        partial(activations.elementwise, ours),
        (inputs,),
        [([1], [[0.5]])],
        plain="{inputs}/(1+ABS({inputs}))",
    ),
    formula(
        "NN_SOFTSIGN_GRAD",
        partial(activations.elementwise_grad, ours),
        (inputs, grad),
        [([1, 4], [[1]])],
        plain="{grad_output}/(1+ABS({inputs}))^2",
    ),
)

three = (told_losses.INPUTS, told_losses.TARGET, told_losses.REDUCTION)
text, text_grad = "({inputs}-{target})^4", "4*({inputs}-{target})^3"
told_losses.FORMULAS += (
    formula(
        "NN_QUARTIC_LOSS",
        partial(losses.reduced_loss, ours),
        three,
        [([2, 0], [[16]])],
        plain=text,
        array_plain=told_losses.reduced_cells(text),
    ),
    formula(
        "NN_QUARTIC_LOSS_GRAD",
        partial(losses.reduced_loss_grad, ours),
        three,
        [([2, 0], [[32]])],
        plain=text_grad,
        array_plain=told_losses.reduced_cells_grad(text_grad),
    ),
)

told_optimizers.PLAIN_STEPS["signum"] = told_optimizers.PlainStep(
    "{params}-{lr}*SIGN({new_slot_1})*ABS({new_slot_1})^{exponent}", ("{momentum}*{slot_1}+{grads}",)
)
told_optimizers.FORMULAS += (
    formula(
        "NN_SIGNUM_STEP",
        partial(told_optimizers.stacked_step, "signum"),
        (
            told_optimizers.stacked("their velocity"),
            *(getattr(told_optimizers, name) for name in ("GRADS", "LR", "MOMENTUM")),
            told_optimizers.own_setting("exponent", "What the velocity is raised to."),
            told_optimizers.WEIGHT_DECAY,
        ),
        [([[[1], [0]], 4, 0.5], [[0], [4]])],
        plain=told_optimizers.PLAIN_STEPS["signum"].whole,
        array_plain=told_optimizers.stacked_plain("signum"),
    ),
)

from workbooks.clicks import table

seven = table.Click("seven", "7 epochs", "Train seven epochs", table.Run.train, epochs=lambda settings: 7, is_link=True)
table.COMMANDS += (seven,)
table.CLICKS["seven"] = seven

from workbooks import lessons

lessons.__path__.append(sys.argv[1])
"""
PROGRAMS = """
from pathlib import Path

from addin.calc.install.package import parts
from addin.cli.command import main
from addin.cli.reference import markdown
from addin.excel.build.ribbon import ribbon
from addin.excel.build.vba import modules

made = Path("made")
main(["functions", "--pages", "made"])
(made / "commands.md").write_text(markdown(), encoding="utf-8")
(made / "calc.txt").write_bytes(b"".join(data for _, data in parts().values()))
(made / "ribbon.xml").write_text(ribbon(), encoding="utf-8")
(made / "macros.bas").write_text("".join(modules("xlsm").values()), encoding="utf-8")
"""
COMMAND = """
import json
from addin.cli.command import main

for arguments in json.loads(sys.argv[2]):
    main(arguments)
"""
TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
SIGN = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)[1]
CHOSEN = {"activation_1": "softsign", "loss": "quartic", "optimizer": "signum", "schedule": "harmonic"}
LR, PERIOD, EXPONENT, MOMENTUM = 0.05, 2, 0.25, 0.9
"""Of the training; the momentum is that of the workbook."""


class Added:
    """A folder with the additions, in which commands run."""

    def __init__(self, folder):
        self.folder = folder
        builder = SIGN.replace('("sigmoid", "identity")', "ELEMENTWISE").replace('("mse", "bce")', "ONE_OUTPUT")
        imports = "from workbooks.sheets.rules import ELEMENTWISE, ONE_OUTPUT\n"
        place = "from workbooks.sheets.settings"
        (folder / "sign.py").write_text(builder.replace(place, imports + place), encoding="utf-8")

    def run(self, code, *arguments):
        """Run code after the additions, and return what it prints on both channels."""
        environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(Path(pyfuncs.__file__).parents[1])}
        command = [sys.executable, "-X", "utf8", "-c", ADDITIONS + code, str(self.folder), *arguments]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    def command(self, *commands):
        """Run commands in one process, each a list of arguments."""
        return self.run(COMMAND, json.dumps([[str(each) for each in arguments] for arguments in commands]))

    def book(self, name="sign.xlsx"):
        return WorkbookFile.open(self.folder / name)


@pytest.fixture(scope="module")
def added(tmp_path_factory):
    """Return the folder with a workbook that was trained by the additions, three epochs and then one more."""
    added = Added(tmp_path_factory.mktemp("added"))
    chosen = [each for name, word in CHOSEN.items() for each in ("--set", f"{name}={word}")]
    train = ["train", "sign.xlsx", "--lr", LR, "--schedule-epochs", PERIOD, "--set", f"exponent={EXPONENT}", *chosen]
    added.command(["build", "sign"], [*train, "--epochs", 3])
    (added.folder / "three.xlsx").write_bytes((added.folder / "sign.xlsx").read_bytes())
    added.command(["train", "sign.xlsx", "--epochs", 1])
    return added


def plain_training(book, epochs):
    """Return weight and bias after some epochs, by NumPy, from the first ones."""
    x, y, weight = (np.array(book.read(name), float) for name in ("inputs", "target", "initial_weight_1"))
    bias = np.zeros((1, 1))
    velocity = [np.zeros_like(weight), np.zeros_like(bias)]
    for epoch in range(epochs):
        z = x @ weight + bias
        by_z = 4 * (z / (1 + abs(z)) - y) ** 3 / (1 + abs(z)) ** 2 / len(x)
        grads = x.T @ by_z, by_z.sum(0, keepdims=True)
        velocity = [MOMENTUM * old + grad for old, grad in zip(velocity, grads, strict=True)]
        lr = LR / (1 + epoch / PERIOD)
        steps = (lr * np.sign(each) * abs(each) ** EXPONENT for each in velocity)
        weight, bias = (old - step for old, step in zip((weight, bias), steps, strict=True))
    z = x @ weight + bias
    return weight, bias, np.mean((z / (1 + abs(z)) - y) ** 4)


def test_the_command_trains_by_them(added):
    for name, epochs in (("three.xlsx", 3), ("sign.xlsx", 4)):
        book = added.book(name)
        weight, bias, loss = plain_training(book, epochs)
        np.testing.assert_allclose(book.read("weight_1"), weight, rtol=1e-12)
        np.testing.assert_allclose(book.read("bias_1"), bias, rtol=1e-12)
        np.testing.assert_allclose(book.read("history")[epochs][2], loss, rtol=1e-12)


def test_the_sheet_shows_the_step_that_the_trainer_takes_next(added):
    before, after = added.book("three.xlsx"), added.book()
    for name in ("weight_1", "bias_1"):
        assert before.read(name) != after.read(name)
        np.testing.assert_allclose(before.read(f"new_{name}"), after.read(name), rtol=1e-12)


def test_the_drop_downs_offer_them(added):
    book = added.book()
    for name, word in CHOSEN.items():
        assert word in book.choices(name)


def test_a_setting_of_its_own_has_a_line_with_its_default_and_is_read_within_its_range(added):
    added.command(["build", "sign", "-o", "new"])
    book = added.book("new/sign.xlsx")
    area = book.area("exponent")
    (line,) = book.get(replace(area, left=area.left - 1, right=area.right + 1))
    assert line == ["exponent", 0.5, "What the velocity is raised to: signum."]
    told = added.command(["train", "new/sign.xlsx", "--set", "exponent=-1"])
    assert "(exponent) is -1, but must be 0 or more." in told


def test_an_unknown_word_is_refused_with_them_among_those_that_may_be(added):
    told = added.command(*(["train", "sign.xlsx", "--set", f"{name}={word}s"] for name, word in CHOSEN.items()))
    for name, word in CHOSEN.items():
        assert re.search(rf'\({name}\) is "{word}s", but must be one of .*\b{word}\b', told), told


@pytest.fixture(scope="module")
def texts(added):
    """Return what is made of the tables, by its file's name."""
    added.run(PROGRAMS)
    return {path.name: path.read_text(encoding="utf-8") for path in (added.folder / "made").rglob("*.*")}


def test_the_pages_and_the_help_explain_them(texts):
    pages = texts["activation_functions.md"] + texts["losses.md"] + texts["optimizer_steps.md"]
    for name in ("NN_SOFTSIGN", "NN_SOFTSIGN_GRAD", "NN_QUARTIC_LOSS", "NN_QUARTIC_LOSS_GRAD", "NN_SIGNUM_STEP"):
        assert f"## {name}\n" in pages
        assert f"What {name} gives." in pages
    assert re.search(r"`--optimizer .*\bsignum\b", texts["commands.md"])
    assert re.search(r"`--momentum .*\bsignum\b", texts["commands.md"])
    assert re.search(r"`--schedule .*\bharmonic\b", texts["commands.md"])


def test_a_button_stands_in_both_programs_and_on_the_page(texts):
    assert "org.gradsheet:seven" in texts["calc.txt"]
    assert 'label="7 epochs"' in texts["ribbon.xml"]
    assert re.search(r"Sub \w*seven", texts["macros.bas"], re.IGNORECASE)
    assert "| 7 epochs | Train seven epochs |" in texts["commands.md"]
