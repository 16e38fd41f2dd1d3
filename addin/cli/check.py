"""gradsheet check: what students have typed on the sheet Your turn, a line a file."""

import argparse
import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from addin.cli.progress import announce
from addin.cli.streams import one_line, print_data
from pyfuncs.cells.errors import GradsheetError
from pyfuncs.training.weights import guarded
from workbooks.lessons.titanic.check import Checked, check
from workbooks.lessons.titanic.tasks import tasks
from workbooks.xlsx.atomic import write_atomically
from workbooks.xlsx.errors import FileProblem

ENDINGS = (".xlsx", ".xlsm", ".ods")
OF_A_PROGRAM = ("~$", ".~lock.")
"""How the names of files begin that a program keeps beside an open one."""


def run(options: argparse.Namespace) -> int:
    """Check every file, and write or print a line about each; a file that cannot be read is a line too.

    Raises:
        FileProblem: for a folder without such files.
    """
    checked: dict[Path, Checked] = {}
    for path in files(options.files):
        announce("Checking", path)
        try:
            checked[path] = check(path)
        except GradsheetError as problem:
            checked[path] = Checked(remark=str(problem))
    text = as_csv(checked)
    if options.output is None:
        print_data(text.replace("\r\n", "\n"))
    else:
        write_atomically(options.output, text.encode())
        print(f"Wrote {options.output}: {len(checked)} file{'s' * (len(checked) != 1)}.")
    return 0


def files(given: Sequence[Path]) -> Iterable[Path]:
    """Return the files that are meant: those in a folder, or that a * in a name stands for, in order of their names.

    Raises:
        FileProblem: for a folder or a name with * that stands for none.
    """
    found: dict[Path, None] = {}
    for path in given:
        is_name = path.exists() or "*" not in path.name  # Windows' command lines leave a * to the program
        inside = path.iterdir() if path.is_dir() else [path] if is_name else path.parent.glob(path.name)
        these = [each for each in sorted(inside) if each == path or is_students(each)]
        if not these:
            raise FileProblem(f"{path} stands for no file that ends in {', '.join(ENDINGS)}; name another, or files.")
        found |= dict.fromkeys(these)
    return found


def is_students(path: Path) -> bool:
    """Tell whether a file in a folder is a workbook, and none that a program keeps beside an open one."""
    return path.suffix.lower() in ENDINGS and not path.name.startswith(OF_A_PROGRAM)


def as_csv(checked: Mapping[Path, Checked]) -> str:
    """Return the text of a CSV file: how many tasks are right, how each was solved, and what to look at first."""
    known = {name for result in checked.values() for name in result.marks}
    names = [task.name for task in tasks(2) if task.name in known]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(("file", "score", "of", *names, "first"))
    for path, result in checked.items():
        score = (result.score, len(result.marks)) if result.marks else ("", "")
        states = (result.marks[name].state if name in result.marks else "" for name in names)
        writer.writerow((guarded(one_line(str(path))), *score, *states, guarded(one_line(result.first))))
    return stream.getvalue()


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the files, and where the lines go."""
    command.add_argument(
        "files", type=Path, nargs="+", metavar="FILE", help="students' .xlsx or .ods files, or a folder of them"
    )
    command.add_argument("-o", "--output", type=Path, metavar="CSV", help="file to write (default: print it)")
