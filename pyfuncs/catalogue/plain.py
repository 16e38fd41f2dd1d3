"""Pieces of the formulas' texts in the spreadsheet's own functions."""


def each_cell(plain: str, *blocks: str) -> str:
    """Return the array formula of a text for each cell of blocks of one shape; `{x}` is the cell of block x."""
    names = [name for name in blocks if f"{{{name}}}" in plain]
    for name in names:
        plain = plain.replace(f"{{{name}}}", f"{name}_each")
    given, bound = (",".join(pattern.format(name) for name in names) for pattern in ("{{{}}}", "{}_each"))
    return f"MAP({given},LAMBDA({bound},{plain}))"
