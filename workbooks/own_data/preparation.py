"""The sheet Preparation: how each input is made of a column of the sheet Data, all of it formulas.

Its first block holds what the workbook's formulas follow from, so that they can be made again from the file alone.
"""

from workbooks.own_data.data_page import DataPage, column_names
from workbooks.own_data.header import MOST_COLUMNS
from workbooks.own_data.meaning import NUMBER, NUMERIC, VALUE, Meaning, shown
from workbooks.own_data.recipe import BLANK, BLANK_VALUE, DROP, KINDS, MODE, TASKS, Input, Recipe
from workbooks.sheets.block import Block, NamedBlocks, below
from workbooks.sheets.book import Look, Page, StoredCells
from workbooks.sheets.expression import Expression, native
from workbooks.xlsx.area import LAST_ROW, Area

TITLE = "Preparation"
FACTS_TOP = 4
FACTS = ("rows", "columns", "inputs", "classes", "target", "task", "fill", "hidden")
TABLE_TOP = FACTS_TOP + len(FACTS) + 4
HEADERS = ("input", "column", "kind", "value", "blanks", "filled with", "rows", "mean", "deviation")
CLASS_LEFT = len(HEADERS) + 2
TARGET_HEADERS = ("target", "mean", "deviation", "kind", "value")
NO_HIDDEN = "none"
TEXT = Look("body", "@")
COUNT = Look("calculation", "0")
FILL = Look("calculation_word", "General")
FIGURE = Look("calculation", "0.0000")
HELP = {
    "rows": "rows of the sheet Data that the model uses",
    "columns": "columns of the sheet Data, the target among them",
    "inputs": "inputs the model sees: the columns X of the sheet Model",
    "classes": "values the target can have; 0 for a number",
    "target": "the column that the model predicts",
    "task": "regression: a number; binary: a yes or no; multiclass: one of several",
    "fill": "what a blank becomes; drop: rows with a blank were left out",
    "hidden": "units of each hidden layer",
}


