"""The sheets behind Start: Images, Weights, One image layer by layer, First layer, Results."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pyfuncs.kernels.optimizers import MOST_SHARED, MOST_SLOTS
from workbooks.lessons.digits.grids import HIDDEN_NUMBER, counts, signs, square_columns, strongest
from workbooks.lessons.digits.images import Images
from workbooks.lessons.digits.lesson import CLASSES, DigitsLesson
from workbooks.sheets.block import Block, NamedBlocks, Values, as_values, below
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.expression import call, native
from workbooks.sheets.rules import activated
from workbooks.sheets.step import WeightsAndBiases
from workbooks.xlsx.area import column_letters

NUMBER = "0.000"
IMAGES_TOP = 6
MANY_PIXELS = 10
MASKS_A_ROW = 8
MATRIX_LEFT = 7
LISTED = 12


@dataclass(frozen=True)
class ImageRows:
    """The images, one a row: pixels (n×in) and digits (n×1)."""

    inputs: Block
    target: Block


@dataclass(frozen=True)
class Network:
    """The network: its layers, and the words of their activations as the formulas of whole models take them."""

    layers: tuple[WeightsAndBiases, ...]
    activations: Block

    @property
    def parameters(self) -> list[Block]:
        """Return weights and biases as the formulas of whole models take them."""
        return [block for layer in self.layers for block in (layer.weight, layer.bias)]


def images_page(book: Book, lesson: DigitsLesson, images: Images | None) -> ImageRows:
    """Put every picture in a row: its number, digit, whether it trains, and its pixels, the dark ones blank."""
    page = book.page("Images")
    count, training = lesson.count, lesson.training
    page.text(1, 1, "Images", Look("title"))
    page.text(
        2,
        1,
        "One image a row, one pixel a column, from the top left. Blank is dark: 0, as edges are; scroll right.",
        Look("line"),
    )
    page.text(3, 1, "A blank is", Look("label"))
    page.input(3, 3, 0.0, Look("input"), "inputs_blank")
    page.text(IMAGES_TOP - 1, 1, [["image", "digit", "split"]], Look("header"))
    page.text(IMAGES_TOP - 1, 4, [list(range(1, lesson.inputs + 1))], Look("inputs_header"))
    page.text(IMAGES_TOP, 1, [[i] for i in range(1, count + 1)], Look("raw", "0"))
    digits = np.zeros((count, 1)) if images is None else images.digits
    pixels = np.zeros((count, lesson.inputs)) if images is None else images.pixels
    split = [["train"]] * training + [["valid"]] * (count - training)
    target = page.input(IMAGES_TOP, 2, digits, Look("target", "0"), "target")
    page.input(IMAGES_TOP, 3, split, Look("target_word"), "split")
    inputs = page.sparse_input(IMAGES_TOP, 4, pixels, "inputs")
    page.widths = {"A": 10.0, "B": 8.0, "C": 8.0}
    page.widths |= {
        column_letters(column): 5.5 if lesson.side > MANY_PIXELS else 6.5 for column in range(4, 4 + lesson.inputs)
    }
    page.frozen = f"D{IMAGES_TOP}"
    page.heights[1] = 32
    return ImageRows(inputs, target)


def weights_page(book: Book, lesson: DigitsLesson, settings: NamedBlocks) -> Network:
    """Put every layer's weights, biases and first weights, then the optimizer's memory."""
    page = book.page("Weights")
    page.text(1, 1, "Weights", Look("title"))
    page.text(2, 1, "A row an input of the layer, a column a unit. Blue is positive, orange negative.", Look("line"))
    page.heights[1] = 32
    page.frozen = "A7"
    layers = []
    column = 1
    for k, (rows, units) in enumerate(zip(lesson.sizes, lesson.sizes[1:], strict=False), 1):
        for offset, title in enumerate((f"W{k} {rows}×{units}", f"first W{k}", f"memory of W{k}")):
            left = column + offset * (units + 2)
            stage = "weights" if offset < 2 else "gradient"
            page.text(5, left, [[title] + [None] * units], Look(f"{stage}_group"))
            page.merged.append(f"{column_letters(left)}5:{column_letters(left + units)}5")
            page.text(6, left, [["", *(f"unit {j}" for j in range(1, units + 1))]], Look(f"{stage}_header"))
            page.widths[column_letters(left)] = 8.0
        random = call("NN_INIT", rows, units, settings["seed"], settings["initializer"], k)
        first = page.array(
            9,
            column + units + 3,
            (rows, units),
            random,
            Look("weights", NUMBER),
            f"initial_weight_{k}",
            replaceable=True,
        )
        first_bias = page.input(
            7, column + units + 3, np.zeros((1, units)), Look("weights", NUMBER), f"initial_bias_{k}"
        )
        for left in (column, column + units + 2):
            page.text(7, left, "bias", Look("weights_header"))
            page.text(9, left, [[i] for i in range(1, rows + 1)], Look("weights_header"))
        bias = page.input(7, column + 1, first_bias.values, Look("input", NUMBER), f"bias_{k}")
        weight = page.input(9, column + 1, first.values, Look("weights", NUMBER), f"weight_{k}")
        signs(page, weight, strongest(page, 3, column, weight))
        left = column + 2 * (units + 2) + 1
        page.text(9, left - 1, "of b", Look("gradient_header"))
        page.text(10 + MOST_SLOTS + MOST_SHARED, left - 1, "of W", Look("gradient_header"))
        shape = (MOST_SLOTS + MOST_SHARED, units)
        page.input(9, left, np.zeros(shape), Look("gradient", NUMBER), f"optimizer_bias_state_{k}")
        shape = (MOST_SLOTS * rows + MOST_SHARED, units)
        page.input(
            10 + MOST_SLOTS + MOST_SHARED, left, np.zeros(shape), Look("gradient", NUMBER), f"optimizer_state_{k}"
        )
        layers.append(WeightsAndBiases(weight, bias))
        column += 3 * (units + 2) + 1
    return Network(tuple(layers), below([settings[f"activation_{k}"] for k in range(1, len(layers) + 1)]))


class LayersPage:
    """One image on its way through the network: every sum and every activation as numbers."""

    def __init__(
        self, book: Book, settings: NamedBlocks, layers: Sequence[WeightsAndBiases], inputs: Block, image: Block
    ) -> None:
        self.page = page = book.page("One image")
        page.text(1, 1, "One image, layer by layer", Look("title"))
        page.text(2, 1, "The image chosen on Start. Each row is one line of the sum; a column is a unit.", Look("line"))
        page.heights[1] = 32
        page.widths = {"A": 34.0} | {column_letters(column): 9.0 for column in range(2, 19)}
        self.outputs: list[Block] = []
        self.sums: list[Block] = []
        source: Block | None = None
        row = 4
        for k, layer in enumerate(layers, 1):
            rows, units = layer.weight.values.shape
            if source is None:
                page.text(row, 1, f"pixels x, 1×{rows}: on to the right", Look("inputs_group"))
                # A blank pixel is 0 once something is added to it.
                picked = native("INDEX({x},{n},0)+0", x=inputs, n=image)
                source = page.array(row, 2, (1, rows), picked, Look("inputs", "0.00"))
                row += 2
            names = [f"unit {j}" for j in range(1, units + 1)] if k < len(layers) else list(range(CLASSES))
            page.text(row, 1, [[f"layer {k}" if k < len(layers) else "output, digit", *names]], Look("forward_header"))
            below = "x" if k == 1 else f"h{k - 1}"
            page.text(row + 1, 1, f"z{k} = {below}·W{k} + b{k}, {below} 1×{rows}, W{k} {rows}×{units}", Look("label"))
            linear = page.array(
                row + 1, 2, (1, units), call("NN_LINEAR", source, layer.weight, layer.bias), Look("forward", NUMBER)
            )
            page.text(row + 2, 1, f"h{k} = activation_{k}(z{k})", Look("label"))
            formula = activated(settings[f"activation_{k}"], linear)
            source = page.array(row + 2, 2, (1, units), formula, Look("forward", NUMBER))
            self.outputs.append(source)
            self.sums.append(linear)
            row += 4
        note = "Nothing else happens: multiply, add, bend; multiply, add, bend; multiply, add, bend."
        page.text(row, 1, note, Look("note"))
        self.compare(row + 2, self.sums[0])

    def compare(self, top: int, sums: Block) -> None:
        """Put what the sigmoid and ReLU make of the first layer's sums, and their slopes, which training goes by."""
        page, units = self.page, sums.values.shape[1]
        page.text(top, 1, "Sigmoid against ReLU, both on z1", Look("heading"))
        headers = ["", *(f"unit {j}" for j in range(1, units + 1)), "mean"]
        page.text(top + 1, 1, [headers], Look("gradient_header"))
        look, shape = Look("gradient", NUMBER), (1, units)
        squeezed = page.array(top + 2, 2, shape, call("NN_SIGMOID", sums), look)
        slope = native("{s}*(1-{s})", s=squeezed)
        page.array(top + 4, 2, shape, call("NN_RELU", sums), look)
        on = native("IF({z}>0,1,0)", z=sums)
        for row, label in enumerate(("sigmoid(z1)", "its slope", "ReLU(z1)", "its slope"), top + 2):
            page.text(row, 1, label, Look("label"))
        for row, formula in ((top + 3, slope), (top + 5, on)):
            block = page.array(row, 2, shape, formula, look)
            mean = native("AVERAGE({x})", x=block)
            page.cell(row, units + 2, mean, Look("output", NUMBER))
        note = (
            "In the backward pass the gradient is multiplied by a slope in each layer: by 1/4 at most with the "
            "sigmoid, by 1 with ReLU where it is on."
        )
        page.text(top + 6, 1, note, Look("note"))


