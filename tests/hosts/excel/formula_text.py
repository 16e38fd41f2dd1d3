"""The text of a formula that is one call, as far as the stand-ins for Excel calculate it."""

from contextlib import suppress


def arguments_of(formula: str) -> tuple[str, list[str]]:
    """Return the name that a formula such as =NN_RELU(A1,"x") calls, and the texts between its commas."""
    name, _, inside = formula.removeprefix("=").removesuffix(")").partition("(")
    words, quoted = [""], False
    for letter in inside:
        quoted ^= letter == '"'
        if letter == "," and not quoted:
            words.append("")
        else:
            words[-1] += letter
    return name, words if words != [""] else []


def literal(word: str) -> str | bool | float | None:
    """Return the value that a text, TRUE, FALSE or a number stands for; None for a reference."""
    if word[0] == '"':
        return word[1:-1].replace('""', '"')
    if word in ("TRUE", "FALSE"):
        return word == "TRUE"
    with suppress(ValueError):
        return float(word)
    return None
