"""The sheet Mistakes: whom a model gets wrong, counted by sex and class, and listed, the surest mistakes first."""

from collections.abc import Sequence

import numpy as np
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.notebook.data import PassengersPage
from workbooks.lessons.notebook.model import NotebookModel
from workbooks.sheets.block import Block, Values, as_values
from workbooks.sheets.book import Book, Look
from workbooks.sheets.expression import Expression, Operand, native

ROWS = ("valid", "train", "all")
LISTED = 200
LIST_TOP, LIST_LEFT = 9, 8
HELPER_LEFT = 19
GROUPS = tuple((sex, number) for sex in ("female", "male") for number in (1, 2, 3))
TRAINED_MISTAKES = "Once it is trained, the mistakes are mostly women who died and men who survived."
SHOWN = ("Survived", "Sex", "Pclass", "Age", "SibSp", "Parch", "Fare", "Embarked")


class MistakesPage:
    """The sheet while it is being put together."""

    def __init__(self, book: Book, data: PassengersPage, models: Sequence[NotebookModel]) -> None:
        self.data, self.models = data, models
        self.page = page = book.page("Mistakes")
        sheets = tuple(model.lesson.sheet for model in models)
        page.text(1, 1, "Which passengers does it get wrong?", Look("title"))
        page.text(
            2,
            1,
            "Choose a model and which rows to look at (blue-framed cells); then read the table and the list.",
            Look("line"),
        )
        page.heights |= {1: 32, LIST_TOP - 1: 32, 8: 34}
        page.widths = {"A": 14.0, "G": 2.0, "Q": 2.0, "R": 2.0} | dict.fromkeys("BCDEF", 12.0)
        page.widths |= dict.fromkeys("HIJKLMNOP", 10.5) | dict.fromkeys("STU", 12.0)
        page.text(4, 1, "Model", Look("label"))
        self.model = page.input(4, 2, sheets[0], Look("input", choices=sheets))
        page.text(5, 1, "Rows", Look("label"))
        self.rows = page.input(5, 2, "valid", Look("input", choices=ROWS))
        page.frozen = f"A{LIST_TOP}"
        page.bulk = (LIST_TOP, data.count)
        self.put_helpers(sheets)
        self.put_groups()
        self.put_list()

    def put_helpers(self, sheets: Sequence[str]) -> None:
        """Put, far right, the chosen model's prediction, whether the row is looked at, and how sure a mistake is."""
        page, data = self.page, self.data
        page.text(LIST_TOP - 1, HELPER_LEFT, [["Prediction", "Looked at", "Sure and wrong"]], Look("header"))
        text = ""
        blocks: dict[str, Block] = {}
        for i, (sheet, model) in enumerate(zip(sheets, self.models, strict=True)):
            blocks[f"p{i}"] = model.prediction
            last = i == len(sheets) - 1
            text += f"{{p{i}}}" if last else f'IF({{m:all}}="{sheet}",{{p{i}}},'
        text += ")" * (len(sheets) - 1)

        count, look = data.count, Look("calculation", "0.0000")
        self.prediction = page.each(LIST_TOP, HELPER_LEFT, (count, 1), text, look, None, m=self.model, **blocks)
        self.looked_at = page.each(
            LIST_TOP,
            HELPER_LEFT + 1,
            (count, 1),
            'IF(OR({r:all}="all",{s}={r:all}),1,0)',
            Look("calculation", "0"),
            r=self.rows,
            s=data.split,
        )
        # The row's number, a billionth each, keeps apart two mistakes that are equally sure.
        numbers = Block(
            data.page.area(data.target.area.top, 1, count, 1), as_values([[i] for i in range(1, count + 1)])
        )
        self.sure = page.each(
            LIST_TOP,
            HELPER_LEFT + 2,
            (count, 1),
            "IF(AND({x}=1,IF({p}>0.5,1,0)<>{y}),ABS({p}-{y})-{n}*1E-9,0)",
            look,
            x=self.looked_at,
            p=self.prediction,
            y=data.target,
            n=numbers,
        )

    def put_groups(self) -> None:
        """Put how many of each sex and class are wrong."""
        page, data = self.page, self.data
        page.text(8, 1, [["Sex", "Class", "Passengers", "Survived", "Wrong", "Error rate"]], Look("header"))
        for i, group in enumerate(GROUPS):
            page.text(LIST_TOP + i, 1, [list(group)], Look("label"))
        total = LIST_TOP + len(GROUPS)
        page.text(total, 1, [["everybody", ""]], Look("label"))
        sex, pclass = data.raw["Sex"], data.raw["Pclass"]
        member = '({{sex}}="{0}")*({{cls}}={1})*{{x}}'
        people: dict[str, Operand] = {"x": self.looked_at, "sex": sex, "cls": pclass}
        for i, members in enumerate([*GROUPS, None]):
            condition = "{x}" if members is None else member.format(*members)

            count = page.cell(
                LIST_TOP + i,
                3,
                native(f"SUMPRODUCT({condition})", **people),
                Look("centred", "0"),
            )
            page.cell(
                LIST_TOP + i,
                4,
                native(
                    f"SUMPRODUCT({condition}*{{y}})",
                    y=data.target,
                    **people,
                ),
                Look("centred", "0"),
            )
            wrong = page.cell(
                LIST_TOP + i,
                5,
                native(
                    f"SUMPRODUCT({condition}*({{m}}>0))",
                    m=self.sure,
                    **people,
                ),
                Look("centred", "0"),
            )
            rate = native("IF({n}=0,0,{w}/{n})", n=count, w=wrong)
            page.cell(LIST_TOP + i, 6, rate, Look("output" if members is None else "centred", "0.0%"))
            if members is None:
                self.wrong_count = wrong
        page.text(total + 2, 1, "The more orange, the more often wrong.", Look("note"))
        page.cell(total + 3, 1, self.taken_to_survive(), Look("note"))
        page.text(total + 4, 1, TRAINED_MISTAKES, Look("note"))

        def colour(sheet: Worksheet) -> None:
            rule = ColorScaleRule(
                start_type="num", start_value=0, start_color="FFFFFF", end_type="num", end_value=0.6, end_color="E8702A"
            )
            sheet.conditional_formatting.add(f"F{LIST_TOP}:F{total - 1}", rule)

        page.decorations.append(colour)

    def taken_to_survive(self) -> Expression:
        """Return the sentence that says how many of the women and of the men the model takes to survive."""

        def share(sex: str) -> Expression:
            people = f'({{s}}="{sex}")*{{x}}'
            text = f"ROUND(100*SUMPRODUCT({people}*({{p}}>0.5))/MAX(1,SUMPRODUCT({people})),0)"
            return native(text, x=self.looked_at, s=self.data.raw["Sex"], p=self.prediction)

        return native(
            '"It takes "&{w}&" % of the women and "&{m}&" % of the men to survive."',
            w=share("female"),
            m=share("male"),
        )

    def put_list(self) -> None:
        """Put the passengers whom the model gets wrong, the surest mistakes first."""
        page, data = self.page, self.data
        page.text(LIST_TOP - 2, LIST_LEFT, "Wrong, the surest mistakes first", Look("heading"))
        page.text(LIST_TOP - 1, LIST_LEFT, [["Passenger", "Prediction", *SHOWN[:-1]]], Look("header"))
        order = np.argsort(-self.sure.values[:, 0], kind="stable")
        order = order[self.sure.values[order, 0] > 0][:LISTED]
        place: Values = np.full((LISTED, 1), "", dtype=object)
        place[: len(order), 0] = order.astype(float) + 1
        numbers = page.each(
            LIST_TOP,
            LIST_LEFT,
            (LISTED, 1),
            f'IF(ROW()-{LIST_TOP - 1}>{{w:all}},"",MATCH(LARGE({{m:all}},ROW()-{LIST_TOP - 1}),{{m:all}},0))',
            Look("centred", "0"),
            w=self.wrong_count,
            m=self.sure,
        )
        sources = [("Prediction", self.prediction, "0.000")]
        sources += [(name, data.raw[name], {"Age": "0.##", "Fare": "0.00"}.get(name, "General")) for name in SHOWN[:-1]]
        for j, (_, source, number_format) in enumerate(sources, 1):
            page.each(
                LIST_TOP,
                LIST_LEFT + j,
                (LISTED, 1),
                'IF({n}="","",IF(INDEX({x:all},{n})="","-",INDEX({x:all},{n})))',
                Look("centred", number_format),
                n=numbers,
                x=source,
            )
