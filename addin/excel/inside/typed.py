"""The calls of Gradsheet's formulas in a formula as it is typed in Excel, and what is wrong with their arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pyfuncs.catalogue.call import wrong_count
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import formulas
from workbooks.xlsx.formulas import all_tokens

if TYPE_CHECKING:
    from openpyxl.formula.tokenizer import Token


def wrong_counts(text: str) -> list[str]:
    """Return a sentence for each call in a formula with too few or too many arguments."""
    tokens = tokens_of(text)
    calls = (
        (formula, count_arguments(tokens[place:]))
        for place, token in enumerate(tokens)
        if (formula := formula_of(token)) is not None
    )
    return list(dict.fromkeys(sentence for formula, count in calls if (sentence := wrong_count(formula, count))))


def is_one_call(text: str) -> bool:
    """Tell whether a formula is a call of one of Gradsheet's, with nothing around it: all that it gives is shown."""
    tokens = tokens_of(text)
    return bool(tokens) and formula_of(tokens[0]) is not None and len(call_tokens(tokens)) == len(tokens)


def tokens_of(text: str) -> list[Token]:
    """Return a formula's parts without spaces, none where it cannot be taken apart."""
    return [token for token in all_tokens(text) or () if token.type != token.WSPACE]


def formula_of(token: Token) -> Formula | None:
    """Return the formula that a token calls; the add-in's file may stand before its name."""
    if token.type != token.FUNC or token.subtype != token.OPEN:
        return None
    return formulas().get(token.value.rpartition("!")[2].rstrip("(").upper())


def call_tokens(tokens: list[Token]) -> list[Token]:
    """Return the parts of the call with which the tokens begin, to its closing bracket."""
    depth = 0
    for place, token in enumerate(tokens):
        depth += (token.subtype == token.OPEN) - (token.subtype == token.CLOSE)
        if depth == 0:
            return tokens[: place + 1]
    return tokens


def count_arguments(tokens: list[Token]) -> int:
    """Return how many arguments the call has with which the tokens begin; one left blank between commas counts."""
    inner = call_tokens(tokens)[1:-1]
    return sum(1 for _ in separators(inner)) + 1 if inner else 0


def separators(tokens: list[Token]) -> Iterator[Token]:
    """Yield the commas that stand in no inner brackets."""
    depth = 0
    for token in tokens:
        depth += (token.subtype == token.OPEN) - (token.subtype == token.CLOSE)
        if depth == 0 and token.type == token.SEP:
            yield token
