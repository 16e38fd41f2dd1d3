"""The XML names of a workbook's parts."""

from typing import Final

MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN: Final = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONSHIP_ID: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
RELATIONSHIP: Final = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
CUSTOM_PROPERTY: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/custom-properties}property"

WORKBOOK: Final = f"{{{MAIN}}}workbook"
SHEETS: Final = f"{{{MAIN}}}sheets"
SHEET: Final = f"{{{MAIN}}}sheet"
DEFINED_NAME: Final = f"{{{MAIN}}}definedName"
CALC_PR: Final = f"{{{MAIN}}}calcPr"
TABLE_COLUMN: Final = f"{{{MAIN}}}tableColumn"

DATA_VALIDATION: Final = f"{{{MAIN}}}dataValidation"
FORMULA_1: Final = f"{{{MAIN}}}formula1"

DIMENSION: Final = f"{{{MAIN}}}dimension"
COLS: Final = f"{{{MAIN}}}cols"
COL: Final = f"{{{MAIN}}}col"
SHEET_DATA: Final = f"{{{MAIN}}}sheetData"
ROW: Final = f"{{{MAIN}}}row"
C: Final = f"{{{MAIN}}}c"
F: Final = f"{{{MAIN}}}f"
V: Final = f"{{{MAIN}}}v"
IS: Final = f"{{{MAIN}}}is"
SI: Final = f"{{{MAIN}}}si"
R: Final = f"{{{MAIN}}}r"
T: Final = f"{{{MAIN}}}t"
XML_SPACE: Final = "{http://www.w3.org/XML/1998/namespace}space"
