"""Formulas that prepare data: scales, classes, splits, batches and first weights."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pyfuncs.catalogue.arguments import Argument, Dimensions, Numbers
from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.scalars import Choice, Labels, Number
from pyfuncs.cells.block import CellBlock, CellValue, quoted, to_number, to_rows
from pyfuncs.cells.errors import CellError, ErrorCode
from pyfuncs.kernels import scaling, steps
from pyfuncs.kernels.arrays import Matrix, Order
from pyfuncs.kernels.initialize import METHODS, initialize
from pyfuncs.kernels.split import TRAIN, VALID, split_rows

TITLE = "Data"


@dataclass(frozen=True, kw_only=True)
class Split(Argument):
    """A column of the words train and valid."""

    is_block = True

    def read(self, given: CellBlock, dimensions: Dimensions) -> list[bool]:
        """Return which rows train."""
        trains = []
        for i, row in enumerate(to_rows(given, self.name)):
            word = row[0]
            if isinstance(word, ErrorCode):
                to_number(word, f"{self.name}, row {i + 1},")
            if len(row) > 1 or not isinstance(word, str) or word.strip().lower() not in (TRAIN, VALID):
                raise CellError(
                    ErrorCode.VALUE, f'{self.name}, row {i + 1}, must be one cell with "{TRAIN}" or "{VALID}".'
                )
            trains.append(word.strip().lower() == TRAIN)
        return trains

    @property
    def shape_text(self) -> str:
        """Return what the argument may be, in the words of the help."""
        return f'n×1 of "{TRAIN}" and "{VALID}"'


MOST_CLASSES = 10_000
MOST_WEIGHTS = 2**20
INPUTS = Numbers(name="inputs", shape=("n", "in"), help="The numbers to scale, one column a feature.")
REFERENCE = Numbers(
    name="reference",
    shape=("m", "in"),
    optional=True,
    fill=None,
    help="The rows whose range counts, the training rows say. Left out: inputs themselves.",
)
SEED = Number(name="seed", optional=True, default=0, whole=True, help="Any whole number; another one deals otherwise.")
SHUFFLE = Number(
    name="shuffle",
    optional=True,
    default=1,
    minimum=0,
    maximum=1,
    whole=True,
    help="TRUE shuffles the rows anew in every epoch, FALSE takes them from top to bottom.",
)
RANDOM = "its random numbers come from 64-bit integers, which a spreadsheet's numbers cannot hold"
REFERENCE_ROWS = "IF(ISOMITTED(reference),{inputs},IF(COLUMNS({reference})=COLUMNS({inputs}),{reference},#VALUE!))"
STANDARDIZE = (
    f"LET(given,{REFERENCE_ROWS},share,SEQUENCE(1,ROWS(given),1,0)/ROWS(given),largest,BYCOL(ABS(given),"
    "LAMBDA(each,MAX(each))),size,IF(largest=0,1,largest),first,INDEX(given,1,0)/size,mean,"
    "first+MMULT(share,given/size-first),deviation,SQRT(MMULT(share,(given/size-mean)^2)),"
    "({inputs}/size-mean)/IF(deviation<=4*2^-52*ABS(mean),1/size,deviation))"
)
MINMAX = (
    f"LET(given,{REFERENCE_ROWS},least,BYCOL(given,LAMBDA(each,MIN(each))),spread,"
    "BYCOL(given,LAMBDA(each,MAX(each)))/2-least/2,IF(spread>0,({inputs}/2-least/2)/spread,0*{inputs}))"
)
ONE_HOT = (
    "IF(ISOMITTED(categories),LET(numbers,GRADSHEET_NUMBERS({values}),IF(AND(MIN(numbers)>=0,"
    f"MAX(numbers)<{MOST_CLASSES},numbers=INT(numbers)),"
    "(numbers=SEQUENCE(1,MAX(numbers)+1,0))*1,#NUM!)),LET(places,MAP({values},LAMBDA(item,XMATCH(item,{categories}))),"
    "check,SUM(places),IF(ISERROR(check),check,(places=SEQUENCE(1,ROWS({categories})))*1)))"
)
BATCH = (
    "LET(count,SUM({split}),size,MIN({batch_size},count),IF(OR(count=0,{batch}*size>=count),#NUM!,IF(size=count,"
    "{split},IF({shuffle}=1,#N/A,LET(place,SCAN(0,{split},LAMBDA(sum,each,sum+each)),"
    "{split}*(place>{batch}*size)*(place<=({batch}+1)*size))))))"
)


def split(count: int, valid_fraction: float, seed: int) -> list[list[str]]:
    """Return a word a row: the fraction, rounded down, of all rows is valid, the rest trains."""
    trains = split_rows(count, valid_fraction, seed)
    return [[TRAIN if train else VALID] for train in trains]


def batch(split: list[bool], batch_size: int, epoch: int, batch: int, seed: int, shuffle: int) -> Matrix:
    """Return an n×1 mask of one batch's rows."""
    rows: Order = np.flatnonzero(split)
    if rows.size == 0:
        raise CellError(ErrorCode.NUM, "split has no train row: at least one is needed.")
    batch_size = min(batch_size, rows.size)
    batches = steps.steps_per_epoch(rows.size, batch_size)
    if batch >= batches:
        raise CellError(ErrorCode.NUM, f"batch is {batch}, but an epoch has {batches} batches, counted from 0.")
    return steps.batch_mask(rows, len(split), batch_size, bool(shuffle), seed, epoch, batch)


