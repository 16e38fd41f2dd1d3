"""install.ps1 read with a grammar of PowerShell: what Windows PowerShell 5.1 would trip over is not in it.

What the script leaves to Python is in test_bootstrap.py.
"""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from addin.cli.parser import command_parser
from addin.excel.install import bootstrap

SCRIPT = Path(__file__).parents[3] / "install.ps1"
PAGE = SCRIPT.parent / "docs" / "install-windows.md"
GRAMMAR = tree_sitter.Language(tree_sitter_powershell.language())
MOST_LINES = 100

SHELLS = [shell for shell in ("powershell", "pwsh") if shutil.which(shell)]

# Cmdlets of Windows PowerShell 5.1, from its modules Core, Management and Utility, that change nothing.
NAMES = """
Compare-Object Convert-Path ForEach-Object Get-ChildItem Get-Command Get-Content Get-Item Get-ItemProperty
Get-ItemPropertyValue Get-Location Get-Member Group-Object Join-Path Measure-Object New-Object Out-Host Out-Null
Out-String Resolve-Path Select-Object Select-String Set-StrictMode Sort-Object Split-Path Test-Path Where-Object
Write-Error Write-Host Write-Output Write-Verbose Write-Warning
"""
CMDLETS_OF_5_1 = frozenset(NAMES.split())
# Parameters that those cmdlets have in PowerShell 7 only.
LATER_PARAMETERS = {"AdditionalChildPath", "AsByteStream", "AsHashtable", "LeafBase", "NoEmphasis", "Parallel"}
ITS_OWN = {"$_", "$null", "$true", "$PSScriptRoot", "$PSBoundParameters", "$LASTEXITCODE", "$ExecutionContext"}


@pytest.fixture(scope="module")
def source():
    return SCRIPT.read_bytes()


@pytest.fixture(scope="module")
def root(source):
    return tree_sitter.Parser(GRAMMAR).parse(source).root_node


def nodes(root, *kinds):
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.type in kinds:
            yield node
        waiting += node.children


def text(node):
    return node.text.decode()


def commands(root):
    return [text(node) for node in nodes(root, "command_name")]


def functions(root):
    return [text(node) for node in nodes(root, "function_name")]


def strings(root):
    return [text(node).strip("'\"") for node in nodes(root, "string_literal")]


def declared(root):
    block = next(node for node in root.children if node.type == "param_block")
    parameters = [parameter.children[-1] for parameter in nodes(block, "script_parameter")]
    return {text(variable).lstrip("$") for variable in parameters}


