"""The buttons: one declaration each, for every program's toolbar, menu, ribbon, shapes and help."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.reader import parameter_name
from pyfuncs.training.restarts import Restart, restart, start_blocks, started, summary
from workbooks.clicks.click import Click, Csv, Run, first_parameters, read_weights, write_weights
from workbooks.clicks.keep import keep

STARTS = 64


def step(run: Run) -> None:
    """Take one step."""
    run.trainer.step()


def reset(run: Run) -> None:
    """Go back to the first weights."""
    run.trainer.reset()


def chosen(run: Run) -> Path:
    """Return the file that a click is about.

    Raises:
        GradsheetError: where none was chosen.
    """
    if run.path is None:
        raise GradsheetError("No file was chosen.")
    return run.path


def export_csv(run: Run) -> str:
    """Write the weights into a CSV file."""
    return write_weights(run.model, chosen(run))


def import_csv(run: Run) -> None:
    """Take the weights from a CSV file."""
    run.trainer.take(read_weights(run.model, chosen(run)))


def draw_weights(run: Run) -> None:
    """Go to the first weights of another seed.

    Raises:
        GradsheetError: where the first weights are not made from the cell `seed`.
    """
    seed = run.new_seed()
    given = run.first_values([seed])(seed)
    present = first_parameters(run.cells, {name: values.shape for name, values in given.items()})
    if all(np.array_equal(values, present[name]) for name, values in given.items()):
        place = parameter_name(run.cells, "initial_weight_1") or "initial_weight_1"
        raise GradsheetError(
            f"{run.cells.address(place)} ({place}): the first weights are not made from seed, so "
            "another seed would change none: type other numbers there, or the formula NN_INIT with seed in it."
        )
    layers = tuple(
        replace(
            layer,
            initial_weight=given.get(f"initial_weight_{k}", layer.initial_weight),
            initial_bias=given.get(f"initial_bias_{k}", layer.initial_bias),
        )
        for k, layer in enumerate(run.model.layers, 1)
    )
    run.settings["seed"] = [[float(seed)]]
    run.use(replace(run.model, layers=layers, settings=replace(run.model.settings, seed=seed)))
    run.trainer.reset()


def train_best_start(run: Run) -> None:
    """Train from many seeds, and go on with the one that ended best."""
    model, epochs = run.model, run.epochs
    seeds = range(model.settings.seed, model.settings.seed + STARTS)
    first_values = run.first_values(seeds)
    done = 0

    def tried(number: int, start: Restart) -> None:
        nonlocal done
        done = number

    def look() -> None:
        run.look(f"Start {done + 1} of {STARTS}", done, STARTS)

    starts = restart(model, epochs, STARTS, tried, look, first_values)
    run.lead = summary(starts, epochs) + " "
    best = started(model, starts[0].seed, first_values)
    run.settings |= run.with_cells(lambda: start_blocks(best, run.cells))
    run.use(best)
    run.train()


COMMANDS = (
    Click(
        "step",
        "Step",
        "Take one step of gradient descent: one batch",
        step,
        sign="▶ ",
        is_link=True,
        picture="MacroPlay",
    ),
    Click(
        "epoch",
        "Epoch",
        "Train to the end of the epoch: every row once",
        Run.train,
        epochs=lambda settings: 1,
        sign="▶▶ ",
        is_link=True,
        picture="CalculateSheet",
    ),
    Click(
        "epochs",
        "N epochs",
        "Train as many epochs as epochs_per_click says",
        Run.train,
        epochs=lambda settings: settings.epochs_per_click,
        sign="▶▶▶ ",
        is_link=True,
        picture="CalculateNow",
    ),
    Click(
        "stop",
        "Stop",
        "Stop the training after the last whole epoch",
        changes=False,
        sign="■ ",
        picture="RefreshCancel",
    ),
    Click(
        "reset",
        "Reset",
        "Go back to the first weights",
        reset,
        needs_first_values=True,
        sign="↺ ",
        is_link=True,
        begins_group=True,
        picture="RefreshAll",
    ),
    Click(
        "seed",
        "New random weights",
        "Put another number into seed, and go to the first weights that are made from it",
        draw_weights,
        needs=("seed",),
        needs_first_values=True,
        is_link=True,
        picture="RecurrenceEdit",
    ),
    Click(
        "best",
        f"Best of {STARTS}",
        f"Train from {STARTS} seeds as many epochs as epochs_per_click says, and keep the best start, trained",
        train_best_start,
        epochs=lambda settings: settings.epochs_per_click,
        needs=("seed",),
        needs_first_values=True,
        sign="★ ",
        is_link=True,
        picture="GoalSeek",
    ),
    Click(
        "keep",
        "Keep",
        "Keep what this sheet shows, as values: the curve on What if, the try on By hand",
        keep,
        trains=False,
        is_link=True,
        is_on_sheets=False,
        picture="Copy",
    ),
    Click("undo", "Undo step", "Take the last click of these buttons back", is_link=True, picture="Undo"),
    Click(
        "export",
        "Export weights",
        "Write the weights into a CSV file",
        export_csv,
        csv=Csv.WRITE,
        changes=False,
        begins_group=True,
        is_link=True,
        picture="FileSaveAs",
    ),
    Click(
        "import",
        "Import weights",
        "Put the weights from a CSV file into the workbook",
        import_csv,
        csv=Csv.READ,
        picture="GetExternalDataFromText",
    ),
    Click(
        "messages",
        "Messages",
        "Say in plain words why the selected cell shows an error",
        changes=False,
        is_on_sheets=False,
        picture="TraceError",
    ),
)
CLICKS = {click.name: click for click in COMMANDS}
