"""Measure Gradsheet in LibreOffice Calc against what is asked of it; writes out/bench_calc.json."""

import argparse
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from addin.calc.install import installer
from addin.calc.install.office import check_version, clean_environment, find_office
from bench import report
from pyfuncs.cells.errors import GradsheetError
from workbooks.lessons.templates import TEMPLATES
from workbooks.sheets.writer import write

TEMPLATE = "titanic_two_layer"
CLICKED = {"titanic_two_layer": 25.0, "playground": 150.0, "digits": 500.0}
"""The workbooks in which an Epoch click is measured, and the most milliseconds that are asked of it."""
ROW = "in Calc"
INSIDE = Path(__file__).with_name("inside_calc.py")
FORMULA_OF_OURS = re.compile(rb"<(?:\w+:)?f\b[^>]*>[^<]*NN_[^<]*</(?:\w+:)?f>")
LONGEST = 1800


def without_our_formulas(data: bytes) -> bytes:
    """Return the workbook with the values of our formulas in their places."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as plain:
        for name, part in parts.items():
            plain.writestr(name, FORMULA_OF_OURS.sub(b"", part) if name.startswith("xl/worksheets/sheet") else part)
    return stream.getvalue()


def main() -> int:
    """Install into a profile of its own, measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clicks", type=int, default=2000, help="Epoch clicks for the measurement of memory")
    parser.add_argument("--output", type=Path, default=Path("out/bench_calc.json"))
    options = parser.parse_args()
    try:
        office = find_office()
        check_version(office)
    except GradsheetError as error:
        print(f"{error} Nothing is measured in Calc.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name in CLICKED:
            (place / f"{name}.xlsx").write_bytes(write(TEMPLATES[name].build(None)))
        data = (place / f"{TEMPLATE}.xlsx").read_bytes()
        (place / "plain.xlsx").write_bytes(without_our_formulas(data))
        installer.install(place / "profile", lambda line: None)
        command = [office.python, INSIDE, office.soffice, place, options.clicks, TEMPLATE, json.dumps(CLICKED)]
        ended = subprocess.run(
            [str(part) for part in command],
            stdout=subprocess.PIPE,
            text=True,
            timeout=LONGEST,
            env=clean_environment() | {"PYTHONPATH": os.pathsep.join(installer.package_folders()[:1])},
            check=True,
        )
    rows = [report.result(ROW, *found) for found in json.loads(ended.stdout)]
    report.publish(rows, options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
