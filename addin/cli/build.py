"""gradsheet build: write template workbooks."""

import argparse

from addin.file.atomic import write_atomically
from addin.file.locks import refuse_if_open
from pyfuncs.cells.errors import GradsheetError
from workbooks.templates import TEMPLATES
from workbooks.writer import write

ALL = "all"


def run(options: argparse.Namespace) -> int:
    """Build the templates named, or list them.

    Raises:
        GradsheetError: for a name that is no template's, a folder that is not there, a file that is there already.
    """
    if not options.names:
        width = max(len(name) for name in TEMPLATES)
        for name, template in TEMPLATES.items():
            print(f"{name:{width}}  {template.summary}")
        return 0
    names = list(TEMPLATES) if ALL in options.names else options.names
    for name in names:
        if name not in TEMPLATES:
            raise GradsheetError(f"There is no template {name}; there are {', '.join(TEMPLATES)}.")
    try:
        options.output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise GradsheetError(f"{options.output} cannot be made a folder ({error.strerror}); name another.") from None
    for name in names:
        path = options.output / f"{name}.xlsx"
        if path.exists() and not options.force:
            raise GradsheetError(f"{path} is there already; move it, or replace it with --force.")
        refuse_if_open(path)
        write_atomically(path, write(TEMPLATES[name].build(None)))
        print(f"Built {path}: {TEMPLATES[name].summary}.")
    return 0
