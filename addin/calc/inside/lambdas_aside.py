"""Workbooks that carry their formulas as LAMBDAs: in the office, which has none, the add-in calculates them.

A name hides the function of the same name, so the names are taken out of the document when it has been loaded, and
written into the file again when it has been saved.
"""

import os
import re
from pathlib import Path
from typing import Any

import uno

from addin.calc.inside.reentry import QUOTED, at_once, formula_areas, reenter_area, set_unmodified
from addin.calc.inside.undo import not_to_be_undone

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
    was_modified = document.isModified()
    areas = [(sheet, area, area.getFormulaArray()) for sheet in document.Sheets for area in formula_areas(sheet)]
    found = [each for each in areas if any(calls_one(formula) for row in each[2] for formula in row)]
    with not_to_be_undone(document), at_once(document):
        for name in own:
            names.removeByName(name)
        for sheet, area, formulas in found:
            reenter_area(sheet, area, formulas, calls_one)
    _set_aside.add(document.RuntimeUID)
    document.calculateAll()
    if not was_modified:
        set_unmodified(document)
    return len(own)


def put_back(document: Any) -> int:
    """Define the LAMBDAs in a document's saved file if they were taken out; return how many there are.

    Raises:
        FileProblem: where the file cannot be written, as on Windows while the office holds it; it is then as saved.
    """
    if document.RuntimeUID not in _set_aside or not document.URL.startswith("file:"):
        return 0
    path = Path(uno.fileUrlToSystemPath(document.URL))
    if path.suffix.lower() != ".xlsx":
        return 0
    from workbooks.equip import called_names, define_lambdas  # most documents need nothing of it
    from workbooks.xlsx.package import Package

    package = Package.open(path)
    names = define_lambdas(package, called_names(package))
    before = path.stat()
    package.save(path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return len(names)
