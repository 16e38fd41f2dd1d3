"""Workbooks that carry their formulas as LAMBDAs: in the office, which has none, the add-in calculates them.

A name hides the function of the same name, so the names are taken out of the document when it has been loaded, and
written into the file again when it has been saved.
"""

import re
from typing import Any

from addin.calc.inside.reentry import QUOTED, areas_with, change_as_loaded, reenter_area
from addin.calc.inside.saving import saved_file, write_keeping_time

OWN = re.compile(r"(NN|GRADSHEET)_[A-Z0-9_]+")
CALL = re.compile(r"(?<![\w.])NN_\w+\s*\(", re.IGNORECASE)

_set_aside: set[str] = set()
"""The documents whose names were taken out."""


def calls_one(formula: str) -> bool:
    """Tell whether a formula calls one that a name may hide."""
    return CALL.search(QUOTED.sub("", formula)) is not None


def is_lambda(name: Any) -> bool:
    """Tell whether a defined name holds a LAMBDA, which some offices write in small letters."""
    return "lambda(" in name.Content.casefold()


def set_aside(document: Any) -> int:
    """Take the names of LAMBDAs out of a document and enter its formulas anew; return how many names there were."""
    names = document.NamedRanges
    own = [name for name in names.ElementNames if OWN.fullmatch(name) and is_lambda(names.getByName(name))]
    if not own:
        return 0
    found = areas_with(document, calls_one)

    def enter() -> int:
        for name in own:
            names.removeByName(name)
        for sheet, area, formulas in found:
            reenter_area(sheet, area, formulas, calls_one)
        _set_aside.add(document.RuntimeUID)
        return len(own)

    return change_as_loaded(document, enter)


def put_back(document: Any) -> int:
    """Define the LAMBDAs in a document's saved file if they were taken out; return how many there are.

    Raises:
        FileProblem: where the file cannot be written, as on Windows while the office holds it; it is then as saved.
    """
    path = saved_file(document, {".xlsx"}) if document.RuntimeUID in _set_aside else None
    if path is None:
        return 0
    from workbooks.equip import called_names, define_lambdas  # most documents need nothing of it
    from workbooks.xlsx.package import Package

    package = Package.open(path)
    names = define_lambdas(package, called_names(package))
    write_keeping_time(path, lambda: package.save(path))
    return len(names)
