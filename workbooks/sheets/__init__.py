"""What the workbooks share: blocks of cells, formulas with their values, pages, charts, and the file they make."""