class PreparationPage:
    """The sheet while it is being put together; `split` tells the rows that train."""

    def __init__(self, page: Page, recipe: Recipe, data: DataPage, split: Block) -> None:
        self.page, self.recipe, self.data, self.split = page, recipe, data, split
        page.text(1, 1, "Preparation", Look("title"))
        page.text(2, 1, "How the columns of the sheet Data become the inputs of the sheet Model.", Look("line"))
        page.heights = {1: 30}
        page.widths = {"A": 26, "B": 22, "C": 11, "D": 16, "E": 9, "F": 13, "G": 9, "H": 13, "I": 13, "J": 3}
        page.widths |= {"K": 20, "L": 11, "M": 11, "N": 11, "O": 16}
        self.facts()
        self.inputs: list[NamedBlocks] = []
        for each in recipe.inputs:
            self.input_row(each)
        self.text_fills()
        self.target()

    def facts(self) -> None:
        """Put what the workbook's formulas follow from."""
        recipe = self.recipe
        hidden = ", ".join(map(str, recipe.hidden)) or NO_HIDDEN
        values = (
            recipe.rows,
            len(recipe.columns),
            len(recipe.inputs),
            len(recipe.classes),
            recipe.target,
            recipe.task,
            recipe.fill,
            hidden,
        )
        for i, (name, value) in enumerate(zip(FACTS, values, strict=True)):
            self.page.text(FACTS_TOP + i, 1, name, Look("label"))
            self.page.text(FACTS_TOP + i, 2, value, Look("body", "General"))
            self.page.text(FACTS_TOP + i, 3, HELP[name], Look("side_note"))
        row = FACTS_TOP + len(FACTS) + 1
        self.page.text(row, 1, "Inputs", Look("heading"))
        line = (
            "number, date (in days), time: (x - mean) / deviation, both of the rows that train; value: 1 where the "
            "column holds the value, else 0; other: 1 for all other values; blank: 1 where nothing stands."
        )
        self.page.text(row + 1, 1, line, Look("note"))
        self.page.text(TABLE_TOP - 1, 1, [list(HEADERS)], Look("header"))

    def input_row(self, each: Input) -> None:
        """Put one input's line."""
        page, row = self.page, TABLE_TOP + len(self.inputs)
        x, split = self.data.columns[each.column], self.split
        page.text(row, 1, [[each.name, each.column, each.kind]], TEXT)
        cells = NamedBlocks(f"The input {each.name}", {"value": page.text(row, 4, each.value, TEXT)})
        self.inputs.append(cells)
        page.cell(row, 5, native("COUNTBLANK({x})", x=x), COUNT)
        known = native('SUMPRODUCT(({s}="train")*({x}<>""))', x=x, s=split)
        if each.is_number:
            page.cell(row, 7, known, COUNT)
        elif each.kind == BLANK:
            count = native('SUMPRODUCT(({s}="train")*({x}=""))', x=x, s=split)
            page.cell(row, 7, count, COUNT)
        elif each.kind == VALUE:
            count = native(
                'SUMPRODUCT(({s}="train")*({x}={v}))',
                x=x,
                s=split,
                v=cells["value"],
            )
            cells["count"] = page.cell(row, 7, count, COUNT)
        else:
            own = [cells["count"] for cells in self.of_column(each.column) if "count" in cells]
            rest = native("{known}-SUM({c})", known=known, c=below(own)) if own else native("{known}", known=known)
            page.cell(row, 7, rest, COUNT)
        if self.recipe.fill == DROP:
            cells["fill"] = page.text(row, 6, DROP, Look("body"))
        elif each.is_number:
            cells["fill"] = page.array(row, 6, (1, 1), self.number_fill(x), figure(each.meaning))
        if each.is_number:
            self.scale(row, 8, x, cells, each.meaning)

    def scale(self, row: int, left: int, x: Block, cells: NamedBlocks, meaning: Meaning) -> None:
        """Put the mean and the deviation of a column's rows that train, blanks filled."""
        fill = cells.get("fill")
        each = "{x}" if fill is None or self.recipe.fill == DROP else 'IF({x}="",{f},{x})'
        used = {"x": x, "s": self.split, "f": fill}
        mean = native(f'AVERAGE(IF({{s}}="train",{each}))', **used)
        middle = self.page.array(row, left, (1, 1), mean, figure(meaning))
        # Not STDEVP: Calc rounds it in a way of its own, and training here and there would differ in the last digits.
        spread = native(
            f'SQRT(AVERAGE(IF({{s}}="train",({each}-{{m}})^2)))',
            m=middle,
            **used,
        )
        # A column that never differs in the rows that train is divided by 1.
        guarded = native("IF({d}>0,{d},1)", d=spread)
        cells |= {"mean": middle, "deviation": self.page.array(row, left + 1, (1, 1), guarded, FIGURE)}

    def of_column(self, column: str) -> list[NamedBlocks]:
        """Return the cells of the inputs made of a column, as far as they are there."""
        return [cells for cells, each in zip(self.inputs, self.recipe.inputs, strict=False) if each.column == column]

    def number_fill(self, x: Block) -> Expression:
        """Return the median, or the most frequent number, of the rows that train; of several the smallest."""
        used = {"x": x, "s": self.split}
        chosen = 'IF(({s}="train")*({x}<>""),{x})'
        if self.recipe.fill != MODE:
            return native(f"IFERROR(MEDIAN({chosen}),0)", **used)
        text = f"IFERROR(MIN(_xlfn.MODE.MULT({chosen})),MIN({chosen}))"
        return native(text, **used)

    def text_fills(self) -> None:
        """Put the value that most training rows have, of those with an input of their own, beside each text input."""
        if self.recipe.fill == DROP:
            return
        of_numbers = {each.column for each in self.recipe.inputs if each.is_number}
        has_blank = {each.column for each in self.recipe.inputs if each.kind == BLANK}
        for j, each in enumerate(self.recipe.inputs):
            if each.column in of_numbers:
                continue
            if each.column in has_blank:
                self.inputs[j]["fill"] = self.page.text(TABLE_TOP + j, 6, BLANK_VALUE, FILL)
                continue
            own = [cells for cells in self.of_column(each.column) if "count" in cells]
            values, counts = (below([cells[name] for cells in own]) for name in ("value", "count"))
            fill = native("INDEX({v},MATCH(MAX({c}),{c},0))", v=values, c=counts)
            self.inputs[j]["fill"] = self.page.cell(TABLE_TOP + j, 6, fill, FILL)

    def target(self) -> None:
        """Put the target's classes with their rows, or its mean and deviation."""
        page, recipe = self.page, self.recipe
        column = self.data.columns[recipe.target]
        page.text(TABLE_TOP - 3, CLASS_LEFT, "Target", Look("heading"))
        if recipe.task == "regression":
            meaning = recipe.target_meaning
            page.text(TABLE_TOP - 1, CLASS_LEFT, [list(TARGET_HEADERS)], Look("header"))
            page.text(TABLE_TOP, CLASS_LEFT, recipe.target, TEXT)
            self.answer = NamedBlocks(f"The target {recipe.target}")
            self.scale(TABLE_TOP, CLASS_LEFT + 1, column, self.answer, meaning)
            page.text(TABLE_TOP, CLASS_LEFT + 3, [[meaning.kind, meaning.unit]], Look("words"))
            return
        page.text(TABLE_TOP - 1, CLASS_LEFT, [["class", "number", "rows"]], Look("header"))
        values = [[value] for value in recipe.classes]
        self.classes = page.text(TABLE_TOP, CLASS_LEFT, values, Look("body", "General"))
        page.text(TABLE_TOP, CLASS_LEFT + 1, [[k] for k in range(len(values))], Look("body", "0"))
        self.class_rows = page.each(
            TABLE_TOP,
            CLASS_LEFT + 2,
            (len(values), 1),
            "SUMPRODUCT(--({t:all}={c}))",
            COUNT,
            None,
            t=column,
            c=self.classes,
        )


