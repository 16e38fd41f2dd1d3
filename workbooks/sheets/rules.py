"""Activations, losses and optimizers in a workbook's cells, by the word that a setting's cell holds.

What a drop-down offers is what the formulas know: both come from the setting's choices.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pyfuncs.catalogue.registry import formulas, loss_formula
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.cells.spelling import exact
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.optimizers import OPTIMIZERS
from workbooks.sheets.block import Block, NamedBlocks
from workbooks.sheets.expression import Expression, Operand, call, cases, choose, native

ELEMENTWISE = tuple(word for word, rule in ACTIVATIONS.items() if not rule.by_row)
"""The activations that a hidden layer can have here."""
ZERO_AT_ZERO = tuple(word for word, rule in ACTIVATIONS.items() if rule.zero_at_zero)
"""Those that give 0 for 0. A sigmoid gives a half: it would wake the units that are not chosen."""
OUTPUT = tuple(word for word in ELEMENTWISE if word == "identity" or ACTIVATIONS[word].gives_probabilities)
"""The activations behind which an output is a number, or a probability."""


def losses_of(*takes: str) -> tuple[str, ...]:
    """Return the losses that take what the last layer gives: numbers, probabilities or logits."""
    return tuple(word for word, rule in LOSSES.items() if rule.takes in takes)


ONE_OUTPUT = losses_of("numbers", "probabilities")
"""The losses of a single output."""


def by_word(setting: Block, make: Callable[[str], Operand]) -> Expression:
    """Return what belongs to the word in a setting's cell, for each word that its drop-down offers.

    Raises:
        GradsheetError: for a cell without a drop-down.

    """
    if not setting.choices:
        raise GradsheetError(f"{setting.reference('')} has no drop-down of words: give its Setting or Look choices.")
    return choose(setting, {word: make(word) for word in setting.choices})


def activated(setting: Block, linear: Block) -> Expression:
    """Return the activation of pre-activations (n×out)."""
    return by_word(
        setting, lambda word: native("{x}", x=linear) if word == "identity" else call(f"NN_{word.upper()}", linear)
    )


def activation_grad(setting: Block, linear: Block, grad_output: Block) -> Expression:
    """Return the gradient by pre-activations (n×out), given that by the activation of them."""
    return by_word(
        setting,
        lambda word: (
            native("{x}", x=grad_output) if word == "identity" else call(f"NN_{word.upper()}_GRAD", linear, grad_output)
        ),
    )


def row_losses(setting: Block, prediction: Block, target: Block) -> Expression:
    """Return each row's loss, n×1."""
    return by_word(setting, lambda word: call(loss_formula(word), prediction, target, "none"))


def row_loss_grads(setting: Block, prediction: Block, target: Block) -> Expression:
    """Return the gradient of each row's own loss by the prediction, n×out."""
    return by_word(setting, lambda word: call(f"{loss_formula(word)}_GRAD", prediction, target, "none"))


def stepped(settings: NamedBlocks, params: Block, memory: Block, grad: Block, loss: Block) -> Expression:
    """Return parameters (r×c) after a step, over what the optimizer then remembers; `memory` lies right below them."""
    height = params.values.shape[0]

    def step(word: str) -> Expression:
        rule = OPTIMIZERS[word]
        rows = height * rule.slots + rule.shared
        values = np.vstack([params.values, memory.part(rows=rows).values])
        area = replace(params.area, bottom=params.area.top + height + rows - 1)
        stacked = Block(area, values) if rows else params
        own = [settings[name] for name in ("lr_now", *rule.settings, "weight_decay")]
        return call(f"NN_{word.upper()}_STEP", stacked, grad, *([loss] if rule.needs_loss else []), *own)

    return by_word(settings["optimizer"], step)


def plain_activation(setting: Block) -> str:
    """Return the text of the activation of `{inputs}` by the word in `{word}`."""
    return plain(setting, lambda word: "{inputs}" if word == "identity" else plain_text(f"NN_{word.upper()}"))


def plain_loss(setting: Block) -> str:
    """Return the text of the loss of a single `{inputs}` against `{target}` by the word in `{word}`."""
    return plain(setting, lambda word: plain_text(loss_formula(word)))


def plain(setting: Block, text: Callable[[str], str]) -> str:
    """Return nested IFs on the word in a setting's cell, `{word}`."""
    return cases("{word:all}", {word: text(word) for word in setting.choices})


def plain_text(name: str) -> str:
    """Return a formula's text in the spreadsheet's own functions, with the defaults of arguments left out."""
    formula = formulas()[name]
    text = formula.plain
    for argument in formula.arguments:
        default = getattr(argument, "default", None)
        if argument.optional and isinstance(default, float):
            text = text.replace(f"{{{argument.name}}}", exact(default))
    return text
