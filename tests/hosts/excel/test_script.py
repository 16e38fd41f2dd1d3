"""install.ps1 read with a grammar of PowerShell: what Windows PowerShell 5.1 would trip over is not in it."""

import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
import tree_sitter
import tree_sitter_powershell

from addin.cli.parser import command_parser
from addin.excel import record

SCRIPT = Path(__file__).parents[3] / "install.ps1"
GRAMMAR = tree_sitter.Language(tree_sitter_powershell.language())

SHELLS = [shell for shell in ("powershell", "pwsh") if shutil.which(shell)]

# Cmdlets of Windows PowerShell 5.1, from its modules Core, Management and Utility.
NAMES = """
Add-Content Add-Member Add-Type Clear-Content Clear-Item Clear-Variable Compare-Object Convert-Path ConvertFrom-Csv
ConvertFrom-Json ConvertFrom-StringData ConvertTo-Csv ConvertTo-Html ConvertTo-Json Copy-Item Copy-ItemProperty
Export-Csv ForEach-Object Format-List Format-Table Get-ChildItem Get-Command Get-Content Get-Culture Get-Date
Get-Help Get-Host Get-Item Get-ItemProperty Get-ItemPropertyValue Get-Location Get-Member Get-Module Get-PSDrive
Get-Process Get-Random Get-Service Get-Unique Get-Variable Group-Object Import-Csv Import-Module Invoke-Item
Invoke-RestMethod Invoke-WebRequest Join-Path Measure-Command Measure-Object Move-Item New-Item New-ItemProperty
New-Object New-Variable Out-File Out-Host Out-Null Out-String Pop-Location Push-Location Read-Host Remove-Item
Remove-ItemProperty Remove-Variable Rename-Item Resolve-Path Select-Object Select-String Set-Content Set-Item
Set-ItemProperty Set-Location Set-StrictMode Set-Variable Sort-Object Split-Path Start-Process Start-Sleep
Stop-Process Tee-Object Test-Path Unblock-File Wait-Process Where-Object Write-Debug Write-Error Write-Host
Write-Information Write-Output Write-Progress Write-Verbose Write-Warning
"""
CMDLETS_OF_5_1 = frozenset(NAMES.split())
# Parameters that those cmdlets have in PowerShell 7 only.
LATER_PARAMETERS = {
    "AdditionalChildPath",
    "AsByteStream",
    "AsHashtable",
    "LeafBase",
    "NoEmphasis",
    "Parallel",
    "SkipHttpErrorCheck",
    "StandardOutput",
}
# What builds a command line by hand, and with it the need to quote by hand.
UNQUOTED = {"Invoke-Expression", "Start-Process", "Invoke-Command"}


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


def test_it_parses(root):
    assert not root.has_error, [text(node) for node in nodes(root, "ERROR")]
    assert len(functions(root)) > 5


def test_the_grammar_would_notice_a_missing_brace(source):
    assert tree_sitter.Parser(GRAMMAR).parse(source.replace(b"}", b"", 1)).root_node.has_error


def test_it_is_plain_ascii_which_every_version_reads_alike(source):
    assert source.isascii()


def test_every_command_is_a_cmdlet_of_5_1_or_its_own_function_and_no_alias(root):
    own = set(functions(root))
    assert own.isdisjoint(CMDLETS_OF_5_1)
    assert set(commands(root)) <= CMDLETS_OF_5_1 | own
    assert len(commands(root)) > 30


def test_every_function_of_its_own_is_used_and_has_a_verb_and_a_noun(root):
    for name in functions(root):
        assert re.fullmatch(r"[A-Z][a-z]+-[A-Z]\w+", name), name
        assert name in commands(root), name


def test_no_operator_and_no_parameter_is_newer_than_5_1(root):
    # The grammar itself takes no x ? y : z; ?? and ?. are words to it.
    assert not list(nodes(root, "&&", "||"))
    assert not [word for word in (text(node) for node in nodes(root, "generic_token")) if "?" in word]
    used = {text(node).lstrip("-") for node in nodes(root, "command_parameter")}
    assert used.isdisjoint(LATER_PARAMETERS)


def test_every_path_is_quoted_or_a_variable_of_its_own(root):
    bare = [text(node) for node in nodes(root, "generic_token")]
    assert [word for word in bare if re.search(r"[\\/:~*]|\.\w", word) and not re.fullmatch(r"\d?>\$null", word)] == []
    assert UNQUOTED.isdisjoint(commands(root))
    # A wildcard in a folder's name must not be one, so every cmdlet takes its path literally.
    assert not [node for node in nodes(root, "command_parameter") if text(node) == "-Path"]


