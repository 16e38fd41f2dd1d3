"""Handwritten digits: a network that looks at small pictures, drawn in cells."""
