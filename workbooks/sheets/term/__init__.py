"""The spreadsheet's own formulas: one text gives what is written into a cell and what it is worth."""
