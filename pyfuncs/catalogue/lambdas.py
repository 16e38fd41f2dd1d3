"""Formulas as LAMBDAs of Excel 365 and 2024: the same number without Python, or an error, made from the declarations.

The text is as one types it; functions and defined names are in capitals, what LAMBDA and LET bind in small letters.
"""

import re
from collections.abc import Iterable, Mapping
from functools import singledispatch

from pyfuncs.catalogue import plain_networks
from pyfuncs.catalogue.arguments import Argument, Flags, Mask, Numbers
from pyfuncs.catalogue.data import Split
from pyfuncs.catalogue.declare import PLACEHOLDER, Formula
from pyfuncs.catalogue.models import MOST_LAYERS
from pyfuncs.catalogue.plain import each_cell
from pyfuncs.catalogue.registry import formulas, loss_formula
from pyfuncs.catalogue.scalars import Choice, Choices, Labels, Number
from pyfuncs.cells.spelling import LARGEST_EXACT_INTEGER, exact
from pyfuncs.kernels.activations import ACTIVATIONS
from pyfuncs.kernels.losses import LOSSES
from pyfuncs.kernels.split import TRAIN, VALID

CHECKED = "_ok"
NAME = re.compile(r"\b(?:NN|GRADSHEET)_[A-Z0-9_]+\b")
WORD_OF = 'LET(word,LOWER(TRIM(TEXTJOIN("",TRUE,{value}))),IF(ISNUMBER(XMATCH(word,{options})),word,#VALUE!))'

ACTIVATED = {word: f"NN_{word.upper()}(linear)" for word in ACTIVATIONS} | {"identity": "linear"}
ACTIVATED_GRAD = {word: f"NN_{word.upper()}_GRAD(linear,grad)" for word in ACTIVATIONS} | {"identity": "grad"}


def by_word(parameters: str, texts: Mapping[str, str]) -> str:
    """Return a LAMBDA of `word` and more that gives what belongs to the word."""
    result = "#VALUE!"
    for word, text in reversed(list(texts.items())):
        result = f'IF(word="{word}",{text},{result})'
    return f"LAMBDA({parameters},{result})"


HELPERS: Mapping[str, str] = {
    **plain_networks.LAYER_HELPERS,
    "GRADSHEET_EPOCH": plain_networks.epoch_lambda(MOST_LAYERS),
    "GRADSHEET_NUMBERS": (
        # COUNTA finds a single blank cell too, of which MAP makes 0 in some programs.
        "LAMBDA(block,LET(numbers,MAP(block,LAMBDA(item,IF(ISNUMBER(item),item,IF(ISLOGICAL(item),item*1,"
        "IF(ISERROR(item),item,#VALUE!))))),check,IF(COUNTA(block)<ROWS(block)*COLUMNS(block),#VALUE!,SUM(numbers*0)),"
        "IF(ISERROR(check),check,numbers)))"
    ),
    "GRADSHEET_NUMBER": (
        "LAMBDA(block,LET(numbers,GRADSHEET_NUMBERS(block),IF(ROWS(numbers)*COLUMNS(numbers)=1,SUM(numbers),#VALUE!)))"
    ),
    "GRADSHEET_WORD": (
        f"LAMBDA(block,options,IF(ROWS(block)*COLUMNS(block)=1,{WORD_OF.format(value='block', options='options')},"
        "#VALUE!))"
    ),
    "GRADSHEET_WORDS": (
        'LAMBDA(block,options,LET(words,MAP(TEXTSPLIT(TEXTJOIN(",",TRUE,block),","),LAMBDA(item,'
        f"{WORD_OF.format(value='item', options='options')})),check,SUM(LEN(words)*0),IF(ISERROR(check),check,words)))"
    ),
    "GRADSHEET_LABELS": (
        "LAMBDA(block,IF(MIN(ROWS(block),COLUMNS(block))>1,#VALUE!,LET(labels,TOCOL(MAP(block,LAMBDA(item,"
        "IF(ISERROR(item),item,IF(LEN(item)=0,#VALUE!,item))))),check,SUM(LEN(labels)*0),IF(ISERROR(check),check,labels))))"
    ),
    "GRADSHEET_ACTIVATED": by_word("word,linear", ACTIVATED),
    "GRADSHEET_ACTIVATED_GRAD": by_word("word,linear,grad", ACTIVATED_GRAD),
    "GRADSHEET_LOSSES": by_word(
        "word,outputs,target", {word: f'{loss_formula(word)}(outputs,target,"none")' for word in LOSSES}
    ),
    "GRADSHEET_LOSS_GRADS": by_word(
        "word,outputs,target", {word: f'{loss_formula(word)}_GRAD(outputs,target,"none")' for word in LOSSES}
    ),
}
"""What reads an argument's cells, as the arguments of the catalogue do: the first error, or #VALUE!, or the cells."""


def has_lambda(formula: Formula) -> bool:
    """Tell whether a formula can be had without Python."""
    return bool(formula.array_plain or formula.plain)


