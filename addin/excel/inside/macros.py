"""What the VBA of the buttons calls, through the same running Python as the formulas."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import xlwings as xw

from addin.excel.inside.book import cells_of
from addin.excel.inside.clicks import Answer, Clicks
from addin.excel.inside.typed import is_one_call, wrong_counts

CLICKS = Clicks()
_answer = Answer("", "")

Row = list[list[str]]
Function = TypeVar("Function", bound=Callable[..., Any])


def called_by_vba(function: Function) -> Function:
    """Let xlwings call a function with values as they come; it would take type hints for converters."""
    function.__annotations__ = {}
    registered: Function = xw.func(function)
    return registered


@called_by_vba
def click(button: object, path: object) -> Row:
    """Do what a button asks for in the workbook that called; the path is that of a file of weights, blank for none."""
    return told(CLICKS.click(xw.Book.caller(), str(button), Path(str(path)) if path else None))


@called_by_vba
def go_on(stops: object) -> Row:
    """Go on with a long run."""
    return told(CLICKS.go_on(bool(stops)))


@called_by_vba
def block(number: float) -> list[list[float | str | None]]:
    """Return a block of the last answer, counted from 0."""
    return cells_of(_answer.blocks[int(number)][2])


@called_by_vba
def typed(formula: object) -> Row:
    """Return what is wrong with the arguments of a formula, a line each, and whether it is one call and no more."""
    return [["\n".join(wrong_counts(str(formula))), "one call" if is_one_call(str(formula)) else ""]]


def told(answer: Answer) -> Row:
    """Return an answer as VBA takes it: its state, its sentence, then a sheet and an address for each block."""
    global _answer
    _answer = answer
    return [
        [answer.state, answer.sentence, *(text for sheet, address, _ in answer.blocks for text in (sheet, address))]
    ]
