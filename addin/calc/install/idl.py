"""The interface of the formulas in UNO's own language, which the office reads as it is."""

from addin.calc.inside.identifiers import IDENTIFIER, INTERFACE, idl_name
from pyfuncs.catalogue.arguments import Argument
from pyfuncs.catalogue.declare import Formula
from pyfuncs.catalogue.registry import formulas

CELLS = "sequence< sequence< any > >"


def interface() -> str:
    """Return the interface with one method a formula."""
    methods = "".join(f"  {method(formula)}\n" for formula in formulas().values())
    opening = " ".join(f"module {name} {{" for name in IDENTIFIER.split("."))
    closing = " ".join("};" for _ in IDENTIFIER.split("."))
    return f"{opening}\ninterface {INTERFACE} {{\n{methods}}};\n{closing}\n"


def method(formula: Formula) -> str:
    """Return a formula's method."""
    parameters = ", ".join(f"[in] {idl_type(argument)} {idl_name(argument.name)}" for argument in formula.arguments)
    return f"{CELLS} {formula.name}( {parameters} );"


def idl_type(argument: Argument) -> str:
    """Return an argument's type; what may be left out must be `any`, which takes a range just as well."""
    return CELLS if argument.is_block and not argument.optional else "any"
