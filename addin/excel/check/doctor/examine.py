"""All checks, in the order in which a formula depends on them."""

from collections.abc import Iterator

from addin.excel.check.doctor.add_in import examine_add_in
from addin.excel.check.doctor.interpreter import examine_interpreter
from addin.excel.check.doctor.macros import examine_macros
from addin.excel.check.doctor.program import examine_program
from addin.excel.check.doctor.settings import examine_settings
from addin.excel.install.office import find_excel
from addin.excel.install.windows import Windows
from addin.finding import Finding
from pyfuncs.cells.errors import GradsheetError


def examine(windows: Windows) -> Iterator[Finding]:
    """Check every step from Excel to the interpreter behind a formula."""
    try:
        excel = find_excel(windows)
    except GradsheetError as error:
        yield Finding(False, str(error))
        return
    yield from examine_program(excel)
    yield from examine_interpreter(windows, excel)
    yield from examine_settings(windows)
    yield from examine_add_in(windows, excel)
    yield from examine_macros(windows, excel)