def page_blocks():
    return re.findall(r"^```\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def test_it_parses(root):
    assert not root.has_error, [text(node) for node in nodes(root, "ERROR")]
    assert functions(root) == ["Get-PythonCandidate"]


def test_the_grammar_would_notice_a_missing_brace(source):
    assert tree_sitter.Parser(GRAMMAR).parse(source.replace(b"}", b"", 1)).root_node.has_error


def test_it_is_short(source):
    assert len(source.splitlines()) <= MOST_LINES


def test_it_is_plain_ascii_which_every_version_reads_alike(source):
    assert source.isascii()


def test_every_command_is_a_cmdlet_of_5_1_that_changes_nothing_or_its_own_function_and_no_alias(root):
    own = set(functions(root))
    assert own.isdisjoint(CMDLETS_OF_5_1)
    assert set(commands(root)) <= CMDLETS_OF_5_1 | own
    assert len(commands(root)) > 5
    assert own <= set(commands(root))


def test_no_operator_and_no_parameter_is_newer_than_5_1(root):
    # The grammar itself takes no x ? y : z; ?? and ?. are words to it.
    assert not list(nodes(root, "&&", "||"))
    assert not [word for word in (text(node) for node in nodes(root, "generic_token")) if "?" in word]
    used = {text(node).lstrip("-") for node in nodes(root, "command_parameter")}
    assert used.isdisjoint(LATER_PARAMETERS)


def test_every_path_is_quoted_or_a_variable_of_its_own(root):
    bare = [text(node) for node in nodes(root, "generic_token")]
    assert [word for word in bare if re.search(r"[\\/:~*]|\.\w", word) and not re.fullmatch(r"\d?>\$null", word)] == []
    # A wildcard in a folder's name must not be one, so every cmdlet takes its path literally.
    assert not [node for node in nodes(root, "command_parameter") if text(node) == "-Path"]


def test_every_variable_is_set_somewhere_or_powershells_own(root):
    places = ("left_assignment_expression", "script_parameter", "foreach_statement")
    assigned = {text(variable) for node in nodes(root, *places) for variable in nodes(node, "variable")}
    read = {text(node).replace("@", "$", 1) for node in nodes(root, "variable") if ":" not in text(node)}
    assert read - assigned <= ITS_OWN
    assert {"$candidate", "$options", "$version"} <= read


def test_its_switches_are_those_of_the_file_it_starts_and_of_its_help(source, root):
    described = set(re.findall(r"^\.PARAMETER (\w+)", source.decode(), re.MULTILINE))
    assert declared(root) == described
    known = {name for action in bootstrap.parser()._actions for name in action.option_strings}
    assert {f"-{name}" for name in declared(root)} == known - {"-h", "--help", "-Fit"}
    assert "-Fit" in strings(root)


def test_it_has_no_confirm_that_could_leave_half_of_the_way(source):
    assert b"SupportsShouldProcess" not in source
    assert b"[CmdletBinding()]" in source  # without it a misspelt switch would be ignored


def assigned(root, name):
    """Return the text of what a variable is set to first."""
    found = [text(node) for node in nodes(root, "assignment_expression") if text(node).startswith(f"${name} = ")]
    return found[-1].partition(" = ")[2]


def test_it_starts_the_file_that_is_there_in_isolated_mode(root):
    parts = re.findall(r"'([^']+)'", assigned(root, "Bootstrap"))
    assert SCRIPT.parent.joinpath(*parts).samefile(bootstrap.__file__)
    assert assigned(root, "start") == "$candidate.Arguments + @('-I', $Bootstrap)"
    assert bootstrap.FITS in strings(root)


def test_it_tries_every_version_that_does_and_no_other(source, root):
    oldest, newest = bootstrap.OLDEST, bootstrap.NEWEST
    versions = {f"3.{minor}" for minor in range(oldest[1], newest[1] + 1)}
    assert set(re.findall(r"'([\d.]+)'", assigned(root, "Versions"))) == versions
    assert "Python {}.{} to {}.{} is needed".format(*oldest, *newest).encode() in source
    package = (SCRIPT.parent / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">={}.{}"'.format(*oldest) in package


def test_the_launcher_is_asked_which_versions_are_there_before_one_is_started(root):
    finder = text(next(nodes(root, "function_statement")))
    assert finder.index("'--list'") < finder.index('"-$version"')
    condition = next(line for line in finder.splitlines() if '"-$version"' in line)
    assert "if ($listed -match" in condition
    pattern = re.search(r'-match "(.*?)\$version(.*?)"', condition)
    expression = re.compile(pattern[1] + "3.13" + pattern[2])
    for line in (" -V:3.13 *        Python 3.13 (64-bit)", " -V:3.13[-64] *  Python 3.13.5", " -3.13-64 *"):
        assert expression.search(line), line
    for line in (" -V:3.12 *        Python 3.12 (64-bit)", r" -V:Astral\CPython3.13.2 CPython 3.13.2", " -V:3.130"):
        assert not expression.search(line), line


def test_where_dotnet_is_refused_it_names_the_three_commands_of_the_page_before_it_needs_it(source):
    script = source.decode()
    before, _, after = script.partition("exit 2")
    assert "'FullLanguage'" in before
    assert "[System." in after
    assert not re.search(r"\[System\.|\.\w+\(", before[before.index("param(") :])
    wanted = next(block for block in page_blocks() if "-m venv" in block).splitlines()
    assert re.findall(r"^    Write-Output '(.*)'$", script, re.MULTILINE) == wanted
    assert len(wanted) == 3


def test_the_page_about_windows_names_every_switch_and_no_other(root):
    page = PAGE.read_text(encoding="utf-8")
    said = set(re.findall(r"^\| `-(\w+)", page, re.MULTILINE))
    assert said == declared(root)
    readme = (SCRIPT.parent / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^powershell -ExecutionPolicy Bypass -File install\.ps1(.*)$", page + readme, re.MULTILINE)
    assert len(lines) >= 4
    for line in lines:
        assert set(re.findall(r" -(\w+)", line)) <= said


def test_the_commands_of_the_page_are_words_of_powershell_and_of_the_command():
    page = PAGE.read_text(encoding="utf-8")
    assert not tree_sitter.Parser(GRAMMAR).parse("".join(page_blocks()).encode()).root_node.has_error
    words = re.findall(r'^& "\$env:LOCALAPPDATA\\gradsheet\\venv\\Scripts\\gradsheet" (.*)$', page, re.MULTILINE)
    assert words == ["doctor excel", "doctor --excel", "install excel"]
    for line in words:
        command_parser().parse_args(line.split())
    started = re.findall(r"^py -3\.13 -I (\S+)(.*)$", page, re.MULTILINE)
    assert started
    for file, switches in started:
        assert (SCRIPT.parent / file.replace("\\", "/")).samefile(bootstrap.__file__)
        bootstrap.parser().parse_args(switches.split())


@pytest.mark.skipif(not SHELLS, reason="there is no PowerShell here")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_powershell_says_what_it_would_do(shell):
    command = [shell, "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", str(SCRIPT), "-WhatIf"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("What if: ") == 5