def recipe_of(stored: StoredCells) -> Recipe:
    """Return the recipe that a stored workbook was made by.

    Raises:
        ValueError: where the sheet Preparation is not as it was made.
    """
    facts = [row[0] for row in stored.values(Area(TITLE, FACTS_TOP, 2, FACTS_TOP + len(FACTS) - 1, 2))]
    rows, columns, inputs, classes = (int(fact) for fact in facts[:4])
    target, task, fill, hidden = (shown(fact) for fact in facts[4:])
    sizes = () if hidden == NO_HIDDEN else tuple(int(size) for size in hidden.split(","))
    if task not in TASKS or min(rows, columns, inputs, *sizes) < 1:
        raise ValueError(task)
    # A workbook may say anything, and blocks of that size are made next.
    if rows > LAST_ROW or max(columns, inputs, classes, *sizes, len(sizes)) > MOST_COLUMNS:
        raise ValueError(rows)
    lines = stored.values(Area(TITLE, TABLE_TOP, 1, TABLE_TOP + inputs - 1, 4))
    found = tuple(
        Input(str(column), str(kind), None if value is None else str(value)) for _, column, kind, value in lines
    )
    if any(each.kind not in KINDS for each in found):
        raise ValueError("kind")
    values = stored.values(Area(TITLE, TABLE_TOP, CLASS_LEFT, TABLE_TOP + max(classes, 1) - 1, CLASS_LEFT))
    kind, unit = stored.values(Area(TITLE, TABLE_TOP, CLASS_LEFT + 3, TABLE_TOP, CLASS_LEFT + 4))[0]
    meaning = (
        Meaning(NUMBER) if task != "regression" else Meaning(str(kind or NUMBER), None if unit is None else str(unit))
    )
    if meaning.kind not in NUMERIC:
        raise ValueError(meaning.kind)
    return Recipe(
        rows=rows,
        columns=column_names(stored, columns),
        inputs=found,
        target=target,
        task=task,
        classes=tuple(row[0] for row in values[:classes]),
        fill=fill,
        hidden=sizes,
        target_meaning=meaning,
    )


def figure(meaning: Meaning) -> Look:
    """Return how a number made from a column looks."""
    return FIGURE if meaning.kind == NUMBER else Look(FIGURE.style, meaning.number_format)
