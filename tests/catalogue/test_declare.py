"""A declaration that a host or a reader could not use is refused where it is made."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from pyfuncs.catalogue.arguments import Numbers
from pyfuncs.catalogue.call import call
from pyfuncs.catalogue.declare import LONGEST_HELP, Example, Formula
from pyfuncs.catalogue.reference import one_line, section, text
from pyfuncs.catalogue.registry import FAMILIES
from pyfuncs.catalogue.scalars import Choice, Number
from pyfuncs.cells.errors import CellError, ErrorCode

VALUES = Numbers(name="values", shape=("n", "m"), help="The numbers.")
FACTOR = Number(name="factor", optional=True, default=2.0, minimum=0, help="What they are multiplied by.")
GOOD = Example([[[1, 2]]], [[2, 4]])
BAD = Example([[["one"]]], ErrorCode.VALUE)


def scale(values: np.ndarray, factor: float) -> np.ndarray:
    return values * factor


def toy(**changes: Any) -> Formula:
    """A formula that is all right but for the changes."""
    declared: dict[str, Any] = {
        "name": "NN_TOY_SCALE",
        "summary": "Multiplies numbers by a factor.",
        "arguments": (VALUES, FACTOR),
        "returns": "n×m",
        "run": scale,
        "source": "Arithmetic",
        "plain": "{values}*{factor}",
        "examples": (GOOD, BAD),
    }
    return Formula(**declared | changes)


def block(name: str) -> Numbers:
    return Numbers(name=name, shape=("n", "m"), help="The numbers.")


def running(*names: str) -> Callable[..., np.ndarray]:
    """A function with the given argument names."""
    scope: dict[str, Any] = {}
    exec(f"def run({', '.join(names)}): pass", scope)
    return scope["run"]


def test_a_declared_formula_can_be_called() -> None:
    assert call(toy(), [[[1, 2], [3, 4]]]) == [[2.0, 4.0], [6.0, 8.0]]
    assert call(toy(), [[[1, 2]], 0.5]) == [[0.5, 1.0]]
    with pytest.raises(CellError, match=r"^NN_TOY_SCALE: values, row 1, column 2, holds the text"):
        call(toy(), [[[1, "two"]]])
    with pytest.raises(CellError, match=r"^NN_TOY_SCALE: factor is -1, but must be a number at least 0\.$") as caught:
        call(toy(), [1, -1])
    assert caught.value.code is ErrorCode.NUM


def test_a_declared_formula_explains_itself() -> None:
    formula = toy(errors=((ErrorCode.NUM, "The factor is negative."),))
    assert formula.signature == "NN_TOY_SCALE(values, [factor])"
    assert one_line(formula) == "NN_TOY_SCALE(values, [factor])\n    Multiplies numbers by a factor."
    for help_text in (text(formula), section(formula)):
        for part in (
            "NN_TOY_SCALE(values, [factor])",
            "Multiplies numbers by a factor.",
            "Gives: n×m.",
            "The numbers.",
            "a number at least 0, 2 if left out",
            "The factor is negative.",
            "=NN_TOY_SCALE({1,2}) gives {2,4}",
            '=NN_TOY_SCALE("one") gives #VALUE!',
            "Source: Arithmetic",
        ):
            assert part in help_text, part


def test_a_result_that_is_not_finite_is_an_error_in_its_own_cell() -> None:
    formula = toy(run=lambda values, factor: np.array([[np.inf, 1.0], [-np.inf, np.nan]]))
    assert call(formula, [1]) == [[ErrorCode.NUM, 1.0], [ErrorCode.NUM, ErrorCode.NUM]]


def test_a_result_of_words_comes_out_as_it_is() -> None:
    formula = toy(run=lambda values, factor: [["yes"], ["no"]])
    assert call(formula, [1]) == [["yes"], ["no"]]


def test_a_kernel_that_fails_is_an_error_with_a_sentence_too() -> None:
    def run(values: np.ndarray, factor: float) -> np.ndarray:
        raise ZeroDivisionError("no")

    with pytest.raises(CellError, match=r"^NN_TOY_SCALE failed with ZeroDivisionError: no\. Please report") as caught:
        call(toy(run=run), [1])
    assert caught.value.code is ErrorCode.VALUE


def test_a_declaration_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        toy().name = "NN_OTHER"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        VALUES.name = "other"  # type: ignore[misc]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "TOY",
        "NN_",
        "nn_toy",
        "NN_Toy",
        "NN.TOY",
        "NN_TOY_",
        "NN__TOY",
        "NN_1TOY",
        "NN_TOY SCALE",
        "NN_TÖY",
        "NN_TOY\n",
    ],
)
def test_a_name_that_is_not_words_in_capitals_behind_nn_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="the name must be NN_ and words in capitals"):
        toy(name=name)


@pytest.mark.parametrize("name", ["X", "x_", "_x", "x__y", "aB", "ünits"])
def test_an_argument_name_of_other_than_small_letters_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="is not made of small letters, digits and single underscores"):
        toy(arguments=(block(name),), run=running(name))


# What Visual Basic's language specification reserves, and what stands in UNO's interface language.
VBA = set(
    re.findall(
        r"\w+",
        """
    abs addressof and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec cint
    circle clng clnglng clngptr close const csng cstr currency cvar cverr date debug decimal declare defbool defbyte
    defcur defdate defdbl defint deflng defobj defsng defstr defvar dim do doevents double each else elseif empty end
    endif enum eqv erase event exit false fix for friend function get global gosub goto if imp implements in input
    inputb int integer is lbound len lenb let like lock long longlong longptr loop lset me mod new next not nothing
    null on open option optional or paramarray preserve print private property pset public put raiseevent redim rem
    resume return rset scale seek select set sgn shared single spc static stop string sub tab then to true type typeof
    ubound unlock until variant wend while with withevents write xor
