"""Make the workbooks of this folder anew, each with another program: make.py.

Needs XlsxWriter, openpyxl, IronCalc, LibreOffice (soffice) and Gnumeric (ssconvert).
"""

import random
import subprocess
import tempfile
from pathlib import Path

import ironcalc
import openpyxl
import xlsxwriter
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.workbook.defined_name import DefinedName

FOLDER = Path(__file__).parent
ROWS = 24
NAMES = {
    "inputs": f"Model!$A$2:$B${ROWS + 1}",
    "target": f"Model!$C$2:$C${ROWS + 1}",
    "weight_1": "Model!$F$2:$F$3",
    "bias_1": "Model!$F$4",
    "epoch": "Model!$F$6",
    "lr": "Model!$F$7",
    "history": "History!$A$2:$F$9",
}
LABELS = ("weight a", "weight b", "bias", "", "epoch", "lr", "sum of weights", "text")
VALUES = (0.0, 0.0, 0.0, None, 0, 0.1)
FORMULAS = {"F8": "=SUM(F2:F3)", "F9": '="é < & "&F8', "H2": "=A2*$F$2+B2*$F$3+$F$4", "H3": "=A3*2", "H4": "=ROW()"}


def rows() -> list[tuple[float, float, float]]:
    """Return inputs and a target."""
    draw = random.Random(3)
    pairs = [(round(draw.gauss(0, 1), 3), round(draw.gauss(0, 1), 3)) for _ in range(ROWS)]
    return [(a, b, round(2 * a - b + 0.5, 3)) for a, b in pairs]


def with_xlsxwriter(path: Path) -> None:
    """Write formats, a chart, a drop-down, a conditional format, a note and a table."""
    book = xlsxwriter.Workbook(str(path))
    model, history, other = (book.add_worksheet(name) for name in ("Model", "History", "Other & more"))
    bold, money = book.add_format({"bold": True, "bg_color": "#FFEEAA"}), book.add_format({"num_format": "0.00 €"})
    model.write_row(0, 0, ["a", "b", "y"], bold)
    for i, row in enumerate(rows(), 1):
        model.write_row(i, 0, row, money if i % 2 else None)
    for i, (label, value) in enumerate(zip(LABELS, (*VALUES, None, None), strict=True), 1):
        model.write(i, 4, label, bold)
        if value is not None:
            model.write(i, 5, value)
    for cell, formula in FORMULAS.items():
        model.write_formula(cell, formula)
    model.data_validation("F7", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1})
    model.conditional_format(f"A2:B{ROWS + 1}", {"type": "3_color_scale"})
    model.write_comment("F2", "trained")
    history.write_row(0, 0, ["epoch", "step", "train", "valid", "accuracy", "error"], bold)
    other.write_rich_string("A1", bold, "bold ", "and plain")
    other.add_table("B3:C6", {"data": [[1, 2], [3, 4], [5, 6]], "columns": [{"header": "one"}, {"header": "two"}]})
    chart = book.add_chart({"type": "scatter"})
    chart.add_series({"categories": f"=Model!$A$2:$A${ROWS + 1}", "values": f"=Model!$C$2:$C${ROWS + 1}"})
    other.insert_chart("E3", chart)
    for name, reference in NAMES.items():
        book.define_name(name, f"={reference}")
    book.close()


def with_openpyxl(path: Path) -> None:
    """Write a chart, a note and a conditional format."""
    book = openpyxl.Workbook()
    model, history, other = book.active, book.create_sheet("History"), book.create_sheet("Other")
    model.title = "Model"
    model.append(["a", "b", "y"])
    for row in rows():
        model.append(row)
    for i, (label, value) in enumerate(zip(LABELS, (*VALUES, None, None), strict=True), 2):
        model.cell(i, 5, label)
        model.cell(i, 6, value)
    for cell, formula in FORMULAS.items():
        model[cell] = formula
    model["F2"].comment = Comment("trained", "somebody")
    model.conditional_formatting.add(f"A2:B{ROWS + 1}", ColorScaleRule("min", None, "FF0000", "max", None, "00FF00"))
    history.append(["epoch", "step", "train", "valid", "accuracy", "error"])
    chart = BarChart()
    chart.add_data(Reference(model, min_col=3, min_row=1, max_row=ROWS + 1), titles_from_data=True)
    other.add_chart(chart, "B2")
    for name, reference in NAMES.items():
        book.defined_names[name] = DefinedName(name, attr_text=reference)
    book.save(path)


def main() -> None:
    """Write every file."""
    with_xlsxwriter(FOLDER / "xlsxwriter.xlsx")
    with_openpyxl(FOLDER / "openpyxl.xlsx")
    source = FOLDER / "xlsxwriter.xlsx"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        office = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
        subprocess.run([*office, "--convert-to", "xlsx", "--outdir", folder, source], check=True, timeout=300)
        (FOLDER / "libreoffice.xlsx").write_bytes((folder / source.name).read_bytes())
    kind = "--export-type=Gnumeric_Excel:xlsx"
    subprocess.run(["ssconvert", kind, source, FOLDER / "gnumeric.xlsx"], check=True, timeout=300)
    target = FOLDER / "ironcalc.xlsx"
    target.unlink(missing_ok=True)
    ironcalc.load_from_xlsx(str(source), "en", "UTC", "en").save_to_xlsx(str(target))


if __name__ == "__main__":
    main()
