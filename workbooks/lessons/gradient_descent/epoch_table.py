"""One epoch as a table, a row a step: prediction, gradient, the optimizer's memory, new a and b, in live formulas."""

import numpy as np

from pyfuncs.kernels.optimizers import OPTIMIZERS
from workbooks.lessons.gradient_descent.data import Points
from workbooks.lessons.gradient_descent.rules import Rule, one_epoch
from workbooks.sheets.block import Block, Values, as_values, beside
from workbooks.sheets.book import Look, Page
from workbooks.sheets.expression import PLACEHOLDER, Expression, call, native
from workbooks.xlsx.area import column_letters

HEADER, TOP = 27, 28
LEFT = 4
NUMBER, MEMORY = "0.0000", "General"
TRY = 0.01


class EpochTable:
    """The table while it is being put together; its values are those of `one_epoch`."""

    def __init__(self, page: Page, rule: Rule, points: Points, settings: dict[str, Block], state: list[Block]) -> None:
        self.page = page
        self.rule = rule
        self.points = points
        self.count = count = points.x.values.shape[0]
        self.settings = settings
        self.state = state
        numbers = {name: block.number for name, block in settings.items() if isinstance(block.only, float)}
        start = [block.number for block in self.state]
        x, y = self.points.x, self.points.y
        epoch = one_epoch(rule, start, x.values, y.values, numbers["lr_now"], numbers, int(numbers["step"]))
        self.epoch = epoch
        self.left = LEFT
        self.blocks: dict[str, Block] = {}
        self.blocks["i"] = self.text_column("raw", "step", np.arange(1, count + 1))
        self.blocks["x"] = self.column("inputs", "x", "General", "{v}", x.values, v=x)
        self.blocks["y"] = self.column("target", "y", "General", "{v}", y.values, v=y)
        names = ["a", "b"] + [f"{slot} {p}" for slot in rule.memory for p in "ab"] + list(rule.shared)
        # Columns of the state after a step stand to the right; those before a step refer to the row above there.
        gap = 2 + 6
        order = [*range(2, len(names)), 0, 1]
        columns = {k: self.left + gap + place for place, k in enumerate(order)}
        whole = {
            k: Block(self.page.area(TOP, columns[k], count + 1, 1), epoch.states[:, k : k + 1])
            for k in range(len(names))
        }
        old = {k: block.part(rows=count) for k, block in whole.items()}
        new = {k: block.part(top=1) for k, block in whole.items()}
        a = self.column("weights", "a", NUMBER, "{v}", epoch.states[:-1, :1], v=old[0])
        b = self.column("weights", "b", NUMBER, "{v}", epoch.states[:-1, 1:2], v=old[1])
        self.gradients(a, b, epoch.predictions, epoch.losses, epoch.grads)
        self.start_row(names, columns, order)
        self.updates(names, order, old, new)
        self.formula_columns(old)
        self.whole = whole
        self.mean_losses(whole)

    def gradients(self, a: Block, b: Block, prediction: Values, loss: Values, grads: Values) -> None:
        """Put prediction, squared error and the gradient, estimated and computed."""
        x, y = self.blocks["x"], self.blocks["y"]
        self.blocks["p"] = p = self.column("forward", "prediction", "0.00", "{a}*{x}+{b}", prediction, a=a, x=x, b=b)
        self.blocks["loss"] = e = self.column("loss", "squared error", "0.00", "({p}-{y})^2", loss, p=p, y=y)
        with np.errstate(all="ignore"):
            # In the order of the formulas: a difference of nearly equal numbers shows every other order.
            slopes, intercepts = self.epoch.states[:-1, :1], self.epoch.states[:-1, 1:2]
            along_a = (((slopes + TRY) * x.values + intercepts - y.values) ** 2 - loss) / TRY
            along_b = ((slopes * x.values + (intercepts + TRY) - y.values) ** 2 - loss) / TRY
        text = f"((({{a}}+{TRY})*{{x}}+{{b}}-{{y}})^2-{{e}})/{TRY}"
        self.column("gradient", "d/da, numerical", "0.00", text, along_a, a=a, x=x, b=b, y=y, e=e)
        text = f"(({{a}}*{{x}}+({{b}}+{TRY})-{{y}})^2-{{e}})/{TRY}"
        self.column("gradient", "d/db, numerical", "0.00", text, along_b, a=a, x=x, b=b, y=y, e=e)
        self.blocks["g0"] = self.column("gradient", "d/da", "0.00", "2*({p}-{y})*{x}", grads[:, :1], p=p, y=y, x=x)
        self.blocks["g1"] = self.column("gradient", "d/db", "0.00", "2*({p}-{y})", grads[:, 1:], p=p, y=y)

    def start_row(self, names: list[str], columns: dict[int, int], order: list[int]) -> None:
        """Put the state that the epoch begins with above the first step."""
        page = self.page
        page.text(TOP, LEFT, "start", Look("note"))
        for k in order:
            look = Look("new" if k < 2 else "weights", NUMBER if k < 2 else MEMORY)
            page.each(TOP, columns[k], (1, 1), "{v:all}", look, v=self.state[k])

    def updates(self, names: list[str], order: list[int], old: dict[int, Block], new: dict[int, Block]) -> None:
        """Put what each step makes of the memory, then of a and b."""
        rule, slots, blocks = self.rule, len(self.rule.memory), self.blocks
        plain, shares = rule.plain, range(len(rule.shared))
        first_shared = 2 * (1 + slots)
        settings = {name: self.settings[name] for name in rule.arguments} | {"lr": self.settings["lr_now"]}
        common = settings | {"loss": blocks["loss"]}
        common |= {f"shared_{k + 1}": old[first_shared + k] for k in shares}
        common |= {f"new_shared_{k + 1}": new[first_shared + k] for k in shares}
        for k in order:
            j = k % 2 if k < first_shared else 0
            known = common | {"grad": blocks[f"g{j}"], "params": old[j]}
            known |= {f"slot_{slot}": old[2 * slot + j] for slot in range(1, slots + 1)}
            known |= {f"new_slot_{slot}": new[2 * slot + j] for slot in range(1, slots + 1)}
            texts = (plain.params, *plain.slots)
            text = texts[k // 2] if k < first_shared else plain.shared[k - first_shared]
            used = {name: known[name] for name, _ in PLACEHOLDER.findall(text)}
            text = PLACEHOLDER.sub(lambda match: f"{{{match[1]}:all}}" if match[1] in settings else match[0], text)
            name, style, number_format = (f"new {names[k]}", "new", NUMBER) if k < 2 else (names[k], "weights", MEMORY)
            values = self.epoch.states[1:, k : k + 1]
            step = self.settings["step"]
            text = f"IF({{i}}<={{step:all}},{{old}},{text})"
            self.column(style, name, number_format, text, values, i=blocks["i"], step=step, old=old[k], **used)

    def formula_columns(self, old: dict[int, Block]) -> None:
        """Put a and b after each step once more, by the formula of the catalogue."""
        rule, slots, page = self.rule, len(self.rule.memory), self.page
        settings = [self.settings["lr_now"], *(self.settings[name] for name in rule.arguments)]
        page.text(HEADER, self.left, [["NN_… a", "NN_… b"]], Look("new_header"))
        for j in range(2):
            page.widths[column_letters(self.left + j)] = 10.5
        for i in range(self.count):
            grads = self.row_of([self.blocks["g0"], self.blocks["g1"]], i)
            rows = [self.row_of([old[2 * k], old[2 * k + 1]], i) for k in range(1 + slots)]
            rows += [self.row_of([old[2 * (1 + slots) + k]], i) for k in range(len(rule.shared))]
            extra = [self.blocks["loss"].part(top=i, rows=1)] if OPTIMIZERS[rule.optimizer].needs_loss else []
            step = call(rule.formula, stacked(rows), grads, *extra, *settings)
            formula = native(
                "IF({i}<={step},{old},{new})",
                i=self.blocks["i"].part(top=i, rows=1),
                step=self.settings["step"],
                old=rows[0],
                new=step,
            )
            page.array(TOP + 1 + i, self.left, (1, 2), formula, Look("new", NUMBER))
        self.left += 2

    def row_of(self, columns: list[Block], i: int) -> Block:
        """Return the cells of neighbouring columns in a row."""
        return beside([column.part(top=i, rows=1) for column in columns])

    def mean_losses(self, whole: dict[int, Block]) -> None:
        """Put the mean loss over all rows, at the start and after each step."""
        page, x, y = self.page, self.points.x, self.points.y
        text = "SUMPRODUCT(({a}*{x:all}+{b}-{y:all})^2)/" + str(self.count)
        page.text(HEADER, self.left, "loss, all rows", Look("loss_header"))
        page.widths[column_letters(self.left)] = 12.0
        self.mean_loss = page.each(
            TOP,
            self.left,
            (self.count + 1, 1),
            text,
            Look("loss", NUMBER),
            a=whole[0],
            b=whole[1],
            x=x,
            y=y,
        )
        self.left += 2

    def column(self, stage: str, name: str, number_format: str, text: str, values: Values, **blocks: Block) -> Block:
        """Put the next column of the steps; its values are known from the epoch."""
        page = self.page
        page.text(HEADER, self.left, name, Look(f"{stage}_header"))
        page.widths[column_letters(self.left)] = 11.5
        look = Look(stage, number_format)
        page.recurrence(TOP + 1, self.left, text, values, look, **blocks)
        # Later formulas take their values from the epoch: one that is not finite shows as #NUM! where it stands.
        block = Block(page.area(TOP + 1, self.left, self.count, 1), values)
        self.left += 1
        return block

    def text_column(self, stage: str, name: str, values: Values) -> Block:
        """Put the next column of the steps as fixed numbers."""
        self.page.text(HEADER, self.left, name, Look(f"{stage}_header"))
        self.page.widths[column_letters(self.left)] = 7.0
        block = self.page.text(TOP + 1, self.left, values[:, np.newaxis].tolist(), Look(stage, "0"))
        self.left += 1
        return block


def stacked(rows: list[Block]) -> Block | Expression:
    """Return rows of cells one below the other, though they stand side by side; a single number fills its row."""
    if len(rows) == 1:
        return rows[0]

    def text(sheet: str) -> str:
        result = rows[-1].reference(sheet)
        for k in range(len(rows) - 2, -1, -1):
            chosen = ";".join("1" if i == k else "0" for i in range(len(rows)))
            result = f"IF({{{chosen}}},{rows[k].reference(sheet)},{result})"
        return result

    return Expression(
        text, lambda: as_values(np.vstack([np.broadcast_to(row.values, (1, 2)) for row in rows]).tolist())
    )