def lambda_text(formula: Formula) -> str:
    """Return a formula as a LAMBDA with its checks: its arguments, their defaults, and shapes that must agree.

    Raises:
        ValueError: for a formula that has none.
    """
    if not has_lambda(formula):
        raise ValueError(f"{formula.name} has no text in the spreadsheet's own functions.")
    parameters = [f"[{each.name}]" if each.optional else each.name for each in formula.arguments]
    body = formula.array_plain or each_cell(formula.plain, *(each.name for each in formula.arguments if each.is_block))
    bound = []
    for argument in formula.arguments:
        text = read(argument)
        if argument.optional:
            text = f"IF(ISOMITTED({argument.name}),{missing(argument)},{text})"
        bound.append(f"{argument.name}{CHECKED},{text}")
    # An argument that the body may do without is looked at all the same: an error in it is the formula's.
    scalars = [f"{{{each.name}}}={{{each.name}}}" for each in formula.arguments if isinstance(each, (Number, Choice))]
    conditions = ",".join([*same_sizes(formula.arguments), *scalars])
    checked = f"IF(AND({conditions}),{body},#VALUE!)" if conditions else body
    text = f"LAMBDA({','.join(parameters)},LET({','.join(bound)},{checked}))"
    return PLACEHOLDER.sub(lambda match: match[1] + CHECKED, text)


def lambdas(names: Iterable[str]) -> dict[str, str]:
    """Return the LAMBDAs of these formulas, and of all that they call, by name; what has none is left out."""
    known = HELPERS.keys() | {name for name, formula in formulas().items() if has_lambda(formula)}
    found: dict[str, str] = {}
    wanted = [name for name in names if name in known]
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = HELPERS[name] if name in HELPERS else lambda_text(formulas()[name])
            wanted += [called for called in NAME.findall(found[name]) if called in known]
    return dict(sorted(found.items()))


def same_sizes(arguments: Iterable[Argument]) -> list[str]:
    """Return the conditions that sizes with one letter are the same; an argument left out meets them.

    Where nothing fills the place of an argument left out, the formula's own text compares the sizes.
    """
    first: dict[str, str] = {}
    conditions = []
    for argument in arguments:
        shape = getattr(argument, "shape", ("n", 1) if isinstance(argument, Mask) else ())
        if getattr(argument, "fill", 0) is None:
            continue
        for symbol, function in zip(shape, ("ROWS", "COLUMNS"), strict=False):
            size = f"{function}({{{argument.name}}})"
            wanted = str(symbol) if isinstance(symbol, int) else first.setdefault(symbol, size)
            if size != wanted:
                condition = f"{size}={wanted}"
                conditions.append(f"OR(ISOMITTED({argument.name}),{condition})" if argument.optional else condition)
    return conditions


def number_text(number: float) -> str:
    """Return a number as a formula spells it."""
    return exact(number).upper()


@singledispatch
def read(argument: Argument) -> str:
    """Return the text that gives an argument's checked value, or an error."""
    raise TypeError(f"{type(argument).__name__} has no text.")


@singledispatch
def missing(argument: Argument) -> str:
    """Return what stands for an argument left out."""
    return "0"


@read.register
def _(argument: Numbers) -> str:
    return f"GRADSHEET_NUMBERS({argument.name})"


@missing.register
def _(argument: Numbers) -> str:
    return '""' if argument.fill is None else number_text(argument.fill)


@read.register
def _(argument: Number) -> str:
    number = f"GRADSHEET_NUMBER({argument.name})"
    bounds = {">=": argument.minimum, "<=": argument.maximum, ">": argument.above, "<": argument.below}
    conditions = [f"number{sign}{number_text(bound)}" for sign, bound in bounds.items() if abs(bound) != float("inf")]
    if argument.whole:
        conditions += ["number=INT(number)", f"ABS(number)<={number_text(float(LARGEST_EXACT_INTEGER))}"]
    return f"LET(number,{number},IF(AND({','.join(conditions)}),number,#NUM!))" if conditions else number


@missing.register
def _(argument: Number) -> str:
    return number_text(argument.default or 0.0)


@read.register
def _(argument: Choice) -> str:
    return f"GRADSHEET_WORD({argument.name},{array_of(argument.options)})"


@missing.register
def _(argument: Choice) -> str:
    return f'"{argument.default or ""}"'


@read.register
def _(argument: Choices) -> str:
    return f"GRADSHEET_WORDS({argument.name},{array_of(argument.options)})"


@read.register
def _(argument: Labels) -> str:
    return f"GRADSHEET_LABELS({argument.name})"


def zeros_and_ones(name: str, fine: str) -> str:
    """Return the text for a block of 0 and 1 that meets a condition on `flags`."""
    return f"LET(flags,GRADSHEET_NUMBERS({name}),IF(AND(flags*flags=flags,{fine}),flags,#NUM!))"


@read.register
def _(argument: Mask) -> str:
    return zeros_and_ones(argument.name, "SUM(flags)>0")


@missing.register
def _(argument: Mask) -> str:
    return "SEQUENCE(ROWS({inputs}),1,1,0)"


@read.register
def _(argument: Flags) -> str:
    return zeros_and_ones(argument.name, "MIN(ROWS(flags),COLUMNS(flags))=1")


@read.register
def _(argument: Split) -> str:
    words = WORD_OF.format(value="item", options=array_of((TRAIN, VALID)))
    return f'IF(COLUMNS({argument.name})=1,MAP({argument.name},LAMBDA(item,IF({words}="{TRAIN}",1,0))),#VALUE!)'


def array_of(words: Iterable[str]) -> str:
    """Return words as an array constant."""
    return "{" + ",".join(f'"{word}"' for word in words) + "}"
