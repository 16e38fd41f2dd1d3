"""The sheet Model of an own table: inputs from the sheet Preparation, then one training step from left to right."""

from typing import Any

import numpy as np

from workbooks.own_data.data_page import DataPage
from workbooks.own_data.meaning import NUMBER as A_NUMBER
from workbooks.own_data.preparation import PreparationPage
from workbooks.own_data.recipe import BLANK, DROP, OTHER, Recipe
from workbooks.sheets.block import Block, as_values
from workbooks.sheets.book import Look
from workbooks.sheets.expression import Expression, call, native
from workbooks.sheets.network import HEADER_ROW, NUMBER, SMALL, TOP, LayerBlocks, NetworkPage
from workbooks.sheets.rules import row_loss_grads, row_losses
from workbooks.xlsx.area import column_letters

MOST_TRIED = 20_000_000
"""Multiply-adds of the gradient by central differences: more would keep the office waiting at every step."""
MOST_WIDE = 40.0


class OwnNetworkPage(NetworkPage):
    """The sheet while it is being put together; the columns of the sheet Data take the place of passengers."""

    labels: tuple[str, ...] = ("bias",)
    """The names of the inputs, which label the rows of the weights."""

    def stage(self, name: str, title: str, shape: str, headers: list[str]) -> int:
        """Head a stage's columns, one without a header wide enough for the labels in it."""
        left = super().stage(name, title, shape, headers)
        widest = max(len(text) for text in self.labels)
        for j, header in enumerate(headers):
            if not header:
                self.page.widths[column_letters(left + j)] = min(10.0 + widest * 1.1, MOST_WIDE)
        return left

    def raw(self, data: DataPage) -> Block:
        """Put the row numbers and which rows train, and return the latter."""
        count = data.number.values.shape[0]
        left = self.stage("raw", "Rows", f"{count} rows", ["row", "split"])
        number = native("{n}", n=data.number)
        self.page.array(TOP, left, (count, 1), number, Look("raw", "0"))
        settings = self.settings
        words = call("NN_SPLIT", count, settings["valid_fraction"], settings["split_seed"])
        # Calc finds no word equal to one that an add-in gives, until it is joined to another text.
        joined = native('{words}&""', words=words)
        split = self.page.array(TOP, left + 1, (count, 1), joined, Look("raw"), "split", replaceable=True)
        self.cells["split"] = split
        return split

    def inputs(self, recipe: Recipe, data: DataPage, preparation: PreparationPage) -> None:
        """Put every input as a formula of its column."""
        names = [each.name for each in recipe.inputs]
        self.labels = ("bias", *names)
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
        block = Block(area, np.hstack([block.values for block in blocks]).astype(np.float64), "inputs")
        self.page.book.names["inputs"] = block.address("")
        header = Block(self.page.area(HEADER_ROW, left, 1, len(names)), as_values([names]))
        self.page.book.names["feature_names"] = header.address("")
        self.cells["inputs"] = block

    def target(self, recipe: Recipe, data: DataPage, preparation: PreparationPage) -> None:
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
            hot = native("IF({x}={c},1,0)", x=truth, c=classes)
            shape_of = (recipe.rows, recipe.outputs)
            target = self.page.array(TOP, left, shape_of, hot, Look("target", "0"), "target")
        header = Block(self.page.area(HEADER_ROW, left, 1, len(names)), as_values([names]))
        self.page.book.names["target_names"] = header.address("")
        settings = self.settings
        dealt = [settings[name] for name in ("batch_size", "epoch", "step", "seed", "shuffle")]
        mask = call("NN_BATCH", self.cells["split"], *dealt)
        place = (TOP, left + len(names))
        batch = self.page.array(*place, (recipe.rows, 1), mask, Look("target", "0"), "in_batch")
        self.cells |= {"target": target, "in_batch": batch}

    def forward(self, source: Block, units: list[str], outputs: list[str], hidden: bool) -> Block:
        """Put a layer; what is identity for good gets no columns of its own."""
        if hidden or self.settings["task"].only == "binary":
            return super().forward(source, units, outputs, hidden)
        layer, (count, width) = self.layers[-1], (source.values.shape[0], len(units))
        title = f"Forward {len(self.layers)}" if self.many else "Forward"
        left = self.stage("forward", title, f"{count}×{width}", units)
        linear = call("NN_LINEAR", source, layer.weight, layer.bias)
        layer.linear = layer.output = self.page.array(TOP, left, (count, width), linear, Look("forward", NUMBER))
        return layer.output

    def answers(self, recipe: Recipe, data: DataPage, preparation: PreparationPage) -> None:
        """Put what the model says of each row, in the words of the table, and whether that is right."""
        output, truth, count = self.layers[-1].output, data.columns[recipe.target], recipe.rows
        assert output is not None
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
            self.page.each(TOP, left + 1, (count, 1), "{s}-{t}", Look("forward", "0.00"), None, s=says, t=truth)
            return
        classes = preparation.classes
        if labels:
            text = "INDEX({c:all},MATCH(MAX({p:row}),{p:row},0))"
            used = {"c": classes, "p": probabilities}
            says = self.page.each(TOP, left, (count, 1), text, Look("forward"), None, **used)
        else:
            text = "IF({p}>0.5,{b:all},{a:all})"
            used = {"p": output, "a": classes.part(rows=1), "b": classes.part(top=1)}
            says = self.page.each(TOP, left, (count, 1), text, Look("forward"), None, **used)
        self.cells["right"] = self.page.each(
            TOP,
            left + 1,
            (count, 1),
            "IF({s}={t},1,0)",
            Look("forward", "0"),
            None,
            s=says,
            t=truth,
        )

    def loss(self, prediction: Block) -> None:
        """Put each row's loss."""
        count = prediction.values.shape[0]
        left = self.stage("loss", "Loss", f"{count}×1", ["loss"])
        rows = row_losses(self.settings["loss"], prediction, self.cells["target"])
        self.cells["prediction"] = prediction
        self.cells["loss_rows"] = self.page.array(TOP, left, (count, 1), rows, Look("loss", NUMBER))

    def row_gradients(self, activated: list[list[str]], lins: list[list[str]]) -> None:
        """Put the gradient row by row, from the loss back to the first layer."""
        batch = self.cells["in_batch"]
        per_row = row_loss_grads(self.settings["loss"], self.cells["prediction"], self.cells["target"])
        upstream: Expression = native("{g}*{b}/SUM({b})", g=per_row, b=batch)
        for k in range(len(self.layers), 0, -1):
            layer = self.layers[k - 1]
            assert layer.output is not None
            shape = layer.output.values.shape
            is_same = layer.output is layer.linear
            names = lins[k - 1] if is_same else [*activated[k - 1], *lins[k - 1]]
            title = f"Gradient by row {k}" if self.many else "Gradient by row"
            said = f"{shape[0]}×{shape[1]}" + ("" if is_same else " each")
            left = self.stage("gradient", title, said, [f"d {name}" for name in names])
            found = self.page.array(TOP, left, (shape[0], shape[1]), upstream, Look("gradient", SMALL))
            if not is_same:
                slope = self.through(layer, found, k)
                place = (TOP, left + shape[1])
                found = self.page.array(*place, (shape[0], shape[1]), slope, Look("gradient", SMALL))
            layer.grad_linear = found
            upstream = call("NN_LINEAR_GRAD_INPUT", layer.grad_linear, layer.weight)

    def is_tried(self) -> bool:
        """Tell whether the data are small enough for gradients by central differences."""
        parameters = sum(layer.weight.values.size for layer in self.layers)
        rows: int = self.cells["inputs"].values.shape[0]
        return 2 * rows * parameters * parameters <= MOST_TRIED

    def parameter_gradients(self, sources: list[Block], labels: list[list[str]], units: list[list[str]]) -> None:
        """Put the gradient of every weight and bias; by trying too where that is quick."""
        if self.is_tried():
            super().parameter_gradients(sources, labels, units)
            return
        for k, (layer, source) in enumerate(zip(self.layers, sources, strict=True), 1):
            self.plain_gradients(k, layer, source, labels[k - 1], units[k - 1])

    def plain_gradients(self, k: int, layer: LayerBlocks, source: Block, labels: list[str], units: list[str]) -> None:
        """Put one layer's gradient by back-propagation alone."""
        assert layer.grad_linear is not None
        assert layer.bias is not None
        page, (rows, columns) = self.page, layer.weight.values.shape
        title = f"Gradient {k}" if self.many else "Gradient"
        left = self.stage("gradient", title, f"of W{k} {rows}×{columns}", ["", *(f"grad {unit}" for unit in units)])
        page.text(TOP, left, [[label] for label in labels], Look("gradient_header"))
        grad = call("NN_LINEAR_GRAD_WEIGHT", source, layer.grad_linear)
        layer.grad_weight = page.array(TOP, left + 1, (rows, columns), grad, Look("gradient", SMALL))
        at = layer.bias.area.top
        page.text(at, left, "bias", Look("gradient_header"))
        grad = call("NN_LINEAR_GRAD_BIAS", layer.grad_linear)
        layer.grad_bias = page.array(at, left + 1, (1, columns), grad, Look("gradient", SMALL))