def masks_page(book: Book, lesson: DigitsLesson, weight: Block) -> None:
    """Draw each first-layer unit's weights as a picture."""
    page, side = book.page("First layer"), lesson.side
    page.text(1, 1, "What each unit of the first layer looks for", Look("title"))
    page.text(
        2,
        1,
        "Blue pixels speak for it, orange ones against: green and red in the film.",
        Look("line"),
    )
    page.heights |= {1: 32, 3: 18, 4: 16}
    pixels = 7 if side > MANY_PIXELS else 17
    square_columns(page, 1, MASKS_A_ROW * (side + 1), pixels)
    right = MASKS_A_ROW * (side + 1) + 2
    page.widths |= {column_letters(right): 12.0}
    ends = strongest(page, 4, right, weight)
    for unit in range(weight.values.shape[1]):
        top, left = 5 + unit // MASKS_A_ROW * (side + 2), 1 + unit % MASKS_A_ROW * (side + 1)
        page.text(top - 1, left, f"unit {unit + 1}", Look("note"))
        page.heights |= dict.fromkeys(range(top, top + side), pixels * 0.75) | {top + side: 16, top + side + 1: 16}
        # Each the one cell that it shows: of a block, all cells that show it would be told of each that changes.
        cells = [weight.cell(page.title, place, unit) for place in range(side * side)]
        signs(page, mask(page, top, left, side, cells, weight.values[:, unit]), ends)


