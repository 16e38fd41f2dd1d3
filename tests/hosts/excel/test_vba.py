"""The VBA text: nothing that VBA would refuse, every name declared, every argument as xlwings' own wrapper has it."""

import importlib
import io
import re
from types import SimpleNamespace

import pytest

from addin.excel.build import vba
from pyfuncs.catalogue.registry import formulas
from pyfuncs.catalogue.reserved import VBA_WORDS
from workbooks.clicks.table import COMMANDS

KINDS = ("xlsm", "xlam")
every_kind = pytest.mark.parametrize("kind", KINDS)
LONGEST_LINE, MOST_CONTINUATIONS, LONGEST_NAME, LONGEST_PROCEDURE = 1023, 24, 255, 65_536
PROCEDURE = re.compile(
    r"^(?:Public |Private )?(Sub|Function) (\w+)\((.*?)\)(?: As \w+)?$(.*?)^End \1$", re.MULTILINE | re.DOTALL
)
LOCAL = re.compile(r"^ *Dim (\w+)", re.MULTILINE)
MODULE = re.compile(r"^(?:Private|Public) (?:Const )?(\w+)", re.MULTILINE)
WORDS = """
    if then else elseif end for each in next to step do loop while until select case exit on error goto resume
    sub function dim redim preserve as set new is not and or like optional byval byref public private const
    true false nothing option explicit module call let get property with array long string boolean variant
    object collection range workbook worksheet iribboncontrol
"""
OF_VBA = """
    isarray iserror vartype ubound lbound left mid instr instrrev len replace lcase cverr msgbox dir filecopy shell
    createobject doevents err vbstring vblf vbexclamation vbinformation vbquestion vbyesno vbyes vbnormalfocus
"""
OF_EXCEL = """
    application activeworkbook activecell thisworkbook workbooks xlcalculationmanual xlerrorhandler xlinterrupt
    xldialogfunctionwizard xlexcellinks xllinktypeexcellinks
"""
OF_XLWINGS = "xlpy getconfig"
KNOWN = set(" ".join((WORDS, OF_VBA, OF_EXCEL, OF_XLWINGS)).split())


def texts(kind):
    return vba.modules(kind) | {"ThisWorkbook": vba.document_text(kind)}


def joined(text):
    """Return the text with each logical line on one line."""
    return text.replace(" _\n", " ")


def code(text):
    """Return the text without what stands in quotes and behind apostrophes."""
    return re.sub(r"'.*", "", re.sub(r'"(?:[^"]|"")*"', '""', joined(text)))


def procedures(text):
    return {match[2]: match for match in PROCEDURE.finditer(code(text))}


@every_kind
def test_lines_continuations_and_procedures_are_within_the_limits(kind):
    for text in texts(kind).values():
        assert text.isascii()
        assert "\t" not in text
        assert max(map(len, text.splitlines())) <= LONGEST_LINE
        for match in re.finditer(r"(?: _\n[^\n]*)+", text):
            assert match[0].count(" _\n") <= MOST_CONTINUATIONS
        for name, match in procedures(text).items():
            assert len(name) <= LONGEST_NAME
            assert len(match[0]) < LONGEST_PROCEDURE


@every_kind
def test_every_module_wants_its_names_declared(kind):
    for name, text in texts(kind).items():
        assert text.startswith("Option Explicit\n"), name


@every_kind
def test_every_block_that_begins_ends(kind):
    for name, text in texts(kind).items():
        lines = [line.strip() for line in code(text).splitlines()]
        count = lambda pattern: sum(1 for line in lines if re.match(pattern, line))  # noqa: E731, B023
        assert count(r"(Public |Private )?Sub ") == count(r"End Sub$"), name
        assert count(r"(Public |Private )?Function ") == count(r"End Function$"), name
        assert count(r"If .* Then$") == count(r"End If$"), name
        assert count(r"Select Case ") == count(r"End Select$"), name
        assert count(r"For ") == count(r"Next\b"), name
        assert count(r"Do\b") == count(r"Loop\b"), name
        assert all(line.count("(") == line.count(")") for line in lines), name


