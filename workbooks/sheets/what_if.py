"""The sheet What if: a whole training run as one formula beside the run kept before, and the search for a good lr."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from pyfuncs.kernels.optimizers import OPTIMIZER_SETTINGS, OPTIMIZERS
from workbooks.sheets.block import Block, NamedBlocks, as_values, below
from workbooks.sheets.book import Look, Page
from workbooks.sheets.buttons import ButtonBar
from workbooks.sheets.charts import ORANGE, Axis, Curve, Frame, curve_chart
from workbooks.sheets.expression import Expression, Operand, call, cell_of, native, reference
from workbooks.sheets.settings import Setting, put_settings
from workbooks.sheets.start import put_hints
from workbooks.sheets.step import Forward, LayerSpec
from workbooks.xlsx.area import column_letters

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

TITLE = "What if"
EPOCHS, RATES = 100, 100
FIRST_RATE, LAST_RATE = 0.0001, 1.4
LEFT, CURVES_LEFT, FIND_LEFT, WEIGHTS_LEFT = 2, 6, 10, 13
SETTINGS_TOP, BUTTONS, CARDS, VERDICT, TEXT = 5, 13, 15, 17, 19
NARROW = (12, 14, 18)
"""Rows that only part others."""
HEADER, TOP = 29, 30
CHART = (10.3, 8.2)
LETTERS = 190
"""So many letters of a hint stand in a line."""
LEAD = (
    f"{EPOCHS} epochs of training are one formula here. Change a setting and they are trained anew, from the first "
    "weights, before you can look up. Nothing here changes the model: for that, type the setting into Training."
)
HOW_FOUND = (
    f"Learning-rate range test: from the first weights on, one step with each of {RATES} rates, each the one before "
    "times the same factor, and the loss after each. A tenth of the rate with the least loss is suggested, as "
    "fast.ai's lr_find does: at the least loss itself the steps are about to fly off."
)
NOTHING_KEPT = "nothing yet"
NO_CURVE = "There is no curve: select the first cell of the column that is an error and press Messages, which says why."
FLIES_OFF = "The loss flies off: make lr smaller."
LOWER, NOT_LOWER = "It ends lower than the kept run.", "It does not end lower than the kept run."
KEEP_FIRST = "Press Keep, then change a setting: the new curve is drawn beside the kept one."


@dataclass(frozen=True)
class WhatIfModel:
    """The model whose training is tried out: its settings on Training, its forward pass on Model, its layers."""

    settings: NamedBlocks
    forward: Forward
    layers: Sequence[LayerSpec]
    random_layers: Sequence[int] = (1,)
    """Those (from 1) whose first weights are drawn at random from the seed."""


def what_if_page(page: Page, trained: WhatIfModel, hints: Sequence[str]) -> None:
    """Fill the sheet; `hints` say what to do and what to notice."""
    page.text(1, LEFT, "What if? Other settings, and how the loss would fall", Look("title"))
    page.text(2, LEFT, LEAD, Look("lead"))
    page.merged.append(f"B2:{column_letters(WEIGHTS_LEFT + 2)}2")
    page.heights |= {1: 30, 2: 34, 3: 4, BUTTONS: 24, CARDS + 1: 27, VERDICT: 32, HEADER: 62}
    page.heights |= dict.fromkeys(NARROW, 6)
    page.widths = {"A": 1.5, "B": 13.0, "C": 14.0, "D": 34.0, "E": 1.5}
    page.widths |= {column_letters(column): 11.0 for column in range(CURVES_LEFT, WEIGHTS_LEFT + 4)}
    page.text(SETTINGS_TOP - 1, LEFT, [["Setting", "Value", "What it does"]], Look("header"))
    chosen = NamedBlocks(TITLE, put_settings(page, SETTINGS_TOP, LEFT, settings_of(trained), "what_if_"))
    page.buttons = ButtonBar(page.area(BUTTONS, LEFT, 1, 2), note=(BUTTONS, LEFT + 2), only=("keep", "undo"))
    runs = TrainingRuns(page, trained, chosen)
    curve, kept, found = runs.loss_curve(), kept_curve(page), runs.rates()
    legend = page.cell(HEADER - 1, CURVES_LEFT + 2, native('"kept: "&{k}', k=kept.part(rows=1)), Look("note"))
    cards(page, curve, kept, found, chosen["epochs"])
    numbered = [f"{i}. {hint}" for i, hint in enumerate(hints, 1)]
    put_hints(page, TEXT, LEFT, WEIGHTS_LEFT + 2, (*numbered, HOW_FOUND), LETTERS)
    page.decorations.append(lambda sheet: draw(sheet, curve, Curve(legend, kept.part(top=1), colour=ORANGE), found))


def settings_of(trained: WhatIfModel) -> Sequence[Setting]:
    """Return the sheet's own settings, which begin as those of Training."""
    first = trained.settings
    rows = trained.forward.rows.inputs.values.shape[0]
    momentum = OPTIMIZER_SETTINGS["momentum"]
    return (
        Setting("lr", first["lr"].only, "Learning rate: how far a step goes.", minimum=0),
        Setting("momentum", 0, f"{momentum.help}.", minimum=0, maximum=momentum.largest_share),
        Setting("optimizer", first["optimizer"].only, "How a gradient becomes a step.", tuple(OPTIMIZERS)),
        Setting("batch_size", first["batch_size"].only, f"Rows a step looks at; {rows}: all.", minimum=1, whole=True),
        Setting("seed", first["seed"].only, "Which first weights and shuffling.", whole=True),
        Setting("epochs", EPOCHS, f"How long: 2 to {EPOCHS}.", minimum=2, maximum=EPOCHS, whole=True),
        Setting("lr_last", LAST_RATE, "Where the search on the right ends.", minimum=2 * FIRST_RATE),
    )


