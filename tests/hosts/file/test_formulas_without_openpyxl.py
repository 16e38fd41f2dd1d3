"""A formula is taken apart without the rest of openpyxl, whose import takes long."""

import subprocess
import sys


def test_what_formulas_read_is_told_without_the_rest_of_openpyxl():
    code = (
        "import sys; from workbooks.xlsx.formulas import words;"
        "assert words('SUM(A1:B2)*Model!$C$3') == ['SUM(', 'A1:B2', 'Model!$C$3'];"
        "assert 'openpyxl' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_click_in_excel_waits_for_no_openpyxl():
    code = (
        "import sys, addin.excel.inside.macros; from addin.excel.inside.typed import is_one_call;"
        "assert is_one_call('=NN_RELU(A1:B2)');"
        "assert 'openpyxl' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
