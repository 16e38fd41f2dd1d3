"""A formula as a LAMBDA gives the kernel's number or an error, never another number: calculated by IronCalc."""

import copy
import datetime
import itertools
import math
import re

import numpy as np
import pytest

from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.call import call, read_arguments
from pyfuncs.catalogue.lambdas import HELPERS, has_lambda, lambda_text, lambdas
from pyfuncs.catalogue.registry import formulas
from pyfuncs.catalogue.scalars import Choice, Number
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels.activations import ACTIVATIONS
from workbooks.xlsx.future import FUTURE, FUTURE_OF_SHEETS, LONGEST_FORMULA, stored

WITH = {name: formula for name, formula in formulas().items() if has_lambda(formula)}
TEXTS = lambdas(formulas())
EXACT = 1e-12
NORMAL = 5e-9
"""IronCalc's normal distribution has ten digits, in GELU alone."""
MOST_NESTED = 64
CLASSIC = {
    "ABS",
    "AND",
    "COLUMNS",
    "COUNTA",
    "EXP",
    "IF",
    "INDEX",
    "INT",
    "ISERROR",
    "ISLOGICAL",
    "ISNUMBER",
    "LEN",
    "LN",
    "LOWER",
    "MAX",
    "MIN",
    "MMULT",
    "NORMSDIST",
    "OR",
    "PI",
    "ROWS",
    "SIGN",
    "SQRT",
    "SUM",
    "TANH",
    "TRANSPOSE",
    "TRIM",
    "TYPE",
}
"""The functions that every Excel has."""
FEW_BLOCKS = 12


def outcome(formula, arguments):
    """Return what the kernel gives: rows of cells, or an error."""
    try:
        return call(formula, copy.deepcopy(arguments))
    except CellError as error:
        return error.code


def is_error(cell):
    return isinstance(cell, ErrorCode) or (isinstance(cell, str) and cell.startswith("#"))


def same(found, wanted, name):
    """Tell whether two cells are alike; an error is as good as another."""
    if is_error(wanted):
        return is_error(found)
    if isinstance(wanted, str) or isinstance(found, str):
        return found == wanted
    tolerance = NORMAL if "GELU" in name else EXACT
    return math.isclose(found, wanted, rel_tol=tolerance, abs_tol=tolerance)


def is_covered(formula, arguments):
    """Tell whether the LAMBDA says that it gives the number."""
    if formula.plain_covers is None:
        return True
    try:
        return formula.plain_covers(*read_arguments(formula, copy.deepcopy(arguments)))
    except CellError:
        return False


def wrong_ones(cases, calculate, *, may_fail=False):
    """Return the cases in which the LAMBDA gives anything but the kernel's cells, or an error where that is allowed."""
    wanted = [outcome(WITH[name], arguments) for name, arguments in cases]
    shapes = [(1, 1) if is_error(cells) else (len(cells), len(cells[0])) for cells in wanted]
    found = calculate([(name, arguments, shape) for (name, arguments), shape in zip(cases, shapes, strict=True)])
    wrong = []
    for (name, arguments), cells, shown in zip(cases, wanted, found, strict=True):
        pairs = list(zip(itertools.chain(*shown), [cells] if is_error(cells) else itertools.chain(*cells), strict=True))
        may = may_fail or not is_covered(WITH[name], arguments)
        if not all(same(cell, each, name) or (may and is_error(cell)) for cell, each in pairs):
            wrong.append((name, arguments, shown, cells))
    return wrong


def test_every_example_comes_out(in_ironcalc):
    cases = [(name, list(each.arguments)) for name, formula in WITH.items() for each in formula.examples]
    assert len(cases) > 120
    assert not wrong_ones(cases, in_ironcalc)


def sizes(rng):
    """Return a size for each letter of the shapes."""
    return {letter: int(rng.integers(1, 5)) for letter in ("n", "in", "out", "k", "m", "r", "c", "s", "e", "i")}


SPECIAL = {
    "NN_BCE_LOSS": {"inputs": "share", "target": "share"},
    "NN_BCE_LOSS_GRAD": {"inputs": "share", "target": "share"},
    "NN_CROSS_ENTROPY": {"target": "class"},
    "NN_CROSS_ENTROPY_GRAD": {"target": "class"},
    "NN_ACCURACY": {"target": "class"},
    "NN_ERROR_RATE": {"target": "class"},
    "NN_CONFUSION_MATRIX": {"target": "class"},
    "NN_MCCULLOCH_PITTS": {"excitatory": "bit", "inhibitory": "bit"},
    "NN_PERCEPTRON_STEP": {"target": "bit"},
}
"""Arguments of which only some numbers are right."""
ROWS_OF_STACKED = {
    "NN_MOMENTUM_STEP": (2, 0),
    "NN_NESTEROV_STEP": (2, 0),
    "NN_ADAGRAD_STEP": (2, 0),
    "NN_RMSPROP_STEP": (2, 0),
    "NN_ADAM_STEP": (3, 1),
    "NN_ADAMW_STEP": (3, 1),
    "NN_EVE_STEP": (3, 3),
}
"""How often the parameters' rows, and how many more."""


