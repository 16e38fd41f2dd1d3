"""What a formula reads is told without the rest of openpyxl, whose import takes long."""

import subprocess
import sys


def test_what_formulas_read_is_told_without_the_rest_of_openpyxl():
    code = (
        "import sys; from workbooks.xlsx.formulas import words;"
        "assert words('SUM(A1:B2)*Model!$C$3') == ['SUM(', 'A1:B2', 'Model!$C$3'];"
        "assert 'openpyxl' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
