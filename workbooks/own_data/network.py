"""The sheet Model of an own table: inputs from the sheet Preparation, then one training step from left to right."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from workbooks.own_data.data_page import DataPage
from workbooks.own_data.meaning import NUMBER as A_NUMBER
from workbooks.own_data.preparation import PreparationPage
from workbooks.own_data.recipe import BLANK, DROP, OTHER, Recipe
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.book import Look
from workbooks.sheets.expression import call, native
from workbooks.sheets.model_sheet import HEADER_ROW, TOP, ModelSheet, random_split
from workbooks.sheets.step import DataRows, Forward
from workbooks.xlsx.area import column_letters

MOST_MULTIPLY_ADDS = 20_000_000
"""Multiply-adds of the numerical gradient: more would keep the office waiting at every step."""
MOST_WIDE = 40.0


@dataclass
class OwnModelSheet(ModelSheet):
    """The sheet of an own table's model; the columns of the sheet Data take the place of passengers."""

    def stage(self, name: str, title: str, shape: str, headers: Sequence[str]) -> int:
        """Head a stage's columns, one without a header wide enough for the labels in it."""
        left = super().stage(name, title, shape, headers)
        widest = max(len(text) for text in ("bias", *self.features))
        for j, header in enumerate(headers):
            if not header:
                self.page.widths[column_letters(left + j)] = min(10.0 + widest * 1.1, MOST_WIDE)
        return left

    def split(self, data: DataPage) -> Block:
        """Put the row numbers and which rows train, and return the latter."""
        count = data.number.values.shape[0]
        left = self.stage("raw", "Rows", f"{count} rows", ["row", "split"])
        number = native("{n}", n=data.number)
        self.page.array(TOP, left, (count, 1), number, Look("raw", "0"))
        split = random_split(self.settings, count)
        return self.page.array(TOP, left + 1, (count, 1), split, Look("raw_word"), "split", replaceable=True)

    def inputs(self, recipe: Recipe, data: DataPage, preparation: PreparationPage) -> Block:
        """Put every input as a formula of its column, and return them as one block."""
        names = list(self.features)
        left = self.stage("inputs", "Inputs", f"X {recipe.rows}×{len(names)}", names)
        blocks: list[Block] = []
        for j, (each, cells) in enumerate(zip(recipe.inputs, preparation.inputs, strict=True)):
            x = data.columns[each.column]
            used: dict[str, Any] = {"x": x, "f": cells.get("fill"), "v": cells["value"]}
            known = "{x}" if recipe.fill == DROP else 'IF({x}="",{f},{x})'
            if each.is_number:
                used |= {"m": cells["mean"], "d": cells["deviation"]}
                expression = native(f"({known}-{{m}})/{{d}}", **used)
            elif each.kind == OTHER:
                own = [block for block, of in zip(blocks, recipe.inputs, strict=False) if of.column == each.column]
                text = "1" + "".join(f"-{{b{i}}}" for i in range(len(own)))
                expression = native(text, **{f"b{i}": block for i, block in enumerate(own)})
            elif each.kind == BLANK:
                expression = native('IF({x}="",1,0)', x=x)
            else:
                expression = native(f"IF({known}={{v}},1,0)", **used)
            look = Look("inputs", "0.000" if each.is_number else "0")
            blocks.append(self.page.array(TOP, left + j, (recipe.rows, 1), expression, look))
        area = self.page.area(TOP, left, recipe.rows, len(names))
        block = Block(area, np.hstack([block.values for block in blocks]).astype(np.float64))
        block = self.page.define("inputs", block)
        header = Block(self.page.area(HEADER_ROW, left, 1, len(names)), as_values([names]))
        self.page.define("feature_names", header)
        return block

    def rows(
        self, inputs: Block, split: Block, recipe: Recipe, data: DataPage, preparation: PreparationPage
    ) -> DataRows:
        """Put the target as numbers, and the mask of the current batch."""
        truth = data.columns[recipe.target]
        names = [f"y {name}" if recipe.task == "regression" else name for name in recipe.output_names]
        shape = f"y {recipe.rows}×{len(names)}"
        left = self.stage("target", "Target and batch", shape, [*names, "in batch"])
        if recipe.task == "regression":
            scale = preparation.answer
            used = {"x": truth, "m": scale["mean"], "d": scale["deviation"]}
            scaled = native("({x}-{m})/{d}", **used)
            target = self.page.array(TOP, left, (recipe.rows, 1), scaled, Look("target", "0.000"), "target")
        else:
            counted = preparation.classes if recipe.outputs > 1 else preparation.classes.part(top=1)
            classes = native("TRANSPOSE({c})", c=counted) if recipe.outputs > 1 else counted
            one_hot = native("IF({x}={c},1,0)", x=truth, c=classes)
            shape_of = (recipe.rows, recipe.outputs)
            target = self.page.array(TOP, left, shape_of, one_hot, Look("target", "0"), "target")
        header = Block(self.page.area(HEADER_ROW, left, 1, len(names)), as_values([names]))
        self.page.define("target_names", header)
        return DataRows(inputs, target, split, self.in_batch(left + len(names), split))

    def answers(self, forward: Forward, recipe: Recipe, data: DataPage, preparation: PreparationPage) -> Block:
        """Put what the model says of each row, in the words of the table; return how far or whether that is right.

        The latter is prediction - target of a number, else 1 or 0.
        """
        output, truth, count = forward.prediction, data.columns[recipe.target], recipe.rows
        probabilities = output
        labels = (
            [f"p {name.partition(' = ')[2]}" for name in recipe.output_names] if recipe.task == "multiclass" else []
        )
        last = "error" if recipe.task == "regression" else "right"
        left = self.stage("forward", "Answer", "in the table's words", [*labels, "says", last])
        if labels:
            softmax = call("NN_SOFTMAX", output)
            probabilities = self.page.array(TOP, left, (count, len(labels)), softmax, Look("forward", "0.000"))
            left += len(labels)
        if recipe.task == "regression":
            scale = preparation.answer
            text, used = "{o}*{d:all}+{m:all}", {"d": scale["deviation"], "m": scale["mean"]}
            meaning = recipe.target_meaning
            look = Look("forward", "0.00" if meaning.kind == A_NUMBER else meaning.number_format)
            says = self.page.each(TOP, left, (count, 1), text, look, None, o=output, **used)
            return self.page.each(TOP, left + 1, (count, 1), "{s}-{t}", Look("forward", "0.00"), None, s=says, t=truth)
        classes = preparation.classes
        if labels:
            text = "INDEX({c:all},MATCH(MAX({p:row}),{p:row},0))"
            used = {"c": classes, "p": probabilities}
            says = self.page.each(TOP, left, (count, 1), text, Look("forward"), None, **used)
        else:
            text = "IF({p}>0.5,{b:all},{a:all})"
            used = {"p": output, "a": classes.part(rows=1), "b": classes.part(top=1)}
            says = self.page.each(TOP, left, (count, 1), text, Look("forward"), None, **used)
        place, look = (TOP, left + 1), Look("forward", "0")
        return self.page.each(*place, (count, 1), "IF({s}={t},1,0)", look, None, s=says, t=truth)

    def is_small(self, rows: int) -> bool:
        """Tell whether numerical gradients of so many rows of data are computed soon enough."""
        sizes = [len(self.features), *(len(layer.units) for layer in self.layers)]
        parameters = sum(below * above for below, above in pairwise(sizes))
        return 2 * rows * parameters * parameters <= MOST_MULTIPLY_ADDS
