"""How numbers are spelled for people: with fixed decimals while these fit, in powers of ten beyond: 3.6E+303."""

LARGE = 1e7
"""From here on a sentence gives a number in powers of ten: its decimals say nothing."""


def spelled(number: float, decimals: int) -> str:
    """Return a number for a sentence, with so many decimals or in powers of ten."""
    return f"{number:.1e}".replace("e", "E") if abs(number) >= LARGE else f"{number:.{decimals}f}"
