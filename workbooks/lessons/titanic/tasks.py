"""What there is to type on the sheet Your turn: each task with its line, its hint and the formula that checks it."""

from collections.abc import Sequence
from dataclasses import dataclass

from workbooks.lessons.titanic.passengers import complete_passengers

LR = 0.1
COUNT = len(complete_passengers())
WEIGHTS = (
    (-0.1, 0.05, -0.35, 0.15, 0.3, 0.15, -0.1, 0.05, -0.55, 0.5),
    (0.05, -0.1, 0.4, -0.2, 0.1, 0.2, 0.1, -0.05, 0.35, -0.3),
)
"""A row a unit, in the order of FEATURES; of a linear model the first alone."""


@dataclass(frozen=True)
class Task:
    """A column or a single cell to fill.

    `hint` is a formula for its first row, `right` one for all of its rows; both name other blocks of the sheet.
    """

    name: str
    what: str
    hint: str
    right: str
    is_column: bool = True
    may_be_numbers: bool = False
    """Whether plain numbers are what is asked for."""


INPUTS = (
    Task("Age_N", "Age over the greatest age of all", "{Age}/MAX({Age:all})", "{Age}/MAX({Age})"),
    Task("log_Fare", "Logarithm, base 10, of Fare + 1", "LOG10({Fare}+1)", "LOG10({Fare}+1)"),
    Task("Pclass_1", "1 where Pclass is 1, else 0", "IF({Pclass}=1,1,0)", "({Pclass}=1)*1"),
    Task("Pclass_2", "1 where Pclass is 2, else 0", "IF({Pclass}=2,1,0)", "({Pclass}=2)*1"),
    Task("Embark_S", "1 where Embarked is S, else 0", 'IF({Embarked}="S",1,0)', '({Embarked}="S")*1'),
    Task("Embark_C", "1 where Embarked is C, else 0", 'IF({Embarked}="C",1,0)', '({Embarked}="C")*1'),
    Task("Male", "1 where Sex is male, else 0", 'IF({Sex}="male",1,0)', '({Sex}="male")*1'),
    Task("Ones", "1 in every row, for the constant", "1", "({Age}>=0)*1", may_be_numbers=True),
)
"""Those of FEATURES that have to be made of raw columns."""
LINEAR_SUM = "MMULT({inputs},TRANSPOSE({w1}))"
TWO_SUMS = "MMULT({inputs},TRANSPOSE({weights}))"
ADDED = f"MMULT(({TWO_SUMS}>0)*{TWO_SUMS},{{1;1}})"


def tasks(units: int) -> tuple[Task, ...]:
    """Return what there is to do with one linear sum a passenger, or with two and ReLU."""
    return (*INPUTS, *(one_sum() if units == 1 else two_sums()))


def one_sum() -> Sequence[Task]:
    """Return the linear model's tasks after the inputs."""
    line = "Each input × the weight over it, added up"
    slope = f"2*SUMPRODUCT({{Preds:all}}-{{Survived:all}},{{Age_N:all}})/{COUNT}"
    return (
        Task("Preds", line, "SUMPRODUCT({w1:all},{typed_inputs:row})", LINEAR_SUM),
        *losses(
            LINEAR_SUM,
            slope,
            f"2*SUM(({LINEAR_SUM}-{{Survived}})*INDEX({{inputs}},0,3))/ROWS({{inputs}})",
            "the weight",
        ),
    )


def two_sums() -> Sequence[Task]:
    """Return the tasks of the two sums with ReLU after the inputs."""
    found = []
    for k in (1, 2):
        line = f"Each input × its weight {k}, added up"
        right = LINEAR_SUM.replace("w1", f"w{k}")
        found.append(Task(f"Lin {k}", line, f"SUMPRODUCT({{w{k}:all}},{{typed_inputs:row}})", right))
    for k in (1, 2):
        right = LINEAR_SUM.replace("w1", f"w{k}")
        found.append(
            Task(f"ReLU {k}", f"Lin {k}, but 0 where it is negative", f"MAX(0,{{Lin_{k}}})", f"({right}>0)*{right}")
        )
    slope = f"2*SUMPRODUCT({{Preds:all}}-{{Survived:all}},({{Lin_1:all}}>0)*{{Age_N:all}})/{COUNT}"
    right = f"2*SUM(({ADDED}-{{Survived}})*({LINEAR_SUM}>0)*INDEX({{inputs}},0,3))/ROWS({{inputs}})"
    return (
        *found,
        Task("Preds", "The two ReLUs added", "{ReLU_1}+{ReLU_2}", ADDED),
        *losses(ADDED, slope, right, "weight 1"),
    )


def losses(prediction: str, slope: str, gradient: str, weight: str) -> Sequence[Task]:
    """Return the tasks from the loss to the new weight of Age_N."""
    return (
        Task("Loss", "Preds less Survived, squared", "({Preds}-{Survived})^2", f"({prediction}-{{Survived}})^2"),
        Task(
            "mean loss",
            "The mean of the column Loss",
            "AVERAGE({Loss:all})",
            f"SUM(({prediction}-{{Survived}})^2)/ROWS({{inputs}})",
            False,
        ),
        Task("gradient", f"Of mean loss by {weight} of Age_N", slope, gradient, False),
        Task(
            "new weight",
            "That weight after one step",
            "{w_age}-{lr:all}*{gradient}",
            f"{{w_age}}-{{lr}}*{gradient}",
            False,
        ),
    )
