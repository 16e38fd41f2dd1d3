"""A newcomer's first hour: the README followed as written, on a fresh clone, with an empty home folder.

Run by `make first-hour`. Lists every place where something was missing, or slow without a sign of life, and ends with
status 1 unless the list is empty. What is unclear, a person must tell; all that was said is kept in out/first_hour.log.
"""

import argparse
import os
import re
import select
import shlex
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
SILENCE_SECONDS = 5.0
A_TEST_SECONDS = 90.0
"""A test in the real program may take this long from dot to dot."""
LONGEST_SECONDS = 3600.0

IRIS = (
    "import csv, sys; from sklearn.datasets import load_iris; iris = load_iris(); out = csv.writer(sys.stdout); "
    "out.writerow([*iris.feature_names, 'species']); "
    "out.writerows([*row, iris.target_names[kind]] for row, kind in zip(iris.data.tolist(), iris.target))"
)


class Walk:
    """Follows the README in a folder, and remembers what went wrong."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.clone, self.home, self.log = folder / "gradsheet", folder / "home", log
        self.home.mkdir()
        self.findings: list[str] = []
        kept = {
            name: os.environ[name]
            for name in ("PATH", "LANG", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "DISPLAY")
            if name in os.environ
        }
        self.environment = kept | {"HOME": str(self.home)}

    def find(self, what: str) -> None:
        """Note something that a newcomer would stumble over."""
        print(f"FOUND  {what}", flush=True)
        self.findings.append(what)

    def run(self, command: str | list[str], patience: float = SILENCE_SECONDS) -> str:
        """Run a command as typed, and return what it says; note a failure, and silence that lasts too long."""
        shown = command if isinstance(command, str) else shlex.join(command)
        print(f"$ {shown[:150]}", flush=True)
        arguments = ["bash", "-c", command] if isinstance(command, str) else command
        process = subprocess.Popen(
            arguments, cwd=self.clone, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        assert process.stdout is not None
        said, longest, began = b"", 0.0, time.monotonic()
        last = began
        while True:
            ready, _, _ = select.select([process.stdout], [], [], 0.2)
            now = time.monotonic()
            if ready:
                piece = os.read(process.stdout.fileno(), 65536)
                if not piece:
                    break
                longest, last, said = max(longest, now - last), now, said + piece
            elif process.poll() is not None:
                break
            if now - began > LONGEST_SECONDS:
                process.kill()
        status = process.wait()
        process.stdout.close()
        longest = max(longest, time.monotonic() - last)
        text = said.decode(errors="replace")
        with self.log.open("a", encoding="utf-8") as log:
            log.write(
                f"$ {shown}\n{text}[status {status}, {time.monotonic() - began:.1f} s, silent for {longest:.1f} s]\n\n"
            )
        if status:
            self.find(f"{shown[:150]}: status {status}: {text.strip()[-300:]}")
        if longest > patience:
            self.find(f"{shown[:150]}: silent for {longest:.1f} s")
        return text

    def expect(self, happened: bool, what: str) -> None:
        """Note what should be there and is not."""
        if not happened:
            self.find(what)


def code_lines(text: str) -> list[str]:
    """Return the lines of a page's code blocks."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def follow(walk: Walk, with_tests: bool) -> None:
    """Take the steps of the first hour one by one."""
    readme = (walk.clone / "README.md").read_text(encoding="utf-8")
    lines = code_lines(readme)
    walk.expect("make run" in lines and "make test" in lines, "README does not show make run and make test")
    walk.expect("Warning" not in walk.run("make run"), "make run prints a warning")
    for name in re.findall(r"`(titanic_\w+\.(?:xlsx|weights\.csv))`", readme.partition("## What works where")[0]):
        walk.expect((walk.clone / "out" / name).exists(), f"out/{name} is not there after make run")
    if with_tests:
        walk.run("make test", A_TEST_SECONDS)
    active = "source .venv/bin/activate && "
    walk.expect("source .venv/bin/activate" in readme, "README does not say how the command gets onto the path")
    for line in lines:
        if line.startswith("gradsheet "):
            walk.run(active + line)
    walk.run("make out/calc/titanic_two_layer.xlsx")
    walk.run(active + "gradsheet install calc")
    walk.run(active + "gradsheet doctor calc")
    python = walk.run(
        active
        + "python -c 'from addin.calc.install.office import find_office as f; o = f(); print(o.python, o.soffice)'"
    )
    if len(python.split()) == 2:
        inside, office = python.split()
        said = walk.run(
            [
                "env",
                "PATH=/usr/bin:/bin",
                f"PYTHONPATH={walk.clone}",
                inside,
                str(Path(__file__).with_name("in_calc.py")),
                office,
            ]
        )
        for line in said.splitlines():
            if line.startswith("FOUND "):
                walk.find(line.removeprefix("FOUND "))
        walk.expect(said.rstrip().endswith("that was all"), "the walk in Calc did not come to its end")
    walk.run(".venv/bin/pip install --quiet --disable-pip-version-check scikit-learn", A_TEST_SECONDS)
    walk.run(f'.venv/bin/python -c "{IRIS}" > iris.csv')
    walk.run(active + "gradsheet new iris.csv --target species -o iris.xlsx")
    walk.run(active + "gradsheet train iris.xlsx")
    walk.run(active + "gradsheet predict iris.xlsx iris.csv -o predicted.csv")
    walk.expect((walk.clone / "predicted.csv").exists(), "gradsheet predict has written nothing")
    walk.expect("Source:" in walk.run(active + "gradsheet functions NN_RELU"), "the help of NN_RELU names no source")
    walk.run(active + "gradsheet uninstall calc")


def main() -> int:
    """Walk, and return 1 where something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--without-tests", action="store_true", help="leave make test out, which takes the most time")
    options = parser.parse_args()
    log = ROOT / "out" / "first_hour.log"
    log.parent.mkdir(exist_ok=True)
    log.write_text("", encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        walk = Walk(Path(folder), log)
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(walk.clone)], check=True)
        follow(walk, not options.without_tests)
    print(f"{len(walk.findings)} things found; all that was said is in {log}")
    return 1 if walk.findings else 0


if __name__ == "__main__":
    sys.exit(main())