def numbers(rng, kind, rows, columns, classes):
    """Return a block of numbers of a kind; now and then one is 0 or large."""
    if kind == "share":
        return rng.choice([0.0, 1.0, 1e-9, *rng.random(6)], (rows, columns)).tolist()
    if kind == "class":
        return rng.integers(0, max(classes, 2), (rows, 1)).astype(float).tolist()
    if kind == "bit":
        return rng.integers(0, 2, (rows, columns)).astype(float).tolist()
    block = rng.normal(0, rng.choice([1.0, 30.0]), (rows, columns))
    block[rng.random(block.shape) < 0.1] = 0.0
    return block.tolist()


def drawn(argument, name, size, rng):
    """Return a block that an argument of a formula may be."""
    if argument.optional and rng.random() < 0.4:
        return None
    if isinstance(argument, Numbers):
        rows, columns = (each if isinstance(each, int) else size[each] for each in argument.shape)
        if argument.name == "stacked" and name in ROWS_OF_STACKED:
            times, more = ROWS_OF_STACKED[name]
            return np.abs(rng.normal(size=(size["r"] * times + more, size["c"]))).round(1).tolist()
        if argument.name == "stacked":
            rows = size["in"] + 1
        return numbers(rng, SPECIAL.get(name, {}).get(argument.name), rows, columns, size["out"])
    if isinstance(argument, Number):
        if argument.whole:
            return float(rng.integers(max(argument.minimum, 0), min(argument.maximum, 4) + 1))
        low, high = (0.0 if np.isinf(each) else each for each in (argument.minimum, argument.below))
        return float(rng.uniform(low, high or low + 1.0))
    if isinstance(argument, Choice):
        return str(rng.choice(list(argument.options))).upper()
    raise TypeError(argument)


def simple(formula):
    return all(type(argument) in (Numbers, Number, Choice) for argument in formula.arguments)


@pytest.mark.parametrize("seed", range(3))
def test_random_blocks_give_the_kernels_numbers(in_ironcalc, seed):
    rng = np.random.default_rng(seed)
    cases = []
    for name, formula in WITH.items():
        for _ in range(FEW_BLOCKS * simple(formula)):
            size = sizes(rng)
            cases.append((name, [drawn(argument, name, size, rng) for argument in formula.arguments]))
    assert len(cases) > 400
    given_numbers = [case for case in cases if not is_error(outcome(WITH[case[0]], case[1]))]
    assert len(given_numbers) > 0.9 * len(cases)
    assert not wrong_ones(cases, in_ironcalc)


def network(rng, loss, depth):
    """Return random inputs, a target, activations, rows and layers for a loss."""
    widths = [int(width) for width in rng.integers(1, 4, depth + 1)]
    count = int(rng.integers(2, 6))
    words = [word for word in ACTIVATIONS if word not in ("gelu", "softmax")]
    activations = [str(rng.choice(words)) for _ in range(depth)]
    activations[-1] = {"bce": "sigmoid", "cross_entropy": "identity"}.get(loss, str(rng.choice([*words, "softmax"])))
    target = numbers(rng, {"bce": "bit", "cross_entropy": "class"}.get(loss), count, widths[-1], widths[-1])
    if loss == "cross_entropy":
        target = [[min(each[0], widths[-1] - 1.0)] for each in target]
    rows = None if rng.random() < 0.5 else [[1.0], *[[float(each)] for each in rng.integers(0, 2, count - 1)]]
    layers = []
    for fan_in, fan_out in itertools.pairwise(widths):
        layers.append(rng.normal(size=(fan_in, fan_out)).tolist())
        layers.append(None if rng.random() < 0.3 else rng.normal(size=(1, fan_out)).tolist())
    return rng.normal(size=(count, widths[0])).tolist(), target, ", ".join(activations), rows, layers


@pytest.mark.parametrize("loss", ["mse", "l1", "bce", "cross_entropy"])
def test_whole_models_give_the_kernels_numbers(in_ironcalc, loss):
    rng = np.random.default_rng(7)
    cases = []
    for depth in (1, 1, 2, 2, 3, 4, 6):
        inputs, target, activations, rows, layers = network(rng, loss, depth)
        cases.append(("NN_FORWARD", [inputs, activations, rows, *layers]))
        cases.append(("NN_LOSS", [inputs, target, loss, activations, rows, *layers]))
        for k in range(1, depth + 2):
            for kind in ("weight", "bias"):
                cases.append(("NN_GRAD", [f"{kind}_{k}", inputs, target, loss, activations, rows, *layers]))
        rate, epochs, count = 0.05, 5, len(inputs)
        cases.append(("NN_TRAIN", [inputs, target, loss, rate, None, epochs, count, None, activations, rows, *layers]))
        run = [inputs, target, loss, rate, epochs, None, None, None, "sgd", 0.01, None, activations, rows, None]
        cases.append(("NN_LOSS_CURVE", [*run, *layers]))
        trains = [[bool(each) for each in rng.integers(0, 2, depth)]]
        cases.append(("NN_LOSS_CURVE", [*run[:-1], trains, *layers]))
    assert not wrong_ones(cases, in_ironcalc)


