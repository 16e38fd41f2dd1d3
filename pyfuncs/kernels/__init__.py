"""Numba-compiled mathematics on float64 arrays; nothing here knows of cells, and no input is ever modified."""
