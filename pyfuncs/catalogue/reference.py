"""Help on paper, made from the declarations: a line, a page of text, and the whole reference as Markdown."""

from collections.abc import Sequence

from pyfuncs.catalogue.declare import Example, Formula
from pyfuncs.catalogue.lambdas import has_lambda
from pyfuncs.catalogue.registry import FAMILIES
from pyfuncs.cells.block import CellBlock
from pyfuncs.cells.errors import ErrorCode


def one_line(formula: Formula) -> str:
    """Return a formula's signature and what it does."""
    return f"{formula.signature}\n    {formula.summary}"


def text(formula: Formula) -> str:
    """Return all there is to say of a formula, as plain text."""
    lines = [formula.signature, f"  {formula.summary}", f"  Gives: {formula.returns}.", "", "  Arguments"]
    lines += [f"    {argument.name} ({argument.shape_text}): {argument.help}" for argument in formula.arguments]
    if formula.errors:
        lines += ["", "  Errors", *(f"    {code}: {why}" for code, why in formula.errors)]
    lines += ["", "  Examples", *(f"    {shown(formula, example)}" for example in formula.examples)]
    return "\n".join([*lines, "", f"  Source: {formula.source}"])


HEAD = (
    "# Formulas\n\nMade from the declarations in `pyfuncs/catalogue`.\n\n"
    "Shapes are rows×columns; the same letter means the same size throughout a formula. A blank, text or a block "
    "of the wrong shape gives `#VALUE!`, a number out of range or a result that is not finite `#NUM!`, "
    "an error in a cell that error. What is said under *Without Python* holds for [workbooks that carry their "
    "formulas](anywhere.md).\n"
)


def markdown() -> str:
    """Return the reference of all formulas on one page."""
    parts = [HEAD]
    for family in FAMILIES:
        parts.append(f"\n## {family.TITLE}\n")
        parts += [section(formula) for formula in family.FORMULAS]
    return "".join(parts)


def pages() -> dict[str, str]:
    """Return the reference as files by their path: functions.md, which lists all, and a page a family."""
    contents = [HEAD]
    found = {}
    for family in FAMILIES:
        path = f"functions/{family.TITLE.lower().replace(' ', '_')}.md"
        contents.append(f"\n## [{family.TITLE}]({path})\n\n")
        contents += [f"- [{each.name}]({path}#{each.name.lower()}): {each.summary}\n" for each in family.FORMULAS]
        found[path] = f"# {family.TITLE}\n\n[All formulas](../functions.md)\n" + "".join(
            section(formula).replace("\n### ", "\n## ", 1) for formula in family.FORMULAS
        )
    return {"functions.md": "".join(contents), **found}


def section(formula: Formula) -> str:
    """Return one formula's part of the reference."""
    lines = [
        f"\n### {formula.name}\n",
        f"`={formula.signature}`\n",
        f"{formula.summary}\n",
        f"Gives: {formula.returns}.\n",
    ]
    lines.append("| Argument | What it takes | Help |\n|---|---|---|")
    for argument in formula.arguments:
        name = f"[{argument.name}]" if argument.optional else argument.name
        lines.append(f"| {name} | {argument.shape_text} | {argument.help} |")
    lines.append("")
    lines += [f"- `{code}`: {why}" for code, why in formula.errors]
    lines += [""] if formula.errors else []
    lines.append("```text")
    lines += [shown(formula, example) for example in formula.examples]
    lines += ["```\n", f"Source: {formula.source}.\n", f"Without Python: {without_python(formula)}.\n"]
    return "\n".join(lines)


def without_python(formula: Formula) -> str:
    """Return whether a program without Gradsheet can calculate a formula as a LAMBDA, and why not."""
    if not has_lambda(formula):
        return f"no, a cell holds its value there: {formula.needs_python}"
    return f"yes, but for {formula.needs_python}" if formula.needs_python else "yes"


def shown(formula: Formula, example: Example) -> str:
    """Return an example as one types it: =NN_RELU(-1) gives 0."""
    arguments = ",".join("" if argument is None else typed(argument) for argument in example.arguments)
    result = str(example.gives) if isinstance(example.gives, ErrorCode) else typed(example.gives)
    return f"={formula.name}({arguments.rstrip(',')}) gives {result}"


def typed(block: CellBlock) -> str:
    """Return a block as an array constant, one cell as itself."""
    if not isinstance(block, Sequence) or isinstance(block, str):
        return typed_cell(block)
    rows = [row if isinstance(row, Sequence) and not isinstance(row, str) else [row] for row in block]
    if len(rows) == 1 and len(rows[0]) == 1:
        return typed_cell(rows[0][0])
    return "{" + ";".join(",".join(typed_cell(cell) for cell in row) for row in rows) + "}"


def typed_cell(cell: object) -> str:
    """Return one cell's value as one types it."""
    if cell is None:
        return "(blank)"
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, ErrorCode):
        return str(cell)
    return f'"{cell}"' if isinstance(cell, str) else f"{cell!r}"
