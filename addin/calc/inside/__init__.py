"""What runs inside the office: formulas, buttons, Messages, and what happens when a document is loaded or saved."""
