"""What the pages say of the code is there: folders, files, classes and functions; no function is long, and
no two classes have one name.
"""

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("CONTRIBUTING.md", "docs/architecture.md", "SECURITY.md")
TOPS = ("pyfuncs", "workbooks", "addin", "bench", "tests")
LONGEST = 60
"""Lines of a function."""
SAME_MEANING = {"Area", "OneLineParser"}
"""A protocol and what meets it; a class that also stands where nothing is installed yet."""
EXAMPLES = {"workbooks/lessons/sign.py", "addin/calc/install/icons/NAME.svg"}
"""Files that a reader is told to make."""
TREE = re.search(r"## Where things are\n\n```\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text("utf-8"), re.DOTALL)[1]


@cache
def functions():
    """Return every function and class of the code as (place, name, lines)."""
    found = []
    for path in (path for top in TOPS for path in sorted((ROOT / top).rglob("*.py"))):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                lines = 0 if isinstance(node, ast.ClassDef) else node.end_lineno - node.lineno + 1
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node.name, lines))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_path_on_a_page_is_there(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    paths = set(re.findall(rf"`((?:{'|'.join(TOPS)}|docs)/[\w./-]*)", text)) - EXAMPLES
    missing = [path for path in paths if not (ROOT / path).exists() and not (ROOT / f"{path}.py").exists()]
    assert missing == []


def test_every_name_in_the_architecture_is_defined():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    names = set(re.findall(r"`([A-Za-z_]+)`", text)) - set(TOPS)
    assert len(names) >= 10
    assert names <= {name for _, name, _ in functions()}


def test_the_tree_lists_every_folder_of_code():
    listed = {line.split()[0] for line in TREE.splitlines() if not line.startswith(" ")}
    assert all((ROOT / path).is_dir() for path in listed)
    folders = {path.parent.relative_to(ROOT).as_posix() for top in TOPS[:3] for path in (ROOT / top).glob("*/*.py")}
    assert folders <= listed


def test_no_function_is_longer_than_a_screen():
    assert [(place, name, lines) for place, name, lines in functions() if lines > LONGEST] == []


def test_a_class_name_has_one_meaning():
    classes = [name for place, name, lines in functions() if lines == 0 and Path(place).parts[0] in TOPS[:3]]
    assert {name for name, count in Counter(classes).items() if count > 1} <= SAME_MEANING


def test_no_test_module_needs_a_package_that_make_test_leaves_out():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    named = {extra: {re.match(r"[\w-]+", line)[0] for line in lines} for extra, lines in extras.items()}
    left_out = (
        set().union(*(names for extra, names in named.items() if extra not in ("test", "digits"))) - named["test"]
    )
    assert {"torch", "dask", "distributed"} <= left_out
    for path in sorted({*(ROOT / "tests").rglob("test_*.py"), *(ROOT / "tests").rglob("conftest.py")}):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert {name.partition(".")[0] for name in names}.isdisjoint(left_out), path
