"""The sheet XOR: every single neuron is too little, three in two layers are enough."""

import itertools

from workbooks.lessons.neurons.gates import WHOLE, cases, compare
from workbooks.sheets.block import Block, as_values, beside
from workbooks.sheets.book import Book, Look, Page
from workbooks.sheets.colours import on_and_off
from workbooks.sheets.expression import call, native

WIRES = ("excites", "inhibits", "no wire")
THRESHOLDS = (0, 1, 2, 3)
XOR = (0, 1, 1, 0)


def xor_page(book: Book) -> Block:
    """Add the sheet XOR; return the most rows that any single neuron gets right, in one cell."""
    page = book.page("XOR")
    page.text(1, 2, "XOR: one neuron cannot, two layers can", Look("title"))
    page.text(2, 2, "XOR is 1 when exactly one input is on. On the left every neuron there is.", Look("line"))
    page.heights[1] = 32
    page.widths = {"A": 2.0, "B": 10.0, "C": 10.0, "J": 3.0} | dict.fromkeys("DEFGHI", 9.0)
    page.widths |= dict.fromkeys("KLMNOPQRS", 10.0)
    best = every_neuron(page, 6)
    two_layers(page, 6, 11)
    real_weights(page, 18, 11)
    page.text(4, 2, "most rows right", Look("label"))
    page.frozen = "A7"
    return best


def every_neuron(page: Page, top: int) -> Block:
    """Put the answers of every wiring and threshold of one neuron; return the largest number of right rows."""
    page.text(top, 2, [["x1", "x2", "threshold", "0 0", "0 1", "1 0", "1 1", "right"]], Look("header"))
    pairs = [(v, w, t) for (v, w), t in itertools.product(itertools.product(WIRES, repeat=2), THRESHOLDS)]
    words = page.text(top + 1, 2, [[v, w] for v, w, _ in pairs], Look("weights"))
    thetas = page.text(top + 1, 4, [[t] for _, _, t in pairs], Look("weights", WHOLE))
    shape = (len(pairs), 1)
    answers = []
    for j, (a, b) in enumerate(cases(2).astype(int)):
        block = page.each(
            top + 1,
            5 + j,
            shape,
            f'IF(OR(AND({{v}}="inhibits",{a}=1),AND({{w}}="inhibits",{b}=1)),0,'
            f'IF(({{v}}="excites")*{a}+({{w}}="excites")*{b}>={{t}},1,0))',
            Look("forward", WHOLE),
            v=words.part(columns=1),
            w=words.part(left=1),
            t=thetas,
        )
        on_and_off(page, block)
        answers.append(block)
    table = beside(answers)
    wanted = ",".join(map(str, XOR))
    right = page.each(
        top + 1,
        9,
        shape,
        f"SUMPRODUCT(--({{a:row}}={{{wanted}}}))",
        Look("output", WHOLE),
        a=table,
    )
    return page.cell(4, 4, native("MAX({r})", r=right), Look("output", WHOLE))


def two_layers(page: Page, top: int, left: int) -> Block:
    """Put XOR from three neurons in two layers."""
    page.text(top - 3, left, "Two layers: three neurons", Look("heading"))
    page.text(top - 2, left, "Layer 1: x1 without x2, x2 without x1. Layer 2: either of them.", Look("line"))
    headers = ["x1", "x2", "x1, not x2", "x2, not x1", "XOR", "wanted", "right?"]
    page.text(top, left, [headers], Look("header"))
    page.heights[top] = 32
    page.text(top + 1, left, [["threshold", None]], Look("label"))
    look = Look("input", "General", help="How many excitatory inputs must be on for the neuron to fire.")
    thetas = page.input(top + 1, left + 2, [[1, 1, 1]], look)
    inputs = page.text(top + 2, left, cases(2), Look("inputs", WHOLE))
    on_and_off(page, inputs)
    x1, x2 = inputs.part(columns=1), inputs.part(left=1)
    first, second, third = (thetas.part(left=j, columns=1) for j in range(3))
    calls = [call("NN_MCCULLOCH_PITTS", x1, x2, first), call("NN_MCCULLOCH_PITTS", x2, x1, second)]
    hidden = [page.array(top + 2, left + 2 + j, (4, 1), each, Look("forward", WHOLE)) for j, each in enumerate(calls)]
    both = beside(hidden)
    last = call("NN_MCCULLOCH_PITTS", both, None, third)
    answer = page.array(top + 2, left + 4, (4, 1), last, Look("forward", WHOLE))
    for block in (*hidden, answer):
        on_and_off(page, block)
    return compare(page, top + 2, left + 5, answer, XOR)


def real_weights(page: Page, top: int, left: int) -> None:
    """Put one neuron with real weights to try, and why no weights will do."""
    page.text(top - 3, left, "Do real weights help? Try", Look("heading"))
    page.text(
        top - 2, left, "Any numbers for weights and bias: it fires where the weighted sum is 0 or more.", Look("line")
    )
    page.text(top - 1, left, [["weight 1", "weight 2", "bias"]], Look("header"))
    look = Look("input", "General", help="Any number. Three rows right is the most you can get.")
    weights = page.input(top, left, [[1, 1, -1]], look)
    inputs = Block(page.area(8, left, 4, 2), as_values(cases(2)))
    page.text(top + 1, left, [["x1", "x2", "sum", "formula", "wanted", "right?"]], Look("header"))
    copied = page.each(top + 2, left, (4, 2), "{x}", Look("inputs", WHOLE), x=inputs)
    on_and_off(page, copied)
    column = native("TRANSPOSE({w})", w=weights.part(columns=2))
    bias = weights.part(left=2)
    page.each(
        top + 2,
        left + 2,
        (4, 1),
        "SUMPRODUCT({x:row},{w:all})+{b:all}",
        Look("forward", "General"),
        x=copied,
        w=weights.part(columns=2),
        b=bias,
    )
    answer = page.array(top + 2, left + 3, (4, 1), call("NN_PERCEPTRON", copied, column, bias), Look("forward", WHOLE))
    on_and_off(page, answer)
    compare(page, top + 2, left + 4, answer, XOR)
    why = (
        "0 0 must stay off: bias < 0.",
        "0 1 and 1 0 must fire: weight 1 + bias ≥ 0, and weight 2 + bias ≥ 0.",
        "Both added up: weight 1 + weight 2 + 2·bias ≥ 0.",
        "So weight 1 + weight 2 + bias ≥ -bias, which is above 0: 1 1 fires too.",
        "But XOR wants 1 1 off. One straight cut cannot do it.",
    )
    page.text(top + 7, left, "Why no numbers will do", Look("heading"))
    page.text(top + 8, left, [[line] for line in why], Look("line"))
