"""A workbook made from anyone's table: read, planned, laid out like the lessons', and applied to new rows."""
