"""Blocks of cells to arrays and back, under one rule for every host."""