def is_batch_plain(split: list[bool], batch_size: int, epoch: int, batch: int, seed: int, shuffle: int) -> bool:
    """Tell whether a batch needs no random numbers."""
    return not shuffle or batch_size >= sum(split)


def first_weights(rows: int, columns: int, seed: int, method: int, layer: int) -> Matrix:
    """Return first weights.

    Raises:
        CellError: #NUM! for more than a sheet's column can hold.
    """
    if rows * columns > MOST_WEIGHTS:
        raise CellError(ErrorCode.NUM, f"rows times columns is {rows * columns}, but must be at most {MOST_WEIGHTS}.")
    return initialize(rows, columns, seed, method, layer)


def one_hot(values: list[CellValue], categories: list[CellValue] | None) -> Matrix:
    """Return n×categories of 0 and 1: where a value's category stands.

    Raises:
        CellError: #N/A for a value that is none of the categories; #NUM! for a class number that is none, where there
            are no categories.
    """
    if categories is None:
        numbers = [to_number(value, "a value") for value in values]
        if any(not 0 <= number < MOST_CLASSES or number != int(number) for number in numbers):
            raise CellError(
                ErrorCode.NUM, f"values must be whole numbers from 0 to {MOST_CLASSES - 1}, or name categories."
            )
        categories = [float(k) for k in range(int(max(numbers)) + 1)]
    places = {comparable(category): j for j, category in reversed(list(enumerate(categories)))}
    result = np.zeros((len(values), len(categories)))
    for i, value in enumerate(values):
        if comparable(value) not in places:
            raise CellError(
                ErrorCode.NA, f"values, row {i + 1}, holds {quoted(str(value))}, which is none of the categories."
            )
        result[i, places[comparable(value)]] = 1.0
    return result


def comparable(value: CellValue) -> object:
    """Return what a spreadsheet compares: text without its case."""
    return value.casefold() if isinstance(value, str) else value


def scaled(kernel: Callable[[Matrix, Matrix], Matrix]) -> Callable[[Matrix, Matrix | None], Matrix]:
    """Return the kernel with the inputs as their own reference where none is given."""

    def scale(inputs: Matrix, reference: Matrix | None) -> Matrix:
        return kernel(inputs, inputs if reference is None else reference)

    return scale


