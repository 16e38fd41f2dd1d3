import re
import shlex
import shutil
from pathlib import Path

import pytest

from addin.cli.command import main
from pyfuncs.catalogue.reference import pages

ROOT = Path(__file__).parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").rglob("*.md")),
]


def code_lines(document):
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_to_a_file(document):
    for target in re.findall(r"\]\(([^)#]+)", document.read_text(encoding="utf-8")):
        assert (document.parent / target).exists(), target


def commands(document):
    return [shlex.split(line)[1:] for line in code_lines(document) if line.startswith("gradsheet ")]


@pytest.mark.parametrize(
    "document",
    [
        pytest.param(page, marks=[pytest.mark.slow] if page.stem == "digits" else [])
        for page in DOCUMENTS
        if commands(page)
    ],
    ids=lambda path: path.name,
)
def test_every_command_works_in_the_order_of_the_page(document, tmp_path, monkeypatch, capsys):
    shutil.copytree(ROOT / "docs" / "data", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for command in commands(document):
        assert main(command) == 0, (command, capsys.readouterr().err)


def test_the_readme_shows_how_the_command_is_used():
    assert len(commands(ROOT / "README.md")) > 10


def test_make_knows_the_commands_of_the_readme():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    said = [line.split()[1] for line in code_lines(ROOT / "README.md") if line.startswith("make ")]
    assert {"run", "test"} <= set(said) <= set(targets)


def test_the_formula_reference_is_made_from_the_declarations():
    made = pages()
    for path, content in made.items():
        assert (ROOT / "docs" / path).read_text(encoding="utf-8") == content
    found = {path.name for path in (ROOT / "docs" / "functions").iterdir()}
    assert found == {Path(path).name for path in made if "/" in path}
