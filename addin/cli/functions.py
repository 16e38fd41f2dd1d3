"""gradsheet functions: the catalogue on paper."""

import argparse

from addin.cli.streams import print_data
from pyfuncs.catalogue.reference import markdown, one_line, pages, text
from pyfuncs.catalogue.registry import formulas
from pyfuncs.cells.errors import GradsheetError
from workbooks.xlsx.atomic import write_atomically


def run(options: argparse.Namespace) -> int:
    """List the formulas, or explain those named.

    Raises:
        GradsheetError: for a name that is no formula's, and for a folder that cannot be written into.
    """
    known = formulas()
    if options.pages is not None:
        for path, content in pages().items():
            place = options.pages / path
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise GradsheetError(f"{place.parent} cannot be made a folder ({error.strerror}).") from None
            write_atomically(place, content.encode())
        return 0
    if options.markdown:
        print_data(markdown())
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