FORMULAS = (
    Formula(
        name="NN_STANDARDIZE",
        summary="Brings each column to mean 0 and standard deviation 1.",
        arguments=(INPUTS, REFERENCE),
        returns="n×in",
        run=scaled(scaling.standardize),
        source="scikit-learn: sklearn.preprocessing.StandardScaler",
        array_plain=STANDARDIZE,
        examples=(
            Example([[[1, 5], [3, 5]]], [[-1, 0], [1, 0]]),
            Example([7, [[1], [3]]], [[5]]),
            Example([[[1, 2]], [[1], [3]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_MINMAX",
        summary="Brings each column into the range 0 to 1: its least number becomes 0, its greatest 1.",
        arguments=(INPUTS, REFERENCE),
        returns="n×in",
        run=scaled(scaling.minmax),
        source="scikit-learn: sklearn.preprocessing.MinMaxScaler",
        array_plain=MINMAX,
        examples=(
            Example([[[1], [2], [5]]], [[0], [0.25], [1]]),
            Example([3, [[1], [5]]], [[0.5]]),
            Example([[["x"], [2]]], ErrorCode.VALUE),
        ),
    ),
    Formula(
        name="NN_ONE_HOT",
        summary="Turns a column of classes into a column a class, with 1 where the class stands and 0 elsewhere.",
        arguments=(
            Labels(name="values", help="One column: class numbers from 0, or words if categories are given."),
            Labels(
                name="categories",
                optional=True,
                help="The classes, in the order of the columns. Left out: the numbers 0, 1, 2 … up to the largest.",
            ),
        ),
        returns="n×classes of 0 and 1",
        run=one_hot,
        source="PyTorch: torch.nn.functional.one_hot",
        array_plain=ONE_HOT,
        errors=(
            (ErrorCode.NA, "A value is none of the categories."),
            (ErrorCode.NUM, "Without categories: a value is no whole number from 0 to 9999."),
        ),
        examples=(
            Example([[[0], [2]]], [[1, 0, 0], [0, 0, 1]]),
            Example([[["S"], ["C"]], [["C", "Q", "S"]]], [[0, 0, 1], [1, 0, 0]]),
            Example([[["S"], ["X"]], [["C", "Q", "S"]]], ErrorCode.NA),
        ),
    ),
    Formula(
        name="NN_SPLIT",
        summary='Deals rows into "train" and "valid" at random, the same way for the same seed.',
        arguments=(
            Number(name="count", minimum=1, maximum=2**20, whole=True, help="How many rows there are."),
            Number(
                name="valid_fraction",
                minimum=0,
                below=1,
                help="The share of rows kept aside to check the model, rounded down. 0: none.",
            ),
            SEED,
        ),
        returns="count×1 of words",
        run=split,
        needs_python=RANDOM,
        source="Steele, Lea and Flood, Fast splittable pseudorandom number generators (OOPSLA 2014), for the shuffling",
        examples=(
            Example([2, 0], [["train"], ["train"]]),
            Example([4, 0.25], [["train"], ["valid"], ["train"], ["train"]]),
            Example([4, 1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_BATCH",
        summary="Marks the rows of one batch with 1, the others with 0. Shuffling depends on seed and epoch alone.",
        arguments=(
            Split(name="split", help='A column with "train" or "valid" for each row.'),
            Number(
                name="batch_size", minimum=1, whole=True, help="How many rows a batch has; the last may have fewer."
            ),
            Number(name="epoch", minimum=0, whole=True, help="Which epoch, from 0: the number of epochs done."),
            Number(name="batch", minimum=0, whole=True, help="Which batch, from 0: the steps done in this epoch."),
            SEED,
            SHUFFLE,
        ),
        returns="n×1 of 0 and 1",
        run=batch,
        source="Steele, Lea and Flood, Fast splittable pseudorandom number generators (OOPSLA 2014), for the shuffling",
        errors=((ErrorCode.NUM, "The epoch has no such batch, or no row trains."),),
        array_plain=BATCH,
        plain_covers=is_batch_plain,
        needs_python=f"shuffled batches of fewer rows than train, which give #N/A: {RANDOM}",
        examples=(
            Example([[["train"], ["valid"], ["train"]], 2, 0, 0], [[1], [0], [1]]),
            Example([[["train"], ["train"], ["train"]], 1, 0, 1, 0, False], [[0], [1], [0]]),
            Example([[["train"], ["train"]], 2, 0, 1], ErrorCode.NUM),
        ),
    ),
    Formula(
        name="NN_INIT",
        summary="Random first weights for a layer, the same for the same seed.",
        arguments=(
            Number(name="rows", minimum=1, maximum=2**20, whole=True, help="How many inputs the layer has."),
            Number(name="columns", minimum=1, maximum=2**14, whole=True, help="How many units the layer has."),
            Number(name="seed", whole=True, help="Any whole number; another one gives other weights."),
            Choice(
                name="method",
                options=METHODS,
                optional=True,
                default="uniform",
                help="uniform: within 1/√rows, as PyTorch; xavier: for sigmoid and tanh; kaiming: for ReLU; zeros.",
            ),
            Number(
                name="layer", optional=True, default=1, minimum=1, whole=True, help="Layers with one seed still differ."
            ),
        ),
        returns="rows×columns",
        run=first_weights,
        source="Glorot and Bengio (AISTATS 2010) for xavier, He et al. (ICCV 2015) for kaiming",
        needs_python=RANDOM,
        examples=(
            Example([1, 2, 7, "zeros"], [[0, 0]]),
            Example([2, 1, 42], [[-0.15984251143836917], [0.595832533665635]]),
            Example([0, 1, 42], ErrorCode.NUM),
        ),
    ),
)
