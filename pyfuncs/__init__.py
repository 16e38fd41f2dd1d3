"""The mathematics, cell rules, formula declarations and training of Gradsheet; no spreadsheet program is known here."""