# No tiny numbers: IronCalc takes what differs by less than 1e-15 for equal.
BAD_CELLS = (
    None,
    "",
    "abc",
    True,
    ErrorCode.DIV0,
    ErrorCode.NA,
    1e308,
    -1e308,
    -1.0,
    0.5,
    2.0,
    datetime.datetime(1912, 4, 15, 2, 20),
)


def spoilt(block):
    """Yield a block with one cell or all replaced, and of other sizes."""
    rows = [row if isinstance(row, list) else [row] for row in (block if isinstance(block, list) else [block])]
    for cell in BAD_CELLS:
        yield [*rows[:-1], [*rows[-1][:-1], cell]]
        yield [[cell for _ in row] for row in rows]
    yield [*rows, rows[-1]]
    yield [[*row, row[-1]] for row in rows]
    yield [[1.0, 2.0, 3.0]]
    yield [[1.0], [2.0], [3.0]]


def test_bad_cells_give_an_error_or_the_kernels_cells(in_ironcalc):
    cases = []
    for name, formula in WITH.items():
        example = next(each for each in formula.examples if not is_error(each.gives))
        working = [*example.arguments, *[None] * (len(formula.arguments) - len(example.arguments))]
        for place, argument in enumerate(formula.arguments):
            given = [None, *spoilt(1.0 if working[place] is None else working[place])]
            cases += [(name, [*working[:place], block, *working[place + 1 :]]) for block in given]
            assert argument.optional or working[place] is not None
    assert len(cases) > 6000
    wrong = wrong_ones(cases, in_ironcalc, may_fail=True)
    assert not wrong, "\n".join(map(str, wrong))


def test_every_formula_says_whether_it_needs_python():
    for name, formula in formulas().items():
        assert has_lambda(formula) or formula.needs_python, name
        assert (formula.plain_covers is not None) == bool(has_lambda(formula) and formula.needs_python), name
    assert {name for name in formulas() if name not in WITH} == {"NN_INIT", "NN_SPLIT", "NN_NUMERIC_GRAD", "NN_LR_FIND"}
    with pytest.raises(ValueError, match="NN_INIT has no text"):
        lambda_text(formulas()["NN_INIT"])


def test_a_workbook_gets_the_lambdas_that_it_calls_and_those_that_they_call():
    assert set(lambdas(["NN_SOFTMAX_GRAD"])) == {"NN_SOFTMAX", "NN_SOFTMAX_GRAD", "GRADSHEET_NUMBERS"}
    assert "NN_TANH_GRAD" in lambdas(["NN_GRAD"])
    assert set(TEXTS) == {*WITH, *HELPERS}
    assert lambdas(["NN_INIT", "SUM"]) == {}


@pytest.mark.parametrize("name", TEXTS)
def test_the_stored_text_is_one_that_excel_takes(name):
    """As XlsxWriter documents it: _xlfn. before later functions, _xlpm. before what LAMBDA and LET bind."""
    text = stored(TEXTS[name])
    assert len(text) <= LONGEST_FORMULA
    plain = re.sub(r'"[^"]*"', '""', text)
    depths = list(itertools.accumulate((mark == "(") - (mark == ")") for mark in plain))
    assert depths[-1] == 0
    assert 0 < max(depths) <= MOST_NESTED
    called = set(re.findall(r"([\w.]+)\(", plain))
    assert {each.removeprefix("_xlfn.").removeprefix("_xlws.") for each in called if each.startswith("_xlfn.")} <= (
        FUTURE | FUTURE_OF_SHEETS
    )
    own = {each for each in called if not each.startswith("_xlfn.")}
    assert own <= set(TEXTS) | CLASSIC, own - set(TEXTS) - CLASSIC
    bound = set(re.findall(r"_xl[op][pm]\.(\w+)", plain))
    assert all(re.fullmatch(r"[a-z]{2,}[a-z0-9]*(_[a-z0-9]+)*|[ab](_ok)?", each) for each in bound), bound
    assert not [each for each in bound if re.fullmatch(r"[a-z]{1,3}\d+|[rc]\d*", each)]
    without = re.sub(r"_xl(fn|op|pm)\.(_xlws\.)?\w+", "", plain)
    assert not re.findall(r"[a-z]\w+", without), without


def test_a_name_that_the_workbook_defines_is_bound_as_another():
    assert stored('LAMBDA(lr,[rows],LET(x_1,"lr",IF(ISOMITTED(rows),lr,1E-3)))', {"lr"}) == (
        '_xlfn.LAMBDA(_xlpm.lr_,_xlop.rows,_xlfn.LET(_xlpm.x_1,"lr",IF(_xlfn.ISOMITTED(_xlpm.rows),_xlpm.lr_,1E-3)))'
    )
    assert stored("FILTER(a,#N/A)+#DIV/0!") == "_xlfn._xlws.FILTER(_xlpm.a,#N/A)+#DIV/0!"