class TrainingRuns:
    """The formulas of whole training runs with the sheet's settings; all others are as on Training."""

    def __init__(self, page: Page, trained: WhatIfModel, chosen: NamedBlocks) -> None:
        self.page, self.trained, self.chosen = page, trained, chosen
        self.first_weights = self.put_first_weights()

    def put_first_weights(self) -> dict[int, Block]:
        """Put the first weights of the random layers: the model's own where its seed is chosen."""
        page, settings, seed = self.page, self.trained.settings, self.chosen["seed"]
        found, left = {}, WEIGHTS_LEFT
        for k in self.trained.random_layers:
            own = self.trained.forward.layers[k - 1].weight.first
            rows, columns = own.values.shape
            names = [f"first weights {unit}" for unit in self.trained.layers[k - 1].units]
            page.text(HEADER, left, [names], Look("weights_header"))
            random = call("NN_INIT", rows, columns, seed, settings["initializer"], k)
            text = "IF({seed}={own_seed},{own},{random})"
            first = native(text, seed=seed, own_seed=settings["seed"], own=own, random=random)
            found[k] = page.array(TOP, left, (rows, columns), first, Look("weights", "0.0000"))
            left += columns + 1
        return found

    def loss_curve(self) -> Block:
        """Put what the run is called over the loss after each epoch, and return both as one block."""
        page, chosen = self.page, self.chosen
        page.text(HEADER, CURVES_LEFT, "epoch", Look("header"))
        page.text(TOP, CURVES_LEFT, np.arange(1.0, EPOCHS + 1)[:, np.newaxis], Look("raw", "0"))
        said = (
            '{optimizer}&", lr "&{lr}&IF({momentum}>0,", momentum "&{momentum},"")'
            '&", batch "&{batch_size}&", seed "&{seed}'
        )
        cells = {name: chosen[name] for name in ("lr", "momentum", "batch_size", "seed")}
        title_of = native(said, optimizer=self.optimizer(), **cells)
        title = page.cell(HEADER, CURVES_LEFT + 1, title_of, Look("loss_header"))
        run = self.run("NN_LOSS_CURVE", chosen["lr"], chosen["epochs"])
        losses = page.array(TOP, CURVES_LEFT + 1, (EPOCHS, 1), run, Look("loss", "0.0000"))
        return page.define("loss_curve", below([title, losses]))

    def rates(self) -> Block:
        """Put each rate with the loss after its step, below the suggested one, and return all."""
        page = self.page
        page.text(HEADER, FIND_LEFT, [["lr; first the suggested", "loss after a step with it"]], Look("header"))
        find = self.run("NN_LR_FIND", FIRST_RATE, self.chosen["lr_last"], RATES)
        return page.array(TOP, FIND_LEFT, (1 + RATES, 2), find, Look("forward", "0.00000"))

    def optimizer(self) -> Expression:
        """Return the optimizer: momentum makes it of sgd, as in PyTorch's SGD."""
        text = 'IF(AND({o}="sgd",{m}>0),"momentum",{o})'
        return native(text, o=self.chosen["optimizer"], m=self.chosen["momentum"])

    def run(self, formula: str, *head: Operand) -> Expression:
        """Return a formula of a whole run; biases that do not train, which begin at 0, are left out of it."""
        flags = [layer.trains_bias for layer in self.trained.layers if layer.trains_bias is not None]
        with_biases = self.formula(formula, head, has_biases=True)
        if not flags or all(layer.trains_bias in (None, layer.trains) for layer in self.trained.layers):
            return with_biases
        conditions = {f"b{i}": flag for i, flag in enumerate(flags)}
        text = f"IF(AND({','.join(f'{{{name}}}' for name in conditions)}),{{with}},{{without}})"
        operands: dict[str, Operand] = {"with": with_biases, "without": self.formula(formula, head, has_biases=False)}
        return native(text, **operands, **conditions)

    def formula(self, name: str, head: Sequence[Operand], *, has_biases: bool) -> Expression:
        """Return a formula of a whole run, with what stands before the batch size in `head`."""
        chosen, settings, forward = self.chosen, self.trained.settings, self.trained.forward
        parameters: list[Operand] = []
        for k, layer in enumerate(forward.layers, 1):
            bias = layer.bias.first if layer.bias is not None and has_biases else None
            parameters += [self.first_weights.get(k, layer.weight.first), bias]
        return call(
            name,
            *(forward.rows.inputs, forward.rows.target, forward.loss),
            *head,
            *(chosen["batch_size"], chosen["momentum"], chosen["seed"], self.optimizer()),
            *(settings["weight_decay"], settings["shuffle"]),
            forward.activations,
            native('IF({split}="train",1,0)', split=forward.rows.split),
            flags_of([layer.trains for layer in self.trained.layers]),
            *parameters,
        )


