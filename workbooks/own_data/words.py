"""What the sheets of an own table's workbook say in sentences."""

from collections.abc import Sequence
from dataclasses import dataclass

from pyfuncs.cells.block import quoted
from workbooks.own_data.meaning import shown
from workbooks.own_data.recipe import Recipe
from workbooks.own_data.sentences import counted

LINES = 5
"""Always as many, so that the cells below them have their place whatever the table."""
LONGEST_LINE = 150
GOALS = {
    "regression": "finds out a number",
    "binary": "tells yes from no",
    "multiclass": "tells classes apart",
}
ANSWERS = {
    "regression": "R² says how much of the target's spread the model explains: 1 is all of it, 0 what the mean does.",
    "binary": "The output p lies between 0 and 1; above a half the model says {yes}.",
    "multiclass": "Each class gets a score; softmax makes shares of them that add up to 1; the largest is the answer.",
}


ALWAYS = (
    "The loss of the rows kept aside tells whether the model learned something, or only remembers its rows.",
    "Accuracy moves in jumps, the loss smoothly: that is why training follows the loss.",
    "Too large an lr in Training, and the loss flies off; Reset brings the first weights back.",
    "Another seed in Training gives other first weights, another split_seed keeps other rows aside.",
)


@dataclass(frozen=True)
class StartTexts:
    """The title and the texts of the sheet Start."""

    title: str
    lead: str
    steps: tuple[str, ...]
    notice: tuple[str, ...]

    @classmethod
    def of(cls, recipe: Recipe, workbook: str, table: str, said: Sequence[str]) -> "StartTexts":
        """Return the texts for a recipe; `said` is what was decided about the table."""
        target = quoted(recipe.target)
        sizes = " → ".join(map(str, recipe.sizes))
        shape = f"a network of {sizes}" if recipe.hidden else f"one linear layer of {sizes}"
        inputs = counted(len(recipe.inputs), "input")
        lead = (
            f"Made from {table}: {recipe.rows} rows. From {inputs} {shape} {GOALS[recipe.task]}: {target}. "
            "Training changes the weights so that the loss falls; rows kept aside check it."
        )
        steps = (
            "Look at the sheet Preparation: how each column of the sheet Data becomes inputs, as formulas.",
            "Look at the sheet Model: inputs, weights, scores, loss, gradient, new weights, left to right.",
            f"Train: press Epoch; or in a terminal, gradsheet train {workbook}.",
            f"Use it: gradsheet predict {workbook} new.csv -o out.csv writes an answer for each new row.",
        )
        yes = shown(recipe.classes[1]) if recipe.task == "binary" else ""
        lines = [ANSWERS[recipe.task].format(yes=quoted(yes)), *(cut(f"{line[0].upper()}{line[1:]}.") for line in said)]
        if len(lines) > LINES:
            lines = [*lines[: LINES - 1], "And more of that, as the command said."]
        return cls(f"Learning {target} from {quoted(table)}", lead, steps, (*lines, *ALWAYS)[:LINES])


def cut(line: str) -> str:
    """Return a line that two rows of the sheet Start can hold."""
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"
