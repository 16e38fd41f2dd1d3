"""What the VBA of the buttons calls, through the same running Python as the formulas."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import xlwings as xw

from addin.excel.inside.book import Contents, DefinedName, cells_of
from addin.excel.inside.clicks import Answer, Clicks
from addin.excel.inside.typed import is_one_call, wrong_counts

CLICKS = Clicks()
_answer = Answer("", "")

Row = list[list[str]]
Function = TypeVar("Function", bound=Callable[..., Any])


def called_by_vba(**dimensions: int) -> Callable[[Function], Function]:
    """Let xlwings call a function with values as they come, but some blocks always with so many dimensions."""

    def registered(function: Function) -> Function:
        function.__annotations__ = {}  # xlwings would take type hints for converters
        for name, count in dimensions.items():
            function = xw.arg(name, ndim=count)(function)
        called: Function = xw.func(function)
        return called

    return registered


@called_by_vba(sheets=1, names=2)
def click(button: object, path: object, sheets: object = None, names: object = None) -> Row:
    """Do what a button asks for in the workbook that called.

    The path is that of a file of weights, blank for none. The sheets are the title of the one in front, then the titles
    of all; the names are rows of a name and the text of what it stands for.
    """
    contents = None if sheets is None else contents_from(cast(list[str], sheets), cast(list[list[str]], names))
    return told(CLICKS.click(xw.Book.caller(), str(button), Path(str(path)) if path else None, contents))


def contents_from(sheets: Sequence[str], names: Sequence[Sequence[str]]) -> Contents:
    """Return a workbook's contents as VBA gives them; its block of names begins with a blank row."""
    defined = (DefinedName(name, refers_to) for name, refers_to in names[1:])
    return Contents(sheets[0], tuple(sheets[1:]), tuple(defined))


@called_by_vba()
def go_on(stops: object) -> Row:
    """Go on with a long run."""
    return told(CLICKS.go_on(bool(stops)))


@called_by_vba()
def block(number: float) -> list[list[float | str | None]]:
    """Return a block of the last answer, counted from 0."""
    return cells_of(_answer.blocks[int(number)][2])


@called_by_vba()
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
