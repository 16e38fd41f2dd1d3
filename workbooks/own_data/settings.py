"""The settings of an own table's workbook: such that training by default reaches what a plain solver would."""

from dataclasses import replace

from pyfuncs.cells.block import CellValue
from workbooks.own_data.recipe import LOSS, Recipe
from workbooks.sheets.rules import ELEMENTWISE, ONE_OUTPUT, losses_of
from workbooks.sheets.settings import Setting, common_settings

LOSSES = {"binary": ONE_OUTPUT, "regression": losses_of("numbers"), "multiclass": losses_of("logits")}
LAST = {"binary": "sigmoid", "regression": "identity", "multiclass": "identity"}
LAST_HELP = {
    "binary": "sigmoid squeezes the prediction between 0 and 1.",
    "regression": "The prediction may be any number.",
    "multiclass": "One score a class; cross_entropy has the softmax inside.",
}
EPOCHS = 200
LR = 0.05


def settings_of(recipe: Recipe, valid_fraction: float, seed: int) -> tuple[Setting, ...]:
    """Return the settings, the layers' activations on top."""
    depth = len(recipe.hidden)
    layers = [
        Setting(f"activation_{k}", "relu", f"What layer {k} does with its sums.", ELEMENTWISE)
        for k in range(1, depth + 1)
    ]
    last = LAST[recipe.task]
    layers.append(Setting(f"activation_{depth + 1}", last, LAST_HELP[recipe.task], (last,)))
    layers += [
        Setting(f"trains_{k}", True, f"Whether layer {k}'s weights and biases train.", ("TRUE", "FALSE"))
        for k in range(1, depth + 2)
    ]
    own: dict[str, CellValue] = {
        "loss": LOSS[recipe.task],
        "optimizer": "adam",
        "lr": LR,
        "weight_decay": float(f"{1 / (recipe.rows - int(recipe.rows * valid_fraction)):.3g}"),
        "batch_size": recipe.rows,
        "seed": seed,
        "split_seed": seed,
        "valid_fraction": valid_fraction,
        "epochs_per_click": EPOCHS,
        "task": recipe.task,
    }
    help_of = {
        "weight_decay": "Pulls all weights towards 0. At first 1/rows, as in scikit-learn's logistic regression.",
        "batch_size": f"Rows a step looks at. {recipe.rows} or more: all that train.",
        "valid_fraction": "Share of rows kept aside for checking. 0: none.",
        "task": "What the target is; made with the workbook.",
    }
    common = [
        replace(setting, value=own.get(setting.name, setting.value), help=help_of.get(setting.name, setting.help))
        for setting in common_settings(recipe.rows, LOSSES[recipe.task], LR)
    ]
    return (*layers, *(replace(each, choices=(recipe.task,)) if each.name == "task" else each for each in common))
