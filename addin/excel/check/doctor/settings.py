"""Whether everything that names an interpreter names this one."""

from collections.abc import Iterator
from pathlib import Path

from addin.excel.check.doctor.interpreter import is_same
from addin.excel.install import configuration, record
from addin.excel.install.office import find_excel
from addin.excel.install.registration import entries
from addin.excel.install.windows import Windows
from addin.finding import Finding

INSTALL = "run gradsheet install excel once more"
LEADS_ASTRAY = ("PYTHONHOME", "PYTHONPATH")
PYTHONPATH = "PYTHONPATH"
OTHER_ADD_IN = "xlwings.xlam"


def examine_settings(windows: Windows) -> Iterator[Finding]:
    """Look at the user's xlwings configuration, at one beside the workbooks, and at the environment."""
    program = windows.interpreter.program
    path = configuration.configuration_path(windows.folders)
    settings = configuration.read(path, windows.ansi)
    named = settings.get(configuration.INTERPRETER)
    if named is None:
        yield Finding(False, f"{path} names no interpreter: {INSTALL}.")
    elif not is_same(named, program):
        yield Finding(
            False,
            f"Two interpreters: {path} names {named}, but this is {program}: {INSTALL} with the one that Excel shall "
            "call, and take the other out of that file.",
        )
    else:
        yield Finding(True, f"{path} names this interpreter")
    kept = record.load(windows.folders)
    # Where Gradsheet is not installed, or the file is not its own, nothing else is expected of it.
    wanted = configuration.wanted(program, Path(kept.workbooks)) if kept and named else {}
    wrong = [
        f"{key} is {settings.get(key, 'missing')}, not {value}"
        for key, value in wanted.items()
        if key != configuration.INTERPRETER and settings.get(key, "").lower() != value.lower()
    ]
    if wrong:
        yield Finding(False, f"In {path} {', '.join(wrong)}: {INSTALL}.")
    for unreadable in configuration.unreadable_paths(windows):
        yield Finding(False, configuration.unreadable(str(unreadable)))
    if settings.get(PYTHONPATH):
        yield Finding(
            True,
            f"{path} puts {settings[PYTHONPATH]} before Gradsheet's own packages; take the line {PYTHONPATH} out if "
            "formulas fail",
            is_note=True,
        )
    yield from examine_others(windows)


def examine_others(windows: Windows) -> Iterator[Finding]:
    """Look for what could name another interpreter."""
    kept = record.load(windows.folders)
    if kept is not None and kept.workbooks:
        beside = Path(kept.workbooks) / f"{configuration.PROJECT}.conf"
        other = configuration.read(beside, windows.ansi).get(configuration.INTERPRETER)
        if other is not None and not is_same(other, windows.interpreter.program):
            yield Finding(
                False,
                f"Two interpreters: {beside} names {other} and wins for the workbooks beside it: remove that file.",
            )
    excel = find_excel(windows)
    if any(OTHER_ADD_IN in entry.lower() for entry in entries(windows.registry, excel).values()):
        yield Finding(
            True,
            "xlwings' own add-in is loaded too; its ribbon changes the same configuration, so leave Interpreter there "
            "as it is",
            is_note=True,
        )
    for variable in LEADS_ASTRAY:
        if value := windows.environment.get(variable):
            yield Finding(
                False,
                f"The environment variable {variable} is {value} and leads every Python astray: remove it in Settings, "
                "System, About, Advanced system settings, Environment Variables.",
            )
