"""What a formula is: the one frozen declaration from which all hosts, the help, the docs and the tests are made."""

import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from pyfuncs.catalogue.arguments import Argument
from pyfuncs.catalogue.reserved import UNO_IDL_WORDS, VBA_WORDS
from pyfuncs.cells.errors import ErrorCode
from pyfuncs.kernels.jit import plain

LONGEST_HELP = 255
FORMULA_NAME = re.compile(r"NN_[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
PLACEHOLDER = re.compile(r"\{([a-z]\w*)\}")
ARGUMENT_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


REMEMBERED = ("params", "slot_1", "slot_2", "shared_1", "shared_2", "shared_3")


@dataclass(frozen=True)
class Example:
    """A call with its arguments as cells, and what it gives: rows of cells, or an error code."""

    arguments: Sequence[Any]
    gives: Sequence[Sequence[float | str | ErrorCode]] | ErrorCode


@dataclass(frozen=True, kw_only=True)
class Formula:
    """A formula that can be typed into a cell.

    `run` takes what the arguments' `read` returns, in order and under the same names (`*rest` takes what is left), and
    returns a matrix, or rows of words. `errors` says in plain words when the formula gives an error; shapes, blanks and
    text need no mention.

    Raises:
        ValueError: when declared, for anything a host or a reader could not use.

    """

    name: str
    summary: str
    arguments: tuple[Argument, ...]
    returns: str
    run: Callable[..., Any]
    source: str
    examples: tuple[Example, ...]
    errors: tuple[tuple[ErrorCode, str], ...] = ()
    plain: str = ""
    """The same in the spreadsheet's own functions, cell by cell, with `{inputs}` for the argument inputs, `{slot_1}`
    and so on for what an optimizer remembers of each parameter, `{shared_1}` for what it remembers of all; empty where
    there is no short way to say it."""
    array_plain: str = ""
    """The same over whole blocks, in functions of Excel 365, where it is more than `plain` for each cell. Functions and
    defined names stand in capitals, what LET and LAMBDA bind in small letters."""
    needs_python: str = ""
    """What cannot be had in the spreadsheet's own functions and why, as the end of a sentence."""
    plain_covers: Callable[..., bool] | None = None
    """Whether the spreadsheet's own functions give the number for arguments that `run` takes; None: they always do."""

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise ValueError(f"{self.name}: " + "; ".join(problems))

    def _problems(self) -> Iterator[str]:
        """Yield what is wrong with the declaration."""
        if not FORMULA_NAME.fullmatch(self.name):
            yield "the name must be NN_ and words in capitals"
        yield from self._problems_of_arguments()
        yield from self._problems_of_plain_texts()
        for text in (self.summary, *(argument.help for argument in self.arguments)):
            if not 0 < len(text) <= LONGEST_HELP:
                yield f"a help text has {len(text)} characters, not 1 to {LONGEST_HELP}: {text}"
        if len(self.examples) < 2:
            yield "at least two examples are needed"
        if not any(isinstance(example.gives, ErrorCode) for example in self.examples):
            yield "one example must show an error"
        if not self.source:
            yield "the source is missing"

    def _problems_of_arguments(self) -> Iterator[str]:
        names = [argument.name for argument in self.arguments]
        parameters = inspect.signature(plain(self.run)).parameters.values()
        wanted = [parameter.name for parameter in parameters if parameter.kind != parameter.VAR_POSITIONAL]
        if names[: len(wanted)] != wanted or (len(names) > len(wanted)) != (len(parameters) > len(wanted)):
            yield f"the arguments {names} are not those of {plain(self.run).__name__}"
        for name in names:
            if not ARGUMENT_NAME.fullmatch(name):
                yield f"the argument name {name} is not made of small letters, digits and single underscores"
            if name in VBA_WORDS or name in UNO_IDL_WORDS:
                yield f"the argument name {name} is reserved in VBA or UNO IDL"

    def _problems_of_plain_texts(self) -> Iterator[str]:
        names = {argument.name for argument in self.arguments}
        unknown = set(PLACEHOLDER.findall(self.plain)) - names - set(REMEMBERED)
        unknown |= set(PLACEHOLDER.findall(self.array_plain)) - names
        if unknown:
            yield f"the plain text names {', '.join(sorted(unknown))}, which are no arguments"
        if not (self.plain or self.array_plain or self.needs_python):
            yield "neither a plain text nor why it needs Python is given"

    @property
    def signature(self) -> str:
        """Return the formula as help shows it: NN_LINEAR(inputs, weight, [bias])."""
        names = [f"[{argument.name}]" if argument.optional else argument.name for argument in self.arguments]
        return f"{self.name}({', '.join(names)})"

    @property
    def fewest_arguments(self) -> int:
        """Return how many arguments must be written: all up to the last that may not be left out."""
        return max((place for place, each in enumerate(self.arguments, 1) if not each.optional), default=0)
