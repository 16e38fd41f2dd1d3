"""The numbers at a glance: losses, how often the model is right or how much it explains, and what guessing gives."""

from collections.abc import Callable

from workbooks.own_data.network import OwnNetworkPage
from workbooks.own_data.preparation import PreparationPage
from workbooks.own_data.recipe import Recipe
from workbooks.sheets.block import Block
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import Expression, native

NONE = "none"


def headline_numbers(
    page: Page, top: int, network: OwnNetworkPage, preparation: PreparationPage, recipe: Recipe
) -> dict[str, Block]:
    """Put the numbers on the sheet Training from a row on, and return them by name."""
    cells, settings = network.cells, network.settings
    split, loss = cells["split"], cells["loss_rows"]
    judged = native('IF(COUNTIF({s},"valid")>0,"valid","train")', s=split)
    found: dict[str, Block] = {}
    lines: list[tuple[str, str, str, Callable[[], Expression]]] = [
        ("judged rows", "General", "Which rows the figures below are about.", lambda: judged),
        ("train loss", "0.0000", "Mean loss of the rows that train.", lambda: mean_loss(split, loss, "train")),
        ("valid loss", "0.0000", "Mean loss of the rows kept aside.", lambda: mean_loss(split, loss, "valid")),
        (
            "batch loss",
            "0.0000",
            "Mean loss of this step's batch.",
            lambda: native(
                "SUMPRODUCT({b}*{rows})/SUM({b})",
                b=cells["in_batch"],
                rows=loss,
            ),
        ),
        ("this step", "General", "Which step of the epoch is next.", lambda: step_of(settings, split)),
    ]
    if recipe.task == "regression":
        lines.append(
            (
                "R²",
                "0.000",
                "How much of the target's spread the model explains: 1 all, 0 as little as the mean.",
                lambda: r_squared(found["judged rows"], split, network.layers[-1].output, cells["target"]),
            )
        )
    else:
        right = cells["right"]
        lines += [
            ("accuracy", "0.0%", "Share of them that is right.", lambda: share(found["judged rows"], split, right)),
            (
                "error rate",
                "0.0%",
                "Share of them that is wrong: 1 - accuracy.",
                lambda: native("1-{a}", a=found["accuracy"]),
            ),
            (
                "by guessing",
                "0.0%",
                "The accuracy of always saying the most frequent class.",
                lambda: native("MAX({c})/SUM({c})", c=preparation.class_rows),
            ),
        ]
    page.text(top, 1, [["Now", "Value", ""]], Look("header"))
    for i, (name, number_format, help_text, expression) in enumerate(lines, 1):
        page.text(top + i, 1, name, Look("label"))
        found[name] = page.array(top + i, 2, (1, 1), expression(), Look("output", number_format))
        page.text(top + i, 3, help_text, Look("note"))
    return found


def mean_loss(split: Block, loss: Block, word: str) -> Expression:
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


def r_squared(judged: Block, split: Block, prediction: Block | None, target: Block) -> Expression:
    """Return 1 - squared error over squared distance from the mean, of the judged rows."""
    spread = "SUMPRODUCT(({s}={w})*({y}-SUMPRODUCT(({s}={w})*{y})/COUNTIF({s},{w}))^2)"
    text = f'IF({spread}=0,"{NONE}",1-SUMPRODUCT(({{s}}={{w}})*({{p}}-{{y}})^2)/{spread})'
    return native(text, s=split, w=judged, p=prediction, y=target)


def step_of(settings: dict[str, Block], split: Block) -> Expression:
    """Return which step of how many is next."""
    return native(
        '({step}+1)&" of "&ROUNDUP(COUNTIF({split},"train")/{size},0)',
        step=settings["step"],
        split=split,
        size=settings["batch_size"],
    )
