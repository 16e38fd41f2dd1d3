"""gradsheet functions: the catalogue on paper."""

import argparse

from pyfuncs.catalogue.reference import markdown, one_line, text
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import GradsheetError


def run(options: argparse.Namespace) -> int:
    """List the formulas, or explain those named.

    Raises:
        GradsheetError: for a name that is no formula's.
    """
    known = formulas()
    if options.markdown:
        print(markdown(), end="")
        return 0
    for name in options.names:
        if name.upper() not in known:
            raise GradsheetError(f"There is no formula {name}; gradsheet functions lists them.")
    if options.names:
        print("\n\n".join(text(known[name.upper()]) for name in options.names))
    else:
        for formula in known.values():
            print(one_line(formula))
    return 0
