"""What came of training with many settings: a workbook with a heat map of the losses, and the same as CSV."""

import csv
import io
import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from openpyxl.formatting.rule import CellIsRule, ColorScaleRule
from openpyxl.styles import Border, Side
from openpyxl.worksheet.worksheet import Worksheet

from pyfuncs.cells.block import CellValue
from pyfuncs.cells.spelling import exact, spelled
from pyfuncs.training.reader import spelled as as_cell
from pyfuncs.training.sweep import Outcome, least
from workbooks.sheets.block import Block
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.style import INK, PALE_NEGATIVE, PALE_POSITIVE, fill, font
from workbooks.xlsx.area import column_letters

TEMPLATE = "sweep"
DIVERGED = "diverged"
TOP = 7
LOSS = Look("fitted", "0.0000")
BEST = '"★ "0.0000'


@dataclass(frozen=True)
class Sweep:
    """Which settings were tried on which workbook, and what came of each combination, the last setting fastest."""

    workbook: str
    settings: Mapping[str, Sequence[CellValue]]
    outcomes: Sequence[Outcome]
    epochs: int
    judged: str
    """The rows whose loss it is: "validation" or "training"."""
    command: str
    """What trains the workbook with the best of the settings."""

    @property
    def seeds(self) -> int:
        """How many seeds each combination was trained from."""
        return len(self.outcomes[0].starts)

    @property
    def sentence(self) -> str:
        """What is best, in words."""
        best = least(self.outcomes)
        if math.isinf(best.median):
            return "Training diverged with all settings: take smaller learning rates."
        what = ", ".join(f"{name} {as_cell(value)}" for name, value in zip(self.settings, best.values, strict=True))
        loss = "loss" if self.seeds == 1 else f"median loss of {self.seeds} seeds"
        return f"Best: {what}, {loss} {spelled(best.median, 6)} of the {self.judged} rows."