def flags_of(flags: Sequence[Block]) -> Operand:
    """Return cells that stand apart as one row."""
    row: Operand = flags[-1]
    for i in reversed(range(len(flags) - 1)):
        places = ",".join("1" if j == i else "0" for j in range(len(flags)))
        row = native(f"IF({{{places}}},{{flag}},{{others}})", flag=flags[i], others=row)
    return row


def kept_curve(page: Page) -> Block:
    """Put the cells that keep a curve under what it is called, and return both as one block."""
    title = page.input(HEADER, CURVES_LEFT + 2, NOTHING_KEPT, Look("weights_header"))
    losses = page.input(TOP, CURVES_LEFT + 2, as_values([[None]] * EPOCHS), Look("body", "0.0000"))
    return page.define("kept_loss_curve", below([title, losses]))


def cards(page: Page, curve: Block, kept: Block, found: Block, epochs: Block) -> None:
    """Put the large numbers with a sentence on the first of them."""
    losses, kept_losses = curve.part(top=1), kept.part(top=1)
    last = cell_of(losses, epochs)
    kept_last = native('IF(SUM({k})>0,LOOKUP(9E+307,{k}),"none")', k=kept_losses)
    suggested = reference(found.part(rows=1, columns=1))
    figures = (("loss at the end", last), ("kept run's loss", kept_last), ("suggested lr", suggested))
    page.text(CARDS, LEFT, [[label for label, _ in figures]], Look("card_label"))
    cells = [page.cell(CARDS + 1, LEFT + i, value, Look("card", "0.0000")) for i, (_, value) in enumerate(figures)]
    compared = f'IF(ISNUMBER({{k}}),IF({{l}}<{{k}},"{LOWER}","{NOT_LOWER}"),"{KEEP_FIRST}")'
    text = f'IF(ISERROR({{f}}),"{NO_CURVE}",IF(ISERROR({{l}}),"{FLIES_OFF}",IF({{l}}>{{f}},"{FLIES_OFF}",{compared})))'
    verdict = native(text, f=losses.part(rows=1), l=cells[0], k=cells[1])
    page.cell(VERDICT, LEFT, verdict, Look("wrapped"))
    page.merged.append(f"B{VERDICT}:D{VERDICT}")


def draw(sheet: Worksheet, curve: Block, kept: Curve, found: Block) -> None:
    """Draw the run beside the kept one, and the loss over the rates with the suggested one."""
    title, losses = curve.part(rows=1), curve.part(top=1)
    epochs = replace(losses.area, left=CURVES_LEFT, right=CURVES_LEFT)
    runs = [kept, Curve(title, losses)]
    axes = (Axis("epoch", 0, EPOCHS, 20, number_format="0"), Axis("mean loss"))
    at = column_letters(CURVES_LEFT)
    frame = Frame("Loss after each epoch", f"{at}{SETTINGS_TOP - 1}", CHART)
    curve_chart(sheet, Block(epochs, losses.values), runs, frame, axes)
    rates, after = found.part(top=1, columns=1), found.part(top=1, left=1)
    search = [
        Curve("loss after a step", after),
        Curve("suggested", found.part(rows=1, left=1), True, ORANGE, found.part(rows=1, columns=1), size=10),
    ]
    axes = (Axis("learning rate", logarithmic=True), Axis("mean loss"))
    frame = Frame("Which learning rate?", f"{column_letters(FIND_LEFT + 1)}{SETTINGS_TOP - 1}", CHART)
    curve_chart(sheet, rates, search, frame, axes)
