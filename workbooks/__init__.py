"""The lesson's workbooks: a builder each, and what the builders share."""