def as_csv(sweep: Sweep) -> str:
    """Return a line a run: the settings, the seed, and the loss with all its digits, inf where training diverged."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([*sweep.settings, "seed", "loss"])
    for outcome in sweep.outcomes:
        settings = [exact(value) if isinstance(value, float) else as_cell(value) for value in outcome.values]
        table.writerows([*settings, start.seed, repr(start.loss)] for start in outcome.starts)
    return text.getvalue()


def build(sweep: Sweep) -> Book:
    """Return the workbook: heat maps of the median and the mean over two settings, and a list of all runs."""
    book = Book(TEMPLATE, f"Settings tried on {sweep.workbook}")
    page = book.page("Sweep")
    put_words(page, sweep)
    draw_maps(page, sweep)
    put_runs(book.page("Runs"), sweep)
    return book


def put_words(page: Page, sweep: Sweep) -> None:
    """Put what was tried, what is best and how to read the maps."""
    first = sweep.outcomes[0].starts
    seeds = f"seed {first[0].seed}" if len(first) == 1 else f"seeds {first[0].seed} to {first[-1].seed}"
    lines = (
        f"{sweep.workbook}: {len(sweep.outcomes)} combinations of settings, {seeds}, {sweep.epochs} epochs each. "
        f"The numbers are losses of the {sweep.judged} rows after the last epoch.",
        sweep.sentence,
        f"To train it so: {sweep.command}",
        "Blue is a low loss, white the middle one, orange a high one; ★ is the least. The sheet Runs has every run.",
    )
    page.text(1, 1, "Which settings end with the least loss?", Look("title"))
    page.text(2, 1, [[line] for line in lines], Look("line"))
    page.heights[1] = 32


def draw_maps(page: Page, sweep: Sweep) -> None:
    """Draw a heat map over the first two settings for each combination of the others, below one another."""
    names = list(sweep.settings)
    values = list(sweep.settings.values())
    figures: list[tuple[str, Callable[[Outcome], float]]] = [("Loss", lambda outcome: outcome.median)]
    if sweep.seeds > 1:
        figures = [
            (f"Median of {sweep.seeds} seeds", lambda outcome: outcome.median),
            (f"Mean of {sweep.seeds} seeds", lambda outcome: outcome.mean),
        ]
    by_values = {outcome.values: outcome for outcome in sweep.outcomes}
    columns = values[1] if len(values) > 1 else [None]
    top = TOP
    maps: list[Block] = []
    for title, figure in figures:
        drawn = []
        for others in product(*values[2:]):
            with_others = "".join(f", {name} {as_cell(value)}" for name, value in zip(names[2:], others, strict=True))
            page.text(top, 1, title + with_others, Look("subheading"))
            axes = names[0] if len(names) == 1 else f"{names[0]} ↓  {names[1]} →"
            page.text(top + 1, 1, axes, Look("header"))
            page.text(top + 1, 2, [[*columns] if len(names) > 1 else ["loss"]], Look("header"))
            page.text(top + 2, 1, [[value] for value in values[0]], Look("header"))
            losses = [
                [shown(figure(by_values[(row, *([column] if len(names) > 1 else []), *others)])) for column in columns]
                for row in values[0]
            ]
            drawn.append(page.text(top + 2, 2, losses, LOSS))
            top += len(values[0]) + 3
        mark_least(page, drawn)
        maps += drawn
    page.widths = {"A": max(14.0, len(axes) * 1.2)} | {column_letters(2 + j): 12.0 for j in range(len(columns))}
    colour(page, maps)


def shown(loss: float) -> CellValue:
    """Return a loss as a cell shows it."""
    return loss if math.isfinite(loss) else DIVERGED


def colour(page: Page, maps: Sequence[Block]) -> None:
    """Colour all maps on one scale: white is the middle loss, and what lies as far above it as the least below, orange.

    So losses that flew off leave the others apart. Blue and orange are told apart by the colour-blind, and dark digits
    can be read on both.
    """
    losses = numbers_of(maps)
    places = " ".join(block.area.cells for block in maps)
    flown_off = CellIsRule(operator="equal", formula=[f'"{DIVERGED}"'], fill=fill(PALE_NEGATIVE))
    page.decorations.append(lambda sheet: sheet.conditional_formatting.add(places, flown_off))
    if not losses or min(losses) == max(losses):
        return
    low, middle = min(losses), statistics.median(losses)
    rule = ColorScaleRule(
        start_type="num",
        start_value=low,
        start_color=PALE_POSITIVE,
        mid_type="num",
        mid_value=middle,
        mid_color="FFFFFF",
        end_type="num",
        end_value=middle + (middle - low),
        end_color=PALE_NEGATIVE,
    )
    page.decorations.append(lambda sheet: sheet.conditional_formatting.add(places, rule))


def numbers_of(maps: Sequence[Block]) -> dict[float, tuple[int, int]]:
    """Return the losses of some maps that are numbers, each with the first cell that holds it."""
    found: dict[float, tuple[int, int]] = {}
    for block in maps:
        for loss, place in zip(block.values.flat, block.area.positions(), strict=True):
            if not isinstance(loss, str):
                found.setdefault(loss, place)
    return found


def mark_least(page: Page, maps: Sequence[Block]) -> None:
    """Give the least number of some maps a star, a frame and bold digits."""
    numbers = numbers_of(maps)
    if not numbers:
        return
    place = numbers[min(numbers)]

    def mark(sheet: Worksheet) -> None:
        cell = sheet.cell(*place)
        side = Side(style="medium", color=INK)
        cell.font, cell.number_format = font(bold=True), BEST
        cell.border = Border(left=side, right=side, top=side, bottom=side)

    page.decorations.append(mark)


def put_runs(page: Page, sweep: Sweep) -> None:
    """List every run: its settings, its seed and the loss that it ended with."""
    names = [*sweep.settings, "seed", f"{sweep.judged} loss"]
    rows = [[*outcome.values, start.seed, shown(start.loss)] for outcome in sweep.outcomes for start in outcome.starts]
    page.text(1, 1, [names], Look("header"))
    page.text(2, 1, [row[:-1] for row in rows], Look("centred"))
    page.text(2, len(names), [row[-1:] for row in rows], Look("centred", "0.000000"))
    page.bulk = (2, len(rows))
    page.widths = {column_letters(1 + j): max(12.0, 1.3 * len(name)) for j, name in enumerate(names)}
    page.frozen = "A2"
