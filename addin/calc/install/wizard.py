"""What the function wizard shows: every formula and argument with its help."""

from addin.calc.inside.identifiers import CATEGORY, FUNCTIONS, idl_name
from addin.calc.install.xcu import Node, Text, Value, configuration, group
from pyfuncs.catalogue.arguments import Argument
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import formulas

ONE_CELL = "1×1"
ARRAY_HINT = "For several cells, select them first and tick Array here, or press Ctrl+Shift+Enter in the cell."


def descriptions() -> str:
    """Return CalcAddIns.xcu."""
    functions = [function(formula) for formula in formulas().values()]
    service = Node(FUNCTIONS, children=(group("AddInFunctions", *functions),))
    return configuration("org.openoffice.Office.CalcAddIns", group("AddInInfo", service))


def function(formula: Formula) -> Node:
    """Return a formula's node; the compatibility name is how an .xlsx file spells it."""
    properties: dict[str, Value] = {
        "DisplayName": Text(formula.name),
        "Description": Text(f"{formula.summary} Gives: {formula.returns}.{array_hint(formula)}"),
        "Category": CATEGORY,
        "CompatibilityName": Text(formula.name),
    }
    parameters = group("Parameters", *(parameter(argument) for argument in formula.arguments))
    return Node(formula.name, properties, (parameters,))


def array_hint(formula: Formula) -> str:
    """Return how to enter a formula whose result has more than one cell."""
    return "" if formula.returns == ONE_CELL else f" {ARRAY_HINT}"


def parameter(argument: Argument) -> Node:
    """Return an argument's node; its name must be the one in the interface."""
    optional = "May be left out. " if argument.optional else ""
    text = f"{optional}{argument.help} ({argument.shape_text})"
    return Node(idl_name(argument.name), {"DisplayName": Text(argument.name), "Description": Text(text)})
