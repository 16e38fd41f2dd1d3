"""Each activation, loss, optimizer and schedule is one record and one declaration; their plain texts give the same."""

import numpy as np
import pytest

from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.registry import formulas
from pyfuncs.catalogue.schedules import PLAIN
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.optimizers import OPTIMIZERS
from pyfuncs.kernels.schedules import SCHEDULES
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.expression import native
from workbooks.sheets.rules import loss_formula, plain_text
from workbooks.xlsx.area import Area

ELEMENTWISE = [word for word, rule in ACTIVATIONS.items() if not rule.by_row and word != "identity"]
SINGLE_OUTPUT = [word for word, rule in LOSSES.items() if rule.takes != "logits"]


def block(rows):
    values = as_values(np.asarray(rows, dtype=float).tolist())
    return Block(Area("S", 1, 1, *values.shape), values)


@pytest.mark.parametrize(
    "table", [ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES], ids=["acts", "losses", "opts", "schedules"]
)
def test_no_two_records_share_a_code(table):
    codes = [rule.code for rule in table.values()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("word", [word for word in ACTIVATIONS if word != "identity"])
def test_every_activation_has_its_two_formulas(word):
    assert {f"NN_{word.upper()}", f"NN_{word.upper()}_GRAD"} <= formulas().keys()


@pytest.mark.parametrize("word", ELEMENTWISE)
def test_the_plain_text_of_an_activation_gives_what_the_kernel_does(word):
    rng = np.random.default_rng(1)
    inputs, grad = rng.normal(scale=3, size=(40, 3)), rng.normal(size=(40, 3))
    name = f"NN_{word.upper()}"
    found = native(plain_text(name), inputs=block(inputs)).value()
    np.testing.assert_allclose(found, call(formulas()[name], [inputs]), rtol=1e-12, atol=1e-14)
    found = native(plain_text(f"{name}_GRAD"), inputs=block(inputs), grad_output=block(grad)).value()
    np.testing.assert_allclose(found, call(formulas()[f"{name}_GRAD"], [inputs, grad]), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("word", SINGLE_OUTPUT)
def test_the_plain_text_of_a_loss_gives_what_the_kernel_does(word):
    rng = np.random.default_rng(2)
    inputs, target = rng.uniform(0.01, 0.99, (40, 1)), rng.integers(0, 2, (40, 1)).astype(float)
    for ending in ("", "_GRAD"):
        name = loss_formula(word) + ending
        found = native(plain_text(name), inputs=block(inputs), target=block(target)).value()
        np.testing.assert_allclose(found, call(formulas()[name], [inputs, target, "none"]), rtol=1e-12, atol=1e-14)


def plain_second_step(word, losses):
    """Return the parameters after a second step by the plain text and by the kernel, the two steps at these losses."""
    rule, rng = OPTIMIZERS[word], np.random.default_rng(3)
    formula = formulas()[f"NN_{word.upper()}_STEP"]
    settings = {"momentum": 0.8, "alpha": 0.9, "beta_1": 0.7, "beta_2": 0.9, "beta_3": 0.95, "eps": 1e-3}
    own = [0.05, *(settings[name] for name in rule.settings), 0.02]
    params = rng.normal(size=(4, 2))
    stacked = np.vstack([params, np.zeros((4 * rule.slots + rule.shared, 2))])
    for loss in losses:
        before, grads = stacked, rng.normal(size=(4, 2))
        stacked = np.array(call(formula, [before, grads, *([loss] if rule.needs_loss else []), *own]), dtype=float)
    known = {"params": block(before[:4]), "grads": block(grads), "lr": 0.05, "weight_decay": 0.02, "loss": losses[-1]}
    known |= settings
    known |= {f"slot_{k + 1}": block(before[4 * (k + 1) : 4 * (k + 2)]) for k in range(rule.slots)}
    shared = before[4 * (1 + rule.slots) :, 0]
    known |= {f"shared_{k + 1}": float(number) for k, number in enumerate(shared)}
    used = {name: value for name, value in known.items() if f"{{{name}}}" in formula.plain}
    return native(formula.plain, **used).value(), stacked[:4]


@pytest.mark.parametrize("word", OPTIMIZERS)
def test_the_plain_text_of_an_optimizer_gives_the_kernels_second_step(word):
    found, wanted = plain_second_step(word, (0.9, 0.7))
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


@pytest.mark.parametrize("losses", [(0.0, 0.7), (0.9, 0.0), (0.0, 0.0)])
def test_the_plain_text_of_eve_stands_a_loss_of_0(losses):
    found, wanted = plain_second_step("eve", losses)
    np.testing.assert_allclose(found.astype(float), wanted, rtol=1e-12)


def test_every_schedule_has_its_text():
    assert PLAIN.keys() == SCHEDULES.keys()