def unit_page(book: Book, lesson: DigitsLesson, weight: Block) -> None:
    """Draw one unit's weights large enough for their numbers."""
    page, side = book.page("One unit"), lesson.side
    page.text(1, 1, "One unit of the first layer, pixel by pixel", Look("title"))
    page.text(
        2,
        1,
        "Each number is a weight: how much that pixel speaks for this unit (blue) or against it (orange).",
        Look("line"),
    )
    page.heights |= {1: 32}
    page.text(3, 1, "unit (1 to 16)", Look("label"))
    look = Look("input", "0", minimum=1, maximum=weight.values.shape[1], whole=True, help="Which unit: 1 to 16.")
    chosen = page.input(3, 4, 1.0, look, "unit")
    page.widths |= {column_letters(column): 6.6 for column in range(1, max(side, 10) + 1)}
    ends = strongest(page, 3, 6, weight)
    page.heights |= dict.fromkeys(range(5, 5 + side), 17.0 if side > MANY_PIXELS else 34.0)
    cells = [f"INDEX({weight.row(page.title, place)},unit)" for place in range(side * side)]
    values = weight.values[:, int(chosen.number) - 1]
    signs(page, mask(page, 5, 1, side, cells, values, Look("fitted", "0.00")), ends)


def mask(
    page: Page,
    top: int,
    left: int,
    side: int,
    texts: Sequence[str],
    values: Values,
    look: Look = Look("body", HIDDEN_NUMBER),  # noqa: B008 - frozen
) -> Block:
    """Draw one formula and value a pixel, row by row, in as many cells as the images have."""
    shape = (side, side)
    return page.written(top, left, np.array(texts, dtype=object).reshape(shape), values.reshape(shape), look)


