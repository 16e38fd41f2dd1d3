"""The sheet Your turn in the real Calc: what is typed is answered at once, and gradsheet check agrees."""

import csv
import re

import pytest

from workbooks.lessons.titanic.tasks import tasks
from workbooks.lessons.titanic.your_turn import LIST_ROW, TITLE, TurnLayout
from workbooks.xlsx.area import Area

UNITS = {"titanic_linear": 1, "titanic_two_layer": 2}
BY_NN = {
    "titanic_linear": {
        "Preds": "NN_MATMUL(G15:P726;TRANSPOSE(G12:P12))",
        "Loss": 'NN_MSE_LOSS(Q15:Q726;R15:R726;"none")',
        "mean loss": "NN_MSE_LOSS(Q15:Q726;R15:R726)",
        "gradient": "INDEX(NN_LINEAR_GRAD_WEIGHT(G15:P726;NN_MSE_LOSS_GRAD(Q15:Q726;R15:R726));3;1)",
        "new weight": "NN_SGD_STEP(I12;R12;T12)",
    },
    "titanic_two_layer": {
        "Lin 1": "NN_LINEAR(G17:P728;TRANSPOSE(G13:P13))",
        "Lin 2": "NN_LINEAR(G17:P728;TRANSPOSE(G14:P14))",
        "ReLU 1": "NN_RELU(Q17:Q728)",
        "ReLU 2": "NN_RELU(R17:R728)",
        "Preds": "NN_MATMUL(S17:T728;{1|1})",
        "Loss": 'NN_MSE_LOSS(U17:U728;V17:V728;"none")',
        "mean loss": "NN_MSE_LOSS(U17:U728;V17:V728)",
        "gradient": "INDEX(NN_LINEAR_GRAD_WEIGHT(G17:P728;NN_RELU_GRAD(Q17:Q728;"
        "NN_MSE_LOSS_GRAD(U17:U728;V17:V728)));3;1)",
        "new weight": "NN_SGD_STEP(I13;S14;W14)",
    },
}
BY_ARRAYS = {
    "Age_N": "{Age}/MAX({Age})",
    "log_Fare": "LOG10({Fare}+1)",
    "Pclass_1": "IF({Pclass}=1;1;0)",
    "Pclass_2": "IF({Pclass}=2;1;0)",
    "Embark_S": 'IF({Embarked}="S";1;0)',
    "Embark_C": 'IF({Embarked}="C";1;0)',
    "Male": 'IF({Sex}="male";1;0)',
}
COLUMNS = {"Pclass": "B", "Sex": "C", "Age": "D", "Fare": "E", "Embarked": "F"}


