"""All formulas, by family, in the order in which help and docs show them."""

from types import ModuleType

from pyfuncs.catalogue import activations, curves, data, linear, losses, metrics, models, neurons, optimizers
from pyfuncs.catalogue.declare import Formula

FAMILIES: tuple[ModuleType, ...] = (
    linear,
    activations,
    losses,
    models,
    curves,
    optimizers,
    neurons,
    data,
    metrics,
)


def formulas() -> dict[str, Formula]:
    """Return every formula by its name."""
    return {formula.name: formula for family in FAMILIES for formula in family.FORMULAS}


def loss_formula(word: str) -> str:
    """Return the name of a loss's formula."""
    name = f"NN_{word.upper()}"
    return name if name in formulas() else f"{name}_LOSS"