class ResultsPage:
    """How the network does on the images kept aside: outputs, answers, confusion matrix, error rate."""

    def __init__(self, book: Book, lesson: DigitsLesson, rows: ImageRows, network: Network) -> None:
        self.page = page = book.page("Results")
        count = lesson.count - lesson.training
        page.text(1, 1, f"Results on the {count:,} images kept aside", Look("title"))
        page.text(
            2,
            1,
            "Down: the digit it is. Across: the digit it was taken for. Right ones are on the diagonal.",
            Look("line"),
        )
        page.heights |= {1: 32, 4: 34}
        inputs = rows.inputs.part(top=lesson.training)
        target = rows.target.part(top=lesson.training)
        top, left = 19, 1
        page.text(top - 1, left, [["image", "digit", "answer", "wrong", *range(CLASSES)]], Look("header"))
        page.text(top, left, [[lesson.training + i] for i in range(1, count + 1)], Look("raw", "0"))
        labels = page.each(top, left + 1, (count, 1), "{y}", Look("target", "0"), y=target)
        # Adding 0 makes a blank pixel a number.
        whole = native("{x}+0", x=inputs)
        outputs = page.array(
            top,
            left + 4,
            (count, CLASSES),
            call("NN_FORWARD", whole, network.activations, None, *network.parameters),
            Look("forward", NUMBER),
            "outputs",
        )
        self.outputs = outputs
        answers = page.array(top, left + 2, (count, 1), call("NN_ARGMAX", outputs), Look("forward", "0"))
        wrong = page.each(
            top,
            left + 3,
            (count, 1),
            "IF({a}={y},0,1)",
            Look("loss", "0"),
            a=answers,
            y=labels,
        )
        self.error_rate, self.accuracy = self.put_cards(wrong)
        self.put_matrix(outputs, labels)
        page.text(16, 1, "The first images it gets wrong; type one on Start:", Look("label"))
        images = Block(page.area(top, left, count, 1), as_values([[lesson.training + i] for i in range(1, count + 1)]))
        for k in range(LISTED):
            text = f'IF(SUM({{w}})<{k + 1},"",SMALL(IF({{w}}=1,{{n}},""),{k + 1}))'
            page.array(16, MATRIX_LEFT + k, (1, 1), native(text, w=wrong, n=images), Look("calculation", "0"))
        page.widths = {column_letters(column): 10.0 for column in range(1, 20)}

    def put_cards(self, wrong: Block) -> tuple[Block, Block]:
        """Put how many are wrong and right, as shares and as numbers; return the shares."""
        page = self.page
        values = {
            "error rate": (native("SUM({w})/ROWS({w})", w=wrong), "0.0%"),
            "accuracy": (native("1-SUM({w})/ROWS({w})", w=wrong), "0.0%"),
            "wrong": (native("SUM({w})", w=wrong), "0"),
            "right": (native("ROWS({w})-SUM({w})", w=wrong), "0"),
        }
        cells = []
        for j, (label, (formula, number_format)) in enumerate(values.items(), 1):
            page.text(4, j, label, Look("card_label"))
            cells.append(page.cell(5, j, formula, Look("card", number_format)))
            page.merged.append(f"{column_letters(j)}5:{column_letters(j)}6")
        return cells[0], cells[1]

    def put_matrix(self, outputs: Block, labels: Block) -> None:
        """Put the confusion matrix, and each digit's error rate beside it."""
        page, left = self.page, MATRIX_LEFT
        page.text(4, left - 1, [["is, taken for", *range(CLASSES), "of", "error rate"]], Look("header"))
        page.text(5, left - 1, [[digit] for digit in range(CLASSES)], Look("header"))
        confusion = call("NN_CONFUSION_MATRIX", outputs, labels)
        matrix = page.array(5, left, (CLASSES, CLASSES), confusion, Look("centred", "0"), "confusion_matrix")
        counts(page, matrix, len(labels.values) / CLASSES)
        look = Look("centred", "0")
        totals = page.each(5, left + CLASSES, (CLASSES, 1), "SUM({m:row})", look, m=matrix)
        texts = [[f"1-{matrix.cell(page.title, d, d)}/{totals.cell(page.title, d, 0)}"] for d in range(CLASSES)]
        rates = [[1 - float(matrix.values[d, d]) / float(totals.values[d, 0])] for d in range(CLASSES)]
        page.written(5, left + CLASSES + 1, np.array(texts, dtype=object), as_values(rates), Look("centred", "0.0%"))