class Sheet:
    """The sheet Your turn of a workbook that Calc has open."""

    def __init__(self, calc, path, units, solution):
        self.calc, self.units, self.solution = calc, units, solution
        self.layout = TurnLayout(units)
        self.book = calc.open(str(path))

    def cells(self, name):
        (top, left), (bottom, _) = self.solution[name][0].place, self.solution[name][-1].place
        return Area(TITLE, top, left, bottom, left).cells

    def type_rows(self, name, texts):
        self.calc.formulas(self.book, TITLE, self.cells(name), [[text] for text in texts])

    def type_own(self, name):
        """Type as the lesson does: a formula a row, in the spreadsheet's own functions."""
        self.type_rows(name, ["=" + each.formula.replace(",", ";") for each in self.solution[name]])

    def type_array(self, name, text):
        self.calc.array(self.book, TITLE, self.cells(name), f"={text}")

    def place(self, name, part):
        """Return the cell of a task's line: its name 0, what to type 1, the answer 2, the hint 3."""
        i = [task.name for task in tasks(self.units)].index(name)
        row, column = LIST_ROW + i % self.layout.lines, self.layout.lists[i // self.layout.lines][part]
        return Area(TITLE, row, column, row, column).cells

    def answer(self, name):
        return self.calc.get(self.book, TITLE, self.place(name, 2))[0][0]

    def answers(self):
        return {name: self.answer(name) for name in self.solution}

    def score(self):
        row = self.calc.get(self.book, TITLE, "A1:W1")[0]
        return next(text for text in row if str(text).startswith("Score"))


@pytest.fixture
def sheet_in(template, solved):
    """Return the opener of a template's sheet in an office."""
    sheets = []

    def opened(calc, name):
        sheets.append(Sheet(calc, template(name), UNITS[name], solved(UNITS[name])))
        return sheets[-1]

    yield opened
    for sheet in sheets:
        sheet.calc.close(sheet.book)


def all_right(units):
    return {task.name: "712 of 712 right" if task.is_column else "right" for task in tasks(units)}


def states(gradsheet, *paths):
    """Return the lines of gradsheet check."""
    return list(csv.DictReader(gradsheet("check", *paths).out.splitlines()))


@pytest.mark.parametrize("name", UNITS)
def test_each_is_answered_as_soon_as_it_is_typed(bare_calc, sheet_in, gradsheet, tmp_path, name):
    """Without the extension; the file that Calc saves, of either kind, is as right to gradsheet check."""
    sheet = sheet_in(bare_calc, name)
    assert set(sheet.answers().values()) == {"empty"}
    for done, task in enumerate(tasks(sheet.units), 1):
        sheet.type_own(task.name)
        assert sheet.answer(task.name) == all_right(sheet.units)[task.name]
        assert sheet.score() == f"Score: {done} of {len(sheet.solution)}"
    paths = [tmp_path / f"saved{ending}" for ending in (".xlsx", ".ods")]
    for path in paths:
        bare_calc.save(sheet.book, str(path))
    for line in states(gradsheet, *paths):
        assert (line["score"], line["first"]) == (str(len(sheet.solution)), ""), line
        assert {line[task.name] for task in tasks(sheet.units)} == {"right"}


@pytest.mark.parametrize("name", UNITS)
def test_nn_formulas_are_as_right(calc, sheet_in, gradsheet, tmp_path, name):
    sheet = sheet_in(calc, name)
    top, bottom = sheet.layout.top, sheet.layout.top + 711
    for task, text in BY_ARRAYS.items():
        ranges = {column: f"{letter}{top}:{letter}{bottom}" for column, letter in COLUMNS.items()}
        sheet.type_array(task, text.format(**ranges))
    sheet.type_rows("Ones", [1] * 712)
    for task, text in BY_NN[name].items():
        sheet.type_array(task, text)
    assert sheet.answers() == all_right(sheet.units)
    assert sheet.score() == f"Score: {len(sheet.solution)} of {len(sheet.solution)}"
    paths = [tmp_path / f"saved{ending}" for ending in (".xlsx", ".ods")]
    for path in paths:
        calc.save(sheet.book, str(path))
    assert [line["first"] for line in states(gradsheet, *paths)] == ["", ""]


@pytest.mark.parametrize("name", UNITS)
def test_the_hints_filled_down_are_right(bare_calc, sheet_in, name):
    sheet = sheet_in(bare_calc, name)
    top = sheet.layout.top
    for task in tasks(sheet.units):
        assert sheet.calc.get(sheet.book, TITLE, sheet.place(task.name, 1)) == [[task.what]]
        sheet.calc.put(sheet.book, TITLE, sheet.place(task.name, 3), [["show"]])
        ((hint,),) = sheet.calc.get(sheet.book, TITLE, sheet.place(task.name, 1))
        texts = [
            re.sub(rf"(?<=[A-Z]){top}(?!\d)", str(row), hint).replace(",", ";")
            for row in (range(top, top + 712) if task.is_column else [top])
        ]
        sheet.type_rows(task.name, texts)
    assert sheet.answers() == all_right(sheet.units)


def test_what_is_not_right_is_named(bare_calc, sheet_in, gradsheet, tmp_path):
    sheet = sheet_in(bare_calc, "titanic_two_layer")
    for name in [*list(sheet.solution)[:10], "mean loss"]:
        sheet.type_own(name)
    sheet.calc.formula(sheet.book, TITLE, "I30", "=D30/20")
    sheet.calc.formula(sheet.book, TITLE, "J31", "=$Lesson.E26")
    sheet.calc.put(sheet.book, TITLE, "K17:K728", sheet.calc.get(sheet.book, TITLE, "K17:K728"))
    sheet.calc.formula(sheet.book, TITLE, "L40", "=1/0")
    sheet.calc.formula(sheet.book, TITLE, "M41", "")
    sheet.calc.formula(sheet.book, TITLE, "N42", "=INDEX(inputs;26;8)")
    sheet.calc.formula(sheet.book, TITLE, "O45", '="text"')
    sheet.calc.formula(sheet.book, TITLE, "P50", "=$'Your turn'.B50/$'Your turn'.B50")
    sheet.calc.formula(sheet.book, TITLE, "R51", "=$'You aboard'.G9")
    sheet.calc.formula(sheet.book, TITLE, "Q14", "=0.5")
    ((age,),) = sheet.calc.get(sheet.book, TITLE, "D30")
    ((port,),) = sheet.calc.get(sheet.book, TITLE, "F41")
    ((pclass,),) = sheet.calc.get(sheet.book, TITLE, "B40")
    ((sex,),) = sheet.calc.get(sheet.book, TITLE, "C45")
    mean = round(sheet.solution["mean loss"][0].value, 9)
    wrong = {
        "Age_N": f"first wrong: row 30, you have {age / 20:g}, it is {age / 80:g}",
        "Pclass_2": f"first wrong: row 40, you have an error, it is {int(pclass == 2)}",
        "Embark_S": f"first wrong: row 41, you have nothing, it is {int(port == 'S')}",
        "Male": f"first wrong: row 45, you have text, it is {int(sex == 'male')}",
        "mean loss": f"wrong: you have 0.5, it is {mean:.9g}",
    }
    copied = "copied: a formula points to another sheet"
    numbers = "right, but typed as numbers: type a formula"
    expected = dict.fromkeys(sheet.solution, "empty") | wrong
    expected |= {
        "log_Fare": copied,
        "Embark_C": copied,
        "Lin 2": copied,
        "Pclass_1": numbers,
        "Ones": "712 of 712 right",
    }
    found = sheet.answers()
    assert found["Lin 1"].startswith("first wrong: row 30, you have ")
    assert found == expected | {"Lin 1": found["Lin 1"]}
    assert sheet.score() == "Score: 1 of 17"
    paths = [tmp_path / f"saved{ending}" for ending in (".xlsx", ".ods")]
    for path in paths:
        sheet.calc.save(sheet.book, str(path))
    lines = states(gradsheet, *paths)
    for line in lines:
        assert line["score"] == "1"
        assert line["first"] == f"Age_N: {wrong['Age_N']}"
        solved = {name: line[name] for name in sheet.solution if line[name] != "empty"}
        assert solved == {
            **dict.fromkeys((*wrong, "Lin 1"), "wrong"),
            **{"log_Fare": "copied", "Embark_C": "copied", "Lin 2": "copied", "Pclass_1": "numbers", "Ones": "right"},
        }


def test_sorted_data_and_what_is_typed_stay_in_step(bare_calc, sheet_in, gradsheet, tmp_path):
    """The lesson's rows follow the sheet Data: here its first two complete passengers have changed places."""
    sheet = sheet_in(bare_calc, "titanic_linear")
    for name in sheet.solution:
        sheet.type_own(name)
    rows = sheet.calc.get(sheet.book, "Data", "A5:I6")
    sheet.calc.put(sheet.book, "Data", "A5:I6", rows[::-1])
    assert sheet.calc.get(sheet.book, TITLE, "A15:A16") == [[2], [1]]
    assert sheet.answers() == all_right(1)
    path = tmp_path / "sorted.ods"
    sheet.calc.save(sheet.book, str(path))
    (line,) = states(gradsheet, path)
    assert (line["score"], line["first"]) == ("13", "")
