"""A formula is taken apart without the rest of openpyxl, whose import takes long."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "work",
    [
        "from workbooks.xlsx.formulas import words; "
        "assert words('SUM(A1:B2)*Model!$C$3') == ['SUM(', 'A1:B2', 'Model!$C$3']",
        "import addin.excel.inside.macros; from addin.excel.inside.typed import is_one_call; "
        "assert is_one_call('=NN_RELU(A1:B2)')",
    ],
    ids=["what a formula reads", "a click in Excel"],
)
def test_no_other_part_of_openpyxl_is_imported_for(work):
    code = f"import sys; {work}; assert 'openpyxl' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