""",
    )
)
UNO = set(
    re.findall(
        r"\w+",
        """
    any attribute boolean bound byte case char const constants constrained context double enum exception false float
    get hyper in inout interface long maybeambiguous maybedefault maybevoid module object oneway optional out property
    published raises readonly removable sequence service set short singleton string struct switch transient true type
    typedef union unsigned void
""",
    )
)
# These cannot be arguments of a Python function to begin with.
PYTHON = {"and", "as", "if", "in", "is", "not", "or", "else", "for", "global", "return", "while", "with"}


def refused(name: str) -> bool:
    try:
        toy(arguments=(block(name),), run=running(name))
    except ValueError as error:
        return f"the argument name {name} is reserved in VBA or UNO IDL" in str(error)
    return False


@pytest.mark.parametrize("words", [VBA, UNO], ids=["VBA", "UNO IDL"])
def test_a_word_that_a_hosts_language_keeps_for_itself_is_refused_as_argument(words: set[str]) -> None:
    assert [word for word in sorted(words - PYTHON) if not refused(word)] == []


def test_help_has_at_least_one_character_and_at_most_what_a_host_shows() -> None:
    toy(summary="x" * LONGEST_HELP)
    for length in (0, LONGEST_HELP + 1):
        with pytest.raises(ValueError, match=f"a help text has {length} characters, not 1 to 255"):
            toy(summary="x" * length)
        with pytest.raises(ValueError, match=f"a help text has {length} characters, not 1 to 255"):
            toy(arguments=(Numbers(name="values", shape=("n", "m"), help="x" * length), FACTOR))


def test_two_examples_are_needed_and_one_must_show_an_error() -> None:
    with pytest.raises(ValueError, match="at least two examples are needed"):
        toy(examples=(BAD,))
    with pytest.raises(ValueError, match="one example must show an error"):
        toy(examples=(GOOD, GOOD))


def test_the_source_is_needed() -> None:
    with pytest.raises(ValueError, match="the source is missing"):
        toy(source="")


@pytest.mark.parametrize(
    "arguments", [(), (VALUES,), (FACTOR, VALUES), (VALUES, block("other")), (VALUES, FACTOR, block("rest"))]
)
def test_the_arguments_must_be_those_of_the_kernel_in_their_order(arguments: tuple) -> None:
    with pytest.raises(ValueError, match="are not those of scale"):
        toy(arguments=arguments)


def test_a_kernel_may_take_what_is_left_in_a_star_argument() -> None:
    def run(values: np.ndarray, *rest: float) -> np.ndarray:
        return values * sum(rest)

    more = (VALUES, FACTOR, Number(name="more", help="Another one."))
    assert call(toy(arguments=more, run=run), [1, 2, 3]) == [[5.0]]
    with pytest.raises(ValueError, match="are not those of run"):
        toy(arguments=(VALUES,), run=run)


def test_all_problems_are_named_at_once_behind_the_formulas_name() -> None:
    with pytest.raises(ValueError, match=r"^bad: .*name must be.*; .*two examples.*; .*source is missing"):
        toy(name="bad", examples=(BAD,), source="")


def test_every_family_has_a_title_and_formulas() -> None:
    assert all(family.TITLE and family.FORMULAS for family in FAMILIES)


def test_a_choice_takes_its_words_in_any_case() -> None:
    formula = toy(
        arguments=(
            VALUES,
            Choice(name="factor", options={"twice": 2.0, "thrice": 3.0}, default="twice", optional=True, help="How."),
        ),
    )
    assert call(formula, [1]) == [[2.0]]
    assert call(formula, [1, " ThRiCe "]) == [[3.0]]
    with pytest.raises(CellError, match=r'factor is "four", but must be "twice" or "thrice"\.$'):
        call(formula, [1, "four"])
    with pytest.raises(CellError, match=r'factor is not a word, but must be "twice" or "thrice"\.$'):
        call(formula, [1, 4])


def test_a_formula_says_what_it_is_without_python():
    with pytest.raises(ValueError, match="neither a plain text nor why it needs Python"):
        toy(plain="")
    assert toy(plain="", needs_python="the kernel is a secret").needs_python
    with pytest.raises(ValueError, match="the plain text names other, which are no arguments"):
        toy(array_plain="MMULT({values},{other})")
