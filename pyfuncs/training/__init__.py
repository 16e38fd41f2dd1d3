"""Training a model that a workbook describes, and its weights as CSV; hosts bring the cells."""
