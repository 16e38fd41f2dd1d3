"""The numbers at a glance: losses, how often the model is right or how much it explains, and what guessing gives."""

from collections.abc import Callable
from dataclasses import dataclass

from workbooks.own_data.preparation import PreparationPage
from workbooks.own_data.recipe import Recipe
from workbooks.sheets.block import Block, NamedBlocks
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Expression, native
from workbooks.sheets.step import Forward

NONE = "none"


@dataclass(frozen=True)
class Figure:
    """A line of the sheet Training: its name, what it says, and its formula, given the figures above it."""

    name: str
    number_format: str
    help: str
    formula: Callable[[NamedBlocks], Expression]


@dataclass(frozen=True)
class Figures:
    """What the figures come from; `right` (n×1) tells whether each row's answer is."""

    settings: NamedBlocks
    forward: Forward
    right: Block
    preparation: PreparationPage
    recipe: Recipe

    def put(self, page: Page, top: int) -> NamedBlocks:
        """Put the figures on the sheet Training from a row on, and return them by name."""
        found = NamedBlocks("The list of figures")
        page.text(top, 1, [["Now", "Value", ""]], Look("header"))
        for i, figure in enumerate(self.figures(), 1):
            page.text(top + i, 1, figure.name, Look("label"))
            look = Look("output", figure.number_format)
            found[figure.name] = page.array(top + i, 2, (1, 1), figure.formula(found), look)
            page.text(top + i, 3, figure.help, Look("side_note"))
        return found

    def figures(self) -> list[Figure]:
        """Return the figures from the top down."""
        rows, losses = self.forward.rows, self.forward.losses
        split, in_batch = rows.split, rows.in_batch
        judged = native('IF(COUNTIF({s},"valid")>0,"valid","train")', s=split)
        batch = native("SUMPRODUCT({b}*{rows})/SUM({b})", b=in_batch, rows=losses)
        figures = [
            Figure("judged rows", "General", "Which rows the figures below are about.", lambda _: judged),
            Figure("train loss", "0.0000", "Mean loss of the rows that train.", lambda _: mean(split, losses, "train")),
            Figure("valid loss", "0.0000", "Mean loss of the rows kept aside.", lambda _: mean(split, losses, "valid")),
            Figure("batch loss", "0.0000", "Mean loss of this step's batch.", lambda _: batch),
            Figure("this step", "General", "Which step of the epoch is next.", lambda _: step_of(self.settings, split)),
        ]
        return figures + (self.of_numbers() if self.recipe.task == "regression" else self.of_classes())

    def of_numbers(self) -> list[Figure]:
        """Return the figure that says how good answers in numbers are."""
        rows, prediction = self.forward.rows, self.forward.prediction
        text = "How much of the target's spread the model explains: 1 all, 0 as little as the mean."
        return [
            Figure(
                "R²",
                "0.000",
                text,
                lambda found: r_squared(found["judged rows"], rows.split, prediction, rows.target),
            )
        ]

    def of_classes(self) -> list[Figure]:
        """Return the figures that say how good answers in classes are."""
        split, right, class_rows = self.forward.rows.split, self.right, self.preparation.class_rows
        return [
            Figure(
                "accuracy",
                "0.0%",
                "Share of them that is right.",
                lambda found: share(found["judged rows"], split, right),
            ),
            Figure(
                "error rate",
                "0.0%",
                "Share of them that is wrong: 1 - accuracy.",
                lambda found: native("1-{a}", a=found["accuracy"]),
            ),
            Figure(
                "by guessing",
                "0.0%",
                "The accuracy of always saying the most frequent class.",
                lambda _: native("MAX({c})/SUM({c})", c=class_rows),
            ),
        ]


def mean(split: Block, loss: Block, word: str) -> Expression:
    """Return the mean loss of the rows with a word in the split, or the word none."""
    text = f'IF(COUNTIF({{s}},"{word}")=0,"{NONE}",SUMPRODUCT(({{s}}="{word}")*{{l}})/COUNTIF({{s}},"{word}"))'
    return native(text, s=split, l=loss)


def share(judged: Block, split: Block, right: Block) -> Expression:
    """Return the share of the judged rows that are right."""
    return native(
        "SUMPRODUCT(({s}={w})*{r})/COUNTIF({s},{w})",
        s=split,
        w=judged,
        r=right,
    )


def r_squared(judged: Block, split: Block, prediction: Block, target: Block) -> Expression:
    """Return 1 - squared error over squared distance from the mean, of the judged rows."""
    spread = "SUMPRODUCT(({s}={w})*({y}-SUMPRODUCT(({s}={w})*{y})/COUNTIF({s},{w}))^2)"
    text = f'IF({spread}=0,"{NONE}",1-SUMPRODUCT(({{s}}={{w}})*({{p}}-{{y}})^2)/{spread})'
    return native(text, s=split, w=judged, p=prediction, y=target)


def step_of(settings: NamedBlocks, split: Block) -> Expression:
    """Return which step of how many is next."""
    return native(
        '({step}+1)&" of "&ROUNDUP(COUNTIF({split},"train")/{size},0)',
        step=settings["step"],
        split=split,
        size=settings["batch_size"],
    )
