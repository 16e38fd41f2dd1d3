"""The sheet Data of the from-scratch notebook: all 891 passengers, their blanks filled, and twelve inputs of them."""

from collections.abc import Iterable

import numpy as np
from openpyxl.formatting.rule import FormulaRule
from openpyxl.worksheet.worksheet import Worksheet

from workbooks.lessons.titanic.passengers import COLUMNS, TEXTS, column, passengers
from workbooks.sheets.block import Block, NamedBlocks, as_values
from workbooks.sheets.book import Book, Look
from workbooks.sheets.expression import call, native
from workbooks.sheets.style import HIGHLIGHT, fill
from workbooks.xlsx.area import column_letters

TOP = 9
RAW, FILLED, INPUTS, TARGET = 2, 11, 14, 27
PORTS = ("C", "Q", "S")
FEATURES = (
    "Age",
    "SibSp",
    "Parch",
    "LogFare",
    "Sex_male",
    "Sex_female",
    "Pclass_1",
    "Pclass_2",
    "Pclass_3",
    "Embarked_C",
    "Embarked_Q",
    "Embarked_S",
)


class PassengersPage:
    """The sheet Data while it is being put together; the models refer to its blocks."""

    def __init__(self, book: Book) -> None:
        self.page = page = book.page("Data")
        self.rows = as_values(passengers())
        self.count = len(self.rows)
        page.bulk = (TOP, self.count)
        page.text(1, 2, "The passengers, prepared as in the notebook", Look("title"))
        page.text(
            2, 2, "Left to right: the raw table, blanks filled (yellow), twelve inputs between 0 and 1.", Look("line")
        )
        page.heights |= {1: 32, TOP - 1: 34}
        page.widths = {"A": 12.0, "J": 2.0, "M": 2.0, "Z": 2.0, "AA": 14.0}
        page.widths |= dict.fromkeys("BCDEFGHI", 10.0) | {"K": 11.0, "L": 11.0}
        page.widths |= dict.fromkeys([*"NOPQRSTUVWXY", "AA", "AB"], 13.5)
        page.frozen = f"B{TOP}"
        self.raw = self.raw_columns()
        self.filled = self.fill_blanks()
        self.inputs = self.input_columns()
        self.target, self.split = self.target_and_split()
        page.decorations.append(self.mark_filled)

    def head(self, left: int, stage: str, title: str, headers: Iterable[str]) -> None:
        """Put a stage's title over its columns' headers."""
        names = list(headers)
        self.page.text(TOP - 2, left, [[title] + [None] * (len(names) - 1)], Look(f"{stage}_group"))
        self.page.text(TOP - 1, left, [names], Look(f"{stage}_header"))
        if len(names) > 1:
            first, last = column_letters(left), column_letters(left + len(names) - 1)
            self.page.merged.append(f"{first}{TOP - 2}:{last}{TOP - 2}")

    def look(self, stage: str, name: str, number_format: str | None) -> Look:
        """Return how a column of a stage looks: words stand in the middle, apart from the numbers beside them."""
        return Look(f"{stage}_word" if name in TEXTS else stage, number_format)

    def raw_columns(self) -> NamedBlocks:
        """Put the raw table; return its columns."""
        page = self.page
        self.head(1, "raw", f"{self.count} passengers", ["#", *COLUMNS])
        page.text(TOP, 1, [[i] for i in range(1, self.count + 1)], Look("raw", "0"))
        formats = {"Age": "0.##", "Fare": "0.00"}
        columns = {
            name: page.input(TOP, RAW + j, column(self.rows, j), self.look("raw", name, formats.get(name)))
            for j, name in enumerate(COLUMNS)
        }
        return NamedBlocks("The table of passengers", columns)

    def fill_blanks(self) -> NamedBlocks:
        """Put the commonest age and port, and the columns with those in place of blanks."""
        page = self.page
        age, port = self.raw["Age"], self.raw["Embarked"]
        page.text(4, 1, [["Port", *PORTS]], Look("header"))
        page.text(5, 1, "Passengers", Look("label"))
        ports = Block(page.area(4, 2, 1, len(PORTS)), as_values(list(PORTS)))
        counts = page.each(
            5,
            2,
            (1, len(PORTS)),
            "COUNTIF({all:all},{port})",
            Look("calculation", "0"),
            all=port,
            port=ports,
        )
        page.text(4, FILLED, [["Mode", "Mode"]], Look("header"))
        common_age = page.cell(5, FILLED, native("MODE({age})", age=age), Look("calculation", "0.##"), "age_mode")
        common_port = page.cell(
            5,
            FILLED + 1,
            native(
                "INDEX({ports},1,MATCH(MAX({counts}),{counts},0))",
                ports=ports,
                counts=counts,
            ),
            Look("calculation_word"),
            "port_mode",
        )
        self.head(FILLED, "inputs", "Blanks filled", ["Age", "Embarked"])
        found = NamedBlocks("The table of filled columns")
        for j, (name, mode) in enumerate((("Age", common_age), ("Embarked", common_port))):
            found[name] = page.each(
                TOP,
                FILLED + j,
                (self.count, 1),
                'IF({x}="",{mode:all},{x})',
                self.look("inputs", name, "0.##"),
                x=self.raw[name],
                mode=mode,
            )
        return found

    def input_columns(self) -> Block:
        """Put the twelve inputs, each divided by its largest, and return them as one block."""
        page = self.page
        self.head(INPUTS, "inputs", f"Inputs X {self.count}×{len(FEATURES)}, each divided by its largest", FEATURES)
        page.text(4, INPUTS, "Largest of the four that are not 0 or 1 already", Look("note"))
        sources = {"Age": self.filled["Age"], "SibSp": self.raw["SibSp"], "Parch": self.raw["Parch"]}
        columns = []
        look = Look("calculation", "0.####")
        for j, name in enumerate(FEATURES[:4]):
            if name == "LogFare":
                fare = self.raw["Fare"]
                largest = page.cell(5, INPUTS + j, native("LN(MAX({x})+1)", x=fare), look)
                text, source = "LN({x}+1)/{most:all}", fare
            else:
                source = sources[name]
                largest = page.cell(5, INPUTS + j, native("MAX({x})", x=source), look)
                text = "{x}/{most:all}"
            shown = Look("inputs", "0.000")
            columns.append(page.each(TOP, INPUTS + j, (self.count, 1), text, shown, x=source, most=largest))
        for j, name in enumerate(FEATURES[4:], 4):
            kind, _, word = name.partition("_")
            source = self.filled[kind] if kind == "Embarked" else self.raw[kind]
            written = word if word.isdigit() else f'"{word}"'
            columns.append(
                page.each(
                    TOP,
                    INPUTS + j,
                    (self.count, 1),
                    f"IF({{x}}={written},1,0)",
                    Look("inputs", "0"),
                    x=source,
                )
            )
        names = page.area(TOP - 1, INPUTS, 1, len(FEATURES))
        page.define("feature_names", Block(names, as_values(list(FEATURES))))
        values = np.hstack([block.values for block in columns]).astype(np.float64)
        return Block(page.area(TOP, INPUTS, *values.shape), values)

    def target_and_split(self) -> tuple[Block, Block]:
        """Put who survived, and which rows train."""
        page = self.page
        self.head(TARGET, "target", "Target and split", ["y", "split"])
        page.define("target_names", Block(page.area(TOP - 1, TARGET, 1, 1), as_values("y")))
        share = Look("input", "0%", minimum=0, maximum=0.9, help="Share of the passengers kept aside for checking.")
        page.text(4, TARGET, [["valid_fraction", "split_seed"]], Look("header"))
        fraction = page.input(5, TARGET, 0.2, share, "valid_fraction")
        seed = page.input(5, TARGET + 1, 0, Look("input", whole=True, help="Which rows are kept aside."), "split_seed")
        target = page.each(
            TOP,
            TARGET,
            (self.count, 1),
            "{y}",
            Look("target", "0"),
            "target",
            y=self.raw["Survived"],
        )
        words = call("NN_SPLIT", self.count, fraction, seed)
        split = page.array(
            TOP,
            TARGET + 1,
            (self.count, 1),
            # Calc finds no word equal to one that an add-in gives, until it is joined to another text.
            native('{words}&""', words=words),
            Look("target_word"),
            "split",
            replaceable=True,
        )
        return target, split

    def mark_filled(self, sheet: Worksheet) -> None:
        """Mark blanks, and what stands in their place."""
        for name, filled in self.filled.items():
            raw = self.raw[name]
            rule = FormulaRule(formula=[f'{raw.cell(raw.area.sheet, 0, 0)}=""'], fill=fill(HIGHLIGHT))
            for block in (raw, filled):
                sheet.conditional_formatting.add(block.address(block.area.sheet).replace("$", ""), rule)