def test_every_variable_is_set_somewhere_or_powershells_own(root):
    own = {"$_", "$null", "$true", "$PSScriptRoot", "$PSCmdlet", "$LASTEXITCODE"}
    places = ("left_assignment_expression", "script_parameter", "foreach_statement")
    assigned = {text(variable) for node in nodes(root, *places) for variable in nodes(node, "variable")}
    read = {text(node).replace("@", "$", 1) for node in nodes(root, "variable")}
    assert read - assigned <= own


def test_the_help_explains_every_parameter(source, root):
    described = set(re.findall(r"^\.PARAMETER (\w+)", source.decode(), re.MULTILINE))
    block = next(node for node in root.children if node.type == "param_block")
    declared = [
        next(text(child) for child in parameter.children if child.type == "variable")
        for parameter in nodes(block, "script_parameter")
    ]
    assert {name.lstrip("$") for name in declared} == described
    assert {"Test", "Uninstall", "NoOpen", "Offline"} <= described
    assert "SupportsShouldProcess" in source.decode()  # makes -WhatIf


def test_the_page_about_windows_names_every_switch_and_no_other(root):
    page = (SCRIPT.parent / "docs" / "install-windows.md").read_text(encoding="utf-8")
    block = next(node for node in root.children if node.type == "param_block")
    declared = {
        text(variable).lstrip("$") for node in nodes(block, "script_parameter") for variable in node.children[-1:]
    }
    said = set(re.findall(r"^\| `-(\w+)", page, re.MULTILINE))
    assert said == declared | {"WhatIf"}
    readme = (SCRIPT.parent / "README.md").read_text(encoding="utf-8")
    lines = re.findall(r"^powershell -ExecutionPolicy Bypass -File install\.ps1(.*)$", page + readme, re.MULTILINE)
    assert len(lines) >= 4
    for line in lines:
        assert set(re.findall(r" -(\w+)", line)) <= said


def test_the_commands_of_the_page_are_words_of_powershell_and_of_the_command():
    page = (SCRIPT.parent / "docs" / "install-windows.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert not tree_sitter.Parser(GRAMMAR).parse("".join(blocks).encode()).root_node.has_error
    words = re.findall(r'^& "\$env:LOCALAPPDATA\\gradsheet\\venv\\Scripts\\gradsheet" (.*)$', page, re.MULTILINE)
    assert words == ["doctor excel", "doctor --excel", "install excel"]
    for line in words:
        command_parser().parse_args(line.split())


def test_whatever_changes_something_asks_whether_it_may(root):
    """-WhatIf changes nothing: each change is behind ShouldProcess, itself or the function it stands in."""
    changing = {"Remove-Item", "Invoke-Program", "Install-Package"}
    for node in nodes(root, "command"):
        name = next(nodes(node, "command_name"), None)
        if name is None or text(name) not in changing:
            continue
        above, asked = node.parent, False
        while above is not None and not asked:
            asked = above.type == "if_statement" and "ShouldProcess" in text(above.children[2])
            if above.type == "function_statement" and "Install-Package" in text(above.children[1]):
                asked = True  # asked by those who call it
            above = above.parent
        assert asked, text(node)


def strings(root):
    return [text(node).strip("'\"") for node in nodes(root, "string_literal")]


def test_what_it_asks_a_python_is_answered_as_it_expects(root):
    probe = next(word for word in strings(root) if word.startswith("import sys"))
    assert '"' not in probe  # Windows PowerShell 5.1 loses it on the way
    printed = subprocess.run([sys.executable, "-I", "-c", probe], capture_output=True, text=True, check=True).stdout
    major, minor, platform, base = printed.strip().split(" ", 3)
    assert (int(major), int(minor)) == sys.version_info[:2]
    assert platform == sysconfig.get_platform()
    assert Path(base) == Path(sys.base_prefix)
    assert f"{major}.{minor}" in strings(root)


def test_the_words_it_gives_to_the_command_are_words_of_the_command():
    lines = re.findall(r"'addin\.cli', ('\w+', '\w+')", SCRIPT.read_text(encoding="ascii"))
    words = [re.findall(r"\w+", line) for line in lines]
    assert words == [["install", "excel"], ["uninstall", "excel"]]
    for line in words:
        assert command_parser().parse_args(line).host == "excel"
    assert command_parser().parse_args(["install", "excel", "--no-open", "--workbooks", "C:/x/."]).no_open


def test_it_keeps_everything_in_the_folder_that_the_command_uses(root):
    assert {record.HOME, record.NAME} <= set(strings(root))


@pytest.mark.skipif(not SHELLS, reason="there is no PowerShell here")
@pytest.mark.parametrize("shell", SHELLS)
def test_a_powershell_says_what_it_would_do(shell):
    command = [shell, "-NoProfile", "-ExecutionPolicy", "Bypass", "-File", str(SCRIPT), "-WhatIf"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("What if:") == 2
