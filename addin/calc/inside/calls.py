"""The calls of Gradsheet's formulas within a formula of the office's, from the parts into which the office takes it."""

from collections.abc import Iterator
from typing import Any

from addin.calc.inside.identifiers import FUNCTIONS

MAPPER = "com.sun.star.sheet.FormulaOpCodeMapper"
ENGLISH = 2
SEPARATORS = 1
"""From the constants of com.sun.star.sheet: FormulaLanguage.ENGLISH and FormulaMapGroup.SEPARATORS."""


def calls(document: Any, tokens: tuple[Any, ...]) -> Iterator[tuple[str, int]]:
    """Return each call of one of Gradsheet's formulas with how many arguments it gives."""
    mapped = document.createInstance(MAPPER).getAvailableMappings(ENGLISH, SEPARATORS)
    codes = {entry.Name: entry.Token.OpCode for entry in mapped}
    prefix = f"{FUNCTIONS}."
    written = [token for token in tokens if token.OpCode != codes.get(" ")]
    for place, token in enumerate(written):
        if isinstance(token.Data, str) and token.Data.startswith(prefix):
            parts = [part.OpCode for part in written[place + 1 :]]
            yield token.Data.removeprefix(prefix), count_arguments(parts, codes["("], codes[")"], codes[";"])


def count_arguments(codes: list[int], opening: int, closing: int, separator: int) -> int:
    """Return how many arguments follow a function's name; one left blank between separators counts."""
    if codes[:2] == [opening, closing]:
        return 0
    depth = 0
    count = 1
    for code in codes:
        depth += (code == opening) - (code == closing)
        if depth == 0:
            break
        count += code == separator and depth == 1
    return count