@every_kind
def test_every_name_is_declared_and_none_is_a_word_of_vba(kind):
    everything = "\n".join(code(text) for text in texts(kind).values())
    shared = {name.casefold() for text in texts(kind).values() for name in procedures(text)}
    for title, text in texts(kind).items():
        top = PROCEDURE.sub("", code(text))
        module = {name.casefold() for name in MODULE.findall(top)}
        for name, match in procedures(text).items():
            arguments = re.findall(r"(?:^|,)\s*(?:Optional |ByVal |ByRef )*(\w+)", match[3])
            local = {each.casefold() for each in [*LOCAL.findall(match[4]), *arguments]}
            labels = {each.casefold() for each in re.findall(r"^(\w+):$", match[4], re.MULTILINE)}
            assert not (local | labels | {name.casefold()}) & {word.casefold() for word in VBA_WORDS}, (title, name)
            body = re.sub(r"\w+:=|[.!]\w+", "", match[4])
            used = {each.casefold() for each in re.findall(r"[A-Za-z_]\w*", body)}
            known = local | labels | module | shared | KNOWN
            assert used <= known, (title, name, used - known)
    assert everything


@every_kind
def test_no_local_name_hides_a_procedure(kind):
    shared = {name.casefold() for text in texts(kind).values() for name in procedures(text)}
    for text in texts(kind).values():
        for name, match in procedures(text).items():
            local = {each.casefold() for each in LOCAL.findall(match[4])}
            assert not local & (shared - {name.casefold()})


@every_kind
def test_each_name_of_a_procedure_is_there_once(kind):
    names = [name for text in texts(kind).values() for name in procedures(text)]
    assert sorted(names) == sorted(set(names))
    assert {title.casefold() for title in texts(kind)}.isdisjoint(name.casefold() for name in names)


@pytest.fixture(scope="module")
def wrapper_of_xlwings(xlwings_on_windows):
    """Return the wrapper module as xlwings itself writes it for a kind of file."""

    def write(kind):
        text = io.StringIO()
        udfs = importlib.import_module("addin.excel.inside.udfs")
        book = SimpleNamespace(Name=f"book.{kind}")
        xlwings_on_windows.udfs.generate_vba_wrapper("addin.excel.inside.udfs", udfs, text, book)
        return text.getvalue()

    return write


@every_kind
def test_arguments_and_calls_are_those_of_xlwings_own_wrapper(wrapper_of_xlwings, kind):
    ours = re.sub(r" +", " ", joined(vba.formulas_module(kind)))
    theirs = wrapper_of_xlwings(kind)
    for name in formulas():
        head = re.search(rf"^Function {name}\(.*\)$", theirs, re.MULTILINE)[0]
        call = re.search(rf'XLPy.CallUDF\("addin.excel.inside.udfs", "{name}", Array\(.*?\), \w+', theirs)[0]
        assert f"Public {head}\n" in ours
        assert f"{call})".replace("XLPy.CallUDF(", "CallPython(") in ours


@every_kind
def test_every_button_has_its_macro(kind):
    buttons = vba.modules(kind)["GradsheetButtons"]
    for command in COMMANDS:
        assert f'Public Sub {vba.macro(command)}()\n    GradsheetClick "{command.name}"\nEnd Sub' in buttons


def test_only_the_add_in_has_what_the_ribbon_calls():
    assert "GradsheetRibbon" in vba.modules("xlam")
    assert "GradsheetRibbon" not in vba.modules("xlsm")


def test_a_workbook_is_calculated_once_macros_may_run_and_python_has_answered():
    assert "If WarmUp() Then CalculateOnce" in procedures(vba.document_text("xlsm"))["Workbook_Open"][4]
    body = procedures(vba.modules("xlsm")["GradsheetClicks"])["CalculateOnce"][4]
    assert body.index("UsedRange.Dirty") < body.index("Application.Calculate")
    assert "CalculateOnce" not in vba.document_text("xlam")
