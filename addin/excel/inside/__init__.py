"""What runs while Excel does: the formulas, the buttons, and the workbook as training sees it."""
